//! Everything that happened to one record, newest first.

use diesel::prelude::*;

use crate::batches::model::{BatchKind, BatchState, Decision, FindingStage, Verdict as EntryVerdict};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{
    batch_entries, batches, entry_decisions, entry_findings, notice_deliveries, notices, photos, recaptures,
    roll_imports, roll_record_versions, roll_records, tickets, verdicts,
};
use crate::error::Result;
use crate::id::{BatchId, EntryId, ImportId, NoticeId, RecordId, TicketId};
use crate::notices::model::{Channel, DeliveryState, NoticeKind};
use crate::recaptures::model::RecaptureState;
use crate::tickets::machine::TicketState;
use crate::tickets::model::TicketKind;
use crate::verdicts::model::{DisputeReason, Subject, Verdict};

/// Events of one kind that are read at most: no record has nearly as many.
const MOST_OF_A_KIND: i64 = 100;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// When, UTC ms.
    pub at_ms: TimestampMs,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// An import brought the record.
    Imported(ImportId),
    /// An import changed it.
    Changed(ImportId),
    /// A batch brought a photo.
    Delivered {
        /// The photo.
        entry_id: EntryId,
        /// Its batch.
        batch_id: BatchId,
        /// Which photo of the record it is meant as.
        kind: BatchKind,
        /// What became of it.
        verdict: EntryVerdict,
        /// Address of its thumbnail in the object store.
        thumbnail_sha256: Option<String>,
        /// Codes of what was found, but for notes.
        codes: Vec<String>,
    },
    /// A photo became a version of the record's.
    Published {
        /// Which version, from 1.
        version: i32,
        /// `accepted`, `superseded` or `withdrawn`, as it stands now.
        state: String,
    },
    /// Somebody decided.
    Decided {
        /// About which photo.
        entry_id: EntryId,
        /// What.
        decision: Decision,
        /// Who.
        decided_by: String,
        /// Whether it was taken back since.
        is_withdrawn: bool,
    },
    /// A new photo was asked for.
    Recapture {
        /// Why.
        reason: String,
        /// Where it stands now.
        state: RecaptureState,
        /// Which attempt, from 1.
        attempt: i32,
    },
    /// Something between the school and the student.
    OfStudent(StudentEvent),
}

/// What the student said, and was told.
#[derive(Clone, Debug)]
pub enum StudentEvent {
    /// A verdict was given.
    Judged {
        /// About the photo or the data.
        subject: Subject,
        /// What was said.
        verdict: Verdict,
        /// What is wrong, where something is.
        reason: Option<DisputeReason>,
        /// Who said it for the student; `None` where the student did.
        on_behalf: Option<String>,
    },
    /// A verdict was opened again.
    Reopened {
        /// About the photo or the data.
        subject: Subject,
        /// By whom.
        reopened_by: String,
    },
    /// The student was told something about the enrolment.
    Told {
        /// What.
        notice: NoticeKind,
        /// By which ways, and how that went; none where it only stands on the student's page.
        ways: Vec<(Channel, DeliveryState)>,
    },
    /// A correction was asked for.
    Ticket {
        /// The ticket.
        ticket_id: TicketId,
        /// What it is about.
        kind: TicketKind,
        /// Where it stands now.
        state: TicketState,
    },
}

impl StudentEvent {
    fn at(self, at_ms: TimestampMs) -> Event {
        Event {
            at_ms,
            kind: EventKind::OfStudent(self),
        }
    }
}

/// The timeline of a record; whether the reader may see the record is asked before.
pub fn list_events(conn: &mut Conn, record_id: RecordId) -> Result<Vec<Event>> {
    let mut events = imports(conn, record_id)?;
    events.extend(deliveries(conn, record_id)?);
    events.extend(versions(conn, record_id)?);
    events.extend(decisions(conn, record_id)?);
    events.extend(recaptures_of(conn, record_id)?);
    events.extend(verdicts_on(conn, record_id)?);
    events.extend(notices_of(conn, record_id)?);
    events.extend(tickets_of(conn, record_id)?);
    events.sort_by_key(|event| std::cmp::Reverse(event.at_ms));
    Ok(events)
}

