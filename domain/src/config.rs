//! The configuration: defaults, then `rollproof.toml`, then `ROLLPROOF_*` variables. Nothing else reads the environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::db::conn::DatabaseUrl;
use crate::error::{Error, Result};

/// Everything an operator can set. `rollproof.toml` uses the fields' names, the environment the same in capitals behind `ROLLPROOF_`.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the database is; `sqlite:data/rollproof.db`.
    pub database_url: DatabaseUrl,
    /// Connections one process keeps open; 8.
    pub database_connections: u32,
    /// Where objects are kept, `file:PATH` or `s3://bucket?…`; `file:data/objects`.
    pub storage_url: String,
    /// Where objects were kept before, while they are moved from there; unset: nowhere.
    pub storage_former_url: Option<String>,
    /// Folder of everything else that is kept locally; `data`.
    pub data_dir: PathBuf,
    /// Address the web server listens on; `127.0.0.1:8700`.
    pub listen: SocketAddr,
    /// Address on which monitoring reads `/metrics`; unset: none.
    pub metrics_listen: Option<SocketAddr>,
    /// Address under which people reach the server, for links; `http://127.0.0.1:8700`.
    pub public_url: String,
    /// File of the key that seals identity numbers; `data/secret.key`.
    pub secret_file: PathBuf,
    /// Photo jobs at a time in one process; 0 means one per processor.
    pub jobs_concurrency: usize,
    /// How long a lease holds without a sign of life; 60,000 ms.
    pub jobs_lease_ms: i64,
    /// How often an idle worker looks for jobs; 250 ms.
    pub jobs_poll_ms: u64,
    /// Limits on what is taken from outside.
    pub limits: Limits,
    /// How long staged archives and roll files are kept after their work is done; 7 days.
    pub staged_retention_days: i64,
    /// The limits and times of staff sessions.
    pub session_idle_minutes: i64,
    /// Whether webhooks may lead into private networks, and over plain HTTP; no.
    pub webhooks_to_private: bool,
    /// The mail server, `smtp://user:password@host:port?tls=required` or `smtps://…`; unset: mails stay in the outbox.
    pub smtp_url: Option<String>,
    /// The address that mails come from; `rollproof@` and the host of the public address.
    pub mail_from: String,
    /// The gateway for text messages, an address that takes JSON; unset: messages stay in the outbox.
    pub sms_url: Option<String>,
    /// Where spans of requests and jobs go; unset: nowhere.
    pub traces: Option<Traces>,
    /// What evidence of tickets takes.
    pub evidence: EvidenceSettings,
    /// Credentials of the object store, from the usual `AWS_*` variables.
    pub storage_credentials: StorageCredentials,
    /// Variables that look like settings and are none.
    ignored: Vec<String>,
}

/// Where spans of requests and jobs go.
#[derive(Clone, Debug)]
pub struct Traces {
    /// A collector of OpenTelemetry's, OTLP over HTTP: `http://127.0.0.1:4318/v1/traces`.
    pub url: String,
    /// The share of requests that are watched, with everything that they cause; 1.
    pub share: f64,
}

/// What evidence of tickets takes: programs and files beside this one, and how long it is kept.
#[derive(Clone, Debug)]
pub struct EvidenceSettings {
    /// The font of the watermark; Noto Sans CJK as Debian installs it. Without one no evidence is kept.
    pub font: PathBuf,
    /// The renderer of PDF files; `pdftoppm` of poppler-utils.
    pub pdftoppm: PathBuf,
    /// The malware scanner `clamd`, `HOST:PORT` or a socket's path; unset: none is asked.
    pub clamd_addr: Option<String>,
    /// How long evidence is kept after its ticket was closed; 60 days.
    pub retention_days: i64,
}

