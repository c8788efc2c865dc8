//! A batch's photos matched to the roll, some thousands at a time: their names and keys, and the rows of the roll that they name, are let
//! go before the next are read.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::batches::commands::reconciliation::UnlinkedPhoto;
use domain::batches::key::{FileKey, KeyForm, KeyKind, KeyPolicy};
use domain::batches::manifest::ManifestRow;
use domain::batches::matching::{
    Key, ManifestClaim, ManifestIndex, PhotoClaim, RollLookup, RollRow, Ruling, fold_file_name, rule,
};
use domain::batches::model::{Batch, EntryKind, FindingRow};
use domain::batches::queries;
use domain::batches::queries::reconciliation::{self, EntryToReconcile};
use domain::campaigns::model::CampaignMode;
use domain::campaigns::queries::get_campaign;
use domain::crypto::Sealer;
use domain::db::Conn;
use domain::error::Result;
use domain::id::{EntryId, RecordId};
use domain::photos::finding::{FindingCode, Severity};
use domain::roll::import::stage::id_index;

use super::finding;

/// What of an entry still decides once it was matched.
pub struct Judged {
    /// The entry.
    pub entry_id: EntryId,
    /// What it is.
    pub kind: EntryKind,
    /// The record it would belong to.
    pub record_id: Option<RecordId>,
    /// The weightiest finding of inspection.
    pub inspected: Option<Severity>,
    /// Whether it has a picture to compare.
    pub has_picture: bool,
}

impl Judged {
    /// Whether it may become a record's photo.
    pub fn is_usable(&self) -> bool {
        self.inspected != Some(Severity::Reject) && self.has_picture
    }
}

/// What matching found about a batch.
#[derive(Default)]
pub struct Matched {
    /// Every entry, in the order of the delivery.
    pub judged: Vec<Judged>,
    /// What stands in the way of a match, and photos that are too old.
    pub findings: Vec<FindingRow>,
    /// Which manifest row speaks of which entry.
    pub manifest_links: Vec<(i64, EntryId)>,
    /// Usable photos without a record that came with an identity number.
    pub unlinked: Vec<UnlinkedPhoto>,
}

/// Matches every entry of a batch, some at a time.
pub fn match_entries(conn: &mut Conn, sealer: &Sealer, batch: &Batch, at_a_time: i64) -> Result<Matched> {
    let is_by_code = get_campaign(conn, batch.campaign_id)?.mode == CampaignMode::Code;
    let (stored, mut claims) = open_manifest(conn, sealer, batch)?;
    if is_by_code {
        claims.iter_mut().for_each(ManifestClaim::keep_code_keys);
    }
    let delivery = Delivery {
        batch,
        sealer,
        is_by_code,
        stored,
        manifest: ManifestIndex::new(&claims),
        corrected: reconciliation::list_corrected_rows(conn)?,
        severities: worst_severities(conn, batch)?,
    };
    let mut matched = Matched::default();
    let mut from_seq = 0;
    loop {
        let entries = reconciliation::list_entries(conn, batch.batch_id, from_seq, at_a_time)?;
        let Some(last) = entries.last() else {
            return Ok(matched);
        };
        from_seq = last.seq + 1;
        delivery.match_some(conn, entries, &mut matched)?;
    }
}

/// What the photos of a batch are matched by, beside the roll.
struct Delivery<'a> {
    batch: &'a Batch,
    sealer: &'a Sealer,
    is_by_code: bool,
    /// Numbers of the manifest's rows as they are stored, by their place.
    stored: Vec<i64>,
    manifest: ManifestIndex<'a>,
    corrected: Vec<RollRow>,
    severities: HashMap<EntryId, Severity>,
}

