//! Mails that come in: answers to tickets, and tickets that somebody begins by mail.
//!
//! Reading a mail is foreign input like a table file (`letter`); which ticket it belongs to is said by an address or an identifier that only
//! this house can have made (`address`). What is done with it then are the tickets' own commands.

pub mod address;
pub mod commands;
pub mod letter;
pub mod model;
pub mod queries;
mod reply;
#[cfg(test)]
mod tests;
