//! The facts about some enrolments, in a fixed number of queries however many enrolments there are.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::batches::model::{BatchKind, BatchState, FindingStage, Verdict as EntryVerdict};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::conn::inside;
use crate::db::dialect::terms::is_one_of;
use crate::db::schema::{
    batch_entries, batches, campaigns, entry_findings, photos, recaptures, roll_records, verdicts,
};
use crate::error::Result;
use crate::id::{CampaignId, PhotoId, RecordId, SchoolId};
use crate::photos::finding::FindingCode;
use crate::recaptures::queries::PENDING;
use crate::tickets::queries::list_handed_out;
use crate::verdicts::category::{Answer, Doubt, EnrolmentFacts, PhotoFact, decide};
use crate::verdicts::model::{DisputeReason, ShownPhoto, StandingVerdict, Subject, Verdict};
use crate::verdicts::queries::PersonKey;

/// The columns of the roll that decide.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = roll_records)]
pub struct Row {
    /// The record.
    pub record_id: RecordId,
    /// Its school.
    pub school_id: SchoolId,
    /// The name, as the roll has it.
    pub name: String,
    /// 层次, normalised.
    pub level_kind: Option<String>,
    /// Year of expected graduation.
    pub grad_year: Option<i32>,
    /// Whether it can still receive a photo.
    pub is_open: bool,
    /// What 身份核验 gave, where it was no pass.
    pub identity_check: Option<String>,
    /// The import that changed it last: the version of its data.
    pub changed_import_id: i64,
}

/// Where one enrolment stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What the student is told.
    pub answer: Answer,
    /// The accepted graduation photo.
    pub photo: Option<ShownPhoto>,
    /// The accepted admission photo.
    pub admission_photo: Option<ShownPhoto>,
    /// What was said about the photo.
    pub photo_verdict: Option<StandingVerdict>,
    /// What was said about the roll's data.
    pub roll_verdict: Option<StandingVerdict>,
    /// Whether nothing may be said any more.
    pub is_frozen: bool,
    /// The day on which a photo, or a new one, is expected.
    pub expected_on: Option<String>,
    /// The code of the finding for which the photo was refused.
    pub refused_for: Option<String>,
}