/// Limits on foreign input, each with the default that suits a college.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest archive taken in; 64 GiB.
    pub archive_bytes: u64,
    /// Uploads of one agency that are under way together; 256 GiB.
    pub agency_upload_bytes: u64,
    /// Entries of one archive; 200,000.
    pub archive_entries: u64,
    /// Largest entry once unpacked; 64 MiB.
    pub entry_bytes: u64,
    /// Unpacked size over packed size of one entry; 200.
    pub entry_ratio: u64,
    /// Pixels of one picture; 64 million.
    pub photo_pixels: u64,
    /// Time for one photo; 10,000 ms.
    pub photo_time_ms: u64,
    /// Largest roll file; 4 GiB.
    pub roll_bytes: u64,
    /// Rows of one roll file; 12 million.
    pub roll_rows: u64,
    /// Requests of one program to the interface in a minute; 1,200.
    pub requests_per_minute: u32,
    /// Connections that one web server has open at the same time; 4,096.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            archive_bytes: 64 << 30,
            agency_upload_bytes: 256 << 30,
            archive_entries: 200_000,
            entry_bytes: 64 << 20,
            entry_ratio: 200,
            photo_pixels: 64_000_000,
            photo_time_ms: 10_000,
            roll_bytes: 4 << 30,
            roll_rows: 12_000_000,
            requests_per_minute: 1_200,
            connections: 4_096,
        }
    }
}

/// What an S3-compatible store wants to know; absent for a folder.
#[derive(Clone, Default)]
pub struct StorageCredentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: Option<String>,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: Option<String>,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for StorageCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StorageCredentials(…)")
    }
}

const PREFIX: &str = "ROLLPROOF_";

/// Where the package `fonts-noto-cjk` of Debian and Ubuntu puts it.
const NOTO_SANS_CJK: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

/// Every key, as `rollproof.toml` spells it.
const KEYS: &[&str] = &[
    "clamd_addr",
    "database_url",
    "database_connections",
    "storage_url",
    "storage_former_url",
    "data_dir",
    "evidence_font",
    "evidence_pdftoppm",
    "evidence_retention_days",
    "listen",
    "mail_from",
    "metrics_listen",
    "public_url",
    "secret_file",
    "jobs_concurrency",
    "jobs_lease_ms",
    "jobs_poll_ms",
    "limits_agency_upload_bytes",
    "limits_archive_bytes",
    "limits_archive_entries",
    "limits_connections",
    "limits_entry_bytes",
    "limits_entry_ratio",
    "limits_photo_pixels",
    "limits_photo_time_ms",
    "limits_requests_per_minute",
    "limits_roll_bytes",
    "limits_roll_rows",
    "staged_retention_days",
    "sms_url",
    "traces_share",
    "traces_url",
    "smtp_url",
    "session_idle_minutes",
    "webhooks_to_private",
];

