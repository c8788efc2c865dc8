//! PDF files through `pdftoppm` of poppler-utils, in a process of its own: it is the one part that reads a hostile format of many faces, so
//! it gets little memory and time, no environment, and the file over a pipe. No byte of evidence touches the disk.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use tempfile::TempDir;
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout_at};

use super::ppm::next_page;
use super::{Fault, MAX_PAGES, Refusal};
use crate::imaging::Scan;

/// The longer side of a page in pixels: 170 dots per inch on A4.
const PAGE_PX: u32 = 2000;
/// What `prlimit` answers where the program that it should run is not there, or may not be run.
const NOT_RUN: [i32; 2] = [126, 127];

/// The program and what one file may cost it.
#[derive(Debug, Clone)]
pub struct Renderer {
    /// `pdftoppm`, by its name or its path.
    pub program: PathBuf,
    /// Where its private folder is made, which stays empty unless the program keeps notes of fonts.
    pub scratch: PathBuf,
    /// Address space in bytes; a page of `PAGE_PX` takes a few dozen megabytes.
    pub memory_bytes: u64,
    /// Processor time in seconds.
    pub processor_seconds: u64,
    /// Time on the clock for the whole file.
    pub time: Duration,
}

impl Renderer {
    /// With the limits that scans of a few pages need.
    pub fn new(program: PathBuf, scratch: PathBuf) -> Self {
        Self {
            program,
            scratch,
            memory_bytes: 512 << 20,
            processor_seconds: 30,
            time: Duration::from_secs(60),
        }
    }

    /// `prlimit` sets the limits before the program runs and is then replaced by it, so that the handle is the program's own.
    fn command(&self, folder: &TempDir) -> Command {
        let mut command = Command::new("prlimit");
        command
            .arg(format!("--as={}", self.memory_bytes))
            .arg(format!("--cpu={}", self.processor_seconds))
            .args(["--core=0", "--fsize=16777216", "--nofile=64", "--"])
            .arg(&self.program)
            .args([
                "-scale-to",
                &PAGE_PX.to_string(),
                "-l",
                &(MAX_PAGES + 1).to_string(),
                "-",
            ])
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C")
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What it says about a file may repeat the file.
            .stderr(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

/// A file being rendered; dropping it ends the program and removes its folder.
pub struct Rendering {
    child: Child,
    pages: BufReader<ChildStdout>,
    deadline: Instant,
    count: usize,
    is_locked: bool,
    _folder: TempDir,
}

impl Rendering {
    /// Starts the program on a file.
    pub fn start(renderer: &Renderer, file: Bytes) -> Result<Self, Fault> {
        std::fs::create_dir_all(&renderer.scratch).map_err(Fault::renderer)?;
        let folder = tempfile::Builder::new()
            .prefix("evidence-")
            .tempdir_in(&renderer.scratch)
            .map_err(Fault::renderer)?;
        let mut child = renderer.command(&folder).spawn().map_err(Fault::renderer)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Fault::renderer("the program was started without pipes"));
        };
        // The dictionary that says so is never packed away itself.
        let is_locked = file.windows(8).any(|window| window == b"/Encrypt");
        tokio::spawn(feed(input, file));
        Ok(Self {
            child,
            pages: BufReader::new(output),
            deadline: Instant::now() + renderer.time,
            count: 0,
            is_locked,
            _folder: folder,
        })
    }

    /// The next page; `None` after the last one.
    pub async fn next(&mut self) -> Result<Option<Scan>, Fault> {
        let read = timeout_at(self.deadline, next_page(&mut self.pages)).await;
        match read {
            Err(_elapsed) => {
                self.child.kill().await.map_err(Fault::renderer)?;
                Err(Refusal::TooDear.into())
            }
            Ok(Ok(Some(page))) => {
                self.count += 1;
                Ok(Some(page))
            }
            // A page that breaks off means that the program did: how it ended says why.
            Ok(broken) => self.end(broken.is_err()).await,
        }
    }

    async fn end(&mut self, is_broken: bool) -> Result<Option<Scan>, Fault> {
        let status = match timeout_at(self.deadline, self.child.wait()).await {
            Ok(status) => status.map_err(Fault::renderer)?,
            Err(_elapsed) => {
                self.child.kill().await.map_err(Fault::renderer)?;
                return Err(Refusal::TooDear.into());
            }
        };
        if status.success() && !is_broken && self.count > 0 {
            return Ok(None);
        }
        Err(self.why(status))
    }

    fn why(&self, status: ExitStatus) -> Fault {
        match status.code() {
            Some(code) if NOT_RUN.contains(&code) => Fault::renderer("the program is not installed where it should be"),
            // A signal: out of its time, or out of its memory.
            None => Refusal::TooDear.into(),
            Some(_) if self.is_locked && self.count == 0 => Refusal::Locked.into(),
            Some(_) => Refusal::Damaged.into(),
        }
    }
}

async fn feed(mut input: ChildStdin, file: Bytes) {
    // A program that has seen enough, or has ended, closes the pipe: how it ended is asked elsewhere.
    if input.write_all(&file).await.is_ok() {
        drop(input.shutdown().await);
    }
}
