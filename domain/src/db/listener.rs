//! Hears, on PostgreSQL, that some process queued a job. A wake-up may be missed, so workers look again by themselves too.

use diesel::prelude::*;

use super::conn::DatabaseUrl;
use super::dialect::JOBS_CHANNEL;
use crate::error::{Error, Result};

/// A connection of its own that only listens.
pub struct JobListener(PgConnection);

impl JobListener {
    /// Listens; none on SQLite, which has nothing of the kind.
    pub(super) fn open(url: &DatabaseUrl) -> Result<Option<Self>> {
        let DatabaseUrl::Postgres(url) = url else {
            return Ok(None);
        };
        let unavailable = |error: ConnectionError| Error::Unavailable {
            part: "database",
            source: Box::new(error),
        };
        let mut connection = PgConnection::establish(url).map_err(unavailable)?;
        diesel::sql_query(format!("LISTEN {JOBS_CHANNEL}")).execute(&mut connection)?;
        Ok(Some(Self(connection)))
    }

    /// Whether a job was queued since the last look. Asks the socket, not the server.
    pub(super) fn has_heard(&mut self) -> Result<bool> {
        let mut has_heard = false;
        for notification in self.0.notifications_iter() {
            notification?;
            has_heard = true;
        }
        Ok(has_heard)
    }
}
