//! The one table from faults to HTTP: a status and a code, then two skins, JSON under `/api` and a page elsewhere.

use std::borrow::Cow;

use fluent_bundle::FluentArgs;
use poem::error::ResponseError;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{IntoResponse, PathPattern, Request, Response};
use serde::Serialize;
use serde_json::json;

use crate::app::AppState;
use crate::middleware::request_id::RequestId;
use crate::pages::language::language_of;
use domain::texts::Language;

/// A refused or failed request, as the outside may know it.
#[derive(Debug, thiserror::Error)]
#[error("{code}")]
pub struct Failure {
    status: StatusCode,
    code: Cow<'static, str>,
    field: Option<String>,
    /// The domain's sentence; without one the texts of the code are used.
    message: Option<String>,
    retry_after_seconds: Option<u64>,
    /// For the log only.
    detail: Option<String>,
}

impl ResponseError for Failure {
    fn status(&self) -> StatusCode {
        self.status
    }
}

impl Failure {
    /// A failure with the status' usual code.
    pub fn status(status: StatusCode) -> Self {
        Self {
            status,
            code: Cow::Borrowed(code_of(status)),
            field: None,
            message: None,
            retry_after_seconds: None,
            detail: None,
        }
    }

    /// A failure with a code of its own, worded in the Fluent files under `error-<code>-…`.
    pub fn coded(status: StatusCode, code: &'static str) -> Self {
        Self {
            code: Cow::Borrowed(code),
            ..Self::status(status)
        }
    }

    /// Names the field or header at fault.
    pub fn about(self, field: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..self
        }
    }

    /// Too many attempts; the caller may try again after the given time.
    pub fn too_many(retry_after_seconds: u64) -> Self {
        Self {
            retry_after_seconds: Some(retry_after_seconds),
            ..Self::status(StatusCode::TOO_MANY_REQUESTS)
        }
    }

    /// A fault of ours; `detail` goes to the log and nowhere else.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::status(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }

    /// Whatever a handler, an extractor or poem's router refused with.
    pub fn from_poem(error: poem::Error) -> Self {
        let status = error.status();
        match error.downcast::<Self>() {
            Ok(failure) => failure,
            Err(error) if status.is_server_error() => Self {
                detail: Some(error.to_string()),
                ..Self::status(status)
            },
            Err(_) => Self::status(status),
        }
    }
}

impl From<domain::Error> for Failure {
    fn from(error: domain::Error) -> Self {
        let status = match &error {
            domain::Error::NotFound { .. } => StatusCode::NOT_FOUND,
            domain::Error::Conflict { .. } | domain::Error::LeaseLost { .. } => StatusCode::CONFLICT,
            domain::Error::Invalid { .. } | domain::Error::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            domain::Error::TooMuch { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            domain::Error::Gone { .. } => StatusCode::GONE,
            domain::Error::Forbidden { .. } => StatusCode::FORBIDDEN,
            domain::Error::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self {
            status,
            code: Cow::Owned(error.code().to_owned()),
            field: error.field().map(str::to_owned),
            // What is missing or forbidden is said in the reader's language, by the texts of the code.
            message: (!status.is_server_error() && !matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN))
                .then(|| error.to_string()),
            retry_after_seconds: (status == StatusCode::SERVICE_UNAVAILABLE).then_some(5),
            detail: status.is_server_error().then(|| error.with_sources()),
        }
    }
}

fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "signed-out",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED => "method-not-allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported-media-type",
        StatusCode::TOO_MANY_REQUESTS => "too-many-requests",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        status if status.is_server_error() => "internal",
        _ => "bad-request",
    }
}

/// What an error answer needs to know of the request it answers; taken before the request is given away.
#[derive(Clone)]
pub struct Asked {
    state: AppState,
    request_id: RequestId,
    language: Language,
    wants_json: bool,
    home: &'static str,
}

/// An error page: `templates/errors/error.html`.
#[derive(Serialize)]
struct ErrorPage<'a> {
    frame: ErrorFrame,
    status: u16,
    code: &'a str,
    title: String,
    what: String,
    advice: String,
    request_id: &'a str,
    home: &'a str,
}

