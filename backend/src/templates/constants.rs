//! What a template says whatever the page (`{{ t(key="home-title") }}`) is said once, when the templates are loaded, and is plain text
//! from then on: it is most of what the functions are called for.

use std::ops::Range;

use tera::TeraResult;

use super::escaped;
use super::functions::Functions;

/// `{{ function(argument="word") }}` and where it stands.
struct Constant<'a> {
    place: Range<usize>,
    function: &'a str,
    argument: &'a str,
    word: &'a str,
}

/// A template with every such call replaced by what it comes to.
pub(super) fn settle(source: &str, functions: &Functions) -> TeraResult<String> {
    let mut settled = String::with_capacity(source.len());
    let mut done = 0;
    for constant in constants(source) {
        let Some(text) = answer(&constant, functions)? else {
            continue;
        };
        settled.push_str(&source[done..constant.place.start]);
        settled.push_str(&text);
        done = constant.place.end;
    }
    settled.push_str(&source[done..]);
    Ok(settled)
}

/// What a call comes to; none where that is left to the page.
fn answer(constant: &Constant<'_>, functions: &Functions) -> TeraResult<Option<String>> {
    let Some(answer) = functions.answer(constant.function, constant.argument, constant.word) else {
        return Ok(None);
    };
    let answer = answer?;
    // Braces would be read as part of the template.
    let text = answer.as_str().filter(|text| !text.contains(['{', '}']));
    Ok(text.map(|text| {
        if answer.is_safe() {
            text.to_owned()
        } else {
            escaped(text).collect()
        }
    }))
}

fn constants(source: &str) -> impl Iterator<Item = Constant<'_>> {
    source.match_indices("{{ ").filter_map(|(start, opening)| {
        let rest = &source[start + opening.len()..];
        let (call, _) = rest.split_once(" }}")?;
        let (head, word) = call.strip_suffix("\")")?.split_once("=\"")?;
        let (function, argument) = head.split_once('(')?;
        let is_name = argument.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        (is_name && !word.contains('"')).then(|| Constant {
            place: start..start + opening.len() + call.len() + " }}".len(),
            function,
            argument,
            word,
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::texts::{Language, Texts};

    use super::*;
    use crate::assets::Assets;

    fn settled(source: &str) -> String {
        let (texts, assets) = (Texts::load().expect("texts"), Assets::load());
        let functions = Functions::new(Language::En, &Arc::new(texts), &Arc::new(assets));
        settle(source, &functions).expect("a sound template")
    }

    #[test]
    fn a_call_with_one_word_becomes_its_text() {
        let source = r#"<b title="{{ t(key="home-title") }}">{{ icon(name="check") }}</b>{{ name }}"#;
        let settled = settled(source);
        assert!(!settled.contains("t(key") && !settled.contains("icon("), "{settled}");
        assert!(
            settled.ends_with("</b>{{ name }}") && settled.contains("#check"),
            "{settled}"
        );
    }

    #[test]
    fn what_depends_on_the_page_stays() {
        for source in [
            r#"{{ t(key="home-greeting", name="A") }}"#,
            r#"{{ t(key="reason-" ~ reason) }}"#,
            r#"{{ t(key="reason-" ~ "a") }}"#,
            r#"{{ t(key=key) }}"#,
            r#"{{ t(key=key, or="x") }}"#,
            r#"{{ t(key=key) or "x" }}"#,
            r#"{{ t(key="home-title") | upper }}"#,
            r#"{{ <ui.state answer="a" /> }}"#,
            r#"{{ page.title }}"#,
            r#"{% set title = t(key="home-title") %}"#,
        ] {
            assert_eq!(settled(source), source);
        }
    }
}
