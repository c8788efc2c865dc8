//! A class on paper: whose photo is whose, for a signature.

use diesel::prelude::*;

use super::records::visible;
use crate::accounts::model::Staff;
use crate::campaigns::model::Campaign;
use crate::db::Conn;
use crate::db::schema::{batch_entries, photos, roll_records};
use crate::error::Result;
use crate::id::RecordId;

/// Students that one sheet takes; a class has fewer.
const MOST_STUDENTS: i64 = 500;

/// A student on the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetStudent {
    /// 学号.
    pub student_no: String,
    /// 姓名 in full: the student signs for it.
    pub name: String,
    /// Address of the accepted photo's thumbnail in the object store.
    pub thumbnail_sha256: Option<String>,
}

/// The enrolled students of a class, by student number, as far as the reader may see them.
pub fn list_class(
    conn: &mut Conn,
    by: &Staff,
    campaign: &Campaign,
    college: &str,
    class_name: &str,
) -> Result<Vec<SheetStudent>> {
    let mut class = visible(by);
    class = match college {
        "" => class.filter(roll_records::college.is_null()),
        college => class.filter(roll_records::college.eq(college.to_owned())),
    };
    let students: Vec<(RecordId, String, String)> = class
        .filter(roll_records::is_open.eq(true))
        .filter(roll_records::class_name.eq(class_name.to_owned()))
        .order((roll_records::student_no, roll_records::record_id))
        .limit(MOST_STUDENTS)
        .select((roll_records::record_id, roll_records::student_no, roll_records::name))
        .load(conn)?;
    let ids: Vec<RecordId> = students.iter().map(|(record_id, ..)| *record_id).collect();
    let pictures: Vec<(RecordId, Option<String>)> = photos::table
        .inner_join(batch_entries::table.on(batch_entries::entry_id.eq(photos::entry_id)))
        .filter(photos::campaign_id.eq(campaign.campaign_id))
        .filter(photos::record_id.eq_any(&ids))
        .filter(photos::state.eq("accepted"))
        .filter(photos::kind.eq("graduation"))
        .select((photos::record_id, batch_entries::thumbnail_sha256))
        .load(conn)?;
    let listed = students.into_iter().map(|(record_id, student_no, name)| SheetStudent {
        thumbnail_sha256: pictures
            .iter()
            .find(|(of, _)| *of == record_id)
            .and_then(|(_, sha256)| sha256.clone()),
        student_no,
        name,
    });
    Ok(listed.collect())
}
