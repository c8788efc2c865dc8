//! What an agency sees of its own deliveries: everything that became of its files, and nothing of the roll beyond the student numbers that
//! it delivered photos for. Another agency's batches do not exist for it.

use std::collections::HashMap;

use diesel::prelude::*;

use super::entries::{EntryQuery, ListedEntry, list_entries};
use super::listing::{BatchSummary, summarise};
use super::open_name;
use super::report::{Reader, open_report_for};
use crate::agencies::model::Deliverer;
use crate::batches::model::{Batch, Verdict};
use crate::batches::report::BatchReport;
use crate::campaigns::model::{Campaign, CampaignMode};
use crate::campaigns::queries::get_campaign;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::{agencies, batch_entries, batches, campaigns};
use crate::error::{Error, Result};
use crate::id::{BatchId, EntryId};

type SummaryColumns = (Batch, String, String);

/// A page of an agency's batches, newest first, below `before` where given.
pub fn list_delivered(
    conn: &mut Conn,
    by: &Deliverer,
    before: Option<BatchId>,
    limit: i64,
) -> Result<Vec<BatchSummary>> {
    let rows: Vec<SummaryColumns> = batches::table
        .inner_join(agencies::table)
        .inner_join(campaigns::table)
        .filter(batches::agency_id.eq(by.agency_id))
        .filter(batches::batch_id.lt(before.unwrap_or(BatchId(i64::MAX))))
        .order(batches::batch_id.desc())
        .limit(limit)
        .select((Batch::as_select(), agencies::name, campaigns::name))
        .load(conn)?;
    summarise(conn, None, rows)
}

/// One of an agency's batches, and what it was delivered for.
pub fn get_delivered(conn: &mut Conn, by: &Deliverer, batch_id: BatchId) -> Result<(BatchSummary, Campaign)> {
    let row: Option<SummaryColumns> = batches::table
        .inner_join(agencies::table)
        .inner_join(campaigns::table)
        .filter(batches::agency_id.eq(by.agency_id))
        .filter(batches::batch_id.eq(batch_id))
        .select((Batch::as_select(), agencies::name, campaigns::name))
        .first(conn)
        .optional()?;
    let missing = || Error::not_found("batch", batch_id);
    let row = row.ok_or_else(missing)?;
    let campaign = get_campaign(conn, row.0.campaign_id)?;
    let summary = summarise(conn, None, vec![row])?.pop().ok_or_else(missing)?;
    Ok((summary, campaign))
}

/// The report of one of an agency's batches.
pub fn get_delivered_report(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Deliverer,
    batch_id: BatchId,
) -> Result<BatchReport> {
    let (_, campaign) = get_delivered(conn, by, batch_id)?;
    let reader = Reader::Agency {
        agency_id: by.agency_id,
        mode: campaign.mode,
    };
    open_report_for(conn, sealer, batch_id, reader)?.read()
}

/// A line of a receipt.
#[derive(Clone, Debug)]
pub struct ReceiptLine {
    /// The file's name, as this agency may read it.
    pub file: String,
    /// SHA-256 of its bytes; empty where they could not be read.
    pub sha256: String,
    /// What became of it.
    pub entry: ListedEntry,
}

/// Which lines of a receipt are wanted.
#[derive(Clone, Debug, Default)]
pub struct ReceiptQuery {
    /// Only those with this outcome.
    pub verdict: Option<Verdict>,
    /// Only those with a finding of this code.
    pub reason: Option<String>,
    /// Only those after this place in the delivery.
    pub after_seq: Option<i64>,
    /// At most so many.
    pub limit: i64,
}

/// A page of the receipt of one of an agency's batches, in the order of the delivery.
pub fn list_receipt(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Deliverer,
    batch_id: BatchId,
    query: &ReceiptQuery,
) -> Result<Vec<ReceiptLine>> {
    let (_, campaign) = get_delivered(conn, by, batch_id)?;
    let wanted = EntryQuery {
        batch_id,
        verdict: query.verdict,
        reason: query.reason.clone(),
        after_seq: query.after_seq,
        limit: query.limit,
    };
    let entries = list_entries(conn, &wanted)?;
    let ids: Vec<EntryId> = entries.iter().map(|entry| entry.entry_id).collect();
    let rows: Vec<(EntryId, Vec<u8>, Option<String>)> = batch_entries::table
        .filter(batch_entries::entry_id.eq_any(&ids))
        .select((
            batch_entries::entry_id,
            batch_entries::name_sealed,
            batch_entries::sha256,
        ))
        .load(conn)?;
    let mut files: HashMap<EntryId, (Vec<u8>, Option<String>)> = rows
        .into_iter()
        .map(|(entry_id, name, sha256)| (entry_id, (name, sha256)))
        .collect();
    entries
        .into_iter()
        .map(|entry| {
            let (name, sha256) = files.remove(&entry.entry_id).unwrap_or_default();
            Ok(ReceiptLine {
                file: readable_name(campaign.mode, open_name(sealer, &name)?),
                sha256: sha256.unwrap_or_default(),
                entry,
            })
        })
        .collect()
}

/// So many digits may be the number of a document: a permit or passport has at least seven.
const DOCUMENT_DIGITS: usize = 7;
/// Digits alone of this length are a student or an exam number, which an agency may know; permits have eight, identity numbers 15 or 18.
const STUDENT_DIGITS: std::ops::RangeInclusive<usize> = 9..=14;

/// A delivered name as its agency may read it. In the code mode it knows neither names nor identity numbers, so nothing that looks like
/// one is repeated to it, wherever it came from.
pub fn readable_name(mode: CampaignMode, name: String) -> String {
    if mode == CampaignMode::Legacy {
        return name;
    }
    let is_secret = |run: &str| {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        digits >= DOCUMENT_DIGITS && !(digits == run.len() && STUDENT_DIGITS.contains(&digits))
    };
    let mut shown = String::with_capacity(name.len());
    let mut run = String::new();
    let close = |run: &mut String, shown: &mut String| {
        if is_secret(run) {
            shown.extend(run.chars().map(|_| '*'));
        } else {
            shown.push_str(run);
        }
        run.clear();
    };
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            run.push(c);
            continue;
        }
        close(&mut run, &mut shown);
        shown.push(if c.is_ascii() { c } else { '*' });
    }
    close(&mut run, &mut shown);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_mode_repeats_no_name_and_no_identity_number() {
        for (name, shown) in [
            ("a/202301020104.jpg", "a/202301020104.jpg"),
            ("张三_11010519491231002X.jpg", "**_******************.jpg"),
            ("X_110105491231002.JPG", "X_***************.JPG"),
            ("c0de-000123.jpg", "c0de-000123.jpg"),
            ("M84124140-H1234567.jpg", "*********-********.jpg"),
            ("12345678.jpg", "********.jpg"),
        ] {
            assert_eq!(readable_name(CampaignMode::Code, name.to_owned()), shown);
            assert_eq!(readable_name(CampaignMode::Legacy, name.to_owned()), name);
        }
    }
}
