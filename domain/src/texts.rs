//! The texts people read, from the Fluent files in `domain/locales`; isolating marks are off, so texts can be titles and subjects.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// What staff and agencies read, what students do, and the words of the working calendar, of tickets, their pages, evidence and mails.
const ZH_CN: &[&str] = &[
    include_str!("../locales/zh-CN.ftl"),
    include_str!("../locales/student.zh-CN.ftl"),
    include_str!("../locales/worktime.zh-CN.ftl"),
    include_str!("../locales/ticket.zh-CN.ftl"),
    include_str!("../locales/evidence.zh-CN.ftl"),
    include_str!("../locales/correction.zh-CN.ftl"),
    include_str!("../locales/mail.zh-CN.ftl"),
    include_str!("../locales/jobs.zh-CN.ftl"),
    include_str!("../locales/school.zh-CN.ftl"),
];
const EN: &[&str] = &[
    include_str!("../locales/en.ftl"),
    include_str!("../locales/student.en.ftl"),
    include_str!("../locales/worktime.en.ftl"),
    include_str!("../locales/ticket.en.ftl"),
    include_str!("../locales/evidence.en.ftl"),
    include_str!("../locales/correction.en.ftl"),
    include_str!("../locales/mail.en.ftl"),
    include_str!("../locales/jobs.en.ftl"),
    include_str!("../locales/school.en.ftl"),
];

crate::text_enum! {
    /// A language that people are written to in, by its BCP 47 tag.
    #[derive(Default)]
    Language {
        /// Simplified Chinese, the default.
        #[default]
        ZhCn = "zh-CN",
        /// English.
        En = "en",
    }
}

impl Language {
    /// The BCP 47 tag, as in `<html lang>` and the language cookie.
    pub fn tag(self) -> &'static str {
        self.as_str()
    }

    /// Reads a tag; anything else is no language of ours.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.tag() == tag)
    }
}

/// Why the texts cannot be used; found at start, never later.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// A Fluent file does not parse or names a message twice.
    #[error("the texts of {language} are unusable: {fault}; correct the file in domain/locales")]
    Unusable {
        /// Tag of the language.
        language: &'static str,
        /// What the Fluent parser says.
        fault: String,
    },
}

/// The messages of every language, shared by all requests.
pub struct Texts {
    zh_cn: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
}

impl Texts {
    /// The texts of this process, parsed once; a fault of theirs is one of the build.
    pub fn shared() -> Result<&'static Self, &'static TextsError> {
        static SHARED: LazyLock<Result<Texts, TextsError>> = LazyLock::new(Texts::load);
        SHARED.as_ref()
    }

    /// Parses the embedded Fluent files.
    pub fn load() -> Result<Self, TextsError> {
        Ok(Self {
            zh_cn: bundle(Language::ZhCn, ZH_CN)?,
            en: bundle(Language::En, EN)?,
        })
    }

    /// Whether the message exists in the default language.
    pub fn has(&self, key: &str) -> bool {
        self.zh_cn.has_message(key)
    }

    /// The message in the language, else in Chinese, else its key (a test keeps that from happening).
    pub fn text(&self, language: Language, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let own = match language {
            Language::ZhCn => &self.zh_cn,
            Language::En => &self.en,
        };
        for bundle in [own, &self.zh_cn] {
            if let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) {
                let mut faults = Vec::new();
                let text = bundle.format_pattern(pattern, args, &mut faults).into_owned();
                if !faults.is_empty() {
                    tracing::warn!(
                        text.key = key,
                        language = language.tag(),
                        "a text was shown with a missing argument"
                    );
                }
                return text;
            }
        }
        tracing::warn!(text.key = key, "a text is missing");
        key.to_owned()
    }
}

