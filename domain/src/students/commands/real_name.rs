//! From an activated account to a complete one (R6 to R8): who the student is, the code sent to the telephone, and the question whether all of
//! it is right. Nothing is kept in the clear, and nothing counts, before the student says 是.

use diesel::prelude::*;
use rand::Rng as _;
use serde_json::json;

use super::sessions::end_sessions;
use super::{DAY_MS, note};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::schema::{phone_codes, students};
use crate::error::{Error, Result};
use crate::id::StudentId;
use crate::notices::commands::tell;
use crate::notices::model::{NewNotice, NoticeKind};
use crate::roll::import::stage::id_index;
use crate::roll::name;
use crate::students::identity::phone_index;
use crate::students::model::{Draft, Student, StudentState};
use crate::students::queries::{DRAFT, find_draft};

const PHONE_CODE: Purpose = Purpose::new("phone-code");
/// How long a code is good.
const CODE_MS: i64 = 10 * 60_000;
/// Time between two codes to one account or number.
const CODE_PAUSE_MS: i64 = 60_000;
/// Codes that a number, and an account, is sent in a day.
const CODES_A_DAY: usize = 5;
/// Codes typed wrongly after which one is dead.
const MOST_ATTEMPTS: i32 = 5;

/// How handing in the form ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillOutcome {
    /// The code is on its way.
    CodeSent,
    /// Another account is registered with the number of the document (E1), and the student did not say that it is theirs.
    IdTaken,
    /// Another account has the telephone, and the student did not say that it is to be moved (E2).
    PhoneTaken,
}

/// What the student says is theirs although another account has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The telephone: it is moved to this account.
    pub phone: bool,
    /// The number of the document: it is to be proved before the account can be completed.
    pub number: bool,
}

/// Keeps what was typed as a draft, and sends a code to the telephone.
pub fn fill(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Student,
    draft: &Draft,
    claims: Claims,
    now_ms: TimestampMs,
) -> Result<FillOutcome> {
    require_state(
        by,
        &[
            StudentState::Activated,
            StudentState::PhonePending,
            StudentState::Confirming,
        ],
    )?;
    let from = by.origin();
    let others = students::table
        .filter(students::state.eq(StudentState::Registered))
        .filter(students::student_id.ne(by.student_id));
    let id_owner: Option<StudentId> = others
        .filter(students::id_index.eq(id_index(sealer, &draft.id_number)))
        .select(students::student_id)
        .first(conn)
        .optional()?;
    if id_owner.is_some() && !claims.number {
        note(conn, "student.real-name", by.student_id, &from, false, now_ms)?;
        return Ok(FillOutcome::IdTaken);
    }
    let phone_owner: Option<StudentId> = others
        .filter(students::phone_index.eq(phone_index(sealer, &draft.phone)))
        .select(students::student_id)
        .first(conn)
        .optional()?;
    if phone_owner.is_some() && !claims.phone {
        return Ok(FillOutcome::PhoneTaken);
    }
    send_code(conn, sealer, by.student_id, &draft.phone, now_ms)?;
    let sealed = sealer.seal(DRAFT, &serde_json::to_vec(draft)?)?;
    diesel::update(students::table.find(by.student_id))
        .set((
            students::draft_sealed.eq(sealed),
            students::state.eq(StudentState::PhonePending),
        ))
        .execute(conn)?;
    note(conn, "student.real-name", by.student_id, &from, true, now_ms)?;
    Ok(FillOutcome::CodeSent)
}

/// Sends the telephone of the draft another code.
pub fn resend_code(conn: &mut Conn, sealer: &Sealer, by: &Student, now_ms: TimestampMs) -> Result<()> {
    require_state(by, &[StudentState::PhonePending])?;
    let draft = find_draft(conn, sealer, by.student_id)?.ok_or_else(nothing_typed)?;
    send_code(conn, sealer, by.student_id, &draft.phone, now_ms)
}

