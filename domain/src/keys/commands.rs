//! Opening the keys, and binding an empty database to new ones.

use std::path::Path;

use diesel::prelude::*;

use super::queries::{FINGERPRINT, find_fingerprint};
use crate::crypto::{CryptoError, Sealer, SecretFile};
use crate::db::Db;
use crate::db::schema::settings;
use crate::error::{Error, Result};

/// Opens the keys of a database; an empty database gets a new secret file on its first start.
pub fn open_keys_blocking(db: &Db, secret_file: &Path) -> Result<Sealer> {
    db.write_tx_blocking(|conn| {
        let known = find_fingerprint(conn)?;
        let secret = match SecretFile::load(secret_file) {
            Ok(secret) => secret,
            Err(CryptoError::SecretMissing) if known.is_none() => SecretFile::create(secret_file)?,
            Err(error) => {
                return Err(Error::invalid(
                    "secret-file",
                    "ROLLPROOF_SECRET_FILE",
                    error.to_string(),
                ));
            }
        };
        match known {
            Some(known) if known != secret.fingerprint() => Err(Error::invalid(
                "secret-file-differs",
                "ROLLPROOF_SECRET_FILE",
                "the secret file is not the one this database was sealed with; put the right one in its place",
            )),
            Some(_) => Ok(Sealer::new(&secret)),
            None => {
                diesel::insert_into(settings::table)
                    .values((settings::key.eq(FINGERPRINT), settings::value.eq(secret.fingerprint())))
                    .execute(conn)?;
                Ok(Sealer::new(&secret))
            }
        }
    })
}
