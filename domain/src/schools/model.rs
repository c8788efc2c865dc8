//! What names a school.

use crate::error::{Error, Result};

/// The code that the ministry gives a school: five digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchoolCode(String);

impl SchoolCode {
    /// Reads a code; five ASCII digits.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::invalid(
            "school-code",
            "school",
            "a school's code (院校代码) has five digits",
        ))
    }

    /// The five digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
