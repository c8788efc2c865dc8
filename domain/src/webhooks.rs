//! Webhooks: an agency's own server is told that a batch is finished or that students must be photographed again. Told at least once,
//! signed, and every attempt is on record for the agency to read. What is told holds numbers and codes and nobody's name.

pub mod address;
pub mod commands;
pub mod model;
pub mod queries;

#[cfg(test)]
mod tests;
