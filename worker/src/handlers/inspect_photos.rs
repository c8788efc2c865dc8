//! `inspect_photos`: a run of a batch's entries from bytes to measurements. Objects are written first and made durable together,
//! then one commit records them.

use std::ops::Range;

use bytes::Bytes;
use domain::batches::commands::{self, InspectedEntry};
use domain::batches::model::{BatchState, EntryState, FindingRow};
use domain::batches::queries::{self, EntryToInspect};
use domain::campaigns::profile::Profile;
use domain::campaigns::queries::get_campaign;
use domain::config::Limits as ConfigLimits;
use domain::id::EntryId;
use domain::jobs::InspectPhotos;
use domain::photos::finding::{Finding, FindingCode, Severity};
use domain::queue::Lease;
use domain::storage::{ContentHash, ObjectKey};

use crate::archive::{ArchiveFile, EntryError, StoredEntry};
use crate::context::JobContext;
use crate::error::JobError;
use crate::imaging::{self, Inspection, Limits};
use domain::storage::staged::{self, StagedFile};

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, job: InspectPhotos) -> Result<(), JobError> {
    let (batch, campaign, entries) = ctx
        .db()
        .read(move |conn| {
            let batch = queries::get_batch(conn, job.batch_id)?;
            let campaign = get_campaign(conn, batch.campaign_id)?;
            let entries = queries::list_entries_to_inspect(conn, job.batch_id, job.first_seq, job.last_seq)?;
            Ok((batch, campaign, entries))
        })
        .await?;
    if batch.state != BatchState::Inspecting {
        return Ok(ctx.finish(lease).await?);
    }
    let entries = entries.iter().map(locate).collect::<Result<Vec<_>, _>>()?;
    let parts = parts_of(&entries);
    let archive = staged::fetch_parts(ctx.store(), &ctx.config().data_dir, &batch.staged_object, &parts).await?;
    let limits = ctx.config().limits.clone();
    let run = ctx
        .compute(move || inspect_run(&archive, &entries, &campaign.profile, &limits))
        .await??;
    ctx.store().put_many(run.objects).await.map_err(domain::Error::from)?;
    Ok(ctx
        .commit(move |conn, now_ms| {
            commands::record_inspections(conn, &lease, job.batch_id, &run.entries, &run.findings, now_ms)
        })
        .await?)
}

/// Parts of an archive that lie so near to each other are fetched in one.
const NEAR_BYTES: u64 = 64 << 10;

/// An entry, and where its bytes are, where the archive has any of it.
type Located = (EntryId, Option<StoredEntry>);

fn locate(entry: &EntryToInspect) -> Result<Located, JobError> {
    Ok((entry.entry_id, serde_json::from_str(&entry.locator)?))
}

/// Where the packed bytes of the entries are, in the order of the archive.
fn parts_of(entries: &[Located]) -> Vec<Range<u64>> {
    let stored = entries.iter().filter_map(|(_, stored)| stored.as_ref());
    let mut parts: Vec<Range<u64>> = stored
        .map(|stored| stored.data_offset..stored.data_offset.saturating_add(stored.compressed_bytes))
        .collect();
    parts.sort_by_key(|part| part.start);
    parts.dedup_by(|next, before| {
        let is_near = next.start <= before.end.saturating_add(NEAR_BYTES);
        if is_near {
            before.end = before.end.max(next.end);
        }
        is_near
    });
    parts
}

#[derive(Default)]
struct InspectedRun {
    entries: Vec<InspectedEntry>,
    findings: Vec<FindingRow>,
    objects: Vec<(ObjectKey, Bytes)>,
}

