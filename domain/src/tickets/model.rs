//! Words and rows of tickets.

use diesel::prelude::*;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;

use super::machine::{Taker, TicketState};
use crate::accounts::model::Staff;
use crate::audit::Actor;
use crate::clock::TimestampMs;
use crate::crypto::Purpose;
use crate::db::schema::tickets;
use crate::id::{PhotoId, ProposalId, RecordId, SchoolId, StaffId, StudentId, TicketId};
use crate::students::model::Student;

/// Seals what people write in tickets.
pub(crate) const TICKET_WORDS: Purpose = Purpose::new("ticket-words");
/// Seals both sides of a proposed change.
pub(crate) const TICKET_CHANGE: Purpose = Purpose::new("ticket-change");
/// Seals where answers go.
pub(crate) const TICKET_ADDRESS: Purpose = Purpose::new("ticket-address");

/// The house itself, as who did something.
const HOUSE: &str = "rollproof";
const WRITER: &str = "mail";

crate::text_enum! {
    /// What is to be corrected; worded by `ticket-kind-<word>`.
    TicketKind {
        /// The account was made with a wrong name or number (D2), or somebody else has one with the number (E1).
        Account = "account",
        /// The roll's data are wrong.
        Roll = "roll",
        /// The photo is wrong.
        Photo = "photo",
        /// The earlier certificate of a 专升本 student is not found (D3).
        PriorCredential = "prior-credential",
        /// The 身份核验 flags the student (E).
        IdentityCheck = "identity-check",
        /// Two students are said to have the same photo, and it is not so.
        Duplicate = "duplicate",
        /// Something else.
        Other = "other",
    }
}

impl TicketKind {
    /// Whether it is about one enrolment, and not about the account or the person alone.
    pub fn is_about_enrolment(self) -> bool {
        matches!(self, Self::Roll | Self::Photo | Self::IdentityCheck | Self::Duplicate)
    }
}

crate::text_enum! {
    /// How a ticket came.
    CameBy {
        /// The student's page.
        Page = "page",
        /// A verdict 错误.
        Dispute = "dispute",
        /// A mail.
        Mail = "mail",
        /// A telephone call.
        Phone = "phone",
        /// Somebody of the office.
        Office = "office",
    }
}

crate::text_enum! {
    /// A body outside the office that a ticket can be handed to; worded by `ticket-body-<word>`.
    Body {
        /// 省级教育行政部门.
        Province = "province",
        /// 学信网.
        Chsi = "chsi",
        /// The imaging agency.
        Agency = "agency",
        /// 考试院、招办.
        ExamAuthority = "exam-authority",
    }
}

crate::text_enum! {
    /// A locked field of the roll (domain.md 3.1): changed by a ticket that two people agree on.
    RollField {
        /// 姓名.
        Name = "name",
        /// 性别.
        Sex = "sex",
        /// 身份证号.
        IdNumber = "id-number",
        /// 出生日期.
        BirthDate = "birth-date",
        /// 民族.
        Ethnicity = "ethnicity",
        /// 专业名称.
        Major = "major",
        /// 层次.
        Level = "level",
        /// 学习形式.
        StudyForm = "study-form",
        /// 学制.
        Duration = "duration",
    }
}

