//! The result categories of the guide (domain.md 6.3), decided in one place: what a student is told, why, and who must act next.

use serde::Serialize;

use super::model::Verdict;
use crate::tickets::model::Body;

crate::text_enum! {
    /// What stands on the student's page, by the letters of the guide and those that later years added.
    Category {
        /// Roll and photo are there; the student decides, or has decided.
        A = "A",
        /// The enrolment has ended (已毕业): the photo belongs to the credential.
        B = "B",
        /// The roll is there, the photo has not come.
        C1 = "C1",
        /// The roll is there, a photo came with data that differ from it.
        C2 = "C2",
        /// The roll does not have the person whom admission has, or nobody has.
        D1 = "D1",
        /// The school has the number under another name: the account may be mistyped.
        D2 = "D2",
        /// Admitted from 专科 to 本科 (专升本): the earlier credential was not accepted.
        D3 = "D3",
        /// 身份核验 did not pass.
        E = "E",
        /// The photo is older than allowed.
        F = "F",
        /// The photo belongs to another enrolment, or is the same as another person's.
        G = "G",
        /// The photo was refused and must be shot again.
        H = "H",
    }
}

crate::text_enum! {
    /// Why a category holds.
    Reason {
        /// The student is to look and decide.
        Awaiting = "awaiting",
        /// The student said 照片正确.
        Confirmed = "confirmed",
        /// The student said 照片错误.
        Disputed = "disputed",
        /// Nobody decided before the freeze.
        Frozen = "frozen",
        /// The enrolment has ended, with a photo.
        Graduated = "graduated",
        /// The enrolment has ended without one.
        ClosedWithoutPhoto = "closed-without-photo",
        /// No photo was delivered.
        NotCaptured = "not-captured",
        /// A delivery is expected, or being looked at.
        InTransit = "in-transit",
        /// A photo waits for a person of the school.
        InReview = "in-review",
        /// The photo's data differ from the roll.
        DataMismatch = "data-mismatch",
        /// The same picture came for somebody else.
        Duplicate = "duplicate",
        /// The photo stands in another enrolment of the same person.
        OtherEnrolment = "other-enrolment",
        /// 身份核验 gave 未通过, 不确定 or 异常.
        IdentityCheck = "identity-check",
        /// More than a year before graduation.
        TooOld = "too-old",
        /// Refused, and to be shot again.
        Rejected = "rejected",
        /// In the admission data, not in the roll.
        NotInRoll = "not-in-roll",
        /// In neither.
        Unknown = "unknown",
        /// The number is there under another name.
        OtherName = "other-name",
        /// Admitted from 专科 to 本科, and not in the roll as such.
        PriorCredential = "prior-credential",
    }
}

crate::text_enum! {
    /// Who must act next.
    NextActor {
        /// The student.
        Student = "student",
        /// The office of the student's college.
        College = "college",
        /// The student-records office (学籍科).
        School = "school",
        /// The imaging agency.
        Agency = "agency",
        /// The province's authority (省级教育行政部门).
        Province = "province",
        /// 学信网.
        Chsi = "chsi",
        /// The examination authority (考试院、招办).
        ExamAuthority = "exam-authority",
        /// Nobody: there is nothing left to do.
        Nobody = "nobody",
    }
}

impl NextActor {
    /// Whether it is somebody whom students can turn to.
    pub fn can_be_reached(self) -> bool {
        !matches!(self, Self::Student | Self::Nobody)
    }
}

impl From<Body> for NextActor {
    fn from(body: Body) -> Self {
        match body {
            Body::Province => Self::Province,
            Body::Chsi => Self::Chsi,
            Body::Agency => Self::Agency,
            Body::ExamAuthority => Self::ExamAuthority,
        }
    }
}

