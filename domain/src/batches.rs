//! Agencies' deliveries: what was in them, whom each photo belongs to, and the report of every batch.

pub mod commands;
pub mod contest;
pub mod dialect;
pub mod header;
pub mod key;
pub mod manifest;
pub mod matching;
pub mod model;
pub mod queries;
pub mod report;
