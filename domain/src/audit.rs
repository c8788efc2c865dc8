//! The trail of who did what, appended in the transaction it describes.

mod commands;
mod model;
pub mod queries;

pub use commands::{append, append_about, append_with, describe_change, seals};
pub use model::{Act, Actor, OPERATOR};
