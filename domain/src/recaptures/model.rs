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
    /// When it was opened, UTC ms.
    pub created_at_ms: TimestampMs,
    /// When it was handed to the agency, UTC ms.
    pub exported_at_ms: Option<TimestampMs>,
}
