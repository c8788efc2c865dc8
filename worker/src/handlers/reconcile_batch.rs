//! `reconcile_batch`: matches a batch's photos to the roll, settles several photos of one record, finds the same picture under two
//! records. Everything is read first, compared in memory, and written in one commit; run again it says the same.

mod duplicates;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::batches::commands::reconciliation::{Outcome, Reconciliation, UnlinkedPhoto, record};
use domain::batches::contest::{Contender, superseded};
use domain::batches::key::{FileKey, KeyForm, KeyKind, KeyPolicy};
use domain::batches::manifest::ManifestRow;
use domain::batches::matching::{Key, ManifestClaim, PhotoClaim, RollLookup, Ruling, fold_file_name, rule};
use domain::batches::model::{Batch, BatchState, EntryKind, EntryState, FindingRow, Verdict};
use domain::batches::queries;
use domain::batches::queries::reconciliation::{self, EntryToReconcile};
use domain::campaigns::model::CampaignMode;
use domain::campaigns::queries::get_campaign;
use domain::crypto::Sealer;
use domain::db::Conn;
use domain::error::Result;
use domain::id::{EntryId, RecordId};
use domain::jobs::ReconcileBatch;
use domain::photos::finding::{FindingCode, Severity};
use domain::queue::Lease;
use domain::roll::import::stage::id_index;

use crate::context::JobContext;
use crate::error::JobError;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, job: ReconcileBatch) -> Result<(), JobError> {
    let batch_id = job.batch_id;
    let batch = ctx.db().read(move |conn| queries::get_batch(conn, batch_id)).await?;
    if !matches!(batch.state, BatchState::Reconciling | BatchState::Reconciled) {
        return Ok(ctx.finish(lease).await?);
    }
    let (db, sealer, reconciled) = (ctx.db().clone(), ctx.sealer().clone(), batch.clone());
    let found = ctx
        .compute(move || db.read_blocking(|conn| reconcile(conn, &sealer, &reconciled)))
        .await??;
    Ok(ctx
        .commit(move |conn, now_ms| record(conn, &lease, &batch, &found, now_ms))
        .await?)
}

/// What is known of one entry while it is being judged.
struct Judged {
    entry: EntryToReconcile,
    ruling: Ruling,
    /// The weightiest finding of inspection.
    inspected: Option<Severity>,
}

impl Judged {
    fn is_usable(&self) -> bool {
        self.inspected != Some(Severity::Reject) && self.entry.dhash.is_some()
    }
}

fn reconcile(conn: &mut Conn, sealer: &Sealer, batch: &Batch) -> Result<Reconciliation> {
    let entries = reconciliation::list_entries(conn, batch.batch_id)?;
    let mode = get_campaign(conn, batch.campaign_id)?.mode;
    let (stored, mut claims) = open_manifest(conn, sealer, batch)?;
    let mut photos = open_photos(sealer, batch, &entries)?;
    if mode == CampaignMode::Code {
        claims.iter_mut().for_each(ManifestClaim::keep_code_keys);
        photos.iter_mut().for_each(PhotoClaim::drop_own_key);
    }
    let roll = look_up(conn, &photos, &claims)?;
    let rulings: HashMap<EntryId, Ruling> = photos
        .iter()
        .map(|photo| photo.entry_id)
        .zip(rule(&photos, &claims, &roll))
        .collect();
    let severities = worst_severities(conn, batch)?;
    let judged: Vec<Judged> = entries
        .into_iter()
        .map(|entry| Judged {
            ruling: rulings.get(&entry.entry_id).cloned().unwrap_or_default(),
            inspected: severities.get(&entry.entry_id).copied(),
            entry,
        })
        .collect();
    let mut reconciliation = Reconciliation::default();
    let mut findings: Vec<FindingRow> = judged.iter().flat_map(matching_findings).collect();
    findings.extend(judged.iter().filter_map(age_finding));
    findings.extend(contest_findings(conn, batch, &judged)?);
    let pairs = duplicates::find(conn, batch, &judged)?;
    for pair in pairs {
        let finding = finding(pair.entry_id, pair.code, Some(pair.other_entry_id));
        match pair.foreign_batch {
            Some(other_batch) => reconciliation.foreign_findings.push((other_batch, finding)),
            None => findings.push(finding),
        }
    }
    reconciliation.outcomes = outcomes(&judged, &findings);
    reconciliation.manifest_links = judged
        .iter()
        .filter_map(|judged| Some((*stored.get(judged.ruling.manifest_row?)?, judged.entry.entry_id)))
        .collect();
    reconciliation.findings = findings;
    reconciliation.unlinked = unlinked(batch, &judged, &photos, &claims);
    Ok(reconciliation)
}

