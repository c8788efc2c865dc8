//! The headers of tus 1.0, read and written.

use std::collections::HashMap;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use poem::Response;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::error::Failure;

const VERSION: &str = "1.0.0";
const TUS_RESUMABLE: &str = "tus-resumable";
/// How far an upload has come, in bytes.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// How long it will be, in bytes.
pub const UPLOAD_LENGTH: &str = "upload-length";
/// When it is given up.
pub const UPLOAD_EXPIRES: &str = "upload-expires";
const UPLOAD_METADATA: &str = "upload-metadata";
const UPLOAD_CHECKSUM: &str = "upload-checksum";
/// Media type of a piece.
const PIECE: &str = "application/offset+octet-stream";

/// `460 Checksum Mismatch`, the protocol's own status.
const CHECKSUM_MISMATCH: u16 = 460;

/// The answer to `OPTIONS`.
pub fn discovery(max_bytes: u64) -> Response {
    Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header("tus-version", VERSION)
        .header(
            "tus-extension",
            "creation,creation-with-upload,termination,expiration,checksum",
        )
        .header("tus-checksum-algorithm", "sha1,sha256")
        .header("tus-max-size", max_bytes)
        .finish()
}

/// Names the protocol's version on an answer.
pub fn sign(response: &mut Response) {
    let is_other_version = response.status() == StatusCode::PRECONDITION_FAILED;
    let headers = response.headers_mut();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(VERSION));
    if is_other_version {
        headers.insert("tus-version", HeaderValue::from_static(VERSION));
    }
}

/// Refuses clients of another version.
pub fn require_version(headers: &HeaderMap) -> Result<(), Failure> {
    if text(headers, TUS_RESUMABLE) == Some(VERSION) {
        return Ok(());
    }
    Err(Failure::coded(StatusCode::PRECONDITION_FAILED, "tus-version"))
}

/// The method that a client means where something on the way lets only `POST` through.
pub fn overridden_method(headers: &HeaderMap) -> Option<Method> {
    match text(headers, "x-http-method-override")? {
        "PATCH" => Some(Method::PATCH),
        "DELETE" => Some(Method::DELETE),
        _ => None,
    }
}

/// Whether the body is a piece of a file.
pub fn is_piece(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_TYPE.as_str()) == Some(PIECE)
}

/// Where the client believes that the upload stands.
pub fn offset(headers: &HeaderMap) -> Result<u64, Failure> {
    number(headers, UPLOAD_OFFSET)
}

/// How long the file is. Its length must be known: an archive of unknown length could not be held to a quota.
pub fn length(headers: &HeaderMap) -> Result<u64, Failure> {
    number(headers, UPLOAD_LENGTH)
}

fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, Failure> {
    let is_plain = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text(headers, name).filter(is_plain).and_then(|text| text.parse().ok());
    number.ok_or_else(|| Failure::coded(StatusCode::BAD_REQUEST, "tus-header").about(name))
}

/// The pairs of `Upload-Metadata`; a key without a value has an empty one.
pub fn metadata(headers: &HeaderMap) -> Result<HashMap<String, String>, Failure> {
    let bad = || Failure::coded(StatusCode::BAD_REQUEST, "tus-header").about(UPLOAD_METADATA);
    let mut pairs = HashMap::new();
    let Some(value) = headers.get(UPLOAD_METADATA) else {
        return Ok(pairs);
    };
    for pair in value.to_str().map_err(|_| bad())?.split(',') {
        let (key, encoded) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        let bytes = BASE64_STANDARD.decode(encoded.trim()).map_err(|_| bad())?;
        let value = String::from_utf8(bytes).map_err(|_| bad())?;
        if key.is_empty() || !key.is_ascii() || pairs.insert(key.to_owned(), value).is_some() {
            return Err(bad());
        }
    }
    Ok(pairs)
}

/// What a piece must hash to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-1, which the protocol demands.
    Sha1(Vec<u8>),
    /// SHA-256.
    Sha256(Vec<u8>),
}

