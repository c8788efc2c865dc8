//! What people decide about photos: for the record, against it, or about a pair that looks alike. A decision holds at once, survives
//! every matching, and can be taken back; the row of one that was taken back is kept.

mod fitness;

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use serde::Serialize;

use self::fitness::{Candidate, load_candidates, refuse_unfit};
use super::insert_findings;
use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::batches::model::{Decision, FindingRow, FindingStage, Verdict};
use crate::campaigns::queries::get_campaign;
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::bulk::{self, Column};
use crate::db::schema::{batch_entries, batches, campaigns, duplicate_decisions, entry_decisions, entry_findings};
use crate::db::{Conn, dialect};
use crate::error::{Error, Result};
use crate::id::{BatchId, CampaignId, EntryId, RecordId};
use crate::photos::finding::{FindingCode, Severity};
use crate::recaptures;

/// Photos that one call decides at most.
pub const MOST_ENTRIES: usize = 5_000;

/// An entry that a decision could not be made about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The entry.
    pub entry_id: EntryId,
    /// Stable code of what is in the way.
    pub code: &'static str,
}

/// What became of a decision about several entries: all that it could be made about are decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// Entries that have the decision now.
    pub decided: Vec<EntryId>,
    /// The others, each with its reason.
    pub refused: Vec<Refusal>,
}

impl Decided {
    /// Moves entries without a reason to the others.
    fn refuse_without(&mut self, reasons: &HashMap<EntryId, String>) {
        let (decided, refused): (Vec<_>, Vec<_>) = std::mem::take(&mut self.decided)
            .into_iter()
            .partition(|entry_id| reasons.contains_key(entry_id));
        let code = "reason-missing";
        self.refused
            .extend(refused.into_iter().map(|entry_id| Refusal { entry_id, code }));
        self.decided = decided;
    }
}

#[derive(Serialize)]
struct DecisionRow<'a> {
    entry_id: EntryId,
    batch_id: BatchId,
    record_id: Option<RecordId>,
    decision: Decision,
    decided_by: &'a str,
    decided_at_ms: TimestampMs,
}

const DECISION_COLUMNS: &[Column] = &[
    Column::Integer("entry_id"),
    Column::Integer("batch_id"),
    Column::Integer("record_id"),
    Column::Text("decision"),
    Column::Text("decided_by"),
    Column::Integer("decided_at_ms"),
];

/// Decides about photos; a decision that stood before is replaced. `reason` is why a photo is rejected or to be shot again, any
/// finding's code; without one each photo's own gravest finding is the reason. For an acceptance it means nothing.
pub fn decide(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    entries: &[EntryId],
    decision: Decision,
    reason: Option<FindingCode>,
    now_ms: TimestampMs,
) -> Result<Decided> {
    may_review(by)?;
    if entries.len() > MOST_ENTRIES {
        return Err(Error::invalid(
            "too-many-entries",
            "entries",
            format!("at most {MOST_ENTRIES} photos are decided at a time"),
        ));
    }
    require_open(conn, entries, now_ms)?;
    let candidates = load_candidates(conn, entries)?;
    let mut outcome = refuse_unfit(conn, entries, &candidates, decision)?;
    let reasons = match decision {
        Decision::Accept => HashMap::new(),
        Decision::Reject | Decision::Recapture => {
            let reasons = reasons_of(conn, &outcome.decided, reason)?;
            outcome.refuse_without(&reasons);
            reasons
        }
    };
    let fit: Vec<&Candidate> = outcome.decided.iter().filter_map(|id| candidates.get(id)).collect();
    withdraw(conn, &outcome.decided, &by.email, now_ms)?;
    let rows: Vec<DecisionRow<'_>> = fit
        .iter()
        .map(|entry| DecisionRow {
            entry_id: entry.entry_id,
            batch_id: entry.batch_id,
            record_id: entry.record_id,
            decision,
            decided_by: &by.email,
            decided_at_ms: now_ms,
        })
        .collect();
    bulk::insert(conn, "entry_decisions", DECISION_COLUMNS, "", &rows)?;
    mark_decided(conn, &outcome.decided, true)?;
    insert_reasons(conn, &fit, &reasons)?;
    let moved = follow(conn, &outcome.decided, now_ms)?;
    let action = format!("photo.{decision}");
    let act = Act::new(&action, "entry", "").by(by);
    let told = describe(&outcome.decided, &moved, &reasons);
    audit::append_about(conn, sealer, &act, &told, now_ms)?;
    outcome.refused.sort_by_key(|refusal| refusal.entry_id);
    Ok(outcome)
}

/// Takes decisions back: the photos stand where the machine had put them. Entries without a decision are left alone.
pub fn take_back(conn: &mut Conn, sealer: &Sealer, by: &Staff, entries: &[EntryId], now_ms: TimestampMs) -> Result<()> {
    may_review(by)?;
    require_open(conn, entries, now_ms)?;
    let entries = &decided_among(conn, entries)?;
    withdraw(conn, entries, &by.email, now_ms)?;
    mark_decided(conn, entries, false)?;
    let moved = follow(conn, entries, now_ms)?;
    let act = Act::new("photo.take-back", "entry", "").by(by);
    audit::append_about(conn, sealer, &act, &describe(entries, &moved, &HashMap::new()), now_ms)
}

