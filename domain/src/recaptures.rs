//! Re-captures (补采): whom an agency must shoot again, and why.

pub mod commands;
pub mod model;
pub mod queries;
