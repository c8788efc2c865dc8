//! Which column is which: headings in Chinese, pinyin initials and English, and an explicit mapping on top.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::table::{RawCell, RawRow};
use crate::roll::name::{fold_width, is_invisible};

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $heading:literal [$($alias:literal),* $(,)?]),+ $(,)?) => {
        /// A column that a roll or a manifest may have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Field { $($(#[$doc])* $variant),+ }

        impl Field {
            /// Every column, in the order of the interchange file.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The heading in which people know the column.
            pub fn heading(self) -> &'static str {
                match self { $(Self::$variant => $heading),+ }
            }

            /// The column of a folded heading.
            fn of_folded(folded: &str) -> Option<Self> {
                $(if [$heading, $($alias),*].contains(&folded) { return Some(Self::$variant); })+
                None
            }
        }
    };
}

fields! {
    /// 考生号.
    ExamNo = "考生号" ["考生号码", "准考证号", "考生编号", "报名号", "ksh", "examno", "examnumber", "exam"],
    /// 学号.
    StudentNo = "学号" ["学籍号", "xh", "studentno", "studentnumber", "studentid", "number"],
    /// 姓名.
    Name = "姓名" ["名字", "学生姓名", "考生姓名", "xm", "name", "fullname", "studentname"],
    /// 性别.
    Sex = "性别" ["xb", "sex", "gender"],
    /// 出生日期.
    BirthDate = "出生日期" ["出生年月日", "出生年月", "生日", "csrq", "birthdate", "birthday", "dateofbirth", "dob"],
    /// 证件类型.
    IdKind = "证件类型" ["身份证件类型", "证件类别", "zjlx", "zjlxm", "idtype", "documenttype"],
    /// 证件号码.
    IdNumber = "证件号码" ["身份证号", "身份证号码", "身份证", "证件号", "身份证件号", "身份证件号码", "sfzh", "sfzjh", "zjhm", "idnumber", "idno", "documentnumber"],
    /// 民族.
    Ethnicity = "民族" ["mz", "ethnicity", "nation"],
    /// 院校代码.
    SchoolCode = "院校代码" ["学校代码", "院校代号", "yxdm", "xxdm", "schoolcode"],
    /// 院校名称.
    SchoolName = "院校名称" ["学校名称", "院校", "学校", "yxmc", "xxmc", "schoolname", "school"],
    /// 层次.
    Level = "层次" ["培养层次", "学历层次", "cc", "level"],
    /// 专业代码.
    MajorCode = "专业代码" ["zydm", "majorcode"],
    /// 专业名称.
    MajorName = "专业名称" ["专业", "zymc", "major", "majorname"],
    /// 学制.
    Duration = "学制" ["xz", "duration", "years"],
    /// 学习形式.
    StudyForm = "学习形式" ["xxxs", "studyform"],
    /// 学历类别, as 普通高等教育 or 成人高等教育.
    StudyCategory = "学历类别" ["教育类别", "xllb", "studycategory"],
    /// 分院.
    College = "分院" ["学院", "院系", "学院名称", "fy", "college", "faculty"],
    /// 系所.
    Department = "系所" ["系", "系(所、函授站)", "系所函授站", "函授站", "xsh", "department"],
    /// 班级.
    ClassName = "班级" ["班号", "班", "行政班", "bh", "bj", "class", "classname"],
    /// 入学日期.
    EntryDate = "入学日期" ["入学时间", "rxrq", "entrydate", "enrolled"],
    /// 预计毕业日期.
    ExpectedGraduation = "预计毕业日期" ["预计毕业时间", "毕业日期", "yjbyrq", "expectedgraduation", "graduation"],
    /// 学籍状态.
    Status = "学籍状态" ["状态", "xjzt", "status"],
    /// 备注, which carries the class of the 身份核验 in lists of enrolled students.
    Remark = "备注" ["bz", "remark", "remarks", "note", "身份核验", "身份核验结果"],
    /// 文件名, of manifests.
    FileName = "文件名" ["照片文件名", "文件名称", "照片", "图片", "照片名", "wjm", "file", "filename", "photo", "image", "采集码", "采集编号", "唯一号", "唯一码", "code", "codeid"],
    /// 采集时间, of manifests.
    CapturedAt = "采集时间" ["拍摄时间", "拍摄日期", "采集日期", "capturedat", "capturedate"],
    /// 证件后四位, of manifests in code mode.
    IdLastFour = "证件后四位" ["身份证后四位", "证件号码后四位", "后四位", "lastfour", "last4"],
}

impl Field {
    /// The column that people know by a heading of ours.
    pub fn of_heading(heading: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.heading() == heading)
    }

    /// Whether only a delivery's manifest has such a column.
    pub fn is_for_manifests(self) -> bool {
        matches!(self, Self::FileName | Self::CapturedAt | Self::IdLastFour)
    }
}

/// A heading without spaces, brackets' contents kept, half width, lower case.
pub fn fold_heading(text: &str) -> String {
    fold_width(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c) && !matches!(c, '*' | '_' | '-' | ':' | '"'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// What people say about a file beyond its headings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// Heading as the file spells it, to the column it is.
    pub columns: BTreeMap<String, Field>,
    /// Headings whose columns are passed over, whatever they seem to be.
    pub ignored: Vec<String>,
    /// Whether numbers that are no document's may stand where there is none.
    pub allow_placeholder_ids: bool,
    /// School of rows that name none; five digits.
    pub default_school_code: Option<String>,
}

/// Where each known column stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderMap {
    places: BTreeMap<Field, usize>,
    width: usize,
}

impl HeaderMap {
    /// Reads a row as headings; none where fewer than two columns are known.
    pub fn of(row: &RawRow, mapping: &Mapping) -> Option<Self> {
        let mapped: BTreeMap<String, Field> = mapping
            .columns
            .iter()
            .map(|(heading, field)| (fold_heading(heading), *field))
            .collect();
        let ignored: Vec<String> = mapping.ignored.iter().map(|heading| fold_heading(heading)).collect();
        let mut places = BTreeMap::new();
        for (place, cell) in row.cells.iter().enumerate() {
            let Some(text) = cell.text() else { continue };
            let folded = fold_heading(text);
            if ignored.contains(&folded) {
                continue;
            }
            let without_bracket = folded.split(['(', '[']).next().unwrap_or(&folded).to_owned();
            let field = mapped
                .get(&folded)
                .copied()
                .or_else(|| Field::of_folded(&folded))
                .or_else(|| Field::of_folded(&without_bracket));
            if let Some(field) = field {
                places.entry(field).or_insert(place);
            }
        }
        (places.len() >= 2).then_some(Self {
            places,
            width: row.cells.len(),
        })
    }

    /// Where a column stands.
    pub fn place(&self, field: Field) -> Option<usize> {
        self.places.get(&field).copied()
    }

    /// Whether the file has the column.
    pub fn has(&self, field: Field) -> bool {
        self.places.contains_key(&field)
    }

    /// The columns the heading row has, known or not.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The cell of a column in a row.
    pub fn cell<'a>(&self, row: &'a RawRow, field: Field) -> &'a RawCell {
        self.place(field)
            .and_then(|place| row.cells.get(place))
            .unwrap_or(&RawCell::Empty)
    }
}
