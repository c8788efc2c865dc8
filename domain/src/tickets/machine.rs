//! The states of a ticket and the steps between them (domain.md 6.4): one table that commands, pages and the drawn diagram read.

use crate::notices::model::NoticeKind;

crate::text_enum! {
    /// Where a ticket stands; worded by `ticket-state-<word>`.
    TicketState {
        /// Begun and not handed in.
        Draft = "draft",
        /// Handed in.
        Submitted = "submitted",
        /// Looked at, and of a kind.
        Triaged = "triaged",
        /// The student is to add something; the clock stands.
        NeedMore = "need-more",
        /// Somebody works on it.
        InReview = "in-review",
        /// Found to be right; what follows from it is not done yet.
        Approved = "approved",
        /// What follows is done.
        Applied = "applied",
        /// The student was told.
        Notified = "notified",
        /// Done with.
        Closed = "closed",
        /// Found not to be right, with a reason.
        Rejected = "rejected",
        /// Another body has it; the clock stands.
        Escalated = "escalated",
        /// Taken back by the student.
        Withdrawn = "withdrawn",
        /// Went up in another ticket.
        Merged = "merged",
    }
}

impl TicketState {
    /// Whether somebody still has to do something.
    pub fn is_open(self) -> bool {
        !matches!(
            self,
            Self::Notified | Self::Closed | Self::Rejected | Self::Withdrawn | Self::Merged
        )
    }

    /// Whether nothing goes on before the student has done something.
    pub fn waits_for_student(self) -> bool {
        matches!(self, Self::Draft | Self::NeedMore)
    }

    /// Whether the office has said what became of it.
    pub fn is_answered(self) -> bool {
        matches!(self, Self::Notified | Self::Closed | Self::Rejected)
    }

    /// Whether the promised time passes.
    pub fn is_counting(self) -> bool {
        matches!(
            self,
            Self::Submitted | Self::Triaged | Self::InReview | Self::Approved | Self::Applied
        )
    }

    /// Whether the promised time stands still while somebody else has the ticket.
    pub fn is_pause(self) -> bool {
        matches!(self, Self::NeedMore | Self::Escalated)
    }
}

crate::text_enum! {
    /// What moves a ticket; worded by `ticket-step-<word>`.
    Step {
        /// Hands a draft in.
        Submit = "submit",
        /// Says of what kind it is.
        Triage = "triage",
        /// Asks the student for more.
        Ask = "ask",
        /// Gives what was asked for.
        Answer = "answer",
        /// Begins to work on it.
        Review = "review",
        /// Finds it right.
        Approve = "approve",
        /// Does what follows.
        Apply = "apply",
        /// Tells the student.
        Notify = "notify",
        /// Is done with it.
        Close = "close",
        /// Finds it not right.
        Reject = "reject",
        /// Hands it to another body.
        Escalate = "escalate",
        /// Has it back from there.
        Return = "return",
        /// Takes it back.
        Withdraw = "withdraw",
        /// Takes it up again.
        Reopen = "reopen",
        /// Lets it go up in another.
        Merge = "merge",
    }
}

crate::text_enum! {
    /// Who takes a step.
    Taker {
        /// The student whose ticket it is.
        Student = "student",
        /// Whoever answers tickets.
        Office = "office",
        /// Whoever decides about tickets of that kind.
        Decider = "decider",
        /// The house itself, in the commit of the step before or when its time has come.
        House = "house",
    }
}

