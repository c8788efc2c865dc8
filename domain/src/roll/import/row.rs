//! One row of a roll file: from cells to a typed row, with what is wrong and what is odd about it.

pub(crate) mod date;
mod document;

use chrono::{Datelike, NaiveDate};

use self::date::{ReadDate, parse_date};
use super::header::{Field, HeaderMap, Mapping};
use super::table::{RawCell, RawRow};
use crate::roll::codes::{self, LevelKind, RollStatus, Sex};
use crate::roll::identity::IdNumber;
use crate::roll::model::{ImportKind, RowIssue};
use crate::roll::name;

/// A row of the roll, read and checked on its own.
#[derive(Clone, Debug, Default)]
pub struct RollRow {
    /// Its number in the file, as people count.
    pub row_no: i64,
    /// School code, five digits; none where the file has no such column.
    pub school_code: Option<String>,
    /// School name.
    pub school_name: Option<String>,
    /// 学号.
    pub student_no: String,
    /// 考生号.
    pub exam_no: Option<String>,
    /// 姓名, as shown.
    pub name: String,
    /// 性别.
    pub sex: Option<Sex>,
    /// The document.
    pub id_number: Option<IdNumber>,
    /// 出生日期.
    pub birth_date: Option<NaiveDate>,
    /// 民族.
    pub ethnicity: Option<String>,
    /// 层次, as the file has it.
    pub level: Option<String>,
    /// 层次, normalised.
    pub level_kind: Option<LevelKind>,
    /// 专业代码.
    pub major_code: Option<String>,
    /// 专业名称.
    pub major_name: Option<String>,
    /// 学制.
    pub duration_years: Option<String>,
    /// 学习形式.
    pub study_form: Option<String>,
    /// 学历类别.
    pub study_category: Option<String>,
    /// 分院.
    pub college: Option<String>,
    /// 系所.
    pub department: Option<String>,
    /// 班级.
    pub class_name: Option<String>,
    /// 入学日期.
    pub entry_date: Option<NaiveDate>,
    /// 预计毕业日期.
    pub expected_graduation: Option<NaiveDate>,
    /// 学籍状态, as the file has it.
    pub status: Option<String>,
    /// 备注.
    pub remark: Option<String>,
    /// Whether number, birth date, sex and entry year agree with each other and the name is whole.
    pub is_self_consistent: bool,
}

/// What became of a row.
#[derive(Clone, Debug, Default)]
pub struct ParsedRow {
    /// The row, where it can be imported.
    pub row: Option<RollRow>,
    /// Why it cannot.
    pub errors: Vec<RowIssue>,
    /// What is odd about it.
    pub warnings: Vec<RowIssue>,
}

/// What rows are read by.
#[derive(Clone, Debug)]
pub struct RowRules<'a> {
    /// What the file brings.
    pub kind: ImportKind,
    /// Where the columns stand.
    pub header: &'a HeaderMap,
    /// What people said about the file.
    pub mapping: &'a Mapping,
    /// The day against which no birth may lie in the future.
    pub today: NaiveDate,
}

/// Said of a sound number that a spreadsheet may have rounded; in a file full of rounded ones it is an error.
pub const ENDS_IN_ZEROS: &str = "id-ends-in-zeros";

/// The longest text taken into a column other than the name.
const MAX_TEXT_CHARACTERS: usize = 200;

struct Reader<'a> {
    rules: &'a RowRules<'a>,
    raw: &'a RawRow,
    parsed: ParsedRow,
}

/// Reads one row.
pub fn parse_row(rules: &RowRules<'_>, raw: &RawRow) -> ParsedRow {
    let mut reader = Reader {
        rules,
        raw,
        parsed: ParsedRow::default(),
    };
    reader.check_width();
    if reader.is_total_row() {
        reader.warn(Field::Name, "total-row", "该行像是合计行，未导入");
        return reader.parsed;
    }
    let row = reader.read();
    if reader.parsed.errors.is_empty() {
        reader.parsed.row = row;
    }
    reader.parsed
}

