//! The data of `rollproof demo`: an invented school, its roll, and an agency's batch with planted faults.
//!
//! Everything follows from a seed, byte for byte on every machine. Nobody in it exists: names are drawn from lists,
//! document numbers use region codes that real cards hardly ever carry, portraits are painted in code.

mod batch;
mod dice;
mod portrait;
mod school;

pub use batch::{AgencyBatch, BatchError, CleanEntry, ManifestOnly, Plant, Truth};
pub use school::{COLUMNS, DirtyRow, Handling, RollRow, RollTruth, SCHOOL_CODE, SCHOOL_NAME, School, Sex};
