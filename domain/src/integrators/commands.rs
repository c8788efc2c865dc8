//! What changes integrators, and what they hand in.

use diesel::prelude::*;

use super::model::{Integrator, Right};
use crate::accounts::tokens::new_program_token;
use crate::audit::{self, Act, OPERATOR};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{idempotency_keys, integrators};
use crate::error::{Error, Result};
use crate::id::{ImportId, IntegratorId, SchoolId};
use crate::roll::commands::create_import;
use crate::roll::model::NewImport;

/// Makes an integrator; returns the secret of its token, which is kept nowhere.
pub fn add_integrator(
    conn: &mut Conn,
    (name, days): (&str, i64),
    school_id: Option<SchoolId>,
    rights: &[Right],
    now_ms: TimestampMs,
) -> Result<String> {
    let advice = "name the system that asks, in at most 60 characters";
    let token = new_program_token(name, days, advice, now_ms)?;
    if rights.is_empty() {
        return Err(Error::invalid("rights", "rights", "give at least one right"));
    }
    let rights: Vec<&str> = rights.iter().map(|right| right.as_str()).collect();
    let integrator_id: IntegratorId = diesel::insert_into(integrators::table)
        .values((
            integrators::token_hash.eq(token.hash),
            integrators::name.eq(token.name),
            integrators::school_id.eq(school_id),
            integrators::rights.eq(rights.join(",")),
            integrators::created_at_ms.eq(now_ms),
            integrators::expires_at_ms.eq(token.expires_at_ms),
        ))
        .returning(integrators::integrator_id)
        .get_result(conn)?;
    let act = Act::new("integrator.add", "integrator", integrator_id).by(OPERATOR);
    audit::append(conn, &act, now_ms)?;
    Ok(token.secret)
}

/// Gives an integrator's token up, from the next request on.
pub fn revoke_integrator(conn: &mut Conn, integrator_id: IntegratorId, now_ms: TimestampMs) -> Result<()> {
    let revoked = diesel::update(
        integrators::table
            .find(integrator_id)
            .filter(integrators::revoked_at_ms.is_null()),
    )
    .set(integrators::revoked_at_ms.eq(now_ms))
    .execute(conn)?;
    if revoked == 0 {
        return Err(Error::not_found("integrator", integrator_id));
    }
    let act = Act::new("integrator.revoke", "integrator", integrator_id).by(OPERATOR);
    audit::append(conn, &act, now_ms)
}

/// Notes that an integrator asked, to the minute.
pub fn note_use(conn: &mut Conn, by: &Integrator, now_ms: TimestampMs) -> Result<()> {
    diesel::update(integrators::table.find(by.integrator_id))
        .set(integrators::last_used_at_ms.eq(now_ms))
        .execute(conn)?;
    Ok(())
}

/// What makes a request the same as an earlier one.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// The caller's own word for the request.
    pub key: String,
    /// SHA-256 of the request's body.
    pub request_sha256: String,
}

/// Hands in a page of the roll as an import. The same key again gives the same import, and another request under it is refused.
pub fn hand_in_page(
    conn: &mut Conn,
    by: &Integrator,
    new: &NewImport,
    key: Option<&IdempotencyKey>,
    now_ms: TimestampMs,
) -> Result<(ImportId, bool)> {
    by.require(Right::Roll)?;
    if let Some(key) = key {
        let known: Option<(String, ImportId)> = idempotency_keys::table
            .find((by.integrator_id, &key.key))
            .select((idempotency_keys::request_sha256, idempotency_keys::import_id))
            .first(conn)
            .optional()?;
        match known {
            Some((sha256, import_id)) if sha256 == key.request_sha256 => return Ok((import_id, false)),
            Some(_) => {
                return Err(Error::conflict(
                    "idempotency-key-reused",
                    "this Idempotency-Key came with another request before; use a new one",
                ));
            }
            None => {}
        }
    }
    let import_id = create_import(conn, new, now_ms)?;
    if let Some(key) = key {
        diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::integrator_id.eq(by.integrator_id),
                idempotency_keys::idempotency_key.eq(&key.key),
                idempotency_keys::request_sha256.eq(&key.request_sha256),
                idempotency_keys::import_id.eq(import_id),
                idempotency_keys::created_at_ms.eq(now_ms),
            ))
            .execute(conn)?;
    }
    Ok((import_id, true))
}

/// Notes that addresses of photos were handed out.
pub fn note_photos(conn: &mut Conn, by: &Integrator, school_id: SchoolId, now_ms: TimestampMs) -> Result<()> {
    audit::append(conn, &Act::new("photo.hand-out", "school", school_id).by(by), now_ms)
}
