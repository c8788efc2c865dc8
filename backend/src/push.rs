//! The agency's own side: sends archives to a server by the resumable protocol, hands them in, and waits for what became of them. It knows
//! nothing of a house: a token, an address and files are all it works with.

pub mod client;

use std::io::SeekFrom;
use std::path::Path;
use std::time::Duration;

use domain::error::{Error, Result};
use serde_json::Value;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use self::client::{Client, Fault};

/// Failures in a row, without a byte of progress between them, after which a push gives up.
const PATIENCE: u32 = 12;
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What a push tells whoever watches it.
pub trait Watcher: Send + Sync {
    /// So many bytes of the file have arrived.
    fn sent(&self, bytes: u64);
    /// The line failed; it is tried again after the pause.
    fn waiting(&self, pause: Duration);
    /// So many photos of so many were looked at.
    fn inspected(&self, done: i64, total: i64);
}

/// A file about to be sent.
pub struct Delivery<'a> {
    /// The archive.
    pub path: &'a Path,
    /// What the server's people see as its name.
    pub file_name: String,
    /// SHA-256 of it, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub size_bytes: u64,
}

/// Sends a file, going on with an earlier try where the server has one; returns the upload's name.
pub async fn send(client: &Client, delivery: &Delivery<'_>, piece_bytes: u64, watcher: &dyn Watcher) -> Result<String> {
    let mut failures = 0;
    let mut place = None;
    let mut furthest = 0;
    loop {
        match step(client, delivery, piece_bytes, place.take()).await {
            Ok(reached) => {
                failures = if reached.offset > furthest { 0 } else { failures };
                furthest = furthest.max(reached.offset);
                watcher.sent(reached.offset);
                if reached.offset == delivery.size_bytes {
                    let name = reached.location.rsplit('/').next().unwrap_or_default();
                    return Ok(name.to_owned());
                }
                place = Some(reached);
            }
            // Whatever was believed of the upload, the server knows better: the next step asks it.
            Err(fault) => {
                let pause = bear(fault, &mut failures)?;
                watcher.waiting(pause);
                tokio::time::sleep(pause).await;
            }
        }
    }
}

/// An upload, and how far it has come.
struct Place {
    location: String,
    offset: u64,
}

/// Finds or begins the upload, or sends its next piece.
async fn step(
    client: &Client,
    delivery: &Delivery<'_>,
    piece_bytes: u64,
    place: Option<Place>,
) -> Result<Place, Fault> {
    let Some(Place { location, offset }) = place else {
        let begun = client.find_upload(&delivery.sha256, delivery.size_bytes).await?;
        let location = match begun {
            Some(location) => location,
            None => {
                client
                    .begin(&delivery.file_name, &delivery.sha256, delivery.size_bytes)
                    .await?
            }
        };
        let offset = client.offset(&location).await?;
        return Ok(Place { location, offset });
    };
    let length = piece_bytes.min(delivery.size_bytes.saturating_sub(offset));
    let piece = read_piece(delivery.path, offset, length)
        .await
        .map_err(Fault::Refused)?;
    let offset = client.append(&location, offset, piece).await?;
    Ok(Place { location, offset })
}

/// How long to wait after one more failure; the fault itself where the server said no, or patience has run out.
fn bear(fault: Fault, failures: &mut u32) -> Result<Duration> {
    match fault {
        Fault::Line(_) if *failures < PATIENCE => {
            *failures += 1;
            Ok(Duration::from_millis(250 << (*failures).min(7)).min(LONGEST_PAUSE))
        }
        Fault::Line(error) | Fault::Refused(error) => Err(error),
    }
}

async fn read_piece(path: &Path, offset: u64, length: u64) -> Result<Vec<u8>> {
    let unreadable = |error: std::io::Error| {
        Error::invalid(
            "file-unreadable",
            "delivery",
            format!("the file cannot be read: {}", error.kind()),
        )
    };
    let mut file = File::open(path).await.map_err(unreadable)?;
    file.seek(SeekFrom::Start(offset)).await.map_err(unreadable)?;
    let mut piece = vec![0; usize::try_from(length).map_err(Error::internal)?];
    file.read_exact(&mut piece).await.map_err(unreadable)?;
    Ok(piece)
}

/// Hands an upload in, as often as the line fails; returns the batch's number.
pub async fn hand_in(client: &Client, upload: &str, campaign: &str, kind: &str, key: &str) -> Result<i64> {
    let batch = patiently(|| client.hand_in(upload, campaign, kind, key)).await?;
    number(&batch, "batch_id")
}

/// Waits until the batch has been looked at; returns its report.
pub async fn wait_for_report(client: &Client, batch_id: i64, watcher: &dyn Watcher) -> Result<Value> {
    loop {
        let batch = patiently(|| client.get(format!("batches/{batch_id}"))).await?;
        watcher.inspected(number(&batch, "photos_inspected")?, number(&batch, "photos_total")?);
        match batch["state"].as_str().unwrap_or_default() {
            "reconciled" => return patiently(|| client.get(format!("batches/{batch_id}/report"))).await,
            "failed" => {
                return Err(Error::Refused {
                    code: batch["failure_code"].as_str().unwrap_or("batch-failed").to_owned(),
                    message: batch["failure_message"]
                        .as_str()
                        .unwrap_or("nothing of it could be read")
                        .to_owned(),
                });
            }
            "undone" => return Err(Error::conflict("batch-undone", "the school took the batch back")),
            _ => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

async fn patiently<T, F: Future<Output = Result<T, Fault>>>(mut ask: impl FnMut() -> F) -> Result<T> {
    let mut failures = 0;
    loop {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(fault) => tokio::time::sleep(bear(fault, &mut failures)?).await,
        }
    }
}

fn number(answer: &Value, field: &'static str) -> Result<i64> {
    let missing = || Error::Refused {
        code: "answer-unreadable".to_owned(),
        message: format!("the server's answer has no number `{field}`; is it a Rollproof server of this version?"),
    };
    answer[field].as_i64().ok_or_else(missing)
}
