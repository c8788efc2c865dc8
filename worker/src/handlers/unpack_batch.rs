//! `unpack_batch`: lists a staged archive without unpacking it, reads its manifest, records every entry, fans out the inspection.

use std::io::Write as _;
use std::path::Path;

use domain::batches::commands;
use domain::batches::commands::listing::{Listing, NewEntry, NewManifestRow, RefusedEntry, record_listing};
use domain::batches::header::{self, BatchHeader};
use domain::batches::manifest::{self, ManifestRow};
use domain::batches::model::{BatchState, EntryKind, EntryState};
use domain::batches::queries;
use domain::config::Limits;
use domain::crypto::{Purpose, Sealer};
use domain::error::Result;
use domain::id::BatchId;
use domain::jobs::UnpackBatch;
use domain::photos::finding::{FindingCode, Severity};
use domain::queue::Lease;

use crate::archive::{Archive, ArchiveError, ArchiveLimits, Entry, EntryKind as ArchiveEntryKind, Refusal};
use crate::context::JobContext;
use crate::error::JobError;
use domain::storage::staged::{self, StagedFile};

/// Largest manifest that is read from inside an archive.
const MAX_MANIFEST_BYTES: u64 = 256 << 20;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, job: UnpackBatch) -> Result<(), JobError> {
    let batch_id = job.batch_id;
    let batch = ctx.db().read(move |conn| queries::get_batch(conn, batch_id)).await?;
    if batch.state != BatchState::Received {
        return Ok(ctx.finish(lease).await?);
    }
    let archive = staged::fetch(ctx.store(), &ctx.config().data_dir, &batch.staged_object).await?;
    let given = match &batch.manifest_object {
        Some(name) => Some(staged::fetch(ctx.store(), &ctx.config().data_dir, name).await?),
        None => None,
    };
    let (sealer, limits) = (ctx.sealer().clone(), archive_limits(&ctx.config().limits));
    let listed = ctx
        .compute(move || list(batch_id, archive.path(), given.as_ref(), &sealer, &limits))
        .await?;
    match listed {
        Ok(listing) => Ok(ctx
            .commit(move |conn, now_ms| record_listing(conn, &lease, batch_id, listing, now_ms))
            .await?),
        Err(ListFault::Archive(ArchiveError::Io(error))) => Err(JobError::retry(
            "staged-file-unreadable",
            format!("the staged archive cannot be read: {}", error.kind()),
        )),
        Err(fault) => {
            let (code, message) = fault.said()?;
            Ok(ctx
                .commit(move |conn, now_ms| commands::fail_batch(conn, &lease, batch_id, &code, &message, now_ms))
                .await?)
        }
    }
}

/// Marks the batch of a dead job.
pub async fn on_dead(ctx: &JobContext, payload: &str) -> Result<()> {
    let job: UnpackBatch = serde_json::from_str(payload)?;
    let now_ms = ctx.clock().now_ms();
    ctx.db()
        .write_tx(move |conn| {
            let cause = (
                "batch-gave-up",
                "listing the archive failed several times; see the job list",
            );
            commands::mark_failed(conn, job.batch_id, cause, now_ms)
        })
        .await
}

/// The limits of the settings as the archive room knows them.
pub fn archive_limits(limits: &Limits) -> ArchiveLimits {
    ArchiveLimits {
        entries: u32::try_from(limits.archive_entries).unwrap_or(u32::MAX),
        entry_bytes: limits.entry_bytes,
        total_bytes: limits.archive_bytes,
        ratio: limits.entry_ratio,
        ..ArchiveLimits::default()
    }
}

enum ListFault {
    Archive(ArchiveError),
    Domain(domain::Error),
}