crate::text_enum! {
    /// What happened to a ticket; worded by `ticket-event-<word>`.
    EventKind {
        /// It was begun.
        Opened = "opened",
        /// It went from one state to another.
        Moved = "moved",
        /// Somebody said something that both sides read.
        Message = "message",
        /// Somebody noted something for the office.
        Note = "note",
        /// It was given to somebody, or to nobody.
        Assigned = "assigned",
        /// Something was linked.
        Linked = "linked",
        /// A link was taken away.
        Unlinked = "unlinked",
        /// Another ticket went up in this one.
        Absorbed = "absorbed",
        /// A part of it became a ticket of its own.
        Split = "split",
        /// A change of the roll was proposed.
        Proposed = "proposed",
        /// A proposal was dropped.
        Dropped = "dropped",
        /// A change was applied.
        Changed = "changed",
        /// The photo was refused and is shot again.
        PhotoRefused = "photo-refused",
        /// The other student of a swap is asked again.
        PartnerReopened = "partner-reopened",
        /// Other accounts with the number ended.
        AccountsEnded = "accounts-ended",
        /// Evidence came.
        Evidence = "evidence",
        /// An item of the checklist was ticked.
        Checked = "checked",
        /// An item was unticked.
        Unchecked = "unchecked",
        /// Somebody telephoned.
        Phoned = "phoned",
        /// The promise is nearly over.
        DueSoon = "due-soon",
        /// The promise is over.
        Overdue = "overdue",
        /// The student said how content they are.
        Rated = "rated",
    }
}

crate::text_enum! {
    /// How near the promise is, as far as it was said already.
    Warned {
        /// Nothing was said.
        No = "no",
        /// That it is nearly over.
        Soon = "soon",
        /// That it is over.
        Overdue = "overdue",
    }
}

crate::text_enum! {
    /// How a proposed change stands.
    ProposalState {
        /// Waiting for the second person.
        Open = "open",
        /// Taken back or refused.
        Dropped = "dropped",
        /// In the roll.
        Applied = "applied",
    }
}

crate::text_enum! {
    /// What else a ticket is about.
    LinkTarget {
        /// An enrolment.
        Record = "record",
        /// A photo.
        Photo = "photo",
        /// A delivery.
        Batch = "batch",
        /// Another ticket.
        Ticket = "ticket",
        /// The enrolment whose photo was exchanged with this one's.
        SwapPartner = "swap-partner",
    }
}

/// A ticket as its row has it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = tickets)]
pub struct Ticket {
    /// Its number.
    pub ticket_id: TicketId,
    /// The school whose calendar its promise is counted by.
    pub school_id: Option<SchoolId>,
    /// What is to be corrected.
    pub kind: TicketKind,
    /// Where it stands.
    pub state: TicketState,
    /// How it came.
    pub came_by: CameBy,
    /// The student's account.
    pub student_id: Option<StudentId>,
    /// The enrolment.
    pub record_id: Option<RecordId>,
    /// The version of the photo.
    pub photo_id: Option<PhotoId>,
    /// What is wrong, in a word of [`DisputeReason`](crate::verdicts::model::DisputeReason), or why it was rejected.
    pub reason: Option<String>,
    /// Who works on it.
    pub assignee_id: Option<StaffId>,
    /// Which body has it.
    pub escalated_to: Option<Body>,
    /// The ticket it went up in.
    pub merged_into: Option<TicketId>,
    /// The promise, in ms of working time.
    pub budget_ms: i64,
    /// Since when the promise is counted, UTC ms; unset in drafts.
    pub started_at_ms: Option<TimestampMs>,
    /// Until when it is promised, UTC ms; unset while the clock stands.
    pub due_at_ms: Option<TimestampMs>,
    /// From when on the office is warned that the promise is nearly over, UTC ms.
    pub warn_at_ms: Option<TimestampMs>,
    /// Until when it was promised last, UTC ms; stays when the clock stands or has ended.
    pub promised_at_ms: Option<TimestampMs>,
    /// Whether that day rests on a year whose holidays are not published.
    pub is_provisional: bool,
    /// Raised by one with everything that happens: whoever changes it names what they saw.
    pub version: i64,
    /// How content the student is, 1 to 5.
    pub satisfaction: Option<i32>,
    /// When it was begun, UTC ms.
    pub created_at_ms: TimestampMs,
    /// When something happened last, UTC ms.
    pub changed_at_ms: TimestampMs,
    /// When it ended, UTC ms.
    pub closed_at_ms: Option<TimestampMs>,
}

