//! Rollproof's web server, pages, API and command line.

pub mod cli;
pub mod house;
pub mod sheets;