/// Where these enrolments stand, in their order. They are one person's, and have that number: a photo of one explains why another has none.
pub fn list_standings(conn: &mut Conn, person: &PersonKey, rows: &[Row], now_ms: TimestampMs) -> Result<Vec<Standing>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<RecordId> = rows.iter().map(|row| row.record_id).collect();
    let Facts { photos, said } = gather(conn, person, &ids)?;
    let graduation: HashMap<RecordId, &Photo> = photos
        .iter()
        .filter(|photo| photo.kind == BatchKind::Graduation)
        .map(|photo| (photo.record_id, photo))
        .collect();
    let without: Vec<RecordId> = ids.iter().copied().filter(|id| !graduation.contains_key(id)).collect();
    // Most people have a photo: what explains that there is none is asked for the others alone.
    let (doubts, wanted, moving, campaigns) = match without.is_empty() {
        true => Default::default(),
        false => (
            doubts(conn, &without)?,
            wanted_again(conn, &without)?,
            campaigns_in_transit(conn)?,
            list_campaigns(conn)?,
        ),
    };
    let judged = rows.iter().map(|row| {
        let photo = graduation.get(&row.record_id);
        let campaign = campaigns.iter().find(|one| one.expects(row));
        let freeze_at_ms = match photo {
            Some(photo) => photo.freeze_at_ms,
            None => campaign.and_then(|one| one.freeze_at_ms),
        };
        let is_frozen = freeze_at_ms.is_some_and(|at_ms| at_ms <= now_ms);
        let wanted = wanted.get(&row.record_id);
        let fact = match (photo, wanted, doubts.get(&row.record_id)) {
            (Some(photo), ..) => PhotoFact::Accepted {
                is_too_old: photo.is_too_old,
            },
            (None, Some(_), _) => PhotoFact::Rejected,
            (None, None, Some(doubt)) => *doubt,
            (None, None, None) => awaited(campaign, &moving, now_ms),
        };
        let verdict_on = |subject, version: i64| {
            let fits = |one: &&Said| one.subject == subject && one.version == version && one.record_id == row.record_id;
            said.iter().find(fits).map(|one| one.standing.clone())
        };
        let photo_verdict = photo.and_then(|photo| verdict_on(Subject::Photo, photo.photo_id.0));
        let facts = EnrolmentFacts {
            is_open: row.is_open,
            is_identity_flagged: row.identity_check.is_some(),
            photo: fact,
            has_photo_elsewhere: graduation.keys().any(|other| *other != row.record_id),
            verdict: photo_verdict.as_ref().map(|said| said.verdict),
            is_frozen,
            handed_to: None,
        };
        let admission = photos
            .iter()
            .find(|photo| photo.kind == BatchKind::Admission && photo.record_id == row.record_id);
        let standing = Standing {
            answer: decide(facts),
            photo: photo.and_then(|photo| photo.shown()),
            admission_photo: admission.and_then(Photo::shown),
            photo_verdict,
            roll_verdict: verdict_on(Subject::Roll, row.changed_import_id),
            is_frozen,
            expected_on: match wanted {
                Some((_, due_at_ms)) => Some(crate::clock::day_in_shanghai(*due_at_ms)),
                None if photo.is_none() => campaign.and_then(|one| one.upload_expected.clone()),
                None => None,
            },
            refused_for: wanted.map(|(reason, _)| reason.clone()),
        };
        (row.record_id, facts, standing)
    });
    let mut judged: Vec<(RecordId, EnrolmentFacts, Standing)> = judged.collect();
    ask_whom_they_wait_for(conn, &mut judged)?;
    Ok(judged.into_iter().map(|(.., standing)| standing).collect())
}

