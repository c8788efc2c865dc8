//! Students' accounts (domain.md 6.1): registration step by step, signing in, and the ways back in. An account is tied to no row of the roll;
//! the person's rows are found by number and name.

pub mod captcha;
pub mod commands;
pub mod identity;
pub mod model;
pub mod password;
pub mod queries;
#[cfg(test)]
mod tests;
