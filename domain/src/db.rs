//! The databases. SQLite and PostgreSQL differ in this room and nowhere above it.

pub mod bulk;
pub mod conn;
pub mod dialect;
pub mod listener;
pub mod migrate;
pub mod pool;
pub mod prepared;
pub mod schema;
pub mod snapshot;
pub mod text_enum;

pub use conn::{Backend, Conn};
pub use pool::Db;
