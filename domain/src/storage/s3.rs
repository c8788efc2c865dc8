//! Objects on an S3-compatible server, through rust-s3 0.38, whose traps are all handled here:
//!
//! - keys are normalised like URLs, so `..` in one would reach another bucket: [`safe_path`] refuses such segments;
//! - its timeout covers a whole body, so there is one handle per purpose and downloads have an idle timeout instead;
//! - it never retries writes and counts retries for the whole process: [`Breaker`] does both, its own are switched off;
//! - a dropped multipart upload leaves its parts on the server: uploads run in a task of their own, abort on failure, and
//!   [`S3Store::sweep_unfinished`] aborts what a crash left;
//! - errors carry the server's whole answer: only its code goes on.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::s3::creds::Credentials;
use ::s3::request::ResponseDataStream;
use ::s3::{Bucket, Region};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use secrecy::ExposeSecret as _;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;

use super::address::S3Address;
use super::error::StorageError;
use super::key::{ObjectKey, ObjectKind};
use super::local_file::{create_private, remove_if_present};
use super::{LIST_PAGE_SIZE, ListedObject, ObjectHead, ObjectPage, READ_PART, StorageCredentials};
use crate::clock::TimestampMs;

mod breaker;
mod failure;
mod multipart;

use breaker::Breaker;
use failure::{from_s3, is_missing_object};

/// For calls whose bodies are small.
const SMALL_CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// For one body that is held in memory, at most a part or an object: 64 MiB pass at 220 kB/s.
const WHOLE_BODY_TIMEOUT: Duration = Duration::from_secs(300);

/// How long a download may stand still.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Calls of one chunk that run at the same time; they wait for the network, not for the processor.
const CHUNK_CONCURRENCY: usize = 16;

/// Parts of all multipart uploads together that are in memory at the same time, about 17 MB each.
const MAX_PARTS_IN_MEMORY: usize = 4;

const READ_OBJECT: &str = "read an object";
const COPY_OBJECT: &str = "copy an object to a file";

/// A bucket.
#[derive(Clone)]
pub(super) struct S3Store {
    handles: Arc<Handles>,
}

/// The same bucket three times, since a timeout belongs to a handle; they share their connections.
struct Handles {
    small: Box<Bucket>,
    whole: Box<Bucket>,
    download: Box<Bucket>,
    part_permits: Semaphore,
    breaker: Breaker,
}

// Written by hand: a bucket's own Debug shows its credentials.
impl std::fmt::Debug for S3Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Store")
            .field("bucket", &self.handles.small.name())
            .finish_non_exhaustive()
    }
}

