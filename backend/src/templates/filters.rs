//! How templates write numbers.

use std::collections::HashMap;

use tera::{Error, Tera, Value};

use domain::texts::group_thousands;

pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("count", count);
    tera.register_filter("size", size);
}

/// `{{ 12046 | count }}` is `12,046`.
fn count(value: &Value, _: &HashMap<String, Value>) -> tera::Result<Value> {
    match value.as_i64() {
        Some(number) => Ok(Value::from(group_thousands(&number.to_string()))),
        None => Err(Error::msg("count takes a whole number")),
    }
}

/// `{{ 241172480 | size }}` is `230 MiB`.
fn size(value: &Value, _: &HashMap<String, Value>) -> tera::Result<Value> {
    let bytes = value
        .as_u64()
        .ok_or_else(|| Error::msg("size takes a number of bytes"))?;
    let (unit, name) = match bytes {
        0..1_048_576 => (1_u64 << 10, "KiB"),
        1_048_576..1_073_741_824 => (1 << 20, "MiB"),
        _ => (1 << 30, "GiB"),
    };
    let tenths = bytes.saturating_mul(10).div_ceil(unit);
    Ok(Value::from(if tenths < 100 {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    } else {
        format!("{} {name}", tenths / 10)
    }))
}
