//! Rollproof's web server, pages, API and command line.
//!
//! Rows and rules live in `domain`, pixels in `worker`: nothing here writes SQL or decodes a photo.

pub mod api;
pub mod app;
pub mod assets;
pub mod auth;
pub mod backup;
pub mod cli;
pub mod error;
pub mod evidence;
pub mod files;
pub mod house;
pub mod intake;
pub mod mail_intake;
pub mod metrics;
pub mod middleware;
mod objects;
pub mod pages;
pub mod push;
pub mod receipts;
pub mod rights;
mod routes;
pub mod server;
pub mod sheets;
pub mod staging;
pub mod telemetry;
pub mod templates;
pub mod uploads;

/// What the binary, and whatever is measured of it, takes memory from.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
