//! What an entry of the trail says.

/// Who acts where no person does: the command line on the server itself.
pub const OPERATOR: &str = "operator";

/// Something that was done.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    pub(super) actor: &'a str,
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
            actor: OPERATOR,
            action,
            subject_kind,
            subject_id: subject.to_string().parse().ok(),
            is_success: true,
            detail_sealed: None,
        }
    }

    /// Names who did it: a staff member's address or a process.
    pub fn by(self, actor: &'a str) -> Self {
        Self { actor, ..self }
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
