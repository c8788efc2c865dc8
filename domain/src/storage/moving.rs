//! Moving a house from one store to another while it serves: what is missing is read from the former store, and copied from there object
//! by object. A run that ends early is simply run again.

use std::path::Path;

use tokio::task::JoinSet;

use super::{ObjectKey, ObjectKind, StorageError, Store};

/// Objects under way at a time.
const AT_ONCE: usize = 8;

/// What a run found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Moved {
    /// Objects of the former store that were looked at.
    pub seen: u64,
    /// Those that were copied.
    pub copied: u64,
    /// Bytes of those.
    pub copied_bytes: u64,
    /// Those that are in the new store as well, and were removed from the former one.
    pub removed: u64,
}

/// Copies what `to` itself does not have, by way of files in `scratch`; with `is_removing`, what both have is then removed from `from`. An object
/// counts as there when its size is the same: content-addressed ones have their hash looked at by whoever reads them.
pub async fn copy_missing(
    from: &Store,
    to: &Store,
    scratch: &Path,
    is_removing: bool,
    mut progress: impl FnMut(&Moved),
) -> Result<Moved, StorageError> {
    let mut moved = Moved::default();
    for kind in ObjectKind::ALL {
        let mut continuation: Option<String> = None;
        loop {
            let page = from.list(kind, continuation.as_deref()).await?;
            let mut waiting = page.objects.into_iter();
            let mut running = JoinSet::new();
            loop {
                while running.len() < AT_ONCE
                    && let Some(object) = waiting.next()
                {
                    let (from, to) = (from.clone(), to.clone());
                    let file = scratch.join(object.key.path().replace('/', "-"));
                    running.spawn(async move { move_one(&from, &to, &object.key, &file, is_removing).await });
                }
                let Some(one) = running.join_next().await else { break };
                let (copied_bytes, is_removed) = one.map_err(|error| StorageError::Internal {
                    action: "copy an object",
                    source: error.into(),
                })??;
                moved.seen += 1;
                moved.copied += u64::from(copied_bytes.is_some());
                moved.copied_bytes += copied_bytes.unwrap_or(0);
                moved.removed += u64::from(is_removed);
                progress(&moved);
            }
            continuation = page.continuation;
            if continuation.is_none() {
                break;
            }
        }
    }
    Ok(moved)
}

/// The bytes that were copied, where the object was missing; and whether it was removed from where it came.
async fn move_one(
    from: &Store,
    to: &Store,
    key: &ObjectKey,
    file: &Path,
    is_removing: bool,
) -> Result<(Option<u64>, bool), StorageError> {
    // It may have expired since it was listed.
    let Some(head) = from.head(key).await? else {
        return Ok((None, false));
    };
    let is_there = to
        .head(key)
        .await?
        .is_some_and(|there| there.size_bytes == head.size_bytes);
    if !is_there {
        let copied = async {
            from.get_to_file(key, file).await?;
            to.put_file(key, file).await
        };
        let copied = copied.await;
        let removed = tokio::fs::remove_file(file).await;
        match copied {
            Err(StorageError::NotFound { .. }) => return Ok((None, false)),
            other => other?,
        }
        removed.map_err(|error| StorageError::Unavailable {
            action: "remove a scratch file",
            source: error.into(),
        })?;
    }
    // Whoever removes an object removes it from the former store first: what is gone there was removed while it was copied.
    if !is_there && from.head(key).await?.is_none() {
        to.delete(key).await?;
        return Ok((None, false));
    }
    if is_removing {
        from.delete(key).await?;
    }
    Ok(((!is_there).then_some(head.size_bytes), is_removing))
}
