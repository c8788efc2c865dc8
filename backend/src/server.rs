//! Takes connections in and serves them: HTTP/1.1 behind a proxy, with the three things that poem's own server has no setting for. A client
//! that never finishes its headers is let go, connections are counted, and where none can be taken in (the process has no file descriptors
//! left) the server waits and says so, rather than trying again as fast as it can.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::config::Limits;
use domain::error::{Error, Result};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use poem::endpoint::BoxEndpoint;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint as _};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// The pause after a connection could not be taken in.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// What the server allows its clients.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Connections that are open at the same time; further ones wait until one ends.
    pub connections: usize,
    /// How long a client may take until its next request's headers are whole, from the answer before; so long an idle connection is kept.
    pub headers_within: Duration,
    /// How long requests may go on after a stop was asked for.
    pub stop_within: Duration,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            connections: Limits::default().connections,
            // Longer than proxies keep an idle connection, 60 s: the one that ends it must be the one that reuses it.
            headers_within: Duration::from_secs(75),
            stop_within: Duration::from_secs(20),
        }
    }
}

/// Lets the process open as many files as its user may; gives how many these are. A shell's usual thousand is for programs that know no more.
pub fn open_files() -> Result<usize> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let all = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, all).map_err(Error::internal)?;
    Ok(maximum.and_then(|most| most.try_into().ok()).unwrap_or(usize::MAX))
}

/// Opens the port.
pub async fn bind(listen: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(listen).await.map_err(|error| {
        Error::invalid(
            "listen",
            "--listen",
            format!(
                "{listen} cannot be listened on: {}; choose another address",
                error.kind()
            ),
        )
    })
}

/// Serves until `stop` resolves, then lets what is under way end.
pub async fn serve(
    listener: TcpListener,
    app: BoxEndpoint<'static>,
    allowance: Allowance,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let app = Arc::new(app);
    let here = listener.local_addr().map_err(Error::internal)?;
    let places = Arc::new(Semaphore::new(allowance.connections.min(Semaphore::MAX_PERMITS)));
    let (open, cut) = (GracefulShutdown::new(), CancellationToken::new());
    let mut stop = std::pin::pin!(stop);
    loop {
        let (socket, from, place) = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accept(&listener, &places) => accepted?,
        };
        let connection = Connection {
            app: Arc::clone(&app),
            here,
            from,
            headers_within: allowance.headers_within,
            _place: place,
        };
        let (serving, cut) = (connection.serve(socket, open.watcher()), cut.clone());
        tokio::spawn(async move {
            tokio::select! { () = serving => {} () = cut.cancelled() => {} }
        });
    }
    drop(listener);
    if tokio::time::timeout(allowance.stop_within, open.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests that took too long were cut off at the end");
    }
    cut.cancel();
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(Error::internal)?;
    loop {
        match listener.accept().await {
            Ok((socket, from)) => return Ok((socket, from, place)),
            // The client's own doing.
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken in; trying again");
                tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
            }
        }
    }
}

/// One client.
struct Connection {
    app: Arc<BoxEndpoint<'static>>,
    here: SocketAddr,
    from: SocketAddr,
    headers_within: Duration,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(self, socket: TcpStream, stop: Watcher) {
        // An answer's last piece must not wait for the client's acknowledgement.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::trace!(%error, "a connection's packets may be held back");
        }
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.headers_within)
            .serve_connection(
                TokioIo::new(socket),
                service_fn(|request| async {
                    let answer = self.app.get_response(self.of_poem(request)).await;
                    Ok::<hyper::Response<_>, Infallible>(answer.into())
                }),
            );
        if let Err(error) = stop.watch(serving).await {
            tracing::trace!(%error, "a connection broke off");
        }
    }

    fn of_poem(&self, request: Request<Incoming>) -> poem::Request {
        let (here, from) = (Addr::SocketAddr(self.here), Addr::SocketAddr(self.from));
        (request, LocalAddr(here), RemoteAddr(from), Scheme::HTTP).into()
    }
}
