//! Set-based statements of batches: looking keys up, publishing photos, settling re-captures.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use serde::Serialize;

use crate::batches::matching::{Key, RollRow};
use crate::batches::model::Batch;
use crate::batches::queries::reconciliation::AcceptedPhoto;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::bulk::{Column, rows_of};
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::{BatchId, EntryId, RecordId};

#[derive(Serialize)]
struct KeyRow {
    key: String,
}

#[derive(QueryableByName)]
struct FoundRow {
    #[diesel(sql_type = BigInt)]
    record_id: RecordId,
    #[diesel(sql_type = Text)]
    school_code: String,
    #[diesel(sql_type = Text)]
    student_no: String,
    #[diesel(sql_type = Nullable<Text>)]
    exam_no: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    id_index: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    id_last4_index: Option<Vec<u8>>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    is_open: bool,
    #[diesel(sql_type = Nullable<Text>)]
    expected_graduation: Option<String>,
}

/// The roll rows that any of these keys names, each once. Keys without leading zeros cost one pass over the roll, so they come alone.
pub fn list_roll_rows(conn: &mut Conn, keys: &[Key]) -> Result<Vec<RollRow>> {
    let of = |pick: fn(&Key) -> Option<String>| -> Vec<KeyRow> {
        keys.iter().filter_map(pick).map(|key| KeyRow { key }).collect()
    };
    let id_index = format!("r.id_index = {}", Column::Bytes("key").expression(conn));
    let searches = [
        (
            of(|key| {
                if let Key::IdNumber(index) = key {
                    Some(hex::encode(index))
                } else {
                    None
                }
            }),
            id_index.as_str(),
        ),
        (
            of(|key| {
                if let Key::ExamNo(text) = key {
                    Some(text.clone())
                } else {
                    None
                }
            }),
            "r.exam_no = value ->> 'key'",
        ),
        (
            of(|key| {
                if let Key::StudentNo(text) = key {
                    Some(text.clone())
                } else {
                    None
                }
            }),
            "r.student_no = value ->> 'key'",
        ),
        (
            of(|key| {
                if let Key::ExamNoBare(text) = key {
                    Some(text.clone())
                } else {
                    None
                }
            }),
            "ltrim(r.exam_no, '0') = value ->> 'key'",
        ),
        (
            of(|key| {
                if let Key::StudentNoBare(text) = key {
                    Some(text.clone())
                } else {
                    None
                }
            }),
            "ltrim(r.student_no, '0') = value ->> 'key'",
        ),
    ];
    let mut found: Vec<FoundRow> = Vec::new();
    for (keys, condition) in searches {
        let statement = format!(
            "SELECT DISTINCT r.record_id, c.code AS school_code, r.student_no, r.exam_no, r.id_index, r.id_last4_index, r.name, r.is_open, r.expected_graduation \
             FROM {} JOIN roll_records AS r ON {condition} JOIN schools AS c ON c.school_id = r.school_id",
            rows_of(conn)
        );
        for chunk in keys.chunks(crate::db::bulk::ROWS_PER_STATEMENT) {
            found.extend(
                query(conn, &statement)
                    .bind::<Text, _>(serde_json::to_string(chunk)?)
                    .load::<FoundRow>(conn)?,
            );
        }
    }
    found.sort_by_key(|row| row.record_id);
    found.dedup_by_key(|row| row.record_id);
    Ok(found
        .into_iter()
        .map(|row| RollRow {
            record_id: row.record_id,
            school_code: row.school_code,
            student_no: row.student_no,
            exam_no: row.exam_no,
            id_index: row.id_index,
            id_last4_index: row.id_last4_index,
            name: row.name,
            is_open: row.is_open,
            expected_graduation: row.expected_graduation,
        })
        .collect())
}

#[derive(QueryableByName)]
struct AcceptedRow {
    #[diesel(sql_type = BigInt)]
    entry_id: EntryId,
    #[diesel(sql_type = BigInt)]
    record_id: RecordId,
    #[diesel(sql_type = Nullable<Text>)]
    captured_at: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    sha256: Option<String>,
}