impl Config {
    /// Reads the file, where there is one, and the environment; reports every fault at once.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn load(file: &Path) -> Result<Self> {
        let mut values = read_file(file)?;
        let mut ignored = Vec::new();
        for (name, value) in std::env::vars() {
            let Some(key) = name.strip_prefix(PREFIX).map(str::to_lowercase) else {
                continue;
            };
            if KEYS.contains(&key.as_str()) {
                values.insert(key, value);
            } else if !FOREIGN_VARIABLES.contains(&name.as_str()) {
                ignored.push(name);
            }
        }
        let mut config = Self::from_values(&values)?;
        config.storage_credentials = StorageCredentials {
            access_key_id: std::env::var("AWS_ACCESS_KEY_ID").ok(),
            secret_access_key: std::env::var("AWS_SECRET_ACCESS_KEY").ok(),
            session_token: std::env::var("AWS_SESSION_TOKEN").ok(),
        };
        config.ignored = ignored;
        Ok(config)
    }

    /// Says in the log which variables are no settings of this version; the log begins only once the settings are read.
    pub fn name_ignored(&self) {
        for name in &self.ignored {
            tracing::warn!(variable = %name, "{name} is not a setting of this version and is ignored");
        }
    }

    /// Settings for a house that lives in one folder; for the demo and for tests.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let shown = folder.display();
        let values = BTreeMap::from([
            ("database_url".to_owned(), format!("sqlite:{shown}/rollproof.db")),
            ("storage_url".to_owned(), format!("file:{shown}/objects")),
            ("data_dir".to_owned(), shown.to_string()),
        ]);
        Self::from_values(&values)
    }

    fn from_values(values: &BTreeMap<String, String>) -> Result<Self> {
        let mut reader = Reader {
            values,
            faults: Vec::new(),
        };
        let defaults = Limits::default();
        let data_dir: PathBuf = reader.value("data_dir", PathBuf::from("data"));
        let listen = reader.value("listen", SocketAddr::from(([127, 0, 0, 1], 8700)));
        let public_url = reader.value("public_url", format!("http://{listen}"));
        let config = Self {
            database_url: reader.database_url(&data_dir),
            database_connections: reader.value("database_connections", 8),
            storage_url: reader.value("storage_url", format!("file:{}", data_dir.join("objects").display())),
            storage_former_url: values
                .get("storage_former_url")
                .filter(|text| !text.is_empty())
                .cloned(),
            smtp_url: reader.url("smtp_url", &["smtp", "smtps"]),
            mail_from: reader.value("mail_from", format!("rollproof@{}", host_of(&public_url))),
            sms_url: reader.url("sms_url", &["http", "https"]),
            metrics_listen: reader.address("metrics_listen"),
            public_url,
            listen,
            secret_file: reader.value("secret_file", data_dir.join("secret.key")),
            data_dir,
            jobs_concurrency: reader.value("jobs_concurrency", 0),
            jobs_lease_ms: reader.value("jobs_lease_ms", 60_000),
            jobs_poll_ms: reader.value("jobs_poll_ms", 250),
            limits: Limits {
                archive_bytes: reader.value("limits_archive_bytes", defaults.archive_bytes),
                agency_upload_bytes: reader.value("limits_agency_upload_bytes", defaults.agency_upload_bytes),
                archive_entries: reader.value("limits_archive_entries", defaults.archive_entries),
                entry_bytes: reader.value("limits_entry_bytes", defaults.entry_bytes),
                entry_ratio: reader.value("limits_entry_ratio", defaults.entry_ratio),
                photo_pixels: reader.value("limits_photo_pixels", defaults.photo_pixels),
                photo_time_ms: reader.value("limits_photo_time_ms", defaults.photo_time_ms),
                roll_bytes: reader.value("limits_roll_bytes", defaults.roll_bytes),
                roll_rows: reader.value("limits_roll_rows", defaults.roll_rows),
                requests_per_minute: reader.value("limits_requests_per_minute", defaults.requests_per_minute),
                connections: reader.value("limits_connections", defaults.connections),
            },
            staged_retention_days: reader.value("staged_retention_days", 7),
            session_idle_minutes: reader.value("session_idle_minutes", 30),
            webhooks_to_private: reader.value("webhooks_to_private", false),
            traces: reader.traces(),
            evidence: EvidenceSettings {
                font: reader.value("evidence_font", PathBuf::from(NOTO_SANS_CJK)),
                pdftoppm: reader.value("evidence_pdftoppm", PathBuf::from("pdftoppm")),
                clamd_addr: values.get("clamd_addr").filter(|text| !text.is_empty()).cloned(),
                retention_days: reader.value("evidence_retention_days", 60),
            },
            storage_credentials: StorageCredentials::default(),
            ignored: Vec::new(),
        };
        reader.finish(config)
    }
}

/// The name of a server in an address; that of this machine where it is only a number.
fn host_of(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let domain = parsed.as_ref().and_then(url::Url::domain);
    domain.unwrap_or("localhost").to_owned()
}

/// Variables that belong to the tests and scripts beside the program.
const FOREIGN_VARIABLES: &[&str] = &["ROLLPROOF_TESTDATA", "ROLLPROOF_PEERS", "ROLLPROOF_LOG"];

