//! Set-based statements that make verdicts, photos and re-captures follow findings and decisions. Each is safe to run again.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::Serialize;

use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::bulk::{Column, ROWS_PER_STATEMENT, incoming};
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::{BatchId, EntryId};

#[derive(QueryableByName)]
struct EntryIdRow {
    #[diesel(sql_type = BigInt)]
    entry_id: EntryId,
}

#[derive(Serialize)]
struct EntryKey {
    entry_id: EntryId,
}

/// Entries as JSON documents for one parameter each.
fn documents(entries: &[EntryId]) -> Result<Vec<String>> {
    let keys: Vec<EntryKey> = entries.iter().map(|&entry_id| EntryKey { entry_id }).collect();
    let chunks = keys.chunks(ROWS_PER_STATEMENT);
    Ok(chunks.map(serde_json::to_string).collect::<Result<_, _>>()?)
}

/// The entries of a document, as a list for `IN`.
fn named(conn: &Conn) -> String {
    format!(
        "(SELECT incoming.entry_id FROM {})",
        incoming(conn, &[Column::Integer("entry_id")])
    )
}

/// Deletes what the last reconciliation of a batch said, also about entries of other batches; returns those entries.
pub fn clear_reconciliation(conn: &mut Conn, batch_id: BatchId) -> Result<Vec<EntryId>> {
    const ABOUT_OTHERS: &str = "stage = 'reconciliation' AND batch_id <> $1 AND other_entry_id IN (\
         SELECT entry_id FROM batch_entries WHERE batch_id = $1)";
    let foreign: Vec<EntryIdRow> = query(
        conn,
        format!("SELECT DISTINCT entry_id FROM entry_findings WHERE {ABOUT_OTHERS}"),
    )
    .bind::<BigInt, _>(batch_id)
    .load(conn)?;
    for statement in [
        format!("DELETE FROM entry_findings WHERE {ABOUT_OTHERS}"),
        "DELETE FROM entry_findings WHERE stage = 'reconciliation' AND batch_id = $1".to_owned(),
        "UPDATE manifest_rows SET entry_id = NULL WHERE batch_id = $1".to_owned(),
    ] {
        query(conn, statement).bind::<BigInt, _>(batch_id).execute(conn)?;
    }
    Ok(foreign.into_iter().map(|row| row.entry_id).collect())
}

/// Where a person accepted a photo for a record, other photos of the record that matched in the same batch no longer do: notes it
/// as `SUPERSEDED` and returns every entry of the batch whose verdict a person has a say in.
pub fn yield_to_decisions(conn: &mut Conn, batch_id: BatchId) -> Result<Vec<EntryId>> {
    let yielding = "INSERT INTO entry_findings (entry_id, batch_id, stage, code, severity, other_entry_id) \
         SELECT e.entry_id, e.batch_id, 'reconciliation', 'SUPERSEDED', 'review', d.entry_id \
         FROM entry_decisions AS d JOIN batch_entries AS e ON e.batch_id = d.batch_id AND e.record_id = d.record_id \
         WHERE d.batch_id = $1 AND d.decision = 'accept' AND d.withdrawn_at_ms IS NULL \
         AND e.entry_id <> d.entry_id AND e.verdict = 'matched'";
    query(conn, yielding).bind::<BigInt, _>(batch_id).execute(conn)?;
    let concerned = "SELECT entry_id FROM entry_decisions WHERE batch_id = $1 AND withdrawn_at_ms IS NULL \
         UNION SELECT f.entry_id FROM entry_findings AS f JOIN entry_decisions AS d ON d.entry_id = f.other_entry_id \
         WHERE f.batch_id = $1 AND f.code = 'SUPERSEDED' AND d.decision = 'accept' AND d.withdrawn_at_ms IS NULL";
    let rows: Vec<EntryIdRow> = query(conn, concerned).bind::<BigInt, _>(batch_id).load(conn)?;
    Ok(rows.into_iter().map(|row| row.entry_id).collect())
}

/// Photos that matching finds no record for stay with the one whose student said that they are theirs.
pub fn keep_claims(conn: &mut Conn, batch_id: BatchId) -> Result<()> {
    let claimed =
        "SELECT c.record_id FROM photo_claims AS c WHERE c.entry_id = batch_entries.entry_id AND c.is_claimed";
    let keep = format!(
        "UPDATE batch_entries SET record_id = ({claimed} LIMIT 1) \
         WHERE batch_id = $1 AND record_id IS NULL AND EXISTS ({claimed})"
    );
    query(conn, keep).bind::<BigInt, _>(batch_id).execute(conn)?;
    Ok(())
}

