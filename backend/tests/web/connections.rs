//! Connections as the server takes them: over real sockets, by clients that behave badly.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use backend::server::{self, Allowance};
use poem::web::Data;
use poem::{EndpointExt as _, Route, get, handler};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

#[handler]
async fn hello() -> &'static str {
    "hello"
}

/// A request that is under way for as long as the test wants.
#[derive(Default)]
struct Gate {
    arrived: Notify,
    open: Notify,
}

#[handler]
async fn slow(gate: Data<&Arc<Gate>>) -> &'static str {
    gate.arrived.notify_one();
    gate.open.notified().await;
    "at last"
}

struct Running {
    address: SocketAddr,
    gate: Arc<Gate>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<domain::Result<()>>,
}

async fn start(allowance: Allowance) -> Running {
    let listener = server::bind(([127, 0, 0, 1], 0).into()).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let gate = Arc::new(Gate::default());
    let routes = Route::new().at("/", get(hello)).at("/slow", get(slow));
    let app = routes.data(Arc::clone(&gate)).map_to_response().boxed();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(server::serve(listener, app, allowance, async {
        stopped.await.expect("told to stop");
    }));
    Running {
        address,
        gate,
        stop,
        task,
    }
}

async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.address).await.expect("connected")
}

async fn ask(socket: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: here\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("sent");
}

/// Reads until the text has come; what came in all, where the connection ended before.
async fn read_until(socket: &mut TcpStream, text: &str) -> Result<String, String> {
    let mut came = String::new();
    let mut piece = [0_u8; 1024];
    while !came.contains(text) {
        match socket.read(&mut piece).await {
            Ok(0) | Err(_) => return Err(came),
            Ok(length) => came.push_str(&String::from_utf8_lossy(&piece[..length])),
        }
    }
    Ok(came)
}

#[tokio::test]
async fn a_client_that_never_finishes_its_headers_is_let_go() {
    let running = start(Allowance {
        headers_within: Duration::from_millis(200),
        ..Allowance::default()
    })
    .await;
    let mut patient = connect(&running).await;
    ask(&mut patient, "/slow").await;
    running.gate.arrived.notified().await;
    let mut socket = connect(&running).await;
    let half = b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: ";
    socket.write_all(half).await.expect("sent");
    let came = read_until(&mut socket, "hello").await.expect_err("no answer");
    assert!(came.is_empty() || came.starts_with("HTTP/1.1 408"), "{came}");
    // A handler that took longer than that meanwhile has nothing to do with it.
    running.gate.open.notify_one();
    read_until(&mut patient, "at last").await.expect("answered");
}

#[tokio::test]
async fn clients_over_the_limit_wait_until_one_has_gone() {
    let running = start(Allowance {
        connections: 1,
        ..Allowance::default()
    })
    .await;
    let mut first = connect(&running).await;
    ask(&mut first, "/slow").await;
    running.gate.arrived.notified().await;
    let mut second = connect(&running).await;
    ask(&mut second, "/").await;
    running.gate.open.notify_one();
    // The first has the only place until it goes, also between its requests.
    for _ in 0..3 {
        read_until(&mut first, "at last").await.expect("answered");
        ask(&mut first, "/slow").await;
        running.gate.open.notify_one();
        let mut nothing = [0_u8; 1];
        assert_eq!(
            second.try_read(&mut nothing).map_err(|error| error.kind()),
            Err(ErrorKind::WouldBlock)
        );
    }
    drop(first);
    read_until(&mut second, "hello").await.expect("answered in turn");
}

#[tokio::test]
async fn a_stop_lets_requests_end_and_idle_connections_go() {
    let running = start(Allowance::default()).await;
    let mut idle = connect(&running).await;
    ask(&mut idle, "/").await;
    read_until(&mut idle, "hello").await.expect("answered");
    let mut busy = connect(&running).await;
    ask(&mut busy, "/slow").await;
    running.gate.arrived.notified().await;
    running.stop.send(()).expect("running");
    read_until(&mut idle, "anything").await.expect_err("closed");
    running.gate.open.notify_one();
    read_until(&mut busy, "at last").await.expect("what was under way ends");
    running.task.await.expect("no panic").expect("an orderly end");
    TcpStream::connect(running.address).await.expect_err("nobody listens");
}

#[tokio::test]
async fn what_takes_too_long_after_a_stop_is_cut_off() {
    let running = start(Allowance {
        stop_within: Duration::from_millis(50),
        ..Allowance::default()
    })
    .await;
    let mut socket = connect(&running).await;
    ask(&mut socket, "/slow").await;
    running.gate.arrived.notified().await;
    running.stop.send(()).expect("running");
    read_until(&mut socket, "at last").await.expect_err("cut off");
    running.task.await.expect("no panic").expect("an orderly end");
}
