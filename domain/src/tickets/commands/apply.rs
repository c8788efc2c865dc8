//! Bringing approved changes into the roll.

use diesel::prelude::*;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{NewEvent, record};
use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::batches::commands::rematch_all;
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::ticket_proposals;
use crate::error::{Error, Result};
use crate::id::ProposalId;
use crate::roll::commands::correct::{Cause, Correction, correct_record};
use crate::roll::import::header::Field;
use crate::students::commands::identity::follow_roll;
use crate::tickets::model::{EventKind, Hand, Proposal, ProposalState, RollField, Ticket};
use crate::tickets::queries::{find_account_of, list_proposals};

impl From<RollField> for Field {
    fn from(field: RollField) -> Self {
        match field {
            RollField::Name => Self::Name,
            RollField::Sex => Self::Sex,
            RollField::IdNumber => Self::IdNumber,
            RollField::BirthDate => Self::BirthDate,
            RollField::Ethnicity => Self::Ethnicity,
            RollField::Major => Self::MajorName,
            RollField::Level => Self::Level,
            RollField::StudyForm => Self::StudyForm,
            RollField::Duration => Self::Duration,
        }
    }
}

/// Corrects the roll as the ticket's open proposals say, all of them or none.
pub(super) fn apply_proposals(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ticket: &Ticket,
    now_ms: TimestampMs,
) -> Result<()> {
    let open: Vec<Proposal> = list_proposals(conn, sealer, ticket.ticket_id)?
        .into_iter()
        .filter(|proposal| proposal.state == ProposalState::Open)
        .collect();
    let Some(record_id) = open.first().map(|proposal| proposal.record_id) else {
        return Ok(());
    };
    if open.iter().any(|proposal| proposal.record_id != record_id) {
        return Err(Error::conflict(
            "proposals-differ",
            "the proposals are about different records: drop those of the wrong one",
        ));
    }
    let corrections: Vec<Correction> = open
        .iter()
        .map(|proposal| (proposal.field.into(), proposal.after.expose_secret().to_owned()))
        .collect();
    let cause = Cause {
        ticket_id: ticket.ticket_id,
        approved_by: &by.email,
    };
    let account = find_account_of(conn, record_id)?;
    let import_id = correct_record(conn, sealer, record_id, cause, &corrections, now_ms)?;
    let ids: Vec<ProposalId> = open.iter().map(|proposal| proposal.proposal_id).collect();
    diesel::update(ticket_proposals::table.filter(ticket_proposals::ticket_proposal_id.eq_any(&ids)))
        .set((
            ticket_proposals::state.eq(ProposalState::Applied),
            ticket_proposals::decided_by.eq(by.staff_id),
            ticket_proposals::decided_at_ms.eq(now_ms),
            ticket_proposals::import_id.eq(import_id),
        ))
        .execute(conn)?;
    let fields: Vec<RollField> = open.iter().map(|proposal| proposal.field).collect();
    let told = NewEvent::public(EventKind::Changed, "", json!({ "fields": fields, "import": import_id }));
    record(conn, sealer, Hand::Staff(by), ticket.ticket_id, None, &told, now_ms)?;
    let act = Act::new("roll.correct", "record", record_id).by(by);
    audit::append_with(conn, sealer, &act, &describe(&open), now_ms)?;
    if fields
        .iter()
        .any(|field| matches!(field, RollField::Name | RollField::IdNumber))
    {
        rematch_all(conn, now_ms)?;
        if let Some(student_id) = account {
            follow_roll(conn, by, student_id, record_id, now_ms)?;
        }
    }
    Ok(())
}

/// What changed, for the trail, whose details are sealed.
fn describe(proposals: &[Proposal]) -> String {
    let change = |proposal: &Proposal| {
        format!(
            "{}: {} → {}",
            proposal.field,
            proposal.before.expose_secret(),
            proposal.after.expose_secret()
        )
    };
    proposals.iter().map(change).collect::<Vec<_>>().join("; ")
}