/// A person's acceptance stands while the photo still belongs to the record it was accepted for, is a picture at all, is no undecided
/// copy of another record's, and no newer photo has arrived.
const ACCEPTED_BY_PERSON: &str = "EXISTS (SELECT 1 FROM entry_decisions AS d WHERE d.entry_id = batch_entries.entry_id \
     AND d.withdrawn_at_ms IS NULL AND d.decision = 'accept' AND d.record_id = batch_entries.record_id \
     AND NOT EXISTS (SELECT 1 FROM photos AS p JOIN batch_entries AS newer ON newer.entry_id = p.entry_id \
     WHERE p.record_id = d.record_id AND p.state = 'accepted' AND newer.batch_id <> d.batch_id \
     AND p.created_at_ms > d.decided_at_ms)) \
     AND batch_entries.standard_sha256 IS NOT NULL \
     AND NOT EXISTS (SELECT 1 FROM entry_findings AS f WHERE f.entry_id = batch_entries.entry_id AND f.code IN ('DUP', 'MIRROR') \
     AND NOT EXISTS (SELECT 1 FROM entry_findings AS o WHERE o.entry_id = f.other_entry_id AND o.stage = 'decision'))";

/// Gives entries the verdict that their findings and decisions now make, and takes accepted photos back that no longer match.
pub fn judge(conn: &mut Conn, entries: &[EntryId]) -> Result<()> {
    let documents = documents(entries)?;
    let named = named(conn);
    let has = |condition: &str| {
        format!("EXISTS (SELECT 1 FROM entry_findings AS f WHERE f.entry_id = batch_entries.entry_id AND {condition})")
    };
    let judge = format!(
        "UPDATE batch_entries SET verdict = CASE WHEN {} THEN 'rejected' WHEN {ACCEPTED_BY_PERSON} THEN 'matched' \
         WHEN {} THEN 'rejected' WHEN {} THEN 'unmatched' WHEN {} THEN 'review' ELSE 'matched' END \
         WHERE verdict IS NOT NULL AND kind = 'photo' AND entry_id IN {named}",
        has("f.stage = 'decision' AND f.severity = 'reject'"),
        has("f.severity = 'reject'"),
        has("f.code IN ('NOROLL', 'NOKEY')"),
        has("f.severity = 'review'"),
    );
    let withdraw = format!(
        "UPDATE photos SET state = 'withdrawn' WHERE state = 'accepted' AND entry_id IN {named} \
         AND entry_id IN (SELECT entry_id FROM batch_entries WHERE verdict <> 'matched')"
    );
    let restore = format!(
        "UPDATE photos SET state = 'accepted' WHERE state IN ('withdrawn', 'superseded') AND entry_id IN {named} \
         AND entry_id IN (SELECT e.entry_id FROM batch_entries AS e WHERE e.verdict = 'matched' AND e.record_id = photos.record_id) \
         AND NOT EXISTS (SELECT 1 FROM photos AS p WHERE p.record_id = photos.record_id AND p.kind = photos.kind AND p.state = 'accepted')"
    );
    for statement in [&judge, &withdraw, &restore] {
        for document in &documents {
            query(conn, statement).bind::<Text, _>(document).execute(conn)?;
        }
    }
    Ok(())
}

/// Makes photos follow the verdicts of these entries: withdraws what no longer matches its record, lets what matched take the place of
/// another batch's photo, and accepts it.
pub fn publish_photos(conn: &mut Conn, entries: &[EntryId], now_ms: TimestampMs) -> Result<()> {
    let named = named(conn);
    let is_its_photo = "EXISTS (SELECT 1 FROM batch_entries AS e WHERE e.entry_id = photos.entry_id AND e.verdict = 'matched' \
         AND e.record_id = photos.record_id)";
    let withdraw = format!(
        "UPDATE photos SET state = 'withdrawn' WHERE state = 'accepted' AND entry_id IN {named} AND NOT {is_its_photo}"
    );
    // From the entries to the photos: a photo's entries sought among those named would be looked up once for each of these.
    let supersede = format!(
        "UPDATE photos SET state = 'superseded' WHERE state = 'accepted' AND photo_id IN (SELECT p.photo_id FROM batch_entries AS e \
         JOIN batches AS b ON b.batch_id = e.batch_id \
         JOIN photos AS p ON p.record_id = e.record_id AND p.kind = b.kind AND p.state = 'accepted' \
         JOIN batch_entries AS o ON o.entry_id = p.entry_id AND o.batch_id <> e.batch_id \
         WHERE e.entry_id IN {named} AND e.verdict = 'matched')"
    );
    let reaccept = format!(
        "UPDATE photos SET state = 'accepted' WHERE state <> 'accepted' AND entry_id IN {named} AND {is_its_photo}"
    );
    let accept = format!(
        "INSERT INTO photos (record_id, campaign_id, entry_id, kind, version, state, created_at_ms) \
         SELECT e.record_id, b.campaign_id, e.entry_id, b.kind, \
         1 + coalesce((SELECT max(p.version) FROM photos AS p WHERE p.record_id = e.record_id AND p.kind = b.kind), 0), \
         'accepted', $2 FROM batch_entries AS e JOIN batches AS b ON b.batch_id = e.batch_id \
         WHERE e.entry_id IN {named} AND e.verdict = 'matched' AND e.record_id IS NOT NULL AND NOT EXISTS (\
         SELECT 1 FROM photos AS p WHERE p.entry_id = e.entry_id AND p.record_id = e.record_id)"
    );
    let documents = documents(entries)?;
    for statement in [&withdraw, &supersede, &reaccept] {
        for document in &documents {
            query(conn, statement).bind::<Text, _>(document).execute(conn)?;
        }
    }
    for document in &documents {
        query(conn, &accept)
            .bind::<Text, _>(document)
            .bind::<BigInt, _>(now_ms)
            .execute(conn)?;
    }
    Ok(())
}