#[derive(Serialize)]
struct ErrorFrame {
    lang: &'static str,
}

impl Asked {
    /// Notes language, skin and request id.
    pub fn of(state: &AppState, request: &Request) -> Self {
        let path = request.uri().path();
        Self {
            state: state.clone(),
            request_id: request.data::<RequestId>().cloned().unwrap_or_default(),
            language: language_of(request.headers()),
            wants_json: is_json_path(path) || (*request.method() != Method::GET && prefers_json(request.headers())),
            home: match path {
                path if path.starts_with("/console") => "/console",
                path if path.starts_with("/agency") => "/agency",
                _ => "/",
            },
        }
    }

    /// Whoever asks is a program, whatever the address says.
    pub fn by_program(self) -> Self {
        Self {
            wants_json: true,
            ..self
        }
    }

    /// Answers with whatever a handler, an extractor or the router refused with; keeps the route's pattern for the access log.
    pub fn refuse_error(&self, error: poem::Error) -> Response {
        let route = error.data::<PathPattern>().cloned();
        let mut response = self.refuse(&Failure::from_poem(error));
        if let Some(route) = route {
            response.set_data(route);
        }
        response
    }

    /// Answers with the failure, and logs it when it is ours.
    pub fn refuse(&self, failure: &Failure) -> Response {
        if failure.status.is_server_error() {
            tracing::error!(request.id = %self.request_id, error.code = %failure.code, error.detail = failure.detail.as_deref(), "a request failed");
        }
        let mut response = if self.wants_json {
            self.json(failure)
        } else {
            self.page(failure)
        };
        response.set_status(failure.status);
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = failure.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn json(&self, failure: &Failure) -> Response {
        // Programs read the code; the sentence is for the developer, or for the person whose page sent the request.
        let language = if self.home != "/" { self.language } else { Language::En };
        let message = match &failure.message {
            Some(message) => message.clone(),
            None => format!(
                "{} {}",
                self.text(failure, "what", language),
                self.text(failure, "advice", language)
            ),
        };
        let mut error =
            json!({ "code": failure.code.as_ref(), "message": message, "request_id": self.request_id.as_str() });
        if let Some(field) = &failure.field {
            error["field"] = json!(field);
        }
        Response::builder()
            .content_type("application/json; charset=utf-8")
            .body(json!({ "error": error }).to_string())
    }

    fn page(&self, failure: &Failure) -> Response {
        let page = ErrorPage {
            frame: ErrorFrame {
                lang: self.language.tag(),
            },
            status: failure.status.as_u16(),
            code: &failure.code,
            title: self.text(failure, "title", self.language),
            what: self.sentence(failure),
            advice: self.text(failure, "advice", self.language),
            request_id: self.request_id.as_str(),
            home: self.home,
        };
        match self.state.templates().render(self.language, "errors/error.html", &page) {
            Ok(html) => Response::builder().content_type("text/html; charset=utf-8").body(html),
            Err(fault) => {
                tracing::error!(request.id = %self.request_id, error.detail = %fault, "the error page itself failed");
                format!("{} {}", failure.code, self.request_id).into_response()
            }
        }
    }

    /// The code's own text, else the domain's sentence, else that of the kind of status.
    fn sentence(&self, failure: &Failure) -> String {
        match &failure.message {
            Some(message) if !self.state.texts().has(&format!("error-{}-what", failure.code)) => message.clone(),
            _ => self.text(failure, "what", self.language),
        }
    }

    /// The code's own text, else that of its kind of status.
    fn text(&self, failure: &Failure, part: &str, language: Language) -> String {
        let texts = self.state.texts();
        let own = format!("error-{}-{part}", failure.code);
        let key = if texts.has(&own) {
            own
        } else {
            format!("error-{}-{part}", code_of(failure.status))
        };
        let mut args = FluentArgs::new();
        args.set("minutes", failure.retry_after_seconds.unwrap_or(60).div_ceil(60));
        texts.text(language, &key, Some(&args))
    }
}

fn is_json_path(path: &str) -> bool {
    path.starts_with("/api/") || matches!(path, "/healthz" | "/readyz")
}

fn prefers_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"))
}
