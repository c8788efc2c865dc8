//! What a notice is, and by which ways it goes.

use diesel::prelude::*;
use secrecy::SecretString;
use serde_json::Value;

use crate::clock::{TimestampMs, hour_in_shanghai};
use crate::db::schema::notices;
use crate::id::{NoticeDeliveryId, NoticeId, RecordId, StudentId};
use crate::texts::Language;

/// The hours of a day in China at which people may be reminded, the last not included.
const WAKING_HOURS: std::ops::Range<u32> = 8..21;

/// Whether people may be reminded at that instant.
pub fn is_waking(at_ms: TimestampMs) -> bool {
    WAKING_HOURS.contains(&hour_in_shanghai(at_ms))
}

crate::text_enum! {
    /// What is told; worded by `notice-<word>-…`.
    NoticeKind {
        /// The link that activates an account.
        Activation = "activation",
        /// Somebody wanted to register an address that has an account.
        AccountExists = "account-exists",
        /// The link that sets another password.
        Reset = "reset",
        /// The link that confirms another address.
        NewAddress = "new-address",
        /// The code for a telephone.
        PhoneCode = "phone-code",
        /// The account is complete.
        Registered = "registered",
        /// The photo is there: look and decide.
        PhotoArrived = "photo-arrived",
        /// Nothing was said about the photo yet.
        VerdictReminder = "verdict-reminder",
        /// Checking ends in a few days and nothing was said.
        VerdictDue = "verdict-due",
        /// The photo was refused and is to be shot again.
        PhotoRejected = "photo-rejected",
        /// The roll was changed in something that decides about the capture code.
        RollChanged = "roll-changed",
        /// A verdict was opened again.
        VerdictReopened = "verdict-reopened",
        /// A ticket was handed in; until when it is promised.
        TicketReceived = "ticket-received",
        /// The office asks for more.
        TicketQuestion = "ticket-question",
        /// The office wrote something.
        TicketMessage = "ticket-message",
        /// Another body has the ticket.
        TicketEscalated = "ticket-escalated",
        /// The ticket was found right, and what follows is done.
        TicketDone = "ticket-done",
        /// The ticket was found not to be right.
        TicketRejected = "ticket-rejected",
        /// The ticket went up in another.
        TicketMerged = "ticket-merged",
        /// To somebody of the office: how many tickets are nearly due, and how many overdue.
        TicketsDue = "tickets-due",
        /// To somebody who wrote a mail: the link that hands the ticket in.
        TicketDraft = "ticket-draft",
    }
}

crate::text_enum! {
    /// By which way.
    Channel {
        /// A mail.
        Mail = "mail",
        /// A text message.
        Sms = "sms",
    }
}

crate::text_enum! {
    /// How a delivery went.
    DeliveryState {
        /// Not delivered yet; it is tried again.
        Waiting = "waiting",
        /// Nobody carries it: no mail server, or no gateway for text messages, is set.
        Held = "held",
        /// Delivered.
        Delivered = "delivered",
        /// Refused for good, tried often enough, or too late.
        GivenUp = "given-up",
    }
}

impl NoticeKind {
    /// The ways it goes.
    pub fn channels(self) -> &'static [Channel] {
        match self {
            Self::PhoneCode => &[Channel::Sms],
            Self::PhotoRejected => &[Channel::Mail, Channel::Sms],
            _ => &[Channel::Mail],
        }
    }

    /// Whether it stands in the list on the student's page; links and codes do not.
    pub fn is_kept(self) -> bool {
        !matches!(
            self,
            Self::Activation
                | Self::AccountExists
                | Self::Reset
                | Self::NewAddress
                | Self::PhoneCode
                | Self::TicketsDue
                | Self::TicketDraft
        )
    }

    /// Whether a student may do without it by mail.
    pub fn is_reminder(self) -> bool {
        matches!(self, Self::VerdictReminder | Self::VerdictDue)
    }
}

