//! What is known of each of a person's enrolments: the roll's row, its photos and what was said about it, in one statement.

use std::cmp::Reverse;

use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};

use super::PersonKey;
use crate::batches::model::BatchKind;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::conn::inside;
use crate::db::prepared::{prepared, value};
use crate::db::schema::{
    batch_entries, campaigns, entry_findings, photos, roll_records, schools, student_sessions, students, verdicts,
};
use crate::error::Result;
use crate::id::{CampaignId, PhotoId, RecordId, SchoolId};
use crate::photos::finding::FindingCode;
use crate::students::queries::{ONE_COUNT, SessionRow};
use crate::verdicts::model::{DisputeReason, ShownPhoto, StandingVerdict, Subject, Verdict};

/// The columns of the roll that decide, and those by which a person tells their enrolments apart.
#[derive(Queryable, Selectable)]
#[diesel(table_name = roll_records)]
pub struct Row {
    /// The record.
    pub record_id: RecordId,
    /// Its school.
    pub school_id: SchoolId,
    /// The name, as the roll has it.
    pub name: String,
    /// 学号.
    pub student_no: String,
    /// 层次, as the roll has it.
    pub level: Option<String>,
    /// 专业.
    pub major_name: Option<String>,
    /// 分院.
    pub college: Option<String>,
    /// 层次, normalised.
    pub level_kind: Option<String>,
    /// Year of expected graduation.
    pub grad_year: Option<i32>,
    /// Whether it can still receive a photo.
    pub is_open: bool,
    /// What 身份核验 gave, where it was no pass.
    pub identity_check: Option<String>,
    /// The import that changed it last: the version of its data.
    pub changed_import_id: i64,
}

/// An accepted photo.
pub struct Photo {
    kind: BatchKind,
    /// Its version.
    pub photo_id: PhotoId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    standard_sha256: Option<String>,
    /// When its campaign is frozen.
    pub freeze_at_ms: Option<TimestampMs>,
    /// Whether it was taken too long ago.
    pub is_too_old: bool,
}

impl Photo {
    /// What the student may look at, where it was standardised.
    pub fn shown(&self) -> Option<ShownPhoto> {
        Some(ShownPhoto {
            photo_id: self.photo_id,
            campaign_id: self.campaign_id,
            standard_sha256: self.standard_sha256.clone()?,
        })
    }
}

/// A verdict that was not opened again.
struct Said {
    subject: Subject,
    version: i64,
    standing: StandingVerdict,
}

/// One enrolment, before it is decided where it stands.
pub struct KnownEnrolment {
    /// The roll's row.
    pub row: Row,
    /// Name of its school.
    pub school: String,
    photos: Vec<Photo>,
    said: Vec<Said>,
}

impl KnownEnrolment {
    /// Its accepted photo of a kind.
    pub fn photo(&self, kind: BatchKind) -> Option<&Photo> {
        self.photos.iter().find(|photo| photo.kind == kind)
    }

    /// What was said about a version of its photo or of its data.
    pub fn verdict_on(&self, subject: Subject, version: i64) -> Option<StandingVerdict> {
        let fits = |one: &&Said| one.subject == subject && one.version == version;
        self.said.iter().find(fits).map(|one| one.standing.clone())
    }

    fn add(&mut self, photo: Option<PhotoColumns>, of_photo: OfPhotoColumns, said: Option<SaidColumns>) {
        if let Some((kind, photo_id, campaign_id, state)) = photo
            && state == "accepted"
            && !self.photos.iter().any(|known| known.photo_id == photo_id)
        {
            let (standard_sha256, freeze_at_ms, old) = of_photo;
            self.photos.push(Photo {
                kind,
                photo_id,
                campaign_id,
                standard_sha256,
                freeze_at_ms,
                is_too_old: old.is_some(),
            });
        }
        if let Some((subject, version, verdict, reason, given_at_ms, is_on_behalf)) = said {
            let standing = StandingVerdict {
                verdict,
                reason,
                given_at_ms,
                is_on_behalf,
            };
            self.said.push(Said {
                subject,
                version,
                standing,
            });
        }
    }
}

type PhotoColumns = (BatchKind, PhotoId, CampaignId, String);
type OfPhotoColumns = (Option<String>, Option<TimestampMs>, Option<i64>);
type SaidColumns = (Subject, i64, Verdict, Option<DisputeReason>, TimestampMs, bool);
/// One of a record's photos with what belongs to that, and one of the verdicts on the record.
type FactColumns = (Option<PhotoColumns>, OfPhotoColumns, Option<SaidColumns>);

