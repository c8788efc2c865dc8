//! The command line: parses, runs one verb, prints its result, answers with an exit code.
//!
//! 0 done · 1 internal failure · 2 unusable arguments or input · 3 done, but some rows or files failed. Results go to stdout,
//! everything else to stderr.

mod agency;
mod backup;
mod batch;
mod campaign;
mod demo;
mod doctor;
mod drain;
mod integrator;
mod jobs;
mod mail;
mod migrate;
mod output;
mod push;
mod recapture;
mod roll;
mod school;
mod serve;
mod staff;
mod storage;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use domain::config::Config;
use domain::error::Error;

use crate::house::House;
use crate::telemetry;
use output::Format;

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done.
    Done,
    /// Done, but some rows or files failed.
    SomeFailed,
}

/// The back-office for graduate portraits.
#[derive(Parser)]
#[command(name = "rollproof", version, about)]
struct Cli {
    /// Settings file; variables named ROLLPROOF_* win over it.
    #[arg(long, global = true, default_value = "rollproof.toml")]
    config: PathBuf,
    /// How results are printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How log lines are printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    log_format: Format,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make a fresh synthetic school, ingest its agency's batch, check the report, then serve.
    Demo(demo::Args),
    /// Bring the database's schema up to this program's.
    Migrate(migrate::Args),
    /// Serve pages and run jobs until told to stop.
    Serve(serve::Args),
    /// Staff accounts.
    #[command(subcommand)]
    Staff(staff::Verb),
    /// Schools of the house.
    #[command(subcommand)]
    School(school::Verb),
    /// Imaging agencies.
    #[command(subcommand)]
    Agency(agency::Verb),
    /// Other systems of the school.
    #[command(subcommand)]
    Integrator(integrator::Verb),
    /// Capture campaigns.
    #[command(subcommand)]
    Campaign(campaign::Verb),
    /// The student roll.
    #[command(subcommand)]
    Roll(roll::Verb),
    /// Deliveries of photos.
    #[command(subcommand)]
    Batch(batch::Verb),
    /// Send deliveries to a server, resuming where an earlier try stopped, and print the receipt; exit 3 when files were refused.
    Push(push::Args),
    /// Whom to shoot again.
    #[command(subcommand)]
    Recapture(recapture::Verb),
    /// Mails that come in.
    #[command(subcommand)]
    Mail(mail::Verb),
    /// The job queue.
    #[command(subcommand)]
    Jobs(jobs::Verb),
    /// The object store.
    #[command(subcommand)]
    Storage(storage::Verb),
    /// Copy database and objects into a folder while the house serves, or look through such a copy.
    Backup(backup::Args),
    /// Put a backup into an empty database and an empty store.
    Restore(backup::RestoreArgs),
    /// Run jobs until told to stop.
    Worker(work::Args),
    /// Look whether database, objects, keys and audit trail are sound; exit 3 when something is not.
    Doctor(doctor::Args),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let is_help = !error.use_stderr();
            if let Err(failure) = error.print() {
                tracing::error!(error = %failure, "the usage could not be printed");
            }
            return if is_help { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    let format = cli.format;
    match run(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::from(3),
        Err(error) => {
            output::print_error(format, &error);
            ExitCode::from(exit_code(&error))
        }
    }
}

fn exit_code(error: &Error) -> u8 {
    match error {
        Error::Unavailable { .. } | Error::Internal(_) | Error::LeaseLost { .. } => 1,
        _ => 2,
    }
}

fn run(cli: Cli) -> Result<Outcome, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::internal)?;
    let (format, is_json) = (cli.format, cli.log_format == Format::Json);
    // An agency's machine has no house: no settings, no database, no keys.
    if let Verb::Push(args) = cli.verb {
        let _telemetry = telemetry::start(is_json, None, runtime.handle())?;
        return runtime.block_on(push::run(args, format));
    }
    let config = Config::load(&cli.config);
    let traces = config.as_ref().ok().and_then(|config| config.traces.as_ref());
    let _telemetry = telemetry::start(is_json, traces, runtime.handle())?;
    let config = config?;
    config.name_ignored();
    if let Verb::Migrate(args) = &cli.verb {
        return migrate::run(&config, args, format);
    }
    if let Verb::Demo(args) = cli.verb {
        return runtime.block_on(demo::run(config, args, format));
    }
    match &cli.verb {
        Verb::Backup(args) if args.verify => return runtime.block_on(backup::verify(&config, args, format)),
        Verb::Restore(args) => return runtime.block_on(backup::restore(&config, args, format)),
        _ => {}
    }
    let house = House::open(config)?;
    runtime.block_on(async move {
        match cli.verb {
            Verb::Migrate(_) | Verb::Demo(_) | Verb::Push(_) | Verb::Restore(_) => Ok(Outcome::Done),
            Verb::Backup(args) => backup::make(&house, args, format).await,
            Verb::Serve(args) => serve::run(&house, args).await,
            Verb::Staff(verb) => staff::run(&house, verb, format).await,
            Verb::School(verb) => school::run(&house, verb, format).await,
            Verb::Agency(verb) => agency::run(&house, verb, format).await,
            Verb::Integrator(verb) => integrator::run(&house, verb, format).await,
            Verb::Campaign(verb) => campaign::run(&house, verb, format).await,
            Verb::Roll(verb) => roll::run(&house, verb, format).await,
            Verb::Batch(verb) => batch::run(&house, verb, format).await,
            Verb::Recapture(verb) => recapture::run(&house, verb, format).await,
            Verb::Mail(verb) => mail::run(&house, verb, format).await,
            Verb::Jobs(verb) => jobs::run(&house, verb, format).await,
            Verb::Storage(verb) => storage::run(&house, verb, format).await,
            Verb::Worker(args) => work::run(&house, args).await,
            Verb::Doctor(args) => doctor::run(&house, args, format).await,
        }
    })
}
