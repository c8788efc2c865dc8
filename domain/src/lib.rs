//! Rollproof's domain: rows, rules, the job catalogue, object keys and stores.
//!
//! Here belongs what the web server and the workers share. HTTP, templates, pixels and the command line may not enter.

pub mod accounts;
pub mod agencies;
pub mod audit;
pub mod batches;
pub mod campaigns;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod error;
pub mod evidence;
pub mod id;
pub mod integrators;
pub mod jobs;
pub mod keys;
pub mod lists;
pub mod mail_intake;
pub mod notices;
pub mod photos;
pub mod queue;
pub mod recaptures;
pub mod roll;
pub mod schools;
pub mod storage;
pub mod students;
#[cfg(feature = "testing")]
pub mod testing;
pub mod texts;
pub mod tickets;
pub mod trace;
pub mod upkeep;
pub mod uploads;
pub mod verdicts;
pub mod webhooks;
pub mod worktime;

pub use error::{Error, Result};
