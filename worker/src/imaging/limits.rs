//! What one photo may cost. Everything here is decided from the header, before pixels are decoded.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// Bounds the cost of one photo, so that a hostile file costs at most its own entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Largest file in bytes. Default 32 MiB: a 48-megapixel camera original stays below 25.
    pub size_bytes: u64,
    /// Most pixels in the header. Default 64 million.
    pub pixels: u64,
    /// Largest ratio of the longer to the shorter side. Default 4: no portrait is a strip.
    pub aspect_ratio: f64,
    /// Most pixels times scans of a JPEG, because each progressive scan walks the whole picture. Default 1,000 million.
    pub pixel_scans: u64,
    /// Largest colour profile in bytes; a larger one is ignored, not refused. Default 1 MiB.
    pub icc_bytes: usize,
    /// Most memory for decoding in bytes, estimated from the header. Default 384 MiB.
    pub decode_bytes: u64,
    /// Longest time for one photo, looked at between steps. Default 5 seconds.
    pub time: Duration,
    /// Whether the first picture of an animation is enough; else it is refused, because which one would be the photo is a guess.
    /// Default no.
    pub takes_first_frame: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size_bytes: 32 << 20,
            pixels: 64_000_000,
            aspect_ratio: 4.0,
            pixel_scans: 1_000_000_000,
            icc_bytes: 1 << 20,
            decode_bytes: 384 << 20,
            time: Duration::from_secs(5),
            takes_first_frame: false,
        }
    }
}

/// Says why a photo was refused; `is_limit` tells the finding code `LIMIT` from `CORRUPT`.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// A number of the file is over its limit.
    #[error(
        "The photo was refused before decoding: its {what} is {value}, the limit is {limit}. Export it again in a normal size."
    )]
    OverLimit {
        /// What was measured: `size_bytes`, `pixels`, `aspect_ratio`, `pixel_scans`, `decode_bytes`, `pictures`.
        what: &'static str,
        /// The value found.
        value: f64,
        /// The limit in force.
        limit: f64,
    },
    /// The time for one photo is used up.
    #[error("The photo took longer than {limit_ms} ms and was given up. Export it again as a baseline JPEG.")]
    OverTime {
        /// The limit in force.
        limit_ms: u64,
    },
    /// The bytes are no picture this program reads.
    #[error("The bytes are not a picture this program reads. Deliver a JPEG file.")]
    UnknownFormat,
    /// The bytes start like a picture and do not decode to the end.
    #[error("The picture is damaged: {reason}. Export it again from the original.")]
    Damaged {
        /// What is damaged, without anything from the file.
        reason: &'static str,
    },
}

impl Refusal {
    /// Gives the stable code for logs and job rows.
    pub const fn code(&self) -> &'static str {
        match self {
            Refusal::OverLimit { .. } => "photo-over-limit",
            Refusal::OverTime { .. } => "photo-over-time",
            Refusal::UnknownFormat => "photo-unknown-format",
            Refusal::Damaged { .. } => "photo-damaged",
        }
    }

    /// Tells whether the photo was refused for its cost (`LIMIT`) and not for its content (`CORRUPT`).
    pub const fn is_limit(&self) -> bool {
        matches!(self, Refusal::OverLimit { .. } | Refusal::OverTime { .. })
    }

    /// Gives the measured value and the limit where the refusal is a number.
    pub fn numbers(&self) -> (Option<f64>, Option<f64>) {
        match *self {
            Refusal::OverLimit { value, limit, .. } => (Some(value), Some(limit)),
            Refusal::OverTime { limit_ms } => (None, Some(limit_ms as f64)),
            Refusal::UnknownFormat | Refusal::Damaged { .. } => (None, None),
        }
    }
}

impl Limits {
    pub(super) fn check_bytes(&self, size_bytes: u64) -> Result<(), Refusal> {
        at_most("size_bytes", size_bytes, self.size_bytes)
    }

    pub(super) fn check_frame(&self, width_px: u32, height_px: u32) -> Result<(), Refusal> {
        if width_px == 0 || height_px == 0 {
            return Err(Refusal::Damaged {
                reason: "it has no width or no height",
            });
        }
        at_most("pixels", u64::from(width_px) * u64::from(height_px), self.pixels)?;
        let (long, short) = (width_px.max(height_px), width_px.min(height_px));
        let ratio = f64::from(long) / f64::from(short);
        // The smallest pictures have no meaningful ratio; they end as a wrong size.
        if ratio > self.aspect_ratio && long > 64 {
            return Err(Refusal::OverLimit {
                what: "aspect_ratio",
                value: ratio,
                limit: self.aspect_ratio,
            });
        }
        Ok(())
    }

    pub(super) fn check_scans(&self, pixels: u64, scans: u32) -> Result<(), Refusal> {
        at_most("pixel_scans", pixels.saturating_mul(u64::from(scans)), self.pixel_scans)
    }

    pub(super) fn check_memory(&self, decode_bytes: u64) -> Result<(), Refusal> {
        at_most("decode_bytes", decode_bytes, self.decode_bytes)
    }
}

fn at_most(what: &'static str, value: u64, limit: u64) -> Result<(), Refusal> {
    if value > limit {
        return Err(Refusal::OverLimit {
            what,
            value: value as f64,
            limit: limit as f64,
        });
    }
    Ok(())
}

/// Measures the time one photo has taken.
#[derive(Debug)]
pub(super) struct Deadline {
    started: Instant,
    budget: Duration,
}

impl Deadline {
    pub(super) fn start(budget: Duration) -> Self {
        Self {
            started: Instant::now(),
            budget,
        }
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.started.elapsed() >= self.budget {
            return Err(Refusal::OverTime {
                limit_ms: self.budget.as_millis().try_into().unwrap_or(u64::MAX),
            });
        }
        Ok(())
    }
}