/// Accepted photos that other batches brought for these records.
pub fn list_accepted_photos(conn: &mut Conn, batch: &Batch, records: &[RecordId]) -> Result<Vec<AcceptedPhoto>> {
    let statement = format!(
        "SELECT p.entry_id, p.record_id, e.captured_at, e.sha256 FROM {} \
         JOIN photos AS p ON p.record_id = CAST(value ->> 'key' AS BIGINT) \
         JOIN batch_entries AS e ON e.entry_id = p.entry_id \
         WHERE p.state = 'accepted' AND p.kind = $2 AND e.batch_id <> $3",
        rows_of(conn)
    );
    let keys: Vec<KeyRow> = records
        .iter()
        .map(|record| KeyRow {
            key: record.to_string(),
        })
        .collect();
    let mut found = Vec::new();
    for chunk in keys.chunks(crate::db::bulk::ROWS_PER_STATEMENT) {
        let rows: Vec<AcceptedRow> = query(conn, &statement)
            .bind::<Text, _>(serde_json::to_string(chunk)?)
            .bind::<Text, _>(batch.kind.as_str())
            .bind::<BigInt, _>(batch.batch_id)
            .load(conn)?;
        found.extend(rows.into_iter().map(|row| AcceptedPhoto {
            entry_id: row.entry_id,
            record_id: row.record_id,
            captured_at: row.captured_at,
            sha256: row.sha256.unwrap_or_default(),
        }));
    }
    Ok(found)
}

