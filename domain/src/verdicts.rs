//! 校对 (proofreading): where a student's photo stands, who must act next, and what the student says about it.
//!
//! A verdict belongs to a version of the photo, or of the roll's data: another version has none yet, so nothing is ever voided by hand.

pub mod category;
pub mod commands;
pub mod model;
pub mod queries;
#[cfg(test)]
mod tests;
