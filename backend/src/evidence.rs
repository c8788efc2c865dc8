//! Evidence on its way into the house and out to a reader: files are sealed before they are stored, and pages are opened for one answer.

use bytes::Bytes;
use domain::clock::TimestampMs;
use domain::db::Conn;
use domain::error::{Error, Result};
use domain::evidence::queries::find_sealed;
use domain::evidence::sealing::{SealedUpload, open_key, open_page, page_key};
use domain::id::EvidenceId;
use secrecy::ExposeSecret as _;

use crate::files::compute;
use crate::house::House;
use crate::intake::whole;

/// Seals and stores a file and lets `record` make its row. What no row names is removed again; its key is forgotten with this call.
pub async fn take_in<T: Send + 'static>(
    house: &House,
    file: Vec<u8>,
    record: impl FnOnce(&mut Conn, &SealedUpload, TimestampMs) -> Result<T> + Send + 'static,
) -> Result<T> {
    let house = house.clone();
    whole(async move {
        let sealer = house.sealer.clone();
        let upload = compute(move || SealedUpload::seal(&sealer, &file)).await??;
        let key = upload.key();
        house.store.put(&key, upload.sealed.clone()).await?;
        let now_ms = house.clock.now_ms();
        let recorded = house.db.write_tx(move |conn| record(conn, &upload, now_ms)).await;
        if recorded.is_err()
            && let Err(error) = house.store.delete(&key).await
        {
            tracing::warn!(
                error.code = error.code(),
                "a sealed file that is not needed could not be removed"
            );
        }
        recorded
    })
    .await
}

/// A page of a piece, opened for whoever was just found to be allowed to see it.
pub async fn read_page(house: &House, evidence_id: EvidenceId, number: i64) -> Result<Bytes> {
    let sealed = house.db.read(move |conn| find_sealed(conn, evidence_id)).await?;
    let sealed = sealed.ok_or_else(|| Error::not_found("evidence", evidence_id))?;
    let key = open_key(&house.sealer, sealed.key_sealed.as_deref())?;
    let stored = house.store.get(&page_key(&sealed.object, number)?).await?;
    let opened = compute(move || open_page(&key, number, &stored)).await??;
    Ok(Bytes::copy_from_slice(opened.expose_secret()))
}
