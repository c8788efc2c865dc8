//! What a template says whatever the page (`t(key="home-title")`) is said once, when the templates are loaded, and is plain text or a
//! literal from then on: it is most of what the functions are called for.

use std::ops::Range;

use tera::TeraResult;

use super::escaped;
use super::functions::Functions;

/// `function(argument="word")` and where it stands.
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
        let alone = alone(source, &constant.place);
        let Some(text) = answer(&constant, alone.is_some(), functions)? else {
            continue;
        };
        let place = alone.unwrap_or(constant.place);
        settled.push_str(&source[done..place.start]);
        settled.push_str(&text);
        done = place.end;
    }
    settled.push_str(&source[done..]);
    Ok(settled)
}

/// Where the braces around a call stand that have nothing else in them.
fn alone(source: &str, call: &Range<usize>) -> Option<Range<usize>> {
    let (before, after) = ("{{ ", " }}");
    let is_alone = source[..call.start].ends_with(before) && source[call.end..].starts_with(after);
    is_alone.then(|| call.start - before.len()..call.end + after.len())
}

/// What a call comes to: text where it stands alone, else a literal of the expression that it is part of; none where that is left to the page.
fn answer(constant: &Constant<'_>, is_alone: bool, functions: &Functions) -> TeraResult<Option<String>> {
    let Some(answer) = functions.answer(constant.function, constant.argument, constant.word) else {
        return Ok(None);
    };
    let answer = answer?;
    // Braces would be read as part of the template.
    let Some(text) = answer.as_str().filter(|text| !text.contains(['{', '}'])) else {
        return Ok(None);
    };
    Ok(match (is_alone, answer.is_safe()) {
        (true, true) => Some(text.to_owned()),
        (true, false) => Some(escaped(text).collect()),
        // A literal stays plain text for whatever the expression does with it.
        (false, false) => (!text.contains(['"', '\\'])).then(|| format!("\"{text}\"")),
        (false, true) => None,
    })
}

fn constants(source: &str) -> impl Iterator<Item = Constant<'_>> {
    source.match_indices("=\"").filter_map(|(equals, opening)| {
        let (word, after) = source[equals + opening.len()..].split_once('"')?;
        let is_closed = after.starts_with(')');
        let (before, argument) = source[..equals].rsplit_once('(')?;
        let function = &before[before.trim_end_matches(is_of_name).len()..];
        (is_closed && !function.is_empty() && argument.chars().all(is_of_name)).then(|| Constant {
            place: before.len() - function.len()..equals + opening.len() + word.len() + "\")".len(),
            function,
            argument,
            word,
        })
    })
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
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
    fn a_call_inside_an_expression_becomes_a_literal() {
        for (source, settled_to) in [
            (
                r#"{% set title = t(key="home-proof") %}"#,
                r#"{% set title = "Review and confirm" %}"#,
            ),
            (
                r#"{{ t(key=key, or=t(key="home-proof")) }}"#,
                r#"{{ t(key=key, or="Review and confirm") }}"#,
            ),
            (
                r#"{{ t(key="home-proof") | upper }}"#,
                r#"{{ "Review and confirm" | upper }}"#,
            ),
            (
                r#"{{ <ui.link icon={icon(name="check")} /> }}"#,
                r#"{{ <ui.link icon={icon(name="check")} /> }}"#,
            ),
        ] {
            assert_eq!(settled(source), settled_to);
        }
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
            r#"{{ <ui.state answer="a" /> }}"#,
            r#"{{ page.title }}"#,
        ] {
            assert_eq!(settled(source), source);
        }
    }
}
