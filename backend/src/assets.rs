//! Styles, scripts and icons as browsers get them: embedded, named by content, cached for ever.
//!
//! `rust-embed` carries the files into the binary; answering is ours, because its own endpoint knows neither HEAD, nor a quoted
//! `ETag`, nor `Cache-Control`, nor a precompressed form.

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use poem::http::{HeaderMap, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Response, handler};

use crate::app::AppState;
use crate::error::Failure;
use crate::middleware::conditional::has_current;

#[derive(rust_embed::RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Built;

/// Every asset of the binary, looked up by served name, and the served name of each source name.
pub struct Assets {
    files: HashMap<String, Asset>,
    served_names: HashMap<String, String>,
}

struct Asset {
    content_type: &'static str,
    etag: String,
    plain: Bytes,
    gzip: Option<Bytes>,
}

impl Assets {
    /// Takes stock of what the build embedded.
    pub fn load() -> Self {
        let mut files = HashMap::new();
        let mut served_names = HashMap::new();
        for name in Built::iter() {
            if name.ends_with(".gz") {
                continue;
            }
            let Some(file) = Built::get(&name) else { continue };
            let mut parts = name.rsplitn(3, '.');
            let (Some(extension), Some(hash), Some(stem)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            served_names.insert(format!("{stem}.{extension}"), name.to_string());
            let asset = Asset {
                content_type: content_type(extension),
                etag: format!("\"{hash}\""),
                plain: bytes_of(file.data),
                gzip: Built::get(&format!("{name}.gz")).map(|file| bytes_of(file.data)),
            };
            files.insert(name.to_string(), asset);
        }
        Self { files, served_names }
    }

    /// The address of an asset by its name in `templates/assets` (or `tabler.css`, `icons.svg`, `swagger-ui.js`).
    pub fn href(&self, name: &str) -> Option<String> {
        self.served_names.get(name).map(|served| format!("/assets/{served}"))
    }

    fn answer(&self, name: &str, headers: &HeaderMap) -> Option<Response> {
        let asset = self.files.get(name)?;
        let builder = Response::builder()
            .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
            .header(header::VARY, "Accept-Encoding");
        let gzip = asset.gzip.as_ref().filter(|_| accepts_gzip(headers));
        // The two forms differ in bytes, so they must not share a strong validator.
        let etag = if gzip.is_some() {
            asset.etag.replacen('"', "\"gz-", 1)
        } else {
            asset.etag.clone()
        };
        let builder = builder.header(header::ETAG, &etag);
        if has_current(headers, &etag) {
            return Some(builder.status(StatusCode::NOT_MODIFIED).finish());
        }
        let builder = builder.content_type(asset.content_type);
        Some(match gzip {
            Some(packed) => builder.header(header::CONTENT_ENCODING, "gzip").body(packed.clone()),
            None => builder.body(asset.plain.clone()),
        })
    }
}

/// Answers GET and HEAD of one asset; the server drops the body of a HEAD and keeps its length.
#[handler]
pub fn show(Path(name): Path<String>, state: Data<&AppState>, headers: &HeaderMap) -> Result<Response, Failure> {
    state
        .assets()
        .answer(&name, headers)
        .ok_or_else(|| Failure::status(StatusCode::NOT_FOUND))
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let Some(accepted) = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

fn bytes_of(content: Cow<'static, [u8]>) -> Bytes {
    match content {
        Cow::Borrowed(content) => Bytes::from_static(content),
        Cow::Owned(content) => Bytes::from(content),
    }
}
