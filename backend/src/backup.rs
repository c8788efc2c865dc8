//! Backups: a folder with a copy of the database as it was at one moment, every object, and a list of both with their checksums. Made while
//! the house serves; the next one into the same folder copies only the objects that are new. The secret is not part of it.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use domain::clock::TimestampMs;
use domain::config::Config;
use domain::db::conn::DatabaseUrl;
use domain::db::snapshot;
use domain::error::{Error, Result};
use domain::storage::moving::{Moved, copy_missing};
use domain::storage::{ContentHash, ObjectKey, ObjectKind, Store};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::files::compute;
use crate::house::{House, open_database, open_store};
use crate::staging::digest_file;

const MANIFEST: &str = "backup.json";

/// What a backup holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the program that made it.
    pub version: String,
    /// When the database was copied, UTC ms.
    pub made_at_ms: TimestampMs,
    /// Whether the copy is SQLite's; else it is one of `pg_dump`.
    pub is_sqlite: bool,
    /// The file with the database.
    pub database: String,
    /// Its SHA-256, hexadecimal.
    pub database_sha256: String,
    /// Objects beside it.
    pub objects: u64,
}

/// What looking through a backup found.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// When the database was copied, UTC ms.
    pub made_at_ms: TimestampMs,
    /// Objects whose bytes were read.
    pub objects: u64,
    /// Objects that are not what their names say.
    pub broken: Vec<String>,
}

/// Makes a backup in a folder. The database first: objects that came later do no harm, one that is missing would.
pub async fn make(house: &House, folder: &Path, progress: impl FnMut(&Moved)) -> Result<Manifest> {
    let earlier = read_manifest(folder).await.ok();
    if earlier.is_none() && has_entries(folder).await? {
        return Err(Error::conflict(
            "backup-folder",
            "the folder holds something that is no backup; name another one",
        ));
    }
    tokio::fs::create_dir_all(folder).await.map_err(Error::internal)?;
    let made_at_ms = house.clock.now_ms();
    let is_sqlite = house.config.database_url.is_sqlite();
    let database = format!("database-{made_at_ms}.{}", if is_sqlite { "db" } else { "dump" });
    let copy = folder.join(&database);
    dump(&house.config.database_url, &copy).await?;
    let objects = open_store(&house.config, &objects_url(folder))?;
    let scratch = tempfile::tempdir_in(folder).map_err(Error::internal)?;
    if let Some(former) = house.store.former() {
        copy_missing(former, &objects, scratch.path(), false, |_| {}).await?;
    }
    let moved = copy_missing(&house.store, &objects, scratch.path(), false, progress).await?;
    let manifest = Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at_ms,
        is_sqlite,
        database_sha256: hash_file(&copy).await?,
        database,
        objects: moved.seen,
    };
    write_manifest(folder, &manifest).await?;
    // The copy before is removed only now that this one is whole.
    if let Some(earlier) = earlier.filter(|earlier| earlier.database != manifest.database) {
        tokio::fs::remove_file(folder.join(earlier.database))
            .await
            .map_err(Error::internal)?;
    }
    Ok(manifest)
}

/// Reads a whole backup and compares it with its checksums.
pub async fn verify(config: &Config, folder: &Path) -> Result<Verified> {
    let manifest = read_manifest(folder).await?;
    let copy = folder.join(&manifest.database);
    let mut broken = Vec::new();
    if hash_file(&copy).await? != manifest.database_sha256 {
        broken.push(manifest.database.clone());
    } else if manifest.is_sqlite {
        compute(move || snapshot::verify_sqlite(&copy)).await??;
    } else {
        run_tool("pg_restore", &["--list"], Some(&copy), None).await?;
    }
    let store = open_store(config, &objects_url(folder))?;
    let mut objects = 0;
    for kind in ObjectKind::ALL {
        let mut continuation: Option<String> = None;
        loop {
            let page = store.list(kind, continuation.as_deref()).await?;
            for listed in page.objects {
                objects += 1;
                if !is_whole(&store, &listed.key).await? {
                    broken.push(listed.key.path());
                }
            }
            continuation = page.continuation;
            if continuation.is_none() {
                break;
            }
        }
    }
    Ok(Verified {
        made_at_ms: manifest.made_at_ms,
        objects,
        broken,
    })
}

