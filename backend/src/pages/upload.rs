//! Forms with one file: the fields come first, the file is handed on as a stream and never held in memory.

use std::collections::HashMap;

use poem::http::StatusCode;
use poem::web::Multipart;

use crate::error::Failure;
use crate::intake::Upload;

/// Longest field beside the file, in bytes.
const FIELD_BYTES: usize = 1 << 10;
/// Most fields before the file.
const MAX_FIELDS: usize = 16;

/// A form's fields, and its file as the last part.
pub struct FileForm {
    fields: HashMap<String, String>,
    /// The file's bytes as they arrive.
    pub file: Upload,
}

impl FileForm {
    /// Reads up to the start of the file. A form without one, as when nothing was chosen, is refused with `file-missing`.
    pub async fn read(mut multipart: Multipart) -> Result<Self, Failure> {
        let mut fields = HashMap::new();
        while fields.len() <= MAX_FIELDS {
            let part = multipart
                .next_field()
                .await
                .map_err(|_| Failure::status(StatusCode::BAD_REQUEST))?;
            let Some(part) = part else { break };
            if part.name() == Some("file") {
                // A browser sends an empty name when nothing was chosen.
                if part.file_name().is_none_or(str::is_empty) {
                    break;
                }
                // The field borrows nothing of the form, but the form must live until the file is read.
                return Ok(Self {
                    fields,
                    file: Box::pin(WithForm {
                        file: Box::pin(part.into_async_read()),
                        _form: multipart,
                    }),
                });
            }
            let Some(name) = part.name().map(str::to_owned) else {
                continue;
            };
            let value = part
                .text()
                .await
                .map_err(|_| Failure::status(StatusCode::BAD_REQUEST))?;
            if value.len() > FIELD_BYTES {
                return Err(Failure::status(StatusCode::PAYLOAD_TOO_LARGE));
            }
            fields.insert(name, value);
        }
        Err(Failure::coded(StatusCode::UNPROCESSABLE_ENTITY, "file-missing"))
    }

    /// A field the form must have filled in.
    pub fn take(&mut self, name: &'static str) -> Result<String, Failure> {
        let value = self.fields.remove(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| Failure::coded(StatusCode::UNPROCESSABLE_ENTITY, "field-missing"))
    }
}

struct WithForm<R> {
    file: std::pin::Pin<Box<R>>,
    _form: Multipart,
}

impl<R: tokio::io::AsyncRead> tokio::io::AsyncRead for WithForm<R> {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        self.file.as_mut().poll_read(context, buffer)
    }
}
