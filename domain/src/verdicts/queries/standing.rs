//! Where enrolments stand, in a fixed number of queries however many enrolments there are.

use std::collections::HashMap;

use diesel::prelude::*;

use super::known::{KnownEnrolment, Photo, Row};
use crate::batches::model::{BatchKind, BatchState, FindingStage, Verdict as EntryVerdict};
use crate::clock::{TimestampMs, day_in_shanghai};
use crate::db::Conn;
use crate::db::dialect::terms::is_one_of;
use crate::db::schema::{batch_entries, batches, campaigns, entry_findings, recaptures};
use crate::error::Result;
use crate::id::{CampaignId, RecordId, SchoolId};
use crate::recaptures::queries::PENDING;
use crate::schools::model::pick_contact;
use crate::schools::queries::list_contacts;
use crate::tickets::queries::list_handed_out;
use crate::verdicts::category::{Doubt, EnrolmentFacts, PhotoFact, Reason, decide};
use crate::verdicts::model::{Enrolment, Subject};

/// Where these enrolments stand, in their order. They are one person's: a photo of one that goes on explains why another has none.
pub fn list_standings(conn: &mut Conn, known: Vec<KnownEnrolment>, now_ms: TimestampMs) -> Result<Vec<Enrolment>> {
    let has_photo = |one: &&KnownEnrolment| one.photo(BatchKind::Graduation).is_some();
    let going_on = known.iter().filter(|one| one.row.is_open);
    let with_photo: Vec<RecordId> = going_on.filter(has_photo).map(|one| one.row.record_id).collect();
    let without = known.iter().filter(|one| !has_photo(one));
    let without: Vec<RecordId> = without.map(|one| one.row.record_id).collect();
    let is_too_old = |one: &KnownEnrolment| one.photo(BatchKind::Graduation).is_some_and(|photo| photo.is_too_old);
    // Most people have a photo: what explains that there is none, or none that counts, is asked for the others alone.
    let absence = match without.is_empty() {
        true if known.iter().any(is_too_old) => Absence {
            campaigns: list_campaigns(conn)?,
            ..Absence::default()
        },
        true => Absence::default(),
        false => Absence {
            doubts: doubts(conn, &without)?,
            wanted: wanted_again(conn, &without)?,
            moving: campaigns_in_transit(conn)?,
            campaigns: list_campaigns(conn)?,
        },
    };
    let judged = known.into_iter().map(|one| {
        let has_photo_elsewhere = with_photo.iter().any(|other| *other != one.row.record_id);
        judge(one, &absence, has_photo_elsewhere, now_ms)
    });
    let mut judged: Vec<(EnrolmentFacts, Enrolment)> = judged.collect();
    ask_whom_they_wait_for(conn, &mut judged)?;
    let mut enrolments: Vec<Enrolment> = judged.into_iter().map(|(_, enrolment)| enrolment).collect();
    say_whom_to_ask(conn, &mut enrolments)?;
    Ok(enrolments)
}

/// Adds how whoever can be asked is reached, where there is something to ask.
fn say_whom_to_ask(conn: &mut Conn, enrolments: &mut [Enrolment]) -> Result<()> {
    let asking = enrolments.iter().filter(|one| one.answer.to_ask().is_some());
    let schools: Vec<SchoolId> = asking.map(|one| one.school_id).collect();
    if schools.is_empty() {
        return Ok(());
    }
    let contacts = list_contacts(conn, &schools)?;
    for one in enrolments {
        let asked = one.answer.to_ask();
        let contact = asked.and_then(|actor| pick_contact(&contacts, one.school_id, actor, one.college.as_deref()));
        one.contact = contact.cloned();
    }
    Ok(())
}

/// That a photo is to be shot again.
#[derive(Queryable, Selectable)]
#[diesel(table_name = recaptures)]
struct WantedAgain {
    record_id: RecordId,
    campaign_id: CampaignId,
    reason: String,
    due_at_ms: TimestampMs,
}

/// What explains that enrolments have no photo.
#[derive(Default)]
struct Absence {
    doubts: HashMap<RecordId, PhotoFact>,
    wanted: HashMap<RecordId, WantedAgain>,
    moving: Vec<CampaignId>,
    campaigns: Vec<CampaignDates>,
}

