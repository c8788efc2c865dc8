//! Looking for the other side of an exchange of photos: whose picture hangs on the disputed record, and who may hang on theirs.

use diesel::prelude::*;

use crate::accounts::model::Staff;
use crate::db::schema::{batch_entries, photos, roll_records, verdicts};
use crate::db::{Backend, Conn};
use crate::error::Result;
use crate::id::{BatchId, EntryId, RecordId};
use crate::roll::name;
use crate::tickets::model::{SwapCandidate, Ticket};
use crate::verdicts::model::{DisputeReason, Subject, Verdict};

/// Neighbours in the order of capture that are looked at on either side: seats are exchanged with who sits near.
const NEIGHBOURS: i64 = 3;
/// Candidates that are shown at most.
const MOST: usize = 12;

/// Those of the same delivery who say too that their photo is somebody else, and the neighbours in its order.
pub fn list_candidates(conn: &mut Conn, by: &Staff, ticket: &Ticket) -> Result<Vec<SwapCandidate>> {
    let Some((photo_id, own)) = ticket.photo_id.zip(ticket.record_id) else {
        return Ok(Vec::new());
    };
    let taken: Option<(EntryId, BatchId)> = photos::table
        .inner_join(batch_entries::table)
        .filter(photos::photo_id.eq(photo_id))
        .select((batch_entries::entry_id, batch_entries::batch_id))
        .first(conn)
        .optional()?;
    let Some((entry_id, batch_id)) = taken else {
        return Ok(Vec::new());
    };
    let disputed: Vec<RecordId> = verdicts::table
        .inner_join(photos::table.on(photos::photo_id.eq(verdicts::version)))
        .inner_join(batch_entries::table.on(batch_entries::entry_id.eq(photos::entry_id)))
        .filter(batch_entries::batch_id.eq(batch_id))
        .filter(verdicts::subject.eq(Subject::Photo))
        .filter(verdicts::verdict.eq(Verdict::Disputed))
        .filter(verdicts::reason.eq(DisputeReason::NotMe))
        .filter(verdicts::reopened_at_ms.is_null())
        .filter(verdicts::record_id.ne(own))
        .order(verdicts::verdict_id.desc())
        .limit(MOST as i64)
        .select(verdicts::record_id)
        .load(conn)?;
    let near: Vec<Option<RecordId>> = batch_entries::table
        .filter(batch_entries::batch_id.eq(batch_id))
        .filter(batch_entries::entry_id.between(EntryId(entry_id.0 - NEIGHBOURS), EntryId(entry_id.0 + NEIGHBOURS)))
        .filter(batch_entries::record_id.is_not_null())
        .select(batch_entries::record_id)
        .load(conn)?;
    let mut ids: Vec<RecordId> = disputed.clone();
    ids.extend(
        near.into_iter()
            .flatten()
            .filter(|id| *id != own && !disputed.contains(id)),
    );
    ids.truncate(MOST);
    describe(conn, by, &ids, &disputed)
}

fn describe(conn: &mut Conn, by: &Staff, ids: &[RecordId], disputed: &[RecordId]) -> Result<Vec<SwapCandidate>> {
    let mut rows = roll_records::table
        .filter(roll_records::record_id.eq_any(ids))
        .into_boxed::<Backend>();
    if let Some(school_id) = by.scope.school_id {
        rows = rows.filter(roll_records::school_id.eq(school_id));
    }
    if let Some(college) = &by.scope.college {
        rows = rows.filter(roll_records::college.eq(college.clone()));
    }
    if let Some(class_name) = &by.scope.class_name {
        rows = rows.filter(roll_records::class_name.eq(class_name.clone()));
    }
    let rows: Vec<(RecordId, String, String)> = rows
        .select((roll_records::record_id, roll_records::name, roll_records::student_no))
        .load(conn)?;
    let thumbnails: Vec<(RecordId, Option<String>)> = photos::table
        .inner_join(batch_entries::table)
        .filter(photos::record_id.eq_any(ids))
        .filter(photos::state.eq("accepted"))
        .select((photos::record_id, batch_entries::thumbnail_sha256))
        .load(conn)?;
    let mut candidates: Vec<SwapCandidate> = rows
        .into_iter()
        .map(|(record_id, full_name, student_no)| SwapCandidate {
            record_id,
            name: name::mask(&full_name),
            student_no,
            thumbnail_sha256: thumbnails
                .iter()
                .find(|(of, _)| *of == record_id)
                .and_then(|(_, sha256)| sha256.clone()),
            has_disputed: disputed.contains(&record_id),
        })
        .collect();
    candidates.sort_by_key(|candidate| ids.iter().position(|id| *id == candidate.record_id));
    Ok(candidates)
}
