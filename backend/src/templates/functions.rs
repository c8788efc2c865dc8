//! What templates may call: `t` for texts, `asset` for addresses, `icon` for symbols.

use std::sync::Arc;

use fluent_bundle::{FluentArgs, FluentValue};
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::assets::Assets;
use domain::texts::{Language, Texts};

/// The functions of one language.
pub(super) struct Functions {
    language: Language,
    texts: Arc<Texts>,
    assets: Arc<Assets>,
    /// Where the sprite of the icons is served.
    sprite: String,
}

impl Functions {
    pub(super) fn new(language: Language, texts: &Arc<Texts>, assets: &Arc<Assets>) -> Self {
        Self {
            language,
            texts: Arc::clone(texts),
            assets: Arc::clone(assets),
            sprite: assets.href("icons.svg").unwrap_or_default(),
        }
    }

    /// Gives them to a set of templates.
    pub(super) fn register(self: &Arc<Self>, tera: &mut Tera) {
        let functions = Arc::clone(self);
        tera.register_function("t", move |args: Kwargs, _: &State| functions.translate(&args));
        let functions = Arc::clone(self);
        tera.register_function("asset", move |args: Kwargs, _: &State| {
            functions.asset(args.must_get("name")?)
        });
        let functions = Arc::clone(self);
        tera.register_function("icon", move |args: Kwargs, _: &State| {
            functions.icon(args.must_get("name")?)
        });
    }

    /// What `function(argument="word")` comes to; none where there is no such call.
    pub(super) fn answer(&self, function: &str, argument: &str, word: &str) -> Option<TeraResult<Value>> {
        match (function, argument) {
            ("t", "key") => Some(Ok(Value::from(self.texts.text(self.language, word, None)))),
            ("asset", "name") => Some(self.asset(word)),
            ("icon", "name") => Some(self.icon(word)),
            _ => None,
        }
    }

    /// `t(key="batch-files", files=12)`: a Fluent message; its output is escaped like every value.
    fn translate(&self, args: &Kwargs) -> TeraResult<Value> {
        let key: &str = args.must_get("key")?;
        // A code without a text of its own falls back to what the page has instead.
        if let Some(fallback) = args.get::<&Value>("or")?.filter(|_| !self.texts.has(key)) {
            return Ok(fallback.clone());
        }
        let mut fluent = FluentArgs::new();
        for (name, value) in args.iter() {
            match name.as_str() {
                Some("key" | "or") | None => {}
                Some(name) => fluent.set(name, fluent_value(value)),
            }
        }
        Ok(Value::from(self.texts.text(self.language, key, Some(&fluent))))
    }

    /// `asset(name="app.css")`: the address under which the file is served.
    fn asset(&self, name: &str) -> TeraResult<Value> {
        match self.assets.href(name) {
            Some(href) => Ok(Value::safe_string(&href)),
            None => Err(Error::message(format!("there is no asset {name}"))),
        }
    }

    /// `icon(name="check")`: a symbol of the sprite, hidden from screen readers because a word always stands beside it.
    fn icon(&self, name: &str) -> TeraResult<Value> {
        let is_of_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !name.bytes().all(is_of_name) {
            return Err(Error::message(format!("{name} is no icon's name")));
        }
        Ok(Value::safe_string(&format!(
            "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{}#{name}\"/></svg>",
            self.sprite
        )))
    }
}

/// A value as a message takes it: numbers may choose its form, all else is text.
fn fluent_value(value: &Value) -> FluentValue<'_> {
    if let Some(text) = value.as_str() {
        FluentValue::from(text)
    } else if let Some(whole) = value.as_i64() {
        FluentValue::from(whole)
    } else if let Some(number) = value.as_f64() {
        FluentValue::from(number)
    } else {
        FluentValue::from(value.to_string())
    }
}
