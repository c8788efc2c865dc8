//! Reads of tickets. Staff see those of records that they may see, and those of no record where they see every college; students their own.

pub mod assignees;
pub mod inbox;
pub mod kinds;
pub mod moves;
pub mod own;
pub mod statistics;
pub mod swap;

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use super::commands::texts::MOST_TEXTS;
use super::kinds::KnownKind;
use super::machine::TicketState;
use super::model::{
    Body, EventKind, Hand, LinkTarget, NewTicket, Proposal, ProposalState, RollField, TICKET_ADDRESS, TICKET_CHANGE,
    TICKET_WORDS, Ticket, TicketEvent, TicketKind,
};
use crate::accounts::model::Staff;
use crate::batches::model::BatchKind;
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::schema::{
    batch_entries, photos, roll_details, roll_records, ticket_checks, ticket_events, ticket_links, ticket_proposals,
    ticket_texts, tickets,
};
use crate::db::{Backend, Conn};
use crate::error::{Error, Result};
use crate::evidence::queries::list_kinds;
use crate::id::{PhotoId, ProposalId, RecordId, StaffId, StudentId, TicketId, TicketTextId};
use crate::students::model::StudentState;
use crate::students::queries::find_by_person;
use crate::verdicts::queries::PersonKey;

/// Events of a ticket that are read at most.
const MOST_EVENTS: i64 = 1_000;

/// A ticket as far as whoever asks may see it; what they may not see does not exist for them.
pub fn get_ticket(conn: &mut Conn, hand: Hand<'_>, ticket_id: TicketId) -> Result<Ticket> {
    let mut found = tickets::table
        .left_join(roll_records::table)
        .filter(tickets::ticket_id.eq(ticket_id))
        .into_boxed::<Backend>();
    match hand {
        Hand::House => {}
        // What a mail names is proved by the code in its address or its link, before this is asked; an account's is read there.
        Hand::Writer => found = found.filter(tickets::student_id.is_null()),
        Hand::Student(student) => {
            found = found.filter(tickets::student_id.eq(student.student_id));
            // Before it is settled who they are, there is nothing of theirs but the account.
            if student.state != StudentState::Registered {
                found = found.filter(tickets::kind.eq(TicketKind::Account));
            }
        }
        Hand::Staff(by) => {
            if !by.may_see_records() {
                return Err(Error::not_found("ticket", ticket_id));
            }
            if let Some(school_id) = by.scope.school_id {
                found = found.filter(tickets::school_id.eq(school_id));
            }
            if let Some(college) = &by.scope.college {
                found = found.filter(roll_records::college.eq(college.clone()));
            }
            if let Some(class_name) = &by.scope.class_name {
                found = found.filter(roll_records::class_name.eq(class_name.clone()));
            }
        }
    }
    let found: Option<Ticket> = found.select(Ticket::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("ticket", ticket_id))
}

/// The open ticket about the same thing, where there is one.
pub fn find_open_about(conn: &mut Conn, new: &NewTicket) -> Result<Option<TicketId>> {
    let mut open = tickets::table
        .filter(tickets::is_open.eq(true))
        .filter(tickets::kind.eq(new.kind))
        .into_boxed::<Backend>();
    open = match (new.record_id, new.student_id) {
        (Some(record_id), _) => open.filter(tickets::record_id.eq(record_id)),
        (None, Some(student_id)) => open
            .filter(tickets::student_id.eq(student_id))
            .filter(tickets::record_id.is_null()),
        (None, None) => return Ok(None),
    };
    Ok(open
        .order(tickets::ticket_id)
        .select(tickets::ticket_id)
        .first(conn)
        .optional()?)
}

/// Whether a correction of this version of a record's photo was handed in and is not answered yet.
pub fn is_photo_in_correction(conn: &mut Conn, record_id: RecordId, photo_id: PhotoId) -> Result<bool> {
    let of_photo = tickets::record_id.eq(record_id).and(tickets::photo_id.eq(photo_id));
    let is_handed_in = tickets::is_open.eq(true).and(tickets::state.ne(TicketState::Draft));
    let asked = tickets::table
        .filter(of_photo)
        .filter(is_handed_in)
        .filter(tickets::kind.eq(TicketKind::Photo));
    Ok(diesel::select(exists(asked)).get_result(conn)?)
}

/// The bodies outside the university to which open corrections of these records' photos or 身份核验 were handed.
pub fn list_handed_out(conn: &mut Conn, ids: &[RecordId]) -> Result<HashMap<RecordId, Body>> {
    let rows: Vec<(Option<RecordId>, Option<Body>)> = tickets::table
        .filter(tickets::record_id.eq_any(ids))
        .filter(tickets::state.eq(TicketState::Escalated))
        .filter(tickets::kind.eq_any([TicketKind::Photo, TicketKind::Duplicate, TicketKind::IdentityCheck]))
        .order(tickets::ticket_id)
        .select((tickets::record_id, tickets::escalated_to))
        .load(conn)?;
    let of_records = rows.into_iter().filter_map(|(record_id, body)| record_id.zip(body));
    Ok(of_records.collect())
}

