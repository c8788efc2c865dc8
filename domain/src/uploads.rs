//! Deliveries on their way in: whose they are, how long they are kept, and what became of them. Their bytes are files of the process that
//! receives them; a finished one becomes a batch.

pub mod commands;
pub mod model;
pub mod queries;
#[cfg(test)]
mod tests;
