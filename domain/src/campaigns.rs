//! Capture campaigns: whom one expects, under which rules its photos are judged, how its agency names files.

pub mod commands;
pub mod limits;
pub mod model;
pub mod profile;
pub mod queries;