/// Sends a code, unless account or number were sent one a moment ago or too many today.
pub(super) fn send_code(
    conn: &mut Conn,
    sealer: &Sealer,
    student_id: StudentId,
    phone: &str,
    now_ms: TimestampMs,
) -> Result<()> {
    let index = phone_index(sealer, phone);
    let of_today: Vec<TimestampMs> = phone_codes::table
        .filter(phone_codes::created_at_ms.gt(now_ms - DAY_MS))
        .filter(
            phone_codes::phone_index
                .eq(&index)
                .or(phone_codes::student_id.eq(student_id)),
        )
        .select(phone_codes::created_at_ms)
        .load(conn)?;
    if of_today.iter().any(|at_ms| *at_ms > now_ms - CODE_PAUSE_MS) {
        return Err(Error::TooMuch {
            code: "code-too-soon",
            message: "a code was sent less than a minute ago; wait for it, or ask again in a minute".to_owned(),
        });
    }
    if of_today.len() >= CODES_A_DAY {
        return Err(Error::TooMuch {
            code: "codes-spent",
            message: "this number was sent five codes today; try again tomorrow".to_owned(),
        });
    }
    let code = format!("{:06}", rand::rng().random_range(0..1_000_000));
    let phone_code_id: i64 = diesel::insert_into(phone_codes::table)
        .values((
            phone_codes::student_id.eq(student_id),
            phone_codes::phone_index.eq(&index),
            phone_codes::code_index.eq(code_index(sealer, student_id, &code)),
            phone_codes::created_at_ms.eq(now_ms),
            phone_codes::expires_at_ms.eq(now_ms + CODE_MS),
        ))
        .returning(phone_codes::phone_code_id)
        .get_result(conn)?;
    let notice = NewNotice {
        student_id: Some(student_id),
        record_id: None,
        kind: NoticeKind::PhoneCode,
        unique_key: format!("phone-code:{phone_code_id}"),
        parameters: json!({ "minutes": CODE_MS / 60_000 }),
        secret: Some(&code),
        expires_at_ms: Some(now_ms + CODE_MS),
        to: Some(phone),
    };
    tell(conn, sealer, &notice, now_ms)?;
    Ok(())
}

fn code_index(sealer: &Sealer, student_id: StudentId, code: &str) -> Vec<u8> {
    sealer
        .blind_index(PHONE_CODE, format!("{student_id}:{code}").as_bytes())
        .to_vec()
}

/// Takes a code; says whether it was the one sent last to that telephone. Five wrong ones use it up.
pub(super) fn take_code(
    conn: &mut Conn,
    sealer: &Sealer,
    student_id: StudentId,
    (phone, typed): (&str, &str),
    now_ms: TimestampMs,
) -> Result<bool> {
    let typed: String = name::fold_width(typed).chars().filter(char::is_ascii_digit).collect();
    let sent: Option<(i64, Vec<u8>, i32)> = phone_codes::table
        .filter(phone_codes::student_id.eq(student_id))
        .filter(phone_codes::phone_index.eq(phone_index(sealer, phone)))
        .filter(phone_codes::used_at_ms.is_null())
        .filter(phone_codes::expires_at_ms.gt(now_ms))
        .order(phone_codes::phone_code_id.desc())
        .select((
            phone_codes::phone_code_id,
            phone_codes::code_index,
            phone_codes::attempts,
        ))
        .first(conn)
        .optional()?;
    let Some((phone_code_id, index, attempts)) = sent.filter(|(.., attempts)| *attempts < MOST_ATTEMPTS) else {
        return Ok(false);
    };
    // Keyed hashes are compared: how far two agree tells nothing about the code.
    let is_right = code_index(sealer, student_id, &typed) == index;
    diesel::update(phone_codes::table.find(phone_code_id))
        .set((
            phone_codes::attempts.eq(attempts + 1),
            phone_codes::used_at_ms.eq(is_right.then_some(now_ms)),
        ))
        .execute(conn)?;
    Ok(is_right)
}

