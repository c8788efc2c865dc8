//! What is deleted because its time has passed.

pub mod commands;
pub mod queries;
pub mod strays;
