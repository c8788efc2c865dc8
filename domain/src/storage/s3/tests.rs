mod faults;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::Body;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;

use super::*;
use crate::storage::{ContentHash, ObjectId};

/// An S3 server that can be told to fail, and remembers what it was asked.
struct Server {
    service: S3Service,
    /// Answers given instead of the real ones to requests that match method and part of the query.
    scripted: Mutex<Vec<(Method, &'static str, u16, &'static str)>>,
    requests: Mutex<Vec<String>>,
    address: SocketAddr,
}

impl Server {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, s3s::HttpError> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        self.requests
            .lock()
            .expect("no panic")
            .push(format!("{} {}", request.method(), request.uri()));
        let scripted = {
            let mut scripted = self.scripted.lock().expect("no panic");
            let at = scripted
                .iter()
                .position(|(method, part, ..)| request.method() == method && query.contains(part));
            at.map(|at| scripted.remove(at))
        };
        let Some((_, _, status, body)) = scripted else {
            return self.service.call(request.map(Body::from)).await;
        };
        let mut response = Response::new(Body::from(body.to_owned()));
        *response.status_mut() = status.try_into().expect("a status");
        Ok(response)
    }

    fn count(&self, method: &str, part: &str) -> usize {
        let requests = self.requests.lock().expect("no panic");
        requests
            .iter()
            .filter(|request| request.starts_with(method) && request.contains(part))
            .count()
    }
}

async fn start(scratch: &TempDir, scripted: Vec<(Method, &'static str, u16, &'static str)>) -> (Arc<Server>, S3Store) {
    std::fs::create_dir(scratch.path().join("photos-1")).expect("makes the bucket");
    let mut builder = S3ServiceBuilder::new(FileSystem::new(scratch.path()).expect("opens the server's folder"));
    builder.set_auth(SimpleAuth::from_single("key", "secret"));
    let (service, scripted) = (builder.build(), Mutex::new(scripted));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("binds");
    let address = listener.local_addr().expect("has an address");
    let server = Arc::new(Server {
        service,
        scripted,
        requests: Mutex::default(),
        address,
    });
    let accepting = Arc::clone(&server);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let server = Arc::clone(&accepting);
            tokio::spawn(async move {
                let answer = service_fn(move |request| {
                    let server = Arc::clone(&server);
                    async move { server.answer(request).await }
                });
                drop(
                    Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(socket), answer)
                        .await,
                );
            });
        }
    });
    (server, open(format!("http://{address}")))
}

fn open(endpoint: String) -> S3Store {
    let address = S3Address {
        bucket: "photos-1".into(),
        endpoint: Some(endpoint),
        region: "x".into(),
        path_style: true,
    };
    let credentials = StorageCredentials {
        access_key_id: "key".into(),
        secret_access_key: "secret".into(),
        session_token: None,
    };
    S3Store::open(&address, Some(&credentials)).expect("opens")
}

fn staging() -> ObjectKey {
    ObjectKey::Staging { id: ObjectId::random() }
}

fn large_file(scratch: &TempDir) -> std::path::PathBuf {
    let path = scratch.path().join("large");
    std::fs::write(&path, vec![7; 17 << 20]).expect("writes");
    path
}

#[tokio::test]
async fn a_put_answered_503_is_tried_again() {
    let scratch = tempfile::tempdir().expect("makes a folder");
    let (server, store) = start(
        &scratch,
        vec![(Method::PUT, "", 503, "<Error><Code>SlowDown</Code></Error>")],
    )
    .await;
    let key = staging();
    store
        .put(&key, Bytes::from_static(b"x"))
        .await
        .expect("writes at the second try");
    assert_eq!(store.get(&key, 10).await.expect("reads"), "x");
    assert_eq!(server.count("PUT", "staging/"), 2);
}

#[tokio::test]
async fn only_the_failed_part_of_a_large_file_is_sent_again() {
    let scratch = tempfile::tempdir().expect("makes a folder");
    let (server, store) = start(&scratch, vec![(Method::PUT, "partNumber=2", 500, "")]).await;
    let key = staging();
    store
        .put_file(&key, &large_file(&scratch), 1 << 30)
        .await
        .expect("stores the file");
    assert_eq!(
        (server.count("PUT", "partNumber=1"), server.count("PUT", "partNumber=2")),
        (1, 2)
    );
    assert_eq!(
        store.head(&key).await.expect("looks"),
        Some(ObjectHead { size_bytes: 17 << 20 })
    );
}

