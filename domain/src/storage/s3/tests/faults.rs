//! The way to the server breaks: bodies end half-way, connections are refused. Real sockets, the real client.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::*;

/// A line to the server on which the first connections break: each passes so many bytes of answers, then it is cut.
struct BadLine {
    endpoint: String,
    /// How many more connections break.
    breaking: AtomicUsize,
    /// How many bytes of its answers a breaking connection passes.
    passing: AtomicU64,
    broken: AtomicUsize,
    cut: Notify,
}

impl BadLine {
    async fn open(server: SocketAddr) -> Arc<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("binds");
        let line = Arc::new(Self {
            endpoint: format!("http://{}", listener.local_addr().expect("has an address")),
            breaking: AtomicUsize::new(0),
            passing: AtomicU64::new(0),
            broken: AtomicUsize::new(0),
            cut: Notify::new(),
        });
        let accepting = Arc::clone(&line);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let line = Arc::clone(&accepting);
                tokio::spawn(async move { line.carry(client, server).await });
            }
        });
        line
    }

    /// So many new connections break, after so many bytes of answers; those that are kept open end now.
    fn break_next(&self, connections: usize, passing: u64) {
        self.passing.store(passing, Ordering::SeqCst);
        self.breaking.store(connections, Ordering::SeqCst);
        self.cut.notify_waiters();
    }

    async fn carry(&self, client: TcpStream, server: SocketAddr) {
        let breaks = |left: usize| left.checked_sub(1);
        let is_breaking = self
            .breaking
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, breaks)
            .is_ok();
        let upstream = TcpStream::connect(server).await.expect("the server is there");
        let (mut from_client, mut to_client) = client.into_split();
        let (from_server, mut to_server) = upstream.into_split();
        let asking = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
        let most = if is_breaking {
            self.passing.load(Ordering::SeqCst)
        } else {
            u64::MAX
        };
        let mut answers = from_server.take(most);
        // Whichever end goes away ends the connection.
        tokio::select! {
            copied = tokio::io::copy(&mut answers, &mut to_client) => drop(copied),
            () = self.cut.notified() => {}
        }
        if is_breaking {
            self.broken.fetch_add(1, Ordering::SeqCst);
        }
        asking.abort();
    }
}

async fn start_behind_bad_line(scratch: &TempDir) -> (Arc<BadLine>, S3Store, ObjectKey, Bytes) {
    let (server, store) = start(scratch, Vec::new()).await;
    let key = staging();
    let bytes = Bytes::from((0..200_000_u32).map(|number| number as u8).collect::<Vec<u8>>());
    store.put(&key, bytes.clone()).await.expect("stored");
    let line = BadLine::open(server.address).await;
    let store = open(line.endpoint.clone());
    (line, store, key, bytes)
}

#[tokio::test]
async fn a_body_that_ends_half_way_is_fetched_again_and_whole() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (line, store, key, bytes) = start_behind_bad_line(&scratch).await;
    line.break_next(2, 50_000);
    assert_eq!(store.get(&key, u64::MAX).await.expect("in the end"), bytes);
    line.break_next(1, 50_000);
    let part = store.get_range(&key, 10_000..190_000).await.expect("in the end");
    assert_eq!(part, bytes.slice(10_000..190_000));
    line.break_next(1, 50_000);
    let copy = scratch.path().join("copy");
    store.get_to_file(&key, &copy, u64::MAX).await.expect("in the end");
    assert_eq!(std::fs::read(&copy).expect("the copy"), bytes);
    assert!(line.broken.load(Ordering::SeqCst) >= 3, "each was cut");
}

#[tokio::test]
async fn an_answer_that_never_comes_is_asked_for_again() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (line, store, key, bytes) = start_behind_bad_line(&scratch).await;
    line.break_next(1, 0);
    store.put(&staging(), bytes.clone()).await.expect("in the end");
    line.break_next(1, 0);
    assert!(store.head(&key).await.expect("in the end").is_some());
    line.break_next(1, 0);
    store.delete(&key).await.expect("in the end");
    assert!(store.head(&key).await.expect("answered").is_none());
}

#[tokio::test]
async fn a_store_that_is_away_says_so_and_nothing_else() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (line, store, key, _) = start_behind_bad_line(&scratch).await;
    line.break_next(usize::MAX, 0);
    let error = store.get(&key, u64::MAX).await.expect_err("away");
    assert_eq!(error.code(), "storage-unavailable");
    line.break_next(0, 0);
    assert!(store.ready().await.is_ok(), "the readiness probe asks every time");
}