/// Decides anew about those that wait for the university, where their correction was handed out: of the others nobody asks.
fn ask_whom_they_wait_for(conn: &mut Conn, judged: &mut [(RecordId, EnrolmentFacts, Standing)]) -> Result<()> {
    let waiting = judged
        .iter()
        .filter(|(.., standing)| standing.answer.waits_for_university());
    let ids: Vec<RecordId> = waiting.map(|(record_id, ..)| *record_id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let handed = list_handed_out(conn, &ids)?;
    for (record_id, facts, standing) in judged {
        facts.handed_to = handed.get(record_id).copied();
        standing.answer = decide(*facts);
    }
    Ok(())
}

/// An accepted photo.
struct Photo {
    record_id: RecordId,
    kind: BatchKind,
    photo_id: PhotoId,
    campaign_id: CampaignId,
    standard_sha256: Option<String>,
    /// When its campaign is frozen.
    freeze_at_ms: Option<TimestampMs>,
    is_too_old: bool,
}

impl Photo {
    fn shown(&self) -> Option<ShownPhoto> {
        Some(ShownPhoto {
            photo_id: self.photo_id,
            campaign_id: self.campaign_id,
            standard_sha256: self.standard_sha256.clone()?,
        })
    }
}

type PhotoColumns = (BatchKind, PhotoId, CampaignId, String);
type SaidColumns = (Subject, i64, Verdict, Option<DisputeReason>, TimestampMs, bool);
/// A record with one of its photos, what belongs to that, and one of the verdicts on the record.
type FactColumns = (
    RecordId,
    Option<PhotoColumns>,
    (Option<String>, Option<TimestampMs>, Option<i64>),
    Option<SaidColumns>,
);

/// What every enrolment is asked for.
#[derive(Default)]
struct Facts {
    photos: Vec<Photo>,
    said: Vec<Said>,
}

impl Facts {
    fn add(&mut self, (record_id, photo, of_photo, said): FactColumns) {
        let (standard_sha256, freeze_at_ms, old) = of_photo;
        if let Some((kind, photo_id, campaign_id, state)) = photo
            && state == "accepted"
            && !self.photos.iter().any(|known| known.photo_id == photo_id)
        {
            self.photos.push(Photo {
                record_id,
                kind,
                photo_id,
                campaign_id,
                standard_sha256,
                freeze_at_ms,
                is_too_old: old.is_some(),
            });
        }
        if let Some((subject, version, verdict, reason, given_at_ms, is_on_behalf)) = said {
            self.said.push(Said {
                record_id,
                subject,
                version,
                standing: StandingVerdict {
                    verdict,
                    reason,
                    given_at_ms,
                    is_on_behalf,
                },
            });
        }
    }
}

/// The accepted photos of a person's records and what was said about each record, in one statement: a row for every pair of the two.
///
/// It asks by the number and not by the records, since PostgreSQL would plan a list anew for every run; and for photos of every state,
/// since before it has counted the rows it takes the accepted ones for few and reads them all.
fn gather(conn: &mut Conn, person: &PersonKey, ids: &[RecordId]) -> Result<Facts> {
    let old = entry_findings::entry_id
        .eq(photos::entry_id)
        .and(entry_findings::code.eq(FindingCode::Old.as_str()));
    let standing = verdicts::record_id
        .eq(roll_records::record_id)
        .and(verdicts::reopened_at_ms.is_null());
    let asked = roll_records::table
        .left_join(photos::table.on(photos::record_id.eq(roll_records::record_id)))
        .left_join(batch_entries::table.on(batch_entries::entry_id.eq(photos::entry_id)))
        .left_join(campaigns::table.on(campaigns::campaign_id.eq(photos::campaign_id)))
        .left_join(entry_findings::table.on(old))
        .left_join(verdicts::table.on(standing))
        .filter(roll_records::id_index.eq(&person.id_index))
        .select((
            roll_records::record_id,
            (photos::kind, photos::photo_id, photos::campaign_id, photos::state).nullable(),
            (
                batch_entries::standard_sha256.nullable(),
                campaigns::freeze_at_ms.nullable(),
                entry_findings::finding_id.nullable(),
            ),
            (
                verdicts::subject,
                verdicts::version,
                verdicts::verdict,
                verdicts::reason,
                verdicts::given_at_ms,
                verdicts::is_on_behalf,
            )
                .nullable(),
        ));
    let rows: Vec<FactColumns> = inside!(conn, |conn| asked.load(conn)?);
    let mut facts = Facts::default();
    for row in rows.into_iter().filter(|row| ids.contains(&row.0)) {
        facts.add(row);
    }
    Ok(facts)
}

/// A verdict that was not opened again.
struct Said {
    record_id: RecordId,
    subject: Subject,
    version: i64,
    standing: StandingVerdict,
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

/// Records whose photo is to be shot again: why, and until when.
fn wanted_again(conn: &mut Conn, ids: &[RecordId]) -> Result<HashMap<RecordId, (String, TimestampMs)>> {
    let rows: Vec<(RecordId, String, TimestampMs)> = recaptures::table
        .filter(is_one_of(conn, recaptures::record_id, ids))
        .filter(recaptures::state.eq_any(PENDING))
        .order(recaptures::recapture_id)
        .select((recaptures::record_id, recaptures::reason, recaptures::due_at_ms))
        .load(conn)?;
    let wanted = rows
        .into_iter()
        .map(|(record_id, reason, due)| (record_id, (reason, due)));
    Ok(wanted.collect())
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
    let today = crate::clock::day_in_shanghai(now_ms);
    let is_announced = |one: &CampaignDates| one.upload_expected.as_ref().is_some_and(|day| *day >= today);
    match campaign {
        Some(one) if is_announced(one) || moving.contains(&one.campaign_id) => PhotoFact::InTransit,
        _ => PhotoFact::Missing,
    }
}
