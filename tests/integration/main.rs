//! Rollproof from outside.

mod acceptance;
mod code_mode;
mod demo;
mod ingest;
mod migrations;
mod refusals;
mod review;
mod roll;
