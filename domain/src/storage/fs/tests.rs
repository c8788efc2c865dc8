use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::storage::{ContentHash, ObjectId};

fn open() -> (tempfile::TempDir, FolderStore) {
    let scratch = tempfile::tempdir().expect("makes a folder");
    let store = FolderStore::open(&scratch.path().join("data/objects")).expect("opens");
    (scratch, store)
}

fn staging() -> ObjectKey {
    ObjectKey::Staging { id: ObjectId::random() }
}

fn photo(text: &str) -> (ObjectKey, Bytes) {
    let bytes = Bytes::from(text.to_owned());
    (
        ObjectKey::Standard {
            sha256: ContentHash::of(&bytes),
        },
        bytes,
    )
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).expect("is there").permissions().mode() & 0o777
}

fn pending_count(store: &FolderStore) -> usize {
    fs::read_dir(store.pending_folder()).expect("is there").count()
}

#[tokio::test]
async fn files_are_0600_and_folders_0700() {
    let (scratch, store) = open();
    let (single, file, (chunked, bytes)) = (staging(), staging(), photo("photo"));
    let source = scratch.path().join("roll.csv");
    fs::write(&source, "x").expect("writes");
    fs::set_permissions(&source, fs::Permissions::from_mode(0o644)).expect("opens it to others");
    store.put(&single, bytes.clone()).await.expect("writes");
    store.put_file(&file, &source, 10).await.expect("stores");
    store.put_many(vec![(chunked.clone(), bytes)]).await.expect("writes");
    let copy = scratch.path().join("copy");
    store.get_to_file(&single, &copy, 10).await.expect("copies");

    let objects = [&single, &file, &chunked].map(|key| store.path_of(key));
    for path in objects.iter().chain([&copy]) {
        assert_eq!(mode_of(path), 0o600, "{}", path.display());
    }
    for folder in objects
        .iter()
        .flat_map(|path| path.ancestors().skip(1))
        .take_while(|path| *path != scratch.path())
    {
        assert_eq!(mode_of(folder), 0o700, "{}", folder.display());
    }
    assert_eq!(mode_of(&store.pending_folder()), 0o700);
}

#[tokio::test]
async fn a_chunk_that_fails_while_it_is_written_shows_none_of_its_objects() {
    let (_scratch, store) = open();
    fs::remove_dir(store.pending_folder()).expect("takes away the room to write");
    let objects: Vec<_> = (0..100).map(|number| photo(&number.to_string())).collect();
    assert!(store.put_many(objects.clone()).await.is_err());
    for (key, _) in &objects {
        assert_eq!(store.head(key).await.expect("looks"), None);
    }
}

#[tokio::test]
async fn failed_writes_leave_no_pending_files() {
    let (scratch, store) = open();
    // A folder where the object should go lets the last step fail.
    let key = staging();
    create_folders(&store.path_of(&key)).expect("stands in the way");
    let large = scratch.path().join("large");
    fs::write(&large, [0; 11]).expect("writes");
    assert!(store.put(&key, Bytes::from_static(b"x")).await.is_err());
    assert!(
        store
            .put_many(vec![photo("fine"), (key.clone(), Bytes::from_static(b"x"))])
            .await
            .is_err()
    );
    assert!(store.put_file(&key, &large, 20).await.is_err());
    assert!(store.put_file(&staging(), &large, 10).await.is_err());
    store.ready().await.expect("ready");
    assert_eq!(pending_count(&store), 0);
}

#[tokio::test]
async fn sweeps_pending_files_that_are_old_enough_and_no_others() {
    let (_scratch, store) = open();
    fs::write(store.pending_folder().join("left by a crash"), "x").expect("writes");
    assert_eq!(store.sweep_unfinished(1_000_000_000_000).await.expect("sweeps"), 0);
    assert_eq!(pending_count(&store), 1);
    assert_eq!(store.sweep_unfinished(TimestampMs::MAX).await.expect("sweeps"), 1);
    assert_eq!(pending_count(&store), 0);
}

#[tokio::test]
async fn a_present_photo_is_not_written_again_but_one_of_another_size_is_repaired() {
    let (_scratch, store) = open();
    let (key, bytes) = photo("a photo");
    store
        .put_many(vec![(key.clone(), bytes.clone())])
        .await
        .expect("writes");
    let first = fs::metadata(store.path_of(&key))
        .and_then(|metadata| metadata.modified())
        .expect("is there");
    store.put_many(vec![(key.clone(), bytes.clone())]).await.expect("skips");
    let second = fs::metadata(store.path_of(&key))
        .and_then(|metadata| metadata.modified())
        .expect("is there");
    assert_eq!(first, second);
    fs::write(store.path_of(&key), "cut").expect("damages it");
    store
        .put_many(vec![(key.clone(), bytes.clone())])
        .await
        .expect("repairs");
    assert_eq!(store.get(&key, 100).await.expect("reads"), bytes);
}

#[tokio::test]
async fn foreign_files_are_counted_and_left_alone() {
    let (_scratch, store) = open();
    let (key, bytes) = photo("a photo");
    store.put(&key, bytes).await.expect("writes");
    let stranger = store.root.join("photos/standard/notes.txt");
    fs::write(&stranger, "x").expect("writes");
    let page = store.list(ObjectKind::Standard, None).await.expect("lists");
    assert_eq!((page.objects.len(), page.foreign_count), (1, 1));
    assert!(stranger.exists());
}
