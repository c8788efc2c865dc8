//! Whether rows and objects of photos belong together, both ways: a picture that a row names and that is gone, and one that no row names.

use std::collections::HashSet;

use domain::clock::TimestampMs;
use domain::error::Result;
use domain::storage::{ListedObject, ObjectKey, ObjectKind, Store};
use domain::upkeep::queries::{has_unnamed_originals, list_named_pictures};
use serde::Serialize;

use crate::house::House;

/// Pictures are stored before the commit that names them: younger ones may belong to one that is under way.
const SETTLED_MS: i64 = 86_400_000;
/// Missing pictures that are named one by one.
const MOST_NAMED: usize = 20;

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct Pictures {
    /// Pictures that rows name.
    pub named: u64,
    /// Those that are not in the store.
    pub missing: u64,
    /// The first of them, by their addresses.
    pub examples: Vec<String>,
    /// Pictures in the store that no row names, a day old at least.
    pub orphaned: u64,
    /// Those that were removed.
    pub removed: u64,
}

/// Compares all kinds of pictures; with `is_repairing`, what no row names is removed.
pub async fn compare(house: &House, is_repairing: bool) -> Result<Pictures> {
    let mut found = Pictures::default();
    let has_unnamed_originals = house.db.read(has_unnamed_originals).await?;
    for kind in [ObjectKind::Original, ObjectKind::Standard, ObjectKind::Thumbnail] {
        // Some belong to rows that do not say which: none of them can be told from one that belongs to no row.
        if kind == ObjectKind::Original && has_unnamed_originals {
            continue;
        }
        let mut listing = Listing::new(&house.store, kind);
        for digit in "0123456789abcdef".chars() {
            let named = house
                .db
                .read(move |conn| list_named_pictures(conn, kind, digit))
                .await?;
            found.named += u64::try_from(named.len()).unwrap_or(u64::MAX);
            compare_part(house, &mut listing, named, digit, is_repairing, &mut found).await?;
        }
    }
    Ok(found)
}

async fn compare_part(
    house: &House,
    listing: &mut Listing<'_>,
    mut named: HashSet<String>,
    digit: char,
    is_repairing: bool,
    found: &mut Pictures,
) -> Result<()> {
    let settled_ms: TimestampMs = house.clock.now_ms() - SETTLED_MS;
    while let Some((hash, object)) = listing.next_within(digit).await? {
        if named.remove(&hash) || object.modified_at_ms > settled_ms {
            continue;
        }
        found.orphaned += 1;
        if is_repairing {
            house.store.delete(&object.key).await?;
            found.removed += 1;
        }
    }
    for hash in named {
        // While a house moves, part of its objects lie in the former store, which the listing does not have.
        let is_there = match house.store.former() {
            Some(_) => house.store.head(&listing.key_of(&hash)?).await?.is_some(),
            None => false,
        };
        if !is_there {
            found.missing += 1;
            if found.examples.len() < MOST_NAMED {
                found.examples.push(listing.key_of(&hash)?.path());
            }
        }
    }
    Ok(())
}

/// The pictures of a kind in the order of their hashes.
struct Listing<'a> {
    store: &'a Store,
    kind: ObjectKind,
    ready: std::vec::IntoIter<ListedObject>,
    waiting: Option<(String, ListedObject)>,
    continuation: Option<String>,
    is_over: bool,
}

impl<'a> Listing<'a> {
    fn new(store: &'a Store, kind: ObjectKind) -> Self {
        Self {
            store,
            kind,
            ready: Vec::new().into_iter(),
            waiting: None,
            continuation: None,
            is_over: false,
        }
    }

    /// The next picture whose hash begins with a digit.
    async fn next_within(&mut self, digit: char) -> Result<Option<(String, ListedObject)>> {
        if self.waiting.is_none() {
            self.waiting = self.next().await?;
        }
        Ok(self.waiting.take_if(|(hash, _)| hash.starts_with(digit)))
    }

    async fn next(&mut self) -> Result<Option<(String, ListedObject)>> {
        loop {
            if let Some(object) = self.ready.next() {
                match &object.key {
                    ObjectKey::Original { sha256 }
                    | ObjectKey::Standard { sha256 }
                    | ObjectKey::Thumbnail { sha256 } => {
                        return Ok(Some((sha256.to_string(), object)));
                    }
                    _ => continue,
                }
            }
            if self.is_over {
                return Ok(None);
            }
            let page = self.store.list(self.kind, self.continuation.as_deref()).await?;
            self.is_over = page.continuation.is_none();
            self.continuation = page.continuation;
            self.ready = page.objects.into_iter();
        }
    }

    fn key_of(&self, hash: &str) -> Result<ObjectKey> {
        let sha256 = hash.parse().map_err(domain::Error::internal)?;
        Ok(match self.kind {
            ObjectKind::Original => ObjectKey::Original { sha256 },
            ObjectKind::Thumbnail => ObjectKey::Thumbnail { sha256 },
            _ => ObjectKey::Standard { sha256 },
        })
    }
}
