//! What every job is given: the database, the store, the keys, the clock, and a bounded place to burn processor time.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use domain::clock::{Clock, TimestampMs};
use domain::config::Config;
use domain::crypto::Sealer;
use domain::db::{Conn, Db};
use domain::error::{Error, Result};
use domain::id::random_name;
use domain::jobs::Queue;
use domain::queue::{self, Lease};
use domain::storage::Store;
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use crate::evidence::{Fault, read_typeface};
use crate::imaging::Typeface;
use crate::mail::Mailer;

/// Shared by all jobs of a process; cheap to clone.
#[derive(Clone)]
pub struct JobContext {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    store: Store,
    sealer: Sealer,
    config: Config,
    clock: Clock,
    worker_name: String,
    wake: Notify,
    processors: Semaphore,
    processor_count: usize,
    mailer: OnceLock<Option<Mailer>>,
    typeface: OnceLock<Arc<Typeface>>,
    resting_until: Mutex<Option<Instant>>,
}

/// How long a process takes no job after one found a part of the house away: every job of the queue would find the same.
const REST: Duration = Duration::from_secs(2);

impl JobContext {
    /// A context for one process.
    pub fn new(db: Db, store: Store, sealer: Sealer, config: Config, clock: Clock) -> Self {
        let available = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let processor_count = if config.jobs_concurrency == 0 {
            available
        } else {
            config.jobs_concurrency
        };
        Self {
            inner: Arc::new(Inner {
                db,
                store,
                sealer,
                config,
                clock,
                worker_name: format!("worker-{}", random_name()),
                wake: Notify::new(),
                processors: Semaphore::new(processor_count),
                processor_count,
                mailer: OnceLock::new(),
                typeface: OnceLock::new(),
                resting_until: Mutex::new(None),
            }),
        }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// The object store.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Seals and opens values.
    pub fn sealer(&self) -> &Sealer {
        &self.inner.sealer
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The time.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The name under which this process leases jobs.
    pub fn worker_name(&self) -> &str {
        &self.inner.worker_name
    }

    /// Signalled whenever a job ended here: its follow-ups may be due.
    pub fn wake(&self) -> &Notify {
        &self.inner.wake
    }

    /// Lets this process take no job for a while, since a part of the house is away.
    pub fn rest(&self) {
        *self.resting_until() = Some(Instant::now() + REST);
    }

    /// Waits until the process may take jobs.
    pub async fn rested(&self) {
        loop {
            let resting_until = *self.resting_until();
            match resting_until.filter(|until| *until > Instant::now()) {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return,
            }
        }
    }

    fn resting_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.inner.resting_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends mails; none where no server is set.
    pub fn mailer(&self) -> Result<Option<&Mailer>> {
        if let Some(known) = self.inner.mailer.get() {
            return Ok(known.as_ref());
        }
        let config = self.config();
        let opened = config.smtp_url.as_ref().map(|url| Mailer::open(url, &config.mail_from));
        let opened = opened.transpose()?;
        Ok(self.inner.mailer.get_or_init(|| opened).as_ref())
    }

    /// The font of the watermark, read once it is needed; a missing one is looked for again each time.
    pub async fn typeface(&self) -> Result<Arc<Typeface>, Fault> {
        if let Some(known) = self.inner.typeface.get() {
            return Ok(Arc::clone(known));
        }
        let path = self.config().evidence.font.clone();
        let read = Arc::new(self.compute(move || read_typeface(&path)).await??);
        Ok(Arc::clone(self.inner.typeface.get_or_init(|| read)))
    }

    /// How many jobs of a queue this process runs at a time.
    pub fn concurrency_of(&self, queue: Queue) -> usize {
        // Twice as many jobs as processors: while one writes its objects, another has the processor.
        queue.concurrency.unwrap_or(self.inner.processor_count * 2)
    }

    /// Runs processor-bound or blocking work off the async threads, at most one piece per processor.
    #[expect(clippy::disallowed_methods, reason = "this is where work leaves the async threads")]
    pub async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _permit = self.inner.processors.acquire().await.map_err(Error::internal)?;
        let span = tracing::Span::current();
        match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
            Ok(value) => Ok(value),
            Err(join) if join.is_panic() => std::panic::resume_unwind(join.into_panic()),
            Err(join) => Err(Error::internal(join)),
        }
    }

    /// Writes a job's results and finishes it, both or neither.
    pub async fn commit<F>(&self, work: F) -> Result<()>
    where
        F: FnOnce(&mut Conn, i64) -> Result<()> + Send + 'static,
    {
        let now_ms = self.clock().now_ms();
        self.db().write_tx(move |conn| work(conn, now_ms)).await
    }

    /// Writes to leases, with the instant that they go by.
    pub async fn write_leases<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn, TimestampMs) -> Result<T> + Send + 'static,
    {
        let clock = self.clock().clone();
        self.db()
            .write_tx(move |conn| {
                let now_ms = queue::lease_time(conn, &clock)?;
                work(conn, now_ms)
            })
            .await
    }

    /// Finishes a job that found nothing to do.
    pub async fn finish(&self, lease: Lease) -> Result<()> {
        self.commit(move |conn, now_ms| queue::finish(conn, &lease, now_ms))
            .await
    }
}
