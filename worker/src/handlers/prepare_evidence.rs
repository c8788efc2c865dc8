//! `prepare_evidence`: an upload becomes marked, sealed pages, or is refused with a reason; either way the upload itself goes.

use std::sync::Arc;

use bytes::Bytes;
use domain::evidence::model::{MAX_FILE_BYTES, Sealed, StoredPage};
use domain::evidence::sealing::{open_key, open_upload, page_key, seal_page, upload_key};
use domain::evidence::wording::watermark;
use domain::evidence::{commands, queries};
use domain::jobs::PrepareEvidence;
use domain::queue::{self, Lease};
use domain::storage::ObjectKey;
use secrecy::ExposeSecret as _;

use crate::context::JobContext;
use crate::error::JobError;
use crate::evidence::erase::erase;
use crate::evidence::{Fault, Page, Refusal, Renderer, clamd, pages};

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, job: PrepareEvidence) -> Result<(), JobError> {
    let evidence_id = job.evidence_id;
    let found = ctx.db().read(move |conn| queries::find_waiting(conn, evidence_id));
    let Some(waiting) = found.await? else {
        return Ok(ctx.finish(lease).await?);
    };
    match make_pages(&ctx, &waiting).await {
        Ok(made) => keep(&ctx, lease, job, &waiting, made).await?,
        Err(Fault::Refused(refusal)) => refuse(&ctx, lease, job, refusal).await?,
        Err(Fault::Broken(error)) => return Err(error.into()),
        Err(Fault::Later { code, part, source }) => {
            return Err(JobError::Retry {
                code: code.to_owned(),
                message: format!("{part} cannot be used at the moment; the file waits"),
                source: Some(source),
            });
        }
    }
    // The results are written; what cannot be removed now is removed by the clean-up.
    if let Err(error) = erase(&ctx, evidence_id).await {
        tracing::warn!(evidence.id = %evidence_id, error = %error.with_sources(), "what is left of evidence {evidence_id} could not be removed yet");
    }
    Ok(())
}

async fn make_pages(ctx: &JobContext, waiting: &Sealed) -> Result<Vec<Page>, Fault> {
    let typeface = ctx.typeface().await?;
    let words: Arc<str> = watermark(waiting.ticket_id, waiting.uploaded_at_ms)?.into();
    let file = open_file(ctx, waiting).await?;
    let settings = &ctx.config().evidence;
    if let Some(address) = &settings.clamd_addr {
        let Ok(address) = address.parse();
        clamd::scan(&address, &file).await?;
    }
    let renderer = Renderer::new(settings.pdftoppm.clone(), ctx.config().data_dir.join("scratch"));
    pages(ctx, &renderer, file, MAX_FILE_BYTES, (typeface, words)).await
}

async fn open_file(ctx: &JobContext, waiting: &Sealed) -> Result<Bytes, domain::Error> {
    let key = open_key(ctx.sealer(), waiting.key_sealed.as_deref())?;
    let sealed = ctx.store().get(&upload_key(&waiting.object)?).await?;
    let opened = ctx.compute(move || open_upload(&key, &sealed)).await??;
    Ok(Bytes::copy_from_slice(opened.expose_secret()))
}

/// Seals and stores the pages, and then records them.
async fn keep(
    ctx: &JobContext,
    lease: Lease,
    job: PrepareEvidence,
    waiting: &Sealed,
    made: Vec<Page>,
) -> Result<(), JobError> {
    let key = open_key(ctx.sealer(), waiting.key_sealed.as_deref())?;
    let object = waiting.object.clone();
    let sealed = ctx.compute(move || {
        let numbered = (1..).zip(&made);
        let sealed = numbered.map(|(number, page)| {
            let size = (to_i64(page.width_px), to_i64(page.height_px));
            let (row, bytes) = seal_page(&key, number, &page.jpeg, size)?;
            Ok((row, (page_key(&object, number)?, bytes)))
        });
        sealed.collect::<Result<(Vec<StoredPage>, Vec<(ObjectKey, Bytes)>), domain::Error>>()
    });
    let (rows, objects) = sealed.await??;
    ctx.db()
        .read({
            let lease = lease.clone();
            move |conn| queue::require_lease(conn, &lease)
        })
        .await?;
    ctx.store().put_many(objects).await.map_err(domain::Error::from)?;
    Ok(ctx
        .commit(move |conn, now_ms| commands::record_pages(conn, &lease, job.evidence_id, &rows, now_ms))
        .await?)
}

async fn refuse(ctx: &JobContext, lease: Lease, job: PrepareEvidence, refusal: Refusal) -> Result<(), JobError> {
    let sealer = ctx.sealer().clone();
    Ok(ctx
        .commit(move |conn, now_ms| {
            commands::record_refusal(conn, &sealer, &lease, job.evidence_id, refusal.code(), now_ms)
        })
        .await?)
}

fn to_i64(side: usize) -> i64 {
    i64::try_from(side).unwrap_or(i64::MAX)
}
