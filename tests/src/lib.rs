//! The harness of the tests from outside: a house in a temporary folder, driven through the real binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use domain::crypto::Sealer;
use domain::keys::open_keys_blocking;
use domain::testing::TestDb;
use serde_json::Value;
use worker::synthetic::{AgencyBatch, School, Truth};

/// A house of one test's own.
pub struct TestHouse {
    db: TestDb,
}

/// What a run of the binary came to.
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// The JSON on stdout; null where there was none.
    pub json: Value,
    /// Everything on stderr.
    pub log: String,
}

impl TestHouse {
    /// An empty house with a migrated database.
    #[expect(clippy::new_without_default, reason = "making a house is an act")]
    pub fn new() -> Self {
        Self { db: TestDb::new() }
    }

    /// A house whose database was never migrated.
    pub fn empty() -> Self {
        Self {
            db: TestDb::unmigrated(),
        }
    }

    /// The house's folder.
    pub fn folder(&self) -> &Path {
        self.db.folder()
    }

    /// The house's database.
    pub fn db(&self) -> &TestDb {
        &self.db
    }

    /// The keys of the house; the binary must have run in it.
    pub fn sealer(&self) -> Sealer {
        let secret = self.folder().join("data/secret.key");
        open_keys_blocking(&self.db.db(), &secret).expect("the house's keys")
    }

    /// A command that runs the binary in this house.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .args(["--format", "json"])
            .current_dir(self.folder())
            .env("ROLLPROOF_DATABASE_URL", self.db.url_text())
            .env("ROLLPROOF_DATA_DIR", self.folder().join("data"))
            .env("ROLLPROOF_LOG", "warn");
        command
    }

    /// Runs the binary in this house.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().expect("the binary starts"))
    }

    /// Runs the binary and insists on an exit code.
    pub fn expect(&self, code: i32, arguments: &[&str]) -> Value {
        let ran = self.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?} said {} and logged {}", ran.json, ran.log);
        ran.json
    }

    /// Adds an agency and a campaign that expects the registered students of a year.
    pub fn add_campaign(&self, grad_year: i32) {
        self.expect(0, &["agency", "add", "studio", "示例图片社"]);
        let year = grad_year.to_string();
        self.expect(
            0,
            &[
                "campaign",
                "add",
                "c",
                "--name",
                "集中采集",
                "--mode",
                "legacy",
                "--status",
                "注册学籍",
                "--grad-year",
                &year,
            ],
        );
    }

    /// Hands a delivery in.
    pub fn ingest(&self, code: i32, delivery: &Path) -> Value {
        self.expect(
            code,
            &[
                "batch",
                "ingest",
                path(delivery),
                "--campaign",
                "c",
                "--agency",
                "studio",
            ],
        )
    }
}

/// A path as an argument.
pub fn path(path: &Path) -> &str {
    path.to_str().expect("temporary paths are plain text")
}

/// What a finished run of the binary came to.
pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        json: serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
        log: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The binary that was built with this test program.
pub fn binary() -> PathBuf {
    let mut folder = std::env::current_exe().expect("a test program knows where it is");
    folder.pop();
    folder.pop();
    folder.join("rollproof")
}

/// A synthetic school and its agency's batch on disk.
pub struct SyntheticFiles {
    /// The roll as CSV.
    pub roll: PathBuf,
    /// The delivery.
    pub archive: PathBuf,
    /// What was planted.
    pub truth: Truth,
}

/// Graduates of the synthetic school; its photos are dated in the year before.
pub const GRAD_YEAR: i32 = 2026;

/// Draws a school into a folder.
pub fn draw_school(folder: &Path, students: usize, seed: u64) -> SyntheticFiles {
    let (roll, archive) = (folder.join("roll.csv"), folder.join("batch.zip"));
    let school = School::generate(seed, students, GRAD_YEAR);
    school
        .write_roll_csv(&mut std::fs::File::create(&roll).expect("a file"))
        .expect("the roll is written");
    let batch = AgencyBatch::plan(&school, seed);
    let truth = batch
        .write_zip(&mut std::fs::File::create(&archive).expect("a file"), &mut |_, _| {})
        .expect("the delivery is written");
    SyntheticFiles { roll, archive, truth }
}