/// Decides for ever whether two entries show the same picture. Where they do not, neither is held up by the other any more.
pub fn decide_pair(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    pair: (EntryId, EntryId),
    is_same_picture: bool,
    now_ms: TimestampMs,
) -> Result<()> {
    may_review(by)?;
    let (first, second) = (pair.0.min(pair.1), pair.0.max(pair.1));
    let about_each_other = || {
        let one_way = entry_findings::entry_id
            .eq(first)
            .and(entry_findings::other_entry_id.eq(second));
        let other_way = entry_findings::entry_id
            .eq(second)
            .and(entry_findings::other_entry_id.eq(first));
        entry_findings::code
            .eq_any(FindingCode::COPIES)
            .and(one_way.or(other_way))
    };
    let found: i64 = entry_findings::table
        .filter(about_each_other())
        .count()
        .get_result(conn)?;
    if found == 0 {
        return Err(Error::not_found("pair", format!("{first}-{second}")));
    }
    let known: Option<bool> = duplicate_decisions::table
        .find((first, second))
        .select(duplicate_decisions::is_same_picture)
        .first(conn)
        .optional()?;
    if known.is_some_and(|known| known != is_same_picture) {
        return Err(Error::conflict(
            "pair-decided",
            "somebody has decided about this pair already, and a decision on a pair stands for ever",
        ));
    }
    if known.is_none() {
        diesel::insert_into(duplicate_decisions::table)
            .values((
                duplicate_decisions::first_entry_id.eq(first),
                duplicate_decisions::second_entry_id.eq(second),
                duplicate_decisions::is_same_picture.eq(is_same_picture),
                duplicate_decisions::decided_by.eq(&by.email),
                duplicate_decisions::decided_at_ms.eq(now_ms),
            ))
            .execute(conn)?;
    }
    if !is_same_picture {
        diesel::delete(entry_findings::table.filter(about_each_other())).execute(conn)?;
    }
    let moved = follow(conn, &[first, second], now_ms)?;
    let action = if is_same_picture { "pair.same" } else { "pair.different" };
    let act = Act::new(action, "entry", "").by(by);
    let told = describe(&[first, second], &moved, &HashMap::new());
    audit::append_about(conn, sealer, &act, &told, now_ms)
}

/// A verdict before and after.
type Moved = HashMap<EntryId, (Option<Verdict>, Option<Verdict>)>;

/// What the trail says about each entry: how its verdict moved, and the reason given for that.
fn describe(entries: &[EntryId], moved: &Moved, reasons: &HashMap<EntryId, String>) -> Vec<(EntryId, Option<String>)> {
    let word = |verdict: Option<Verdict>| verdict.map(|verdict| verdict.to_string()).unwrap_or_default();
    let told = entries.iter().map(|entry_id| {
        let (before, after) = moved.get(entry_id).copied().unwrap_or_default();
        let reason = reasons.get(entry_id).cloned().unwrap_or_default();
        let change = audit::describe_change(&[
            ("verdict", word(before), word(after)),
            ("reason", String::new(), reason),
        ]);
        (*entry_id, change)
    });
    told.collect()
}

/// Refuses where one of the photos belongs to a campaign that is frozen.
fn require_open(conn: &mut Conn, entries: &[EntryId], now_ms: TimestampMs) -> Result<()> {
    let frozen: Vec<CampaignId> = batch_entries::table
        .inner_join(batches::table.inner_join(campaigns::table))
        .filter(batch_entries::entry_id.eq_any(entries))
        .filter(campaigns::freeze_at_ms.le(now_ms))
        .select(campaigns::campaign_id)
        .distinct()
        .load(conn)?;
    match frozen.first() {
        Some(campaign_id) => get_campaign(conn, *campaign_id)?.require_open(now_ms),
        None => Ok(()),
    }
}

fn may_review(by: &Staff) -> Result<()> {
    if by.role.may_change_rolls_and_batches() {
        Ok(())
    } else {
        Err(Error::Forbidden {
            right: "decide about photos",
        })
    }
}

