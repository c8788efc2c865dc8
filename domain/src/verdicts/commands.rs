//! Giving a verdict, and opening it again.

pub mod claim;

use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::model::{DisputeReason, Enrolment, Given, Subject, Verdict};
use super::queries::progress::{AnsweredQuery, get_for_staff};
use super::queries::{PersonKey, get_enrolment};
use crate::accounts::model::Staff;
use crate::audit::{self, Act, Actor};
use crate::campaigns::queries::get_campaign;
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::dialect::notices::{self, RemindedPart};
use crate::db::schema::verdicts;
use crate::error::{Error, Result};
use crate::id::{PhotoId, RecordId, StudentId};
use crate::notices::commands::{deliver_bulk, tell};
use crate::notices::model::{NewNotice, NoticeKind, is_waking};
use crate::schools::queries::takes_paper_verdicts;
use crate::students::model::Student;
use crate::tickets::queries::is_photo_in_correction;

/// Characters of a remark at most.
pub const MOST_REMARK_CHARS: usize = 500;
const REMARK: Purpose = Purpose::new("verdict-remark");

/// Who gives a verdict.
#[derive(Clone, Debug)]
pub enum Speaker {
    /// The student.
    Student {
        /// The account, and where the request came from.
        student: Student,
        /// Number and name that the account is registered with.
        person: PersonKey,
    },
    /// Somebody of the office, from paper that the student signed.
    OnBehalf(Staff),
}

impl Speaker {
    /// The name in the audit trail; a student's is the account's number.
    fn name(&self) -> String {
        match self {
            Self::Student { student, .. } => student.actor.clone(),
            Self::OnBehalf(staff) => staff.email.clone(),
        }
    }

    fn address(&self) -> Option<&str> {
        match self {
            Self::Student { student, .. } => student.address.as_deref(),
            Self::OnBehalf(staff) => staff.address.as_deref(),
        }
    }

    fn student_id(&self) -> Option<StudentId> {
        match self {
            Self::Student { student, .. } => Some(student.student_id),
            Self::OnBehalf(_) => None,
        }
    }
}

/// What is said.
#[derive(Clone, Debug)]
pub struct Statement {
    /// About which enrolment.
    pub record_id: RecordId,
    /// About its photo or its data.
    pub subject: Subject,
    /// The version that was looked at.
    pub version: i64,
    /// The verdict.
    pub given: Given,
    /// What is wrong, in words.
    pub remark: String,
}

impl Statement {
    /// Whether it says what it has to; the reason has to fit what it is about.
    fn check(&self) -> Result<()> {
        let remark = self.remark.trim();
        if remark.chars().count() > MOST_REMARK_CHARS {
            return Err(Error::invalid("remark", "remark", "write at most 500 characters"));
        }
        if let Given::Disputed(reason) = self.given
            && !DisputeReason::of(self.subject).contains(&reason)
        {
            return Err(Error::invalid(
                "reason-missing",
                "reason",
                "choose one of the reasons offered",
            ));
        }
        if self.given == Given::Disputed(DisputeReason::Other) && remark.is_empty() {
            return Err(Error::invalid(
                "remark-missing",
                "remark",
                "say in a few words what is wrong",
            ));
        }
        Ok(())
    }
}

crate::text_enum! {
    /// Why a verdict was not taken.
    Refusal {
        /// There is nothing to judge.
        NotAvailable = "verdict-not-available",
        /// It was judged already, and a verdict is given once.
        Given = "verdict-given",
        /// Another version came meanwhile.
        VersionChanged = "verdict-version-changed",
        /// The campaign is frozen.
        Frozen = "verdict-frozen",
        /// The enrolment has ended.
        Closed = "verdict-closed",
        /// The school wants its students to say it themselves.
        NotFromPaper = "verdict-not-from-paper",
        /// A correction of the photo was handed in and is not answered yet.
        InCorrection = "verdict-in-correction",
    }
}

/// How giving a verdict ended; a refusal is in the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// It stands.
    Taken,
    /// It does not.
    Refused(Refusal),
}

