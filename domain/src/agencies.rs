//! Imaging agencies (图像采集机构): who delivers batches.

pub mod commands;
pub mod model;
pub mod queries;
#[cfg(test)]
mod tests;
