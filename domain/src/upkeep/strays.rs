//! Staged files of no batch and no import: their process was killed between storing and recording them.

use crate::clock::TimestampMs;
use crate::db::Db;
use crate::error::Result;
use crate::storage::staged::staging_key;
use crate::storage::{ListedObject, ObjectKey, ObjectKind, Store};
use crate::upkeep::queries::list_known_staged;

/// Younger ones may be on their way to a row.
const SETTLED_MS: i64 = 86_400_000;

/// Counts staged files that no row names and that are a day old; removes them where that is wanted.
pub async fn sweep_staged(db: &Db, store: &Store, now_ms: TimestampMs, is_removing: bool) -> Result<u64> {
    let mut strays = 0;
    let mut continuation = None;
    loop {
        let page = store.list(ObjectKind::Staging, continuation.as_deref()).await?;
        let settled = page
            .objects
            .iter()
            .filter(|object| object.modified_at_ms < now_ms - SETTLED_MS);
        let names: Vec<String> = settled.filter_map(name_of).collect();
        let asked = names.clone();
        let known = db.read(move |conn| list_known_staged(conn, &asked)).await?;
        for name in names.iter().filter(|name| !known.contains(*name)) {
            strays += 1;
            if is_removing {
                store.delete(&staging_key(name)?).await?;
            }
        }
        continuation = page.continuation;
        if continuation.is_none() {
            return Ok(strays);
        }
    }
}

fn name_of(object: &ListedObject) -> Option<String> {
    match &object.key {
        ObjectKey::Staging { id } => Some(id.to_string()),
        _ => None,
    }
}