/// Usable photos without a record that came with an identity number.
fn unlinked(batch: &Batch, judged: &[Judged], photos: &[PhotoClaim], claims: &[ManifestClaim]) -> Vec<UnlinkedPhoto> {
    let by_entry: HashMap<EntryId, &PhotoClaim> = photos.iter().map(|photo| (photo.entry_id, photo)).collect();
    let without = judged
        .iter()
        .filter(|one| one.is_usable() && one.ruling.record_id.is_none());
    let known = without.filter_map(|one| {
        let photo = by_entry.get(&one.entry.entry_id)?;
        let claim = one.ruling.manifest_row.and_then(|row| claims.get(row));
        let own = photo.key_tiers.iter().flatten().find_map(|key| match key {
            Key::IdNumber(index) => Some(index),
            _ => None,
        });
        let id_index = claim.and_then(|claim| claim.id_index.as_ref()).or(own)?;
        Some(UnlinkedPhoto {
            entry_id: one.entry.entry_id,
            batch_id: batch.batch_id,
            id_index: hex::encode(id_index),
            name: claim
                .and_then(|claim| claim.name.clone())
                .or_else(|| photo.claimed_name.clone()),
            student_no: claim.and_then(|claim| claim.student_no.clone()),
        })
    });
    known.collect()
}

fn open_manifest(conn: &mut Conn, sealer: &Sealer, batch: &Batch) -> Result<(Vec<i64>, Vec<ManifestClaim>)> {
    let mut ids = Vec::new();
    let mut claims = Vec::new();
    for (manifest_row_id, _, sealed) in reconciliation::list_manifest(conn, batch.batch_id)? {
        ids.push(manifest_row_id);
        claims.push(ManifestRow::open(sealer, &sealed)?.to_claim(sealer));
    }
    Ok((ids, claims))
}

fn open_photos(sealer: &Sealer, batch: &Batch, entries: &[EntryToReconcile]) -> Result<Vec<PhotoClaim>> {
    entries
        .iter()
        .filter(|entry| entry.kind != EntryKind::Ignored)
        .map(|entry| {
            let name = queries::open_name(sealer, &entry.name_sealed)?;
            let key = FileKey::from_entry_name(&name, KeyPolicy::from(batch.key_policy));
            Ok(PhotoClaim {
                entry_id: entry.entry_id,
                file_name: fold_file_name(&name),
                key_tiers: key_tiers(sealer, &key),
                claimed_name: key.claimed_name,
            })
        })
        .collect()
}

/// Exact forms first; forms without leading zeros count only where no exact one names anybody.
fn key_tiers(sealer: &Sealer, key: &FileKey) -> Vec<Vec<Key>> {
    let tier = |form: KeyForm| -> Vec<Key> {
        key.candidates
            .iter()
            .filter(|candidate| candidate.form == form)
            .filter_map(|candidate| {
                let text = candidate.text.clone();
                match (candidate.kind, form) {
                    (KeyKind::IdNumber, KeyForm::Exact) => Some(Key::IdNumber(id_index(sealer, &text))),
                    (KeyKind::ExamNo, KeyForm::Exact) => Some(Key::ExamNo(text)),
                    (KeyKind::StudentNo, KeyForm::Exact) => Some(Key::StudentNo(text)),
                    (KeyKind::ExamNo, KeyForm::WithoutLeadingZeros) => Some(Key::ExamNoBare(text)),
                    (KeyKind::StudentNo, KeyForm::WithoutLeadingZeros) => Some(Key::StudentNoBare(text)),
                    // A blind index knows only whole numbers.
                    (KeyKind::IdNumber, KeyForm::WithoutLeadingZeros) => None,
                }
            })
            .collect()
    };
    [tier(KeyForm::Exact), tier(KeyForm::WithoutLeadingZeros)]
        .into_iter()
        .filter(|keys| !keys.is_empty())
        .collect()
}

fn look_up(conn: &mut Conn, photos: &[PhotoClaim], claims: &[ManifestClaim]) -> Result<RollLookup> {
    let exact = photos
        .iter()
        .filter_map(|photo| photo.key_tiers.first())
        .flatten()
        .cloned();
    let keys: HashSet<Key> = exact.chain(claims.iter().flat_map(ManifestClaim::keys)).collect();
    let mut roll = RollLookup::default();
    // First, since they are found by what they said before as well.
    for row in reconciliation::list_corrected_rows(conn)? {
        roll.insert(row);
    }
    for row in reconciliation::list_roll_rows(conn, &keys.into_iter().collect::<Vec<_>>())? {
        roll.insert(row);
    }
    let unnamed: HashSet<Key> = photos
        .iter()
        .filter(|photo| photo.key_tiers.first().is_some_and(|tier| !roll.names_any(tier)))
        .flat_map(|photo| photo.key_tiers.iter().skip(1).flatten().cloned())
        .collect();
    if !unnamed.is_empty() {
        for row in reconciliation::list_roll_rows(conn, &unnamed.into_iter().collect::<Vec<_>>())? {
            roll.insert(row);
        }
    }
    Ok(roll)
}