/// Gives a verdict on the version that was looked at.
pub fn give_verdict(
    conn: &mut Conn,
    sealer: &Sealer,
    speaker: &Speaker,
    statement: &Statement,
    now_ms: TimestampMs,
) -> Result<Spoken> {
    statement.check()?;
    let enrolment = enrolment_for(conn, speaker, statement.record_id, now_ms)?;
    let name = speaker.name();
    let actor = Actor {
        name: &name,
        address: speaker.address(),
    };
    let action = match statement.subject {
        Subject::Photo => "verdict.photo",
        Subject::Roll => "verdict.roll",
    };
    let act = Act::new(action, "record", statement.record_id).by(actor);
    let refusal = match refuse(&enrolment, statement) {
        None => refuse_speaker(conn, speaker, &enrolment, statement)?,
        refusal => refusal,
    };
    let stored = match refusal {
        Some(refusal) => Err(refusal),
        None => store(conn, sealer, speaker, statement, now_ms)?,
    };
    match stored {
        Err(refusal) => {
            audit::append_with(conn, sealer, &act.refused(), refusal.as_str(), now_ms)?;
            Ok(Spoken::Refused(refusal))
        }
        Ok(()) => {
            let said = statement.given.verdict().as_str();
            audit::append_with(conn, sealer, &act, said, now_ms)?;
            Ok(Spoken::Taken)
        }
    }
}

/// The enrolment as the speaker may see it.
fn enrolment_for(conn: &mut Conn, speaker: &Speaker, record_id: RecordId, now_ms: TimestampMs) -> Result<Enrolment> {
    match speaker {
        Speaker::Student { person, .. } => get_enrolment(conn, person, record_id, now_ms),
        Speaker::OnBehalf(staff) if staff.role.may_speak_for_students() => {
            get_for_staff(conn, staff, record_id, now_ms)
        }
        Speaker::OnBehalf(_) => Err(Error::Forbidden {
            right: "give verdicts for students",
        }),
    }
}

/// Why this speaker may not say it: a school may take no verdicts from paper; and a student who confirmed the photo whose correction they
/// asked for could not ask any more, since a verdict is given once. The office sees the ticket.
fn refuse_speaker(
    conn: &mut Conn,
    speaker: &Speaker,
    enrolment: &Enrolment,
    statement: &Statement,
) -> Result<Option<Refusal>> {
    let is_confirmed_photo = (statement.subject, statement.given) == (Subject::Photo, Given::Confirmed);
    let (is_refused, refusal) = match speaker {
        Speaker::OnBehalf(_) => (!takes_paper_verdicts(conn, enrolment.school_id)?, Refusal::NotFromPaper),
        Speaker::Student { .. } if is_confirmed_photo => (
            is_photo_in_correction(conn, statement.record_id, PhotoId(statement.version))?,
            Refusal::InCorrection,
        ),
        Speaker::Student { .. } => return Ok(None),
    };
    Ok(is_refused.then_some(refusal))
}

fn refuse(enrolment: &Enrolment, statement: &Statement) -> Option<Refusal> {
    let (version, verdict) = match statement.subject {
        Subject::Photo => (
            enrolment.photo.as_ref().map(|photo| photo.photo_id.0),
            &enrolment.photo_verdict,
        ),
        Subject::Roll => (Some(enrolment.version), &enrolment.roll_verdict),
    };
    if !enrolment.is_open {
        return Some(Refusal::Closed);
    }
    if enrolment.is_frozen {
        return Some(Refusal::Frozen);
    }
    match version {
        None => Some(Refusal::NotAvailable),
        Some(version) if version != statement.version => Some(Refusal::VersionChanged),
        Some(_) => verdict.is_some().then_some(Refusal::Given),
    }
}

#[derive(Serialize)]
struct VerdictRow<'a> {
    record_id: RecordId,
    subject: Subject,
    version: i64,
    verdict: Verdict,
    reason: Option<DisputeReason>,
    remark_sealed: Option<String>,
    student_id: Option<StudentId>,
    given_by: &'a str,
    is_on_behalf: bool,
    given_at_ms: TimestampMs,
}

const VERDICT_COLUMNS: &[Column] = &[
    Column::Integer("record_id"),
    Column::Text("subject"),
    Column::Integer("version"),
    Column::Text("verdict"),
    Column::Text("reason"),
    Column::Bytes("remark_sealed"),
    Column::Integer("student_id"),
    Column::Text("given_by"),
    Column::Bool("is_on_behalf"),
    Column::Integer("given_at_ms"),
];

/// Writes it down; of two that come at once the database takes one.
fn store(
    conn: &mut Conn,
    sealer: &Sealer,
    speaker: &Speaker,
    statement: &Statement,
    now_ms: TimestampMs,
) -> Result<std::result::Result<(), Refusal>> {
    let remark = statement.remark.trim();
    let sealed = (!remark.is_empty())
        .then(|| sealer.seal(REMARK, remark.as_bytes()))
        .transpose()?;
    let row = VerdictRow {
        record_id: statement.record_id,
        subject: statement.subject,
        version: statement.version,
        verdict: statement.given.verdict(),
        reason: match statement.given {
            Given::Confirmed => None,
            Given::Disputed(reason) => Some(reason),
        },
        remark_sealed: sealed.map(hex::encode),
        student_id: speaker.student_id(),
        given_by: &speaker.name(),
        is_on_behalf: matches!(speaker, Speaker::OnBehalf(_)),
        given_at_ms: now_ms,
    };
    let stored = bulk::insert(conn, "verdicts", VERDICT_COLUMNS, "ON CONFLICT DO NOTHING", &[row])?;
    Ok(if stored == 0 { Err(Refusal::Given) } else { Ok(()) })
}

