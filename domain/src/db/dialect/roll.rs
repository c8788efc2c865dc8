//! Set-based statements of roll imports: staging, judging, applying and undoing millions of rows without a query per row.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use serde::Serialize;

use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::bulk::{Column, CountRow, rows_of};
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::ImportId;
use crate::roll::identity::IdFault;
use crate::roll::import::row::ENDS_IN_ZEROS;
use crate::roll::model::ImportKind;

/// The columns that a roll row carries from the file to the record, in the order of the tables.
pub const RECORD_COLUMNS: &[Column] = &[
    Column::Text("student_no"),
    Column::Text("exam_no"),
    Column::Text("name"),
    Column::Text("name_folded"),
    Column::Text("sex"),
    Column::Text("id_kind"),
    Column::Bytes("id_sealed"),
    Column::Bytes("id_index"),
    Column::Bytes("id_last4_index"),
    Column::Bytes("birth_sealed"),
    Column::Text("ethnicity"),
    Column::Text("level"),
    Column::Text("level_kind"),
    Column::Text("major_code"),
    Column::Text("major_name"),
    Column::Text("duration_years"),
    Column::Text("study_form"),
    Column::Text("college"),
    Column::Text("department"),
    Column::Text("class_name"),
    Column::Text("entry_date"),
    Column::Text("expected_graduation"),
    Column::Integer("grad_year"),
    Column::Text("status"),
    Column::Text("status_kind"),
    Column::Bool("is_open"),
    Column::Text("identity_check"),
    Column::Text("remark"),
    Column::Bytes("birth_index"),
];

