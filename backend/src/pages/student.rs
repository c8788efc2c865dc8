//! The students' pages: find out, look, decide. No page of these takes a script, and none says more to a stranger than that it exists.

pub mod account;
pub mod activate;
pub mod captcha;
pub mod claim;
pub mod evidence;
pub mod front;
pub mod home;
pub mod login;
pub mod lookup;
pub mod mail;
pub mod notices;
pub mod paper;
pub mod photo;
pub mod proof;
pub mod real_name;
pub mod recovery;
pub mod register;
pub mod tickets;

use std::time::Instant;

use domain::accounts::model::Origin;
use domain::clock::{TimestampMs, format_shanghai};
use domain::error::Error;
use domain::students::commands::record_refusal;
use domain::students::model::{Student, StudentState};
use domain::verdicts::queries::PersonKey;
use poem::Response;
use poem::http::StatusCode;
use serde::Serialize;

use crate::auth::throttle::{Left, network};
use crate::error::Failure;
use crate::pages::frame::Frame;
use crate::pages::screen::Screen;

/// What surrounds a student's page.
#[derive(Serialize)]
pub struct StudentFrame {
    /// Tag of the page's language.
    lang: &'static str,
    /// Tag of the language the switch offers.
    other_lang: &'static str,
    /// The hidden field of every form.
    csrf: String,
    /// Where the language switch returns to.
    path: String,
    /// Whether somebody is signed in to a complete account.
    is_signed_in: bool,
    /// Which place of the bar is open: `home`, `notices`, `tickets`, `account`, or none.
    place: &'static str,
}

/// What was wrong with a form: worded by `problem-<code>`, shown at the field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    code: String,
    field: String,
    /// What the page with it is answered as.
    #[serde(skip)]
    status: StatusCode,
}

impl Problem {
    /// A problem of one field.
    pub fn new(code: impl Into<String>, field: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            field: field.into(),
            status: StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// Something of no field that is in the way by now.
    pub fn in_the_way(code: impl Into<String>) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            ..Self::new(code, "")
        }
    }

    /// What is wrong, where it is something that whoever filled in the form can mend.
    pub fn of(error: Error) -> Result<Self, Failure> {
        match &error {
            Error::Invalid { code, field, .. } => Ok(Self::new(*code, field.clone())),
            Error::TooMuch { code, .. } => Ok(Self::new(*code, "code")),
            _ => Err(error.into()),
        }
    }

    /// The same, and what is in the way, for pages that show how things stand now.
    pub fn of_step(error: Error) -> Result<Self, Failure> {
        match &error {
            Error::Conflict { code, .. } => Ok(Self::in_the_way(*code)),
            _ => Self::of(error),
        }
    }
}

impl Screen {
    /// The frame of a student's page.
    pub fn student_frame(&self, place: &'static str) -> StudentFrame {
        let student = self.visit().student.as_ref();
        let Frame {
            lang,
            other_lang,
            csrf,
            path,
            ..
        } = self.plain_frame();
        StudentFrame {
            lang,
            other_lang,
            csrf,
            path,
            is_signed_in: student.is_some_and(|student| student.state == StudentState::Registered),
            place,
        }
    }

    /// The student who is signed in, however far the account is.
    pub fn student(&self) -> Result<&Student, Failure> {
        self.visit()
            .student
            .as_ref()
            .ok_or_else(|| Failure::status(StatusCode::UNAUTHORIZED))
    }

    /// The student who is signed in to a complete account, and by what they are known.
    pub fn registered(&self) -> Result<(&Student, &PersonKey), Failure> {
        let student = self.student()?;
        match &student.person {
            Some(person) if student.state == StudentState::Registered => Ok((student, person)),
            _ => Err(Failure::status(StatusCode::UNAUTHORIZED)),
        }
    }

    /// Counts a form that anybody may send, by the network it comes from.
    pub async fn brake_public(&self) -> Result<(), Failure> {
        let Some(address) = self.address() else { return Ok(()) };
        let brake = &self.state.public_brakes().by_address;
        self.allow(brake.attempt(network(address), Instant::now())).await
    }

    /// Counts a question about a person, wherever it comes from.
    pub async fn brake_person(&self, person: &PersonKey) -> Result<(), Failure> {
        let brake = &self.state.public_brakes().by_person;
        self.allow(brake.attempt(person.id_index.clone(), Instant::now())).await
    }

    /// Counts a mail that anybody may have sent to an address: one of a kind in a minute, known or not.
    pub async fn brake_mailbox(&self, kind: &'static str, email: &str) -> Result<(), Failure> {
        let brake = &self.state.public_brakes().by_mailbox;
        self.allow(brake.attempt((kind, email.to_owned()), Instant::now()))
            .await
    }

    async fn allow(&self, counted: Result<Left, u64>) -> Result<(), Failure> {
        let Err(seconds) = counted else { return Ok(()) };
        self.note_refusal("student.flood").await;
        Err(Failure::too_many(seconds))
    }

    /// Writes into the audit trail that something was refused which may be an attack; of several in a minute the first. It is refused
    /// whether that can be written or not.
    pub async fn note_refusal(&self, action: &'static str) {
        let (brakes, now) = (self.state.public_brakes(), Instant::now());
        let caller = (action, self.address().map(network));
        if brakes.refusals.attempt(caller, now).is_err() || brakes.refusals_of_all.attempt(action, now).is_err() {
            return;
        }
        let from = Origin {
            address: self.address().map(|address| address.to_string()),
            browser: None,
        };
        let (house, by) = (self.state.house(), self.visit().student.clone());
        let now_ms = house.clock.now_ms();
        let noted = house
            .db
            .write_tx(move |conn| record_refusal(conn, by.as_ref(), action, &from, now_ms));
        if let Err(fault) = noted.await {
            tracing::error!(action, error = %fault.with_sources(), "a refusal could not be written into the audit trail");
        }
    }

    /// [`Screen::note_refusal`] where a code was asked for too often.
    pub async fn note_spent<T>(&self, sent: &domain::error::Result<T>) {
        if matches!(sent, Err(domain::Error::TooMuch { .. })) {
            self.note_refusal("student.send-code").await;
        }
    }

    /// Shows a page, with the status of a form that must be mended where there is a problem.
    pub fn show_form(
        &self,
        template: &str,
        page: &impl Serialize,
        problem: Option<&Problem>,
    ) -> Result<Response, Failure> {
        let mut response = self.show(template, page)?;
        if let Some(problem) = problem {
            response.set_status(problem.status);
        }
        Ok(response)
    }
}

/// Where an account that is not complete goes on.
pub fn next_step(state: StudentState) -> &'static str {
    match state {
        StudentState::Activated => "/register/identity",
        StudentState::PhonePending => "/register/phone",
        StudentState::Confirming => "/register/confirm",
        _ => "/home",
    }
}

/// An instant as students read it.
fn shown(at_ms: TimestampMs) -> String {
    format_shanghai(at_ms)
}