/// `Upload-Checksum`, where there is one.
pub fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Failure> {
    let bad = || Failure::coded(StatusCode::BAD_REQUEST, "tus-header").about(UPLOAD_CHECKSUM);
    if !headers.contains_key(UPLOAD_CHECKSUM) {
        return Ok(None);
    }
    let (algorithm, encoded) = text(headers, UPLOAD_CHECKSUM)
        .and_then(|text| text.split_once(' '))
        .ok_or_else(bad)?;
    let digest = BASE64_STANDARD.decode(encoded.trim()).map_err(|_| bad())?;
    match (algorithm, digest.len()) {
        ("sha1", 20) => Ok(Some(Checksum::Sha1(digest))),
        ("sha256", 32) => Ok(Some(Checksum::Sha256(digest))),
        _ => Err(bad()),
    }
}

/// Hashes a piece while it arrives.
pub enum Hasher {
    /// Nobody asked.
    None,
    /// SHA-1.
    Sha1(Sha1, Vec<u8>),
    /// SHA-256.
    Sha256(Sha256, Vec<u8>),
}

impl Hasher {
    /// One for what is expected.
    pub fn of(expected: Option<&Checksum>) -> Self {
        match expected {
            None => Self::None,
            Some(Checksum::Sha1(digest)) => Self::Sha1(Sha1::default(), digest.clone()),
            Some(Checksum::Sha256(digest)) => Self::Sha256(Sha256::default(), digest.clone()),
        }
    }

    /// Takes more of the piece.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::None => {}
            Self::Sha1(hasher, _) => hasher.update(bytes),
            Self::Sha256(hasher, _) => hasher.update(bytes),
        }
    }

    /// Whether the whole piece is what it should be; true where nobody asked.
    pub fn fits(self) -> bool {
        match self {
            Self::None => true,
            Self::Sha1(hasher, expected) => hasher.finalize()[..] == expected[..],
            Self::Sha256(hasher, expected) => hasher.finalize()[..] == expected[..],
        }
    }
}

/// An instant as headers write it (RFC 9110, 5.6.7).
pub fn http_date(at_ms: i64) -> HeaderValue {
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(at_ms).unwrap_or(0));
    HeaderValue::from_str(&httpdate::fmt_http_date(at)).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The piece belongs elsewhere.
pub fn offset_differs() -> Failure {
    Failure::coded(StatusCode::CONFLICT, "offset-differs").about(UPLOAD_OFFSET)
}

/// The piece is not what its checksum says.
pub fn checksum_differs() -> Failure {
    let status = StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST);
    Failure::coded(status, "checksum-differs")
}

/// Another request does not let go.
pub fn busy() -> Failure {
    Failure::coded(StatusCode::LOCKED, "upload-busy")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        headers
    }

    #[test]
    fn metadata_is_pairs_of_ascii_keys_and_base64() {
        let read = metadata(&with(UPLOAD_METADATA, "filename 5L2g5aW9LnppcA==,is_last,sha256 YQ==")).expect("pairs");
        assert_eq!(read["filename"], "你好.zip");
        assert_eq!((read["is_last"].as_str(), read["sha256"].as_str()), ("", "a"));
        for bad in [
            "filename %%%",
            "filename YQ==,filename YQ==",
            "",
            "文件 YQ==",
            "filename /w==",
        ] {
            assert!(metadata(&with(UPLOAD_METADATA, bad)).is_err(), "{bad}");
        }
        assert!(metadata(&HeaderMap::new()).expect("none").is_empty());
    }

    #[test]
    fn numbers_are_digits_alone() {
        assert_eq!(offset(&with(UPLOAD_OFFSET, "0012")).expect("a number"), 12);
        for bad in ["", "-1", "+1", "1.0", " 1", "99999999999999999999"] {
            assert!(offset(&with(UPLOAD_OFFSET, bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_checksum_names_an_algorithm_we_offer() {
        let sha1 = format!("sha1 {}", BASE64_STANDARD.encode([7_u8; 20]));
        assert_eq!(
            checksum(&with(UPLOAD_CHECKSUM, &sha1)).expect("fits"),
            Some(Checksum::Sha1(vec![7; 20]))
        );
        for bad in ["md5 YQ==", "sha1 YQ==", "sha1", "sha1 %%"] {
            assert!(checksum(&with(UPLOAD_CHECKSUM, bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn dates_are_written_as_headers_want_them() {
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
