//! Working time: the calendar on which promises are counted, and the clock that counts.
//!
//! `holidays`, `calendar`, `clock` and `preview` are pure: no database, no present instant. The State Council's days ship with the program; a
//! school lays its own days, years and hours over them.

pub mod calendar;
pub mod clock;
pub mod commands;
pub mod holidays;
pub mod import;
pub mod model;
pub mod preview;
pub mod queries;
#[cfg(test)]
mod tests;
