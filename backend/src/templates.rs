//! The pages' templates: embedded in a release, read from the folder at start in a debug build; one Tera per language.

mod constants;
mod filters;
mod functions;

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use tera::{Tera, TeraResult};

use self::functions::Functions;
use crate::assets::Assets;
use domain::texts::{Language, Texts};

#[derive(rust_embed::RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../templates"]
#[include = "**/*.html"]
struct Sources;

/// Why a template cannot be used or filled.
#[derive(Debug, thiserror::Error)]
pub enum TemplatesError {
    /// A file in `templates` is not UTF-8.
    #[error("the template {name} is not UTF-8; save it as UTF-8")]
    NotText {
        /// Path below `templates`.
        name: String,
    },
    /// Tera refuses a template or a context.
    #[error("{}", with_source(.0))]
    Tera(#[from] tera::Error),
}

/// Where one of our own functions refused, its reason is the source of the error.
fn with_source(error: &tera::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// As much as most pages of students have.
const PAGE_BYTES: usize = 8 << 10;

/// Every template, ready in every language.
pub struct Templates {
    by_language: HashMap<Language, Tera>,
}

impl Templates {
    /// Parses the templates and gives them their functions and filters.
    pub fn load(texts: &Arc<Texts>, assets: &Arc<Assets>) -> Result<Self, TemplatesError> {
        let mut sources = Vec::new();
        for name in Sources::iter() {
            let Some(file) = Sources::get(&name) else { continue };
            let text = String::from_utf8(file.data.into_owned())
                .map_err(|_| TemplatesError::NotText { name: name.to_string() })?;
            sources.push((name.to_string(), text));
        }
        let load = |language: &Language| {
            let functions = Arc::new(Functions::new(*language, texts, assets));
            Ok((*language, load_in(&functions, &sources)?))
        };
        let by_language = Language::ALL.iter().map(load).collect::<TeraResult<_>>()?;
        Ok(Self { by_language })
    }

    /// Fills a template with a page struct, which is its whole context; gives the page as UTF-8.
    pub fn render(&self, language: Language, name: &str, page: &impl Serialize) -> Result<Vec<u8>, TemplatesError> {
        let context = tera::Context::from_serialize(page)?;
        let tera = self.by_language.get(&language).expect("every language was loaded");
        let mut html = Vec::with_capacity(PAGE_BYTES);
        tera.render_to(name, &context, &mut html)?;
        Ok(html)
    }
}

fn load_in(functions: &Arc<Functions>, sources: &[(String, String)]) -> TeraResult<Tera> {
    let settled = sources.iter().map(|(name, text)| {
        let settled = constants::settle(text, functions);
        let settled = settled.map_err(|fault| tera::Error::chain(format!("{name} cannot be filled"), fault))?;
        Ok((name, settled))
    });
    let settled: Vec<_> = settled.collect::<TeraResult<_>>()?;
    let mut tera = Tera::new();
    // A template that names a function or a filter is refused where it is not there yet.
    functions.register(&mut tera);
    filters::register(&mut tera);
    tera.set_escape_fn(escape);
    tera.add_raw_templates(settled)?;
    Ok(tera)
}

/// As Tera's own, but leaves `/` alone: it is harmless in texts and quoted attributes, and addresses stay readable.
fn escape(text: &str, out: &mut dyn Write) -> io::Result<()> {
    escaped(text).try_for_each(|piece| out.write_all(piece.as_bytes()))
}

/// A text in pieces, with an entity for every character that would be read as markup.
fn escaped(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['&', '<', '>', '"', '\'']).flat_map(|piece| {
        let entity = match piece.as_bytes().last() {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'"') => "&quot;",
            Some(b'\'') => "&#x27;",
            _ => return [piece, ""],
        };
        [&piece[..piece.len() - 1], entity]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates() -> (Arc<Texts>, Arc<Assets>, Templates) {
        let (texts, assets) = (Arc::new(Texts::load().expect("texts")), Arc::new(Assets::load()));
        let templates = Templates::load(&texts, &assets).expect("templates");
        (texts, assets, templates)
    }

    /// What stands in quotes after `before`, in every template.
    fn quoted_after(before: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for name in Sources::iter() {
            let file = Sources::get(&name).expect("it was just listed");
            let text = String::from_utf8(file.data.into_owned()).expect("templates are UTF-8");
            for (at, _) in text.match_indices(before) {
                let rest = &text[at + before.len()..];
                let (word, after) = rest.split_once('"').expect("quotes are closed");
                // A key that goes on with ` ~ …` is only the beginning of one.
                if !after.starts_with(" ~") {
                    found.push((name.to_string(), word.to_owned()));
                }
            }
        }
        found
    }

    #[test]
    fn every_text_a_template_names_exists() {
        let (texts, ..) = templates();
        let named = quoted_after("t(key=\"");
        assert!(named.len() > 100, "the templates are searched");
        for (template, key) in named {
            assert!(texts.has(&key), "{template} names {key}");
        }
    }

    #[test]
    fn every_icon_a_template_names_is_in_the_sprite() {
        let sprite = include_str!("../../templates/assets/icons.txt");
        for (template, icon) in quoted_after("icon(name=\"") {
            assert!(
                sprite.split_whitespace().any(|name| name == icon),
                "{template} names {icon}"
            );
        }
    }

    #[test]
    fn every_asset_a_template_names_is_served() {
        let (_, assets, _) = templates();
        for (template, asset) in quoted_after("asset(name=\"") {
            assert!(assets.href(&asset).is_some(), "{template} names {asset}");
        }
    }

    #[test]
    fn values_cannot_become_markup() {
        assert_eq!(
            escaped("<a href='/x'>\"&").collect::<String>(),
            "&lt;a href=&#x27;/x&#x27;&gt;&quot;&amp;"
        );
    }
}
