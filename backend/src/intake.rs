//! Deliveries and roll files on their way into the house: streamed to a scratch file while they are hashed, then staged and recorded in
//! one task that a client who hangs up cannot cut in two.

use std::io;
use std::pin::Pin;

use domain::accounts::model::Staff;
use domain::agencies::model::Deliverer;
use domain::agencies::queries::get_campaign_for;
use domain::batches::model::{BatchKind, KeyPolicyWord, NewBatch, Received};
use domain::campaigns::model::Campaign;
use domain::clock::TimestampMs;
use domain::db::Conn;
use domain::error::{Error, Result};
use domain::id::{AgencyId, BatchId, ImportId};
use domain::integrators::commands::{IdempotencyKey, hand_in_page};
use domain::integrators::model::Integrator;
use domain::roll::import::header::Mapping;
use domain::roll::model::{ImportKind, ImportOptions, NewImport};
use domain::storage::{ObjectId, ObjectKey};
use domain::uploads::model::UploadId;
use domain::{batches, roll, uploads};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tracing::Instrument as _;

use crate::app::AppState;
use crate::error::Failure;
use crate::files::read_file;
use crate::house::House;
use crate::staging::{digest_file, stage};
use crate::uploads::{Arrival, arrived};

/// A body as it arrives.
pub type Upload = Pin<Box<dyn AsyncRead + Send>>;

const BUFFER_BYTES: usize = 128 << 10;

/// A body that has arrived; its file goes when it is dropped.
pub struct Arrived {
    file: NamedTempFile,
    sha256: String,
    size_bytes: u64,
}

impl Arrived {
    /// Where the body lies, for reading it in place.
    pub fn path(&self) -> &std::path::Path {
        self.file.path()
    }
}

/// Writes a body to a scratch file and hashes it. An upload that breaks off leaves nothing behind.
pub async fn receive(house: &House, mut upload: Upload) -> Result<Arrived> {
    let scratch = house.config.data_dir.join("scratch");
    tokio::fs::create_dir_all(&scratch).await.map_err(Error::disk)?;
    let file = NamedTempFile::new_in(&scratch).map_err(Error::disk)?;
    let mut writer = tokio::fs::File::from_std(file.reopen().map_err(Error::disk)?);
    let mut hasher = Sha256::new();
    let mut size_bytes = 0_u64;
    let mut buffer = vec![0_u8; BUFFER_BYTES];
    loop {
        let read = upload.read(&mut buffer).await.map_err(cut_off)?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else {
            break;
        };
        hasher.update(piece);
        size_bytes += piece.len() as u64;
        writer.write_all(piece).await.map_err(Error::disk)?;
    }
    writer.flush().await.map_err(Error::disk)?;
    Ok(Arrived {
        file,
        sha256: hex::encode(hasher.finalize()),
        size_bytes,
    })
}

fn cut_off(error: io::Error) -> Error {
    Error::invalid(
        "upload-cut",
        "file",
        format!("the upload broke off ({}); send it again", error.kind()),
    )
}

/// Whom a delivery is from and what it is for.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The campaign.
    pub campaign: Campaign,
    /// The agency.
    pub agency_id: AgencyId,
    /// Which photo of the records it brings.
    pub kind: BatchKind,
    /// By which number its files are named.
    pub key_policy: KeyPolicyWord,
    /// Who hands it in.
    pub actor: String,
}

impl Delivery {
    fn staged(self, sha256: String, size_bytes: u64, staged_object: String) -> NewBatch {
        NewBatch {
            campaign_id: self.campaign.campaign_id,
            agency_id: self.agency_id,
            kind: self.kind,
            key_policy: self.key_policy,
            sha256,
            size_bytes: i64::try_from(size_bytes).unwrap_or(i64::MAX),
            staged_object,
            manifest_object: None,
            actor: self.actor,
        }
    }
}

/// Stages an arrived archive and takes it in as a batch, or recognises it.
pub async fn take_batch(house: &House, arrived: Arrived, delivery: Delivery) -> Result<BatchId> {
    let house = house.clone();
    whole(async move {
        let staged_object = stage(&house.store, arrived.file.path()).await?;
        let new = delivery.staged(arrived.sha256, arrived.size_bytes, staged_object.clone());
        let now_ms = house.clock.now_ms();
        let received = house
            .db
            .write_tx(move |conn| batches::commands::receive_batch(conn, &new, now_ms))
            .await;
        let is_new = received.as_ref().map(|received| matches!(received, Received::New(_)));
        discard_unless_named(&house, &staged_object, is_new).await;
        received.map(Received::batch_id)
    })
    .await
}

/// Hands an upload in for the campaign of that code, which must be one that the agency delivers for.
pub async fn hand_in(
    state: &AppState,
    by: &Deliverer,
    (upload_id, campaign): (&UploadId, String),
    (kind, key_policy): (BatchKind, KeyPolicyWord),
) -> Result<Received, Failure> {
    let house = state.house();
    let deliverer = by.clone();
    let campaign = house
        .db
        .read(move |conn| get_campaign_for(conn, &deliverer, &campaign))
        .await?;
    let arrival = arrived(state, by, upload_id).await?;
    let delivery = Delivery {
        campaign,
        agency_id: by.agency_id,
        kind,
        key_policy,
        actor: by.actor.clone(),
    };
    Ok(take_upload(house, arrival, delivery).await?)
}