/// How a record's graduation photo stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoFact {
    /// There is an accepted one.
    Accepted {
        /// Whether it was shot longer before graduation than allowed.
        is_too_old: bool,
    },
    /// One waits for a person.
    InReview(Doubt),
    /// One was refused, and another is wanted.
    Rejected,
    /// None is here; a delivery is on its way.
    InTransit,
    /// None is here, and none is announced.
    Missing,
}

/// Why a photo waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// How it looks.
    Quality,
    /// Its data differ from the roll.
    Data,
    /// The same picture came for another record.
    Copy,
}

/// Everything that decides about one enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnrolmentFacts {
    /// Whether it can still receive a photo.
    pub is_open: bool,
    /// Whether 身份核验 gave anything but a pass.
    pub is_identity_flagged: bool,
    /// Its photo.
    pub photo: PhotoFact,
    /// Whether another enrolment of the person that goes on has a photo; that of one that has ended belongs there.
    pub has_photo_elsewhere: bool,
    /// What was said about the photo in its present version.
    pub verdict: Option<Verdict>,
    /// Whether its campaign is frozen.
    pub is_frozen: bool,
    /// The body to which a correction of the photo or of the 身份核验 was handed that is still open.
    pub handed_to: Option<Body>,
}

/// Whether some list has a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It does not have the number.
    No,
    /// It has the number under another name.
    UnderOtherName,
    /// It has number and name.
    Yes,
}

/// Everything that decides about a person without an enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonFacts {
    /// Whether the roll has the number; never with the name, or there would be an enrolment.
    pub is_in_roll_under_other_name: bool,
    /// Whether the admission data have the person.
    pub in_admission: Known,
    /// Whether the admission is one from 专科 to 本科.
    pub is_upgrade: bool,
}

/// What a student is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The category.
    pub category: Category,
    /// Why it holds.
    pub reason: Reason,
    /// Who must act next.
    pub next_actor: NextActor,
}

const fn answer(category: Category, reason: Reason, next_actor: NextActor) -> Answer {
    Answer {
        category,
        reason,
        next_actor,
    }
}

/// What the student is told about one enrolment.
pub fn decide(facts: EnrolmentFacts) -> Answer {
    let answer = decide_within(facts);
    match facts.handed_to {
        Some(body) if answer.waits_for_university() => Answer {
            next_actor: body.into(),
            ..answer
        },
        _ => answer,
    }
}

/// The answer while nobody outside the university has been asked.
fn decide_within(facts: EnrolmentFacts) -> Answer {
    if !facts.is_open {
        return match facts.photo {
            PhotoFact::Accepted { .. } => answer(Category::B, Reason::Graduated, NextActor::Nobody),
            _ => answer(Category::B, Reason::ClosedWithoutPhoto, NextActor::School),
        };
    }
    if facts.is_identity_flagged {
        return answer(Category::E, Reason::IdentityCheck, NextActor::College);
    }
    match facts.photo {
        PhotoFact::Accepted { is_too_old: true } => answer(Category::F, Reason::TooOld, NextActor::Student),
        PhotoFact::Accepted { is_too_old: false } => judge(facts.verdict, facts.is_frozen),
        PhotoFact::InReview(Doubt::Quality) => answer(Category::C1, Reason::InReview, NextActor::School),
        PhotoFact::InReview(Doubt::Data) => answer(Category::C2, Reason::DataMismatch, NextActor::College),
        PhotoFact::InReview(Doubt::Copy) => answer(Category::G, Reason::Duplicate, NextActor::School),
        PhotoFact::Rejected => answer(Category::H, Reason::Rejected, NextActor::Student),
        PhotoFact::InTransit => answer(Category::C1, Reason::InTransit, NextActor::Agency),
        PhotoFact::Missing if facts.has_photo_elsewhere => {
            answer(Category::G, Reason::OtherEnrolment, NextActor::School)
        }
        PhotoFact::Missing => answer(Category::C1, Reason::NotCaptured, NextActor::Student),
    }
}

