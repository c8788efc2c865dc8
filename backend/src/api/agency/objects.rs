//! The objects that agencies are answered with. Instants are RFC 3339 in UTC.

use chrono::{DateTime, SecondsFormat};
use domain::batches::model::{BatchKind, KeyPolicyWord};
use domain::batches::queries::announced::Announced;
use domain::batches::queries::listing::BatchSummary;
use domain::campaigns::model::{Campaign, CampaignMode};
use domain::recaptures::model::RecaptureRow;
use poem_openapi::{Enum, Object};

use crate::api::values::Nullable;

/// An instant of UTC milliseconds as answers spell it.
pub fn instant(at_ms: i64) -> String {
    DateTime::from_timestamp_millis(at_ms)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// How the agency knows the students.
#[derive(Enum)]
#[oai(rename_all = "lowercase")]
pub enum ModeWord {
    /// Files are named by identity, exam or student number.
    Legacy,
    /// Files are named by opaque or student numbers, and the manifest holds masked names.
    Code,
}

/// A campaign that the agency delivers for.
#[derive(Object)]
pub struct CampaignObject {
    /// Its code, by which deliveries name it.
    code: String,
    /// Its name for people.
    name: String,
    /// How the agency knows the students.
    mode: ModeWord,
    /// The day on which the agency promised to deliver, `YYYY-MM-DD`.
    upload_expected: Nullable<String>,
    /// Whether it takes deliveries.
    is_open: bool,
}

impl CampaignObject {
    /// As the agency sees it.
    pub fn new(campaign: Campaign, now_ms: i64) -> Self {
        Self {
            is_open: campaign.require_open(now_ms).is_ok(),
            code: campaign.code,
            name: campaign.name,
            mode: match campaign.mode {
                CampaignMode::Legacy => ModeWord::Legacy,
                CampaignMode::Code => ModeWord::Code,
            },
            upload_expected: campaign.plan.upload_expected.into(),
        }
    }
}

/// Campaigns.
#[derive(Object)]
pub struct CampaignPage {
    /// The newest first.
    pub campaigns: Vec<CampaignObject>,
}

/// Which photo of the records a batch brings.
#[derive(Enum, Clone, Copy)]
#[oai(rename_all = "lowercase")]
pub enum KindWord {
    /// The graduation photo.
    Graduation,
    /// The admission photo.
    Admission,
}

impl From<KindWord> for BatchKind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Graduation => Self::Graduation,
            KindWord::Admission => Self::Admission,
        }
    }
}

/// By which number files are named.
#[derive(Enum, Clone, Copy)]
#[oai(rename_all = "kebab-case")]
pub enum KeyWord {
    /// Whatever the number's shape allows.
    Auto,
    /// The identity number.
    IdNumber,
    /// The exam number.
    ExamNo,
    /// The student number.
    StudentNo,
}

impl From<KeyWord> for KeyPolicyWord {
    fn from(word: KeyWord) -> Self {
        match word {
            KeyWord::Auto => Self::Auto,
            KeyWord::IdNumber => Self::IdNumber,
            KeyWord::ExamNo => Self::ExamNo,
            KeyWord::StudentNo => Self::StudentNo,
        }
    }
}

/// A delivery to be taken in.
#[derive(Object)]
#[oai(example)]
pub struct NewBatchObject {
    /// The upload, by the last part of its address.
    #[oai(validator(pattern = "^[0-9a-f]{32}$"))]
    pub upload: String,
    /// Code of the campaign.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub campaign: String,
    /// Which photo of the records it brings; `graduation` where unset.
    pub kind: Option<KindWord>,
    /// By which number its files are named; `auto` where unset.
    pub key: Option<KeyWord>,
}

impl poem_openapi::types::Example for NewBatchObject {
    fn example() -> Self {
        Self {
            upload: "0123456789abcdef0123456789abcdef".to_owned(),
            campaign: "2027".to_owned(),
            kind: None,
            key: None,
        }
    }
}

/// How many files of a batch stand where.
#[derive(Object)]
pub struct CountsObject {
    /// Files delivered.
    files: i64,
    /// Photos that are their record's.
    matched: i64,
    /// Photos that the school must look at.
    review: i64,
    /// Files that are no usable photo.
    rejected: i64,
    /// Photos whose number names nobody.
    unmatched: i64,
    /// Files that are no photos: system files, the manifest.
    ignored: i64,
}

/// A batch.
#[derive(Object)]
pub struct BatchObject {
    /// Its number.
    batch_id: i64,
    /// `received`, `inspecting`, `reconciling`, `reconciled`, `failed` or `undone`.
    state: String,
    /// SHA-256 of the archive.
    sha256: String,
    /// Name of the campaign.
    campaign: String,
    /// Photos to be inspected.
    photos_total: i64,
    /// Photos inspected so far.
    photos_inspected: i64,
    /// What became of the files so far.
    counts: CountsObject,
    /// Why nothing of it could be read: stable code.
    failure_code: Nullable<String>,
    /// Why nothing of it could be read, in words.
    failure_message: Nullable<String>,
    /// What the archive's `batch.json` announced, and how that compares with what arrived; absent where there is none.
    #[oai(skip_serializing_if_is_none)]
    announced: Option<AnnouncedObject>,
    /// When it was taken in.
    received_at: String,
    /// When it was last matched.
    reconciled_at: Nullable<String>,
}