impl Delivery<'_> {
    fn match_some(&self, conn: &mut Conn, entries: Vec<EntryToReconcile>, matched: &mut Matched) -> Result<()> {
        let photos = entries.iter().map(|entry| self.open_photo(entry));
        let photos: Vec<Option<PhotoClaim>> = photos.collect::<Result<_>>()?;
        let spoken = |photo: &PhotoClaim| self.manifest.row_of(photo);
        let rows: Vec<Option<(usize, &ManifestClaim)>> =
            photos.iter().map(|photo| photo.as_ref().and_then(spoken)).collect();
        let roll = self.look_up(conn, &photos, &rows)?;
        for ((entry, photo), row) in entries.into_iter().zip(&photos).zip(rows) {
            let claim = row.map(|(_, claim)| claim);
            let ruling = photo
                .as_ref()
                .map(|photo| rule(photo, claim, &roll))
                .unwrap_or_default();
            if let Some(stored) = row.and_then(|(place, _)| self.stored.get(place)) {
                matched.manifest_links.push((*stored, entry.entry_id));
            }
            let codes = ruling.codes.iter();
            matched
                .findings
                .extend(codes.map(|code| finding(entry.entry_id, *code, None)));
            matched.findings.extend(age_finding(&entry, &ruling));
            let judged = Judged {
                entry_id: entry.entry_id,
                kind: entry.kind,
                record_id: ruling.record_id,
                inspected: self.severities.get(&entry.entry_id).copied(),
                has_picture: entry.has_picture,
            };
            if let (true, None, Some(photo)) = (judged.is_usable(), judged.record_id, photo) {
                matched.unlinked.extend(self.unlinked(photo, claim));
            }
            matched.judged.push(judged);
        }
        Ok(())
    }

    /// A photo by its name; none where the entry is no photo.
    fn open_photo(&self, entry: &EntryToReconcile) -> Result<Option<PhotoClaim>> {
        if entry.kind == EntryKind::Ignored {
            return Ok(None);
        }
        let name = queries::open_name(self.sealer, &entry.name_sealed)?;
        let key = FileKey::from_entry_name(&name, KeyPolicy::from(self.batch.key_policy));
        let mut photo = PhotoClaim {
            entry_id: entry.entry_id,
            file_name: fold_file_name(&name),
            key_tiers: key_tiers(self.sealer, &key),
            claimed_name: key.claimed_name,
        };
        if self.is_by_code {
            photo.drop_own_key();
        }
        Ok(Some(photo))
    }

    /// The rows of the roll that some photos, and the manifest's rows about them, name.
    fn look_up(
        &self,
        conn: &mut Conn,
        photos: &[Option<PhotoClaim>],
        rows: &[Option<(usize, &ManifestClaim)>],
    ) -> Result<RollLookup> {
        let exact = photos
            .iter()
            .flatten()
            .filter_map(|photo| photo.key_tiers.first())
            .flatten()
            .cloned();
        let claimed = rows.iter().flatten().flat_map(|(_, claim)| claim.keys());
        let keys: HashSet<Key> = exact.chain(claimed).collect();
        let mut roll = RollLookup::default();
        // First, since they are found by what they said before as well.
        for row in &self.corrected {
            roll.insert(row.clone());
        }
        for row in reconciliation::list_roll_rows(conn, &keys.into_iter().collect::<Vec<_>>())? {
            roll.insert(row);
        }
        let unnamed: HashSet<Key> = photos
            .iter()
            .flatten()
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

    /// A usable photo without a record, where it came with an identity number.
    fn unlinked(&self, photo: &PhotoClaim, claim: Option<&ManifestClaim>) -> Option<UnlinkedPhoto> {
        let own = photo.key_tiers.iter().flatten().find_map(|key| match key {
            Key::IdNumber(index) => Some(index),
            _ => None,
        });
        let id_index = claim.and_then(|claim| claim.id_index.as_ref()).or(own)?;
        Some(UnlinkedPhoto {
            entry_id: photo.entry_id,
            batch_id: self.batch.batch_id,
            id_index: hex::encode(id_index),
            name: claim
                .and_then(|claim| claim.name.clone())
                .or_else(|| photo.claimed_name.clone()),
            student_no: claim.and_then(|claim| claim.student_no.clone()),
        })
    }
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

/// The oldest a photo may be at graduation: normally one year (教毕指〔2017〕99号), leap day included.
const MAX_AGE_DAYS: i64 = 366;

/// A photo shot too long before its record's graduation; only where both dates are known.
fn age_finding(entry: &EntryToReconcile, ruling: &Ruling) -> Option<FindingRow> {
    let date = |text: &str| text.get(..10)?.parse::<NaiveDate>().ok();
    let captured = date(entry.captured_at.as_deref()?)?;
    let graduation = date(ruling.expected_graduation.as_deref()?)?;
    let age_days = (graduation - captured).num_days();
    (age_days > MAX_AGE_DAYS).then(|| FindingRow {
        severity: Severity::Note.as_str().to_owned(),
        measured: Some(age_days as f64),
        limit_value: Some(MAX_AGE_DAYS as f64),
        ..finding(entry.entry_id, FindingCode::Old, None)
    })
}

#[cfg(test)]
mod tests;
