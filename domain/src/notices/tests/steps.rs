//! The rounds that a job makes every few minutes.

use diesel::prelude::*;

use super::{CAME_MS, DAY_MS, HOUR_MS, Person, School};
use crate::audit::OPERATOR;
use crate::campaigns::commands::add_campaign;
use crate::clock::TimestampMs;
use crate::db::schema::{campaigns, notices, photos, recaptures, roll_imports, roll_records, students};
use crate::notices::commands::tell_due;
use crate::notices::model::NoticeKind;
use crate::students::model::StudentState;
use crate::testing::rows;

use NoticeKind::{PhotoArrived, PhotoRejected, RollChanged, VerdictDue, VerdictReminder};

/// Eight in the morning in China, so many days after the photos came.
fn morning(days: i64) -> TimestampMs {
    CAME_MS + days * DAY_MS - 2 * HOUR_MS
}

#[test]
fn news_come_at_any_hour_and_reminders_wait_for_the_morning() {
    let mut school = School::new();
    let student_id = school.student().student_id;
    let night = morning(4) - 1;
    assert_eq!(school.round(night), [(PhotoArrived, student_id)]);
    assert_eq!(school.round(night), [], "news are told once");
    assert_eq!(school.round(morning(4)), [(VerdictReminder, student_id)]);
    let evening = morning(4) + 13 * HOUR_MS;
    let late = school.student().student_id;
    assert_eq!(school.round(evening), [(PhotoArrived, late)]);
    assert_eq!(school.round(morning(5)), [(VerdictReminder, late)]);
}

#[test]
fn a_refusal_is_news_with_its_reason_and_day() {
    let mut school = School::new();
    let person = school.student();
    school.say(person.record_id, person.photo_id.0, None);
    let night = morning(1) - HOUR_MS;
    diesel::update(campaigns::table.find(school.campaign_id))
        .set(campaigns::recapture_place.eq("图书馆 \"一楼\""))
        .execute(&mut school.conn)
        .expect("the place");
    diesel::insert_into(recaptures::table)
        .values((
            recaptures::campaign_id.eq(school.campaign_id),
            recaptures::record_id.eq(person.record_id),
            recaptures::reason.eq("BLUR"),
            recaptures::state.eq("open"),
            recaptures::attempt.eq(1),
            recaptures::created_at_ms.eq(CAME_MS),
            recaptures::updated_at_ms.eq(CAME_MS),
            recaptures::due_at_ms.eq(night + DAY_MS),
        ))
        .execute(&mut school.conn)
        .expect("a re-capture");
    assert_eq!(school.round(night), [(PhotoRejected, person.student_id)]);
    assert_eq!(school.round(night + DAY_MS), [], "told once");
    let parameters: String = notices::table
        .filter(notices::kind.eq(PhotoRejected))
        .select(notices::parameters)
        .first(&mut school.conn)
        .expect("the notice");
    assert_eq!(
        parameters,
        format!(
            r#"{{"code":"BLUR","due_at_ms":{},"place":"图书馆 \"一楼\""}}"#,
            night + DAY_MS
        )
    );
}

#[test]
fn a_change_of_the_roll_is_news_where_it_decides_about_the_capture_code() {
    let mut school = School::new();
    let [left, later, moved] = [(); 3].map(|()| school.student());
    school.round(CAME_MS);
    let change_id = school.change_roll(&[left, later, moved], CAME_MS + HOUR_MS);
    let people = |person: Person| roll_records::table.find(person.record_id);
    diesel::update(people(left))
        .set((
            roll_records::is_open.eq(false),
            roll_records::status_kind.eq("withdrawn"),
        ))
        .execute(&mut school.conn)
        .expect("left");
    diesel::update(people(later))
        .set(roll_records::expected_graduation.eq("2027-07-01"))
        .execute(&mut school.conn)
        .expect("later");
    diesel::update(people(moved))
        .set(roll_records::class_name.eq("another"))
        .execute(&mut school.conn)
        .expect("moved");
    let night = CAME_MS + 14 * HOUR_MS;
    let told = school.round(night);
    assert_eq!(
        told,
        [left, later].map(|person| (RollChanged, person.student_id)),
        "another class changes nothing about the code"
    );
    assert_eq!(school.round(night + HOUR_MS), [], "told once");
    let keys: Vec<String> = notices::table
        .filter(notices::kind.eq(RollChanged))
        .order(notices::notice_id)
        .select(notices::unique_key)
        .load(&mut school.conn)
        .expect("the notices");
    let expected = [left, later].map(|person| format!("roll-changed:{}:{change_id}", person.record_id));
    assert_eq!(keys, expected);
}