fn read_file(file: &Path) -> Result<BTreeMap<String, String>> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(Error::internal(error)),
    };
    let table: toml::Table = text.parse().map_err(|error| {
        Error::invalid(
            "config-file",
            "rollproof.toml",
            format!("the file is not TOML: {error}"),
        )
    })?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        if !KEYS.contains(&key.as_str()) {
            return Err(Error::invalid(
                "config-key",
                key.clone(),
                format!("rollproof.toml: there is no setting {key}"),
            ));
        }
        let text = match value {
            toml::Value::String(text) => text,
            other => other.to_string(),
        };
        values.insert(key, text);
    }
    Ok(values)
}

struct Reader<'a> {
    values: &'a BTreeMap<String, String>,
    faults: Vec<String>,
}

impl Reader<'_> {
    fn value<T: FromStr>(&mut self, key: &'static str, default: T) -> T {
        let Some(text) = self.values.get(key) else {
            return default;
        };
        text.parse().unwrap_or_else(|_| {
            self.faults
                .push(format!("{PREFIX}{} does not have a usable value", key.to_uppercase()));
            default
        })
    }

    fn traces(&mut self) -> Option<Traces> {
        let share: f64 = self.value("traces_share", 1.0);
        if !(0.0..=1.0).contains(&share) {
            self.faults
                .push(format!("{PREFIX}TRACES_SHARE is a share between 0 and 1"));
        }
        let url = self.url("traces_url", &["http", "https"])?;
        Some(Traces { url, share })
    }

    fn address(&mut self, key: &'static str) -> Option<SocketAddr> {
        let text = self.values.get(key).filter(|text| !text.is_empty())?;
        let address = text.parse().ok();
        if address.is_none() {
            self.faults.push(format!(
                "{PREFIX}{} must be an address and a port, as in 127.0.0.1:9700",
                key.to_uppercase()
            ));
        }
        address
    }

    fn url(&mut self, key: &'static str, schemes: &[&str]) -> Option<String> {
        let text = self.values.get(key).filter(|text| !text.is_empty())?;
        let is_usable = url::Url::parse(text).is_ok_and(|url| schemes.contains(&url.scheme()) && url.has_host());
        if !is_usable {
            self.faults.push(format!(
                "{PREFIX}{} must begin with {}:// and name a host",
                key.to_uppercase(),
                schemes.join(":// or ")
            ));
        }
        is_usable.then(|| text.clone())
    }

    fn database_url(&mut self, data_dir: &Path) -> DatabaseUrl {
        let default = DatabaseUrl::Sqlite(data_dir.join("rollproof.db"));
        let Some(text) = self.values.get("database_url") else {
            return default;
        };
        DatabaseUrl::parse(text).unwrap_or_else(|error| {
            self.faults.push(format!("{PREFIX}DATABASE_URL: {error}"));
            default
        })
    }

    fn finish(self, config: Config) -> Result<Config> {
        if self.faults.is_empty() {
            return Ok(config);
        }
        Err(Error::invalid("configuration", "environment", self.faults.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn everything_has_a_default() {
        let config = Config::from_values(&BTreeMap::new()).expect("defaults are valid");
        assert_eq!(config.listen.port(), 8700);
        assert!(config.database_url.is_sqlite());
        assert_eq!(config.public_url, "http://127.0.0.1:8700");
    }

    #[test]
    fn reports_every_bad_variable_at_once_and_by_name() {
        let error =
            Config::from_values(&values(&[("listen", "nowhere"), ("jobs_poll_ms", "often")])).expect_err("two faults");
        let text = error.to_string();
        assert!(
            text.contains("ROLLPROOF_LISTEN") && text.contains("ROLLPROOF_JOBS_POLL_MS"),
            "{text}"
        );
        assert!(!text.contains("nowhere"));
    }
}
