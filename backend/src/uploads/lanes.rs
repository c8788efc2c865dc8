//! One writer at a time: the newest request takes an upload over from the one before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::uploads::model::UploadId;
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

/// How long the request before may take to let go.
const LET_GO: Duration = Duration::from_secs(10);

/// The uploads that requests work on right now.
#[derive(Default)]
pub struct Lanes {
    lanes: Mutex<HashMap<UploadId, Lane>>,
}

#[derive(Clone, Default)]
struct Lane {
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Tells the request whose turn it is to let go.
    stop: CancellationToken,
}

/// An upload that no other request touches.
pub struct Held {
    stop: CancellationToken,
    _turn: OwnedMutexGuard<()>,
}

impl Held {
    /// Ends when a newer request wants the upload.
    pub async fn is_wanted(&self) {
        self.stop.cancelled().await;
    }
}

impl Lanes {
    /// Tells the request before to let go, and waits for it; none where it does not.
    pub async fn take_over(&self, upload_id: &UploadId) -> Option<Held> {
        let stop = CancellationToken::new();
        let turn = self.queue(upload_id, &stop);
        let turn = tokio::time::timeout(LET_GO, turn.lock_owned()).await.ok()?;
        Some(Held { stop, _turn: turn })
    }

    fn queue(&self, upload_id: &UploadId, stop: &CancellationToken) -> Arc<tokio::sync::Mutex<()>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        // A lane that nobody holds or waits for is forgotten, so that there are no more of them than requests.
        lanes.retain(|id, lane| id == upload_id || Arc::strong_count(&lane.turn) > 1);
        let lane = lanes.entry(upload_id.clone()).or_default();
        std::mem::replace(&mut lane.stop, stop.clone()).cancel();
        Arc::clone(&lane.turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_request_takes_an_upload_over_and_lanes_are_forgotten() {
        let lanes = Arc::new(Lanes::default());
        let (one, other) = (UploadId::random(), UploadId::random());
        let first = lanes.take_over(&one).await.expect("nobody holds it");
        let (waiting, id) = (Arc::clone(&lanes), one.clone());
        let second = tokio::spawn(async move { waiting.take_over(&id).await.is_some() });
        first.is_wanted().await;
        assert!(!second.is_finished(), "the first still holds it");
        drop(first);
        assert!(second.await.expect("no panic"));
        let _other = lanes.take_over(&other).await.expect("nobody holds it");
        assert_eq!(lanes.lanes.lock().expect("no panic").len(), 1);
    }
}