#[test]
fn an_import_that_was_undone_or_is_long_past_is_no_news() {
    for (state, days) in [("undone", 0), ("applied", 61)] {
        let mut school = School::new();
        let person = school.student();
        school.say(person.record_id, person.photo_id.0, None);
        let change_id = school.change_roll(&[person], CAME_MS);
        diesel::update(roll_imports::table.find(change_id))
            .set(roll_imports::state.eq(state))
            .execute(&mut school.conn)
            .expect("a state");
        diesel::update(roll_records::table.find(person.record_id))
            .set(roll_records::is_open.eq(false))
            .execute(&mut school.conn)
            .expect("closed");
        assert_eq!(
            school.round(CAME_MS + days * DAY_MS + 1),
            [],
            "{state}, after {days} days"
        );
    }
}

#[test]
fn a_step_is_told_when_its_days_are_full_and_once() {
    let mut school = School::new();
    let student_id = school.student().student_id;
    school.round(CAME_MS);
    for days in [3, 7, 14] {
        let full = CAME_MS + days * DAY_MS;
        assert_eq!(school.round(full - 1), [], "{days} days are not full");
        assert_eq!(school.round(full), [(VerdictReminder, student_id)], "{days}");
        assert_eq!(school.round(full), [], "{days} is told once");
        assert_eq!(school.round(full + DAY_MS), [], "{days} is told once");
    }
    for days in [15, 28, 100] {
        assert_eq!(school.round(CAME_MS + days * DAY_MS), [], "there is no further step");
    }
    assert_eq!(school.days_named(student_id), [3, 7, 14]);
}

#[test]
fn whoever_comes_late_hears_of_the_longest_wait_alone() {
    let mut school = School::new();
    let student_id = school.student().student_id;
    for days in 20..30 {
        school.round(CAME_MS + days * DAY_MS);
    }
    assert_eq!(school.days_named(student_id), [14], "the steps before it are over");
}

#[test]
fn every_campaign_has_steps_of_its_own() {
    let mut school = School::new();
    let usual = school.student();
    let other = add_campaign(&mut school.conn, OPERATOR, &rows::campaign("2026B"), CAME_MS).expect("a campaign");
    let quiet = add_campaign(&mut school.conn, OPERATOR, &rows::campaign("2026C"), CAME_MS).expect("a campaign");
    for (campaign_id, days) in [(other, " 5, 2 "), (quiet, "")] {
        diesel::update(campaigns::table.find(campaign_id))
            .set(campaigns::remind_days.eq(days))
            .execute(&mut school.conn)
            .expect("steps");
    }
    let own = school.campaign_id;
    school.campaign_id = other;
    let soon = school.student();
    school.campaign_id = quiet;
    let never = school.student();
    school.campaign_id = own;
    for days in 0..20 {
        school.round(CAME_MS + days * DAY_MS);
    }
    let named: Vec<Vec<i64>> = [usual, soon, never]
        .map(|person| school.days_named(person.student_id))
        .into();
    assert_eq!(named, [vec![3, 7, 14], vec![2, 5], vec![]]);
}

#[test]
fn the_end_of_checking_is_told_once_by_day_in_the_last_three_days() {
    let mut school = School::new();
    let (silent, spoken) = (school.student(), school.student());
    school.say(spoken.record_id, spoken.photo_id.0, None);
    school.freeze_at(CAME_MS + 6 * DAY_MS);
    let news = school.round(CAME_MS);
    assert_eq!(
        news,
        [(PhotoArrived, silent.student_id)],
        "who has spoken knows the photo"
    );
    let last_days = CAME_MS + 3 * DAY_MS;
    assert_eq!(school.round(last_days - 1), []);
    assert_eq!(
        school.round(last_days),
        [(VerdictDue, silent.student_id)],
        "and not the step of the third day within the same hour"
    );
    assert_eq!(school.round(last_days + HOUR_MS), []);
    assert_eq!(
        school.round(last_days + 22 * HOUR_MS),
        [(VerdictReminder, silent.student_id)]
    );
    school.freeze_at(CAME_MS + 7 * DAY_MS);
    assert_eq!(school.round(morning(5) - 1), [], "not at night");
    assert_eq!(
        school.round(morning(5)),
        [(VerdictDue, silent.student_id)],
        "another end is told again"
    );
    assert_eq!(school.round(CAME_MS + 7 * DAY_MS), [], "it is over");
}

#[test]
fn a_frozen_campaign_reminds_nobody() {
    let mut school = School::new();
    school.student();
    school.round(CAME_MS);
    school.freeze_at(CAME_MS + 3 * DAY_MS);
    assert_eq!(school.round(CAME_MS + 3 * DAY_MS), [], "frozen at that instant");
    assert_eq!(school.round(CAME_MS + 8 * DAY_MS), []);
    school.freeze_at(CAME_MS + 90 * DAY_MS);
    assert_eq!(school.round(CAME_MS + 9 * DAY_MS).len(), 1, "open again");
}

