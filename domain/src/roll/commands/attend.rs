//! What a person decides about an import while it goes on: its columns, its comparison, its pauses.

use diesel::prelude::*;

use super::options_of;
use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::dialect::roll::{self as statements, Ledger};
use crate::db::schema::{roll_heading_aliases, roll_import_issues, roll_imports};
use crate::error::{Error, Result};
use crate::id::ImportId;
use crate::jobs::ImportRoll;
use crate::queue;
use crate::roll::import::header::fold_heading;
use crate::roll::model::{Hold, ImportKind, ImportOptions, ImportState, RollImport};
use crate::roll::queries::get_import;

/// Stable code of an import that somebody gave up before anything was applied.
pub const CANCELLED: &str = "cancelled";

fn may_import(by: &Staff) -> Result<()> {
    if by.role.may_change_rolls_and_batches() {
        return Ok(());
    }
    Err(Error::Forbidden { right: "import rolls" })
}

fn held(conn: &mut Conn, by: &Staff, import_id: ImportId, wanted: &[Hold]) -> Result<RollImport> {
    may_import(by)?;
    let import = get_import(conn, import_id)?;
    if import.hold.is_some_and(|hold| wanted.contains(&hold)) {
        return Ok(import);
    }
    Err(Error::conflict(
        "import-moved-on",
        "the import has moved on since the page was loaded; look at it again",
    ))
}

fn release(conn: &mut Conn, import_id: ImportId, now_ms: TimestampMs) -> Result<()> {
    diesel::update(roll_imports::table.find(import_id))
        .set(roll_imports::hold.eq(None::<Hold>))
        .execute(conn)?;
    queue::enqueue(conn, &ImportRoll { import_id }, now_ms)?;
    Ok(())
}

fn note(conn: &mut Conn, by: &Staff, action: &str, import_id: ImportId, now_ms: TimestampMs) -> Result<()> {
    audit::append(conn, &Act::new(action, "roll_import", import_id).by(by), now_ms)
}

/// Says what the columns are and lets the file be compared with the roll. The meaning of a heading is remembered for the next file.
pub fn settle_columns(
    conn: &mut Conn,
    by: &Staff,
    import_id: ImportId,
    options: &ImportOptions,
    now_ms: TimestampMs,
) -> Result<()> {
    let import = held(conn, by, import_id, &[Hold::Columns])?;
    if import.kind != ImportKind::Roll && options.scope.is_some() {
        return Err(super::scope_needs_roll());
    }
    diesel::update(roll_imports::table.find(import_id))
        .set(roll_imports::options.eq(serde_json::to_string(options)?))
        .execute(conn)?;
    for (heading, field) in &options.mapping.columns {
        let heading = fold_heading(heading);
        diesel::delete(roll_heading_aliases::table.find(&heading)).execute(conn)?;
        diesel::insert_into(roll_heading_aliases::table)
            .values((
                roll_heading_aliases::heading.eq(&heading),
                roll_heading_aliases::field.eq(serde_json::to_string(field)?),
            ))
            .execute(conn)?;
    }
    release(conn, import_id, now_ms)
}

/// Goes back to the columns: the comparison is thrown away, the file stays.
pub fn reconsider_columns(conn: &mut Conn, by: &Staff, import_id: ImportId) -> Result<()> {
    held(conn, by, import_id, &[Hold::Approval])?;
    statements::clear_staging(conn, import_id)?;
    diesel::delete(roll_import_issues::table.filter(roll_import_issues::import_id.eq(import_id))).execute(conn)?;
    diesel::update(roll_imports::table.find(import_id))
        .set((
            roll_imports::state.eq(ImportState::Queued),
            roll_imports::hold.eq(Hold::Columns),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lets a comparison be applied.
pub fn approve(conn: &mut Conn, by: &Staff, import_id: ImportId, now_ms: TimestampMs) -> Result<()> {
    held(conn, by, import_id, &[Hold::Approval])?;
    diesel::update(roll_imports::table.find(import_id))
        .set(roll_imports::state.eq(ImportState::Applying))
        .execute(conn)?;
    note(conn, by, "roll.import.approve", import_id, now_ms)?;
    release(conn, import_id, now_ms)
}

/// Stops an import that is being applied, after the step that is under way.
pub fn pause(conn: &mut Conn, by: &Staff, import_id: ImportId, now_ms: TimestampMs) -> Result<()> {
    may_import(by)?;
    let paused = diesel::update(
        roll_imports::table
            .find(import_id)
            .filter(roll_imports::state.eq(ImportState::Applying))
            .filter(roll_imports::hold.is_null()),
    )
    .set(roll_imports::hold.eq(Hold::Pause))
    .execute(conn)?;
    if paused == 0 {
        return held(conn, by, import_id, &[Hold::Pause]).map(drop);
    }
    note(conn, by, "roll.import.pause", import_id, now_ms)
}

/// Lets a paused import go on.
pub fn resume(conn: &mut Conn, by: &Staff, import_id: ImportId, now_ms: TimestampMs) -> Result<()> {
    held(conn, by, import_id, &[Hold::Pause])?;
    note(conn, by, "roll.import.resume", import_id, now_ms)?;
    release(conn, import_id, now_ms)
}

/// Gives an import up. What a paused one had applied is put back; says how many rows those were.
pub fn cancel(conn: &mut Conn, by: &Staff, import_id: ImportId, now_ms: TimestampMs) -> Result<i64> {
    let import = held(conn, by, import_id, &[Hold::Columns, Hold::Approval, Hold::Pause])?;
    note(conn, by, "roll.import.cancel", import_id, now_ms)?;
    abandon(conn, &import, now_ms)
}

fn abandon(conn: &mut Conn, import: &RollImport, now_ms: TimestampMs) -> Result<i64> {
    let import_id = import.import_id;
    let (state, reversed) = if import.state == ImportState::Applying {
        let (reversed, _) = statements::undo_rows(conn, import_id, Ledger::of(import.kind))?;
        (ImportState::Undone, reversed)
    } else {
        (ImportState::Failed, 0)
    };
    statements::clear_staging(conn, import_id)?;
    diesel::update(roll_imports::table.find(import_id))
        .set((
            roll_imports::state.eq(state),
            roll_imports::hold.eq(None::<Hold>),
            roll_imports::failure_code.eq(CANCELLED),
            roll_imports::failure_message.eq("the import was given up before it was applied"),
            roll_imports::finished_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    Ok(reversed)
}

/// Gives up imports that have waited for a person since before an instant: their staged rows are people's data. A paused one, which
/// has changed the roll, waits on.
pub fn abandon_forgotten(conn: &mut Conn, before_ms: TimestampMs, now_ms: TimestampMs) -> Result<usize> {
    let forgotten: Vec<RollImport> = roll_imports::table
        .filter(roll_imports::hold.eq_any([Hold::Columns, Hold::Approval]))
        .filter(roll_imports::created_at_ms.lt(before_ms))
        .select(RollImport::as_select())
        .load(conn)?;
    for import in &forgotten {
        abandon(conn, import, now_ms)?;
    }
    Ok(forgotten.len())
}

/// The options of an import with what is remembered about headings beneath them.
pub fn options_with_memory(conn: &mut Conn, import: &RollImport) -> Result<ImportOptions> {
    let mut options = options_of(import)?;
    let remembered: Vec<(String, String)> = roll_heading_aliases::table
        .select((roll_heading_aliases::heading, roll_heading_aliases::field))
        .load(conn)?;
    for (heading, field) in remembered {
        let field = serde_json::from_str(&field)?;
        options.mapping.columns.entry(heading).or_insert(field);
    }
    Ok(options)
}