impl S3Store {
    pub(super) fn open(address: &S3Address, credentials: Option<&StorageCredentials>) -> Result<Self, StorageError> {
        let action = "open its bucket";
        // Without keys the crate would go looking for them in profiles and on metadata servers.
        let credentials = credentials.ok_or(StorageError::InvalidUrl {
            reason: "an s3:// address needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        })?;
        let keys = Credentials::new(
            Some(&credentials.access_key_id),
            Some(credentials.secret_access_key.expose_secret()),
            None,
            credentials.session_token.as_ref().map(|token| token.expose_secret()),
            None,
        )
        .map_err(|error| StorageError::internal(action, error))?;
        let region = match &address.endpoint {
            Some(endpoint) => Region::Custom {
                region: address.region.clone(),
                endpoint: endpoint.clone(),
            },
            None => address
                .region
                .parse()
                .map_err(|error| StorageError::internal(action, error))?,
        };
        let mut bucket = Bucket::new(&address.bucket, region, keys).map_err(|error| from_s3(action, error))?;
        if address.path_style {
            bucket.set_path_style();
        }
        ::s3::set_retries(0);
        let with_timeout = |timeout| {
            let mut handle = bucket.clone();
            handle.set_request_timeout(timeout);
            handle
        };
        let handles = Handles {
            small: with_timeout(Some(SMALL_CALL_TIMEOUT)),
            whole: with_timeout(Some(WHOLE_BODY_TIMEOUT)),
            download: with_timeout(None),
            part_permits: Semaphore::new(MAX_PARTS_IN_MEMORY),
            breaker: Breaker::default(),
        };
        Ok(Self {
            handles: Arc::new(handles),
        })
    }

    /// Makes an idempotent call, by way of the [`Breaker`].
    async fn ask<T, F>(&self, call: impl Fn() -> F) -> Result<T, StorageError>
    where
        F: Future<Output = Result<T, StorageError>>,
    {
        self.handles.breaker.call(call).await
    }

    pub(super) async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), StorageError> {
        let (action, path) = ("write an object", safe_path(key)?);
        let checksum = key.content_hash().map(|sha256| BASE64.encode(sha256.as_bytes()));
        self.ask(|| async {
            let mut request = self
                .handles
                .whole
                .put_object_builder(&path, &bytes)
                .with_content_type(key.content_type())
                .with_cache_control(key.cache_control())
                .map_err(|error| from_s3(action, error))?;
            if let Some(checksum) = &checksum {
                // The server refuses bytes that are not those the key promises.
                request = request
                    .with_header("x-amz-checksum-sha256", checksum)
                    .map_err(|error| from_s3(action, error))?;
            }
            request
                .execute()
                .await
                .map(drop)
                .map_err(|error| from_s3(action, error))
        })
        .await
    }

    pub(super) async fn put_many(&self, objects: Vec<(ObjectKey, Bytes)>) -> Result<(), StorageError> {
        // An answered put is durable: the server's part of the promise.
        let mut puts = stream::iter(
            objects
                .into_iter()
                .map(|(key, bytes)| self.clone().put_missing(key, bytes)),
        )
        .buffer_unordered(CHUNK_CONCURRENCY);
        while let Some(put) = puts.next().await {
            put?;
        }
        Ok(())
    }

    /// Asks before it writes: a put to a bucket with versions would keep every copy of the same photo.
    async fn put_missing(self, key: ObjectKey, bytes: Bytes) -> Result<(), StorageError> {
        if key.content_hash().is_some() {
            let found = self.head(&key).await?;
            if found.is_some_and(|found| u64::try_from(bytes.len()) == Ok(found.size_bytes)) {
                return Ok(());
            }
        }
        self.put(&key, bytes).await
    }

    pub(super) async fn put_file(&self, key: &ObjectKey, path: &Path, limit_bytes: u64) -> Result<(), StorageError> {
        let action = "store a file";
        let metadata = tokio::fs::metadata(path)
            .await
            .map_err(|error| StorageError::from_io(action, error))?;
        let size_bytes = metadata.len();
        if size_bytes > limit_bytes {
            return Err(StorageError::TooLarge {
                key: key.clone(),
                limit_bytes,
            });
        }
        if size_bytes <= multipart::MIN_PART_BYTES {
            let bytes = tokio::fs::read(path)
                .await
                .map_err(|error| StorageError::from_io(action, error))?;
            return self.put(key, bytes.into()).await;
        }
        // In a task of its own, so that it is finished or aborted even when the caller goes away.
        let (store, key, path) = (self.clone(), key.clone(), path.to_owned());
        let upload = tokio::spawn(async move { multipart::upload(&store, &key, &path, size_bytes).await });
        upload.await.map_err(|panic| StorageError::internal(action, panic))?
    }

    pub(super) async fn get(&self, key: &ObjectKey, limit_bytes: u64) -> Result<Bytes, StorageError> {
        self.ask(|| async {
            let mut download = self.begin_download(key, limit_bytes).await?;
            let mut bytes = Vec::new();
            while let Some(chunk) = download.next_chunk().await? {
                bytes.extend_from_slice(&chunk);
            }
            Ok(Bytes::from(bytes))
        })
        .await
    }

    pub(super) async fn get_range(&self, key: &ObjectKey, range: Range<u64>) -> Result<Bytes, StorageError> {
        let path = safe_path(key)?;
        self.ask(|| async {
            let part = self
                .handles
                .whole
                .get_object_range(&path, range.start, Some(range.end - 1));
            match part.await {
                Ok(part) => Ok(part.bytes().clone()),
                Err(error) if is_missing_object(&error) => Err(StorageError::NotFound { key: key.clone() }),
                Err(error) => Err(from_s3(READ_PART, error)),
            }
        })
        .await
    }

    pub(super) async fn get_to_file(
        &self,
        key: &ObjectKey,
        target: &Path,
        limit_bytes: u64,
    ) -> Result<(), StorageError> {
        self.ask(|| async {
            let mut download = self.begin_download(key, limit_bytes).await?;
            let copied = download.copy_to(target).await;
            if copied.is_err() {
                remove_if_present(target).map_err(|error| StorageError::from_io(COPY_OBJECT, error))?;
            }
            copied
        })
        .await
    }

    async fn begin_download<'a>(&self, key: &'a ObjectKey, limit_bytes: u64) -> Result<Download<'a>, StorageError> {
        let path = safe_path(key)?;
        let started = tokio::time::timeout(IDLE_TIMEOUT, self.handles.download.get_object_stream(&path)).await;
        match started.map_err(|_| stood_still())? {
            Ok(body) => Ok(Download {
                key,
                body,
                limit_bytes,
                received_bytes: 0,
            }),
            Err(error) if is_missing_object(&error) => Err(StorageError::NotFound { key: key.clone() }),
            Err(error) => Err(from_s3(READ_OBJECT, error)),
        }
    }

    pub(super) async fn head(&self, key: &ObjectKey) -> Result<Option<ObjectHead>, StorageError> {
        let (action, path) = ("look at an object", safe_path(key)?);
        self.ask(|| async {
            match self.handles.small.head_object(&path).await {
                Ok((found, _)) => {
                    let size_bytes = found.content_length.and_then(|length| u64::try_from(length).ok());
                    let size_bytes = size_bytes.ok_or_else(|| StorageError::internal(action, "no length was told"))?;
                    Ok(Some(ObjectHead { size_bytes }))
                }
                Err(error) if is_missing_object(&error) => Ok(None),
                Err(error) => Err(from_s3(action, error)),
            }
        })
        .await
    }

    pub(super) async fn delete(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let (action, path) = ("remove an object", safe_path(key)?);
        self.ask(|| async {
            match self.handles.small.delete_object(&path).await {
                Err(error) if !is_missing_object(&error) => Err(from_s3(action, error)),
                _ => Ok(()),
            }
        })
        .await
    }

    pub(super) async fn list(&self, kind: ObjectKind, continuation: Option<&str>) -> Result<ObjectPage, StorageError> {
        let answer = self.ask(|| async {
            let (prefix, token) = (kind.prefix().to_owned(), continuation.map(str::to_owned));
            let listing = self
                .handles
                .small
                .list_page(prefix, None, token, None, Some(LIST_PAGE_SIZE))
                .await;
            listing.map_err(|error| from_s3("list objects", error))
        });
        let (listing, _) = answer.await?;
        let mut page = ObjectPage {
            continuation: listing.next_continuation_token,
            ..ObjectPage::default()
        };
        for found in listing.contents {
            match found.key.parse() {
                Ok(key) => page.objects.push(ListedObject {
                    key,
                    size_bytes: found.size,
                    modified_at_ms: read_instant(&found.last_modified),
                }),
                Err(_) => page.foreign_count += 1,
            }
        }
        Ok(page)
    }

    pub(super) async fn sweep_unfinished(&self, started_before_ms: TimestampMs) -> Result<u64, StorageError> {
        multipart::sweep_multiparts(self, started_before_ms).await
    }

    pub(super) async fn ready(&self) -> Result<(), StorageError> {
        // Not `Bucket::exists`, which lists all buckets of the account and needs the right to.
        let listing = self.handles.small.list_page(String::new(), None, None, None, Some(1));
        listing.await.map(drop).map_err(|error| from_s3("list objects", error))
    }
}

