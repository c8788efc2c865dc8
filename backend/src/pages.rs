//! The pages: one struct per template, which is the template's whole context, and the handlers that fill them.

pub mod account;
pub mod agency;
pub mod announced;
pub mod audit;
pub mod batches;
pub mod campaigns;
pub mod downloads;
pub mod entry_rows;
pub mod fields;
pub mod frame;
pub mod language;
pub mod moment;
pub mod overview;
pub mod pictures;
pub mod recaptures;
pub mod records;
pub mod review;
pub mod roll;
pub mod screen;
pub mod session;
pub mod sorting;
pub mod staff;
pub mod student;
pub mod upload;
pub mod verdicts;
pub mod views;