fn worst_severities(conn: &mut Conn, batch: &Batch) -> Result<HashMap<EntryId, Severity>> {
    let mut worst: HashMap<EntryId, Severity> = HashMap::new();
    for finding in queries::list_inspection_findings(conn, batch.batch_id)? {
        let severity = severity_of(&finding.severity);
        let known = worst.entry(finding.entry_id).or_insert(severity);
        if weight(severity) > weight(*known) {
            *known = severity;
        }
    }
    Ok(worst)
}

fn severity_of(word: &str) -> Severity {
    [Severity::Reject, Severity::Review]
        .into_iter()
        .find(|severity| severity.as_str() == word)
        .unwrap_or(Severity::Note)
}

fn weight(severity: Severity) -> u8 {
    match severity {
        Severity::Note => 0,
        Severity::Review => 1,
        Severity::Reject => 2,
    }
}

fn finding(entry_id: EntryId, code: FindingCode, other_entry_id: Option<EntryId>) -> FindingRow {
    FindingRow {
        entry_id,
        code: code.as_str().to_owned(),
        severity: Severity::Review.as_str().to_owned(),
        measured: None,
        limit_value: None,
        other_entry_id,
    }
}

fn matching_findings(judged: &Judged) -> Vec<FindingRow> {
    judged
        .ruling
        .codes
        .iter()
        .map(|code| finding(judged.entry.entry_id, *code, None))
        .collect()
}

/// The oldest a photo may be at graduation: normally one year (教毕指〔2017〕99号), leap day included.
const MAX_AGE_DAYS: i64 = 366;

/// A photo shot too long before its record's graduation; only where both dates are known.
fn age_finding(judged: &Judged) -> Option<FindingRow> {
    let date = |text: &str| text.get(..10)?.parse::<NaiveDate>().ok();
    let captured = date(judged.entry.captured_at.as_deref()?)?;
    let graduation = date(judged.ruling.expected_graduation.as_deref()?)?;
    let age_days = (graduation - captured).num_days();
    (age_days > MAX_AGE_DAYS).then(|| FindingRow {
        severity: Severity::Note.as_str().to_owned(),
        measured: Some(age_days as f64),
        limit_value: Some(MAX_AGE_DAYS as f64),
        ..finding(judged.entry.entry_id, FindingCode::Old, None)
    })
}

/// Several photos of one record, of this batch and accepted ones of earlier batches.
fn contest_findings(conn: &mut Conn, batch: &Batch, judged: &[Judged]) -> Result<Vec<FindingRow>> {
    let mut contenders: Vec<Contender> = judged
        .iter()
        .filter(|judged| judged.is_usable())
        .filter_map(|judged| {
            Some(Contender {
                entry_id: judged.entry.entry_id,
                seq: judged.entry.seq,
                record_id: judged.ruling.record_id?,
                captured_at: judged.entry.captured_at.clone(),
                sha256: judged.entry.sha256.clone().unwrap_or_default(),
                is_accepted: false,
            })
        })
        .collect();
    let own: HashSet<EntryId> = contenders.iter().map(|contender| contender.entry_id).collect();
    let records: Vec<RecordId> = contenders.iter().map(|contender| contender.record_id).collect();
    contenders.extend(
        reconciliation::list_accepted_photos(conn, batch, &records)?
            .into_iter()
            .map(|photo| Contender {
                entry_id: photo.entry_id,
                seq: -1,
                record_id: photo.record_id,
                captured_at: photo.captured_at,
                sha256: photo.sha256,
                is_accepted: true,
            }),
    );
    Ok(superseded(&contenders)
        .into_iter()
        .filter(|loser| own.contains(&loser.entry_id))
        .map(|loser| finding(loser.entry_id, FindingCode::Superseded, Some(loser.other_entry_id)))
        .collect())
}

fn outcomes(judged: &[Judged], findings: &[FindingRow]) -> Vec<Outcome> {
    let mut codes: HashMap<EntryId, Vec<&str>> = HashMap::new();
    for finding in findings
        .iter()
        .filter(|finding| finding.severity != Severity::Note.as_str())
    {
        codes.entry(finding.entry_id).or_default().push(&finding.code);
    }
    judged
        .iter()
        .map(|judged| {
            let codes = codes.get(&judged.entry.entry_id).map(Vec::as_slice).unwrap_or_default();
            Outcome {
                entry_id: judged.entry.entry_id,
                verdict: verdict(judged, codes),
                record_id: judged.ruling.record_id,
                state: EntryState::Reconciled,
            }
        })
        .collect()
}

fn verdict(judged: &Judged, codes: &[&str]) -> Verdict {
    let is_unmatched = [FindingCode::NoRoll, FindingCode::NoKey]
        .iter()
        .any(|code| codes.contains(&code.as_str()));
    match (judged.entry.kind, judged.inspected) {
        (EntryKind::Ignored, _) => Verdict::Ignored,
        (EntryKind::Refused, _) | (_, Some(Severity::Reject)) => Verdict::Rejected,
        _ if is_unmatched => Verdict::Unmatched,
        (_, Some(Severity::Review)) => Verdict::Review,
        _ if !codes.is_empty() => Verdict::Review,
        _ => Verdict::Matched,
    }
}
