//! Everything a process works with, opened from the settings: database, store, keys, clock.

use domain::clock::Clock;
use domain::config::Config;
use domain::crypto::Sealer;
use domain::db::{Db, migrate};
use domain::error::{Error, Result};
use domain::keys;
use domain::storage::{StorageCredentials, StorageLimits, Store};

/// An opened house; cheap to clone.
#[derive(Clone)]
pub struct House {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The object store.
    pub store: Store,
    /// The keys.
    pub sealer: Sealer,
    /// The time.
    pub clock: Clock,
}

impl House {
    /// Opens a house. SQLite is made and migrated by itself; PostgreSQL must have been migrated.
    pub fn open(config: Config) -> Result<Self> {
        let db = open_database(&config)?;
        let pending = migrate::pending_blocking(&db)?;
        if !pending.is_empty() {
            if !config.database_url.is_sqlite() {
                return Err(Error::conflict(
                    "schema-old",
                    "the database's schema is older than this program; run `rollproof migrate`",
                ));
            }
            migrate::migrate_blocking(&db)?;
        }
        let sealer = keys::open_keys_blocking(&db, &config.secret_file)?;
        let store = open_store(&config, &config.storage_url)?;
        let store = match &config.storage_former_url {
            Some(url) => store.moving_from(open_store(&config, url)?),
            None => store,
        };
        Ok(Self {
            config,
            db,
            store,
            sealer,
            clock: Clock::System,
        })
    }
}

/// Opens a store alone, with the credentials and limits of the settings.
pub fn open_store(config: &Config, url: &str) -> Result<Store> {
    let limits = StorageLimits {
        max_file_bytes: config.limits.archive_bytes,
        ..StorageLimits::default()
    };
    Ok(Store::open(url, credentials(config).as_ref(), limits)?)
}

/// Opens the database alone, making the folder that SQLite's default needs.
pub fn open_database(config: &Config) -> Result<Db> {
    std::fs::create_dir_all(&config.data_dir).map_err(Error::internal)?;
    Db::open(&config.database_url, config.database_connections)
}

fn credentials(config: &Config) -> Option<StorageCredentials> {
    let given = &config.storage_credentials;
    Some(StorageCredentials {
        access_key_id: given.access_key_id.clone()?,
        secret_access_key: given.secret_access_key.clone()?.into(),
        session_token: given.session_token.clone().map(Into::into),
    })
}
