//! How results, errors and logs are printed.

use std::cell::RefCell;
use std::io::{BufWriter, Seek as _, Write as _};

use clap::ValueEnum;
use domain::error::{Error, Result};
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use tempfile::SpooledTempFile;

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one JSON document.
    Json,
}

/// A document up to this size waits in memory until it is whole, a larger one in a temporary file.
const WAITING_BYTES: usize = 1 << 20;

/// Prints a result, whole or not at all: as JSON, or by `text`.
pub fn print<T: Serialize>(format: Format, result: &T, text: impl FnOnce(&T) -> String) -> Result<()> {
    let mut document = BufWriter::new(SpooledTempFile::new(WAITING_BYTES));
    match format {
        Format::Json => serde_json::to_writer(&mut document, result)?,
        Format::Text => document.write_all(text(result).as_bytes()).map_err(Error::internal)?,
    }
    let mut document = document
        .into_inner()
        .map_err(|fault| Error::internal(fault.into_error()))?;
    document.rewind().map_err(Error::internal)?;
    let mut out = std::io::stdout().lock();
    let written = std::io::copy(&mut document, &mut out).and_then(|_| writeln!(out));
    // A reader that closes the pipe early has what it wanted.
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::internal(error)),
        _ => Ok(()),
    }
}

/// A list that is read while it is printed, once.
pub struct Streamed<Items> {
    items: RefCell<Items>,
    fault: RefCell<Option<Error>>,
}

impl<Items> Streamed<Items> {
    /// Of these, in their order.
    pub fn new(items: Items) -> Self {
        Self {
            items: RefCell::new(items),
            fault: RefCell::new(None),
        }
    }

    /// Why it could not be read to its end, where it could not.
    pub fn into_fault(self) -> Option<Error> {
        self.fault.into_inner()
    }
}

impl<Item: Serialize, Items: Iterator<Item = Result<Item>>> Serialize for Streamed<Items> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for item in &mut *self.items.borrow_mut() {
            match item {
                Ok(item) => list.serialize_element(&item)?,
                Err(fault) => {
                    let said = S::Error::custom(&fault);
                    *self.fault.borrow_mut() = Some(fault);
                    return Err(said);
                }
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_breaks_off_says_why() {
        let broken = || Error::Forbidden { right: "batch.report" };
        let list = Streamed::new([Ok(1), Err(broken()), Ok(2)].into_iter());
        assert!(serde_json::to_string(&list).is_err());
        assert_eq!(list.into_fault().expect("a fault").code(), broken().code());
        let whole = Streamed::new([Ok(1), Ok(2)].into_iter());
        assert_eq!(serde_json::to_string(&whole).expect("JSON"), "[1,2]");
        assert!(whole.into_fault().is_none());
    }
}