fn bundle(language: Language, sources: &[&str]) -> Result<FluentBundle<FluentResource>, TextsError> {
    let unusable = |fault: String| TextsError::Unusable {
        language: language.tag(),
        fault,
    };
    let tag: LanguageIdentifier = language
        .tag()
        .parse()
        .map_err(|_| unusable("its tag is not BCP 47".to_owned()))?;
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(format_number(number)),
        _ => None,
    }));
    for source in sources {
        let resource =
            FluentResource::try_new((*source).to_owned()).map_err(|(_, faults)| unusable(format!("{faults:?}")))?;
        bundle
            .add_resource(resource)
            .map_err(|faults| unusable(format!("{faults:?}")))?;
    }
    Ok(bundle)
}

/// Numbers inside texts read as they do in tables; identifiers are passed as strings and stay as they are.
fn format_number(number: &FluentNumber) -> String {
    let text = number.as_string().into_owned();
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", group_thousands(whole)),
        None => group_thousands(&text),
    }
}

/// `12046` as `12,046`.
pub fn group_thousands(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notices::model::{Channel, NoticeKind};
    use crate::tickets::machine::{Step, TicketState};
    use crate::tickets::model::TicketKind;

    fn keys(sources: &[&'static str]) -> Vec<&'static str> {
        let mut keys: Vec<&str> = sources
            .iter()
            .flat_map(|source| source.lines())
            .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
            .collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn both_languages_have_the_same_messages() {
        assert_eq!(keys(ZH_CN), keys(EN));
    }

    #[test]
    fn every_notice_has_its_words() {
        let texts = Texts::load().expect("the embedded texts parse");
        for kind in NoticeKind::ALL {
            for channel in kind.channels() {
                let parts: &[&str] = match channel {
                    Channel::Mail => &["subject", "text"],
                    Channel::Sms => &["sms"],
                };
                for part in parts {
                    assert!(texts.has(&format!("notice-{kind}-{part}")), "{kind} {part}");
                }
            }
        }
    }

    #[test]
    fn whatever_stands_in_a_students_way_has_its_words() {
        let texts = Texts::load().expect("the embedded texts parse");
        for code in [
            "account-first",
            "evidence-missing",
            "rated",
            "record-missing",
            "satisfaction",
            "ticket-changed",
            "ticket-ended",
            "ticket-exists",
            "ticket-step",
            "ticket-too-many",
            "ticket-too-old",
            "words",
            "words-missing",
        ] {
            assert!(texts.has(&format!("problem-{code}")), "{code}");
        }
        for state in TicketState::ALL {
            for place in ["state", "now"] {
                assert!(texts.has(&format!("correction-{place}-{state}")), "{place} {state}");
            }
        }
        for step in Step::ALL {
            assert!(texts.has(&format!("correction-event-{step}")), "{step}");
        }
        for kind in TicketKind::ALL {
            for place in ["for", "way", "words", "ask"] {
                assert!(texts.has(&format!("correction-{place}-{kind}")), "{place} {kind}");
            }
        }
    }

    #[test]
    fn numbers_in_texts_are_grouped_and_not_isolated() {
        let texts = Texts::load().expect("the embedded texts parse");
        let mut args = FluentArgs::new();
        args.set("rows", 4812);
        assert_eq!(
            texts.text(Language::ZhCn, "roll-undo-submit", Some(&args)),
            "撤销 4,812 行"
        );
        assert_eq!(
            texts.text(Language::En, "roll-undo-submit", Some(&args)),
            "Undo 4,812 rows"
        );
    }

    #[test]
    fn plural_forms_follow_the_number() {
        let texts = Texts::load().expect("the embedded texts parse");
        let mut args = FluentArgs::new();
        args.set("rows", 1);
        assert_eq!(texts.text(Language::En, "roll-undo-submit", Some(&args)), "Undo 1 row");
    }

    #[test]
    fn groups_digits_by_threes() {
        for (digits, grouped) in [
            ("7", "7"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-12046", "-12,046"),
            ("1234567", "1,234,567"),
        ] {
            assert_eq!(group_thousands(digits), grouped);
        }
    }
}