fn judge(
    one: KnownEnrolment,
    absence: &Absence,
    has_photo_elsewhere: bool,
    now_ms: TimestampMs,
) -> (EnrolmentFacts, Enrolment) {
    let (row, photo) = (&one.row, one.photo(BatchKind::Graduation));
    let wanted = absence.wanted.get(&row.record_id);
    let named = wanted
        .map(|wanted| wanted.campaign_id)
        .or(photo.map(|photo| photo.campaign_id));
    let campaign = absence.campaigns.iter().find(|campaign| match named {
        Some(campaign_id) => campaign_id == campaign.campaign_id,
        None => campaign.expects(row),
    });
    let freeze_at_ms = match photo {
        Some(photo) => photo.freeze_at_ms,
        None => campaign.and_then(|campaign| campaign.freeze_at_ms),
    };
    let is_frozen = freeze_at_ms.is_some_and(|at_ms| at_ms <= now_ms);
    let fact = match (photo, wanted, absence.doubts.get(&row.record_id)) {
        (Some(photo), ..) => PhotoFact::Accepted {
            is_too_old: photo.is_too_old,
        },
        (None, Some(_), _) => PhotoFact::Rejected,
        (None, None, Some(doubt)) => *doubt,
        (None, None, None) => awaited(campaign, &absence.moving, now_ms),
    };
    let photo_verdict = photo.and_then(|photo| one.verdict_on(Subject::Photo, photo.photo_id.0));
    let facts = EnrolmentFacts {
        is_open: row.is_open,
        is_identity_flagged: row.identity_check.is_some(),
        photo: fact,
        has_photo_elsewhere,
        verdict: photo_verdict.as_ref().map(|said| said.verdict),
        is_frozen,
        handed_to: None,
    };
    let answer = decide(facts);
    let enrolment = Enrolment {
        answer,
        photo: photo.and_then(Photo::shown),
        admission_photo: one.photo(BatchKind::Admission).and_then(Photo::shown),
        photo_verdict,
        roll_verdict: one.verdict_on(Subject::Roll, row.changed_import_id),
        is_frozen,
        expected_on: match (wanted, answer.reason) {
            (Some(wanted), _) => Some(day_in_shanghai(wanted.due_at_ms)),
            (None, Reason::Awaiting | Reason::TooOld) => freeze_at_ms.map(|at_ms| day_in_shanghai(at_ms - 1)),
            (None, _) if photo.is_none() => campaign.and_then(|campaign| campaign.upload_expected.clone()),
            (None, _) => None,
        },
        refused_for: wanted.map(|wanted| wanted.reason.clone()),
        capture_place: campaign
            .filter(|_| answer.wants_capture())
            .and_then(|campaign| campaign.recapture_place.clone()),
        contact: None,
        record_id: row.record_id,
        version: row.changed_import_id,
        is_open: row.is_open,
        school_id: row.school_id,
        school: one.school,
        student_no: one.row.student_no,
        level: one.row.level,
        major_name: one.row.major_name,
        college: one.row.college,
    };
    (facts, enrolment)
}

