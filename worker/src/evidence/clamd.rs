//! The malware scanner `clamd`, asked over its own protocol (`INSTREAM`). Where one is set, nothing passes that it has not seen: a scanner
//! that is away means waiting, never passing.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::{Fault, Refusal};

/// Connecting, sending and the scanner's work together.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of one piece; the scanner's own default limit is far above.
const PIECE_BYTES: usize = 64 << 10;
/// An answer is a short line.
const MAX_ANSWER_BYTES: u64 = 1024;

/// Where the scanner listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClamdAddress {
    /// A host and a port.
    Tcp(String),
    /// A socket on this machine.
    Unix(PathBuf),
}

impl FromStr for ClamdAddress {
    type Err = std::convert::Infallible;

    /// A path is a socket; everything else a host and a port, which a look-up judges.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text.strip_prefix("unix:").unwrap_or(text);
        Ok(if path.starts_with('/') {
            Self::Unix(path.into())
        } else {
            Self::Tcp(text.to_owned())
        })
    }
}

/// Has a file looked at; `Ok` means that the scanner found nothing.
pub async fn scan(address: &ClamdAddress, file: &[u8]) -> Result<(), Fault> {
    let asked = timeout(PATIENCE, ask(address, file)).await;
    let answer = asked.map_err(away)?.map_err(away)?;
    match answer.trim_end_matches(['\0', '\n', '\r']) {
        answer if answer.ends_with(" FOUND") => Err(Refusal::Infected.into()),
        "stream: OK" => Ok(()),
        // The words may hold what the scanner saw; they help nobody who reads a job's error.
        _ => Err(away("the scanner answered with an error")),
    }
}

async fn ask(address: &ClamdAddress, file: &[u8]) -> std::io::Result<String> {
    match address {
        ClamdAddress::Tcp(address) => converse(TcpStream::connect(address).await?, file).await,
        ClamdAddress::Unix(path) => converse(UnixStream::connect(path).await?, file).await,
    }
}

async fn converse(mut line: impl AsyncRead + AsyncWrite + Unpin, file: &[u8]) -> std::io::Result<String> {
    line.write_all(b"zINSTREAM\0").await?;
    for piece in file.chunks(PIECE_BYTES) {
        let length = u32::try_from(piece.len()).map_err(std::io::Error::other)?;
        line.write_all(&length.to_be_bytes()).await?;
        line.write_all(piece).await?;
    }
    line.write_all(&0_u32.to_be_bytes()).await?;
    line.flush().await?;
    let mut answer = Vec::new();
    line.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).await?;
    String::from_utf8(answer).map_err(std::io::Error::other)
}

fn away(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Fault {
    Fault::Later {
        code: "evidence-scanner-away",
        part: "the malware scanner",
        source: source.into(),
    }
}
