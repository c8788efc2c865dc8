//! What every backend promises, as one suite of checks run alike against memory, a folder and an S3 server.
//!
//! Each function is one promise and panics when it is broken. They are given a store of their own with [`LIMITS`].

use std::path::{Path, PathBuf};
use std::pin::pin;

use bytes::Bytes;

use super::{ContentHash, ObjectHead, ObjectId, ObjectKey, ObjectKind, StorageLimits, Store};

/// The limits a store under test is opened with: small enough to be passed cheaply.
pub const LIMITS: StorageLimits = StorageLimits {
    max_in_memory_bytes: 1 << 20,
    max_file_bytes: 24 << 20,
};

const LARGE_FILE_BYTES: usize = 20 << 20;

/// A store under test and a folder for local files.
#[derive(Debug)]
pub struct Subject {
    /// The store.
    pub store: Store,
    /// Where local files may be made.
    pub scratch: PathBuf,
}

fn staging() -> ObjectKey {
    ObjectKey::Staging { id: ObjectId::random() }
}

fn thumbnail(bytes: &[u8]) -> ObjectKey {
    ObjectKey::Thumbnail {
        sha256: ContentHash::of(bytes),
    }
}

/// Bytes that differ from part to part, so that parts in the wrong order show.
fn large_bytes(seed: u64) -> Vec<u8> {
    let words = (0..(LARGE_FILE_BYTES / 8) as u64).map(|index| index.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ seed);
    words.flat_map(u64::to_le_bytes).collect()
}

fn write_file(scratch: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = scratch.join(name);
    std::fs::write(&path, bytes).expect("the scratch folder can be written");
    path
}

async fn code_of<T: std::fmt::Debug>(call: impl Future<Output = Result<T, super::StorageError>>) -> &'static str {
    call.await.expect_err("the call must be refused").code()
}

async fn size_of(store: &Store, key: &ObjectKey) -> Option<u64> {
    store
        .head(key)
        .await
        .expect("looks at an object")
        .map(|ObjectHead { size_bytes }| size_bytes)
}

/// Objects of every kind, the empty one too, come back as they were written.
pub async fn reads_back_what_was_written(Subject { store, scratch }: &Subject) {
    let bytes = Bytes::from_static(b"\xFF\xD8 some bytes \0");
    let (sha256, id) = (ContentHash::of(&bytes), ObjectId::random());
    let keys = [
        ObjectKey::Staging { id: id.clone() },
        ObjectKey::Original { sha256 },
        ObjectKey::Standard { sha256 },
        ObjectKey::Thumbnail { sha256 },
        ObjectKey::Export { id: id.clone() },
        ObjectKey::Evidence { id },
    ];
    for key in &keys {
        store.put(key, bytes.clone()).await.expect("writes");
    }
    for key in &keys {
        assert_eq!(store.get(key).await.expect("reads"), bytes, "{key}");
        assert_eq!(size_of(store, key).await, Some(bytes.len() as u64));
        let copy = scratch.join("copy");
        assert_eq!(
            store.get_range(key, 2..6).await.expect("reads a part"),
            bytes.slice(2..6)
        );
        assert_eq!(store.get_range(key, 3..3).await.expect("reads nothing"), Bytes::new());
        assert!(
            store.get_range(key, 2..bytes.len() as u64 + 1).await.is_err(),
            "it ends before"
        );
        store.get_to_file(key, &copy).await.expect("copies");
        assert_eq!(std::fs::read(&copy).expect("the copy is there"), bytes);
    }
    let empty = staging();
    store.put(&empty, Bytes::new()).await.expect("writes nothing");
    assert_eq!(store.get(&empty).await.expect("reads nothing"), Bytes::new());
    assert_eq!(size_of(store, &empty).await, Some(0));
}

/// A named object is replaced by the next one of its name, shorter or longer.
pub async fn a_second_put_replaces_the_first(Subject { store, .. }: &Subject) {
    let key = staging();
    for text in ["first", "x", "a longer one"] {
        store
            .put(&key, Bytes::from_static(text.as_bytes()))
            .await
            .expect("writes");
        assert_eq!(store.get(&key).await.expect("reads"), text);
        // As many bytes again, but others: only content-addressed objects may be skipped for their size.
        let other: Bytes = text.to_uppercase().into();
        store
            .put_many(vec![(key.clone(), other.clone())])
            .await
            .expect("writes");
        assert_eq!(store.get(&key).await.expect("reads"), other);
    }
}

