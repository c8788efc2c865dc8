//! Puzzles that machines solve worse than people do. A puzzle travels sealed to the browser and back, and is good once: nothing is kept of
//! those that nobody answers.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rand::Rng as _;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::error::{Error, Result};
use crate::id::random_name;

const CAPTCHA: Purpose = Purpose::new("captcha");
/// How long a puzzle is good: time enough to fill in the longest form.
const GOOD_FOR_MS: i64 = 20 * 60_000;
/// Letters of a picture.
const LETTERS: usize = 5;
/// Letters and digits that nobody takes for one another.
const ALPHABET: &[u8] = b"ACDEFHJKLMNPRTUVWXY34679";

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Puzzle {
    /// Letters in a picture.
    Letters(String),
    /// A sum in words, for whoever does not see the picture.
    Sum(u8, u8),
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    id: String,
    puzzle: Puzzle,
    expires_at_ms: TimestampMs,
}

impl Puzzle {
    /// A new picture's letters.
    pub fn letters() -> Self {
        let mut random = rand::rng();
        let letters = (0..LETTERS).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())]));
        Self::Letters(letters.collect())
    }

    /// A new sum.
    pub fn sum() -> Self {
        let mut random = rand::rng();
        Self::Sum(random.random_range(2..=19), random.random_range(2..=19))
    }

    fn is_answer(&self, typed: &str) -> bool {
        let typed: String = crate::roll::name::fold_width(typed)
            .chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_uppercase)
            .collect();
        let mut right = String::new();
        let written = match self {
            Self::Letters(letters) => write!(right, "{letters}"),
            Self::Sum(one, other) => write!(right, "{}", u16::from(*one) + u16::from(*other)),
        };
        written.is_ok() && right == typed
    }
}

/// The sealed form of a puzzle, safe in addresses and forms.
pub fn seal(sealer: &Sealer, puzzle: Puzzle, now_ms: TimestampMs) -> Result<String> {
    let sealed = Sealed {
        id: random_name(),
        puzzle,
        expires_at_ms: now_ms.saturating_add(GOOD_FOR_MS),
    };
    let bytes = sealer.seal(CAPTCHA, &serde_json::to_vec(&sealed)?)?;
    Ok(BASE64.encode(bytes))
}

/// The puzzle of a sealed form, for drawing it; `None` where it is no form of ours or has expired.
pub fn open(sealer: &Sealer, token: &str, now_ms: TimestampMs) -> Option<Puzzle> {
    unseal(sealer, token, now_ms).map(|sealed| sealed.puzzle)
}

fn unseal(sealer: &Sealer, token: &str, now_ms: TimestampMs) -> Option<Sealed> {
    let bytes = BASE64.decode(token).ok()?;
    let text = sealer.open(CAPTCHA, &bytes).ok()?;
    let sealed: Sealed = serde_json::from_slice(text.expose_secret()).ok()?;
    (sealed.expires_at_ms > now_ms).then_some(sealed)
}

#[derive(Serialize)]
struct Used<'a> {
    captcha_id: &'a str,
    expires_at_ms: TimestampMs,
}

const USED_COLUMNS: &[Column] = &[Column::Text("captcha_id"), Column::Integer("expires_at_ms")];

/// Takes an answer and says whether it is right; an expired, used or foreign puzzle has none. The puzzle is used up also by a wrong one, so
/// that nobody tries twice on one picture.
pub fn redeem(conn: &mut Conn, sealer: &Sealer, token: &str, typed: &str, now_ms: TimestampMs) -> Result<bool> {
    let Some(sealed) = unseal(sealer, token, now_ms) else {
        return Ok(false);
    };
    let used = Used {
        captcha_id: &sealed.id,
        expires_at_ms: sealed.expires_at_ms,
    };
    let is_first = bulk::insert(conn, "used_captchas", USED_COLUMNS, "ON CONFLICT DO NOTHING", &[used])? == 1;
    Ok(is_first && sealed.puzzle.is_answer(typed))
}

/// The refusal of a wrong answer.
pub fn wrong() -> Error {
    Error::invalid(
        "captcha-wrong",
        "captcha",
        "the answer is not right; here is another picture",
    )
}
