//! Rollproof's workers: how each job of `domain::jobs` runs. No HTTP server and no command line.

pub mod archive;
pub mod context;
pub mod error;
pub mod evidence;
mod handlers;
pub mod imaging;
pub mod mail;
mod registry;
mod runtime;
pub mod synthetic;

pub use context::JobContext;
pub use registry::verify as verify_registry;
pub use runtime::{run, run_until_empty};