#[tokio::test]
async fn a_large_file_that_cannot_be_sent_is_aborted_and_never_seen() {
    let scratch = tempfile::tempdir().expect("makes a folder");
    let denied = (
        Method::PUT,
        "partNumber=3",
        403,
        "<Error><Code>AccessDenied</Code></Error>",
    );
    let (server, store) = start(&scratch, vec![denied]).await;
    let key = staging();
    let error = store
        .put_file(&key, &large_file(&scratch), 1 << 30)
        .await
        .expect_err("refused");
    assert_eq!(error.code(), "storage-denied");
    assert_eq!(server.count("DELETE", "uploadId="), 1);
    assert_eq!(store.head(&key).await.expect("looks"), None);
}

#[tokio::test]
async fn a_completion_whose_answer_was_an_error_counts_when_the_object_is_there() {
    let scratch = tempfile::tempdir().expect("makes a folder");
    let error_document = "<Error><Code>InternalError</Code></Error>";
    let (server, store) = start(&scratch, vec![(Method::POST, "uploadId=", 200, error_document)]).await;
    let key = staging();
    store
        .put_file(&key, &large_file(&scratch), 1 << 30)
        .await
        .expect("completes at the second try");
    assert_eq!(server.count("POST", "uploadId="), 2);
    assert_eq!(
        store.head(&key).await.expect("looks"),
        Some(ObjectHead { size_bytes: 17 << 20 })
    );
}

#[tokio::test]
async fn sweeps_our_old_multipart_uploads_and_nobody_elses() {
    const LISTING: &str = "<ListMultipartUploadsResult><Bucket>photos-1</Bucket><IsTruncated>false</IsTruncated>\
        <Upload><Initiated>2026-05-01T00:00:00.000Z</Initiated><StorageClass>STANDARD</StorageClass>\
        <Key>staging/old</Key><UploadId>11</UploadId></Upload>\
        <Upload><Initiated>2026-05-03T00:00:00.000Z</Initiated><StorageClass>STANDARD</StorageClass>\
        <Key>staging/new</Key><UploadId>22</UploadId></Upload>\
        <Upload><Initiated>2026-05-01T00:00:00.000Z</Initiated><StorageClass>STANDARD</StorageClass>\
        <Key>backups/other.tar</Key><UploadId>33</UploadId></Upload></ListMultipartUploadsResult>";
    let scratch = tempfile::tempdir().expect("makes a folder");
    let scripted = vec![
        (Method::GET, "uploads", 200, LISTING),
        (Method::DELETE, "uploadId=11", 204, ""),
    ];
    let (server, store) = start(&scratch, scripted).await;
    // 2026-05-02T00:00:00Z
    assert_eq!(store.sweep_unfinished(1_777_680_000_000).await.expect("sweeps"), 1);
    assert_eq!(
        (server.count("DELETE", "uploadId=11"), server.count("DELETE", "")),
        (1, 1)
    );
}

#[tokio::test]
async fn a_missing_bucket_makes_no_object_look_deleted() {
    let scratch = tempfile::tempdir().expect("makes a folder");
    let no_bucket = "<Error><Code>NoSuchBucket</Code></Error>";
    let scripted = (0..4).map(|_| (Method::GET, "", 404, no_bucket)).collect();
    let (_server, store) = start(&scratch, scripted).await;
    assert_eq!(
        store.get(&staging(), 10).await.expect_err("no bucket").code(),
        "storage-unavailable"
    );
}

#[tokio::test]
async fn present_photos_of_a_chunk_are_not_sent_again() {
    let scratch = tempfile::tempdir().expect("makes a folder");
    let (server, store) = start(&scratch, Vec::new()).await;
    let bytes = Bytes::from_static(b"a photo");
    let key = ObjectKey::Original {
        sha256: ContentHash::of(&bytes),
    };
    for _ in 0..2 {
        store
            .put_many(vec![(key.clone(), bytes.clone())])
            .await
            .expect("writes the chunk");
    }
    assert_eq!(
        (server.count("HEAD", "photos/"), server.count("PUT", "photos/")),
        (2, 1)
    );
}