/// Withdraws what stands about these entries.
fn withdraw(conn: &mut Conn, entries: &[EntryId], actor: &str, now_ms: TimestampMs) -> Result<()> {
    for chunk in entries.chunks(500) {
        diesel::update(
            entry_decisions::table
                .filter(entry_decisions::entry_id.eq_any(chunk))
                .filter(entry_decisions::withdrawn_at_ms.is_null()),
        )
        .set((
            entry_decisions::withdrawn_by.eq(actor),
            entry_decisions::withdrawn_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
        diesel::delete(
            entry_findings::table
                .filter(entry_findings::entry_id.eq_any(chunk))
                .filter(entry_findings::stage.eq(FindingStage::Decision)),
        )
        .execute(conn)?;
    }
    Ok(())
}

fn decided_among(conn: &mut Conn, entries: &[EntryId]) -> Result<Vec<EntryId>> {
    let mut decided = Vec::new();
    for chunk in entries.chunks(500) {
        let rows: Vec<EntryId> = batch_entries::table
            .filter(batch_entries::entry_id.eq_any(chunk))
            .filter(batch_entries::is_decided.eq(true))
            .select(batch_entries::entry_id)
            .load(conn)?;
        decided.extend(rows);
    }
    Ok(decided)
}

/// Notes on the entries whether a decision about them stands.
fn mark_decided(conn: &mut Conn, entries: &[EntryId], is_decided: bool) -> Result<()> {
    for chunk in entries.chunks(500) {
        diesel::update(batch_entries::table.filter(batch_entries::entry_id.eq_any(chunk)))
            .set(batch_entries::is_decided.eq(is_decided))
            .execute(conn)?;
    }
    Ok(())
}

/// The reason of each entry: the one given, else the code of its gravest finding.
fn reasons_of(conn: &mut Conn, entries: &[EntryId], given: Option<FindingCode>) -> Result<HashMap<EntryId, String>> {
    let mut reasons = HashMap::new();
    if let Some(code) = given {
        reasons.extend(entries.iter().map(|&entry_id| (entry_id, code.as_str().to_owned())));
        return Ok(reasons);
    }
    for chunk in entries.chunks(500) {
        let found: Vec<(EntryId, String)> = entry_findings::table
            .filter(entry_findings::entry_id.eq_any(chunk))
            .filter(entry_findings::stage.ne(FindingStage::Decision))
            .filter(entry_findings::severity.ne(Severity::Note.as_str()))
            // `reject` before `review`; of several the first that was found.
            .order((entry_findings::severity, entry_findings::finding_id))
            .select((entry_findings::entry_id, entry_findings::code))
            .load(conn)?;
        for (entry_id, code) in found {
            reasons.entry(entry_id).or_insert(code);
        }
    }
    Ok(reasons)
}

fn insert_reasons(conn: &mut Conn, entries: &[&Candidate], reasons: &HashMap<EntryId, String>) -> Result<()> {
    let mut by_batch: HashMap<BatchId, Vec<FindingRow>> = HashMap::new();
    for entry in entries {
        let Some(code) = reasons.get(&entry.entry_id) else {
            continue;
        };
        by_batch.entry(entry.batch_id).or_default().push(FindingRow {
            entry_id: entry.entry_id,
            code: code.clone(),
            severity: Severity::Reject.as_str().to_owned(),
            measured: None,
            limit_value: None,
            other_entry_id: None,
        });
    }
    for (batch_id, findings) in by_batch {
        insert_findings(conn, batch_id, FindingStage::Decision, &findings)?;
    }
    Ok(())
}

/// Lets verdicts, photos and re-captures follow, also those of the other side of a pair. Only a verdict that changed moves a photo:
/// what has been superseded by another delivery stays so. Gives the verdicts that changed.
fn follow(conn: &mut Conn, entries: &[EntryId], now_ms: TimestampMs) -> Result<Moved> {
    let mut concerned: BTreeSet<EntryId> = entries.iter().copied().collect();
    for chunk in entries.chunks(500) {
        let partners: Vec<EntryId> = entry_findings::table
            .filter(entry_findings::other_entry_id.eq_any(chunk))
            .filter(entry_findings::code.eq_any(FindingCode::COPIES))
            .select(entry_findings::entry_id)
            .load(conn)?;
        concerned.extend(partners);
    }
    let concerned: Vec<EntryId> = concerned.into_iter().collect();
    let before = verdicts_of(conn, &concerned)?;
    dialect::verdicts::judge(conn, &concerned)?;
    let after = verdicts_of(conn, &concerned)?;
    let verdict_in = |verdicts: &HashMap<_, _>, entry_id| verdicts.get(entry_id).copied().flatten();
    let moved: Moved = concerned
        .iter()
        .map(|entry_id| (*entry_id, (verdict_in(&before, entry_id), verdict_in(&after, entry_id))))
        .filter(|(_, (before, after))| before != after)
        .collect();
    let published: Vec<EntryId> = concerned.into_iter().filter(|id| moved.contains_key(id)).collect();
    dialect::verdicts::publish_photos(conn, &published, now_ms)?;
    let settled: BTreeSet<EntryId> = entries.iter().copied().chain(published).collect();
    recaptures::commands::settle(conn, &settled.into_iter().collect::<Vec<_>>(), now_ms)?;
    Ok(moved)
}

fn verdicts_of(conn: &mut Conn, entries: &[EntryId]) -> Result<HashMap<EntryId, Option<Verdict>>> {
    let mut verdicts = HashMap::new();
    for chunk in entries.chunks(500) {
        let rows: Vec<(EntryId, Option<Verdict>)> = batch_entries::table
            .filter(batch_entries::entry_id.eq_any(chunk))
            .select((batch_entries::entry_id, batch_entries::verdict))
            .load(conn)?;
        verdicts.extend(rows);
    }
    Ok(verdicts)
}