/// A missing object is told as such by every call, and no file is left for it.
pub async fn a_missing_object_is_not_found(Subject { store, scratch }: &Subject) {
    for key in [staging(), thumbnail(b"never written")] {
        let copy = scratch.join("missing");
        assert_eq!(code_of(store.get(&key)).await, "object-not-found");
        assert_eq!(code_of(store.get_to_file(&key, &copy)).await, "object-not-found");
        assert_eq!(code_of(store.get_range(&key, 0..1)).await, "object-not-found");
        assert!(!copy.exists());
        assert_eq!(size_of(store, &key).await, None);
    }
}

/// Deleting is done when the object is gone, however it went.
pub async fn deletes_twice_and_what_was_never_there(Subject { store, .. }: &Subject) {
    let (named, photo) = (staging(), thumbnail(b"photo"));
    for key in [&named, &photo] {
        store.put(key, Bytes::from_static(b"photo")).await.expect("writes");
        store.delete(key).await.expect("deletes");
        assert_eq!(code_of(store.get(key)).await, "object-not-found");
        store.delete(key).await.expect("deletes again");
    }
    store.delete(&staging()).await.expect("deletes nothing");
}

/// Listing gives every object of the kind once, in order, in pages of at most a thousand, and no other kind.
pub async fn lists_every_object_of_a_kind_once(Subject { store, .. }: &Subject) {
    let objects: Vec<_> = (0..1203_u32)
        .map(|number| Bytes::from(number.to_be_bytes().to_vec()))
        .map(|bytes| (thumbnail(&bytes), bytes))
        .collect();
    let mut expected: Vec<_> = objects.iter().map(|(key, _)| key.clone()).collect();
    expected.sort();
    store.put_many(objects).await.expect("writes the chunk");
    store
        .put(&staging(), Bytes::from_static(b"other kind"))
        .await
        .expect("writes");

    let (mut listed, mut page_count, mut continuation) = (Vec::new(), 0, None);
    loop {
        let page = store
            .list(ObjectKind::Thumbnail, continuation.as_deref())
            .await
            .expect("lists");
        assert!(page.objects.len() <= 1000);
        assert!(
            page.objects
                .iter()
                .all(|object| object.size_bytes == 4 && object.modified_at_ms > 1_600_000_000_000)
        );
        listed.extend(page.objects.into_iter().map(|object| object.key));
        page_count += 1;
        continuation = page.continuation;
        if continuation.is_none() {
            break;
        }
    }
    assert_eq!(listed, expected);
    assert!(page_count >= 2);
    assert_eq!(
        store
            .list(ObjectKind::Staging, None)
            .await
            .expect("lists")
            .objects
            .len(),
        1
    );
    assert_eq!(
        store.list(ObjectKind::Evidence, None).await.expect("lists nothing"),
        super::ObjectPage::default()
    );
}

/// A file of several parts arrives in order and whole, and its source stays where it was.
pub async fn streams_a_large_file(Subject { store, scratch }: &Subject) {
    let (key, bytes) = (staging(), large_bytes(1));
    let (source, copy) = (write_file(scratch, "large", &bytes), scratch.join("copy"));
    store.put_file(&key, &source).await.expect("stores the file");
    assert_eq!(size_of(store, &key).await, Some(bytes.len() as u64));
    store.get_to_file(&key, &copy).await.expect("copies the object");
    assert!(
        std::fs::read(&copy).expect("the copy is there") == bytes,
        "the copy differs"
    );
    assert!(source.exists());
    if let Some(local) = store.open_local(&key) {
        assert!(
            std::fs::read(local).expect("the object lies there") == bytes,
            "the object differs"
        );
    }
}

