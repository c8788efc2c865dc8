//! Other systems of the school: they keep the roll in step, ask how far students' photos are, and fetch the approved ones. Each has a
//! token with the rights it needs, perhaps for one school only.

pub mod commands;
pub mod model;
pub mod queries;

#[cfg(test)]
mod tests;