/// Puts a backup into an empty database and an empty store.
pub async fn restore(config: &Config, folder: &Path, progress: impl FnMut(&Moved)) -> Result<Manifest> {
    let manifest = read_manifest(folder).await?;
    let copy = folder.join(&manifest.database);
    if hash_file(&copy).await? != manifest.database_sha256 {
        return Err(Error::conflict(
            "backup-broken",
            "the copy of the database is not what it was when it was made; use an older backup",
        ));
    }
    if manifest.is_sqlite != config.database_url.is_sqlite() {
        return Err(Error::conflict(
            "backup-kind",
            "the backup is of the other kind of database; set ROLLPROOF_DATABASE_URL to the kind that it was made from",
        ));
    }
    let store = open_store(config, &config.storage_url)?;
    store.ready().await?;
    let opened = config.clone();
    let is_empty = compute(move || snapshot::is_empty_blocking(&open_database(&opened)?));
    if !is_empty.await?? {
        return Err(Error::conflict(
            "restore-not-empty",
            "the database is not empty, and nothing of it was touched; restore into a new one",
        ));
    }
    match &config.database_url {
        DatabaseUrl::Sqlite(path) => restore_sqlite(&copy, path).await?,
        DatabaseUrl::Postgres(url) => {
            let whole = [
                "--no-owner",
                "--no-privileges",
                "--exit-on-error",
                "--single-transaction",
            ];
            run_tool("pg_restore", &whole, Some(&copy), Some(url)).await?;
        }
    }
    let objects = open_store(config, &objects_url(folder))?;
    tokio::fs::create_dir_all(&config.data_dir)
        .await
        .map_err(Error::internal)?;
    let scratch = tempfile::tempdir_in(&config.data_dir).map_err(Error::internal)?;
    copy_missing(&objects, &store, scratch.path(), false, progress).await?;
    Ok(manifest)
}

/// Puts the copy where an empty database was.
async fn restore_sqlite(copy: &Path, path: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        match tokio::fs::remove_file(&file).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::internal(error)),
            _ => {}
        }
    }
    tokio::fs::copy(copy, path).await.map_err(Error::internal)?;
    Ok(())
}

async fn dump(database: &DatabaseUrl, copy: &Path) -> Result<()> {
    match database {
        DatabaseUrl::Sqlite(path) => {
            let (from, to) = (path.clone(), copy.to_owned());
            compute(move || snapshot::copy_sqlite(&from, &to)).await?
        }
        DatabaseUrl::Postgres(url) => {
            let file = format!("--file={}", copy.display());
            run_tool(
                "pg_dump",
                &["--format=custom", "--no-owner", "--no-privileges", &file],
                None,
                Some(url),
            )
            .await
        }
    }
}

/// Runs a program of PostgreSQL's. Who to be and the password go by the environment, which other accounts cannot read.
async fn run_tool(program: &str, options: &[&str], file: Option<&Path>, url: Option<&str>) -> Result<()> {
    let mut command = Command::new(program);
    command
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if let Some(url) = url {
        let settings = connection_settings(url)?;
        if let Some((_, name)) = settings.iter().find(|(key, _)| *key == "PGDATABASE") {
            command.arg(format!("--dbname={name}"));
        }
        command.envs(settings);
    }
    command.args(file);
    let output = command
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| Error::Unavailable {
            part: "the program pg_dump or pg_restore of PostgreSQL",
            source: Box::new(error),
        })?;
    if output.status.success() {
        return Ok(());
    }
    // What it said may hold rows: only the first line, which names the step, goes to the log.
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().next().unwrap_or_default();
    tracing::error!(program, said = %first, "a program of PostgreSQL's failed");
    Err(Error::conflict(
        "backup-tool",
        format!("{program} ended with an error; its first line is in the log"),
    ))
}