/// The complete account of whose record it is.
pub fn find_account_of(conn: &mut Conn, record_id: RecordId) -> Result<Option<StudentId>> {
    let (id_index, full_name): (Option<Vec<u8>>, String) = roll_records::table
        .find(record_id)
        .select((roll_records::id_index, roll_records::name))
        .first(conn)?;
    let Some(id_index) = id_index else { return Ok(None) };
    let person = PersonKey {
        id_index,
        name: full_name,
    };
    Ok(find_by_person(conn, &person)?.map(|account| account.student_id))
}

/// What a ticket still lacks of the evidence that its kind wants.
pub fn missing_evidence(conn: &mut Conn, ticket: &Ticket, kind: &KnownKind) -> Result<Vec<String>> {
    let there = list_kinds(conn, ticket.ticket_id)?;
    let wanted = kind.definition.evidence.iter().filter(|wanted| wanted.is_required);
    Ok(wanted
        .map(|wanted| wanted.what.clone())
        .filter(|what| !there.contains(what))
        .collect())
}

type EventColumns = (
    (i64, EventKind),
    Option<TicketState>,
    Option<TicketState>,
    (String, bool, bool),
    Option<Vec<u8>>,
    String,
    TimestampMs,
);

/// What happened to a ticket, in order; for its student only what both sides see.
pub fn list_events(
    conn: &mut Conn,
    sealer: &Sealer,
    ticket_id: TicketId,
    is_for_student: bool,
) -> Result<Vec<TicketEvent>> {
    let mut events = ticket_events::table
        .filter(ticket_events::ticket_id.eq(ticket_id))
        .into_boxed::<Backend>();
    if is_for_student {
        events = events.filter(ticket_events::is_public.eq(true));
    }
    let rows: Vec<EventColumns> = events
        .order(ticket_events::number)
        .limit(MOST_EVENTS)
        .select((
            (ticket_events::number, ticket_events::kind),
            ticket_events::from_state,
            ticket_events::to_state,
            (
                ticket_events::actor,
                ticket_events::is_of_student,
                ticket_events::is_public,
            ),
            ticket_events::body_sealed,
            ticket_events::parameters,
            ticket_events::at_ms,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(
            |((number, kind), from_state, to_state, (actor, is_of_student, is_public), sealed, parameters, at_ms)| {
                Ok(TicketEvent {
                    number,
                    kind,
                    from_state,
                    to_state,
                    actor,
                    is_of_student,
                    is_public,
                    body: sealed
                        .map(|sealed| sealer.open_text(TICKET_WORDS, &sealed))
                        .transpose()?,
                    parameters: serde_json::from_str(&parameters)?,
                    at_ms,
                })
            },
        )
        .collect()
}

type ProposalColumns = (
    ProposalId,
    RecordId,
    RollField,
    Vec<u8>,
    Vec<u8>,
    ProposalState,
    StaffId,
    TimestampMs,
);

/// The changes that a ticket proposes or proposed, the oldest first.
pub fn list_proposals(conn: &mut Conn, sealer: &Sealer, ticket_id: TicketId) -> Result<Vec<Proposal>> {
    let rows: Vec<ProposalColumns> = ticket_proposals::table
        .filter(ticket_proposals::ticket_id.eq(ticket_id))
        .order(ticket_proposals::ticket_proposal_id)
        .select((
            ticket_proposals::ticket_proposal_id,
            ticket_proposals::record_id,
            ticket_proposals::field,
            ticket_proposals::before_sealed,
            ticket_proposals::after_sealed,
            ticket_proposals::state,
            ticket_proposals::proposed_by,
            ticket_proposals::proposed_at_ms,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(
            |(proposal_id, record_id, field, before, after, state, proposed_by, proposed_at_ms)| {
                Ok(Proposal {
                    proposal_id,
                    record_id,
                    field,
                    before: sealer.open_text(TICKET_CHANGE, &before)?,
                    after: sealer.open_text(TICKET_CHANGE, &after)?,
                    state,
                    proposed_by,
                    proposed_at_ms,
                })
            },
        )
        .collect()
}

/// What the roll says in a locked field.
pub fn read_field(conn: &mut Conn, sealer: &Sealer, record_id: RecordId, field: RollField) -> Result<String> {
    let record = roll_records::table.find(record_id);
    let details = roll_details::table.find(record_id);
    let open = |purpose: Purpose, sealed: Option<Vec<u8>>| -> Result<Option<String>> {
        let opened = sealed.map(|sealed| sealer.open_text(purpose, &sealed)).transpose()?;
        Ok(opened.map(|text| text.expose_secret().to_owned()))
    };
    let text: Option<String> = match field {
        RollField::Name => Some(record.select(roll_records::name).first(conn)?),
        RollField::Sex => record.select(roll_records::sex).first(conn)?,
        RollField::IdNumber => open(Purpose::ID_NUMBER, record.select(roll_records::id_sealed).first(conn)?)?,
        RollField::BirthDate => open(
            Purpose::BIRTH_DATE,
            record.select(roll_records::birth_sealed).first(conn)?,
        )?,
        RollField::Ethnicity => details.select(roll_details::ethnicity).first(conn)?,
        RollField::Major => record.select(roll_records::major_name).first(conn)?,
        RollField::Level => record.select(roll_records::level).first(conn)?,
        RollField::StudyForm => record.select(roll_records::study_form).first(conn)?,
        RollField::Duration => details.select(roll_details::duration_years).first(conn)?,
    };
    Ok(text.unwrap_or_default())
}

/// What else a ticket is about.
pub fn list_links(conn: &mut Conn, ticket_id: TicketId) -> Result<Vec<(LinkTarget, i64)>> {
    Ok(ticket_links::table
        .filter(ticket_links::ticket_id.eq(ticket_id))
        .order((ticket_links::target, ticket_links::target_id))
        .select((ticket_links::target, ticket_links::target_id))
        .load(conn)?)
}

/// The items of the checklist that are done.
pub fn list_checks(conn: &mut Conn, ticket_id: TicketId) -> Result<Vec<String>> {
    Ok(ticket_checks::table
        .filter(ticket_checks::ticket_id.eq(ticket_id))
        .select(ticket_checks::item)
        .load(conn)?)
}

/// A text module.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = ticket_texts)]
pub struct TextModule {
    /// Its number.
    pub ticket_text_id: TicketTextId,
    /// What it is called.
    pub title: String,
    /// The text.
    pub body: String,
}

/// The text modules, by title.
pub fn list_texts(conn: &mut Conn) -> Result<Vec<TextModule>> {
    Ok(ticket_texts::table
        .order(ticket_texts::title)
        .limit(MOST_TEXTS)
        .select(TextModule::as_select())
        .load(conn)?)
}

/// The tickets that were closed at that instant.
pub(super) fn list_closed_at(conn: &mut Conn, now_ms: TimestampMs) -> Result<Vec<TicketId>> {
    Ok(tickets::table
        .filter(tickets::state.eq(TicketState::Closed))
        .filter(tickets::changed_at_ms.eq(now_ms))
        .select(tickets::ticket_id)
        .load(conn)?)
}

/// The pictures of a version of a photo, by their hashes: the standardised one and the small one.
pub fn find_pictures(conn: &mut Conn, photo_id: PhotoId) -> Result<(Option<String>, Option<String>)> {
    let found: Option<(Option<String>, Option<String>)> = photos::table
        .inner_join(batch_entries::table)
        .filter(photos::photo_id.eq(photo_id))
        .select((batch_entries::standard_sha256, batch_entries::thumbnail_sha256))
        .first(conn)
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// The accepted admission photo of a record.
pub fn find_admission_photo(conn: &mut Conn, record_id: RecordId) -> Result<Option<PhotoId>> {
    Ok(photos::table
        .filter(photos::record_id.eq(record_id))
        .filter(photos::kind.eq(BatchKind::Admission))
        .filter(photos::state.eq("accepted"))
        .order(photos::photo_id.desc())
        .select(photos::photo_id)
        .first(conn)
        .optional()?)
}

/// How many open tickets the reader may see that were handed in.
pub fn count_open(conn: &mut Conn, by: &Staff) -> Result<i64> {
    if !by.may_see_records() {
        return Ok(0);
    }
    let mut open = tickets::table
        .left_join(roll_records::table)
        .filter(tickets::is_open.eq(true))
        .filter(tickets::state.ne(TicketState::Draft))
        .into_boxed::<Backend>();
    if let Some(school_id) = by.scope.school_id {
        open = open.filter(tickets::school_id.eq(school_id));
    }
    if let Some(college) = &by.scope.college {
        open = open.filter(roll_records::college.eq(college.clone()));
    }
    if let Some(class_name) = &by.scope.class_name {
        open = open.filter(roll_records::class_name.eq(class_name.clone()));
    }
    Ok(open.count().get_result(conn)?)
}

/// Where answers go and where to call, as they were given with the ticket.
pub fn read_addresses(
    conn: &mut Conn,
    sealer: &Sealer,
    ticket_id: TicketId,
) -> Result<(Option<SecretString>, Option<SecretString>)> {
    let (reply_to, phone): (Option<Vec<u8>>, Option<Vec<u8>>) = tickets::table
        .find(ticket_id)
        .select((tickets::reply_to_sealed, tickets::phone_sealed))
        .first(conn)?;
    let open = |sealed: Option<Vec<u8>>| -> Result<Option<SecretString>> {
        Ok(sealed
            .map(|sealed| sealer.open_text(TICKET_ADDRESS, &sealed))
            .transpose()?)
    };
    Ok((open(reply_to)?, open(phone)?))
}
