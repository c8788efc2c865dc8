//! Statements over the rows of the roll that a campaign expects, with and without a photo.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use serde::Serialize;

use crate::batches::report::ReportRecord;
use crate::campaigns::model::Campaign;
use crate::db::Conn;
use crate::db::bulk::rows_of;
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::RecordId;

#[derive(Serialize)]
struct StatusRow<'a> {
    key: &'a str,
}

#[derive(QueryableByName)]
struct MissingRow {
    #[diesel(sql_type = Text)]
    school_code: String,
    #[diesel(sql_type = Text)]
    student_no: String,
}

/// A student without a photo; the name is not masked yet.
#[derive(QueryableByName)]
pub struct MissingStudent {
    /// The record.
    #[diesel(sql_type = BigInt)]
    pub record_id: RecordId,
    /// 学号.
    #[diesel(sql_type = Text)]
    pub student_no: String,
    /// 姓名 in full.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// 班级.
    #[diesel(sql_type = Nullable<Text>)]
    pub class_name: Option<String>,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// Which rows are expected; a list of statuses that is empty takes every open row.
fn is_expected(conn: &Conn) -> String {
    format!(
        "r.is_open AND r.vanished_import_id IS NULL \
         AND (r.status IN (SELECT value ->> 'key' FROM {}) OR $2 = 0) \
         AND ($3 = 0 OR r.school_id = $3) AND ($4 = 0 OR r.grad_year = $4) AND ($5 = '' OR r.level_kind = $5)",
        rows_of(conn)
    )
}

/// Which rows have neither an accepted photo nor one that a person may still accept.
const IS_WITHOUT_PHOTO: &str = "NOT EXISTS (SELECT 1 FROM batch_entries AS e JOIN batches AS b ON b.batch_id = e.batch_id \
     WHERE e.record_id = r.record_id AND e.verdict IN ('matched', 'review') \
     AND b.campaign_id = $6 AND b.kind = 'graduation' AND b.state <> 'undone')";

/// Binds the six parameters of the two conditions.
macro_rules! bind_expected {
    ($conn:expr, $statement:expr, $campaign:expr) => {{
        let expected = &$campaign.expected;
        let statuses: Vec<StatusRow<'_>> = expected.statuses.iter().map(|key| StatusRow { key }).collect();
        query($conn, $statement)
            .bind::<Text, _>(serde_json::to_string(&statuses)?)
            .bind::<BigInt, _>(i64::try_from(statuses.len()).unwrap_or(i64::MAX))
            .bind::<BigInt, _>(expected.school_id.map_or(0, |school| school.0))
            .bind::<BigInt, _>(i64::from(expected.grad_year.unwrap_or(0)))
            .bind::<Text, _>(expected.level_kind.clone().unwrap_or_default())
            .bind::<BigInt, _>($campaign.campaign_id)
    }};
}

/// The expected records of a campaign that have neither an accepted photo nor one that a person may still accept.
pub fn list_missing(conn: &mut Conn, campaign: &Campaign) -> Result<Vec<ReportRecord>> {
    let statement = format!(
        "SELECT c.code AS school_code, r.student_no FROM roll_records AS r JOIN schools AS c ON c.school_id = r.school_id \
         WHERE {} AND {IS_WITHOUT_PHOTO} ORDER BY c.code, r.student_no",
        is_expected(conn)
    );
    let rows: Vec<MissingRow> = bind_expected!(conn, statement, campaign).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| ReportRecord {
            school_code: row.school_code,
            student_no: row.student_no,
        })
        .collect())
}

/// A page of the same records by number, after `after`.
pub fn list_missing_page(
    conn: &mut Conn,
    campaign: &Campaign,
    after: RecordId,
    limit: i64,
) -> Result<Vec<MissingStudent>> {
    let statement = format!(
        "SELECT r.record_id, r.student_no, r.name, r.class_name FROM roll_records AS r \
         WHERE {} AND {IS_WITHOUT_PHOTO} AND r.record_id > $7 ORDER BY r.record_id LIMIT $8",
        is_expected(conn)
    );
    Ok(bind_expected!(conn, statement, campaign)
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(limit)
        .load(conn)?)
}

/// How many there are.
pub fn count_missing(conn: &mut Conn, campaign: &Campaign) -> Result<i64> {
    let statement = format!(
        "SELECT count(*) AS total FROM roll_records AS r WHERE {} AND {IS_WITHOUT_PHOTO}",
        is_expected(conn)
    );
    let row: CountRow = bind_expected!(conn, statement, campaign).get_result(conn)?;
    Ok(row.total)
}

/// How many records a campaign expects.
pub fn count_expected(conn: &mut Conn, campaign: &Campaign) -> Result<i64> {
    // The campaign's number is bound for every statement of this room, so it has to be named.
    let statement = format!(
        "SELECT count(*) AS total FROM roll_records AS r WHERE {} AND $6 > 0",
        is_expected(conn)
    );
    let row: CountRow = bind_expected!(conn, statement, campaign).get_result(conn)?;
    Ok(row.total)
}