#[derive(QueryableByName)]
struct EntryIdRow {
    #[diesel(sql_type = BigInt)]
    entry_id: EntryId,
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

/// Gives entries of other batches the verdict that their findings now make, and takes accepted photos back that are under review.
pub fn judge_again(conn: &mut Conn, entries: &[EntryId]) -> Result<()> {
    let keys: Vec<KeyRow> = entries.iter().map(|entry| KeyRow { key: entry.to_string() }).collect();
    let named = format!("IN (SELECT CAST(value ->> 'key' AS BIGINT) FROM {})", rows_of(conn));
    let has = |condition: &str| {
        format!("EXISTS (SELECT 1 FROM entry_findings AS f WHERE f.entry_id = batch_entries.entry_id AND {condition})")
    };
    let judge = format!(
        "UPDATE batch_entries SET verdict = CASE WHEN {} THEN 'rejected' WHEN {} THEN 'unmatched' WHEN {} THEN 'review' \
         ELSE 'matched' END WHERE entry_id {named}",
        has("f.severity = 'reject'"),
        has("f.code IN ('NOROLL', 'NOKEY')"),
        has("f.severity = 'review'"),
    );
    let withdraw = format!(
        "UPDATE photos SET state = 'withdrawn' WHERE state = 'accepted' AND entry_id {named} \
         AND entry_id IN (SELECT entry_id FROM batch_entries WHERE verdict <> 'matched')"
    );
    let restore = format!(
        "UPDATE photos SET state = 'accepted' WHERE state IN ('withdrawn', 'superseded') AND entry_id {named} \
         AND entry_id IN (SELECT entry_id FROM batch_entries WHERE verdict = 'matched') \
         AND NOT EXISTS (SELECT 1 FROM photos AS p WHERE p.record_id = photos.record_id AND p.kind = photos.kind AND p.state = 'accepted')"
    );
    for chunk in keys.chunks(crate::db::bulk::ROWS_PER_STATEMENT) {
        for statement in [&judge, &withdraw, &restore] {
            query(conn, statement)
                .bind::<Text, _>(serde_json::to_string(chunk)?)
                .execute(conn)?;
        }
    }
    Ok(())
}

/// Makes the photos of a batch follow its verdicts: withdraws what no longer matches its record, lets the winner of a later capture
/// take the place of the old one, and accepts what matched.
pub fn publish_photos(conn: &mut Conn, batch: &Batch, now_ms: TimestampMs) -> Result<()> {
    let withdraw = "UPDATE photos SET state = 'withdrawn' WHERE state = 'accepted' AND EXISTS (\
         SELECT 1 FROM batch_entries AS e WHERE e.entry_id = photos.entry_id AND e.batch_id = $1 \
         AND (e.verdict <> 'matched' OR e.record_id IS NULL OR e.record_id <> photos.record_id))";
    query(conn, withdraw).bind::<BigInt, _>(batch.batch_id).execute(conn)?;
    let supersede = "UPDATE photos SET state = 'superseded' WHERE state = 'accepted' AND kind = $2 \
         AND entry_id NOT IN (SELECT entry_id FROM batch_entries WHERE batch_id = $1) \
         AND record_id IN (SELECT record_id FROM batch_entries WHERE batch_id = $1 AND verdict = 'matched')";
    query(conn, supersede)
        .bind::<BigInt, _>(batch.batch_id)
        .bind::<Text, _>(batch.kind.as_str())
        .execute(conn)?;
    let reaccept = "UPDATE photos SET state = 'accepted' WHERE state <> 'accepted' AND EXISTS (\
         SELECT 1 FROM batch_entries AS e WHERE e.entry_id = photos.entry_id AND e.batch_id = $1 AND e.verdict = 'matched' \
         AND e.record_id = photos.record_id)";
    query(conn, reaccept).bind::<BigInt, _>(batch.batch_id).execute(conn)?;
    let accept = "INSERT INTO photos (record_id, campaign_id, entry_id, kind, version, state, created_at_ms) \
         SELECT e.record_id, $2, e.entry_id, $3, \
         1 + coalesce((SELECT max(p.version) FROM photos AS p WHERE p.record_id = e.record_id AND p.kind = $3), 0), \
         'accepted', $4 FROM batch_entries AS e WHERE e.batch_id = $1 AND e.verdict = 'matched' \
         AND e.record_id IS NOT NULL AND NOT EXISTS (\
         SELECT 1 FROM photos AS p WHERE p.entry_id = e.entry_id AND p.record_id = e.record_id)";
    query(conn, accept)
        .bind::<BigInt, _>(batch.batch_id)
        .bind::<BigInt, _>(batch.campaign_id)
        .bind::<Text, _>(batch.kind.as_str())
        .bind::<BigInt, _>(now_ms)
        .execute(conn)?;
    Ok(())
}

/// Opens a re-capture for every record whose file is no usable photo and that has no other, and closes those whose record has an
/// accepted photo now.
pub fn settle_recaptures(conn: &mut Conn, batch: &Batch, now_ms: TimestampMs) -> Result<()> {
    let cancel = "UPDATE recaptures SET state = 'cancelled', updated_at_ms = $3 WHERE campaign_id = $2 \
         AND state IN ('open', 'exported', 'shot') AND EXISTS (SELECT 1 FROM batch_entries AS e \
         WHERE e.entry_id = recaptures.entry_id AND e.batch_id = $1 AND (e.verdict <> 'rejected' OR e.record_id IS NULL OR e.record_id <> recaptures.record_id))";
    let close = "UPDATE recaptures SET state = 'closed', updated_at_ms = $3 WHERE campaign_id = $2 \
         AND state IN ('open', 'exported', 'shot') AND record_id IN (\
         SELECT e.record_id FROM batch_entries AS e WHERE e.batch_id = $1 AND e.verdict = 'matched')";
    let open = "INSERT INTO recaptures (campaign_id, record_id, entry_id, reason, state, attempt, created_at_ms, updated_at_ms) \
         SELECT $2, e.record_id, min(e.entry_id), min(f.code), 'open', \
         1 + (SELECT count(*) FROM recaptures AS c WHERE c.campaign_id = $2 AND c.record_id = e.record_id), $3, $3 \
         FROM batch_entries AS e JOIN entry_findings AS f ON f.entry_id = e.entry_id AND f.severity = 'reject' \
         WHERE e.batch_id = $1 AND e.verdict = 'rejected' AND e.record_id IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM recaptures AS c WHERE c.campaign_id = $2 AND c.record_id = e.record_id \
         AND c.state IN ('open', 'exported', 'shot')) \
         AND NOT EXISTS (SELECT 1 FROM recaptures AS c WHERE c.entry_id = e.entry_id AND c.record_id = e.record_id AND c.state = 'closed') \
         AND NOT EXISTS (SELECT 1 FROM batch_entries AS other JOIN batches AS b ON b.batch_id = other.batch_id \
         WHERE other.record_id = e.record_id AND other.verdict IN ('matched', 'review') AND b.campaign_id = $2 AND b.state <> 'undone') \
         GROUP BY e.record_id";
    for statement in [cancel, close, open] {
        query(conn, statement)
            .bind::<BigInt, _>(batch.batch_id)
            .bind::<BigInt, _>(batch.campaign_id)
            .bind::<BigInt, _>(now_ms)
            .execute(conn)?;
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
    judge_again(conn, &foreign)
}
