//! What students are told: by mail, by text message, and in the list on their own page. A notice and its deliveries are rows; a job carries
//! each delivery out, and the key of a notice keeps a thing from being told twice. The words are in `domain/locales`, put in at delivery.

pub mod commands;
pub mod model;
pub mod queries;
#[cfg(test)]
mod tests;
pub mod wording;
