//! Telling students something, and noting how that went.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde::Serialize;

use super::model::{Attempt, DeliveryState, NewNotice, NoticeKind, is_waking};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::dialect::notices::{self as statements, Step};
use crate::db::schema::{campaigns, notice_deliveries, notices};
use crate::error::Result;
use crate::id::{CampaignId, NoticeDeliveryId, NoticeId, StudentId};
use crate::jobs::DeliverNotice;
use crate::queue;
use crate::texts::Language;

pub(crate) const NOTICE_SECRET: Purpose = Purpose::new("notice-secret");
pub(super) const NOTICE_ADDRESS: Purpose = Purpose::new("notice-address");

#[derive(Serialize)]
struct NoticeRow<'a> {
    student_id: Option<StudentId>,
    record_id: Option<i64>,
    kind: NoticeKind,
    unique_key: &'a str,
    parameters: String,
    secret_sealed: Option<String>,
    is_kept: bool,
    created_at_ms: TimestampMs,
    expires_at_ms: Option<TimestampMs>,
    language: Option<Language>,
}

const NOTICE_COLUMNS: &[Column] = &[
    Column::Integer("student_id"),
    Column::Integer("record_id"),
    Column::Text("kind"),
    Column::Text("unique_key"),
    Column::Text("parameters"),
    Column::Bytes("secret_sealed"),
    Column::Bool("is_kept"),
    Column::Integer("created_at_ms"),
    Column::Integer("expires_at_ms"),
    Column::Text("language"),
];

/// Tells somebody something once whoever calls this commits; says whether it is new.
pub fn tell(conn: &mut Conn, sealer: &Sealer, notice: &NewNotice<'_>, now_ms: TimestampMs) -> Result<bool> {
    let seal = |purpose, text: &str| -> Result<Vec<u8>> { Ok(sealer.seal(purpose, text.as_bytes())?) };
    let secret = notice.secret.map(|text| seal(NOTICE_SECRET, text)).transpose()?;
    let row = NoticeRow {
        student_id: notice.student_id,
        record_id: notice.record_id.map(|id| id.0),
        kind: notice.kind,
        unique_key: &notice.unique_key,
        parameters: notice.parameters.to_string(),
        secret_sealed: secret.map(hex::encode),
        is_kept: notice.kind.is_kept(),
        created_at_ms: now_ms,
        expires_at_ms: notice.expires_at_ms,
        // Whoever has no account is written to in the house's first language.
        language: notice.student_id.is_none().then(Language::default),
    };
    if bulk::insert(conn, "notices", NOTICE_COLUMNS, "ON CONFLICT DO NOTHING", &[row])? == 0 {
        return Ok(false);
    }
    let notice_id: NoticeId = notices::table
        .filter(notices::unique_key.eq(&notice.unique_key))
        .select(notices::notice_id)
        .first(conn)?;
    let address = notice.to.map(|text| seal(NOTICE_ADDRESS, text)).transpose()?;
    for channel in notice.kind.channels() {
        let notice_delivery_id: NoticeDeliveryId = diesel::insert_into(notice_deliveries::table)
            .values((
                notice_deliveries::notice_id.eq(notice_id),
                notice_deliveries::channel.eq(channel),
                notice_deliveries::address_sealed.eq(&address),
                notice_deliveries::state.eq(DeliveryState::Waiting),
                notice_deliveries::created_at_ms.eq(now_ms),
            ))
            .returning(notice_deliveries::notice_delivery_id)
            .get_result(conn)?;
        queue::enqueue(conn, &DeliverNotice { notice_delivery_id }, now_ms)?;
    }
    Ok(true)
}