/// Opens the verdicts of an enrolment again, with a reason: only the office does, and only before the freeze.
pub fn reopen_verdict(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    (record_id, subject): (RecordId, Subject),
    reason: &str,
    now_ms: TimestampMs,
) -> Result<()> {
    if !by.role.may_change_rolls_and_batches() {
        return Err(Error::Forbidden {
            right: "open verdicts again",
        });
    }
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > MOST_REMARK_CHARS {
        return Err(Error::invalid("reason", "reason", "say why, in at most 500 characters"));
    }
    if get_for_staff(conn, by, record_id, now_ms)?.is_frozen {
        return Err(Error::conflict(
            Refusal::Frozen.as_str(),
            "the campaign is frozen: nothing changes any more",
        ));
    }
    let reopened = diesel::update(
        verdicts::table
            .filter(verdicts::record_id.eq(record_id))
            .filter(verdicts::subject.eq(subject))
            .filter(verdicts::reopened_at_ms.is_null()),
    )
    .set((verdicts::reopened_by.eq(&by.email), verdicts::reopened_at_ms.eq(now_ms)))
    .execute(conn)?;
    if reopened == 0 {
        return Err(Error::not_found("verdict", record_id));
    }
    tell_reopened(conn, sealer, record_id, now_ms)?;
    let act = Act::new("verdict.reopen", "record", record_id).by(by);
    audit::append_with(conn, sealer, &act, reason, now_ms)
}

fn tell_reopened(conn: &mut Conn, sealer: &Sealer, record_id: RecordId, now_ms: TimestampMs) -> Result<()> {
    let owners: Vec<Option<StudentId>> = verdicts::table
        .filter(verdicts::record_id.eq(record_id))
        .filter(verdicts::reopened_at_ms.eq(now_ms))
        .filter(verdicts::student_id.is_not_null())
        .select(verdicts::student_id)
        .load(conn)?;
    for student_id in owners.into_iter().flatten() {
        let notice = NewNotice {
            student_id: Some(student_id),
            record_id: Some(record_id),
            kind: NoticeKind::VerdictReopened,
            unique_key: format!("verdict-reopened:{record_id}:{now_ms}"),
            parameters: json!({}),
            secret: None,
            expires_at_ms: None,
            to: None,
        };
        tell(conn, sealer, &notice, now_ms)?;
    }
    Ok(())
}

/// Reminds at once those of a part of a campaign who have said nothing, as far as whoever asks may see them; says how many that were. Nobody is
/// reminded twice within a day, nor of what is frozen.
pub fn remind_part(conn: &mut Conn, by: &Staff, part: &AnsweredQuery, now_ms: TimestampMs) -> Result<usize> {
    if !by.role.may_speak_for_students() || !by.may_see_records() {
        return Err(Error::Forbidden {
            right: "remind students",
        });
    }
    if !is_waking(now_ms) {
        return Err(Error::conflict(
            "remind-night",
            "nobody is reminded at night; try again between eight in the morning and nine in the evening",
        ));
    }
    get_campaign(conn, part.campaign_id)?.require_open(now_ms)?;
    let both = |own: &Option<String>, wanted: &Option<String>| match (own, wanted) {
        (Some(own), Some(wanted)) if own != wanted => None,
        (own, wanted) => Some(own.clone().or_else(|| wanted.clone()).unwrap_or_default()),
    };
    let (college, class_name) = (
        both(&by.scope.college, &part.college),
        both(&by.scope.class_name, &part.class_name),
    );
    let (Some(college), Some(class_name)) = (college, class_name) else {
        return Ok(0);
    };
    let wanted = RemindedPart {
        campaign_id: part.campaign_id,
        school_id: by.scope.school_id,
        college,
        class_name,
    };
    let told = notices::remind_now(conn, &wanted, now_ms)?;
    deliver_bulk(conn, NoticeKind::VerdictReminder, now_ms)?;
    let act = Act::new("verdict.remind", "campaign", part.campaign_id).by(by);
    audit::append(conn, &act, now_ms)?;
    Ok(told)
}
