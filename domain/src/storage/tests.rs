use std::net::Ipv4Addr;
use std::path::Path;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;

use super::contract::{self, LIMITS, Subject};
use super::*;

fn open(url: &str, credentials: Option<&StorageCredentials>, scratch: &Path) -> Subject {
    let store = Store::open(url, credentials, LIMITS).expect("opens the store");
    Subject {
        store,
        scratch: scratch.to_owned(),
    }
}

async fn memory(scratch: &TempDir) -> Subject {
    open("memory:", None, scratch.path())
}

async fn folder(scratch: &TempDir) -> Subject {
    let root = scratch.path().join("objects");
    open(&format!("file:{}", root.display()), None, scratch.path())
}

fn credentials(secret: &str) -> StorageCredentials {
    StorageCredentials {
        access_key_id: "rollproof".into(),
        secret_access_key: SecretString::from(secret),
        session_token: None,
    }
}

/// Starts an S3 server in this process, on loopback; it ends with the test's runtime.
async fn serve_s3(scratch: &TempDir) -> String {
    let root = scratch.path().join("s3");
    std::fs::create_dir_all(root.join("photos-1")).expect("makes the bucket");
    let mut builder = S3ServiceBuilder::new(FileSystem::new(root).expect("opens the server's folder"));
    builder.set_auth(SimpleAuth::from_single("rollproof", "a secret for tests"));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("binds");
    let address = listener.local_addr().expect("has an address");
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let server = Builder::new(TokioExecutor::new());
                drop(server.serve_connection(TokioIo::new(socket), service).await);
            });
        }
    });
    format!("s3://photos-1?endpoint=http://{address}&region=us-east-1")
}

async fn s3_server(scratch: &TempDir) -> Subject {
    let url = serve_s3(scratch).await;
    open(&url, Some(&credentials("a secret for tests")), scratch.path())
}

macro_rules! every_backend_keeps {
    ($($promise:ident),+ $(,)?) => {
        every_backend_keeps!(@backend memory: $($promise),+);
        every_backend_keeps!(@backend folder: $($promise),+);
        every_backend_keeps!(@backend s3_server: $($promise),+);
    };
    (@backend $backend:ident: $($promise:ident),+) => {
        mod $backend {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    let scratch = tempfile::tempdir().expect("makes a folder");
                    let subject = super::$backend(&scratch).await;
                    // Spawned, since every call of a store must be able to move between threads.
                    tokio::spawn(async move { super::contract::$promise(&subject).await }).await.expect("keeps it");
                }
            )+
        }
    };
}

every_backend_keeps!(
    reads_back_what_was_written,
    a_second_put_replaces_the_first,
    a_missing_object_is_not_found,
    deletes_twice_and_what_was_never_there,
    lists_every_object_of_a_kind_once,
    streams_a_large_file,
    refuses_what_passes_a_limit,
    an_abandoned_put_is_seen_whole_or_not_at_all,
    a_failed_put_leaves_nothing,
    a_chunk_is_there_when_put_many_returns,
    concurrent_puts_of_one_key_do_not_mix,
    is_ready,
);

#[tokio::test]
async fn a_wrong_secret_is_denied_and_never_printed() {
    let scratch = tempfile::tempdir().expect("makes a folder");
    let url = serve_s3(&scratch).await;
    let Subject { store, .. } = open(&url, Some(&credentials("another secret")), scratch.path());
    let error = store.ready().await.expect_err("the server refuses");
    assert_eq!(error.code(), "storage-denied");
    for text in [
        format!("{store:?}"),
        format!("{error:?} {error}"),
        format!("{:?}", credentials("another secret")),
    ] {
        assert!(!text.contains("another secret"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_unavailable() {
    // Nothing listens on the discard port of loopback.
    let url = "s3://photos-1?endpoint=http://127.0.0.1:9&region=x";
    let store = Store::open(url, Some(&credentials("x")), LIMITS).expect("opening contacts nobody");
    assert_eq!(
        store.ready().await.expect_err("nobody answers").code(),
        "storage-unavailable"
    );
}

#[tokio::test]
async fn a_server_refuses_bytes_that_are_not_those_of_the_key() {
    let scratch = tempfile::tempdir().expect("makes a folder");
    let Subject { store, .. } = s3_server(&scratch).await;
    let key = ObjectKey::Standard {
        sha256: ContentHash::of(b"these bytes"),
    };
    assert!(store.put(&key, Bytes::from_static(b"other bytes")).await.is_err());
    store
        .put(&key, Bytes::from_static(b"these bytes"))
        .await
        .expect("accepts the right ones");
}

#[test]
fn an_s3_address_without_keys_says_which_variables_are_missing() {
    let error = Store::open("s3://photos-1", None, LIMITS).expect_err("no keys");
    assert_eq!(error.code(), "storage-url-invalid");
    assert!(error.to_string().contains("AWS_ACCESS_KEY_ID"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_house_moves_to_another_store_and_back_while_it_reads_and_writes() {
    let scratch = tempfile::tempdir().expect("makes a folder");
    let (folder, server) = (folder(&scratch).await.store, s3_server(&scratch).await.store);
    let photo = |n: u8| {
        (
            ObjectKey::Original {
                sha256: ContentHash::of(&[n]),
            },
            Bytes::from(vec![n]),
        )
    };
    folder
        .put_many((0..40).map(photo).collect())
        .await
        .expect("forty photos");
    let moving = server.clone().moving_from(folder.clone());
    let (late, bytes) = photo(99);
    moving.put(&late, bytes).await.expect("written while it moves");
    assert_eq!(moving.get(&photo(7).0).await.expect("read from before"), photo(7).1);
    moving.delete(&photo(3).0).await.expect("removed while it moves");
    let files = tempfile::tempdir().expect("makes a folder");
    let moved = |moved: &moving::Moved| (moved.seen, moved.copied, moved.removed);
    let run = moving::copy_missing(&folder, &server, files.path(), false, |_| {}).await;
    assert_eq!(moved(&run.expect("copied")), (39, 39, 0));
    let again = moving::copy_missing(&folder, &server, files.path(), true, |_| {}).await;
    assert_eq!(moved(&again.expect("emptied")), (39, 0, 39));
    assert!(
        server.get(&photo(3).0).await.is_err(),
        "what was removed does not come back"
    );
    assert!(
        folder
            .list(ObjectKind::Original, None)
            .await
            .expect("a list")
            .objects
            .is_empty()
    );
    let back = moving::copy_missing(&server, &folder, files.path(), false, |_| {}).await;
    assert_eq!(moved(&back.expect("copied back")), (40, 40, 0));
    assert_eq!(folder.get(&photo(99).0).await.expect("there"), photo(99).1);
}
