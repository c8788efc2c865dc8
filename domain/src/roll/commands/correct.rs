//! Correcting locked fields of one record (domain.md 3.1). A correction is an import of one row that a ticket made: history, undo and
//! the version that verdicts name know it like any other.

use chrono::NaiveDate;
use diesel::prelude::*;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::json;

use crate::clock::{TimestampMs, date_in_shanghai};
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::dialect::roll::{RECORD_COLUMNS, keep_version};
use crate::db::schema::{roll_imports, roll_records};
use crate::error::{Error, Result};
use crate::id::{ImportId, RecordId, TicketId};
use crate::roll::codes::{self, LevelKind, Sex};
use crate::roll::identity::IdNumber;
use crate::roll::import::header::Field;
use crate::roll::import::row::RollRow;
use crate::roll::import::stage::{StagedRow, columns_of, id_index, stage_row};
use crate::roll::model::{ImportKind, ImportState};
use crate::roll::name;

/// Characters of a value at most.
const MOST_VALUE_CHARS: usize = 80;

/// A field and what it is to say.
pub type Correction = (Field, String);

/// What a correction is made for.
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a> {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Who approved it.
    pub approved_by: &'a str,
}

/// Corrects a record, whole or not at all.
pub fn correct_record(
    conn: &mut Conn,
    sealer: &Sealer,
    record_id: RecordId,
    cause: Cause<'_>,
    corrections: &[Correction],
    now_ms: TimestampMs,
) -> Result<ImportId> {
    let row = read_corrections(corrections, now_ms)?;
    refuse_contradiction(conn, sealer, record_id, &row)?;
    let import_id = record_import(conn, cause, now_ms)?;
    keep_version(conn, import_id, record_id)?;
    let fields: Vec<Field> = corrections.iter().map(|(field, _)| *field).collect();
    write(conn, sealer, record_id, import_id, row, &fields, now_ms)?;
    Ok(import_id)
}

/// Reads what fields are to say, by the rules of a roll file.
pub fn read_corrections(corrections: &[Correction], now_ms: TimestampMs) -> Result<RollRow> {
    let mut row = RollRow::default();
    for (field, value) in corrections {
        let value = value.trim();
        if value.is_empty() || value.chars().count() > MOST_VALUE_CHARS {
            return Err(wrong("value", "write what it is to say, in at most 80 characters"));
        }
        read_value(&mut row, *field, value, date_in_shanghai(now_ms))?;
    }
    Ok(row)
}

fn read_value(row: &mut RollRow, field: Field, value: &str, today: NaiveDate) -> Result<()> {
    let text = || Some(name::display(value));
    match field {
        Field::Name => {
            if let Some(fault) = name::faults(value).into_iter().find(|fault| fault.is_error()) {
                return Err(wrong(fault.code(), fault.message()));
            }
            row.name = name::display(value);
        }
        Field::Sex => {
            row.sex = Some(Sex::of(value).ok_or_else(|| wrong("sex-unknown", "write 男 or 女"))?);
        }
        Field::IdNumber => {
            let number = IdNumber::parse(value, None, false, today);
            row.id_number = Some(number.map_err(|fault| wrong(fault.code(), fault.message()))?);
        }
        Field::BirthDate => {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            let date = NaiveDate::parse_from_str(&digits, "%Y%m%d")
                .ok()
                .filter(|date| *date < today);
            row.birth_date = Some(date.ok_or_else(|| wrong("date-unreadable", "write the day as 2003-01-15"))?);
        }
        Field::Ethnicity => row.ethnicity = Some(codes::ethnicity(value)),
        Field::Level => {
            row.level_kind = LevelKind::of(value);
            row.level = text();
        }
        Field::MajorName => row.major_name = text(),
        Field::StudyForm => row.study_form = text(),
        Field::Duration => row.duration_years = text(),
        _ => return Err(wrong("field-not-locked", "this field is not corrected by a ticket")),
    }
    Ok(())
}

fn wrong(code: &'static str, message: &'static str) -> Error {
    Error::invalid(code, "value", message)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = roll_records)]
struct Known {
    name: String,
    sex: Option<String>,
    id_sealed: Option<Vec<u8>>,
    birth_sealed: Option<Vec<u8>>,
}

