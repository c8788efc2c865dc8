//! Who is asking: the session cookie, the signed-in member of staff, and the token that ties a form to its session.

pub mod caller;
pub mod origin;
pub mod throttle;

use std::sync::Arc;

use domain::accounts::model::{Operator, Staff};
use domain::students::model::Student;
use poem::Request;
use poem::http::{HeaderMap, HeaderValue, header};
use rand::TryRngCore;
use sha2::{Digest, Sha256};

use crate::app::WebSettings;

const TOKEN_BYTES: usize = 32;

/// The secret a browser keeps in its session cookie: 256 random bits, written in hex. The server stores only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// A new one from the operating system's randomness, or `None` where that fails.
    pub fn generate() -> Option<Self> {
        let mut secret = [0_u8; TOKEN_BYTES];
        rand::rngs::OsRng.try_fill_bytes(&mut secret).ok()?;
        Some(Self(hex::encode(secret)))
    }

    /// Reads the session cookie; anything malformed is as good as none.
    pub fn from_cookies(headers: &HeaderMap, settings: &WebSettings) -> Option<Self> {
        let value = cookie(headers, cookie_name(settings))?;
        let is_ours =
            value.len() == TOKEN_BYTES * 2 && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_ours.then(|| Self(value.to_owned()))
    }

    /// What the session store is asked for: SHA-256 of the cookie's value.
    pub fn stored_hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// What this session's forms carry. It is derived, so an anonymous visitor's login form needs no row in the database, and it
    /// reveals nothing of the cookie it is derived from.
    pub fn form_token(&self) -> String {
        hex::encode(
            Sha256::new()
                .chain_update(b"rollproof form\0")
                .chain_update(self.0.as_bytes())
                .finalize(),
        )
    }

    /// Whether a form carried this session's token; takes the same time for every wrong one.
    pub fn has_form_token(&self, sent: &str) -> bool {
        let expected = self.form_token();
        let difference = expected
            .bytes()
            .zip(sent.bytes())
            .fold(0, |sum, (left, right)| sum | (left ^ right));
        expected.len() == sent.len() && difference == 0
    }

    /// The `Set-Cookie` value that hands the token to the browser, for as long as the browser lives.
    pub fn set_cookie(&self, settings: &WebSettings) -> HeaderValue {
        cookie_header(
            &format!("{}={}; Path=/; HttpOnly; SameSite=Lax", cookie_name(settings), self.0),
            settings,
        )
    }
}

/// The `Set-Cookie` value that makes the browser forget its session.
pub fn forget_cookie(settings: &WebSettings) -> HeaderValue {
    cookie_header(
        &format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", cookie_name(settings)),
        settings,
    )
}

/// Appends `Secure` where the server is reached over TLS.
pub fn cookie_header(cookie: &str, settings: &WebSettings) -> HeaderValue {
    let secure = if settings.has_tls() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{cookie}{secure}")).expect("cookies are built from ASCII of our own")
}

/// The value of a cookie the browser sent.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// `__Host-` makes browsers refuse the cookie from another host of the domain, but they accept it over TLS only.
fn cookie_name(settings: &WebSettings) -> &'static str {
    if settings.has_tls() {
        "__Host-rollproof"
    } else {
        "rollproof"
    }
}

/// One browser's visit: its secret, and who it is if anybody.
#[derive(Clone)]
pub struct Visit {
    /// The cookie's value, new when the browser had none.
    pub token: SessionToken,
    /// The member of staff, unless nobody of the office is signed in.
    pub staff: Option<Staff>,
    /// The person of an agency, unless nobody of one is signed in.
    pub operator: Option<Operator>,
    /// The student, unless none is signed in.
    pub student: Option<Student>,
}

impl Visit {
    /// The visit that a request belongs to; none outside the visit middleware.
    pub fn of(request: &Request) -> Option<&Self> {
        request.data::<Arc<Self>>().map(|visit| &**visit)
    }

    /// The first page of whoever is signed in.
    pub fn home(&self) -> Option<&'static str> {
        match (&self.staff, &self.operator) {
            (Some(_), _) => Some("/console"),
            (None, Some(_)) => Some("/agency"),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(public_url: &str) -> WebSettings {
        WebSettings {
            public_url: public_url.to_owned(),
            ..WebSettings::default()
        }
    }

    #[test]
    fn the_cookie_is_bound_to_the_host_over_tls() {
        let token = SessionToken::generate().expect("the system has randomness");
        let over_tls = token.set_cookie(&settings("https://photos.example.edu"));
        let over_tls = over_tls.to_str().expect("ASCII");
        assert!(
            over_tls.starts_with("__Host-rollproof=") && over_tls.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure")
        );
        let plain = token.set_cookie(&settings("http://127.0.0.1:8700"));
        assert!(plain.to_str().expect("ASCII").starts_with("rollproof="));
        assert!(!plain.to_str().expect("ASCII").contains("Secure"));
    }

    #[test]
    fn a_form_token_fits_its_own_session_only() {
        let (one, other) = (SessionToken::generate(), SessionToken::generate());
        let (one, other) = (one.expect("randomness"), other.expect("randomness"));
        assert!(one.has_form_token(&one.form_token()));
        assert!(!one.has_form_token(&other.form_token()));
        assert!(!one.has_form_token(""));
    }

    #[test]
    fn a_malformed_session_cookie_is_none() {
        for value in ["", "abc", &"A".repeat(64), &"0".repeat(65)] {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::COOKIE,
                HeaderValue::from_str(&format!("lang=en; rollproof={value}")).expect("ASCII"),
            );
            assert!(
                SessionToken::from_cookies(&headers, &settings("http://127.0.0.1")).is_none(),
                "{value}"
            );
        }
    }
}
