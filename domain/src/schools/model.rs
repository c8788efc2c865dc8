//! What names a school, and how its students reach those who act for them.

use diesel::prelude::*;

use crate::db::schema::{school_contacts, schools};
use crate::error::{Error, Result};
use crate::id::SchoolId;
use crate::students::commands::registration::read_email;
use crate::verdicts::category::NextActor;

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

/// A school as its settings show it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = schools)]
pub struct School {
    /// Its number.
    pub school_id: SchoolId,
    /// Its five-digit code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether a counsellor may give a student's verdict from signed paper (代为校对).
    pub takes_paper_verdicts: bool,
}

/// How students reach whoever acts next for them. Everything is optional, and nothing of it is about a student.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = school_contacts)]
pub struct Reach {
    /// Telephone, as people write it.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Where to go, in words.
    pub place: Option<String>,
    /// When somebody is there, in words.
    pub hours: Option<String>,
}

/// Characters of one part of a [`Reach`] at most.
const MOST_REACH_CHARS: usize = 100;

impl Reach {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Refuses what cannot be dialled or written to.
    pub fn validate(&self) -> Result<()> {
        let parts = [
            ("phone", &self.phone),
            ("email", &self.email),
            ("place", &self.place),
            ("hours", &self.hours),
        ];
        for (field, part) in parts {
            if part
                .as_ref()
                .is_some_and(|part| part.chars().count() > MOST_REACH_CHARS)
            {
                return Err(Error::invalid("reach-long", field, "write at most 100 characters"));
            }
        }
        let may_be_dialled =
            |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | ' ' | '转' | '、' | '/');
        if self
            .phone
            .as_ref()
            .is_some_and(|phone| !phone.chars().all(may_be_dialled))
        {
            return Err(Error::invalid(
                "reach-phone",
                "phone",
                "a telephone number has digits, spaces, '+', '-', '(', ')', and '转' before an extension",
            ));
        }
        self.email
            .as_deref()
            .map_or(Ok(()), |email| read_email(email).map(drop))
    }

    /// The number to dial: the digits before an extension or a second number; none where more digits than a number has stand together.
    pub fn dialled(&self) -> Option<String> {
        let first = self.phone.as_ref()?.split(['转', '、', '/']).next()?;
        let digits: String = first.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        let most = if digits.starts_with('+') { 16 } else { 12 };
        (1..=most).contains(&digits.len()).then_some(digits)
    }
}

/// How one of those who act for a school's students is reached.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = school_contacts)]
pub struct Contact {
    /// Whose students.
    pub school_id: SchoolId,
    /// Who is reached.
    pub actor: NextActor,
    /// The college (分院) whose own office it is; empty for every college without one.
    pub college: String,
    /// How.
    #[diesel(embed)]
    pub reach: Reach,
}

/// The contact for somebody of a college: its own office's before the one for every college.
pub fn pick_contact<'a>(
    contacts: &'a [Contact],
    school_id: SchoolId,
    actor: NextActor,
    college: Option<&str>,
) -> Option<&'a Contact> {
    let of_actor = |college: &str| {
        let fits = |one: &&Contact| one.school_id == school_id && one.actor == actor && one.college == college;
        contacts.iter().find(fits)
    };
    college.and_then(of_actor).or_else(|| of_actor(""))
}
