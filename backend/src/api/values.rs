//! Values that poem-openapi's own types take or give in another way than documented. An `Option` is documented as a field that may be
//! absent, and sent as `null`, which programs that check what they read refuse; a `String` is made of numbers and truths as well, and a
//! number that names a person must never have been one.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;

/// A value or `null`; for values whose schema stands in place: texts, numbers and truths. `IS_ALWAYS` says whether the field must be there.
pub struct Nullable<T, const IS_ALWAYS: bool = true>(pub Option<T>);

/// A field of a request that may be absent, or `null`, which means the same.
pub type Optional<T> = Nullable<T, false>;

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        Self(value)
    }
}

impl<T: Type, const IS_ALWAYS: bool> Type for Nullable<T, IS_ALWAYS> {
    const IS_REQUIRED: bool = IS_ALWAYS;
    type RawValueType = T::RawValueType;
    type RawElementValueType = T::RawElementValueType;

    fn name() -> Cow<'static, str> {
        format!("nullable_{}", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        match T::schema_ref() {
            MetaSchemaRef::Inline(schema) => MetaSchemaRef::Inline(Box::new(MetaSchema {
                nullable: true,
                ..*schema
            })),
            named @ MetaSchemaRef::Reference(_) => named,
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        self.0.as_ref().and_then(T::as_raw_value)
    }

    fn is_none(&self) -> bool {
        self.0.is_none()
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        match &self.0 {
            Some(value) => value.raw_element_iter(),
            None => Box::new(std::iter::empty()),
        }
    }
}

impl<T: ParseFromJSON, const IS_ALWAYS: bool> ParseFromJSON for Nullable<T, IS_ALWAYS> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let parsed = Option::<T>::parse_from_json(value);
        parsed.map(Self).map_err(ParseError::propagate)
    }
}

impl<T: ToJSON, const IS_ALWAYS: bool> ToJSON for Nullable<T, IS_ALWAYS> {
    fn to_json(&self) -> Option<Value> {
        self.0.as_ref().map_or(Some(Value::Null), T::to_json)
    }
}

/// A text that came as a text.
pub struct Text(pub String);

impl Type for Text {
    const IS_REQUIRED: bool = true;
    type RawValueType = String;
    type RawElementValueType = String;

    fn name() -> Cow<'static, str> {
        String::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        String::schema_ref()
    }

    fn as_raw_value(&self) -> Option<&String> {
        Some(&self.0)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a String> + 'a> {
        Box::new(std::iter::once(&self.0))
    }
}

impl ParseFromJSON for Text {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value {
            Some(Value::String(text)) => Ok(Self(text)),
            other => Err(ParseError::expected_type(other.unwrap_or_default())),
        }
    }
}

impl ToJSON for Text {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.0.clone()))
    }
}
