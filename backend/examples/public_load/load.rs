//! Requests by `wrk`, a process of its own, and what they came to.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Connections that ask at the same time.
pub const ASKERS: u32 = 32;
const SCRIPT: &str = include_str!("asker.lua");

/// What a load came to.
#[derive(Clone, Copy)]
pub struct Load {
    /// Requests a second.
    pub rate: f64,
    pub p50: Duration,
    pub p99: Duration,
    pub requests: u64,
}

/// What is asked of the server.
pub struct Asked<'a> {
    pub url: String,
    /// `name: value`.
    pub headers: &'a [String],
    /// A file with the body of a POST in every line, and how long an asker waits between two.
    pub bodies: Option<(&'a Path, Duration)>,
}

/// Asks for so many seconds, as fast as answers come unless askers wait. Panics where an answer is none of 2xx or 3xx.
pub fn load(folder: &Path, asked: &Asked, seconds: u64) -> Load {
    let script = folder.join("asker.lua");
    std::fs::write(&script, SCRIPT).expect("a script");
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--connections", &ASKERS.to_string()]);
    wrk.args(["--duration", &format!("{seconds}s"), "--script"]).arg(script);
    for header in asked.headers {
        wrk.args(["--header", header]);
    }
    wrk.arg(&asked.url);
    if let Some((file, pause)) = asked.bodies {
        wrk.arg("--").arg(file).arg(pause.as_millis().to_string());
    }
    let output = wrk.stderr(Stdio::inherit()).output().expect("wrk, of the package wrk");
    let text = String::from_utf8_lossy(&output.stdout);
    read(&text).unwrap_or_else(|| panic!("wrk ended with {}: {text}", output.status))
}

/// Panics unless a path, asked with headers as in [`Asked`], is answered with 200.
pub fn expect_ok(base: &str, path: &str, headers: &[String]) {
    let server = base.trim_start_matches("http://");
    let mut line = TcpStream::connect(server).expect("the server listens");
    let headers = headers.join("\r\n");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {server}\r\n{headers}\r\nconnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).expect("the request is sent");
    let mut answer = String::new();
    line.read_to_string(&mut answer).expect("an answer");
    let status = answer.lines().next().unwrap_or_default();
    assert!(status.starts_with("HTTP/1.1 200"), "{path}: {status}");
}

/// The line that the script ends with; `None` where it is missing or something failed.
fn read(text: &str) -> Option<Load> {
    let line = text.lines().find_map(|line| line.strip_prefix("measured "))?;
    let mut figures = line.split(' ').map(|figure| figure.parse::<u64>().ok());
    let mut next = || figures.next().flatten();
    let (requests, took_us, p50_us, p99_us, failed) = (next()?, next()?, next()?, next()?, next()?);
    (failed == 0).then(|| Load {
        rate: requests as f64 * 1e6 / took_us as f64,
        p50: Duration::from_micros(p50_us),
        p99: Duration::from_micros(p99_us),
        requests,
    })
}
