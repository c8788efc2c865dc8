//! Headings that a list is sorted by.

use domain::lists::ByAge;
use serde::Serialize;

/// A heading to sort by: where it leads, and which way the list runs now where it is sorted so.
#[derive(Serialize)]
pub struct Sort {
    name: &'static str,
    href: String,
    /// `ascending` or `descending`.
    direction: Option<&'static str>,
}

impl Sort {
    /// The heading `name` of a list sorted by `now`; `-name` runs the other way, and `address` gives the list sorted by a word.
    pub fn new(name: &'static str, now: &str, address: impl Fn(String) -> String) -> Self {
        let (up, down) = (name.to_owned(), format!("-{name}"));
        let direction = match now {
            _ if now == up => Some("ascending"),
            _ if now == down => Some("descending"),
            _ => None,
        };
        Self {
            name,
            href: address(if now == up { down } else { up }),
            direction,
        }
    }
}

/// The order that `age` or `-age` of an address means.
pub fn order_of(sort: Option<&str>) -> ByAge {
    match sort {
        Some("age") => ByAge::OldestFirst,
        _ => ByAge::NewestFirst,
    }
}
