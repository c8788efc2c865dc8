//! 学籍 records as staff find them: names masked, narrowed to what the reader may see.

use diesel::prelude::*;

use crate::accounts::model::Staff;
use crate::batches::model::MaskedStudent;
use crate::crypto::Sealer;
use crate::db::schema::{missing_records, photos, roll_classes, roll_records, schools};
use crate::db::{Backend, Conn};
use crate::error::{Error, Result};
use crate::id::{CampaignId, RecordId, SchoolId};
use crate::roll::codes::{LevelKind, RollStatus};
use crate::roll::identity;
use crate::roll::import::stage::{id_index, id_last4_index};
use crate::roll::name;

/// The records that a member of staff may see; every query of this room begins here.
pub(super) fn visible<'a>(by: &Staff) -> roll_records::BoxedQuery<'a, Backend> {
    let mut records = roll_records::table.into_boxed();
    if !by.may_see_records() {
        records = records.filter(roll_records::record_id.lt(RecordId(0)));
    }
    if let Some(school_id) = by.scope.school_id {
        records = records.filter(roll_records::school_id.eq(school_id));
    }
    if let Some(college) = by.scope.college.clone() {
        records = records.filter(roll_records::college.eq(college));
    }
    if let Some(class_name) = by.scope.class_name.clone() {
        records = records.filter(roll_records::class_name.eq(class_name));
    }
    records
}

/// What somebody typed to find people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// The beginning of a 学号, or a whole 考生号 or identity number, or the last four characters of an identity number.
    Number {
        /// What was typed.
        text: String,
        /// Its blind index as an identity number.
        id_index: Vec<u8>,
        /// Its blind index as the last four characters of one.
        last_four_index: Vec<u8>,
    },
    /// The beginning of a name, folded.
    Name(String),
    /// The first letters of a name in pinyin, lower case.
    Initials(String),
}

/// What a list of records is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordOrder {
    /// By student number.
    #[default]
    Number,
    /// By student number, the last first.
    NumberDown,
    /// By name, in the order of its characters.
    Name,
    /// By name, the last first.
    NameDown,
}

impl Search {
    /// Reads what was typed; `None` where it is blank.
    pub fn parse(sealer: &Sealer, typed: &str) -> Option<Self> {
        let text = identity::canonical_text(typed);
        if text.is_empty() {
            return None;
        }
        if (2..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Some(Self::Initials(text.to_lowercase()));
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Some(Self::Name(name::fold(typed)));
        }
        Some(Self::Number {
            id_index: id_index(sealer, &text),
            last_four_index: id_last4_index(sealer, &text),
            text,
        })
    }
}

/// How an enrolment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// However it does.
    #[default]
    Any,
    /// It can still receive a photo.
    Open,
    /// It cannot.
    Closed,
    /// One 学籍状态.
    In(RollStatus),
}

/// How a record's graduation photo stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoStanding {
    /// It has one that was accepted.
    Accepted,
    /// A campaign expects one and has none that could be accepted, as last counted.
    MissingIn(CampaignId),
}

/// Which records are wanted.
#[derive(Clone, Debug, Default)]
pub struct RecordQuery {
    /// What somebody typed.
    pub search: Option<Search>,
    /// Only those of one 分院.
    pub college: Option<String>,
    /// Only those of one 班级.
    pub class_name: Option<String>,
    /// Only those of one 层次.
    pub level: Option<LevelKind>,
    /// Only those whose enrolment stands so.
    pub standing: Standing,
    /// Only those whose photo stands so.
    pub photo: Option<PhotoStanding>,
    /// What the list is sorted by.
    pub order: RecordOrder,
}

/// A record in a list.
#[derive(Clone, Debug)]
pub struct ListedRecord {
    /// The record.
    pub record_id: RecordId,
    /// Whose it is.
    pub student: MaskedStudent,
    /// 层次.
    pub level: Option<String>,
    /// 分院.
    pub college: Option<String>,
    /// 学籍状态, as the roll says it.
    pub status: Option<String>,
    /// Whether it has an accepted photo.
    pub has_photo: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = roll_records)]
struct RecordColumns {
    record_id: RecordId,
    name: String,
    student_no: String,
    class_name: Option<String>,
    level: Option<String>,
    college: Option<String>,
    status: Option<String>,
}

type Records<'a> = roll_records::BoxedQuery<'a, Backend>;