/// Something that happened to a ticket.
#[derive(Clone, Debug)]
pub struct TicketEvent {
    /// Its number within the ticket, from 1.
    pub number: i64,
    /// What.
    pub kind: EventKind,
    /// Where the ticket stood before, where it moved.
    pub from_state: Option<TicketState>,
    /// Where it stands since.
    pub to_state: Option<TicketState>,
    /// Who: an address of the office, or `student` and the account's number.
    pub actor: String,
    /// Whether it was the student.
    pub is_of_student: bool,
    /// Whether the student sees it.
    pub is_public: bool,
    /// What was said.
    pub body: Option<SecretString>,
    /// Codes and numbers, never a person.
    pub parameters: Value,
    /// When, UTC ms.
    pub at_ms: TimestampMs,
}

impl TicketEvent {
    /// Whether nobody did it: its time had come, or it followed from something else.
    pub fn is_of_house(&self) -> bool {
        self.actor == HOUSE
    }
}

/// A change of a locked field that is proposed.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Its number.
    pub proposal_id: ProposalId,
    /// The enrolment.
    pub record_id: RecordId,
    /// The field.
    pub field: RollField,
    /// What the roll says.
    pub before: SecretString,
    /// What it is to say.
    pub after: SecretString,
    /// How it stands.
    pub state: ProposalState,
    /// Who proposed it.
    pub proposed_by: StaffId,
    /// When, UTC ms.
    pub proposed_at_ms: TimestampMs,
}

/// A ticket that is to be opened.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// What is to be corrected.
    pub kind: TicketKind,
    /// How it came.
    pub came_by: CameBy,
    /// The student's account, where there is one.
    pub student_id: Option<StudentId>,
    /// The enrolment.
    pub record_id: Option<RecordId>,
    /// The version of the photo.
    pub photo_id: Option<PhotoId>,
    /// What is wrong, in a word.
    pub reason: Option<String>,
    /// What is to be changed, in the student's words.
    pub body: String,
    /// Where answers go, when not to the account's address.
    pub reply_to: Option<String>,
    /// Where to call.
    pub phone: Option<String>,
}

/// Whose hand is on a ticket.
#[derive(Clone, Copy, Debug)]
pub enum Hand<'a> {
    /// The student's.
    Student(&'a Student),
    /// That of whoever began the ticket by mail and has no account.
    Writer,
    /// Somebody's of the office.
    Staff(&'a Staff),
    /// The house's own, when a time has come.
    House,
}

impl<'a> Hand<'a> {
    /// Who it is in the trail and in the ticket's events.
    pub fn actor(self) -> Actor<'a> {
        match self {
            Self::Student(student) => student.into(),
            Self::Staff(staff) => staff.into(),
            Self::Writer => Actor {
                name: WRITER,
                address: None,
            },
            Self::House => Actor {
                name: HOUSE,
                address: None,
            },
        }
    }

    /// Whether it is the student's.
    pub fn is_of_student(self) -> bool {
        matches!(self, Self::Student(_) | Self::Writer)
    }

    /// What it can do, with what the kind says about who decides.
    pub fn takers(self, is_decider: bool) -> Vec<Taker> {
        match self {
            Self::Student(_) | Self::Writer => vec![Taker::Student],
            Self::House => vec![Taker::House],
            Self::Staff(staff) => {
                let works = staff.role.may_answer_tickets().then_some(Taker::Office);
                works.into_iter().chain(is_decider.then_some(Taker::Decider)).collect()
            }
        }
    }
}

/// A record that may be the other side of an exchange of photos, and why it is thought so.
#[derive(Clone, Debug, Serialize)]
pub struct SwapCandidate {
    /// The enrolment.
    pub record_id: RecordId,
    /// 姓名, masked.
    pub name: String,
    /// 学号.
    pub student_no: String,
    /// The photo that it has now, for the eye.
    pub thumbnail_sha256: Option<String>,
    /// Whether its student says too that the photo is somebody else.
    pub has_disputed: bool,
}
