//! The roll (学籍): records, the identifiers in them, and imports.

pub mod codes;
pub mod commands;
pub mod identity;
pub mod import;
pub mod initials;
pub mod model;
pub mod name;
pub mod queries;
