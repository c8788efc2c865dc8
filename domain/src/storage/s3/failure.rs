//! Sorts rust-s3's errors.

use ::s3::error::S3Error;

use crate::storage::error::StorageError;

/// Whether the server says that the object, and not the bucket, is missing. A wrong bucket must never look like objects
/// that are gone.
pub(super) fn is_missing_object(error: &S3Error) -> bool {
    matches!(error, S3Error::HttpFailWithBody(404, body) if error_code(body) != Some("NoSuchBucket"))
}

/// Sorts an error by what the caller can do about it. The answer's text may name keys and hosts, so only its code is kept.
pub(super) fn from_s3(action: &'static str, error: S3Error) -> StorageError {
    match error {
        S3Error::HttpFailWithBody(status, body) => {
            let source = format!("HTTP {status} {}", error_code(&body).unwrap_or("without a code"));
            match status {
                401 | 403 => StorageError::Denied {
                    action,
                    source: source.into(),
                },
                // A 404 that is no missing object is a missing bucket; a 200 is an error told after the headers were sent.
                200 | 404 | 408 | 409 | 429 | 500..=599 => StorageError::unavailable(action, source),
                _ => StorageError::internal(action, source),
            }
        }
        S3Error::Reqwest(error) if error.is_builder() => StorageError::internal(action, "the request cannot be built"),
        S3Error::Reqwest(error) if error.is_timeout() => StorageError::unavailable(action, "it took too long"),
        S3Error::Reqwest(error) if error.is_connect() => StorageError::unavailable(action, "no connection"),
        S3Error::Reqwest(_) => StorageError::unavailable(action, "the connection broke off"),
        S3Error::Io(error) => StorageError::unavailable(action, error),
        S3Error::Credentials(_) => StorageError::Denied {
            action,
            source: "the credentials are unusable".into(),
        },
        other => StorageError::internal(action, other),
    }
}

/// The `<Code>` of an S3 error document, when it looks like one.
fn error_code(body: &str) -> Option<&str> {
    let (_, rest) = body.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    (code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, code: &str) -> S3Error {
        S3Error::HttpFailWithBody(status, format!("<Error><Code>{code}</Code><Key>secret</Key></Error>"))
    }

    #[test]
    fn a_missing_bucket_is_no_missing_object() {
        assert!(is_missing_object(&answer(404, "NoSuchKey")));
        assert!(is_missing_object(&S3Error::HttpFailWithBody(404, String::new())));
        assert!(!is_missing_object(&answer(404, "NoSuchBucket")));
        assert_eq!(from_s3("x", answer(404, "NoSuchBucket")).code(), "storage-unavailable");
    }

    #[test]
    fn keeps_the_code_of_an_answer_and_nothing_else() {
        let error = from_s3("write an object", answer(403, "AccessDenied"));
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(
            (error.code(), source.as_deref()),
            ("storage-denied", Some("HTTP 403 AccessDenied"))
        );
        let hostile = from_s3("x", answer(400, "<script>"));
        assert_eq!(
            std::error::Error::source(&hostile).map(ToString::to_string).as_deref(),
            Some("HTTP 400 without a code")
        );
    }

    #[test]
    fn an_error_told_with_status_200_may_be_tried_again() {
        assert!(from_s3("x", answer(200, "InternalError")).is_transient());
    }
}