fn imports(conn: &mut Conn, record_id: RecordId) -> Result<Vec<Event>> {
    let created: Vec<(ImportId, TimestampMs)> = roll_records::table
        .inner_join(roll_imports::table.on(roll_imports::import_id.eq(roll_records::created_import_id)))
        .filter(roll_records::record_id.eq(record_id))
        .select((roll_imports::import_id, roll_imports::created_at_ms))
        .load(conn)?;
    let changed: Vec<(ImportId, TimestampMs)> = roll_record_versions::table
        .inner_join(roll_imports::table.on(roll_imports::import_id.eq(roll_record_versions::import_id)))
        .filter(roll_record_versions::record_id.eq(record_id))
        .order(roll_record_versions::version_id.desc())
        .limit(MOST_OF_A_KIND)
        .select((roll_imports::import_id, roll_imports::created_at_ms))
        .load(conn)?;
    let created = created.into_iter().map(|(import_id, at_ms)| Event {
        at_ms,
        kind: EventKind::Imported(import_id),
    });
    let changed = changed.into_iter().map(|(import_id, at_ms)| Event {
        at_ms,
        kind: EventKind::Changed(import_id),
    });
    Ok(changed.chain(created).collect())
}

type DeliveryColumns = (
    EntryId,
    BatchId,
    BatchKind,
    Option<EntryVerdict>,
    Option<String>,
    TimestampMs,
);

fn deliveries(conn: &mut Conn, record_id: RecordId) -> Result<Vec<Event>> {
    let rows: Vec<DeliveryColumns> = batch_entries::table
        .inner_join(batches::table)
        .filter(batch_entries::record_id.eq(record_id))
        .filter(batches::state.eq(BatchState::Reconciled))
        .order(batch_entries::entry_id.desc())
        .limit(MOST_OF_A_KIND)
        .select((
            batch_entries::entry_id,
            batches::batch_id,
            batches::kind,
            batch_entries::verdict,
            batch_entries::thumbnail_sha256,
            batches::received_at_ms,
        ))
        .load(conn)?;
    let ids: Vec<EntryId> = rows.iter().map(|row| row.0).collect();
    let findings: Vec<(EntryId, String)> = entry_findings::table
        .filter(entry_findings::entry_id.eq_any(&ids))
        .filter(entry_findings::severity.ne("note"))
        .filter(entry_findings::stage.ne(FindingStage::Decision))
        .order(entry_findings::finding_id)
        .select((entry_findings::entry_id, entry_findings::code))
        .load(conn)?;
    let codes_of = |entry: EntryId| {
        let own = findings.iter().filter(|(found, _)| *found == entry);
        own.map(|(_, code)| code.clone()).collect()
    };
    let events = rows
        .into_iter()
        .filter_map(|(entry_id, batch_id, kind, verdict, thumbnail_sha256, at_ms)| {
            Some(Event {
                at_ms,
                kind: EventKind::Delivered {
                    entry_id,
                    batch_id,
                    kind,
                    verdict: verdict?,
                    thumbnail_sha256,
                    codes: codes_of(entry_id),
                },
            })
        });
    Ok(events.collect())
}

fn versions(conn: &mut Conn, record_id: RecordId) -> Result<Vec<Event>> {
    let rows: Vec<(i32, String, TimestampMs)> = photos::table
        .filter(photos::record_id.eq(record_id))
        .order(photos::photo_id.desc())
        .limit(MOST_OF_A_KIND)
        .select((photos::version, photos::state, photos::created_at_ms))
        .load(conn)?;
    let events = rows.into_iter().map(|(version, state, at_ms)| Event {
        at_ms,
        kind: EventKind::Published { version, state },
    });
    Ok(events.collect())
}

fn decisions(conn: &mut Conn, record_id: RecordId) -> Result<Vec<Event>> {
    let rows: Vec<(EntryId, Decision, String, TimestampMs, Option<TimestampMs>)> = entry_decisions::table
        .filter(entry_decisions::record_id.eq(record_id))
        .order(entry_decisions::decision_id.desc())
        .limit(MOST_OF_A_KIND)
        .select((
            entry_decisions::entry_id,
            entry_decisions::decision,
            entry_decisions::decided_by,
            entry_decisions::decided_at_ms,
            entry_decisions::withdrawn_at_ms,
        ))
        .load(conn)?;
    let events = rows
        .into_iter()
        .map(|(entry_id, decision, decided_by, at_ms, withdrawn_at_ms)| Event {
            at_ms,
            kind: EventKind::Decided {
                entry_id,
                decision,
                decided_by,
                is_withdrawn: withdrawn_at_ms.is_some(),
            },
        });
    Ok(events.collect())
}