impl From<ArchiveError> for ListFault {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

impl From<domain::Error> for ListFault {
    fn from(error: domain::Error) -> Self {
        Self::Domain(error)
    }
}

impl ListFault {
    /// Code and sentence for the batch; errors that are none of the archive's go back to the queue.
    fn said(self) -> Result<(String, String), JobError> {
        match self {
            Self::Archive(error) => Ok((error.code().to_owned(), error.to_string())),
            Self::Domain(error) => Err(error.into()),
        }
    }
}

fn list(
    batch_id: BatchId,
    path: &Path,
    given_manifest: Option<&StagedFile>,
    sealer: &Sealer,
    limits: &ArchiveLimits,
) -> Result<Listing, ListFault> {
    let archive = Archive::open(path, limits)?;
    archive.require_readable()?;
    let manifest = match given_manifest {
        Some(file) => manifest::read_manifest(file.path()).ok().flatten(),
        None => archive
            .entries()
            .iter()
            .filter(|entry| is_manifest_candidate(entry))
            .find_map(|entry| read_inside(&archive, entry)),
    };
    let header = find_header(&archive);
    let is_believed = !matches!(header, Some(None));
    let mut refused = Vec::new();
    for (seq, entry) in (0..).zip(archive.entries()) {
        refused.extend(refusal_code(&entry.kind, is_believed).map(|code| RefusedEntry {
            seq,
            code: code.as_str(),
            severity: Severity::Reject.as_str(),
        }));
    }
    let header = header.flatten();
    let mut manifest = manifest.unwrap_or_default();
    if let Some(school_code) = header.as_ref().and_then(|header| header.school_code.as_ref()) {
        for row in &mut manifest {
            row.school_code.get_or_insert_with(|| school_code.clone());
        }
    }
    let (entry_sealer, row_sealer) = (sealer.clone(), sealer.clone());
    let entries = (0..).zip(archive.into_entries());
    Ok(Listing {
        entries: Box::new(
            entries.map(move |(seq, entry)| new_entry(&entry_sealer, (batch_id, seq), &entry, is_believed)),
        ),
        refused,
        manifest: Box::new(
            manifest
                .into_iter()
                .map(move |row| new_manifest_row(&row_sealer, batch_id, &row)),
        ),
        header,
    })
}

fn new_entry(
    sealer: &Sealer,
    (batch_id, seq): (BatchId, i64),
    entry: &Entry,
    is_header_believed: bool,
) -> Result<NewEntry> {
    let kind = match &entry.kind {
        ArchiveEntryKind::Photo => EntryKind::Photo,
        ArchiveEntryKind::BatchHeader if !is_header_believed => EntryKind::Refused,
        ArchiveEntryKind::ManifestCandidate | ArchiveEntryKind::BatchHeader | ArchiveEntryKind::Junk => {
            EntryKind::Ignored
        }
        ArchiveEntryKind::Nested | ArchiveEntryKind::Refused(_) => EntryKind::Refused,
    };
    Ok(NewEntry {
        batch_id,
        seq,
        name_sealed: hex::encode(sealer.seal(Purpose::ENTRY_NAME, entry.name.as_bytes())?),
        locator: serde_json::to_string(&entry.stored)?,
        kind,
        size_bytes: i64::try_from(entry.size_bytes).unwrap_or(i64::MAX),
        state: if kind == EntryKind::Photo {
            EntryState::Listed
        } else {
            EntryState::Inspected
        },
    })
}

/// What the agency says of the delivery: nothing where the archive has no such file, and an inner nothing where it has one that cannot be
/// believed.
fn find_header(archive: &Archive) -> Option<Option<BatchHeader>> {
    let mut entries = archive.entries().iter();
    let entry = entries.find(|entry| entry.kind == ArchiveEntryKind::BatchHeader)?;
    let bytes = match archive.read_entry(entry, header::MOST_BYTES) {
        Ok(bytes) => bytes,
        Err(fault) => {
            tracing::warn!(code = fault.code(), "the header of a batch could not be read");
            return Some(None);
        }
    };
    match BatchHeader::parse(&bytes) {
        Ok(header) => Some(Some(header)),
        Err(fault) => {
            tracing::warn!(fault = %fault, "the header of a batch is not believed");
            Some(None)
        }
    }
}

fn is_manifest_candidate(entry: &Entry) -> bool {
    entry.kind == ArchiveEntryKind::ManifestCandidate
}

/// A table inside the archive, where it is a manifest; what is none is simply not a photo.
fn read_inside(archive: &Archive, entry: &Entry) -> Option<Vec<ManifestRow>> {
    let mut copy = tempfile::NamedTempFile::new().ok()?;
    archive.copy_entry_to(entry, MAX_MANIFEST_BYTES, &mut copy).ok()?;
    copy.flush().ok()?;
    match manifest::read_manifest(copy.path()) {
        Ok(manifest) => manifest,
        Err(error) => {
            tracing::warn!(
                code = error.code(),
                "a table in the archive could not be read as a manifest"
            );
            None
        }
    }
}

/// What cannot be read whole is corrupt; what is readable but not taken was refused by a limit.
fn refusal_code(kind: &ArchiveEntryKind, is_header_believed: bool) -> Option<FindingCode> {
    match kind {
        ArchiveEntryKind::BatchHeader if !is_header_believed => Some(FindingCode::Corrupt),
        ArchiveEntryKind::Refused(Refusal::Encrypted | Refusal::UnsupportedMethod(_) | Refusal::EmptyFile) => {
            Some(FindingCode::Corrupt)
        }
        ArchiveEntryKind::Refused(_) | ArchiveEntryKind::Nested => Some(FindingCode::Limit),
        ArchiveEntryKind::Photo
        | ArchiveEntryKind::ManifestCandidate
        | ArchiveEntryKind::BatchHeader
        | ArchiveEntryKind::Junk => None,
    }
}

fn new_manifest_row(sealer: &Sealer, batch_id: BatchId, row: &ManifestRow) -> Result<NewManifestRow> {
    Ok(NewManifestRow {
        batch_id,
        row_no: row.row_no,
        content_sealed: hex::encode(row.seal(sealer)?),
        student_no: row.student_no.clone(),
    })
}
