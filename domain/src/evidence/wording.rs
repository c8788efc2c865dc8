//! What is burnt into evidence.

use fluent_bundle::FluentArgs;

use crate::clock::{TimestampMs, date_in_shanghai};
use crate::error::{Error, Result};
use crate::id::TicketId;
use crate::texts::{Language, Texts};

/// The words of the watermark: in the language of the office, whoever handed the scan in.
pub fn watermark(ticket_id: TicketId, uploaded_at_ms: TimestampMs) -> Result<String> {
    let texts = Texts::shared().map_err(Error::internal)?;
    let mut args = FluentArgs::new();
    args.set("ticket", ticket_id.to_string());
    args.set("date", date_in_shanghai(uploaded_at_ms).to_string());
    Ok(texts.text(Language::ZhCn, "evidence-watermark", Some(&args)))
}