/// Joins photos and what was said about them to a source of records. A row comes for every pair of a photo and a verdict.
///
/// Photos of every state are asked for, since PostgreSQL, before it has counted the rows, takes the accepted ones for few and reads them all.
macro_rules! with_facts {
    ($records:expr) => {
        $records
            .left_join(photos::table.on(photos::record_id.eq(roll_records::record_id)))
            .left_join(batch_entries::table.on(batch_entries::entry_id.eq(photos::entry_id)))
            .left_join(campaigns::table.on(campaigns::campaign_id.eq(photos::campaign_id)))
            .left_join(entry_findings::table.on(is_old_photo()))
            .left_join(verdicts::table.on(is_standing()))
    };
}

/// The one value of `with_facts`.
const OLD: &str = FindingCode::Old.as_str();

#[auto_type]
fn is_old_photo() -> _ {
    let code: &'static str = OLD;
    entry_findings::entry_id
        .eq(photos::entry_id)
        .and(entry_findings::code.eq(code))
}

#[auto_type]
fn is_standing() -> _ {
    verdicts::record_id
        .eq(roll_records::record_id)
        .and(verdicts::reopened_at_ms.is_null())
}

#[auto_type]
fn facts() -> _ {
    let photo = (photos::kind, photos::photo_id, photos::campaign_id, photos::state);
    let of_photo = (
        batch_entries::standard_sha256.nullable(),
        campaigns::freeze_at_ms.nullable(),
        entry_findings::finding_id.nullable(),
    );
    let said = (
        verdicts::subject,
        verdicts::version,
        verdicts::verdict,
        verdicts::reason,
        verdicts::given_at_ms,
        verdicts::is_on_behalf,
    );
    (photo.nullable(), of_photo, said.nullable())
}

/// The enrolments under a person's number, those that go on first; whatever the roll's name for them.
pub fn list_known(conn: &mut Conn, person: &PersonKey) -> Result<Vec<KnownEnrolment>> {
    let asked = with_facts!(roll_records::table.inner_join(schools::table))
        .filter(roll_records::id_index.eq(&person.id_index))
        .filter(roll_records::vanished_import_id.is_null());
    let rows: Vec<(Row, String, FactColumns)> = inside!(conn, |conn| {
        let columns = (Row::as_select(), schools::name, facts());
        let values = (value::<Text, _>(OLD), value::<Binary, _>(person.id_index.as_slice()));
        prepared(asked.select(columns), values).load(conn)?
    });
    Ok(gather(rows))
}

/// A session, good or not, and the enrolments under its account's number as `list_known` has them: on PostgreSQL every statement is a way
/// there and back, which costs as much as asking.
pub fn list_known_of_session(
    conn: &mut Conn,
    token_hash: &[u8; 32],
) -> Result<Option<(SessionRow, Vec<KnownEnrolment>)>> {
    let own = roll_records::id_index
        .eq(students::id_index)
        .and(roll_records::vanished_import_id.is_null());
    let records = student_sessions::table
        .inner_join(students::table)
        .left_join(roll_records::table.on(own))
        .left_join(schools::table.on(schools::school_id.eq(roll_records::school_id)));
    let asked = with_facts!(records).filter(student_sessions::token_hash.eq(token_hash.as_slice()));
    type Columns = (SessionRow, Option<Row>, Option<String>, FactColumns);
    let rows: Vec<Columns> = inside!(conn, |conn| {
        let school = schools::name.nullable();
        let columns = (SessionRow::as_select(), Option::<Row>::as_select(), school, facts());
        let values = (
            value::<BigInt, _>(ONE_COUNT),
            value::<Text, _>(OLD),
            value::<Binary, _>(token_hash.as_slice()),
        );
        prepared(asked.select(columns), values).load(conn)?
    });
    let mut session = None;
    let of_records = rows.into_iter().filter_map(|(of_session, row, school, facts)| {
        session = Some(of_session);
        Some((row?, school?, facts))
    });
    let known = gather(of_records);
    Ok(session.map(|session| (session, known)))
}

/// Rows of the same record become one enrolment; those that go on come first. Ordered here: a database that orders them copies every column
/// of every row once more, for one row most of the time.
fn gather(rows: impl IntoIterator<Item = (Row, String, FactColumns)>) -> Vec<KnownEnrolment> {
    let mut known: Vec<KnownEnrolment> = Vec::new();
    for (row, school, (photo, of_photo, said)) in rows {
        let record_id = row.record_id;
        let mut one = match known.iter().position(|one| one.row.record_id == record_id) {
            Some(place) => known.swap_remove(place),
            None => KnownEnrolment {
                row,
                school,
                photos: Vec::new(),
                said: Vec::new(),
            },
        };
        one.add(photo, of_photo, said);
        known.push(one);
    }
    known.sort_unstable_by_key(|one| Reverse((one.row.is_open, one.row.record_id)));
    known
}
