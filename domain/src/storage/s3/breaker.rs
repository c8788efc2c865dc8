//! Tries a call again, and none for a while once the store has stopped answering: whoever waits for it is told at once instead of after
//! every timeout, and a store that comes back is not met by everything that piled up.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::storage::error::StorageError;

/// Pauses between tries; every call made with them gives the same result however often the server has already done it.
const RETRY_PAUSES: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(3),
];

/// So many tries in a row without an answer, of whatever calls, open the breaker.
const FAILURES_TO_OPEN: u32 = 6;

/// How long nothing is asked while it is open; then one call tries whether the store is back.
const REST: Duration = Duration::from_secs(5);

/// One for all calls to a bucket.
#[derive(Default)]
pub(super) struct Breaker {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Makes an idempotent call, again where the store does not answer, unless it has not answered anybody lately.
    pub(super) async fn call<T, F>(&self, call: impl Fn() -> F) -> Result<T, StorageError>
    where
        F: Future<Output = Result<T, StorageError>>,
    {
        let mut pauses = RETRY_PAUSES.into_iter();
        loop {
            self.admit()?;
            let outcome = call().await;
            self.learn(outcome.as_ref().err().is_none_or(|error| !error.is_transient()));
            match (outcome, pauses.next()) {
                (Err(error), Some(pause)) if error.is_transient() => tokio::time::sleep(pause).await,
                (settled, _) => return settled,
            }
        }
    }

    fn admit(&self) -> Result<(), StorageError> {
        let mut state = self.state();
        let Some(open_until) = state.open_until else {
            return Ok(());
        };
        let now = Instant::now();
        if now < open_until {
            let source = "several calls in a row were not answered; asked again in a few seconds";
            return Err(StorageError::unavailable("answer", source));
        }
        // This call finds out; the others rest until it has, or for another while.
        state.open_until = Some(now + REST);
        Ok(())
    }

    fn learn(&self, has_answered: bool) {
        let mut state = self.state();
        if has_answered {
            if state.open_until.is_some() {
                tracing::info!("the object store answers again");
            }
            *state = State::default();
            return;
        }
        state.failures += 1;
        if state.failures >= FAILURES_TO_OPEN {
            if state.open_until.is_none() {
                tracing::warn!("the object store does not answer; it is left alone for a while");
            }
            state.open_until = Some(Instant::now() + REST);
        }
    }

    // What is behind the lock is whole after every statement, whoever panicked.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    type Answer = fn() -> Result<(), StorageError>;

    fn away() -> Result<(), StorageError> {
        Err(StorageError::unavailable("x", "down"))
    }

    fn fault() -> Result<(), StorageError> {
        Err(StorageError::internal("x", "bug"))
    }

    struct Counted {
        breaker: Breaker,
        calls: Cell<u32>,
    }

    impl Counted {
        fn new() -> Self {
            Self {
                breaker: Breaker::default(),
                calls: Cell::new(0),
            }
        }

        /// The error's code and how often the store was asked.
        async fn ask(&self, answer: Answer) -> (Option<&'static str>, u32) {
            self.calls.set(0);
            let call = || async {
                self.calls.set(self.calls.get() + 1);
                answer()
            };
            let outcome = self.breaker.call(call).await;
            (outcome.err().map(|error| error.code()), self.calls.get())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn tries_a_silent_server_four_times_and_no_other_error_twice() {
        let store = Counted::new();
        assert_eq!(store.ask(away).await, (Some("storage-unavailable"), 4));
        assert_eq!(store.ask(fault).await, (Some("storage-internal"), 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_stays_silent_is_left_alone_and_asked_by_one_call_after_a_while() {
        let store = Counted::new();
        store.ask(away).await;
        assert_eq!(store.ask(away).await, (Some("storage-unavailable"), 2), "six in a row");
        assert_eq!(store.ask(|| Ok(())).await, (Some("storage-unavailable"), 0), "it rests");
        tokio::time::advance(REST).await;
        assert_eq!(store.ask(away).await, (Some("storage-unavailable"), 1), "still away");
        assert_eq!(
            store.ask(|| Ok(())).await,
            (Some("storage-unavailable"), 0),
            "it rests again"
        );
        tokio::time::advance(REST).await;
        assert_eq!(store.ask(|| Ok(())).await, (None, 1), "back");
        assert_eq!(
            store.ask(away).await,
            (Some("storage-unavailable"), 4),
            "counted from the beginning"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_refuses_is_an_answer() {
        let store = Counted::new();
        for _ in 0..FAILURES_TO_OPEN {
            store.ask(fault).await;
        }
        assert_eq!(store.ask(|| Ok(())).await, (None, 1));
    }
}
