//! What happened to a ticket, as its student reads it: nothing but what both sides see, and nobody of the office by name.

use domain::tickets::model::{EventKind, TicketEvent};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::Value;

use crate::pages::student::shown;

/// An event of the conversation.
#[derive(Serialize)]
pub struct Said {
    /// `you`, `office` or `house`.
    by: &'static str,
    /// Worded by `correction-event-<word>`.
    what: String,
    at: String,
    words: Option<String>,
    /// Whom the ticket was handed to.
    body: Option<String>,
    /// How a call went.
    outcome: Option<String>,
    /// The fields of the roll that were changed.
    fields: Vec<String>,
    /// The other ticket.
    ticket: Option<String>,
    /// How content the student is.
    score: Option<String>,
}

impl Said {
    /// An event that its student may see.
    pub fn new(event: &TicketEvent) -> Self {
        let parameters = &event.parameters;
        let word = |name: &str| parameters[name].as_str().map(str::to_owned);
        let number = |name: &str| parameters[name].as_i64().map(|number| number.to_string());
        Self {
            by: match event {
                event if event.is_of_student => "you",
                event if event.is_of_house() => "house",
                _ => "office",
            },
            what: what(event),
            at: shown(event.at_ms),
            words: event.body.as_ref().map(|body| body.expose_secret().to_owned()),
            body: word("body"),
            outcome: word("outcome"),
            fields: words_in(&parameters["fields"]),
            ticket: number("ticket").or_else(|| number("into")),
            score: number("satisfaction"),
        }
    }
}

/// A step where the ticket moved, else what happened. What the house closes by itself names no step.
fn what(event: &TicketEvent) -> String {
    match (event.kind, event.parameters["step"].as_str()) {
        (EventKind::Moved, step) => step.unwrap_or("close").to_owned(),
        (EventKind::AccountsEnded, _) if event.parameters["begins_anew"] == true => "begins-anew".to_owned(),
        (kind, _) => kind.to_string(),
    }
}

fn words_in(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
