//! Makes the trail tamper-evident: runs of it are closed by a keyed code over their rows and the code before. Who can write to the
//! database but has not the secret file cannot change, add or delete a row of a closed run without it showing.

use diesel::prelude::*;

use crate::clock::TimestampMs;
use crate::crypto::{AuditCode, KeyId, Sealer};
use crate::db::Conn;
use crate::db::schema::{audit_entries, audit_seals};
use crate::error::Result;

/// Rows of a run at most.
const RUN_ROWS: i64 = 1_000;
/// A row is closed once it is so old: a transaction that still writes an earlier number has ended by then.
const SETTLED_AFTER_MS: i64 = 10 * 60_000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
struct Row {
    audit_id: i64,
    at_ms: TimestampMs,
    actor: String,
    action: String,
    subject_kind: String,
    subject_id: Option<i64>,
    is_success: bool,
    detail_sealed: Option<Vec<u8>>,
    address: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_seals)]
struct Seal {
    first_audit_id: i64,
    last_audit_id: i64,
    row_count: i64,
    key_id: Vec<u8>,
    mac: Vec<u8>,
}

/// What looking through the trail came to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verification {
    /// Rows in closed runs.
    pub closed_rows: i64,
    /// Newer rows, not closed yet.
    pub open_rows: i64,
    /// Number of the last row of the first run that is not as it was closed.
    pub broken_at: Option<i64>,
}

/// Closes every run that has settled; returns how many rows that were.
pub fn close_settled(conn: &mut Conn, sealer: &Sealer, now_ms: TimestampMs) -> Result<i64> {
    let (mut before, mut after) = last_seal(conn)?;
    let mut closed = 0;
    loop {
        let rows: Vec<Row> = audit_entries::table
            .filter(audit_entries::audit_id.gt(after))
            .filter(audit_entries::at_ms.lt(now_ms.saturating_sub(SETTLED_AFTER_MS)))
            .order(audit_entries::audit_id)
            .limit(RUN_ROWS)
            .select(Row::as_select())
            .load(conn)?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(closed);
        };
        let code = sealer.audit_code(&message(&before, &rows));
        let row_count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        diesel::insert_into(audit_seals::table)
            .values((
                audit_seals::first_audit_id.eq(first.audit_id),
                audit_seals::last_audit_id.eq(last.audit_id),
                audit_seals::row_count.eq(row_count),
                audit_seals::key_id.eq(code.key_id.as_bytes()),
                audit_seals::mac.eq(code.mac.as_slice()),
                audit_seals::sealed_at_ms.eq(now_ms),
            ))
            .execute(conn)?;
        closed += row_count;
        (before, after) = (code.mac.to_vec(), last.audit_id);
    }
}

fn last_seal(conn: &mut Conn) -> Result<(Vec<u8>, i64)> {
    let last: Option<(Vec<u8>, i64)> = audit_seals::table
        .order(audit_seals::seal_id.desc())
        .select((audit_seals::mac, audit_seals::last_audit_id))
        .first(conn)
        .optional()?;
    Ok(last.unwrap_or_default())
}

/// Looks through the whole trail.
pub fn verify(conn: &mut Conn, sealer: &Sealer) -> Result<Verification> {
    let seals: Vec<Seal> = audit_seals::table
        .order(audit_seals::seal_id)
        .select(Seal::as_select())
        .load(conn)?;
    let (mut before, mut after, mut closed_rows) = (Vec::new(), 0, 0);
    let mut broken_at = None;
    for seal in seals {
        // All rows up to the run's end: one that was slipped in before its start shows too.
        let rows: Vec<Row> = audit_entries::table
            .filter(audit_entries::audit_id.gt(after))
            .filter(audit_entries::audit_id.le(seal.last_audit_id))
            .order(audit_entries::audit_id)
            .limit(RUN_ROWS + 1)
            .select(Row::as_select())
            .load(conn)?;
        if !is_as_closed(sealer, &seal, &before, &rows) {
            broken_at = Some(seal.last_audit_id);
            break;
        }
        closed_rows += seal.row_count;
        (before, after) = (seal.mac, seal.last_audit_id);
    }
    let open_rows = audit_entries::table
        .filter(audit_entries::audit_id.gt(after))
        .count()
        .get_result(conn)?;
    Ok(Verification {
        closed_rows,
        open_rows,
        broken_at,
    })
}

