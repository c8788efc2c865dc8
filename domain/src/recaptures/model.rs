//! What a re-capture is, as the agency and the staff see it.

use serde::Serialize;

use crate::batches::model::MaskedStudent;
use crate::clock::TimestampMs;
use crate::id::{BatchId, RecaptureId};

crate::text_enum! {
    /// Where a re-capture stands.
    RecaptureState {
        /// To be handed to the agency.
        Open = "open",
        /// Handed to the agency.
        Exported = "exported",
        /// Shot again, not delivered yet.
        Shot = "shot",
        /// An accepted photo has arrived.
        Closed = "closed",
        /// No longer wanted.
        Cancelled = "cancelled",
    }
}

/// A line of the agency's list: the name masked, no identity number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecaptureRow {
    /// The re-capture.
    pub recapture_id: RecaptureId,
    /// Code of the school.
    pub school_code: String,
    /// 学号.
    pub student_no: String,
    /// 姓名, masked.
    pub masked_name: String,
    /// 分院.
    pub college: Option<String>,
    /// 班级.
    pub class_name: Option<String>,
    /// Code of the finding that makes the photo unusable.
    pub reason: String,
    /// Where it stands.
    pub state: RecaptureState,
    /// Which attempt this is, counted from 1.
    pub attempt: i32,
    /// When it was opened, UTC ms.
    pub created_at_ms: TimestampMs,
    /// Until when the new photo is wanted, UTC ms.
    pub due_at_ms: TimestampMs,
}

/// Which re-captures a list shows by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// A new photo is awaited.
    #[default]
    Pending,
    /// In one state.
    In(RecaptureState),
    /// Awaited, and the day has passed; the instant is now, UTC ms.
    Overdue(TimestampMs),
    /// Shot often enough by the agency: the student comes in person (散拍).
    InPerson,
}

impl Standing {
    pub(super) fn states(self) -> Vec<RecaptureState> {
        match self {
            Self::In(state) => vec![state],
            Self::Pending | Self::Overdue(_) | Self::InPerson => super::queries::PENDING.to_vec(),
        }
    }
}

/// Which re-captures a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecaptureFilter {
    /// By where they stand.
    pub standing: Standing,
    /// By the code of the finding.
    pub reason: Option<String>,
}

/// What a person does to re-captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecaptureChange {
    /// They were shot again; the photo is on its way.
    Shot,
    /// No new photo is wanted.
    Cancel,
    /// A new photo is wanted after all.
    Reopen,
}

/// A re-capture on the staff's page.
#[derive(Clone, Debug)]
pub struct ListedRecapture {
    /// The re-capture.
    pub recapture_id: RecaptureId,
    /// Whom to shoot again.
    pub student: MaskedStudent,
    /// Code of the finding that makes the photo unusable.
    pub reason: String,
    /// The batch that brought the unusable photo.
    pub batch_id: Option<BatchId>,
    /// Which attempt this is, counted from 1.
    pub attempt: i32,
    /// Where it stands.
    pub state: RecaptureState,
    /// When it was opened, UTC ms.
    pub created_at_ms: TimestampMs,
    /// Until when the new photo is wanted, UTC ms.
    pub due_at_ms: TimestampMs,
    /// When it came to stand there, UTC ms.
    pub updated_at_ms: TimestampMs,
}