fn inspect_run(
    staged: &StagedFile,
    entries: &[Located],
    profile: &Profile,
    config: &ConfigLimits,
) -> Result<InspectedRun, JobError> {
    let unreadable = |error: std::io::Error| {
        JobError::retry(
            "staged-file-unreadable",
            format!("the staged archive cannot be read: {}", error.kind()),
        )
    };
    let archive = ArchiveFile::open(staged.path()).map_err(unreadable)?;
    let limits = Limits {
        size_bytes: config.entry_bytes,
        pixels: config.photo_pixels,
        time: std::time::Duration::from_millis(config.photo_time_ms),
        ..Limits::default()
    };
    let mut run = InspectedRun::default();
    for (entry_id, stored) in entries {
        let Some(stored) = stored else {
            run.add_unread(*entry_id, FindingCode::Corrupt);
            continue;
        };
        match archive.read(stored, config.entry_bytes) {
            Ok(bytes) => run.add(*entry_id, &bytes, imaging::inspect(&bytes, profile, &limits))?,
            Err(EntryError::Io(error)) => return Err(unreadable(error)),
            Err(EntryError::TooLarge { .. }) => run.add_unread(*entry_id, FindingCode::Limit),
            Err(_) => run.add_unread(*entry_id, FindingCode::Corrupt),
        }
    }
    Ok(run)
}

impl InspectedRun {
    fn add(&mut self, entry_id: EntryId, delivered: &[u8], inspection: Inspection) -> Result<(), JobError> {
        let measurements = serde_json::json!({
            "source": inspection.source,
            "measurements": inspection.measurements,
            "standard": inspection.standard,
        });
        let fingerprint = inspection.fingerprint;
        self.findings
            .extend(inspection.findings.iter().map(|finding| finding_row(entry_id, finding)));
        let (mut original_sha256, mut standard_sha256) = (None, None);
        if let Some(standard) = inspection.standard {
            let (is_own_original, standard) = (
                standard.kept,
                self.keep(standard.jpeg, |sha256| ObjectKey::Standard { sha256 }),
            );
            original_sha256 = Some(if is_own_original {
                standard.clone()
            } else {
                let original = imaging::original_without_metadata(delivered, inspection.source.as_ref());
                self.keep(original, |sha256| ObjectKey::Original { sha256 })
            });
            standard_sha256 = Some(standard);
        }
        let thumbnail_sha256 = inspection
            .thumbnail
            .map(|jpeg| self.keep(jpeg, |sha256| ObjectKey::Thumbnail { sha256 }));
        self.entries.push(InspectedEntry {
            entry_id,
            sha256: Some(hex::encode(inspection.sha256)),
            original_sha256,
            standard_sha256,
            thumbnail_sha256,
            measurements: measurements.to_string(),
            captured_at: inspection.source.and_then(|source| source.captured_at),
            dhash: fingerprint.as_ref().map(|print| print.hashes.gradient.cast_signed()),
            phash: fingerprint.as_ref().map(|print| print.hashes.frequency.cast_signed()),
            fingerprint: fingerprint.map(|print| hex::encode(print.to_bytes())),
            state: EntryState::Inspected,
        });
        Ok(())
    }

    fn keep(&mut self, bytes: Vec<u8>, key: fn(ContentHash) -> ObjectKey) -> String {
        let sha256 = ContentHash::of(&bytes);
        self.objects.push((key(sha256), Bytes::from(bytes)));
        sha256.to_string()
    }

    fn add_unread(&mut self, entry_id: EntryId, code: FindingCode) {
        let finding = Finding {
            code,
            severity: Severity::Reject,
            value: None,
            limit: None,
        };
        self.findings.push(finding_row(entry_id, &finding));
        self.entries.push(InspectedEntry {
            entry_id,
            sha256: None,
            original_sha256: None,
            standard_sha256: None,
            thumbnail_sha256: None,
            measurements: "{}".to_owned(),
            captured_at: None,
            dhash: None,
            phash: None,
            fingerprint: None,
            state: EntryState::Inspected,
        });
    }
}

fn finding_row(entry_id: EntryId, finding: &Finding) -> FindingRow {
    FindingRow {
        entry_id,
        code: finding.code.as_str().to_owned(),
        severity: finding.severity.as_str().to_owned(),
        measured: finding.value,
        limit_value: finding.limit,
        other_entry_id: None,
    }
}
