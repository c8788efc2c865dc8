//! Binds a database to the secret file that seals it: the database keeps the file's fingerprint and works with no other.

mod commands;
mod queries;

pub use commands::open_keys_blocking;
pub use queries::check_answers;