/// Nothing beyond a limit is written or read.
pub async fn refuses_what_passes_a_limit(Subject { store, scratch }: &Subject) {
    let limit = usize::try_from(LIMITS.max_in_memory_bytes).expect("a small limit");
    let (fitting, too_large) = (Bytes::from(vec![7; limit]), Bytes::from(vec![7; limit + 1]));
    let (key, neighbour) = (staging(), staging());
    store.put(&key, fitting.clone()).await.expect("writes at the limit");
    assert_eq!(store.get(&key).await.expect("reads at the limit"), fitting);

    let refused = staging();
    assert_eq!(
        code_of(store.put(&refused, too_large.clone())).await,
        "object-too-large"
    );
    let chunk = vec![(neighbour.clone(), fitting), (refused.clone(), too_large.clone())];
    assert_eq!(code_of(store.put_many(chunk)).await, "object-too-large");
    assert_eq!(
        (size_of(store, &refused).await, size_of(store, &neighbour).await),
        (None, None)
    );

    store
        .put_file(&key, &write_file(scratch, "one too many", &too_large))
        .await
        .expect("stores a file");
    assert_eq!(code_of(store.get(&key)).await, "object-too-large");
    store
        .get_to_file(&key, &scratch.join("copy"))
        .await
        .expect("files have a limit of their own");

    let file_limit = usize::try_from(LIMITS.max_file_bytes).expect("a small limit");
    let huge = write_file(scratch, "huge", &vec![0; file_limit + 1]);
    assert_eq!(code_of(store.put_file(&refused, &huge)).await, "object-too-large");
    assert_eq!(size_of(store, &refused).await, None);
}

/// A put whose caller goes away at any moment leaves the whole object or none, and the next put is not disturbed.
pub async fn an_abandoned_put_is_seen_whole_or_not_at_all(Subject { store, scratch }: &Subject) {
    let bytes = large_bytes(2);
    let source = write_file(scratch, "source", &bytes);
    let mut keys = Vec::new();
    for turns in [0, 1, 2, 3, 5, 10, 30, 100] {
        let key = staging();
        {
            let put = pin!(store.put_file(&key, &source));
            let given_up = pin!(async {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
            });
            tokio::select! { biased; () = given_up => {}, done = put => done.expect("stores the file") }
        }
        assert!(
            matches!(size_of(store, &key).await, None | Some(20_971_520)),
            "half an object is visible"
        );
        keys.push(key);
    }
    for key in keys {
        store.put_file(&key, &source).await.expect("stores the file after all");
        assert_eq!(size_of(store, &key).await, Some(bytes.len() as u64));
    }
}

/// A put that fails leaves nothing.
pub async fn a_failed_put_leaves_nothing(Subject { store, scratch }: &Subject) {
    let key = staging();
    assert_eq!(
        code_of(store.put_file(&key, &scratch.join("no such file"))).await,
        "storage-internal"
    );
    assert_eq!(size_of(store, &key).await, None);
}

/// Every object of a chunk is there when the call returns; present ones and repeated ones do no harm.
pub async fn a_chunk_is_there_when_put_many_returns(Subject { store, .. }: &Subject) {
    store.put_many(Vec::new()).await.expect("writes no objects");
    let mut objects: Vec<_> = (0..300_u32)
        .map(|number| Bytes::from(format!("photo {number}")))
        .map(|bytes| (thumbnail(&bytes), bytes))
        .collect();
    objects.extend(objects.first().cloned());
    for _ in 0..2 {
        store.put_many(objects.clone()).await.expect("writes the chunk");
        for (key, bytes) in &objects {
            assert_eq!(&store.get(key).await.expect("reads"), bytes);
        }
    }
}

/// When many write one name at once, readers see one of the writes whole, never a mixture.
pub async fn concurrent_puts_of_one_key_do_not_mix(Subject { store, .. }: &Subject) {
    let key = staging();
    let variants: Vec<Bytes> = (1..=12_u8)
        .map(|writer| vec![writer; 1000 * usize::from(writer)].into())
        .collect();
    let is_one_of_them = |bytes: &Bytes| variants.contains(bytes);
    store
        .put(&key, variants.first().expect("twelve variants").clone())
        .await
        .expect("writes");
    let mut tasks = tokio::task::JoinSet::new();
    for variant in variants.iter().cloned() {
        let (writing_store, written_key) = (store.clone(), key.clone());
        tasks.spawn(async move { writing_store.put(&written_key, variant).await });
        assert!(is_one_of_them(&store.get(&key).await.expect("reads")));
    }
    while let Some(put) = tasks.join_next().await {
        put.expect("no writer panics").expect("writes");
        assert!(is_one_of_them(&store.get(&key).await.expect("reads")));
    }
}

/// An open store says that it is ready.
pub async fn is_ready(Subject { store, .. }: &Subject) {
    store.ready().await.expect("ready");
    assert_eq!(store.sweep_unfinished(0).await.expect("sweeps"), 0);
}