/// Number, birth date and sex have to agree afterwards, and nobody else may have the number.
fn refuse_contradiction(conn: &mut Conn, sealer: &Sealer, record_id: RecordId, row: &RollRow) -> Result<()> {
    let known: Option<Known> = roll_records::table
        .find(record_id)
        .select(Known::as_select())
        .first(conn)
        .optional()?;
    let known = known.ok_or_else(|| Error::not_found("record", record_id))?;
    let open = |purpose, sealed: Option<Vec<u8>>| -> Result<Option<String>> {
        let opened = sealed.map(|sealed| sealer.open_text(purpose, &sealed)).transpose()?;
        Ok(opened.map(|text| text.expose_secret().to_owned()))
    };
    let number = match &row.id_number {
        Some(number) => Some(number.clone()),
        // What the roll has already is not judged anew: a number that is no resident's says nothing about birth and sex.
        None => open(Purpose::ID_NUMBER, known.id_sealed)?
            .and_then(|text| IdNumber::parse(&text, None, false, NaiveDate::MAX).ok()),
    };
    let birth = match row.birth_date {
        Some(date) => Some(date),
        None => open(Purpose::BIRTH_DATE, known.birth_sealed)?
            .and_then(|text| NaiveDate::parse_from_str(&text, "%Y%m%d").ok()),
    };
    let sex = row.sex.map(Sex::as_str).or(known.sex.as_deref());
    let touches_number = row.id_number.is_some() || row.birth_date.is_some() || row.sex.is_some();
    if let Some(number) = number.filter(|_| touches_number) {
        let says_other_birth = number
            .birth_date()
            .zip(birth)
            .is_some_and(|(said, known)| said != known);
        let said_sex = number
            .is_male()
            .map(|is_male| if is_male { Sex::Male } else { Sex::Female });
        let says_other_sex = said_sex.zip(sex).is_some_and(|(said, known)| said.as_str() != known);
        if says_other_birth || says_other_sex {
            return Err(Error::conflict(
                "number-disagrees",
                "the number says another birth date or sex than the record would: propose that change as well",
            ));
        }
    }
    let name = if row.name.is_empty() { &known.name } else { &row.name };
    refuse_other_owner(conn, sealer, record_id, row.id_number.as_ref(), name)
}

fn refuse_other_owner(
    conn: &mut Conn,
    sealer: &Sealer,
    record_id: RecordId,
    number: Option<&IdNumber>,
    own_name: &str,
) -> Result<()> {
    let Some(number) = number else { return Ok(()) };
    let others: i64 = roll_records::table
        .filter(roll_records::id_index.eq(id_index(sealer, number.expose())))
        .filter(roll_records::record_id.ne(record_id))
        .filter(roll_records::name_folded.ne(name::fold(own_name)))
        .count()
        .get_result(conn)?;
    if others == 0 {
        return Ok(());
    }
    Err(Error::conflict(
        "number-of-another",
        "the roll has this number under another name: settle that record first",
    ))
}

fn record_import(conn: &mut Conn, cause: Cause<'_>, now_ms: TimestampMs) -> Result<ImportId> {
    Ok(diesel::insert_into(roll_imports::table)
        .values((
            roll_imports::kind.eq(ImportKind::Roll),
            roll_imports::state.eq(ImportState::Applied),
            roll_imports::staged_object.eq(""),
            roll_imports::source_sha256.eq(""),
            roll_imports::options.eq(json!({}).to_string()),
            roll_imports::is_dry_run.eq(false),
            roll_imports::is_attended.eq(false),
            roll_imports::rows_total.eq(1),
            roll_imports::rows_applied.eq(1),
            roll_imports::rows_changed.eq(1),
            roll_imports::actor.eq(cause.approved_by),
            roll_imports::ticket_id.eq(cause.ticket_id),
            roll_imports::created_at_ms.eq(now_ms),
            roll_imports::finished_at_ms.eq(now_ms),
        ))
        .returning(roll_imports::import_id)
        .get_result(conn)?)
}

#[derive(Serialize)]
struct CorrectedRow {
    record_id: RecordId,
    #[serde(flatten)]
    columns: StagedRow,
    changed_import_id: ImportId,
    edited_at_ms: TimestampMs,
    updated_at_ms: TimestampMs,
}

fn write(
    conn: &mut Conn,
    sealer: &Sealer,
    record_id: RecordId,
    import_id: ImportId,
    row: RollRow,
    fields: &[Field],
    now_ms: TimestampMs,
) -> Result<()> {
    let columns = stage_row(sealer, ImportKind::Roll, row, String::new())?;
    let changed = columns_of(|field| fields.contains(&field));
    let written: Vec<Column> = RECORD_COLUMNS
        .iter()
        .copied()
        .filter(|column| changed.contains(&column.name()))
        .chain(["changed_import_id", "edited_at_ms", "updated_at_ms"].map(Column::Integer))
        .collect();
    let corrected = CorrectedRow {
        record_id,
        columns,
        changed_import_id: import_id,
        edited_at_ms: now_ms,
        updated_at_ms: now_ms,
    };
    bulk::update(conn, "roll_records", "record_id", &written, &[corrected])?;
    Ok(())
}
