//! How somebody is reached who acts for students, as pages show it.

use domain::schools::model::Contact;
use domain::verdicts::category::NextActor;
use serde::Serialize;

/// A contact, worded by `actor-<actor>`.
#[derive(Clone, Debug, Serialize)]
pub struct ContactCard {
    /// Who is reached.
    pub actor: NextActor,
    /// The college whose own office it is; empty for every college.
    pub college: String,
    /// Telephone, as people write it.
    pub phone: Option<String>,
    /// The number to dial.
    pub dialled: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Where to go.
    pub place: Option<String>,
    /// When somebody is there.
    pub hours: Option<String>,
}

impl From<&Contact> for ContactCard {
    fn from(contact: &Contact) -> Self {
        let reach = &contact.reach;
        Self {
            actor: contact.actor,
            college: contact.college.clone(),
            phone: reach.phone.clone(),
            dialled: reach.dialled(),
            email: reach.email.clone(),
            place: reach.place.clone(),
            hours: reach.hours.clone(),
        }
    }
}