/// What an agency announced of a delivery, and how that compares with what arrived.
#[derive(Object)]
pub struct AnnouncedObject {
    /// School of all rows that name none, five digits.
    school_code: Nullable<String>,
    /// 特征码, six letters and digits.
    capture_code: Nullable<String>,
    /// First day of the capture, `YYYY-MM-DD`.
    captured_from: Nullable<String>,
    /// Last day of the capture, `YYYY-MM-DD`.
    captured_to: Nullable<String>,
    /// Where the pictures were taken.
    station: Nullable<String>,
    /// Who took them.
    operator: Nullable<String>,
    /// How many photos were announced.
    count: Nullable<u32>,
    /// How many of the announced photos are not there; `null` until the batch was looked at.
    missing: Nullable<i64>,
    /// How many photos nobody announced; `null` until the batch was looked at.
    unannounced: Nullable<i64>,
    /// SHA-256 of the missing, where digests were announced; at most 1,000.
    missing_sha256: Vec<String>,
}

impl From<Announced> for AnnouncedObject {
    fn from(announced: Announced) -> Self {
        let header = announced.header;
        Self {
            school_code: header.school_code.into(),
            capture_code: header.capture_code.into(),
            captured_from: header.captured_from.map(|day| day.to_string()).into(),
            captured_to: header.captured_to.map(|day| day.to_string()).into(),
            station: header.station.into(),
            operator: header.operator.into(),
            count: header.count.into(),
            missing: announced.missing.into(),
            unannounced: announced.unannounced.into(),
            missing_sha256: announced.missing_digests,
        }
    }
}

impl BatchObject {
    /// The same with what was announced of it.
    pub fn announced(self, announced: Option<Announced>) -> Self {
        Self {
            announced: announced.map(AnnouncedObject::from),
            ..self
        }
    }
}

impl From<BatchSummary> for BatchObject {
    fn from(summary: BatchSummary) -> Self {
        let (batch, counts) = (summary.batch, summary.counts);
        Self {
            batch_id: batch.batch_id.0,
            state: batch.state.to_string(),
            sha256: batch.sha256,
            campaign: summary.campaign_name,
            photos_total: batch.entries_total,
            photos_inspected: batch.entries_inspected,
            counts: CountsObject {
                files: summary.files,
                matched: counts.matched,
                review: counts.review,
                rejected: counts.rejected,
                unmatched: counts.unmatched,
                ignored: counts.ignored,
            },
            failure_code: batch.failure_code.into(),
            failure_message: batch.failure_message.into(),
            announced: None,
            received_at: instant(batch.received_at_ms),
            reconciled_at: batch.reconciled_at_ms.map(instant).into(),
        }
    }
}

/// A page of batches.
#[derive(Object)]
pub struct BatchPage {
    /// The newest first.
    batches: Vec<BatchObject>,
    /// `before` of the next page; none after the last.
    next: Nullable<i64>,
}

impl BatchPage {
    /// A page that was asked for with `limit`.
    pub fn new(batches: Vec<BatchSummary>, limit: i64) -> Self {
        let is_full = i64::try_from(batches.len()) == Ok(limit);
        let last = batches.last().map(|summary| summary.batch.batch_id.0);
        Self {
            batches: batches.into_iter().map(BatchObject::from).collect(),
            next: last.filter(|_| is_full).into(),
        }
    }
}

/// Somebody to shoot again.
#[derive(Object)]
pub struct RecaptureObject {
    /// Its number.
    recapture_id: i64,
    /// Code of the school.
    school_code: String,
    /// Student number.
    student_no: String,
    /// Name, masked.
    masked_name: String,
    /// College.
    college: Nullable<String>,
    /// Class.
    class_name: Nullable<String>,
    /// Code of the finding that makes the photo unusable.
    reason: String,
    /// `open`, `exported` or `shot`.
    state: String,
    /// Which attempt this is, counted from 1.
    attempt: i32,
    /// Until when the new photo is wanted.
    due_at: String,
}

impl From<RecaptureRow> for RecaptureObject {
    fn from(row: RecaptureRow) -> Self {
        Self {
            recapture_id: row.recapture_id.0,
            school_code: row.school_code,
            student_no: row.student_no,
            masked_name: row.masked_name,
            college: row.college.into(),
            class_name: row.class_name.into(),
            reason: row.reason,
            state: row.state.to_string(),
            attempt: row.attempt,
            due_at: instant(row.due_at_ms),
        }
    }
}

/// A page of those to shoot again.
#[derive(Object)]
pub struct RecapturePage {
    /// By number.
    recaptures: Vec<RecaptureObject>,
    /// `after` of the next page; none after the last.
    next: Nullable<i64>,
}

impl RecapturePage {
    /// A page that was asked for with `limit`.
    pub fn new(rows: Vec<RecaptureRow>, limit: i64) -> Self {
        let is_full = i64::try_from(rows.len()) == Ok(limit);
        let last = rows.last().map(|row| row.recapture_id.0);
        Self {
            recaptures: rows.into_iter().map(RecaptureObject::from).collect(),
            next: last.filter(|_| is_full).into(),
        }
    }
}