/// A re-capture still awaits its photo.
const IS_PENDING: &str = "state IN ('open', 'exported', 'shot')";
/// A person rejected the entry `e` without asking for a new photo.
const IS_MERELY_REJECTED: &str = "EXISTS (SELECT 1 FROM entry_decisions AS d WHERE d.entry_id = e.entry_id \
     AND d.withdrawn_at_ms IS NULL AND d.decision = 'reject')";

/// Opens a re-capture for the record of every one of these entries that is no usable photo, where it has no other, and closes those
/// whose record has an accepted photo now.
pub fn settle_recaptures(conn: &mut Conn, entries: &[EntryId], now_ms: TimestampMs) -> Result<()> {
    let named = named(conn);
    let cancel = format!(
        "UPDATE recaptures SET state = 'cancelled', updated_at_ms = $2 WHERE {IS_PENDING} AND entry_id IN {named} AND EXISTS (\
         SELECT 1 FROM batch_entries AS e WHERE e.entry_id = recaptures.entry_id \
         AND (e.verdict <> 'rejected' OR e.record_id IS NULL OR e.record_id <> recaptures.record_id OR {IS_MERELY_REJECTED}))"
    );
    let close = format!(
        "UPDATE recaptures SET state = 'closed', updated_at_ms = $2 WHERE {IS_PENDING} AND (campaign_id, record_id) IN (\
         SELECT b.campaign_id, e.record_id FROM batch_entries AS e JOIN batches AS b ON b.batch_id = e.batch_id \
         WHERE e.entry_id IN {named} AND e.verdict = 'matched')"
    );
    let open = format!(
        "INSERT INTO recaptures (campaign_id, record_id, entry_id, reason, state, attempt, created_at_ms, updated_at_ms, due_at_ms) \
         SELECT b.campaign_id, e.record_id, min(e.entry_id), min(f.code), 'open', \
         1 + (SELECT count(*) FROM recaptures AS c WHERE c.campaign_id = b.campaign_id AND c.record_id = e.record_id), $2, $2, \
         $2 + 86400000 * (SELECT CAST(p.recapture_days AS BIGINT) FROM campaigns AS p WHERE p.campaign_id = b.campaign_id) \
         FROM batch_entries AS e JOIN batches AS b ON b.batch_id = e.batch_id \
         JOIN entry_findings AS f ON f.entry_id = e.entry_id AND f.severity = 'reject' \
         WHERE e.entry_id IN {named} AND e.verdict = 'rejected' AND e.record_id IS NOT NULL AND NOT {IS_MERELY_REJECTED} \
         AND NOT EXISTS (SELECT 1 FROM recaptures AS c WHERE c.campaign_id = b.campaign_id AND c.record_id = e.record_id \
         AND c.{IS_PENDING}) \
         AND NOT EXISTS (SELECT 1 FROM recaptures AS c WHERE c.entry_id = e.entry_id AND c.record_id = e.record_id \
         AND (c.state = 'closed' OR c.cancelled_by IS NOT NULL)) \
         AND NOT EXISTS (SELECT 1 FROM batch_entries AS other JOIN batches AS ob ON ob.batch_id = other.batch_id \
         WHERE other.record_id = e.record_id AND other.verdict IN ('matched', 'review') AND ob.campaign_id = b.campaign_id \
         AND ob.state <> 'undone') \
         GROUP BY b.campaign_id, e.record_id"
    );
    let documents = documents(entries)?;
    for statement in [&cancel, &close, &open] {
        for document in &documents {
            query(conn, statement)
                .bind::<Text, _>(document)
                .bind::<BigInt, _>(now_ms)
                .execute(conn)?;
        }
    }
    Ok(())
}

/// Takes back everything a batch did to photos and re-captures.
pub fn withdraw_batch(conn: &mut Conn, batch_id: BatchId, now_ms: TimestampMs) -> Result<()> {
    let foreign = clear_reconciliation(conn, batch_id)?;
    for statement in [
        "UPDATE photos SET state = 'withdrawn' WHERE state = 'accepted' AND $2 > 0 AND entry_id IN (\
         SELECT entry_id FROM batch_entries WHERE batch_id = $1)",
        "UPDATE recaptures SET state = 'cancelled', updated_at_ms = $2 WHERE state IN ('open', 'exported', 'shot') \
         AND entry_id IN (SELECT entry_id FROM batch_entries WHERE batch_id = $1)",
        "UPDATE batch_entries SET verdict = NULL, record_id = NULL, state = 'inspected' WHERE batch_id = $1 AND $2 > 0",
    ] {
        query(conn, statement)
            .bind::<BigInt, _>(batch_id)
            .bind::<BigInt, _>(now_ms)
            .execute(conn)?;
    }
    judge(conn, &foreign)
}