crate::text_enum! {
    /// What must hold for a step besides its state and taker.
    Guard {
        /// Everything that the kind wants as evidence is there.
        Evidence = "evidence",
        /// It is said why, in words the student reads.
        Words = "words",
        /// Whoever approves a change of the roll did not propose it.
        SecondPerson = "second-person",
        /// The kind may be handed to that body.
        Body = "body",
        /// It ended less than 30 days ago.
        Recent = "recent",
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Transition {
    /// The step.
    pub step: Step,
    /// Where it can be taken.
    pub from: &'static [TicketState],
    /// Where it leads.
    pub to: TicketState,
    /// Who takes it.
    pub by: &'static [Taker],
    /// What must hold.
    pub guards: &'static [Guard],
    /// What the student is told.
    pub notice: Option<NoticeKind>,
}

use Guard::{Body, Evidence, Recent, SecondPerson, Words};
use Taker::{Decider, House, Office, Student};
use TicketState::{
    Applied, Approved, Closed, Draft, Escalated, InReview, Merged, NeedMore, Notified, Rejected, Submitted, Triaged,
    Withdrawn,
};

const fn row(
    step: Step,
    from: &'static [TicketState],
    to: TicketState,
    by: &'static [Taker],
    guards: &'static [Guard],
    notice: Option<NoticeKind>,
) -> Transition {
    Transition {
        step,
        from,
        to,
        by,
        guards,
        notice,
    }
}

/// Every step there is.
#[rustfmt::skip]
pub const TRANSITIONS: &[Transition] = &[
    row(Step::Submit, &[Draft], Submitted, &[Student, Office], &[Evidence], Some(NoticeKind::TicketReceived)),
    row(Step::Triage, &[Submitted], Triaged, &[Office], &[], None),
    row(Step::Review, &[Submitted, Triaged], InReview, &[Office], &[], None),
    row(Step::Ask, &[Submitted, Triaged, InReview], NeedMore, &[Office], &[Words], Some(NoticeKind::TicketQuestion)),
    row(Step::Answer, &[NeedMore], InReview, &[Student, Office], &[Words], None),
    row(Step::Escalate, &[Submitted, Triaged, InReview], Escalated, &[Office], &[Body, Words], Some(NoticeKind::TicketEscalated)),
    row(Step::Return, &[Escalated], InReview, &[Office], &[Words], None),
    row(Step::Approve, &[InReview], Approved, &[Decider], &[SecondPerson], None),
    row(Step::Apply, &[Approved], Applied, &[House], &[], None),
    row(Step::Notify, &[Applied], Notified, &[House, Office], &[], Some(NoticeKind::TicketDone)),
    row(Step::Close, &[Notified], Closed, &[Student, Office, House], &[], None),
    row(Step::Reject, &[Submitted, Triaged, InReview], Rejected, &[Decider], &[Words], Some(NoticeKind::TicketRejected)),
    row(Step::Withdraw, &[Draft, Submitted, Triaged, NeedMore, InReview, Escalated], Withdrawn, &[Student], &[], None),
    row(Step::Reopen, &[Notified, Closed, Rejected, Withdrawn], Submitted, &[Student, Office], &[Words, Recent], Some(NoticeKind::TicketReceived)),
    row(Step::Merge, &[Draft, Submitted, Triaged, NeedMore, InReview, Escalated], Merged, &[Office], &[], Some(NoticeKind::TicketMerged)),
];

/// The row of a step where it can be taken from a state.
pub fn find_transition(step: Step, from: TicketState) -> Option<&'static Transition> {
    TRANSITIONS
        .iter()
        .find(|row| row.step == step && row.from.contains(&from))
}

/// The steps that somebody can take from a state, in the order of the table.
pub fn steps_from(from: TicketState, takers: &[Taker]) -> Vec<Step> {
    TRANSITIONS
        .iter()
        .filter(|row| row.from.contains(&from) && row.by.iter().any(|taker| takers.contains(taker)))
        .map(|row| row.step)
        .collect()
}

/// The diagram of the documentation, in Mermaid's words, and the table below it.
pub fn diagram() -> String {
    let mut text = String::from("```mermaid\nstateDiagram-v2\n    [*] --> draft\n");
    for row in TRANSITIONS {
        for from in row.from {
            text.push_str(&format!("    {from} --> {}: {}\n", row.to, row.step));
        }
    }
    for state in TicketState::ALL.iter().filter(|state| !state.is_open()) {
        text.push_str(&format!("    {state} --> [*]\n"));
    }
    text.push_str(
        "```\n\n| step | from | to | taken by | must hold | the student is told |\n|---|---|---|---|---|---|\n",
    );
    for row in TRANSITIONS {
        let (from, by, guards) = (words(row.from), words(row.by), words(row.guards));
        let told = row.notice.map_or("", |kind| kind.as_str());
        text.push_str(&format!(
            "| {} | {from} | {} | {by} | {guards} | {told} |\n",
            row.step, row.to
        ));
    }
    text
}

fn words<T: std::fmt::Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
