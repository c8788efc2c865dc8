//! Words and rows of students' accounts.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::accounts::model::Origin;
use crate::audit::Actor;
use crate::clock::TimestampMs;
use crate::db::schema::students;
use crate::id::StudentId;
use crate::verdicts::queries::PersonKey;

crate::text_enum! {
    /// How far an account is (domain.md 6.1).
    StudentState {
        /// The mail with the link is on its way.
        PendingActivation = "pending-activation",
        /// The address is the student's; who they are is not said yet.
        Activated = "activated",
        /// Who they are is said; the code sent to the telephone is not typed yet.
        PhonePending = "phone-pending",
        /// Everything is typed; the student looks over it.
        Confirming = "confirming",
        /// Complete.
        Registered = "registered",
        /// Given up in favour of another account of the same person.
        Cancelled = "cancelled",
    }
}

crate::text_enum! {
    /// What a link in a mail is for.
    LinkKind {
        /// To activate the account.
        Activate = "activate",
        /// To set another password.
        Reset = "reset",
        /// To take another address.
        Address = "address",
    }
}

/// What a student typed and has not confirmed; sealed where it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// 姓名.
    pub name: String,
    /// The document's number, canonical.
    pub id_number: String,
    /// 性别, by the number.
    pub sex: String,
    /// Birth date, by the number, `YYYY-MM-DD`.
    pub birth_date: String,
    /// 所在地区: the province of the household.
    pub region: String,
    /// The mobile number.
    pub phone: String,
}

/// A student who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Student {
    /// The account.
    pub student_id: StudentId,
    /// The address they sign in with.
    pub email: String,
    /// How far the account is.
    pub state: StudentState,
    /// Number and name, once the account is complete.
    pub person: Option<PersonKey>,
    /// The name in the audit trail.
    pub actor: String,
    /// The network address of the request.
    pub address: Option<String>,
    /// When they signed in before this time, UTC ms, and from where.
    pub previous_login: Option<(TimestampMs, Option<String>)>,
}

impl Student {
    /// Where the student asks from.
    pub fn origin(&self) -> Origin {
        Origin {
            address: self.address.clone(),
            browser: None,
        }
    }
}

impl<'a> From<&'a Student> for Actor<'a> {
    fn from(student: &'a Student) -> Self {
        Self {
            name: &student.actor,
            address: student.address.as_deref(),
        }
    }
}

/// The name of a student in the audit trail: the account's number, since the trail is read by people who need not know more.
pub fn actor_name(student_id: StudentId) -> String {
    format!("student {student_id}")
}

/// What signing in and the ways back in need to know of an account.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = students)]
pub struct StudentAccount {
    /// The account.
    pub student_id: StudentId,
    /// The address they sign in with.
    pub email: String,
    /// How far it is.
    pub state: StudentState,
    /// Argon2id in the PHC form.
    pub password_hash: String,
    /// The sealed draft.
    pub draft_sealed: Option<Vec<u8>>,
    /// 姓名, once confirmed.
    pub name: Option<String>,
    /// Blind index of the number, once confirmed.
    pub id_index: Option<Vec<u8>>,
    /// The sealed mobile number, once confirmed.
    pub phone_sealed: Option<Vec<u8>>,
    /// Wrong passwords since the last success.
    pub failed_attempts: i32,
    /// Until when nobody may sign in, UTC ms.
    pub locked_until_ms: Option<TimestampMs>,
    /// When they signed in last, UTC ms.
    pub login_at_ms: Option<TimestampMs>,
    /// From where.
    pub login_address: Option<String>,
}

impl StudentAccount {
    /// The name in the audit trail.
    pub fn actor(&self) -> String {
        actor_name(self.student_id)
    }
}

/// A mail address for people who know it: the first character and the host.
pub fn mask_email(email: &str) -> String {
    let Some((name, host)) = email.split_once('@') else {
        return "***".to_owned();
    };
    let first: String = name.chars().take(1).collect();
    format!("{first}***@{host}")
}

/// A mobile number for people who know it: the first three and the last four digits.
pub fn mask_phone(phone: &str) -> String {
    match (phone.get(..3), phone.get(phone.len().saturating_sub(4)..)) {
        (Some(head), Some(tail)) if phone.len() >= 8 => format!("{head}****{tail}"),
        _ => "****".to_owned(),
    }
}
