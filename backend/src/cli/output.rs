//! How results, errors and logs are printed.

use std::cell::RefCell;
use std::io::{BufWriter, Write as _};

use clap::ValueEnum;
use domain::error::{Error, Result};
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one JSON document.
    Json,
}

/// Prints a result: as JSON, or by `text`.
pub fn print<T: Serialize>(format: Format, result: &T, text: impl FnOnce(&T) -> String) -> Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = match format {
        Format::Json => serde_json::to_writer(&mut out, result)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(out)),
        Format::Text => writeln!(out, "{}", text(result)),
    };
    // A reader that closes the pipe early has what it wanted.
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::internal(error)),
        _ => Ok(()),
    }
}

/// A list that is read while it is printed, once.
pub struct Streamed<Items>(RefCell<Items>);

impl<Items> Streamed<Items> {
    /// Of these, in their order.
    pub fn new(items: Items) -> Self {
        Self(RefCell::new(items))
    }
}

impl<Item: Serialize, Items: Iterator<Item = Result<Item>>> Serialize for Streamed<Items> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for item in &mut *self.0.borrow_mut() {
            list.serialize_element(&item.map_err(S::Error::custom)?)?;
        }
        list.end()
    }
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

/// Prints an error: as JSON to stdout, or as a sentence to stderr. The source of an internal fault goes to the log.
pub fn print_error(format: Format, error: &Error) {
    if matches!(error, Error::Internal(_) | Error::Unavailable { .. }) {
        tracing::error!("{}", error.with_sources());
    }
    let body = ErrorBody {
        code: error.code(),
        message: error.to_string(),
        field: error.field(),
    };
    let printed = match format {
        Format::Json => print(Format::Json, &ErrorDocument { error: body }, |_| String::new()),
        Format::Text => {
            let mut err = std::io::stderr().lock();
            writeln!(err, "rollproof: {} ({})", body.message, body.code).map_err(Error::internal)
        }
    };
    if let Err(failure) = printed {
        tracing::error!("an error could not be printed: {}", failure.with_sources());
    }
}