fn recaptures_of(conn: &mut Conn, record_id: RecordId) -> Result<Vec<Event>> {
    let rows: Vec<(String, RecaptureState, i32, TimestampMs)> = recaptures::table
        .filter(recaptures::record_id.eq(record_id))
        .order(recaptures::recapture_id.desc())
        .limit(MOST_OF_A_KIND)
        .select((
            recaptures::reason,
            recaptures::state,
            recaptures::attempt,
            recaptures::created_at_ms,
        ))
        .load(conn)?;
    let events = rows.into_iter().map(|(reason, state, attempt, at_ms)| Event {
        at_ms,
        kind: EventKind::Recapture { reason, state, attempt },
    });
    Ok(events.collect())
}

type VerdictColumns = (
    (Subject, Verdict, Option<DisputeReason>),
    (String, bool, TimestampMs),
    (Option<String>, Option<TimestampMs>),
);

/// Each verdict, and where it was opened again, that too.
fn verdicts_on(conn: &mut Conn, record_id: RecordId) -> Result<Vec<Event>> {
    let rows: Vec<VerdictColumns> = verdicts::table
        .filter(verdicts::record_id.eq(record_id))
        .order(verdicts::verdict_id.desc())
        .limit(MOST_OF_A_KIND)
        .select((
            (verdicts::subject, verdicts::verdict, verdicts::reason),
            (verdicts::given_by, verdicts::is_on_behalf, verdicts::given_at_ms),
            (verdicts::reopened_by, verdicts::reopened_at_ms),
        ))
        .load(conn)?;
    let mut events = Vec::new();
    for ((subject, verdict, reason), (given_by, is_on_behalf, at_ms), reopened) in rows {
        if let (Some(reopened_by), Some(at_ms)) = reopened {
            events.push(StudentEvent::Reopened { subject, reopened_by }.at(at_ms));
        }
        let judged = StudentEvent::Judged {
            subject,
            verdict,
            reason,
            on_behalf: is_on_behalf.then_some(given_by),
        };
        events.push(judged.at(at_ms));
    }
    Ok(events)
}

/// What the student was told about the enrolment; never to which address, nor what a link or code was.
fn notices_of(conn: &mut Conn, record_id: RecordId) -> Result<Vec<Event>> {
    let rows: Vec<(NoticeId, NoticeKind, TimestampMs)> = notices::table
        .filter(notices::record_id.eq(record_id))
        .order(notices::notice_id.desc())
        .limit(MOST_OF_A_KIND)
        .select((notices::notice_id, notices::kind, notices::created_at_ms))
        .load(conn)?;
    let ids: Vec<NoticeId> = rows.iter().map(|row| row.0).collect();
    let deliveries: Vec<(NoticeId, Channel, DeliveryState)> = notice_deliveries::table
        .filter(notice_deliveries::notice_id.eq_any(&ids))
        .order(notice_deliveries::notice_delivery_id)
        .select((
            notice_deliveries::notice_id,
            notice_deliveries::channel,
            notice_deliveries::state,
        ))
        .load(conn)?;
    let events = rows.into_iter().map(|(notice_id, notice, at_ms)| {
        let own = deliveries.iter().filter(|delivery| delivery.0 == notice_id);
        let ways = own.map(|(_, channel, state)| (*channel, *state)).collect();
        StudentEvent::Told { notice, ways }.at(at_ms)
    });
    Ok(events.collect())
}

/// The corrections that were asked for, but for drafts, which are the student's own.
fn tickets_of(conn: &mut Conn, record_id: RecordId) -> Result<Vec<Event>> {
    let rows: Vec<(TicketId, TicketKind, TicketState, TimestampMs)> = tickets::table
        .filter(tickets::record_id.eq(record_id))
        .filter(tickets::state.ne(TicketState::Draft))
        .order(tickets::ticket_id.desc())
        .limit(MOST_OF_A_KIND)
        .select((
            tickets::ticket_id,
            tickets::kind,
            tickets::state,
            tickets::created_at_ms,
        ))
        .load(conn)?;
    let events = rows
        .into_iter()
        .map(|(ticket_id, kind, state, at_ms)| StudentEvent::Ticket { ticket_id, kind, state }.at(at_ms));
    Ok(events.collect())
}
