//! What tests of every package share: databases of their own, and rows for them. Only with the feature `testing`.

pub mod db;
pub mod rows;

pub use db::TestDb;
