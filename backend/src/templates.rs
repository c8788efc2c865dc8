//! The pages' templates: embedded in a release, read from the folder at start in a debug build; one Tera per language.

mod constants;
mod filters;
mod functions;

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use serde::Serialize;
use tera::Tera;

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
    #[error("{}", with_sources(.0))]
    Tera(#[from] tera::Error),
}

/// Tera names the line of a fault in its error's sources only.
fn with_sources(error: &tera::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

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
        // Reading templates is most of what a start takes, so every language has a thread of its own.
        let by_language = thread::scope(|scope| {
            let load = |language| {
                let sources = &sources;
                let loading = scope.spawn(move || load_in(Functions::new(language, texts, assets), sources));
                (language, loading)
            };
            let loading: Vec<_> = Language::ALL.iter().copied().map(load).collect();
            let loaded = loading.into_iter().map(|(language, loading)| {
                let tera = loading.join().unwrap_or_else(|panic| resume_unwind(panic))?;
                Ok((language, tera))
            });
            loaded.collect::<Result<_, tera::Error>>()
        })?;
        Ok(Self { by_language })
    }

    /// Fills a template with a page struct, which is its whole context.
    pub fn render(&self, language: Language, name: &str, page: &impl Serialize) -> Result<String, TemplatesError> {
        let context = tera::Context::from_serialize(page)?;
        let tera = self.by_language.get(&language).expect("every language was loaded");
        Ok(tera.render(name, &context)?)
    }
}

fn load_in(functions: Functions, sources: &[(String, String)]) -> tera::Result<Tera> {
    let settled = sources.iter().map(|(name, text)| {
        let settled = constants::settle(text, &functions);
        let settled = settled.map_err(|fault| tera::Error::chain(format!("{name} cannot be filled"), fault))?;
        Ok((name, settled))
    });
    let settled: Vec<_> = settled.collect::<tera::Result<_>>()?;
    let mut tera = Tera::default();
    functions.register(&mut tera);
    filters::register(&mut tera);
    tera.set_escape_fn(escape);
    tera.add_raw_templates(settled)?;
    Ok(tera)
}

/// As Tera's own, but leaves `/` alone: it is harmless in texts and quoted attributes, and addresses stay readable.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            other => escaped.push(other),
        }
    }
    escaped
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
        assert_eq!(escape("<a href='/x'>\"&"), "&lt;a href=&#x27;/x&#x27;&gt;&quot;&amp;");
    }
}
