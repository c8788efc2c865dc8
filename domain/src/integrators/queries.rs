//! Reads for integrators.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::model::{EnrolmentStatus, Integrator, ListedIntegrator, PhotoStanding, Right};
use crate::batches::model::{BatchKind, BatchState, Verdict};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{batch_entries, batches, integrators, photos, recaptures, roll_imports, roll_records};
use crate::error::{Error, Result};
use crate::id::{ImportId, IntegratorId, RecordId, SchoolId};
use crate::recaptures::queries::PENDING;
use crate::roll::model::RollImport;
use crate::schools::queries::get_school_id;

/// Students that one request asks about at most.
pub const MOST_STUDENTS: usize = 500;

type Row = (IntegratorId, String, Option<SchoolId>, String, Option<TimestampMs>);

/// The integrator of a token's secret, by its SHA-256, while it is good.
pub fn find_integrator(conn: &mut Conn, token_hash: &[u8; 32], now_ms: TimestampMs) -> Result<Option<Integrator>> {
    let row: Option<Row> = integrators::table
        .filter(integrators::token_hash.eq(token_hash.as_slice()))
        .filter(integrators::revoked_at_ms.is_null())
        .filter(integrators::expires_at_ms.gt(now_ms))
        .select((
            integrators::integrator_id,
            integrators::name,
            integrators::school_id,
            integrators::rights,
            integrators::last_used_at_ms,
        ))
        .first(conn)
        .optional()?;
    Ok(
        row.map(|(integrator_id, name, school_id, rights, last_used_at_ms)| Integrator {
            integrator_id,
            actor: format!("integrator {integrator_id} ({name})"),
            school_id,
            rights: rights
                .split(',')
                .filter_map(|word| word.parse::<Right>().ok())
                .collect(),
            address: None,
            last_used_at_ms,
        }),
    )
}

/// Every integrator, in the order in which they were made.
pub fn list_integrators(conn: &mut Conn) -> Result<Vec<ListedIntegrator>> {
    Ok(integrators::table
        .order(integrators::integrator_id)
        .select(ListedIntegrator::as_select())
        .load(conn)?)
}

/// The school of that code, where the integrator may speak of it.
pub fn school_for(conn: &mut Conn, by: &Integrator, code: &str) -> Result<SchoolId> {
    let school_id = get_school_id(conn, code)?;
    by.require_school(school_id)?;
    Ok(school_id)
}

/// How far the photos of these students are; numbers that the roll does not have are left out.
pub fn list_status(
    conn: &mut Conn,
    by: &Integrator,
    school_id: SchoolId,
    student_nos: &[String],
) -> Result<Vec<EnrolmentStatus>> {
    by.require(Right::Status)?;
    by.require_school(school_id)?;
    let records: Vec<(RecordId, String, Option<String>, bool)> = roll_records::table
        .filter(roll_records::school_id.eq(school_id))
        .filter(roll_records::student_no.eq_any(student_nos))
        .order(roll_records::student_no)
        .select((
            roll_records::record_id,
            roll_records::student_no,
            roll_records::status,
            roll_records::is_open,
        ))
        .load(conn)?;
    let ids: Vec<RecordId> = records.iter().map(|(record_id, ..)| *record_id).collect();
    let accepted = accepted_photos(conn, &ids)?;
    let again: HashSet<RecordId> = recaptures::table
        .filter(recaptures::record_id.eq_any(&ids))
        .filter(recaptures::state.eq_any(PENDING))
        .select(recaptures::record_id)
        .load(conn)?
        .into_iter()
        .collect();
    let waiting: HashSet<Option<RecordId>> = batch_entries::table
        .inner_join(batches::table)
        .filter(batch_entries::record_id.eq_any(&ids))
        .filter(batch_entries::verdict.eq(Verdict::Review))
        .filter(batches::state.eq(BatchState::Reconciled))
        .filter(batches::kind.eq(BatchKind::Graduation))
        .select(batch_entries::record_id)
        .load(conn)?
        .into_iter()
        .collect();
    let told = records.into_iter().map(|(record_id, student_no, status, is_open)| {
        let photo_sha256 = accepted.get(&record_id).cloned();
        let photo = match () {
            () if photo_sha256.is_some() => PhotoStanding::Accepted,
            () if again.contains(&record_id) => PhotoStanding::Recapture,
            () if waiting.contains(&Some(record_id)) => PhotoStanding::Review,
            () => PhotoStanding::None,
        };
        EnrolmentStatus {
            student_no,
            status,
            is_open,
            photo,
            photo_sha256,
        }
    });
    Ok(told.collect())
}

/// The approved photos of these students, by student number: SHA-256 of the standardised photo.
pub fn list_photos(
    conn: &mut Conn,
    by: &Integrator,
    school_id: SchoolId,
    student_nos: &[String],
) -> Result<Vec<(String, String)>> {
    by.require(Right::Photos)?;
    by.require_school(school_id)?;
    let records: Vec<(RecordId, String)> = roll_records::table
        .filter(roll_records::school_id.eq(school_id))
        .filter(roll_records::student_no.eq_any(student_nos))
        .order(roll_records::student_no)
        .select((roll_records::record_id, roll_records::student_no))
        .load(conn)?;
    let ids: Vec<RecordId> = records.iter().map(|(record_id, _)| *record_id).collect();
    let accepted = accepted_photos(conn, &ids)?;
    let found = records
        .into_iter()
        .filter_map(|(record_id, student_no)| Some((student_no, accepted.get(&record_id)?.clone())));
    Ok(found.collect())
}

fn accepted_photos(conn: &mut Conn, records: &[RecordId]) -> Result<HashMap<RecordId, String>> {
    let rows: Vec<(RecordId, String)> = photos::table
        .inner_join(batch_entries::table)
        .filter(batch_entries::standard_sha256.is_not_null())
        .filter(photos::record_id.eq_any(records))
        .filter(photos::state.eq("accepted"))
        .filter(photos::kind.eq(BatchKind::Graduation))
        .order(photos::photo_id)
        .select((photos::record_id, batch_entries::standard_sha256.assume_not_null()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// An import that this integrator handed in.
pub fn get_own_import(conn: &mut Conn, by: &Integrator, import_id: ImportId) -> Result<RollImport> {
    by.require(Right::Roll)?;
    let import = roll_imports::table
        .find(import_id)
        .filter(roll_imports::actor.eq(&by.actor))
        .select(RollImport::as_select())
        .first(conn)
        .optional()?;
    import.ok_or_else(|| Error::not_found("import", import_id))
}
