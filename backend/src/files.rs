//! Reading of staged files, and other work of a moment or more, for pages: off the threads that answer, and never more than a few at a time.

use domain::error::{Error, Result};
use tokio::sync::Semaphore;

/// Files read at a time; a big workbook takes seconds and hundreds of megabytes.
static READERS: Semaphore = Semaphore::const_new(2);

/// Small things computed at a time, such as a picture of letters: as many as there are processors, or a few.
static COMPUTERS: Semaphore = Semaphore::const_new(4);

/// Runs a moment's work that would hold up the thread that answers.
pub async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    in_turn(&COMPUTERS, work).await
}

/// Runs work that reads a staged file, once it is its turn.
pub async fn read_file<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    in_turn(&READERS, work).await
}

#[expect(
    clippy::disallowed_methods,
    reason = "bounded here; no database connection is held meanwhile"
)]
async fn in_turn<T: Send + 'static>(turns: &Semaphore, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _turn = turns.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}
