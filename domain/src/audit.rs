//! The trail of who did what, appended in the transaction it describes.

mod commands;
mod model;
pub mod queries;
pub mod seals;

pub use commands::{append, append_about};
pub use model::{Act, OPERATOR};
