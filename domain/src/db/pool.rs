//! The database as the rest of the project sees it: `read` and `write_tx`, off the async threads.

use diesel::r2d2::{Pool, PooledConnection};

use super::conn::{self, Conn, ConnManager, DatabaseUrl, Use};
use super::listener::JobListener;
use crate::error::{Error, Result};

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    url: DatabaseUrl,
    readers: Pool<ConnManager>,
    /// SQLite has one writer at a time: a pool of one makes writers queue up here, in order, rather than spin on the lock.
    writers: Pool<ConnManager>,
}

impl Db {
    /// Opens a database that exists, or creates an empty SQLite file in an existing folder.
    pub fn open(url: &DatabaseUrl, connections: u32) -> Result<Self> {
        if let Some(folder) = url
            .sqlite_path()
            .and_then(|path| path.parent())
            .filter(|folder| !folder.as_os_str().is_empty())
            && !folder.is_dir()
        {
            return Err(Error::invalid(
                "database-folder",
                "ROLLPROOF_DATABASE_URL",
                format!(
                    "the folder {} does not exist; create it or correct the address",
                    folder.display()
                ),
            ));
        }
        let build = |size: u32, purpose: Use| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .test_on_check_out(!url.is_sqlite())
                .connection_timeout(std::time::Duration::from_secs(30))
                .build(ConnManager {
                    url: url.clone(),
                    purpose,
                })
                .map_err(unavailable)
        };
        let readers = build(connections.max(1), Use::Read)?;
        let writers = if url.is_sqlite() {
            build(1, Use::Write)?
        } else {
            readers.clone()
        };
        Ok(Self {
            url: url.clone(),
            readers,
            writers,
        })
    }

    /// Which database this is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Runs queries on a connection of the pool.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let pool = self.readers.clone();
        off_thread(move || work(&mut *checkout(&pool)?)).await
    }

    /// Runs one write transaction: everything in `work` commits together or not at all.
    pub async fn write_tx<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let pool = self.writers.clone();
        off_thread(move || conn::write_tx(&mut *checkout(&pool)?, work)).await
    }

    /// Listens for queued jobs; none where the database cannot tell.
    pub async fn listen(&self) -> Result<Option<JobListener>> {
        let url = self.url.clone();
        off_thread(move || JobListener::open(&url)).await
    }

    /// Whether a job was queued since the last look, with the listener to look again.
    pub async fn has_heard(&self, mut listener: JobListener) -> Result<(JobListener, bool)> {
        off_thread(move || {
            let has_heard = listener.has_heard()?;
            Ok((listener, has_heard))
        })
        .await
    }

    /// [`Db::read`] for code that is on a blocking thread already.
    pub fn read_blocking<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        work(&mut *checkout(&self.readers)?)
    }

    /// [`Db::write_tx`] for code that is on a blocking thread already.
    pub fn write_tx_blocking<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        conn::write_tx(&mut *checkout(&self.writers)?, work)
    }

    /// Runs statements that may not stand in a transaction of ours: migrations and vacuum.
    pub fn maintain_blocking<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        work(&mut *checkout(&self.writers)?)
    }
}

fn checkout(pool: &Pool<ConnManager>) -> Result<PooledConnection<ConnManager>> {
    pool.get().map_err(unavailable)
}

fn unavailable(error: diesel::r2d2::PoolError) -> Error {
    Error::Unavailable {
        part: "database",
        source: Box::new(error),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "database calls block; this is where they leave the async threads"
)]
async fn off_thread<T, F>(work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    // What is queued there is caused by whatever asked for it here.
    let span = tracing::Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(result) => result,
        Err(join) if join.is_panic() => std::panic::resume_unwind(join.into_panic()),
        Err(join) => Err(Error::internal(join)),
    }
}
