//! `rollproof serve`.

use std::net::SocketAddr;
use std::time::Duration;

use domain::error::{Error, Result};
use domain::jobs::QUEUES;
use poem::listener::TcpListener;
use tokio::sync::watch;

use super::Outcome;
use super::work::{job_context, stop_asked};
use crate::app::{AppState, WebSettings, build_app};
use crate::house::House;

/// How long requests may go on after a stop was asked for.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(20);

/// Arguments of `serve`.
#[derive(clap::Args)]
pub struct Args {
    /// Address to listen on; unset: the setting `listen`.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Only serve pages; another process runs the jobs.
    #[arg(long)]
    no_worker: bool,
}

/// Runs the verb.
pub async fn run(house: &House, args: Args) -> Result<Outcome> {
    let listen = args.listen.unwrap_or(house.config.listen);
    serve_and_work(house, listen, !args.no_worker).await?;
    Ok(Outcome::Done)
}

/// Serves pages and runs jobs until the process is asked to stop; when either ends, so does the other.
pub async fn serve_and_work(house: &House, listen: SocketAddr, has_worker: bool) -> Result<()> {
    worker::verify_registry()?;
    let state = AppState::new(WebSettings::of(&house.config), house.clone()).map_err(Error::internal)?;
    let stop = stop_asked()?;
    let (end, ended) = watch::channel(false);
    let pages = async {
        let served = serve(state, listen, wait_for(ended.clone())).await;
        end.send_replace(true);
        served
    };
    let jobs = async {
        if !has_worker {
            return Ok(());
        }
        let worked = worker::run(job_context(house), QUEUES, wait_for(ended.clone())).await;
        end.send_replace(true);
        worked
    };
    let asked = async {
        let mut ended = ended.clone();
        tokio::select! {
            () = stop => { end.send_replace(true); }
            _ = ended.wait_for(|is_ended| *is_ended) => {}
        }
    };
    let (served, worked, ()) = tokio::join!(pages, jobs, asked);
    served.and(worked)
}

async fn serve(state: AppState, listen: SocketAddr, stop: impl Future<Output = ()>) -> Result<()> {
    let occupied = |error: std::io::Error| {
        Error::invalid(
            "listen",
            "--listen",
            format!(
                "{listen} cannot be listened on: {}; choose another address",
                error.kind()
            ),
        )
    };
    let acceptor = poem::listener::Listener::into_acceptor(TcpListener::bind(listen))
        .await
        .map_err(occupied)?;
    tracing::info!(%listen, "serving");
    poem::Server::new_with_acceptor(acceptor)
        .run_with_graceful_shutdown(build_app(state), stop, Some(SHUTDOWN_GRACE))
        .await
        .map_err(Error::internal)
}

async fn wait_for(mut ended: watch::Receiver<bool>) {
    // A sender that is gone means that everything has ended.
    if ended.wait_for(|is_ended| *is_ended).await.is_err() {
        tracing::trace!("the stop signal's sender is gone");
    }
}
