//! Words of what became of mails.

use super::letter::Automatic;
use crate::id::TicketId;

/// How long whoever began a ticket by mail has to confirm it.
pub const CONFIRM_WITHIN_MS: i64 = 7 * 86_400_000;
/// How long an address is written to no more than once, where no ticket of theirs is known.
pub const ONE_MAIL_PER_MS: i64 = 3_600_000;

crate::text_enum! {
    /// What became of a mail.
    Outcome {
        /// It is part of a ticket now.
        Answered = "answered",
        /// A ticket was begun, which waits for its writer to confirm it.
        Drafted = "drafted",
        /// A program wrote it.
        AutoSubmitted = "auto-submitted",
        /// It went to many.
        Bulk = "bulk",
        /// It is news about a mail that failed.
        NoReturnPath = "no-return-path",
        /// It is one of ours.
        Own = "own",
        /// The same address began a ticket a short while ago.
        TooSoon = "too-soon",
        /// There was nothing in it.
        Empty = "empty",
    }
}

impl From<Automatic> for Outcome {
    fn from(automatic: Automatic) -> Self {
        match automatic {
            Automatic::AutoSubmitted => Self::AutoSubmitted,
            Automatic::Bulk => Self::Bulk,
            Automatic::NoReturnPath => Self::NoReturnPath,
            Automatic::Own => Self::Own,
        }
    }
}

/// What became of a mail, and of which ticket it is part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What became of it.
    pub outcome: Outcome,
    /// The ticket.
    pub ticket_id: Option<TicketId>,
    /// Whether the same mail came before; this is what became of it then.
    pub is_known: bool,
    /// How many of its files are evidence now, in the order in which they came.
    pub files_kept: usize,
}
