//! The pages: one struct per template, which is the template's whole context, and the handlers that fill them.

pub mod batches;
pub mod downloads;
pub mod frame;
pub mod language;
pub mod moment;
pub mod overview;
pub mod recaptures;
pub mod roll;
pub mod screen;
pub mod session;
pub mod thumbnails;
pub mod upload;
