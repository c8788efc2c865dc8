//! What an agency announced of a batch, as its own page and the office's show it.

use domain::batches::queries::announced::Announced;
use serde::Serialize;

/// What the archive's header announced, as pages show it.
#[derive(Serialize)]
pub struct AnnouncedLine {
    /// Campaign code, days, station and operator, those that were given.
    said: Vec<String>,
    missing: i64,
    unannounced: i64,
}

impl From<Announced> for AnnouncedLine {
    fn from(announced: Announced) -> Self {
        let header = announced.header;
        let days = match (header.captured_from, header.captured_to) {
            (Some(from), Some(to)) if from != to => Some(format!("{from} – {to}")),
            (from, to) => from.or(to).map(|day| day.to_string()),
        };
        Self {
            said: [header.capture_code, days, header.station, header.operator]
                .into_iter()
                .flatten()
                .collect(),
            missing: announced.missing.unwrap_or(0),
            unannounced: announced.unannounced.unwrap_or(0),
        }
    }
}
