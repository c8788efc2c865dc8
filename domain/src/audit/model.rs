//! What an entry of the trail says.

use crate::accounts::model::{Operator, Staff};

/// Who acts where no person does: the command line on the server itself.
pub const OPERATOR: &str = "operator";

/// Who acts, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a> {
    /// A staff member's e-mail address, or a process.
    pub name: &'a str,
    /// The network address that asked, where one did.
    pub address: Option<&'a str>,
}

impl<'a> From<&'a str> for Actor<'a> {
    fn from(name: &'a str) -> Self {
        Self { name, address: None }
    }
}

impl<'a> From<&'a String> for Actor<'a> {
    fn from(name: &'a String) -> Self {
        name.as_str().into()
    }
}

impl<'a> From<&'a Staff> for Actor<'a> {
    fn from(staff: &'a Staff) -> Self {
        Self {
            name: &staff.email,
            address: staff.address.as_deref(),
        }
    }
}

impl<'a> From<&'a Operator> for Actor<'a> {
    fn from(operator: &'a Operator) -> Self {
        Self {
            name: &operator.email,
            address: operator.address.as_deref(),
        }
    }
}

/// Something that was done.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    pub(super) actor: Actor<'a>,
    pub(super) action: &'a str,
    pub(super) subject_kind: &'a str,
    pub(super) subject_id: Option<i64>,
    pub(super) is_success: bool,
    pub(super) detail_sealed: Option<&'a [u8]>,
}

impl<'a> Act<'a> {
    /// An act of the operator on one thing.
    pub fn new(action: &'a str, subject_kind: &'a str, subject: impl std::fmt::Display) -> Self {
        Self {
            actor: OPERATOR.into(),
            action,
            subject_kind,
            subject_id: subject.to_string().parse().ok(),
            is_success: true,
            detail_sealed: None,
        }
    }

    /// Names who did it.
    pub fn by(self, actor: impl Into<Actor<'a>>) -> Self {
        Self {
            actor: actor.into(),
            ..self
        }
    }

    /// Says that it was refused.
    pub fn refused(self) -> Self {
        Self {
            is_success: false,
            ..self
        }
    }

    /// Adds values before and after, sealed.
    pub fn with_sealed_detail(self, sealed: &'a [u8]) -> Self {
        Self {
            detail_sealed: Some(sealed),
            ..self
        }
    }
}
