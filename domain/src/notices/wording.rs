//! A notice in the words of its student's language; put in at delivery, so that a corrected text corrects what waits.

use fluent_bundle::FluentArgs;
use secrecy::ExposeSecret as _;

use super::model::Due;
use crate::clock::day_in_shanghai;
use crate::error::{Error, Result};
use crate::texts::{Language, Texts};

/// A place with more characters is left to the page: a text message of seventy is one, and a gateway may refuse longer ones.
const MOST_PLACE_CHARS_OF_MESSAGE: usize = 30;

/// A text that takes nothing.
pub fn plain_words(language: Language, key: &str) -> Result<String> {
    Ok(Texts::shared().map_err(Error::internal)?.text(language, key, None))
}

/// A part of a notice, `subject`, `text` or `sms`; links begin with the address under which people reach the server.
pub fn words(due: &Due, part: &str, public_url: &str) -> Result<String> {
    let texts = Texts::shared().map_err(Error::internal)?;
    let text_of = |name: &str| due.parameters[name].as_str().map(str::to_owned);
    let number_of = |name: &str| due.parameters[name].as_i64();
    let secret = due.secret.as_ref().map(|secret| secret.expose_secret().to_owned());
    let base = public_url.trim_end_matches('/');
    let path = text_of("path").unwrap_or_else(|| "home".to_owned());
    let link = match &secret {
        Some(token) => format!("{base}/{path}/{token}"),
        None => format!("{base}/{path}"),
    };
    let mut args = FluentArgs::new();
    args.set("link", link);
    args.set("code", secret.unwrap_or_default());
    args.set("name", due.masked_name.clone().unwrap_or_default());
    for name in ["hours", "minutes", "days", "overdue", "soon"] {
        args.set(name, number_of(name).unwrap_or_default());
    }
    args.set(
        "ticket",
        number_of("ticket").map(|number| number.to_string()).unwrap_or_default(),
    );
    args.set("due", number_of("due_at_ms").map(day_in_shanghai).unwrap_or_default());
    let most = if part == "sms" {
        MOST_PLACE_CHARS_OF_MESSAGE
    } else {
        usize::MAX
    };
    let place = text_of("place").filter(|place| (1..=most).contains(&place.chars().count()));
    args.set(
        "place",
        place.unwrap_or_else(|| texts.text(due.language, "recapture-place-asked", None)),
    );
    if let Some(code) = text_of("code") {
        args.set("reason", texts.text(due.language, &format!("finding-{code}"), None));
        let own = format!("student-finding-{code}");
        let sentence = match texts.has(&own) {
            true => own,
            false => format!("finding-{code}-sentence"),
        };
        args.set("mend", texts.text(due.language, &sentence, None));
    }
    let key = match due.parameters["is_for_writer"] == true && part == "text" {
        true => "notice-ticket-writer-text".to_owned(),
        false => format!("notice-{}-{part}", due.kind),
    };
    Ok(texts.text(due.language, &key, Some(&args)))
}