fn columns(prefix: &str) -> String {
    RECORD_COLUMNS
        .iter()
        .map(|column| format!("{prefix}{}", column.name()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether the folded name `incoming` is the folded name `known` with some character lost (`?`): unknown is not different.
fn is_lost_form(incoming: &str, known: &str) -> String {
    format!(
        "({incoming} LIKE '%?%' AND {known} LIKE replace(replace({incoming}, '??', '?'), '?', '%') AND {known} NOT LIKE '%?%')"
    )
}

/// Whether a record `r` already says what the row says, in the columns that the file has. Seals differ every time; their indexes do not.
fn is_unchanged(conn: &Conn, present: &[&str]) -> String {
    let compared = RECORD_COLUMNS.iter().filter(|column| {
        present.contains(&column.name()) && !matches!(column.name(), "id_sealed" | "birth_sealed" | "name_folded")
    });
    let equalities = compared.map(|column| {
        let name = column.name();
        let expression = column.expression(conn);
        if name == "name" {
            let is_lost = is_lost_form("(value ->> 'name_folded')", "r.name_folded");
            return format!("(r.name = {expression} OR {is_lost})");
        }
        format!("r.{name} IS NOT DISTINCT FROM {expression}")
    });
    equalities.chain(["true".to_owned()]).collect::<Vec<_>>().join(" AND ")
}

/// Stages rows and compares each with the record of its key in the same statement: `outcome` is NULL for a new one.
pub fn stage_rows<T: Serialize>(conn: &mut Conn, import_id: ImportId, present: &[&str], rows: &[T]) -> Result<()> {
    let expressions = RECORD_COLUMNS
        .iter()
        .map(|column| column.expression(conn))
        .collect::<Vec<_>>()
        .join(", ");
    let content_hash = Column::Bytes("content_hash").expression(conn);
    let is_unchanged = is_unchanged(conn, present);
    let statement = format!(
        "INSERT INTO roll_import_rows (import_id, row_no, school_code, is_self_consistent, content_hash, {}, record_id, outcome) \
         SELECT $2, CAST(value ->> 'row_no' AS BIGINT), value ->> 'school_code', \
         CAST(value ->> 'is_self_consistent' AS BOOLEAN), {content_hash}, {expressions}, r.record_id, \
         CASE WHEN r.record_id IS NULL THEN NULL WHEN {is_unchanged} THEN 'unchanged' ELSE 'changed' END \
         FROM {} LEFT JOIN schools AS c ON c.code = value ->> 'school_code' \
         LEFT JOIN roll_records AS r ON r.school_id = c.school_id AND r.student_no = value ->> 'student_no' WHERE true",
        columns(""),
        rows_of(conn),
    );
    query(conn, statement)
        .bind::<Text, _>(serde_json::to_string(rows)?)
        .bind::<BigInt, _>(import_id)
        .execute(conn)?;
    Ok(())
}

/// Rows that repeat an earlier row word for word count once.
const MARK_REPEATED: &str = "UPDATE roll_import_rows SET outcome = 'repeated' WHERE import_id = $1 AND EXISTS (\
     SELECT 1 FROM roll_import_rows AS twin WHERE twin.import_id = $1 AND twin.student_no = roll_import_rows.student_no \
     AND twin.school_code = roll_import_rows.school_code AND twin.content_hash = roll_import_rows.content_hash \
     AND twin.row_no < roll_import_rows.row_no) \
     AND student_no IN (SELECT student_no FROM roll_import_rows WHERE import_id = $1 GROUP BY student_no HAVING count(*) > 1)";

/// A rule on several rows at once: which rows contradict each other, under which code, and what people are told.
struct ClashRule {
    code: &'static str,
    column: &'static str,
    message: &'static str,
    /// Query of the clashing rows: `row_no`, `is_self_consistent` and a `party` that the rows of one clash share.
    rows: &'static str,
}

const CLASHES_IN_FILE: &[ClashRule] = &[
    ClashRule {
        code: "student-no-twice",
        column: "学号",
        message: "同一学号在文件中出现于内容不同的多行，请更正后重新导入",
        rows: "SELECT row_no, is_self_consistent, student_no || ' ' || school_code AS party FROM roll_import_rows \
               WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' AND (student_no, school_code) IN (\
               SELECT student_no, school_code FROM roll_import_rows WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' \
               GROUP BY student_no, school_code HAVING count(*) > 1)",
    },
    ClashRule {
        code: "exam-no-twice",
        column: "考生号",
        message: "同一考生号在文件中属于不同学号的多行，请更正后重新导入",
        rows: "SELECT row_no, is_self_consistent, exam_no AS party FROM roll_import_rows \
               WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' AND exam_no IN (\
               SELECT exam_no FROM roll_import_rows WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' \
               AND exam_no IS NOT NULL GROUP BY exam_no HAVING min(student_no) <> max(student_no))",
    },
    ClashRule {
        code: "id-under-two-names",
        column: "证件号码",
        message: "同一证件号码在文件中对应不同姓名，请核对证件后更正",
        rows: "SELECT row_no, is_self_consistent, id_index AS party FROM roll_import_rows \
               WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' AND name_folded NOT LIKE '%?%' AND id_index IN (\
               SELECT id_index FROM roll_import_rows WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' \
               AND id_index IS NOT NULL AND name_folded NOT LIKE '%?%' \
               GROUP BY id_index HAVING min(name_folded) <> max(name_folded))",
    },
];

const CLASHES_WITH_ROLL: &[ClashRule] = &[
    ClashRule {
        code: "exam-no-of-another-record",
        column: "考生号",
        message: "该考生号在学籍库中属于另一学号，请核对后更正",
        rows: "SELECT s.row_no FROM roll_import_rows AS s JOIN roll_records AS r ON r.exam_no = s.exam_no \
               JOIN schools AS c ON c.school_id = r.school_id AND c.code = s.school_code \
               WHERE s.import_id = $1 AND (s.outcome IS NULL OR s.outcome = 'changed') AND r.student_no <> s.student_no \
               AND NOT EXISTS (SELECT 1 FROM roll_import_rows AS own WHERE own.import_id = $1 \
               AND own.student_no = r.student_no AND own.school_code = c.code)",
    },
    ClashRule {
        code: "id-under-two-names",
        column: "证件号码",
        message: "该证件号码在学籍库中属于另一姓名，请核对证件后更正",
        rows: "SELECT s.row_no FROM roll_import_rows AS s JOIN roll_records AS r ON r.id_index = s.id_index \
               JOIN schools AS c ON c.school_id = r.school_id AND c.code = s.school_code \
               WHERE s.import_id = $1 AND (s.outcome IS NULL OR s.outcome = 'changed') AND r.name_folded <> s.name_folded \
               AND r.name_folded NOT LIKE '%?%' AND s.name_folded NOT LIKE '%?%' \
               AND NOT EXISTS (SELECT 1 FROM roll_import_rows AS own WHERE own.import_id = $1 \
               AND own.student_no = r.student_no AND own.school_code = c.code)",
    },
];

/// The class of the 身份核验 is about somebody who is enrolled; a list of classes adds nobody.
const NOT_IN_ROLL: ClashRule = ClashRule {
    code: "not-in-roll",
    column: "学号",
    message: "学籍库中没有该学号，请先导入学籍再导入身份核验结果",
    rows: "SELECT row_no FROM roll_import_rows WHERE import_id = $1 AND outcome IS NULL",
};

const WARNINGS: &[ClashRule] = &[
    ClashRule {
        code: "other-school",
        column: "院校代码",
        message: "该行院校代码与文件中多数行不同，已导入该院校名下，请确认",
        rows: "SELECT row_no FROM roll_import_rows WHERE import_id = $1 AND school_code <> (\
               SELECT school_code FROM roll_import_rows WHERE import_id = $1 GROUP BY school_code \
               ORDER BY count(*) DESC, school_code LIMIT 1)",
    },
    ClashRule {
        code: "student-no-length",
        column: "学号",
        message: "该学号长度与文件中几乎所有学号不同，可能丢失了数字，请确认",
        rows: "SELECT row_no FROM roll_import_rows WHERE import_id = $1 AND length(student_no) <> (\
               SELECT length(student_no) FROM roll_import_rows WHERE import_id = $1 GROUP BY length(student_no) \
               HAVING count(*) * 10 >= 9 * (SELECT count(*) FROM roll_import_rows WHERE import_id = $1))",
    },
    ClashRule {
        code: "locked-field-changed",
        column: "姓名",
        message: "姓名或证件号码与学籍库不同：此类更正须经省级审核，请确认本文件来自审核后的数据",
        rows: "SELECT s.row_no FROM roll_import_rows AS s JOIN roll_records AS r ON r.record_id = s.record_id \
               WHERE s.import_id = $1 AND s.outcome = 'changed' \
               AND (r.id_index IS DISTINCT FROM s.id_index OR r.name_folded <> s.name_folded AND NOT (s.name_folded LIKE '%?%' \
               AND r.name_folded LIKE replace(replace(s.name_folded, '??', '?'), '?', '%')))",
    },
];

/// A spreadsheet that rounds one number rounds the whole column, and one rounded number in twenty passes every check by chance:
/// where more than a hundredth of a file's numbers were rounded, none that ends in zeros is believed.
const DISTRUST_ZEROS: &str = "UPDATE roll_import_issues SET severity = 'error', code = $3, message = $4 \
     WHERE import_id = $1 AND code = $2 AND (SELECT count(*) FROM roll_import_issues AS lost WHERE lost.import_id = $1 \
     AND lost.code = $3) * 100 > (SELECT rows_total FROM roll_imports WHERE roll_imports.import_id = $1)";

/// Finds what contradicts across rows and with the roll, writes the issues and marks the rows that may not be applied.
///
/// Where exactly one row of a clash agrees with itself (birth date and sex with the number, entry year with the exam number) the
/// others are in error; otherwise nobody can tell which is right and all of them are.
pub fn judge_rows(conn: &mut Conn, import_id: ImportId, kind: ImportKind) -> Result<()> {
    execute(conn, MARK_REPEATED, import_id)?;
    if kind == ImportKind::IdentityCheck {
        insert_issues(conn, import_id, &NOT_IN_ROLL, NOT_IN_ROLL.rows, "error")?;
    }
    for rule in CLASHES_IN_FILE {
        let rows = format!(
            "SELECT row_no FROM (SELECT row_no, is_self_consistent, \
             sum(CASE WHEN is_self_consistent THEN 1 ELSE 0 END) OVER (PARTITION BY party) AS consistent \
             FROM ({}) AS clash) AS weighed WHERE NOT (is_self_consistent AND consistent = 1)",
            rule.rows
        );
        insert_issues(conn, import_id, rule, &rows, "error")?;
    }
    for rule in CLASHES_WITH_ROLL {
        insert_issues(
            conn,
            import_id,
            rule,
            &format!("SELECT DISTINCT row_no FROM ({}) AS clash", rule.rows),
            "error",
        )?;
    }
    let lost = IdFault::LostDigits;
    query(conn, DISTRUST_ZEROS)
        .bind::<BigInt, _>(import_id)
        .bind::<Text, _>(ENDS_IN_ZEROS)
        .bind::<Text, _>(lost.code())
        .bind::<Text, _>(lost.message())
        .execute(conn)?;
    execute(
        conn,
        "UPDATE roll_import_rows SET outcome = 'error' WHERE import_id = $1 AND row_no IN (\
         SELECT row_no FROM roll_import_issues WHERE import_id = $1 AND severity = 'error')",
        import_id,
    )?;
    let warnings = WARNINGS.iter().filter(|_| kind != ImportKind::IdentityCheck);
    for rule in warnings {
        insert_issues(conn, import_id, rule, rule.rows, "warning")?;
    }
    Ok(())
}

fn insert_issues(conn: &mut Conn, import_id: ImportId, rule: &ClashRule, rows: &str, severity: &str) -> Result<()> {
    let statement = format!(
        "INSERT INTO roll_import_issues (import_id, row_no, column_name, code, severity, message) \
         SELECT $1, row_no, $2, $3, $4, $5 FROM ({rows}) AS found"
    );
    query(conn, statement)
        .bind::<BigInt, _>(import_id)
        .bind::<Text, _>(rule.column)
        .bind::<Text, _>(rule.code)
        .bind::<Text, _>(severity)
        .bind::<Text, _>(rule.message)
        .execute(conn)?;
    Ok(())
}

fn execute(conn: &mut Conn, statement: &str, import_id: ImportId) -> Result<usize> {
    Ok(query(conn, statement).bind::<BigInt, _>(import_id).execute(conn)?)
}

/// How an import's rows turned out.
#[derive(QueryableByName, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeCounts {
    /// Rows whose key the roll does not have.
    #[diesel(sql_type = BigInt)]
    pub rows_new: i64,
    /// Rows that differ from their record.
    #[diesel(sql_type = BigInt)]
    pub rows_changed: i64,
    /// Rows that equal their record, or an earlier row of the file.
    #[diesel(sql_type = BigInt)]
    pub rows_unchanged: i64,
}

/// Counts the judged rows.
pub fn count_outcomes(conn: &mut Conn, import_id: ImportId) -> Result<OutcomeCounts> {
    let counts = query(conn, "SELECT CAST(coalesce(sum(CASE WHEN outcome IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS rows_new, \
         CAST(coalesce(sum(CASE WHEN outcome = 'changed' THEN 1 ELSE 0 END), 0) AS BIGINT) AS rows_changed, \
         CAST(coalesce(sum(CASE WHEN outcome IN ('unchanged', 'repeated') THEN 1 ELSE 0 END), 0) AS BIGINT) AS rows_unchanged \
         FROM roll_import_rows WHERE import_id = $1",
    )
    .bind::<BigInt, _>(import_id)
    .get_result(conn)?;
    Ok(counts)
}

/// Applies the rows numbered `first_row..=last_row`: keeps what changes, changes it in the columns that the file has, adds what is
/// new.
pub fn apply_rows(
    conn: &mut Conn,
    import_id: ImportId,
    present: &[&str],
    first_row: i64,
    last_row: i64,
    now_ms: TimestampMs,
) -> Result<()> {
    let keep = format!(
        "INSERT INTO roll_record_versions (import_id, record_id, previous_import_id, {}) \
         SELECT $1, r.record_id, r.changed_import_id, {} FROM roll_import_rows AS s \
         JOIN roll_records AS r ON r.record_id = s.record_id \
         WHERE s.import_id = $1 AND s.row_no BETWEEN $2 AND $3 AND s.outcome = 'changed' AND $4 > 0",
        columns(""),
        columns("r."),
    );
    let is_lost = is_lost_form("s.name_folded", "roll_records.name_folded");
    let assignments = RECORD_COLUMNS
        .iter()
        .filter(|column| present.contains(&column.name()))
        .map(|column| match column.name() {
            name @ ("name" | "name_folded") => {
                format!("{name} = CASE WHEN {is_lost} THEN roll_records.{name} ELSE s.{name} END")
            }
            other => format!("{other} = s.{other}"),
        })
        .collect::<Vec<_>>()
        .join(", ");
    let change = format!(
        "UPDATE roll_records SET {assignments}, changed_import_id = $1, updated_at_ms = $4 FROM roll_import_rows AS s \
         WHERE roll_records.record_id = s.record_id AND s.import_id = $1 AND s.row_no BETWEEN $2 AND $3 \
         AND s.outcome = 'changed'"
    );
    let reappear = "UPDATE roll_records SET vanished_import_id = NULL WHERE vanished_import_id IS NOT NULL AND $4 > 0 \
         AND record_id IN (SELECT s.record_id FROM roll_import_rows AS s WHERE s.import_id = $1 \
         AND s.row_no BETWEEN $2 AND $3 AND s.outcome IN ('changed', 'unchanged'))"
        .to_owned();
    let add = format!(
        "INSERT INTO roll_records (school_id, {}, created_import_id, changed_import_id, created_at_ms, updated_at_ms) \
         SELECT c.school_id, {}, $1, $1, $4, $4 FROM roll_import_rows AS s JOIN schools AS c ON c.code = s.school_code \
         WHERE s.import_id = $1 AND s.row_no BETWEEN $2 AND $3 AND s.outcome IS NULL \
         ON CONFLICT (school_id, student_no) DO NOTHING",
        columns(""),
        columns("s."),
    );
    for statement in [keep, change, reappear, add] {
        query(conn, statement)
            .bind::<BigInt, _>(import_id)
            .bind::<BigInt, _>(first_row)
            .bind::<BigInt, _>(last_row)
            .bind::<BigInt, _>(now_ms)
            .execute(conn)?;
    }
    Ok(())
}

/// Which rows an import claims to be complete for; a record in it that the file does not have has vanished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct VanishScope {
    /// Only this school.
    pub school_code: Option<String>,
    /// Only this level, normalised.
    pub level_kind: Option<String>,
    /// Only this year of expected graduation.
    pub grad_year: Option<i32>,
}

const VANISHED: &str = "is_open AND vanished_import_id IS NULL \
     AND ($2 IS NULL OR school_id IN (SELECT school_id FROM schools WHERE code = $2)) \
     AND ($3 IS NULL OR level_kind = $3) AND ($4 IS NULL OR grad_year = $4) \
     AND NOT EXISTS (SELECT 1 FROM roll_import_rows AS s JOIN schools AS c ON c.code = s.school_code \
     WHERE s.import_id = $1 AND s.student_no = roll_records.student_no AND c.school_id = roll_records.school_id)";

/// Counts the records of a scope that the file does not have.
pub fn count_vanished(conn: &mut Conn, import_id: ImportId, scope: &VanishScope) -> Result<i64> {
    let statement = typed(
        conn,
        &format!("SELECT count(*) AS count FROM roll_records WHERE {VANISHED}"),
    );
    let row: CountRow = query(conn, statement)
        .bind::<BigInt, _>(import_id)
        .bind::<Nullable<Text>, _>(&scope.school_code)
        .bind::<Nullable<Text>, _>(&scope.level_kind)
        .bind::<Nullable<Integer>, _>(scope.grad_year)
        .get_result(conn)?;
    Ok(row.count)
}

/// Marks the records of a scope that the file does not have; nothing is deleted.
pub fn mark_vanished(conn: &mut Conn, import_id: ImportId, scope: &VanishScope) -> Result<usize> {
    let statement = typed(
        conn,
        &format!("UPDATE roll_records SET vanished_import_id = $1 WHERE {VANISHED}"),
    );
    let marked = query(conn, statement)
        .bind::<BigInt, _>(import_id)
        .bind::<Nullable<Text>, _>(&scope.school_code)
        .bind::<Nullable<Text>, _>(&scope.level_kind)
        .bind::<Nullable<Integer>, _>(scope.grad_year)
        .execute(conn)?;
    Ok(marked)
}

/// PostgreSQL wants to know the type of a parameter that is only compared with NULL.
fn typed(conn: &Conn, statement: &str) -> String {
    match conn {
        Conn::Sqlite(_) => statement.to_owned(),
        Conn::Pg(_) => statement
            .replace("$2 IS NULL", "CAST($2 AS TEXT) IS NULL")
            .replace("$3 IS NULL", "CAST($3 AS TEXT) IS NULL")
            .replace("$4 IS NULL", "CAST($4 AS INTEGER) IS NULL"),
    }
}

/// Empties the staging of an import; at once where it is the only one that has any.
pub fn clear_staging(conn: &mut Conn, import_id: ImportId) -> Result<()> {
    let others: CountRow = query(
        conn,
        "SELECT count(*) AS count FROM (SELECT 1 FROM roll_import_rows WHERE import_id <> $1 LIMIT 1) AS other",
    )
    .bind::<BigInt, _>(import_id)
    .get_result(conn)?;
    if others.count > 0 {
        execute(conn, "DELETE FROM roll_import_rows WHERE import_id = $1", import_id)?;
        return Ok(());
    }
    // SQLite empties a table without a WHERE by dropping its pages.
    let statement = match conn {
        Conn::Sqlite(_) => "DELETE FROM roll_import_rows",
        Conn::Pg(_) => "TRUNCATE roll_import_rows",
    };
    query(conn, statement).execute(conn)?;
    Ok(())
}

/// A record that nobody has built upon since: no later import, no edit, no photo.
const UNTOUCHED: &str = "r.changed_import_id = $1 AND r.edited_at_ms IS NULL \
     AND NOT EXISTS (SELECT 1 FROM photos AS p WHERE p.record_id = r.record_id) \
     AND NOT EXISTS (SELECT 1 FROM batch_entries AS e WHERE e.record_id = r.record_id) \
     AND NOT EXISTS (SELECT 1 FROM recaptures AS c WHERE c.record_id = r.record_id) \
     AND NOT EXISTS (SELECT 1 FROM roll_record_versions AS v WHERE v.record_id = r.record_id AND v.import_id <> $1)";

/// Takes an import back; says how many rows were reversed and how many kept.
pub fn undo_rows(conn: &mut Conn, import_id: ImportId) -> Result<(i64, i64)> {
    let assignments = RECORD_COLUMNS
        .iter()
        .map(|column| format!("{0} = v.{0}", column.name()))
        .collect::<Vec<_>>()
        .join(", ");
    let touched = count(
        conn,
        "SELECT count(*) AS count FROM roll_records WHERE created_import_id = $1 OR record_id IN (\
         SELECT record_id FROM roll_record_versions WHERE import_id = $1)",
        import_id,
    )?;
    let deleted = execute(
        conn,
        &format!(
            "DELETE FROM roll_records WHERE created_import_id = $1 AND record_id IN (\
             SELECT r.record_id FROM roll_records AS r WHERE r.created_import_id = $1 AND {UNTOUCHED})"
        ),
        import_id,
    )?;
    let restored = execute(
        conn,
        &format!(
            "UPDATE roll_records SET {assignments}, changed_import_id = v.previous_import_id FROM roll_record_versions AS v \
             WHERE v.import_id = $1 AND v.record_id = roll_records.record_id AND roll_records.record_id IN (\
             SELECT r.record_id FROM roll_records AS r WHERE {})",
            UNTOUCHED.replace(" AND v.import_id <> $1", " AND v.import_id > $1"),
        ),
        import_id,
    )?;
    execute(
        conn,
        "UPDATE roll_records SET vanished_import_id = NULL WHERE vanished_import_id = $1",
        import_id,
    )?;
    execute(
        conn,
        "DELETE FROM roll_record_versions WHERE import_id = $1 AND record_id IN (\
         SELECT record_id FROM roll_records WHERE changed_import_id <> $1)",
        import_id,
    )?;
    let reversed = i64::try_from(deleted + restored).unwrap_or(i64::MAX);
    Ok((reversed, touched - reversed))
}

fn count(conn: &mut Conn, statement: &str, import_id: ImportId) -> Result<i64> {
    let row: CountRow = query(conn, statement).bind::<BigInt, _>(import_id).get_result(conn)?;
    Ok(row.count)
}

/// The number of the last row of the next step after `after_row`; none where no row is left.
pub fn last_row_of_step(conn: &mut Conn, import_id: ImportId, after_row: i64, rows: i64) -> Result<Option<i64>> {
    #[derive(QueryableByName)]
    struct LastRow {
        #[diesel(sql_type = Nullable<BigInt>)]
        last_row: Option<i64>,
    }
    let row: LastRow = query(
        conn,
        "SELECT max(row_no) AS last_row FROM (SELECT row_no FROM roll_import_rows \
         WHERE import_id = $1 AND row_no > $2 ORDER BY row_no LIMIT $3) AS step",
    )
    .bind::<BigInt, _>(import_id)
    .bind::<BigInt, _>(after_row)
    .bind::<BigInt, _>(rows)
    .get_result(conn)?;
    Ok(row.last_row)
}
