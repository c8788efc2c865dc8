//! What contradicts within a file and with the roll: every rule a statement over all rows of an import.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{Ledger, execute};
use crate::db::Conn;
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::ImportId;
use crate::roll::identity::IdFault;
use crate::roll::import::row::ENDS_IN_ZEROS;
use crate::roll::model::ImportKind;

/// Rows that repeat an earlier row word for word count once.
const MARK_REPEATED: &str = "UPDATE roll_import_rows SET outcome = 'repeated' WHERE import_id = $1 AND EXISTS (\
     SELECT 1 FROM roll_import_rows AS twin WHERE twin.import_id = $1 AND twin.{key} = roll_import_rows.{key} \
     AND twin.school_code = roll_import_rows.school_code AND twin.content_hash = roll_import_rows.content_hash \
     AND twin.row_no < roll_import_rows.row_no) \
     AND {key} IN (SELECT {key} FROM roll_import_rows WHERE import_id = $1 GROUP BY {key} HAVING count(*) > 1)";

/// A rule on several rows at once: which rows contradict each other, under which code, and what people are told.
struct ClashRule {
    code: &'static str,
    column: &'static str,
    message: &'static str,
    /// Query of the clashing rows: `row_no`, `is_self_consistent` and a `party` that the rows of one clash share.
    rows: &'static str,
}

/// Different rows under one key.
const KEY_TWICE: &str = "SELECT row_no, is_self_consistent, {key} || ' ' || school_code AS party FROM roll_import_rows \
     WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' AND ({key}, school_code) IN (\
     SELECT {key}, school_code FROM roll_import_rows WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' \
     GROUP BY {key}, school_code HAVING count(*) > 1)";

const STUDENT_NO_TWICE: ClashRule = ClashRule {
    code: "student-no-twice",
    column: "学号",
    message: "同一学号在文件中出现于内容不同的多行，请更正后重新导入",
    rows: KEY_TWICE,
};

const ADMITTED_TWICE: ClashRule = ClashRule {
    code: "exam-no-twice",
    column: "考生号",
    message: "同一考生号在文件中出现于内容不同的多行，请更正后重新导入",
    rows: KEY_TWICE,
};

const EXAM_NO_TWICE: ClashRule = ClashRule {
    code: "exam-no-twice",
    column: "考生号",
    message: "同一考生号在文件中属于不同学号的多行，请更正后重新导入",
    rows: "SELECT row_no, is_self_consistent, exam_no AS party FROM roll_import_rows \
           WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' AND exam_no IN (\
           SELECT exam_no FROM roll_import_rows WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' \
           AND exam_no IS NOT NULL GROUP BY exam_no HAVING min(student_no) <> max(student_no))",
};

const ID_UNDER_TWO_NAMES: ClashRule = ClashRule {
    code: "id-under-two-names",
    column: "证件号码",
    message: "同一证件号码在文件中对应不同姓名，请核对证件后更正",
    rows: "SELECT row_no, is_self_consistent, id_index AS party FROM roll_import_rows \
           WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' AND name_folded NOT LIKE '%?%' AND id_index IN (\
           SELECT id_index FROM roll_import_rows WHERE import_id = $1 AND outcome IS DISTINCT FROM 'repeated' \
           AND id_index IS NOT NULL AND name_folded NOT LIKE '%?%' \
           GROUP BY id_index HAVING min(name_folded) <> max(name_folded))",
};

const EXAM_NO_OF_ANOTHER: ClashRule = ClashRule {
    code: "exam-no-of-another-record",
    column: "考生号",
    message: "该考生号在学籍库中属于另一学号，请核对后更正",
    rows: "SELECT s.row_no FROM roll_import_rows AS s JOIN roll_records AS r ON r.exam_no = s.exam_no \
           JOIN schools AS c ON c.school_id = r.school_id AND c.code = s.school_code \
           WHERE s.import_id = $1 AND (s.outcome IS NULL OR s.outcome = 'changed') AND r.student_no <> s.student_no \
           AND NOT EXISTS (SELECT 1 FROM roll_import_rows AS own WHERE own.import_id = $1 \
           AND own.student_no = r.student_no AND own.school_code = c.code)",
};

const ID_OF_ANOTHER_NAME: ClashRule = ClashRule {
    code: "id-under-two-names",
    column: "证件号码",
    message: "该证件号码在库中属于另一姓名，请核对证件后更正",
    rows: "SELECT s.row_no FROM roll_import_rows AS s JOIN {records} AS r ON r.id_index = s.id_index \
           JOIN schools AS c ON c.school_id = r.school_id AND c.code = s.school_code \
           WHERE s.import_id = $1 AND (s.outcome IS NULL OR s.outcome = 'changed') AND r.name_folded <> s.name_folded \
           AND r.name_folded NOT LIKE '%?%' AND s.name_folded NOT LIKE '%?%' \
           AND NOT EXISTS (SELECT 1 FROM roll_import_rows AS own WHERE own.import_id = $1 \
           AND own.{key} = r.{key} AND own.school_code = c.code)",
};

/// The class of the 身份核验 is about somebody who is enrolled; a list of classes adds nobody.
const NOT_IN_ROLL: ClashRule = ClashRule {
    code: "not-in-roll",
    column: "学号",
    message: "学籍库中没有该学号，请先导入学籍再导入身份核验结果",
    rows: "SELECT row_no FROM roll_import_rows WHERE import_id = $1 AND outcome IS NULL",
};