/// Decides anew about those that wait for the university, where their correction was handed out: of the others nobody asks.
fn ask_whom_they_wait_for(conn: &mut Conn, judged: &mut [(EnrolmentFacts, Enrolment)]) -> Result<()> {
    let waiting = judged
        .iter()
        .filter(|(_, enrolment)| enrolment.answer.waits_for_university());
    let ids: Vec<RecordId> = waiting.map(|(_, enrolment)| enrolment.record_id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let handed = list_handed_out(conn, &ids)?;
    for (facts, enrolment) in judged {
        facts.handed_to = handed.get(&enrolment.record_id).copied();
        enrolment.answer = decide(*facts);
    }
    Ok(())
}

/// Photos of records that wait for a person, by the gravest thing found about them.
fn doubts(conn: &mut Conn, ids: &[RecordId]) -> Result<HashMap<RecordId, PhotoFact>> {
    let rows: Vec<(Option<RecordId>, Option<String>)> = batch_entries::table
        .inner_join(batches::table)
        .left_join(
            entry_findings::table.on(entry_findings::entry_id
                .eq(batch_entries::entry_id)
                .and(entry_findings::severity.ne("note"))
                .and(entry_findings::stage.ne(FindingStage::Decision))),
        )
        .filter(is_one_of(conn, batch_entries::record_id, ids))
        .filter(batch_entries::verdict.eq(EntryVerdict::Review))
        .filter(batches::state.eq(BatchState::Reconciled))
        .filter(batches::kind.eq(BatchKind::Graduation))
        .select((batch_entries::record_id, entry_findings::code.nullable()))
        .load(conn)?;
    let mut found: HashMap<RecordId, Doubt> = HashMap::new();
    for (record_id, code) in rows {
        let Some(record_id) = record_id else { continue };
        let doubt = code.map_or(Doubt::Quality, |code| doubt_of(&code));
        let worst = found.entry(record_id).or_insert(doubt);
        if rank(doubt) > rank(*worst) {
            *worst = doubt;
        }
    }
    Ok(found
        .into_iter()
        .map(|(record_id, doubt)| (record_id, PhotoFact::InReview(doubt)))
        .collect())
}

fn doubt_of(code: &str) -> Doubt {
    match code {
        "DUP" | "MIRROR" => Doubt::Copy,
        "NAME" | "ID" | "SCHOOL" | "MULTIROLL" => Doubt::Data,
        _ => Doubt::Quality,
    }
}

fn rank(doubt: Doubt) -> u8 {
    match doubt {
        Doubt::Quality => 0,
        Doubt::Data => 1,
        Doubt::Copy => 2,
    }
}

/// Records whose photo is to be shot again.
fn wanted_again(conn: &mut Conn, ids: &[RecordId]) -> Result<HashMap<RecordId, WantedAgain>> {
    let rows: Vec<WantedAgain> = recaptures::table
        .filter(is_one_of(conn, recaptures::record_id, ids))
        .filter(recaptures::state.eq_any(PENDING))
        .order(recaptures::recapture_id)
        .select(WantedAgain::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|wanted| (wanted.record_id, wanted)).collect())
}

/// What of a campaign decides about an enrolment.
#[derive(Queryable)]
struct CampaignDates {
    campaign_id: CampaignId,
    school_id: Option<SchoolId>,
    grad_year: Option<i32>,
    level_kind: Option<String>,
    freeze_at_ms: Option<TimestampMs>,
    upload_expected: Option<String>,
    recapture_place: Option<String>,
}

impl CampaignDates {
    fn expects(&self, row: &Row) -> bool {
        self.school_id.is_none_or(|school_id| school_id == row.school_id)
            && (self.grad_year.is_none() || self.grad_year == row.grad_year)
            && (self.level_kind.is_none() || self.level_kind == row.level_kind)
    }
}

fn list_campaigns(conn: &mut Conn) -> Result<Vec<CampaignDates>> {
    Ok(campaigns::table
        .order(campaigns::campaign_id.desc())
        .select((
            campaigns::campaign_id,
            campaigns::school_id,
            campaigns::grad_year,
            campaigns::level_kind,
            campaigns::freeze_at_ms,
            campaigns::upload_expected,
            campaigns::recapture_place,
        ))
        .load(conn)?)
}

/// Campaigns of which a delivery is being looked at.
fn campaigns_in_transit(conn: &mut Conn) -> Result<Vec<CampaignId>> {
    Ok(batches::table
        .filter(batches::state.ne_all([BatchState::Reconciled, BatchState::Failed, BatchState::Undone]))
        .select(batches::campaign_id)
        .distinct()
        .load(conn)?)
}

fn awaited(campaign: Option<&CampaignDates>, moving: &[CampaignId], now_ms: TimestampMs) -> PhotoFact {
    let today = day_in_shanghai(now_ms);
    let is_announced = |one: &CampaignDates| one.upload_expected.as_ref().is_some_and(|day| *day >= today);
    match campaign {
        Some(one) if is_announced(one) || moving.contains(&one.campaign_id) => PhotoFact::InTransit,
        _ => PhotoFact::Missing,
    }
}
