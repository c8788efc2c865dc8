//! Somebody of the office reminds a class.

use diesel::prelude::*;

use super::{CAME_MS, CLASS, DAY_MS, HOUR_MS, School};
use crate::accounts::model::{Role, Scope, Staff};
use crate::clock::TimestampMs;
use crate::db::schema::audit_entries;
use crate::error::Result;
use crate::id::{CampaignId, SchoolId, StudentId};
use crate::notices::model::NoticeKind;
use crate::testing::rows;
use crate::verdicts::commands::remind_part;
use crate::verdicts::queries::progress::{Answered, AnsweredQuery};

/// Ten in the morning of the day after.
const NOW_MS: TimestampMs = CAME_MS + DAY_MS;

fn staff(role: Role, college: Option<&str>, class_name: Option<&str>) -> Staff {
    let scope = Scope {
        school_id: None,
        college: college.map(str::to_owned),
        class_name: class_name.map(str::to_owned),
    };
    rows::staff(role, scope, NOW_MS)
}

fn part(campaign_id: CampaignId, college: Option<&str>, class_name: Option<&str>) -> AnsweredQuery {
    AnsweredQuery {
        campaign_id,
        answered: Answered::Silent,
        college: college.map(str::to_owned),
        class_name: class_name.map(str::to_owned),
    }
}

impl School {
    /// Reminds the whole campaign, as far as whoever asks may.
    fn remind(&mut self, by: &Staff, now_ms: TimestampMs) -> Result<usize> {
        let whole = part(self.campaign_id, None, None);
        remind_part(&mut self.conn, by, &whole, now_ms)
    }

    fn reminded_since_last(&mut self) -> Vec<StudentId> {
        let sent = self.sent_since_last();
        assert!(sent.iter().all(|one| one.0 == NoticeKind::VerdictReminder));
        sent.into_iter().map(|one| one.1).collect()
    }

    fn reminders_in_the_trail(&mut self) -> i64 {
        audit_entries::table
            .filter(audit_entries::action.eq("verdict.remind"))
            .count()
            .get_result(&mut self.conn)
            .expect("a count")
    }
}

#[test]
fn a_counsellor_reminds_the_own_class_whatever_is_asked_for() {
    let mut school = School::new();
    let own = school.student();
    let other = school.student_of("计算机学院", "计科2202班");
    let namesake = school.student_of("外国语学院", CLASS);
    let campaign_id = school.campaign_id;
    let counsellor = staff(Role::Counsellor, Some("计算机学院"), Some(CLASS));
    for (college, class_name) in [(None, Some("计科2202班")), (Some("外国语学院"), None)] {
        let foreign = part(campaign_id, college, class_name);
        assert_eq!(
            remind_part(&mut school.conn, &counsellor, &foreign, NOW_MS).expect("nobody"),
            0
        );
    }
    assert_eq!(school.remind(&counsellor, NOW_MS).expect("the own class"), 1);
    assert_eq!(school.reminded_since_last(), [own.student_id]);
    let registrar = staff(Role::Registrar, None, None);
    let college = part(campaign_id, Some("计算机学院"), None);
    assert_eq!(
        remind_part(&mut school.conn, &registrar, &college, NOW_MS + 1).expect("the rest"),
        1
    );
    assert_eq!(school.reminded_since_last(), [other.student_id]);
    assert_eq!(school.remind(&registrar, NOW_MS + 2).expect("the rest"), 1);
    assert_eq!(school.reminded_since_last(), [namesake.student_id]);
}

#[test]
fn a_person_of_one_school_reminds_nobody_of_another() {
    let mut school = School::new();
    let own = school.student();
    let mut registrar = staff(Role::Registrar, None, None);
    registrar.scope.school_id = Some(SchoolId(school.school_id.0 + 1));
    assert_eq!(school.remind(&registrar, NOW_MS).expect("nobody"), 0);
    registrar.scope.school_id = Some(school.school_id);
    assert_eq!(school.remind(&registrar, NOW_MS).expect("the own school"), 1);
    assert_eq!(school.reminded_since_last(), [own.student_id]);
}