/// A page of records in the order asked for, after one where given.
pub fn list_records(
    conn: &mut Conn,
    by: &Staff,
    query: &RecordQuery,
    after: Option<RecordId>,
    limit: i64,
) -> Result<Vec<ListedRecord>> {
    let mut records = narrowed(visible(by), query);
    if let Some(search) = &query.search {
        records = found(records, search);
    }
    if let Some(after) = after {
        records = following(conn, records, query.order, after)?;
    }
    records = match query.order {
        RecordOrder::Number => records.order((roll_records::student_no, roll_records::record_id)),
        RecordOrder::NumberDown => records.order((roll_records::student_no.desc(), roll_records::record_id.desc())),
        RecordOrder::Name => records.order((roll_records::name_folded, roll_records::record_id)),
        RecordOrder::NameDown => records.order((roll_records::name_folded.desc(), roll_records::record_id.desc())),
    };
    let rows = records.limit(limit).select(RecordColumns::as_select()).load(conn)?;
    complete(conn, rows)
}

fn narrowed<'a>(mut records: Records<'a>, query: &RecordQuery) -> Records<'a> {
    if let Some(college) = query.college.clone() {
        records = records.filter(roll_records::college.eq(college));
    }
    if let Some(class_name) = query.class_name.clone() {
        records = records.filter(roll_records::class_name.eq(class_name));
    }
    if let Some(level) = query.level {
        records = records.filter(roll_records::level_kind.eq(level.as_str()));
    }
    records = match query.standing {
        Standing::Any => records,
        Standing::Open => records.filter(roll_records::is_open.eq(true)),
        Standing::Closed => records.filter(roll_records::is_open.eq(false)),
        Standing::In(status) => records.filter(roll_records::status_kind.eq(status.as_str())),
    };
    match query.photo {
        None => records,
        Some(PhotoStanding::Accepted) => records.filter(diesel::dsl::exists(
            photos::table
                .filter(photos::record_id.eq(roll_records::record_id))
                .filter(photos::state.eq("accepted"))
                .filter(photos::kind.eq("graduation")),
        )),
        Some(PhotoStanding::MissingIn(campaign_id)) => records.filter(
            roll_records::record_id.eq_any(
                missing_records::table
                    .filter(missing_records::campaign_id.eq(campaign_id))
                    .select(missing_records::record_id),
            ),
        ),
    }
}

/// What comes after a record. The first condition of each says the same once more, so that an index gives where to begin.
fn following<'a>(conn: &mut Conn, records: Records<'a>, order: RecordOrder, after: RecordId) -> Result<Records<'a>> {
    let last: Option<(String, String)> = roll_records::table
        .find(after)
        .select((roll_records::student_no, roll_records::name_folded))
        .first(conn)
        .optional()?;
    let (number, name) = last.unwrap_or_default();
    let (same_number, same_name) = (
        roll_records::student_no.eq(number.clone()),
        roll_records::name_folded.eq(name.clone()),
    );
    let (above, below) = (roll_records::record_id.gt(after), roll_records::record_id.lt(after));
    Ok(match order {
        RecordOrder::Number => records
            .filter(roll_records::student_no.ge(number.clone()))
            .filter(roll_records::student_no.gt(number).or(same_number.and(above))),
        RecordOrder::NumberDown => records
            .filter(roll_records::student_no.le(number.clone()))
            .filter(roll_records::student_no.lt(number).or(same_number.and(below))),
        RecordOrder::Name => records
            .filter(roll_records::name_folded.ge(name.clone()))
            .filter(roll_records::name_folded.gt(name).or(same_name.and(above))),
        RecordOrder::NameDown => records
            .filter(roll_records::name_folded.le(name.clone()))
            .filter(roll_records::name_folded.lt(name).or(same_name.and(below))),
    })
}

fn found<'a>(records: Records<'a>, search: &Search) -> Records<'a> {
    match search {
        Search::Number {
            text,
            id_index,
            last_four_index,
        } => {
            let other = (roll_records::exam_no.assume_not_null().eq(text.clone()))
                .or(roll_records::id_index.assume_not_null().eq(id_index.clone()))
                .or(roll_records::id_last4_index
                    .assume_not_null()
                    .eq(last_four_index.clone()));
            let (from, to) = beginning(text);
            let begins = roll_records::student_no.ge(from).and(roll_records::student_no.lt(to));
            records.filter(begins.or(other))
        }
        Search::Initials(letters) => {
            let (from, to) = beginning(letters);
            let initials = roll_records::name_initials
                .ge(from)
                .and(roll_records::name_initials.lt(to));
            // Letters may as well begin a name that is written in them.
            let (from, to) = beginning(&name::fold(&letters.to_uppercase()));
            let written = roll_records::name_folded.ge(from).and(roll_records::name_folded.lt(to));
            records.filter(initials.or(written))
        }
        Search::Name(folded) => {
            let (from, to) = beginning(folded);
            records
                .filter(roll_records::name_folded.ge(from))
                .filter(roll_records::name_folded.lt(to))
        }
    }
}

