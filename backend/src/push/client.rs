//! What a push asks of the server.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::error::{Error, Result};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

/// How long an answer may take; storing a large archive takes a while.
const ANSWER: Duration = Duration::from_secs(600);
/// How long a connection may stand still.
const IDLE: Duration = Duration::from_secs(60);

/// Why a request came to nothing.
pub enum Fault {
    /// The line, or a server that is busy: worth another try.
    Line(Error),
    /// The server has said no.
    Refused(Error),
}

/// A server and a token.
pub struct Client {
    http: reqwest::Client,
    server: String,
}

impl Client {
    /// A client of the server at `server`, which is the address that people open.
    pub fn new(server: &str, token: &str) -> Result<Self> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.trim())).map_err(|_| {
            Error::invalid(
                "token",
                "--token-file",
                "the file holds no token: it is one line of letters and digits",
            )
        })?;
        value.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value);
        headers.insert("tus-resumable", HeaderValue::from_static("1.0.0"));
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .timeout(ANSWER)
            .read_timeout(IDLE.max(ANSWER))
            .connect_timeout(IDLE)
            // A token is for one server: it follows no redirect to another.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(Error::internal)?;
        let server = server.trim_end_matches('/').to_owned();
        if !server.starts_with("http://") && !server.starts_with("https://") {
            return Err(Error::invalid(
                "server",
                "--server",
                "write the server's address with http:// or https://",
            ));
        }
        Ok(Self { http, server })
    }

    /// Asks for something of the interface.
    pub async fn get(&self, path: String) -> Result<Value, Fault> {
        let request = self.http.get(format!("{}/api/v1/{path}", self.server));
        json_of(sent(request).await?).await
    }

    /// Finds an upload of this very file that can be gone on with.
    pub async fn find_upload(&self, sha256: &str, size_bytes: u64) -> Result<Option<String>, Fault> {
        let found = self.get(format!("uploads?sha256={sha256}")).await?;
        let uploads = found["uploads"].as_array().cloned().unwrap_or_default();
        let same = uploads
            .iter()
            .find(|upload| upload["size_bytes"].as_u64() == Some(size_bytes));
        Ok(same.and_then(|upload| upload["location"].as_str().map(str::to_owned)))
    }

    /// Begins an upload; returns where it is.
    pub async fn begin(&self, file_name: &str, sha256: &str, size_bytes: u64) -> Result<String, Fault> {
        let encoded = |text: &str| BASE64_STANDARD.encode(text);
        let metadata = format!("filename {},sha256 {}", encoded(file_name), encoded(sha256));
        let request = self
            .http
            .post(format!("{}/api/v1/uploads", self.server))
            .header("upload-length", size_bytes)
            .header("upload-metadata", metadata);
        let answer = sent(request).await?;
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        location
            .map(str::to_owned)
            .ok_or_else(|| strange("begun an upload without saying where"))
    }

    /// How far an upload has come.
    pub async fn offset(&self, location: &str) -> Result<u64, Fault> {
        let answer = sent(self.http.request(Method::HEAD, self.at(location))).await?;
        offset_in(&answer)
    }

    /// Sends a piece; says how far the upload has come.
    pub async fn append(&self, location: &str, offset: u64, piece: Vec<u8>) -> Result<u64, Fault> {
        let request = self
            .http
            .patch(self.at(location))
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .header("upload-offset", offset)
            .body(piece);
        offset_in(&sent(request).await?)
    }

    /// Makes a batch of an upload.
    pub async fn hand_in(&self, upload: &str, campaign: &str, kind: &str, key: &str) -> Result<Value, Fault> {
        let new = json!({ "upload": upload, "campaign": campaign, "kind": kind, "key": key });
        let request = self
            .http
            .post(format!("{}/api/v1/batches", self.server))
            .header(CONTENT_TYPE, "application/json")
            .body(new.to_string());
        json_of(sent(request).await?).await
    }

    /// Addresses are relative; one that is not must still be of this server, which alone the token is for.
    fn at(&self, location: &str) -> String {
        let path = location.strip_prefix(&self.server).unwrap_or(location);
        format!("{}/{}", self.server, path.trim_start_matches('/'))
    }
}

async fn sent(request: RequestBuilder) -> Result<Response, Fault> {
    let answer = request.send().await.map_err(|error| line(&error))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let is_passing = status.is_server_error()
        || matches!(
            status,
            StatusCode::CONFLICT | StatusCode::LOCKED | StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
        );
    let said: Value = serde_json::from_str(&answer.text().await.unwrap_or_default()).unwrap_or(Value::Null);
    let error = &said["error"];
    let code = error["code"].as_str().unwrap_or("refused").to_owned();
    let message = error["message"]
        .as_str()
        .map_or_else(|| format!("the server answers {status}"), str::to_owned);
    // What contradicts the state of things for good is no reason to try again.
    let is_passing = is_passing && !matches!(code.as_str(), "upload-differs" | "campaign-frozen");
    let refused = Error::Refused { code, message };
    Err(if is_passing {
        Fault::Line(refused)
    } else {
        Fault::Refused(refused)
    })
}

async fn json_of(answer: Response) -> Result<Value, Fault> {
    let text = answer.text().await.map_err(|error| line(&error))?;
    serde_json::from_str(&text).map_err(|_| strange("answered something that is no JSON"))
}

fn offset_in(answer: &Response) -> Result<u64, Fault> {
    let offset = answer
        .headers()
        .get("upload-offset")
        .and_then(|value| value.to_str().ok()?.parse().ok());
    offset.ok_or_else(|| strange("not said how far the upload has come"))
}

/// Without the address, which stands in the error's own text.
fn line(error: &reqwest::Error) -> Fault {
    let what = if error.is_timeout() {
        "does not answer in time"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "broke the connection off"
    };
    Fault::Line(Error::Refused {
        code: "server-unreachable".to_owned(),
        message: format!("the server {what}; run the same command again later, it goes on where it stopped"),
    })
}

fn strange(what: &str) -> Fault {
    Fault::Refused(Error::Refused {
        code: "answer-unreadable".to_owned(),
        message: format!("the server has {what}; is its address right, and is it a Rollproof server?"),
    })
}