/// Something to tell one person.
#[derive(Debug)]
pub struct NewNotice<'a> {
    /// Which student; nobody's account where it goes to an address alone, of the office or of somebody who wrote a mail.
    pub student_id: Option<StudentId>,
    /// About which enrolment.
    pub record_id: Option<RecordId>,
    /// What.
    pub kind: NoticeKind,
    /// What makes it the same as an earlier one.
    pub unique_key: String,
    /// Days, codes and numbers for its words; never a person.
    pub parameters: Value,
    /// The token of a link, or a code.
    pub secret: Option<&'a str>,
    /// When it is of no use any more, UTC ms.
    pub expires_at_ms: Option<TimestampMs>,
    /// Where it goes, when not to the account's own address or number.
    pub to: Option<&'a str>,
}

/// A delivery that is to be carried out.
#[derive(Debug)]
pub struct Due {
    /// The delivery.
    pub notice_delivery_id: NoticeDeliveryId,
    /// The notice: the same for every try.
    pub notice_id: NoticeId,
    /// Which student it tells, where it is one with an account.
    pub student_id: Option<StudentId>,
    /// What it tells.
    pub kind: NoticeKind,
    /// By which way.
    pub channel: Channel,
    /// The mail address or telephone number.
    pub address: SecretString,
    /// In which language.
    pub language: Language,
    /// The student's name, masked; none before it is known.
    pub masked_name: Option<String>,
    /// Days, codes and numbers for its words.
    pub parameters: Value,
    /// The token of a link, or a code.
    pub secret: Option<SecretString>,
    /// When it is of no use any more, UTC ms.
    pub expires_at_ms: Option<TimestampMs>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The server or gateway took it.
    Delivered,
    /// Nobody carries it.
    Held,
    /// Refused for good, or too late: a stable code.
    GivenUp(&'static str),
    /// Failed for now: a stable code.
    Failed(&'static str),
}

impl Attempt {
    /// What the delivery stands at afterwards, and the fault.
    pub fn outcome(&self) -> (DeliveryState, Option<&'static str>) {
        match self {
            Self::Delivered => (DeliveryState::Delivered, None),
            Self::Held => (DeliveryState::Held, None),
            Self::GivenUp(fault) => (DeliveryState::GivenUp, Some(fault)),
            Self::Failed(fault) => (DeliveryState::Waiting, Some(fault)),
        }
    }
}

/// A notice in the list on the student's page.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = notices)]
pub struct KeptNotice {
    /// Its number.
    pub notice_id: NoticeId,
    /// About which enrolment.
    pub record_id: Option<RecordId>,
    /// What.
    pub kind: NoticeKind,
    /// Parameters as JSON.
    pub parameters: String,
    /// When, UTC ms.
    pub created_at_ms: TimestampMs,
    /// When the student opened the list with it, UTC ms.
    pub read_at_ms: Option<TimestampMs>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Midnight of 2026-06-01 in China.
    const MIDNIGHT_MS: TimestampMs = 1_780_243_200_000;
    const HOUR_MS: i64 = 3_600_000;
    const DAY_MS: i64 = 24 * HOUR_MS;

    #[test]
    fn people_may_be_reminded_from_eight_until_nine_in_the_evening() {
        for (after_midnight, is_by_day) in [
            (0, false),
            (8 * HOUR_MS - 1, false),
            (8 * HOUR_MS, true),
            (12 * HOUR_MS, true),
            (21 * HOUR_MS - 1, true),
            (21 * HOUR_MS, false),
            (24 * HOUR_MS - 1, false),
        ] {
            assert_eq!(is_waking(MIDNIGHT_MS + after_midnight), is_by_day, "{after_midnight}");
        }
    }

    proptest! {
        #[test]
        fn every_day_in_china_has_the_same_hours(days in -20_000_i64..60_000, within in 0..DAY_MS) {
            let is_by_day = (8 * HOUR_MS..21 * HOUR_MS).contains(&within);
            prop_assert_eq!(is_waking(MIDNIGHT_MS + days * DAY_MS + within), is_by_day);
        }
    }
}
