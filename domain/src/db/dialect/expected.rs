//! Statements over the rows of the roll that a campaign expects, with and without a photo.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::Serialize;

use crate::batches::report::ReportRecord;
use crate::campaigns::model::Campaign;
use crate::db::Conn;
use crate::db::bulk::{Column, incoming};
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::{CampaignId, RecordId};

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

#[derive(QueryableByName)]
struct NumberRow {
    #[diesel(sql_type = BigInt)]
    record_id: RecordId,
}

/// Which rows are expected; a list of statuses that is empty takes every open row.
fn is_expected(conn: &Conn) -> String {
    format!(
        "r.is_open AND r.vanished_import_id IS NULL \
         AND (r.status IN (SELECT incoming.key FROM {}) OR $2 = 0) \
         AND ($3 = 0 OR r.school_id = $3) AND ($4 = 0 OR r.grad_year = $4) AND ($5 = '' OR r.level_kind = $5)",
        incoming(conn, &[Column::Text("key")])
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

/// The numbers of the same records, in order.
pub fn list_missing_numbers(conn: &mut Conn, campaign: &Campaign) -> Result<Vec<RecordId>> {
    let statement = format!(
        "SELECT r.record_id FROM roll_records AS r WHERE {} AND {IS_WITHOUT_PHOTO} ORDER BY r.record_id",
        is_expected(conn)
    );
    let rows: Vec<NumberRow> = bind_expected!(conn, statement, campaign).load(conn)?;
    Ok(rows.into_iter().map(|row| row.record_id).collect())
}

/// How far the expected records of a campaign are, class by class.
#[derive(QueryableByName, Clone, Debug, Serialize)]
pub struct ClassTally {
    /// The campaign.
    #[diesel(sql_type = BigInt)]
    pub campaign_id: CampaignId,
    /// 分院; empty where the roll gives none.
    #[diesel(sql_type = Text)]
    pub college: String,
    /// 班级; empty where the roll gives none.
    #[diesel(sql_type = Text)]
    pub class_name: String,
    /// Expected records.
    #[diesel(sql_type = BigInt)]
    pub expected: i64,
    /// Those named by some delivered photo.
    #[diesel(sql_type = BigInt)]
    pub received: i64,
    /// Those with a matched one.
    #[diesel(sql_type = BigInt)]
    pub matched: i64,
    /// Those with none better than one in review.
    #[diesel(sql_type = BigInt)]
    pub in_review: i64,
    /// Those whose student said that the accepted photo is right.
    #[diesel(sql_type = BigInt)]
    pub confirmed: i64,
    /// Those whose student said that it is wrong.
    #[diesel(sql_type = BigInt)]
    pub disputed: i64,
}

/// Counts a campaign class by class.
pub fn tally_classes(conn: &mut Conn, campaign: &Campaign) -> Result<Vec<ClassTally>> {
    let statement = format!(
        "SELECT CAST($6 AS BIGINT) AS campaign_id, coalesce(r.college, '') AS college, coalesce(r.class_name, '') AS class_name, \
         count(*) AS expected, count(best.rank) AS received, \
         CAST(coalesce(sum(CASE WHEN best.rank = 2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS matched, \
         CAST(coalesce(sum(CASE WHEN best.rank = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS in_review, \
         CAST(coalesce(sum(CASE WHEN said.verdict = 'confirmed' THEN 1 ELSE 0 END), 0) AS BIGINT) AS confirmed, \
         CAST(coalesce(sum(CASE WHEN said.verdict = 'disputed' THEN 1 ELSE 0 END), 0) AS BIGINT) AS disputed \
         FROM roll_records AS r LEFT JOIN (SELECT p.record_id, v.verdict FROM photos AS p \
         JOIN verdicts AS v ON v.record_id = p.record_id AND v.subject = 'photo' AND v.version = p.photo_id \
         WHERE p.campaign_id = $6 AND p.state = 'accepted' AND p.kind = 'graduation' AND v.reopened_at_ms IS NULL) \
         AS said ON said.record_id = r.record_id LEFT JOIN (SELECT e.record_id, \
         max(CASE e.verdict WHEN 'matched' THEN 2 WHEN 'review' THEN 1 ELSE 0 END) AS rank \
         FROM batch_entries AS e JOIN batches AS b ON b.batch_id = e.batch_id \
         WHERE b.campaign_id = $6 AND b.kind = 'graduation' AND b.state <> 'undone' AND e.record_id IS NOT NULL \
         GROUP BY e.record_id) AS best ON best.record_id = r.record_id \
         WHERE {} GROUP BY 2, 3",
        is_expected(conn)
    );
    Ok(bind_expected!(conn, statement, campaign).load(conn)?)
}

/// What a day brought.
#[derive(QueryableByName, Clone, Debug, Serialize)]
pub struct DayTally {
    /// The campaign.
    #[diesel(sql_type = BigInt)]
    pub campaign_id: CampaignId,
    /// Days since 1970 in China.
    #[diesel(sql_type = BigInt)]
    pub day: i64,
    /// Photos delivered.
    #[diesel(sql_type = BigInt)]
    pub photos: i64,
    /// Those matched.
    #[diesel(sql_type = BigInt)]
    pub matched: i64,
    /// Those in review.
    #[diesel(sql_type = BigInt)]
    pub in_review: i64,
    /// Those rejected.
    #[diesel(sql_type = BigInt)]
    pub rejected: i64,
    /// Those that name nobody.
    #[diesel(sql_type = BigInt)]
    pub unmatched: i64,
}

/// The day, in China, on which a batch `b` was received.
const RECEIVED_DAY: &str = "(b.received_at_ms + 28800000) / 86400000";

/// Counts a campaign's photos day by day.
pub fn tally_days(conn: &mut Conn, campaign_id: CampaignId) -> Result<Vec<DayTally>> {
    let of = |verdict: &str| {
        format!("CAST(coalesce(sum(CASE WHEN e.verdict = '{verdict}' THEN 1 ELSE 0 END), 0) AS BIGINT)")
    };
    let statement = format!(
        "SELECT b.campaign_id, {RECEIVED_DAY} AS day, count(*) AS photos, {} AS matched, {} AS in_review, {} AS rejected, \
         {} AS unmatched FROM batch_entries AS e JOIN batches AS b ON b.batch_id = e.batch_id \
         WHERE b.campaign_id = $1 AND b.state <> 'undone' AND e.kind <> 'ignored' GROUP BY 1, 2",
        of("matched"),
        of("review"),
        of("rejected"),
        of("unmatched"),
    );
    Ok(query(conn, statement).bind::<BigInt, _>(campaign_id).load(conn)?)
}

/// How many photos of a day a rule flagged.
#[derive(QueryableByName, Clone, Debug, Serialize)]
pub struct RuleTally {
    /// The campaign.
    #[diesel(sql_type = BigInt)]
    pub campaign_id: CampaignId,
    /// Days since 1970 in China.
    #[diesel(sql_type = BigInt)]
    pub day: i64,
    /// The rule's code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// Photos that it flagged.
    #[diesel(sql_type = BigInt)]
    pub flagged: i64,
}

/// Counts what each rule flagged day by day; notes, which ask nobody for anything, left out.
pub fn tally_rules(conn: &mut Conn, campaign_id: CampaignId) -> Result<Vec<RuleTally>> {
    let statement = format!(
        "SELECT b.campaign_id, {RECEIVED_DAY} AS day, f.code, count(DISTINCT f.entry_id) AS flagged \
         FROM entry_findings AS f JOIN batches AS b ON b.batch_id = f.batch_id \
         WHERE b.campaign_id = $1 AND b.state <> 'undone' AND f.severity <> 'note' AND f.stage <> 'decision' \
         GROUP BY 1, 2, 3"
    );
    Ok(query(conn, statement).bind::<BigInt, _>(campaign_id).load(conn)?)
}