/// Tells at most so many students what the photos and re-captures now say, and reminds those who said nothing; says how many that were.
///
/// At night a reminder waits for the morning; news do not.
pub fn tell_due(conn: &mut Conn, limit: i64, now_ms: TimestampMs) -> Result<usize> {
    let mut told = statements::announce_photos(conn, limit, now_ms)?;
    told += statements::announce_refusals(conn, limit, now_ms)?;
    told += statements::announce_roll_changes(conn, limit, now_ms)?;
    if is_waking(now_ms) {
        told += statements::announce_ends(conn, limit, now_ms)?;
        for step in ladders(conn, now_ms)? {
            told += statements::remind(conn, step, limit, now_ms)?;
        }
    }
    for kind in [
        NoticeKind::PhotoArrived,
        NoticeKind::VerdictReminder,
        NoticeKind::VerdictDue,
        NoticeKind::PhotoRejected,
        NoticeKind::RollChanged,
    ] {
        deliver_bulk(conn, kind, now_ms)?;
    }
    Ok(told)
}

/// Makes deliveries and their jobs for the notices of a kind that were made at this instant.
pub(crate) fn deliver_bulk(conn: &mut Conn, kind: NoticeKind, now_ms: TimestampMs) -> Result<()> {
    for channel in kind.channels() {
        let deliveries = statements::deliver_new(conn, kind, *channel, now_ms)?;
        let jobs: Vec<DeliverNotice> = deliveries
            .into_iter()
            .map(|notice_delivery_id| DeliverNotice { notice_delivery_id })
            .collect();
        queue::enqueue_many(conn, &jobs, now_ms)?;
    }
    Ok(())
}

/// The steps of every campaign that is not frozen. Each ends where the next one begins: whoever registers late, or was not reached for
/// a while, hears of the longest wait alone and not of every step before it.
fn ladders(conn: &mut Conn, now_ms: TimestampMs) -> Result<Vec<Step>> {
    let rows: Vec<(CampaignId, String)> = campaigns::table
        .filter(campaigns::freeze_at_ms.is_null().or(campaigns::freeze_at_ms.gt(now_ms)))
        .select((campaigns::campaign_id, campaigns::remind_days))
        .load(conn)?;
    let steps = rows.iter().flat_map(|(campaign_id, named)| {
        let days: BTreeSet<i64> = named.split(',').filter_map(|day| day.trim().parse().ok()).collect();
        let ends: Vec<Option<i64>> = days.iter().skip(1).copied().map(Some).chain([None]).collect();
        days.into_iter().zip(ends).map(|(days, until_days)| Step {
            campaign_id: *campaign_id,
            days,
            until_days,
        })
    });
    Ok(steps.collect())
}

/// Writes down what came of an attempt.
pub fn note_attempt(
    conn: &mut Conn,
    notice_delivery_id: NoticeDeliveryId,
    attempt: &Attempt,
    now_ms: TimestampMs,
) -> Result<()> {
    let (state, fault) = attempt.outcome();
    diesel::update(notice_deliveries::table.find(notice_delivery_id))
        .set((
            notice_deliveries::state.eq(state),
            notice_deliveries::attempts.eq(notice_deliveries::attempts + 1),
            notice_deliveries::fault.eq(fault),
            notice_deliveries::tried_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives up what was tried often enough.
pub fn give_up(conn: &mut Conn, notice_delivery_id: NoticeDeliveryId) -> Result<()> {
    diesel::update(
        notice_deliveries::table
            .find(notice_delivery_id)
            .filter(notice_deliveries::state.eq(DeliveryState::Waiting)),
    )
    .set(notice_deliveries::state.eq(DeliveryState::GivenUp))
    .execute(conn)?;
    Ok(())
}

/// Notes that the student saw the list.
pub fn mark_read(conn: &mut Conn, student_id: StudentId, now_ms: TimestampMs) -> Result<()> {
    diesel::update(
        notices::table
            .filter(notices::student_id.eq(student_id))
            .filter(notices::is_kept.eq(true))
            .filter(notices::read_at_ms.is_null()),
    )
    .set(notices::read_at_ms.eq(now_ms))
    .execute(conn)?;
    Ok(())
}
