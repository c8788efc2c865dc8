//! Staff accounts: who may sign in, what each role may do, passwords, one-time codes and sessions.
//!
//! Cookies and forms belong to the web server; here is only what the database knows of them, which is their SHA-256.

pub mod commands;
pub mod lockout;
pub mod model;
pub mod password;
pub mod queries;
pub mod tokens;
pub mod totp;

#[cfg(test)]
mod tests;