fn is_as_closed(sealer: &Sealer, seal: &Seal, before: &[u8], rows: &[Row]) -> bool {
    let (Some(key_id), Ok(mac)) = (KeyId::from_bytes(&seal.key_id), seal.mac.as_slice().try_into()) else {
        return false;
    };
    let code = AuditCode { key_id, mac };
    let is_whole = i64::try_from(rows.len()) == Ok(seal.row_count)
        && rows.first().is_some_and(|row| row.audit_id == seal.first_audit_id);
    is_whole && sealer.verify_audit_code(&message(before, rows), &code).is_ok()
}

/// The code before, then every field of every row, each with its length in front.
fn message(before: &[u8], rows: &[Row]) -> Vec<u8> {
    let mut message = Vec::new();
    let mut push = |field: &[u8]| {
        message.extend_from_slice(&(field.len() as u64).to_be_bytes());
        message.extend_from_slice(field);
    };
    push(before);
    for row in rows {
        push(&row.audit_id.to_be_bytes());
        push(&row.at_ms.to_be_bytes());
        push(row.actor.as_bytes());
        push(row.action.as_bytes());
        push(row.subject_kind.as_bytes());
        push(&row.subject_id.map(i64::to_be_bytes).unwrap_or_default());
        push(&[u8::from(row.subject_id.is_some()), u8::from(row.is_success)]);
        push(row.detail_sealed.as_deref().unwrap_or_default());
        // Runs that were closed before addresses were kept have none, and stay as they were closed.
        if let Some(address) = &row.address {
            push(address.as_bytes());
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Act, append};
    use crate::crypto::SecretFile;
    use crate::testing::TestDb;

    const START_MS: i64 = 1_790_000_000_000;
    const LATER_MS: i64 = START_MS + 2 * SETTLED_AFTER_MS;

    fn trail() -> (TestDb, Sealer) {
        let database = TestDb::new();
        let secret = SecretFile::create(&database.folder().join("secret.key")).expect("a secret file");
        let mut conn = database.connect();
        for number in 0..RUN_ROWS + 5 {
            let act = Act::new("batch.undo", "batch", number).by("lin@example.edu");
            append(&mut conn, &act, START_MS + number).expect("appended");
        }
        (database, Sealer::new(&secret))
    }

    fn broken_after(change: impl FnOnce(&mut Conn)) -> Option<i64> {
        let (database, sealer) = trail();
        let mut conn = database.connect();
        close_settled(&mut conn, &sealer, LATER_MS).expect("closed");
        change(&mut conn);
        verify(&mut conn, &sealer).expect("looked through").broken_at
    }

    #[test]
    fn an_untouched_trail_is_whole_and_goes_on() {
        let (database, sealer) = trail();
        let mut conn = database.connect();
        assert_eq!(
            close_settled(&mut conn, &sealer, START_MS).expect("nothing has settled"),
            0
        );
        assert_eq!(
            close_settled(&mut conn, &sealer, LATER_MS).expect("closed"),
            RUN_ROWS + 5
        );
        append(&mut conn, &Act::new("batch.undo", "batch", 9), LATER_MS).expect("appended");
        let whole = Verification {
            closed_rows: RUN_ROWS + 5,
            open_rows: 1,
            broken_at: None,
        };
        assert_eq!(verify(&mut conn, &sealer).expect("looked through"), whole);
        assert_eq!(close_settled(&mut conn, &sealer, LATER_MS * 2).expect("closed"), 1);
        assert_eq!(verify(&mut conn, &sealer).expect("looked through").broken_at, None);
    }

    #[test]
    fn a_changed_a_missing_and_a_swapped_row_show() {
        let of_row = |id: i64| audit_entries::table.find(id);
        let changed = broken_after(|conn| {
            diesel::update(of_row(7))
                .set(audit_entries::actor.eq("somebody.else@example.edu"))
                .execute(conn)
                .expect("changed");
        });
        assert_eq!(changed, Some(RUN_ROWS));
        let missing = broken_after(|conn| {
            diesel::delete(of_row(RUN_ROWS + 2)).execute(conn).expect("deleted");
        });
        assert_eq!(missing, Some(RUN_ROWS + 5));
        let forged = broken_after(|conn| {
            diesel::update(of_row(1))
                .set(audit_entries::audit_id.eq(-1))
                .execute(conn)
                .expect("moved");
        });
        assert_eq!(forged, Some(RUN_ROWS));
    }

    #[test]
    fn a_code_of_another_key_does_not_pass() {
        let (database, sealer) = trail();
        let mut conn = database.connect();
        let foreign = SecretFile::create(&database.folder().join("foreign.key")).expect("a secret file");
        close_settled(&mut conn, &Sealer::new(&foreign), LATER_MS).expect("closed");
        assert_eq!(
            verify(&mut conn, &sealer).expect("looked through").broken_at,
            Some(RUN_ROWS)
        );
    }
}
