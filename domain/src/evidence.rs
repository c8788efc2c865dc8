//! Evidence of tickets: scans that are sealed each with a key of its own, looked at by few, and deleted with proof.
//!
//! What a scan looks like, and which programs are asked about it, is the worker's; here is what is kept of it, how it is sealed, and until
//! when.

pub mod commands;
pub mod model;
pub mod queries;
pub mod sealing;
pub mod wording;

#[cfg(test)]
mod tests;
