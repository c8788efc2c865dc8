//! Corrections (更正工单): what is asked for, where it stands, who acts next, and until when it is promised.
//!
//! The states and the steps between them are one table (`machine`); what each kind wants is data (`kinds`); the promise is counted in
//! working time from the ticket's own events (`promise`).

pub mod commands;
pub mod kinds;
pub mod machine;
pub mod model;
pub mod promise;
pub mod queries;

#[cfg(test)]
mod tests;
