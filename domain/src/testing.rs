//! What tests of every package share: databases of their own. Only with the feature `testing`.

pub mod db;

pub use db::TestDb;