fn judge(verdict: Option<Verdict>, is_frozen: bool) -> Answer {
    match verdict {
        Some(Verdict::Confirmed) => answer(Category::A, Reason::Confirmed, NextActor::Nobody),
        Some(Verdict::Disputed) => answer(Category::A, Reason::Disputed, NextActor::School),
        None if is_frozen => answer(Category::A, Reason::Frozen, NextActor::School),
        None => answer(Category::A, Reason::Awaiting, NextActor::Student),
    }
}

/// What somebody is told who has no enrolment.
pub fn decide_without_enrolment(facts: PersonFacts) -> Answer {
    match facts.in_admission {
        Known::Yes if facts.is_upgrade => answer(Category::D3, Reason::PriorCredential, NextActor::Student),
        Known::Yes => answer(Category::D1, Reason::NotInRoll, NextActor::College),
        Known::UnderOtherName => answer(Category::D2, Reason::OtherName, NextActor::Student),
        Known::No if facts.is_in_roll_under_other_name => answer(Category::D2, Reason::OtherName, NextActor::Student),
        Known::No => answer(Category::D1, Reason::Unknown, NextActor::College),
    }
}

/// What somebody is told beside their enrolments, which have all ended: whoever was admitted to go on to 本科 and is not in the roll for it
/// looks for that enrolment, and would find the ended one alone.
pub fn decide_beside_ended(is_admitted_to_upgrade: bool, enrolled_for_it: Known) -> Option<Answer> {
    match (is_admitted_to_upgrade, enrolled_for_it) {
        (false, _) | (true, Known::Yes) => None,
        (true, Known::UnderOtherName) => Some(answer(Category::D2, Reason::OtherName, NextActor::Student)),
        (true, Known::No) => Some(answer(Category::D3, Reason::PriorCredential, NextActor::Student)),
    }
}

crate::text_enum! {
    /// What anybody may learn who knows name and number: no reason of a refusal, no flag.
    PublicStanding {
        /// The photo is there: sign in and look.
        Ready = "ready",
        /// Nothing is left to do.
        Done = "done",
        /// The photo has not come.
        Waiting = "waiting",
        /// Something is to be done: sign in to learn what.
        Attention = "attention",
    }
}

impl Answer {
    /// Whether the office or a college has to mend something, which it may hand to a body outside.
    pub fn waits_for_university(self) -> bool {
        self.category != Category::C1 && matches!(self.next_actor, NextActor::School | NextActor::College)
    }

    /// The answer while a correction of the photo that the student is to judge is open: what they asked for says what they would.
    pub fn in_correction(self) -> Self {
        match self.reason {
            Reason::Awaiting => judge(Some(Verdict::Disputed), false),
            _ => self,
        }
    }

    /// Whom the student may ask about it: who acts next, or who knows more where that is the student.
    pub fn to_ask(self) -> Option<NextActor> {
        match (self.next_actor, self.reason) {
            (NextActor::Student, Reason::NotCaptured) => Some(NextActor::Agency),
            (NextActor::Student, Reason::Awaiting) | (NextActor::Nobody, _) => None,
            (NextActor::Student, _) => Some(NextActor::College),
            (actor, _) => Some(actor),
        }
    }

    /// Whether the student is to come and be shot.
    pub fn wants_capture(self) -> bool {
        matches!(self.reason, Reason::NotCaptured | Reason::Rejected | Reason::TooOld)
    }

    /// The coarse form of it, for the public lookup.
    pub fn public(self) -> (PublicStanding, NextActor) {
        match (self.category, self.reason) {
            (Category::A, Reason::Awaiting) => (PublicStanding::Ready, NextActor::Student),
            (Category::A, Reason::Confirmed) | (Category::B, Reason::Graduated) => {
                (PublicStanding::Done, NextActor::Nobody)
            }
            (Category::C1, _) => (PublicStanding::Waiting, self.next_actor),
            _ => (PublicStanding::Attention, NextActor::Student),
        }
    }
}