impl Reader<'_> {
    fn issue(&self, field: Field, code: &str, message: &str) -> RowIssue {
        RowIssue {
            row: i64::try_from(self.raw.row_no).unwrap_or(i64::MAX),
            column: field.heading().to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }

    fn fail(&mut self, field: Field, code: &str, message: &str) {
        let issue = self.issue(field, code, message);
        self.parsed.errors.push(issue);
    }

    fn warn(&mut self, field: Field, code: &str, message: &str) {
        let issue = self.issue(field, code, message);
        self.parsed.warnings.push(issue);
    }

    fn check_width(&mut self) {
        let filled = self
            .raw
            .cells
            .iter()
            .rposition(|cell| !cell.is_blank())
            .map_or(0, |last| last + 1);
        if filled > self.rules.header.width() {
            self.warn(Field::Remark, "row-too-long", "该行比表头多出单元格，多出的内容未导入");
        }
    }

    fn is_total_row(&self) -> bool {
        let mut texts = self.raw.cells.iter().filter_map(RawCell::text).map(str::trim);
        let filled = self.raw.cells.iter().filter(|cell| !cell.is_blank()).count();
        filled <= 4
            && texts.any(|text| text.starts_with("合计") || text.starts_with("总计") || text.starts_with("共计"))
    }

    /// The text of a cell. Cells that lost something are reported and read as empty.
    fn text(&mut self, field: Field) -> Option<String> {
        let raw = self.raw;
        let cell = self.rules.header.cell(raw, field);
        let text = self.text_of(field, cell)?;
        (!text.trim().is_empty()).then_some(text)
    }

    fn text_of(&mut self, field: Field, cell: &RawCell) -> Option<String> {
        match cell {
            RawCell::Empty => None,
            RawCell::Text(text) | RawCell::Number(text) => Some(text.clone()),
            RawCell::Date(at) => Some(at.format("%Y%m%d").to_string()),
            RawCell::Boolean(value) => Some(if *value { "TRUE" } else { "FALSE" }.to_owned()),
            RawCell::CutText(text) => {
                self.warn(field, "cell-cut-character", "该字段末尾的汉字被截断，请补全");
                Some(text.clone())
            }
            RawCell::Formula(result) => {
                self.warn(field, "cell-formula", "该单元格是公式，已取其结果，请核对");
                self.text_of(field, result)
            }
            RawCell::LostDigits => {
                self.fail(
                    field,
                    "cell-lost-digits",
                    "该单元格被存成数字，末尾数字已丢失；请以文本格式重新导出",
                );
                None
            }
            RawCell::FormulaWithoutResult => {
                self.fail(
                    field,
                    "cell-formula-without-value",
                    "该单元格是没有结果的公式；请打开文件重新计算后保存",
                );
                None
            }
            RawCell::Error => {
                self.fail(field, "cell-error", "该单元格是错误值（如 #N/A）；请更正");
                None
            }
        }
    }

    /// A short text without control characters and spaces around.
    fn short(&mut self, field: Field) -> Option<String> {
        let text = self.text(field)?;
        let clean: String = text
            .chars()
            .filter(|c| !name::is_invisible(*c))
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let clean = clean.trim_matches(|c: char| c.is_whitespace() || c == '\'').to_owned();
        if clean.chars().count() > MAX_TEXT_CHARACTERS {
            self.fail(field, "cell-too-long", "该单元格内容过长，请检查");
            return None;
        }
        (!clean.is_empty()).then_some(clean)
    }

    /// A number kept as text: half width, without spaces.
    fn code(&mut self, field: Field) -> Option<String> {
        let text = self.short(field)?;
        let code: String = name::fold_width(&text)
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .to_uppercase();
        if code.contains("E+") {
            self.fail(
                field,
                "cell-lost-digits",
                "该单元格显示为科学计数，数字已丢失；请以文本格式重新导出",
            );
            return None;
        }
        if !code.chars().all(|c| c.is_alphanumeric() || c == '-') || code.len() > 32 {
            self.fail(field, "code-shape", "该编号含不应有的字符或过长，请更正");
            return None;
        }
        Some(code)
    }

    fn date(&mut self, field: Field) -> Option<NaiveDate> {
        let text = self.short(field)?;
        match parse_date(&text) {
            Some(ReadDate::Plain(date)) => Some(date),
            Some(ReadDate::Serial(date)) => {
                self.warn(field, "date-serial", "日期被存成表格软件的序号，已换算，请核对");
                Some(date)
            }
            None => {
                self.fail(field, "date-impossible", "日期不存在或格式无法识别，请用 YYYYMMDD");
                None
            }
        }
    }

    fn read(&mut self) -> Option<RollRow> {
        let mut row = RollRow {
            row_no: i64::try_from(self.raw.row_no).unwrap_or(i64::MAX),
            is_self_consistent: true,
            ..RollRow::default()
        };
        self.read_keys(&mut row);
        if self.rules.kind == ImportKind::IdentityCheck {
            // Only the class is taken over, so nothing else of the row can stand in the way.
            row.remark = self.short(Field::Remark);
            return Some(row);
        }
        self.read_person(&mut row);
        self.read_study(&mut row);
        self.check_dates(&mut row);
        Some(row)
    }

    fn read_keys(&mut self, row: &mut RollRow) {
        if self.rules.kind != ImportKind::Admission {
            match self.code(Field::StudentNo) {
                Some(student_no) => row.student_no = student_no,
                None => self.require(Field::StudentNo, "student-no-missing", "缺少学号，请补填"),
            }
        }
        row.exam_no = self.code(Field::ExamNo);
        if self.rules.kind == ImportKind::Admission && row.exam_no.is_none() {
            self.require(Field::ExamNo, "exam-no-missing", "缺少考生号，请补填");
        }
        if row
            .exam_no
            .as_ref()
            .is_some_and(|exam_no| !matches!(exam_no.len(), 9 | 10 | 14 | 15 | 18))
        {
            self.warn(
                Field::ExamNo,
                "exam-no-length",
                "考生号一般为 14 位，请确认没有丢失数字",
            );
        }
        row.school_name = self.short(Field::SchoolName);
        row.school_code = self
            .code(Field::SchoolCode)
            .or_else(|| self.rules.mapping.default_school_code.clone());
        let is_code = |code: &String| code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit());
        if row.school_code.as_ref().is_some_and(|code| !is_code(code)) {
            self.fail(Field::SchoolCode, "school-code", "院校代码应为 5 位数字，请更正");
        }
    }

    /// Reports a missing value, unless its cell was reported already.
    fn require(&mut self, field: Field, code: &str, message: &str) {
        if !self.parsed.errors.iter().any(|issue| issue.column == field.heading()) {
            self.fail(field, code, message);
        }
    }

    fn read_person(&mut self, row: &mut RollRow) {
        let raw_name = self.text(Field::Name).unwrap_or_default();
        for fault in name::faults(&raw_name) {
            if fault.is_error() {
                self.require(Field::Name, fault.code(), fault.message());
            } else {
                row.is_self_consistent = false;
                self.warn(Field::Name, fault.code(), fault.message());
            }
        }
        row.name = name::display(&raw_name);
        if let Some(word) = self.short(Field::Sex) {
            row.sex = Sex::of(&word);
            if row.sex.is_none() {
                self.warn(Field::Sex, "sex-unknown", "性别无法识别，请用 男 或 女");
            }
        }
        row.birth_date = self.date(Field::BirthDate);
        row.ethnicity = self.short(Field::Ethnicity).map(|word| codes::ethnicity(&word));
        self.read_document(row);
    }

    fn read_study(&mut self, row: &mut RollRow) {
        row.level = self.short(Field::Level);
        row.level_kind = row.level.as_deref().and_then(LevelKind::of);
        if row.level.is_some() && row.level_kind.is_none() {
            self.warn(Field::Level, "level-unknown", "层次不在已知范围内，请确认");
        }
        row.major_code = self.code(Field::MajorCode);
        row.major_name = self.short(Field::MajorName);
        row.duration_years = self.short(Field::Duration);
        row.study_form = self.short(Field::StudyForm);
        row.study_category = self.short(Field::StudyCategory);
        row.college = self.short(Field::College);
        row.department = self.short(Field::Department);
        row.class_name = self.short(Field::ClassName);
        row.entry_date = self.date(Field::EntryDate);
        row.expected_graduation = self.date(Field::ExpectedGraduation);
        row.status = self.short(Field::Status);
        if row
            .status
            .as_deref()
            .is_some_and(|word| RollStatus::of(word) == RollStatus::Unknown)
        {
            self.warn(Field::Status, "status-unknown", "学籍状态不在已知范围内，请确认");
        }
        if row.status.is_none() && self.rules.header.has(Field::Status) && self.rules.kind == ImportKind::Roll {
            self.require(Field::Status, "status-missing", "缺少学籍状态，请补填");
        }
        row.remark = self.short(Field::Remark);
    }

    fn check_dates(&mut self, row: &mut RollRow) {
        if let (Some(entry), Some(graduation)) = (row.entry_date, row.expected_graduation)
            && graduation <= entry
        {
            self.fail(
                Field::ExpectedGraduation,
                "graduation-before-entry",
                "预计毕业日期早于入学日期，请更正",
            );
        }
        if let (Some(exam_no), Some(entry)) = (&row.exam_no, row.entry_date)
            && exam_no.len() == 14
            && exam_no.get(..2) != Some(&format!("{:02}", entry.year().rem_euclid(100)))
        {
            row.is_self_consistent = false;
        }
    }
}