/// Makes a batch of an upload that has arrived, or recognises it. The archive is stored before the batch is recorded and the upload's own
/// file removed last, so that a crash in between loses nothing and repeating the call finishes the work.
async fn take_upload(house: &House, arrival: Arrival, delivery: Delivery) -> Result<Received> {
    let house = house.clone();
    whole(async move {
        let upload_id = arrival.upload.id()?;
        let path = arrival.path.clone();
        let (sha256, size_bytes) = read_file(move || digest_file(&path, "upload")).await??;
        if arrival.upload.sha256.as_ref().is_some_and(|said| *said != sha256) {
            return Err(Error::conflict(
                "upload-differs",
                "the file that arrived has another SHA-256 than was said when it was begun; send it again as a new upload",
            ));
        }
        let id = ObjectId::random();
        house.store.link_file(&ObjectKey::Staging { id: id.clone() }, &arrival.path).await?;
        let new = delivery.staged(sha256, size_bytes, id.to_string());
        let (now_ms, ended) = (house.clock.now_ms(), upload_id.clone());
        let received = house
            .db
            .write_tx(move |conn| {
                let received = batches::commands::receive_batch(conn, &new, now_ms)?;
                uploads::commands::record_batch(conn, &ended, received.batch_id())?;
                Ok(received)
            })
            .await;
        let is_new = received.as_ref().map(|received| matches!(received, Received::New(_)));
        discard_unless_named(&house, id.as_str(), is_new).await;
        if received.is_ok() {
            crate::uploads::discard(&house, &upload_id).await;
        }
        received
    })
    .await
}

/// Stages an arrived roll file and queues its import.
pub async fn take_roll(
    house: &House,
    arrived: Arrived,
    kind: ImportKind,
    options: ImportOptions,
    by: &Staff,
) -> Result<ImportId> {
    let source = Source {
        kind,
        options,
        is_attended: true,
        actor: by.email.clone(),
    };
    let record =
        |conn: &mut Conn, new: &NewImport, now_ms| Ok((roll::commands::create_import(conn, new, now_ms)?, true));
    let (import_id, _) = take_import(house, arrived, source, record).await?;
    Ok(import_id)
}

/// Stages a page of the roll that another system handed in, as a CSV file, and queues its import, which nobody attends; or finds the import
/// that the same request made before.
pub async fn take_page(
    house: &House,
    by: &Integrator,
    table: Vec<u8>,
    school_code: String,
    key: impl FnOnce(&str) -> Option<IdempotencyKey>,
) -> Result<(ImportId, bool)> {
    let arrived = receive(house, Box::pin(std::io::Cursor::new(table))).await?;
    let (key, by) = (key(&arrived.sha256), by.clone());
    let source = Source {
        kind: ImportKind::Roll,
        options: ImportOptions {
            encoding: Some("utf-8".to_owned()),
            mapping: Mapping {
                default_school_code: Some(school_code),
                ..Mapping::default()
            },
            ..ImportOptions::default()
        },
        is_attended: false,
        actor: by.actor.clone(),
    };
    let record = move |conn: &mut Conn, new: &NewImport, now_ms| hand_in_page(conn, &by, new, key.as_ref(), now_ms);
    take_import(house, arrived, source, record).await
}

/// What a roll file is and who brings it.
struct Source {
    kind: ImportKind,
    options: ImportOptions,
    is_attended: bool,
    actor: String,
}

/// Stages a file and lets `record` make its import, or find one that it is already; says whether it is new.
async fn take_import(
    house: &House,
    arrived: Arrived,
    source: Source,
    record: impl FnOnce(&mut Conn, &NewImport, TimestampMs) -> Result<(ImportId, bool)> + Send + 'static,
) -> Result<(ImportId, bool)> {
    let house = house.clone();
    whole(async move {
        let staged_object = stage(&house.store, arrived.file.path()).await?;
        let new = NewImport {
            kind: source.kind,
            staged_object: staged_object.clone(),
            source_sha256: arrived.sha256,
            options: source.options,
            is_dry_run: false,
            is_attended: source.is_attended,
            actor: source.actor,
        };
        let now_ms = house.clock.now_ms();
        let taken = house.db.write_tx(move |conn| record(conn, &new, now_ms)).await;
        discard_unless_named(&house, &staged_object, taken.as_ref().map(|(_, is_new)| *is_new)).await;
        taken
    })
    .await
}

/// Runs to its end even when nobody waits for it any more.
pub(crate) async fn whole<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    match tokio::spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(join) if join.is_panic() => std::panic::resume_unwind(join.into_panic()),
        Err(join) => Err(Error::internal(join)),
    }
}

/// Removes a staged object that no row came to name. Where the database went away in the middle of the commit nobody knows whether one
/// does: then the object stays, and so does one that cannot be removed now. `expire_data` finds those that were not needed.
async fn discard_unless_named(house: &House, staged_object: &str, is_named: std::result::Result<bool, &Error>) {
    let may_be_named = is_named.unwrap_or_else(Error::is_transient);
    let Some(id) = staged_object.parse::<ObjectId>().ok().filter(|_| !may_be_named) else {
        return;
    };
    if let Err(error) = house.store.delete(&ObjectKey::Staging { id }).await {
        tracing::warn!(
            error.code = error.code(),
            "a staged object that is not needed could not be removed"
        );
    }
}
