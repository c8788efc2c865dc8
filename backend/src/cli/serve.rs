//! `rollproof serve`.

use std::net::SocketAddr;
use std::time::Duration;

use domain::error::{Error, Result};
use domain::jobs::QUEUES;
use domain::storage::staged::sweep_scratch;
use tokio::sync::watch;

use super::Outcome;
use super::work::{job_context, stop_asked};
use crate::app::{AppState, WebSettings, build_app};
use crate::house::House;
use crate::server::{self, Allowance};
use crate::{metrics, uploads};

/// How often the space of uploads that were given up is freed.
const SWEEP_EVERY: Duration = Duration::from_secs(900);

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
    let counted = state.clone();
    let allowance = Allowance {
        connections: house.config.limits.connections.min(server::open_files()? / 2),
        ..Allowance::default()
    };
    let (end, ended) = watch::channel(false);
    let pages = async {
        let served = serve(state, listen, allowance, wait_for(ended.clone())).await;
        end.send_replace(true);
        served
    };
    let metrics = async {
        let Some(listen) = house.config.metrics_listen else {
            return Ok(());
        };
        let listening = server::bind(listen).await;
        let told = match listening {
            Ok(listener) => {
                let told = metrics::endpoint(counted);
                server::serve(listener, told, Allowance::default(), wait_for(ended.clone())).await
            }
            Err(error) => Err(error),
        };
        end.send_replace(true);
        told
    };
    let jobs = async {
        if !has_worker {
            return Ok(());
        }
        let worked = worker::run(job_context(house), QUEUES, wait_for(ended.clone())).await;
        end.send_replace(true);
        worked
    };
    let sweeping = async {
        let mut ended = ended.clone();
        let is_over = ended.wait_for(|is_ended| *is_ended);
        tokio::select! { _ = is_over => {} () = sweep_uploads(house) => {} }
    };
    let asked = async {
        let mut ended = ended.clone();
        tokio::select! {
            () = stop => { end.send_replace(true); }
            _ = ended.wait_for(|is_ended| *is_ended) => {}
        }
    };
    let (served, told, worked, (), ()) = tokio::join!(pages, metrics, jobs, asked, sweeping);
    served.and(told).and(worked)
}

/// Uploads lie on the machine that receives them, so the server sweeps its own and leaves it to no worker.
async fn sweep_uploads(house: &House) {
    let mut turns = tokio::time::interval(SWEEP_EVERY);
    loop {
        turns.tick().await;
        if let Err(error) = uploads::sweep(house).await {
            tracing::warn!(error = %error.with_sources(), "uploads that were given up could not be swept");
        }
        if let Err(error) = sweep_scratch(&house.config.data_dir, house.clock.now_ms()).await {
            tracing::warn!(error = %error.with_sources(), "copies that a killed process left could not be removed");
        }
    }
}

async fn serve(
    state: AppState,
    listen: SocketAddr,
    allowance: Allowance,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let listener = server::bind(listen).await?;
    tracing::info!(%listen, "serving");
    server::serve(listener, build_app(state), allowance, stop).await
}

async fn wait_for(mut ended: watch::Receiver<bool>) {
    // A sender that is gone means that everything has ended.
    if ended.wait_for(|is_ended| *is_ended).await.is_err() {
        tracing::trace!("the stop signal's sender is gone");
    }
}
