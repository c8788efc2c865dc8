//! Words and rows of verdicts.

use diesel::prelude::*;

use crate::clock::TimestampMs;
use crate::db::schema::roll_details;
use crate::id::{CampaignId, PhotoId, RecordId, SchoolId};
use crate::schools::model::Contact;
use crate::tickets::queries::own::OpenTicket;

use super::category::{Answer, Reason};

crate::text_enum! {
    /// What is judged.
    Subject {
        /// The photo.
        Photo = "photo",
        /// The roll's data (学籍信息).
        Roll = "roll",
    }
}

crate::text_enum! {
    /// What is said.
    Verdict {
        /// 正确.
        Confirmed = "confirmed",
        /// 错误.
        Disputed = "disputed",
    }
}

crate::text_enum! {
    /// What is wrong.
    DisputeReason {
        /// 照片不是本人.
        NotMe = "not-me",
        /// The photo is of the earlier enrolment.
        OldPhoto = "old-photo",
        /// Blurred, cut, badly lit.
        Quality = "quality",
        /// Mirrored or retouched beyond likeness.
        Altered = "altered",
        /// 姓名.
        Name = "name",
        /// 身份证号.
        IdNumber = "id-number",
        /// 性别、出生日期、民族.
        Person = "person",
        /// 院校、专业、层次, 学习形式 or dates.
        Study = "study",
        /// Something else, in words.
        Other = "other",
    }
}

impl DisputeReason {
    /// Those that can be said of a subject.
    pub fn of(subject: Subject) -> &'static [Self] {
        match subject {
            Subject::Photo => &[Self::NotMe, Self::OldPhoto, Self::Quality, Self::Altered, Self::Other],
            Subject::Roll => &[Self::Name, Self::IdNumber, Self::Person, Self::Study, Self::Other],
        }
    }
}

/// A verdict as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// 正确.
    Confirmed,
    /// 错误, and what is wrong.
    Disputed(DisputeReason),
}

impl Given {
    /// The word of it.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Confirmed => Verdict::Confirmed,
            Self::Disputed(_) => Verdict::Disputed,
        }
    }
}

/// A verdict that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingVerdict {
    /// What was said.
    pub verdict: Verdict,
    /// What is wrong, where something is.
    pub reason: Option<DisputeReason>,
    /// When, UTC ms.
    pub given_at_ms: TimestampMs,
    /// Whether a counsellor said it for the student.
    pub is_on_behalf: bool,
}

/// A photo that the student may look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPhoto {
    /// Its version's number.
    pub photo_id: PhotoId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Address of the standardised picture in the object store.
    pub standard_sha256: String,
}

/// One enrolment of a person, with everything their page says about it.
#[derive(Clone)]
pub struct Enrolment {
    /// The record.
    pub record_id: RecordId,
    /// 学号.
    pub student_no: String,
    /// 层次.
    pub level: Option<String>,
    /// 专业.
    pub major_name: Option<String>,
    /// The import that changed the row last: the version of the roll's data.
    pub version: i64,
    /// The school.
    pub school_id: SchoolId,
    /// Name of the school.
    pub school: String,
    /// 分院.
    pub college: Option<String>,
    /// What the student is told.
    pub answer: Answer,
    /// The graduation photo (学历照片), where there is an accepted one.
    pub photo: Option<ShownPhoto>,
    /// The admission photo (录取照片).
    pub admission_photo: Option<ShownPhoto>,
    /// What was said about the photo.
    pub photo_verdict: Option<StandingVerdict>,
    /// What was said about the roll's data.
    pub roll_verdict: Option<StandingVerdict>,
    /// Whether it can still receive a photo.
    pub is_open: bool,
    /// Whether nothing may be said any more.
    pub is_frozen: bool,
    /// The day on which the agency is to have delivered, the new photo is wanted, or the last one on which the student may judge.
    pub expected_on: Option<String>,
    /// The code of the finding for which the photo was refused.
    pub refused_for: Option<String>,
    /// Where and when a photo is shot, in words, where one is wanted of the student.
    pub capture_place: Option<String>,
    /// How whoever can be asked about it is reached.
    pub contact: Option<Contact>,
}

/// Columns of the roll that a [`Record`](crate::roll::queries::records::Record) does not have, and only its student sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = roll_details)]
pub struct ExtraFacts {
    /// 民族.
    pub ethnicity: Option<String>,
    /// 学制, in years.
    pub duration_years: Option<String>,
    /// 学历类别.
    pub study_category: Option<String>,
    /// 系所.
    pub department: Option<String>,
}

impl Enrolment {
    /// Takes the photo for one that was called wrong, where an open ticket asks for its correction.
    pub fn heed(&mut self, open: &[OpenTicket]) {
        let corrects = |photo: &ShownPhoto| open.iter().any(|ticket| ticket.corrects(photo.photo_id));
        if self.photo.as_ref().is_some_and(corrects) {
            self.answer = self.answer.in_correction();
        }
    }

    /// Whether the student may say something about the photo now.
    pub fn awaits_photo_verdict(&self) -> bool {
        let is_called_wrong = self.answer.reason == Reason::Disputed;
        self.photo.is_some() && self.photo_verdict.is_none() && self.is_open && !self.is_frozen && !is_called_wrong
    }

    /// Whether a photo that belongs to nobody may be looked for.
    pub fn may_search(&self) -> bool {
        self.is_open && !self.is_frozen && self.photo.is_none()
    }

    /// Whether the student may say something about the roll's data now.
    pub fn awaits_roll_verdict(&self) -> bool {
        self.roll_verdict.is_none() && self.is_open && !self.is_frozen
    }
}