/// What begins with a text lies from it to this; numbers and folded names are compared by their bytes.
fn beginning(text: &str) -> (String, String) {
    (text.to_owned(), format!("{text}{}", char::MAX))
}

fn complete(conn: &mut Conn, rows: Vec<RecordColumns>) -> Result<Vec<ListedRecord>> {
    let ids: Vec<RecordId> = rows.iter().map(|row| row.record_id).collect();
    let with_photo: Vec<RecordId> = photos::table
        .filter(photos::record_id.eq_any(&ids))
        .filter(photos::state.eq("accepted"))
        .filter(photos::kind.eq("graduation"))
        .select(photos::record_id)
        .load(conn)?;
    let listed = rows.into_iter().map(|row| ListedRecord {
        record_id: row.record_id,
        has_photo: with_photo.contains(&row.record_id),
        student: MaskedStudent::new(&row.name, row.student_no, row.class_name),
        level: row.level,
        college: row.college,
        status: row.status,
    });
    Ok(listed.collect())
}

/// 分院 that the reader may choose from, and the 班级 of one of them, as last counted.
pub fn list_classes(conn: &mut Conn, by: &Staff, college: Option<&str>) -> Result<(Vec<String>, Vec<String>)> {
    let mut visible = roll_classes::table
        .filter(roll_classes::college.ne(""))
        .into_boxed::<Backend>();
    if !by.may_see_records() {
        return Ok((Vec::new(), Vec::new()));
    }
    if let Some(school_id) = by.scope.school_id {
        visible = visible.filter(roll_classes::school_id.eq(school_id));
    }
    if let Some(own) = &by.scope.college {
        visible = visible.filter(roll_classes::college.eq(own));
    }
    if let Some(own) = &by.scope.class_name {
        visible = visible.filter(roll_classes::class_name.eq(own));
    }
    let rows: Vec<(String, String)> = visible
        .select((roll_classes::college, roll_classes::class_name))
        .order((roll_classes::college, roll_classes::class_name))
        .load(conn)?;
    let mut colleges: Vec<String> = rows.iter().map(|(college, _)| college.clone()).collect();
    colleges.dedup();
    let of_college = rows.into_iter().filter(|(name, _)| Some(name.as_str()) == college);
    let mut classes: Vec<String> = of_college
        .map(|(_, class_name)| class_name)
        .filter(|name| !name.is_empty())
        .collect();
    classes.dedup();
    Ok((colleges, classes))
}

/// A record's facts for its own page; name and numbers are still as stored.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = roll_records)]
pub struct Record {
    /// The record.
    pub record_id: RecordId,
    /// 学号.
    pub student_no: String,
    /// 考生号.
    pub exam_no: Option<String>,
    /// 姓名.
    pub name: String,
    /// 性别.
    pub sex: Option<String>,
    /// The sealed identity number.
    pub id_sealed: Option<Vec<u8>>,
    /// The sealed birth date, `YYYYMMDD`.
    pub birth_sealed: Option<Vec<u8>>,
    /// 层次.
    pub level: Option<String>,
    /// 专业.
    pub major_name: Option<String>,
    /// 学习形式.
    pub study_form: Option<String>,
    /// 分院.
    pub college: Option<String>,
    /// 班级.
    pub class_name: Option<String>,
    /// 入学日期.
    pub entry_date: Option<String>,
    /// 预计毕业日期.
    pub expected_graduation: Option<String>,
    /// 学籍状态.
    pub status: Option<String>,
    /// Class of the 身份核验.
    pub identity_check: Option<String>,
}

/// The record of that number with the code of its school; one that the reader may not see does not exist for them.
pub fn get_record(conn: &mut Conn, by: &Staff, record_id: RecordId) -> Result<(Record, String)> {
    let found: Option<(Record, SchoolId)> = visible(by)
        .filter(roll_records::record_id.eq(record_id))
        .select((Record::as_select(), roll_records::school_id))
        .first(conn)
        .optional()?;
    let (record, school_id) = found.ok_or_else(|| Error::not_found("record", record_id))?;
    let school_code = schools::table.find(school_id).select(schools::code).first(conn)?;
    Ok((record, school_code))
}
