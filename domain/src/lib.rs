//! Rollproof's domain: rows, rules, the job catalogue, object keys and stores.
//!
//! Here belongs what the web server and the workers share. HTTP, templates, pixels and the command line may not enter.

pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod id;
pub mod jobs;
pub mod queue;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::{Error, Result};
