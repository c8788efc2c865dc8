//! Set-based reads of a reconciliation: roll rows by key, accepted photos by record.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use serde::Serialize;

use crate::batches::matching::{FormerIdentity, Key, RollRow};
use crate::batches::model::Batch;
use crate::batches::queries::reconciliation::AcceptedPhoto;
use crate::db::Conn;
use crate::db::bulk::{Column, incoming};
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::{EntryId, RecordId};

#[derive(Serialize)]
struct KeyRow {
    key: String,
}

/// The columns of a [`FoundRow`].
const FOUND: &str = "r.record_id, c.code AS school_code, r.student_no, r.exam_no, r.id_index, r.id_last4_index, r.name, r.is_open, \
     r.expected_graduation";

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

/// The roll rows that any of these keys names, each once. Keys without leading zeros cost one pass over the roll, so they come alone; the
/// document is made a table of first, since SQLite would read it again for every row of the roll.
pub fn list_roll_rows(conn: &mut Conn, keys: &[Key]) -> Result<Vec<RollRow>> {
    let of = |pick: fn(&Key) -> Option<String>| -> Vec<KeyRow> {
        keys.iter().filter_map(pick).map(|key| KeyRow { key }).collect()
    };
    let searches = [
        (
            of(|key| {
                if let Key::IdNumber(index) = key {
                    Some(hex::encode(index))
                } else {
                    None
                }
            }),
            Column::Bytes("key"),
            "r.id_index",
        ),
        (
            of(|key| {
                if let Key::ExamNo(text) = key {
                    Some(text.clone())
                } else {
                    None
                }
            }),
            Column::Text("key"),
            "r.exam_no",
        ),
        (
            of(|key| {
                if let Key::StudentNo(text) = key {
                    Some(text.clone())
                } else {
                    None
                }
            }),
            Column::Text("key"),
            "r.student_no",
        ),
        (
            of(|key| {
                if let Key::ExamNoBare(text) = key {
                    Some(text.clone())
                } else {
                    None
                }
            }),
            Column::Text("key"),
            "ltrim(r.exam_no, '0')",
        ),
        (
            of(|key| {
                if let Key::StudentNoBare(text) = key {
                    Some(text.clone())
                } else {
                    None
                }
            }),
            Column::Text("key"),
            "ltrim(r.student_no, '0')",
        ),
    ];
    let mut found: Vec<FoundRow> = Vec::new();
    for (keys, column, known) in searches {
        let document = incoming(conn, &[column]);
        let (table, from) = match known.starts_with("ltrim") {
            true => (
                format!("WITH incoming AS MATERIALIZED (SELECT key FROM {document})"),
                "incoming",
            ),
            false => (String::new(), document.as_str()),
        };
        let statement = format!(
            "{table} SELECT DISTINCT {FOUND} FROM {from} JOIN roll_records AS r ON {known} = incoming.key \
             JOIN schools AS c ON c.school_id = r.school_id"
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
    Ok(found.into_iter().map(|row| row.with(Vec::new())).collect())
}

impl FoundRow {
    fn with(self, former: Vec<FormerIdentity>) -> RollRow {
        RollRow {
            record_id: self.record_id,
            school_code: self.school_code,
            student_no: self.student_no,
            exam_no: self.exam_no,
            id_index: self.id_index,
            id_last4_index: self.id_last4_index,
            name: self.name,
            is_open: self.is_open,
            expected_graduation: self.expected_graduation,
            former,
        }
    }
}

#[derive(QueryableByName)]
struct CorrectedRow {
    #[diesel(embed)]
    found: FoundRow,
    #[diesel(sql_type = Text)]
    former_name: String,
    #[diesel(sql_type = Nullable<Binary>)]
    former_id_index: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    former_id_last4_index: Option<Vec<u8>>,
}

/// The open rows that tickets corrected, with what they said before; as many as there were such tickets about students who are still here.
pub fn list_corrected_rows(conn: &mut Conn) -> Result<Vec<RollRow>> {
    let statement = format!(
        "SELECT {FOUND}, v.name AS former_name, v.id_index AS former_id_index, v.id_last4_index AS former_id_last4_index \
         FROM roll_imports AS i JOIN roll_record_versions AS v ON v.import_id = i.import_id \
         JOIN roll_records AS r ON r.record_id = v.record_id JOIN schools AS c ON c.school_id = r.school_id \
         WHERE i.ticket_id IS NOT NULL AND i.state = 'applied' AND r.is_open ORDER BY r.record_id, v.version_id"
    );
    let mut rows: Vec<RollRow> = Vec::new();
    for corrected in query(conn, statement).load::<CorrectedRow>(conn)? {
        let former = FormerIdentity {
            name: corrected.former_name,
            id_index: corrected.former_id_index,
            id_last4_index: corrected.former_id_last4_index,
        };
        match rows.last_mut() {
            Some(row) if row.record_id == corrected.found.record_id => row.former.push(former),
            _ => rows.push(corrected.found.with(vec![former])),
        }
    }
    Ok(rows)
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
         JOIN photos AS p ON p.record_id = incoming.key \
         JOIN batch_entries AS e ON e.entry_id = p.entry_id \
         WHERE p.state = 'accepted' AND p.kind = $2 AND e.batch_id <> $3",
        incoming(conn, &[Column::Integer("key")])
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
