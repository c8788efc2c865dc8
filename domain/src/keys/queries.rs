//! Which secret a database was sealed with.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::settings;
use crate::error::{Error, Result};

/// The setting that holds the fingerprint.
pub(super) const FINGERPRINT: &str = "secret_fingerprint";

/// Fails unless the database answers and was sealed; for the readiness probe.
pub fn check_answers(conn: &mut Conn) -> Result<()> {
    find_fingerprint(conn)?
        .map(drop)
        .ok_or_else(|| Error::conflict("not-sealed", "the database has no keys yet; start the program once"))
}

/// The fingerprint of the file that sealed this database; none before its first start.
pub(super) fn find_fingerprint(conn: &mut Conn) -> Result<Option<String>> {
    Ok(settings::table
        .find(FINGERPRINT)
        .select(settings::value)
        .first(conn)
        .optional()?)
}