#[test]
fn only_a_verdict_on_the_photo_that_stands_ends_the_reminders() {
    let mut school = School::new();
    let [spoken, before, reopened] = [(); 3].map(|()| school.student());
    school.say(spoken.record_id, spoken.photo_id.0, None);
    school.say(before.record_id, before.photo_id.0 + 1_000, None);
    school.say(reopened.record_id, reopened.photo_id.0, Some(CAME_MS));
    school.round(CAME_MS);
    let told = school.round(CAME_MS + 3 * DAY_MS);
    assert_eq!(
        told,
        [before, reopened].map(|person| (VerdictReminder, person.student_id)),
        "the verdict on another version, and the one opened again, count for nothing"
    );
}

#[test]
fn who_wants_no_reminders_gets_none_by_mail() {
    let mut school = School::new();
    let student_id = school.student().student_id;
    diesel::update(students::table)
        .set(students::takes_reminders.eq(false))
        .execute(&mut school.conn)
        .expect("a wish");
    school.freeze_at(CAME_MS + 5 * DAY_MS);
    assert_eq!(school.round(CAME_MS), [(PhotoArrived, student_id)], "news are none");
    assert_eq!(school.round(CAME_MS + 3 * DAY_MS), []);
    assert_eq!(school.round(CAME_MS + 4 * DAY_MS), []);
    let kept: i64 = notices::table
        .filter(notices::kind.eq_any([VerdictReminder, VerdictDue]))
        .filter(notices::is_kept.eq(true))
        .count()
        .get_result(&mut school.conn)
        .expect("a count");
    assert_eq!(kept, 2, "the list on the page has them");
}

/// A way in which somebody has nothing to judge, or nobody to be told.
type Change = fn(&mut School, Person);

#[test]
fn whose_page_shows_no_photo_to_judge_is_left_alone() {
    let changes: [(&str, Change); 5] = [
        ("the photo was replaced", |school, person| {
            let photo = photos::table.find(person.photo_id);
            change(
                diesel::update(photo)
                    .set(photos::state.eq("superseded"))
                    .execute(&mut school.conn),
            );
        }),
        ("the enrolment has ended", |school, person| {
            let record = roll_records::table.find(person.record_id);
            change(
                diesel::update(record)
                    .set(roll_records::is_open.eq(false))
                    .execute(&mut school.conn),
            );
        }),
        ("the row has vanished from the roll", |school, person| {
            let (record, import_id) = (roll_records::table.find(person.record_id), school.import_id);
            let vanished = roll_records::vanished_import_id.eq(import_id);
            change(diesel::update(record).set(vanished).execute(&mut school.conn));
        }),
        ("the account is not complete", |school, person| {
            let account = students::table.find(person.student_id);
            let state = students::state.eq(StudentState::Confirming);
            change(diesel::update(account).set(state).execute(&mut school.conn));
        }),
        ("the account is another person's", |school, person| {
            let account = students::table.find(person.student_id);
            change(
                diesel::update(account)
                    .set(students::name_folded.eq("李四"))
                    .execute(&mut school.conn),
            );
        }),
    ];
    let mut school = School::new();
    let told = school.student();
    for (_, make) in changes {
        let person = school.student();
        make(&mut school, person);
    }
    assert_eq!(school.round(CAME_MS), [(PhotoArrived, told.student_id)]);
    school.freeze_at(CAME_MS + 5 * DAY_MS);
    assert_eq!(school.round(CAME_MS + 3 * DAY_MS), [(VerdictDue, told.student_id)]);
    assert_eq!(school.round(CAME_MS + 4 * DAY_MS), [(VerdictReminder, told.student_id)]);
}

fn change(done: QueryResult<usize>) {
    assert_eq!(done.expect("a change"), 1);
}

#[test]
fn many_are_told_a_few_at_a_time_and_each_once() {
    let mut school = School::new();
    let mut everybody: Vec<_> = (0..7).map(|_| school.student().student_id).collect();
    let mut now_ms = CAME_MS + 3 * DAY_MS;
    while tell_due(&mut school.conn, 3, now_ms).expect("a round") > 0 {
        now_ms += 1;
    }
    let mut sent = school.sent_since_last();
    everybody.sort_unstable();
    for kind in [PhotoArrived, VerdictReminder] {
        let mut told: Vec<_> = sent.extract_if(.., |one| one.0 == kind).map(|one| one.1).collect();
        told.sort_unstable();
        assert_eq!(told, everybody, "{kind}");
    }
}
