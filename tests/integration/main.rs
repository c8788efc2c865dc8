//! Rollproof from outside.

mod acceptance;
mod demo;
mod ingest;
mod migrations;
mod refusals;
mod roll;