const OTHER_SCHOOL: ClashRule = ClashRule {
    code: "other-school",
    column: "院校代码",
    message: "该行院校代码与文件中多数行不同，已导入该院校名下，请确认",
    rows: "SELECT row_no FROM roll_import_rows WHERE import_id = $1 AND school_code <> (\
           SELECT school_code FROM roll_import_rows WHERE import_id = $1 GROUP BY school_code \
           ORDER BY count(*) DESC, school_code LIMIT 1)",
};

const STUDENT_NO_LENGTH: ClashRule = ClashRule {
    code: "student-no-length",
    column: "学号",
    message: "该学号长度与文件中几乎所有学号不同，可能丢失了数字，请确认",
    rows: "SELECT row_no FROM roll_import_rows WHERE import_id = $1 AND length(student_no) <> (\
           SELECT length(student_no) FROM roll_import_rows WHERE import_id = $1 GROUP BY length(student_no) \
           HAVING count(*) * 10 >= 9 * (SELECT count(*) FROM roll_import_rows WHERE import_id = $1))",
};

const LOCKED_FIELD_CHANGED: ClashRule = ClashRule {
    code: "locked-field-changed",
    column: "姓名",
    message: "姓名或证件号码与学籍库不同：此类更正须经省级审核，请确认本文件来自审核后的数据",
    rows: concat!(
        "SELECT s.row_no FROM roll_import_rows AS s JOIN roll_records AS r ON r.record_id = s.record_id \
         WHERE s.import_id = $1 AND s.outcome = 'changed' \
         AND (r.id_index IS DISTINCT FROM s.id_index OR r.name_folded <> s.name_folded AND NOT (",
        fits_lost_name!("s.name_folded", "r.name_folded"),
        "))"
    ),
};

/// The rules that a file of one kind is held to.
struct Rules {
    /// Rows that add what must be known already.
    strangers: &'static [ClashRule],
    /// Rows of the file that contradict each other.
    in_file: &'static [ClashRule],
    /// Rows that contradict a record which the file does not have.
    with_records: &'static [ClashRule],
    /// What is odd and imported all the same.
    warnings: &'static [ClashRule],
}

impl Rules {
    fn of(kind: ImportKind) -> Self {
        match kind {
            ImportKind::Roll => Self {
                strangers: &[],
                in_file: &[STUDENT_NO_TWICE, EXAM_NO_TWICE, ID_UNDER_TWO_NAMES],
                with_records: &[EXAM_NO_OF_ANOTHER, ID_OF_ANOTHER_NAME],
                warnings: &[OTHER_SCHOOL, STUDENT_NO_LENGTH, LOCKED_FIELD_CHANGED],
            },
            ImportKind::Admission => Self {
                strangers: &[],
                in_file: &[ADMITTED_TWICE, ID_UNDER_TWO_NAMES],
                with_records: &[ID_OF_ANOTHER_NAME],
                warnings: &[OTHER_SCHOOL],
            },
            // A list of classes brings no field but the class.
            ImportKind::IdentityCheck => Self {
                strangers: &[NOT_IN_ROLL],
                in_file: &[STUDENT_NO_TWICE],
                with_records: &[],
                warnings: &[],
            },
        }
    }
}

/// A spreadsheet that rounds one number rounds the whole column, and one rounded number in twenty passes every check by chance:
/// where more than a hundredth of a file's numbers were rounded, none that ends in zeros is believed.
const DISTRUST_ZEROS: &str = "UPDATE roll_import_issues SET severity = 'error', code = $3, message = $4 \
     WHERE import_id = $1 AND code = $2 AND (SELECT count(*) FROM roll_import_issues AS lost WHERE lost.import_id = $1 \
     AND lost.code = $3) * 100 > (SELECT rows_total FROM roll_imports WHERE roll_imports.import_id = $1)";

/// PostgreSQL plans by what it counted last, before these rows were staged, and would compare each of them with all of them.
fn count_for_the_planner(conn: &mut Conn, ledger: Ledger) -> Result<()> {
    if let Conn::Pg(_) = conn {
        query(conn, ledger.spell("ANALYSE roll_import_rows, {records}")).execute(conn)?;
    }
    Ok(())
}

/// Finds what contradicts across rows and with the roll, writes the issues and marks the rows that may not be applied.
///
/// Where exactly one row of a clash agrees with itself (birth date and sex with the number, entry year with the exam number) the
/// others are in error; otherwise nobody can tell which is right and all of them are.
pub fn judge_rows(conn: &mut Conn, import_id: ImportId, kind: ImportKind) -> Result<()> {
    let (ledger, rules) = (Ledger::of(kind), Rules::of(kind));
    count_for_the_planner(conn, ledger)?;
    execute(conn, &ledger.spell(MARK_REPEATED), import_id)?;
    for rule in rules.strangers {
        insert_issues(conn, import_id, rule, rule.rows, "error")?;
    }
    for rule in rules.in_file {
        let rows = format!(
            "SELECT row_no FROM (SELECT row_no, is_self_consistent, \
             sum(CASE WHEN is_self_consistent THEN 1 ELSE 0 END) OVER (PARTITION BY party) AS consistent \
             FROM ({}) AS clash) AS weighed WHERE NOT (is_self_consistent AND consistent = 1)",
            ledger.spell(rule.rows)
        );
        insert_issues(conn, import_id, rule, &rows, "error")?;
    }
    for rule in rules.with_records {
        let rows = format!("SELECT DISTINCT row_no FROM ({}) AS clash", ledger.spell(rule.rows));
        insert_issues(conn, import_id, rule, &rows, "error")?;
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
    for rule in rules.warnings {
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
