//! Reading rolls: foreign tables become raw rows, raw rows become typed rows, typed rows become staged ones.
//!
//! What needs other rows or the roll itself is judged by set-based statements once every row is staged.

pub mod csv;
pub mod dbf;
pub mod encoding;
pub mod error;
pub mod head;
pub mod header;
pub mod row;
pub mod stage;
pub mod table;
pub mod workbook;