#[test]
fn who_may_not_speak_for_students_or_sees_none_reminds_nobody() {
    let mut school = School::new();
    school.student();
    for by in [
        staff(Role::Support, None, None),
        staff(Role::Auditor, None, None),
        staff(Role::AgencyAdmin, None, None),
        staff(Role::Counsellor, None, None),
    ] {
        let refused = school.remind(&by, NOW_MS).expect_err("no right");
        assert_eq!(refused.code(), "forbidden", "{}", by.role);
    }
    assert_eq!(school.sent_since_last(), []);
    assert_eq!(school.reminders_in_the_trail(), 0);
}

#[test]
fn only_the_silent_are_reminded_and_the_trail_says_by_whom() {
    let mut school = School::new();
    let (silent, spoken) = (school.student(), school.student());
    school.say(spoken.record_id, spoken.photo_id.0, None);
    let registrar = staff(Role::Registrar, None, None);
    assert_eq!(school.remind(&registrar, NOW_MS).expect("one"), 1);
    assert_eq!(school.reminded_since_last(), [silent.student_id]);
    assert_eq!(school.days_named(silent.student_id), [1]);
    let noted: Vec<(String, String, Option<i64>)> = audit_entries::table
        .filter(audit_entries::action.eq("verdict.remind"))
        .select((
            audit_entries::actor,
            audit_entries::subject_kind,
            audit_entries::subject_id,
        ))
        .load(&mut school.conn)
        .expect("the trail");
    let campaign = (registrar.email, "campaign".to_owned(), Some(school.campaign_id.0));
    assert_eq!(noted, [campaign]);
}

#[test]
fn nobody_is_reminded_twice_within_twenty_hours_by_whatever_way() {
    let mut school = School::new();
    let student_id = school.student().student_id;
    let registrar = staff(Role::Registrar, None, None);
    school.round(CAME_MS);
    let first = CAME_MS + 3 * DAY_MS - HOUR_MS;
    assert_eq!(school.remind(&registrar, first).expect("one"), 1);
    assert_eq!(school.remind(&registrar, first + 1).expect("nobody"), 0);
    assert_eq!(school.reminded_since_last(), [student_id]);
    assert_eq!(school.round(first + HOUR_MS), [], "the step of the third day waits");
    let rested = first + 20 * HOUR_MS;
    assert_eq!(school.round(rested), [], "at five in the morning nobody is reminded");
    let next_day = first + DAY_MS;
    assert_eq!(school.round(next_day), [(NoticeKind::VerdictReminder, student_id)]);
    assert_eq!(school.remind(&registrar, next_day + HOUR_MS).expect("nobody"), 0);
    assert_eq!(school.remind(&registrar, next_day + DAY_MS).expect("one"), 1);
}

#[test]
fn nobody_is_reminded_by_hand_at_night() {
    let mut school = School::new();
    school.student();
    let registrar = staff(Role::Registrar, None, None);
    let morning = NOW_MS - 2 * HOUR_MS;
    for night in [morning - 1, morning + 13 * HOUR_MS] {
        let refused = school.remind(&registrar, night).expect_err("it is night");
        assert_eq!(refused.code(), "remind-night");
    }
    assert_eq!(school.sent_since_last(), []);
    assert_eq!(school.reminders_in_the_trail(), 0);
    assert_eq!(school.remind(&registrar, morning).expect("by day"), 1);
}

#[test]
fn a_frozen_campaign_is_not_reminded_of() {
    let mut school = School::new();
    school.student();
    let registrar = staff(Role::Registrar, None, None);
    school.freeze_at(NOW_MS);
    let refused = school
        .remind(&registrar, NOW_MS)
        .expect_err("nothing can be said any more");
    assert_eq!(refused.code(), "campaign-frozen");
    assert_eq!(school.sent_since_last(), []);
    school.freeze_at(NOW_MS + 1);
    assert_eq!(school.remind(&registrar, NOW_MS).expect("still open"), 1);
}
