//! The schools of the house. Every row of the roll belongs to one.

pub mod commands;
pub mod model;
pub mod queries;
#[cfg(test)]
mod tests;