/// Takes the code of the draft's telephone; says whether it was right.
pub fn verify_phone(conn: &mut Conn, sealer: &Sealer, by: &Student, typed: &str, now_ms: TimestampMs) -> Result<bool> {
    require_state(by, &[StudentState::PhonePending])?;
    let draft = find_draft(conn, sealer, by.student_id)?.ok_or_else(nothing_typed)?;
    let is_right = take_code(conn, sealer, by.student_id, (&draft.phone, typed), now_ms)?;
    if is_right {
        diesel::update(students::table.find(by.student_id))
            .set(students::state.eq(StudentState::Confirming))
            .execute(conn)?;
    }
    let from = by.origin();
    note(conn, "student.phone", by.student_id, &from, is_right, now_ms)?;
    Ok(is_right)
}

/// 是: what was typed counts from now on, the telephone leaves any other account.
pub fn confirm(conn: &mut Conn, sealer: &Sealer, by: &Student, now_ms: TimestampMs) -> Result<()> {
    require_state(by, &[StudentState::Confirming])?;
    let draft = find_draft(conn, sealer, by.student_id)?.ok_or_else(nothing_typed)?;
    let (number, phone) = (id_index(sealer, &draft.id_number), phone_index(sealer, &draft.phone));
    let taken: i64 = students::table
        .filter(students::state.eq(StudentState::Registered))
        .filter(students::id_index.eq(&number))
        .count()
        .get_result(conn)?;
    if taken > 0 {
        return Err(Error::conflict(
            "id-taken",
            "another account is registered with this number",
        ));
    }
    diesel::update(
        students::table
            .filter(students::state.eq(StudentState::Registered))
            .filter(students::phone_index.eq(&phone)),
    )
    .set((
        students::phone_index.eq(None::<Vec<u8>>),
        students::phone_sealed.eq(None::<Vec<u8>>),
    ))
    .execute(conn)?;
    diesel::update(students::table.find(by.student_id))
        .set((
            (
                students::name.eq(&draft.name),
                students::name_folded.eq(name::fold(&draft.name)),
                students::sex.eq(&draft.sex),
                students::region.eq(&draft.region),
                students::id_sealed.eq(sealer.seal(Purpose::ID_NUMBER, draft.id_number.as_bytes())?),
                students::id_index.eq(number),
            ),
            students::birth_sealed.eq(sealer.seal(Purpose::BIRTH_DATE, draft.birth_date.replace('-', "").as_bytes())?),
            students::phone_sealed.eq(sealer.seal(Purpose::PHONE, draft.phone.as_bytes())?),
            students::phone_index.eq(phone),
            students::draft_sealed.eq(None::<Vec<u8>>),
            students::state.eq(StudentState::Registered),
            students::registered_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    let from = by.origin();
    note(conn, "student.confirm", by.student_id, &from, true, now_ms)?;
    let notice = NewNotice {
        student_id: Some(by.student_id),
        record_id: None,
        kind: NoticeKind::Registered,
        unique_key: format!("registered:{}", by.student_id),
        parameters: json!({}),
        secret: None,
        expires_at_ms: None,
        to: None,
    };
    tell(conn, sealer, &notice, now_ms)?;
    // The guide leads on to signing in, with an account whose meaning has changed.
    end_sessions(conn, by.student_id)
}

/// 否: what was typed is forgotten, and the form begins anew.
pub fn begin_again(conn: &mut Conn, by: &Student, now_ms: TimestampMs) -> Result<()> {
    require_state(by, &[StudentState::PhonePending, StudentState::Confirming])?;
    diesel::update(students::table.find(by.student_id))
        .set((
            students::draft_sealed.eq(None::<Vec<u8>>),
            students::state.eq(StudentState::Activated),
        ))
        .execute(conn)?;
    let from = by.origin();
    note(conn, "student.begin-again", by.student_id, &from, true, now_ms)
}

fn require_state(by: &Student, allowed: &[StudentState]) -> Result<()> {
    if allowed.contains(&by.state) {
        return Ok(());
    }
    Err(Error::conflict(
        "registration-step",
        "this step of the registration was done already, or comes later",
    ))
}

fn nothing_typed() -> Error {
    Error::conflict("registration-step", "fill in the form first")
}
