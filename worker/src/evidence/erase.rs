//! Removing evidence from the store: every object a piece may have, then a look whether they are gone, and only then the proof.

use std::collections::BTreeSet;

use domain::error::{Error, Result};
use domain::evidence::model::{EvidenceState, Leftover};
use domain::evidence::sealing::{every_key, piece_of, upload_key};
use domain::evidence::{commands, queries};
use domain::id::EvidenceId;
use domain::storage::ObjectKind;

use crate::context::JobContext;

const DAY_MS: i64 = 86_400_000;

/// Removes what is still to be deleted of one piece, if anything is.
pub async fn erase(ctx: &JobContext, evidence_id: EvidenceId) -> Result<()> {
    let left = ctx.db().read(move |conn| queries::find_leftover(conn, evidence_id));
    match left.await? {
        Some(left) => erase_leftover(ctx, left).await,
        None => Ok(()),
    }
}

/// Removes what is still to be deleted of a piece, and records it.
pub async fn erase_leftover(ctx: &JobContext, left: Leftover) -> Result<()> {
    let are_pages_kept = left.state == EvidenceState::Ready;
    let keys = if are_pages_kept {
        vec![upload_key(&left.object)?]
    } else {
        every_key(&left.object)?
    };
    for key in &keys {
        ctx.store().delete(key).await?;
    }
    for key in &keys {
        if ctx.store().head(key).await?.is_some() {
            return Err(Error::Unavailable {
                part: "object store",
                source: "an object is still there after it was deleted".into(),
            });
        }
    }
    let (sealer, now_ms) = (ctx.sealer().clone(), ctx.clock().now_ms());
    ctx.db()
        .write_tx(move |conn| {
            if are_pages_kept {
                commands::record_upload_gone(conn, left.evidence_id)
            } else {
                commands::record_deletion(conn, &sealer, left.evidence_id, now_ms)
            }
        })
        .await
}

/// Removes objects of no piece, which a process that was killed left behind. Their keys were never kept, so nobody could read them; those
/// of the last day may be on their way to a row.
pub async fn sweep_strays(ctx: &JobContext) -> Result<()> {
    let before_ms = ctx.clock().now_ms() - DAY_MS;
    let mut continuation = None;
    loop {
        let page = ctx.store().list(ObjectKind::Evidence, continuation.as_deref()).await?;
        let names: BTreeSet<String> = page
            .objects
            .iter()
            .filter_map(|object| piece_of(&object.key))
            .map(str::to_owned)
            .collect();
        let names: Vec<String> = names.into_iter().collect();
        let known = ctx.db().read(move |conn| queries::list_known(conn, &names)).await?;
        for object in &page.objects {
            let is_known = piece_of(&object.key).is_some_and(|piece| known.iter().any(|name| name == piece));
            if !is_known && object.modified_at_ms < before_ms {
                ctx.store().delete(&object.key).await?;
            }
        }
        continuation = page.continuation;
        if continuation.is_none() {
            return Ok(());
        }
    }
}