/// An object on its way down.
struct Download<'a> {
    key: &'a ObjectKey,
    body: ResponseDataStream,
    limit_bytes: u64,
    received_bytes: u64,
}

impl Download<'_> {
    /// The next bytes; none at the end. An error when they pass the limit or stop arriving.
    async fn next_chunk(&mut self) -> Result<Option<Bytes>, StorageError> {
        let arrived = tokio::time::timeout(IDLE_TIMEOUT, self.body.bytes().next())
            .await
            .map_err(|_| stood_still())?;
        let chunk = arrived.transpose().map_err(|error| from_s3(READ_OBJECT, error))?;
        let size_bytes = chunk.as_ref().map_or(0, Bytes::len);
        self.received_bytes = self.received_bytes.saturating_add(size_bytes as u64);
        if self.received_bytes > self.limit_bytes {
            return Err(StorageError::TooLarge {
                key: self.key.clone(),
                limit_bytes: self.limit_bytes,
            });
        }
        Ok(chunk)
    }

    async fn copy_to(&mut self, target: &Path) -> Result<(), StorageError> {
        let in_file = |error| StorageError::from_io(COPY_OBJECT, error);
        let mut file = tokio::fs::File::from_std(create_private(target).map_err(in_file)?);
        while let Some(chunk) = self.next_chunk().await? {
            file.write_all(&chunk).await.map_err(in_file)?;
        }
        file.flush().await.map_err(in_file)
    }
}

fn stood_still() -> StorageError {
    StorageError::unavailable(READ_OBJECT, "the download stood still")
}

/// The object's path, once it is certain that URL normalisation will leave it alone. Keys cannot be built otherwise; this
/// stands beside the calls that rely on it.
fn safe_path(key: &ObjectKey) -> Result<String, StorageError> {
    let path = key.path();
    if path.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return Err(StorageError::internal(
            "name an object",
            "a key's path must have no empty, . or .. segment",
        ));
    }
    Ok(path)
}

/// An instant that cannot be read counts as the newest, so that no sweep takes the object.
fn read_instant(text: &str) -> TimestampMs {
    chrono::DateTime::parse_from_rfc3339(text).map_or(TimestampMs::MAX, |instant| instant.timestamp_millis())
}

#[cfg(test)]
mod tests;
