//! Rollproof from outside.

mod acceptance;
mod backup;
mod code_mode;
mod demo;
mod doctor;
mod ingest;
mod mails;
mod migrations;
mod refusals;
mod review;
mod roll;
mod upgrade;
