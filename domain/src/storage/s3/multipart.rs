//! Large files in parts: each part is read, sent and retried by itself, so that memory stays bounded whatever the size.

use std::path::Path;

use ::s3::serde_types::Part;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::failure::from_s3;
use super::{S3Store, read_instant, safe_path};
use crate::clock::TimestampMs;
use crate::storage::error::StorageError;
use crate::storage::key::ObjectKey;

/// Size of a part in bytes; files up to it go in one piece. Servers refuse parts below 5 MiB.
pub(super) const MIN_PART_BYTES: u64 = 8 << 20;

/// The most parts S3 takes for one object.
const MAX_PARTS: u64 = 10_000;

/// Parts of one file on their way at the same time; all files together are bounded by a semaphore.
const CONCURRENT_PARTS: usize = 3;

const ACTION: &str = "store a file";

/// Sends a file of `size_bytes`; the object appears when all its parts are there, or not at all.
pub(super) async fn upload(store: &S3Store, key: &ObjectKey, path: &Path, size_bytes: u64) -> Result<(), StorageError> {
    let object = safe_path(key)?;
    // Repeating this call is harmless: an upload nobody finishes is swept.
    let upload_id = store
        .ask(|| async {
            let started = store
                .handles
                .small
                .initiate_multipart_upload(&object, key.content_type())
                .await;
            started
                .map(|started| started.upload_id)
                .map_err(|error| from_s3(ACTION, error))
        })
        .await?;
    let sent = send_and_complete(store, key, path, size_bytes, &object, &upload_id).await;
    if sent.is_err() {
        // The first failure is the one to report; parts that could not be removed now are swept later.
        drop(store.handles.small.abort_upload(&object, &upload_id).await);
    }
    sent
}

async fn send_and_complete(
    store: &S3Store,
    key: &ObjectKey,
    path: &Path,
    size_bytes: u64,
    object: &str,
    upload_id: &str,
) -> Result<(), StorageError> {
    let part_bytes = part_bytes_for(size_bytes);
    let parts: Vec<Part> = stream::iter((1_u32..).zip((0..size_bytes).step_by(step(part_bytes)?)))
        .map(|(number, offset)| async move {
            let length = part_bytes.min(size_bytes - offset);
            let permit = store.handles.part_permits.acquire().await;
            let permit = permit.map_err(|error| StorageError::internal(ACTION, error))?;
            let sent = store
                .ask(|| async {
                    // Read again for every try, so that no second copy of the part is kept for one.
                    let bytes = read_part(path, offset, length).await?;
                    let sent =
                        store
                            .handles
                            .whole
                            .put_multipart_chunk(bytes, object, number, upload_id, key.content_type());
                    sent.await.map_err(|error| from_s3(ACTION, error))
                })
                .await;
            drop(permit);
            sent
        })
        .buffered(CONCURRENT_PARTS)
        .try_collect()
        .await?;
    complete(store, key, size_bytes, object, upload_id, &parts).await
}

async fn complete(
    store: &S3Store,
    key: &ObjectKey,
    size_bytes: u64,
    object: &str,
    upload_id: &str,
    parts: &[Part],
) -> Result<(), StorageError> {
    let completed = store
        .ask(|| async {
            let completed = store
                .handles
                .whole
                .complete_multipart_upload(object, upload_id, parts.to_vec())
                .await;
            completed.map(drop).map_err(|error| from_s3(ACTION, error))
        })
        .await;
    match completed {
        // When the first answer was lost, the second try finds no upload any more, but the object.
        Err(error) => match store.head(key).await {
            Ok(Some(found)) if found.size_bytes == size_bytes => Ok(()),
            _ => Err(error),
        },
        Ok(()) => Ok(()),
    }
}

/// The part size that keeps the file below [`MAX_PARTS`], in whole MiB.
fn part_bytes_for(size_bytes: u64) -> u64 {
    size_bytes
        .div_ceil(MAX_PARTS)
        .next_multiple_of(1 << 20)
        .max(MIN_PART_BYTES)
}

fn step(part_bytes: u64) -> Result<usize, StorageError> {
    usize::try_from(part_bytes).map_err(|error| StorageError::internal(ACTION, error))
}

async fn read_part(path: &Path, offset: u64, length: u64) -> Result<Vec<u8>, StorageError> {
    let read = async {
        let mut file = tokio::fs::File::open(path).await?;
        file.seek(std::io::SeekFrom::Start(offset)).await?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes).await?;
        Ok(bytes)
    };
    let bytes = read.await.map_err(|error| StorageError::from_io(ACTION, error))?;
    if bytes.len() as u64 != length {
        return Err(StorageError::internal(
            ACTION,
            "the file became shorter while it was sent",
        ));
    }
    Ok(bytes)
}

/// Aborts multipart uploads of our objects that began before the given instant. A server that cannot list them answers 501
/// and has nothing to sweep; a bucket's lifecycle rule does the same work there.
pub(super) async fn sweep_multiparts(store: &S3Store, started_before_ms: TimestampMs) -> Result<u64, StorageError> {
    let action = "sweep unfinished uploads";
    let pages = match store.handles.small.list_multiparts_uploads(None, None).await {
        Err(::s3::error::S3Error::HttpFailWithBody(501, _)) => return Ok(0),
        pages => pages.map_err(|error| from_s3(action, error))?,
    };
    let mut aborted_count = 0;
    for upload in pages.into_iter().flat_map(|page| page.uploads) {
        // The bucket may hold other people's uploads.
        let Ok(key) = upload.key.parse::<ObjectKey>() else {
            continue;
        };
        if read_instant(&upload.initiated) < started_before_ms {
            let aborted = store.handles.small.abort_upload(&safe_path(&key)?, &upload.id).await;
            match aborted {
                Err(::s3::error::S3Error::HttpFailWithBody(404, _)) => {}
                aborted => {
                    aborted.map_err(|error| from_s3(action, error))?;
                    aborted_count += 1;
                }
            }
        }
    }
    Ok(aborted_count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_the_parts_of_a_file_too_large_for_ten_thousand_small_ones() {
        assert_eq!(part_bytes_for(9 << 20), MIN_PART_BYTES);
        assert_eq!(part_bytes_for(MAX_PARTS * MIN_PART_BYTES), MIN_PART_BYTES);
        let large = MAX_PARTS * MIN_PART_BYTES + 1;
        assert_eq!(part_bytes_for(large), 9 << 20);
        assert!(large.div_ceil(part_bytes_for(large)) <= MAX_PARTS);
    }
}
