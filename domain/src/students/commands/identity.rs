//! What an approved proof of identity does to accounts (domain.md 6.1, E1 and 6.3, D2).

use diesel::prelude::*;

use super::sessions::end_sessions;
use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::{roll_records, students};
use crate::error::Result;
use crate::id::{RecordId, StudentId};
use crate::roll::import::stage::id_index;
use crate::students::model::StudentState;
use crate::students::queries::{find_draft, get_account};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freed {
    /// So many other accounts with the number have ended; this one can be completed.
    OthersEnded(usize),
    /// The account was complete, and its student says anew who they are.
    BeginsAnew,
    /// There was nothing to do.
    Nothing,
}

/// Ends other accounts with the number that this one was to be made with; where this one is complete, takes back who it is.
pub fn free_number(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    student_id: StudentId,
    now_ms: TimestampMs,
) -> Result<Freed> {
    let account = get_account(conn, student_id)?;
    if account.state == StudentState::Registered {
        forget_identity(conn, by, student_id, now_ms)?;
        return Ok(Freed::BeginsAnew);
    }
    let Some(draft) = find_draft(conn, sealer, student_id)? else {
        return Ok(Freed::Nothing);
    };
    let number = id_index(sealer, &draft.id_number);
    let others: Vec<StudentId> = students::table
        .filter(students::id_index.eq(number))
        .filter(students::state.eq(StudentState::Registered))
        .filter(students::student_id.ne(student_id))
        .select(students::student_id)
        .load(conn)?;
    diesel::update(students::table.filter(students::student_id.eq_any(&others)))
        .set(students::state.eq(StudentState::Cancelled))
        .execute(conn)?;
    for &other in &others {
        end_sessions(conn, other)?;
        audit::append(conn, &Act::new("student.cancel", "student", other).by(by), now_ms)?;
    }
    Ok(Freed::OthersEnded(others.len()))
}

/// Lets an account say of its person what the roll says of a record of theirs, once a correction was approved: otherwise the student would
/// lose sight of the record that was just put right. A number that another account has stays with that one.
pub fn follow_roll(
    conn: &mut Conn,
    by: &Staff,
    student_id: StudentId,
    record_id: RecordId,
    now_ms: TimestampMs,
) -> Result<()> {
    let said: Identity = roll_records::table
        .find(record_id)
        .select((
            roll_records::name,
            roll_records::name_folded,
            roll_records::sex,
            roll_records::id_sealed,
            roll_records::id_index,
            roll_records::birth_sealed,
        ))
        .first(conn)?;
    let others: i64 = students::table
        .filter(students::id_index.eq(&said.id_index))
        .filter(students::state.eq(StudentState::Registered))
        .filter(students::student_id.ne(student_id))
        .count()
        .get_result(conn)?;
    if others > 0 {
        return Ok(());
    }
    diesel::update(students::table.find(student_id))
        .set(&said)
        .execute(conn)?;
    let act = Act::new("student.follow-roll", "student", student_id).by(by);
    audit::append(conn, &act, now_ms)
}

/// Who the roll says that somebody is; sealed as accounts seal it. What a record leaves open, an account keeps.
#[derive(Queryable, AsChangeset)]
#[diesel(table_name = students)]
struct Identity {
    name: String,
    name_folded: String,
    sex: Option<String>,
    id_sealed: Option<Vec<u8>>,
    id_index: Option<Vec<u8>>,
    birth_sealed: Option<Vec<u8>>,
}

fn forget_identity(conn: &mut Conn, by: &Staff, student_id: StudentId, now_ms: TimestampMs) -> Result<()> {
    diesel::update(students::table.find(student_id))
        .set((
            students::state.eq(StudentState::Activated),
            students::name.eq(None::<String>),
            students::name_folded.eq(None::<String>),
            students::id_sealed.eq(None::<Vec<u8>>),
            students::id_index.eq(None::<Vec<u8>>),
            students::birth_sealed.eq(None::<Vec<u8>>),
        ))
        .execute(conn)?;
    end_sessions(conn, student_id)?;
    let act = Act::new("student.forget-identity", "student", student_id).by(by);
    audit::append(conn, &act, now_ms)
}
