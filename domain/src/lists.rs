//! What lists have in common that are read page by page.

/// Which end of a list comes first whose rows are numbered as they arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ByAge {
    /// What arrived last comes first.
    #[default]
    NewestFirst,
    /// What arrived first comes first.
    OldestFirst,
}
