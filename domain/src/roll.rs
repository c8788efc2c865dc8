//! The roll: records, identifiers, imports.

pub mod name;
