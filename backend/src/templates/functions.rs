//! What templates may call: `t` for texts, `asset` for addresses, `icon` for symbols.

use std::collections::HashMap;
use std::sync::Arc;

use fluent_bundle::{FluentArgs, FluentValue};
use tera::{Error, Function, Tera, Value};

use crate::assets::Assets;
use domain::texts::{Language, Texts};

type Args = HashMap<String, Value>;

/// The functions of one language.
pub(super) struct Functions {
    translate: Translate,
    asset: AssetAddress,
    icon: Icon,
}

impl Functions {
    pub(super) fn new(language: Language, texts: &Arc<Texts>, assets: &Arc<Assets>) -> Self {
        Self {
            translate: Translate {
                language,
                texts: Arc::clone(texts),
            },
            asset: AssetAddress {
                assets: Arc::clone(assets),
            },
            icon: Icon {
                sprite: assets.href("icons.svg").unwrap_or_default(),
            },
        }
    }

    /// The function of a name.
    pub(super) fn named(&self, name: &str) -> Option<&dyn Function> {
        match name {
            "t" => Some(&self.translate),
            "asset" => Some(&self.asset),
            "icon" => Some(&self.icon),
            _ => None,
        }
    }

    /// Gives them to a set of templates.
    pub(super) fn register(self, tera: &mut Tera) {
        tera.register_function("t", self.translate);
        tera.register_function("asset", self.asset);
        tera.register_function("icon", self.icon);
    }
}

/// `t(key="batch-files", files=12)`: a Fluent message; its output is escaped like every value.
struct Translate {
    language: Language,
    texts: Arc<Texts>,
}

impl Function for Translate {
    fn call(&self, args: &Args) -> tera::Result<Value> {
        let key = text_arg(args, "key")?;
        // A code without a text of its own falls back to what the page has instead.
        if let Some(fallback) = args.get("or").filter(|_| !self.texts.has(key)) {
            return Ok(fallback.clone());
        }
        let mut fluent = FluentArgs::new();
        for (name, value) in args.iter().filter(|(name, _)| !matches!(name.as_str(), "key" | "or")) {
            match value {
                Value::Number(number) => match number.as_i64() {
                    Some(whole) => fluent.set(name.as_str(), whole),
                    None => fluent.set(name.as_str(), number.as_f64().unwrap_or_default()),
                },
                Value::String(text) => fluent.set(name.as_str(), text.as_str()),
                Value::Null => fluent.set(name.as_str(), FluentValue::from("")),
                other => fluent.set(name.as_str(), other.to_string()),
            }
        }
        Ok(Value::from(self.texts.text(self.language, key, Some(&fluent))))
    }
}

/// `asset(name="app.css")`: the address under which the file is served.
struct AssetAddress {
    assets: Arc<Assets>,
}

impl Function for AssetAddress {
    fn call(&self, args: &Args) -> tera::Result<Value> {
        let name = text_arg(args, "name")?;
        self.assets
            .href(name)
            .map(Value::from)
            .ok_or_else(|| Error::msg(format!("there is no asset {name}")))
    }

    fn is_safe(&self) -> bool {
        true
    }
}

/// `icon(name="check")`: a symbol of the sprite, hidden from screen readers because a word always stands beside it.
struct Icon {
    sprite: String,
}

impl Function for Icon {
    fn call(&self, args: &Args) -> tera::Result<Value> {
        let name = text_arg(args, "name")?;
        if !name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        {
            return Err(Error::msg(format!("{name} is no icon's name")));
        }
        Ok(Value::from(format!(
            "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{}#{name}\"/></svg>",
            self.sprite
        )))
    }

    fn is_safe(&self) -> bool {
        true
    }
}

fn text_arg<'a>(args: &'a Args, name: &str) -> tera::Result<&'a str> {
    args.get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| Error::msg(format!("the argument {name} must be a text")))
}
