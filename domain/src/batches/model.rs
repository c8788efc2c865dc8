//! Rows and words of batches.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::clock::TimestampMs;
use crate::db::schema::{batches, entry_findings};
use crate::id::{AgencyId, BatchId, CampaignId};
use crate::roll::name;

crate::text_enum! {
    /// Where a batch stands.
    BatchState {
        /// Taken in, not yet listed.
        Received = "received",
        /// Its photos are being decoded and measured.
        Inspecting = "inspecting",
        /// Its photos are being matched and compared.
        Reconciling = "reconciling",
        /// Done; the report is complete.
        Reconciled = "reconciled",
        /// Nothing of it could be read.
        Failed = "failed",
        /// Taken back by staff.
        Undone = "undone",
    }
}

crate::text_enum! {
    /// Which photo of a record a batch brings.
    BatchKind {
        /// 学历照片, the graduation photo.
        Graduation = "graduation",
        /// 录取照片, the admission photo.
        Admission = "admission",
    }
}

crate::text_enum! {
    /// What an entry of an archive is.
    EntryKind {
        /// To be inspected.
        Photo = "photo",
        /// System files and the manifest.
        Ignored = "ignored",
        /// Refused while listing: links, encryption, hostile names.
        Refused = "refused",
    }
}

crate::text_enum! {
    /// How far an entry has come.
    EntryState {
        /// Known by name only.
        Listed = "listed",
        /// Decoded and measured.
        Inspected = "inspected",
        /// Matched and compared.
        Reconciled = "reconciled",
    }
}

crate::text_enum! {
    /// The outcome of an entry.
    Verdict {
        /// The photo is its record's.
        Matched = "matched",
        /// A person must look.
        Review = "review",
        /// The file is no usable photo.
        Rejected = "rejected",
        /// The file's key names nobody.
        Unmatched = "unmatched",
        /// Not a photo.
        Ignored = "ignored",
    }
}

crate::text_enum! {
    /// A part of the photos that people look through.
    Band {
        /// Held up until somebody decides: [`Verdict::Review`].
        Waiting = "waiting",
        /// Let through by the machine, and nobody has looked yet.
        Passed = "passed",
    }
}

crate::text_enum! {
    /// Which pass of the work wrote a finding; each pass replaces its own.
    FindingStage {
        /// Measured on the picture alone.
        Inspection = "inspection",
        /// Found by comparing with the roll, the manifest and other photos.
        Reconciliation = "reconciliation",
        /// Said by a person; stays until the person takes it back.
        Decision = "decision",
    }
}

crate::text_enum! {
    /// What a person decides about a photo.
    Decision {
        /// It is the record's photo.
        Accept = "accept",
        /// It is no photo of the record; nobody need be photographed again for it.
        Reject = "reject",
        /// It is no usable photo, and its student is to be photographed again.
        Recapture = "recapture",
    }
}

crate::text_enum! {
    /// By which number an agency names its files; the stored words of [`super::key::KeyPolicy`].
    KeyPolicyWord {
        /// Whatever the number's shape allows.
        Auto = "auto",
        /// 证件号码.
        IdNumber = "id-number",
        /// 考生号.
        ExamNo = "exam-no",
        /// 学号.
        StudentNo = "student-no",
    }
}

impl From<KeyPolicyWord> for super::key::KeyPolicy {
    fn from(word: KeyPolicyWord) -> Self {
        match word {
            KeyPolicyWord::Auto => Self::Auto,
            KeyPolicyWord::IdNumber => Self::IdNumber,
            KeyPolicyWord::ExamNo => Self::ExamNo,
            KeyPolicyWord::StudentNo => Self::StudentNo,
        }
    }
}

/// A batch's row.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = batches)]
pub struct Batch {
    /// Its number.
    pub batch_id: BatchId,
    /// The campaign it was delivered for.
    pub campaign_id: CampaignId,
    /// Who delivered it.
    pub agency_id: AgencyId,
    /// Which photo of the records it brings.
    pub kind: BatchKind,
    /// Where it stands.
    pub state: BatchState,
    /// By which number its files are named.
    pub key_policy: KeyPolicyWord,
    /// SHA-256 of the archive, hexadecimal.
    pub sha256: String,
    /// Size of the archive.
    pub size_bytes: i64,
    /// Name of the staged archive.
    pub staged_object: String,
    /// Name of a manifest handed in beside the archive.
    pub manifest_object: Option<String>,
    /// Photos to be inspected.
    pub entries_total: i64,
    /// Photos inspected so far.
    pub entries_inspected: i64,
    /// Why it failed: stable code.
    pub failure_code: Option<String>,
    /// Why it failed, in words.
    pub failure_message: Option<String>,
    /// When it was taken in, UTC ms.
    pub received_at_ms: TimestampMs,
    /// When it was last reconciled, UTC ms.
    pub reconciled_at_ms: Option<TimestampMs>,
}

/// A delivery about to be taken in.
#[derive(Clone, Debug)]
pub struct NewBatch {
    /// The campaign it is for.
    pub campaign_id: CampaignId,
    /// Who delivers it.
    pub agency_id: AgencyId,
    /// Which photo of the records it brings.
    pub kind: BatchKind,
    /// By which number its files are named.
    pub key_policy: KeyPolicyWord,
    /// SHA-256 of the archive, hexadecimal.
    pub sha256: String,
    /// Size of the archive.
    pub size_bytes: i64,
    /// Name of the staged archive.
    pub staged_object: String,
    /// Name of a manifest handed in beside the archive.
    pub manifest_object: Option<String>,
    /// Who hands it in, for the audit.
    pub actor: String,
}

/// Whether a delivery is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It was taken in.
    New(BatchId),
    /// The same archive of the same agency for the same campaign is this batch already.
    Known(BatchId),
}

impl Received {
    /// The batch, whichever it is.
    pub fn batch_id(self) -> BatchId {
        match self {
            Self::New(batch_id) | Self::Known(batch_id) => batch_id,
        }
    }
}

/// One finding on its way to or from the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = entry_findings)]
pub struct FindingRow {
    /// Whom it is about.
    pub entry_id: crate::id::EntryId,
    /// Stable code.
    pub code: String,
    /// `reject`, `review` or `note`.
    pub severity: String,
    /// The measured value.
    pub measured: Option<f64>,
    /// The limit it is held against.
    pub limit_value: Option<f64>,
    /// The other side of a pair.
    pub other_entry_id: Option<crate::id::EntryId>,
}

/// A student as lists show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MaskedStudent {
    /// 姓名, masked.
    pub name: String,
    /// 学号.
    pub student_no: String,
    /// 班级; empty where the roll gives none.
    pub class_name: String,
}

impl MaskedStudent {
    /// Masks a full name.
    pub fn new(full_name: &str, student_no: String, class_name: Option<String>) -> Self {
        Self {
            name: name::mask(full_name),
            student_no,
            class_name: class_name.unwrap_or_default(),
        }
    }
}