/// A connection string in the variables that PostgreSQL's programs read.
fn connection_settings(url: &str) -> Result<Vec<(&'static str, String)>> {
    let unusable = |_| {
        Error::invalid(
            "database-url",
            "ROLLPROOF_DATABASE_URL",
            "the address of the database cannot be read",
        )
    };
    let url = url::Url::parse(url).map_err(unusable)?;
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let mut settings = Vec::new();
    let mut set = |key: &'static str, value: Option<String>| {
        settings.extend(value.filter(|value| !value.is_empty()).map(|value| (key, value)));
    };
    set("PGHOST", url.host_str().map(decoded));
    set("PGPORT", url.port().map(|port| port.to_string()));
    set("PGUSER", Some(decoded(url.username())));
    set("PGPASSWORD", url.password().map(decoded));
    set("PGDATABASE", Some(decoded(url.path().trim_start_matches('/'))));
    for (key, value) in url.query_pairs() {
        let name = match key.as_ref() {
            "host" => "PGHOST",
            "port" => "PGPORT",
            "user" => "PGUSER",
            "password" => "PGPASSWORD",
            "dbname" => "PGDATABASE",
            "sslmode" => "PGSSLMODE",
            "sslrootcert" => "PGSSLROOTCERT",
            _ => continue,
        };
        set(name, Some(value.into_owned()));
    }
    Ok(settings)
}

fn objects_url(folder: &Path) -> String {
    format!("file:{}", folder.join("objects").display())
}

async fn has_entries(folder: &Path) -> Result<bool> {
    match tokio::fs::read_dir(folder).await {
        Ok(mut entries) => Ok(entries.next_entry().await.map_err(Error::internal)?.is_some()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::internal(error)),
    }
}

async fn read_manifest(folder: &Path) -> Result<Manifest> {
    let read = tokio::fs::read(folder.join(MANIFEST)).await;
    let text = read.map_err(|_| {
        Error::invalid(
            "backup-missing",
            "folder",
            "the folder holds no backup: backup.json is not there",
        )
    })?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|_| Error::invalid("backup-missing", "folder", "backup.json cannot be read"))?;
    let is_plain = manifest.database.starts_with("database-") && !manifest.database.contains(['/', '\\']);
    match is_plain {
        true => Ok(manifest),
        false => Err(Error::invalid(
            "backup-missing",
            "folder",
            "backup.json names a file elsewhere",
        )),
    }
}

async fn write_manifest(folder: &Path, manifest: &Manifest) -> Result<()> {
    let new: PathBuf = folder.join(format!("{MANIFEST}.new"));
    let text = serde_json::to_vec_pretty(manifest)?;
    tokio::fs::write(&new, text).await.map_err(Error::internal)?;
    tokio::fs::rename(&new, folder.join(MANIFEST))
        .await
        .map_err(Error::internal)
}

async fn hash_file(path: &Path) -> Result<String> {
    let path = path.to_owned();
    let digest = compute(move || digest_file(&path, "folder"));
    Ok(digest.await??.0)
}

/// Whether a content-addressed object has the content of its address; of the others only that they can be read.
async fn is_whole(store: &Store, key: &ObjectKey) -> Result<bool> {
    let (ObjectKey::Original { sha256 } | ObjectKey::Standard { sha256 } | ObjectKey::Thumbnail { sha256 }) = key
    else {
        return Ok(store.head(key).await?.is_some());
    };
    let (bytes, expected) = (store.get(key).await?, *sha256);
    compute(move || ContentHash::of(&bytes) == expected).await
}
