//! How templates write numbers and parts of addresses.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tera::{Kwargs, State, Tera};

use domain::texts::group_thousands;

pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("count", count);
    tera.register_filter("size", size);
    tera.register_filter("url_part", url_part);
}

/// `{{ 12046 | count }}` is `12,046`.
fn count(number: i64, _: Kwargs, _: &State) -> String {
    group_thousands(&number.to_string())
}

/// `{{ 241172480 | size }}` is `230 MiB`.
fn size(bytes: u64, _: Kwargs, _: &State) -> String {
    let (unit, name) = match bytes {
        0..1_048_576 => (1_u64 << 10, "KiB"),
        1_048_576..1_073_741_824 => (1 << 20, "MiB"),
        _ => (1 << 30, "GiB"),
    };
    let tenths = bytes.saturating_mul(10).div_ceil(unit);
    if tenths < 100 {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    } else {
        format!("{} {name}", tenths / 10)
    }
}

/// `{{ "a/b" | url_part }}` is `a%2Fb`.
fn url_part(text: &str, _: Kwargs, _: &State) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
