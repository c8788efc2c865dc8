//! The counts of a campaign: made from the roll and its photos, and read back by pages.

use diesel::prelude::*;
use serde::Serialize;

use crate::accounts::model::Staff;
use crate::campaigns::model::Campaign;
use crate::clock::TimestampMs;
use crate::db::dialect::expected::{self as statements, ClassTally, DayTally, RuleTally};
use crate::db::schema::{campaigns, class_tallies, day_tallies, missing_records, roll_records, rule_tallies};
use crate::db::{Backend, Conn};
use crate::error::Result;
use crate::id::{CampaignId, RecordId, SchoolId};

/// Parts that one page shows; a college of more classes is looked at through the list of students.
const SHOWN_PARTS: usize = 120;
/// Days that charts over time show.
const SHOWN_DAYS: i64 = 60;

/// Everything that is counted of a campaign at a time.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Class by class.
    pub classes: Vec<ClassTally>,
    /// Day by day.
    pub days: Vec<DayTally>,
    /// Rule by rule and day.
    pub rules: Vec<RuleTally>,
    /// Records that are missing and were not when last counted.
    pub newly_missing: Vec<RecordId>,
    /// Records that were missing and are not any more.
    pub no_longer_missing: Vec<RecordId>,
}

/// Counts a campaign; looks at every record that it expects.
pub fn count(conn: &mut Conn, campaign: &Campaign) -> Result<Counted> {
    let missing = statements::list_missing_numbers(conn, campaign)?;
    let known: Vec<RecordId> = missing_records::table
        .filter(missing_records::campaign_id.eq(campaign.campaign_id))
        .order(missing_records::record_id)
        .select(missing_records::record_id)
        .load(conn)?;
    Ok(Counted {
        newly_missing: without(&missing, &known),
        no_longer_missing: without(&known, &missing),
        classes: statements::tally_classes(conn, campaign)?,
        days: statements::tally_days(conn, campaign.campaign_id)?,
        rules: statements::tally_rules(conn, campaign.campaign_id)?,
    })
}

/// The numbers of one ordered list that another does not have.
fn without(these: &[RecordId], those: &[RecordId]) -> Vec<RecordId> {
    these
        .iter()
        .filter(|number| those.binary_search(number).is_err())
        .copied()
        .collect()
}

/// The classes of the roll with their students.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Serialize)]
pub struct RollClass {
    /// The school.
    pub school_id: SchoolId,
    /// 分院; empty where the roll gives none.
    pub college: String,
    /// 班级; empty where the roll gives none.
    pub class_name: String,
    /// Its records, open and closed.
    pub students: i64,
}

/// Counts the classes of the roll.
pub fn count_classes(conn: &mut Conn) -> Result<Vec<RollClass>> {
    let rows: Vec<(SchoolId, Option<String>, Option<String>, i64)> = roll_records::table
        .group_by((roll_records::school_id, roll_records::college, roll_records::class_name))
        .select((
            roll_records::school_id,
            roll_records::college,
            roll_records::class_name,
            diesel::dsl::count_star(),
        ))
        .load(conn)?;
    let classes = rows
        .into_iter()
        .map(|(school_id, college, class_name, students)| RollClass {
            school_id,
            college: college.unwrap_or_default(),
            class_name: class_name.unwrap_or_default(),
            students,
        });
    Ok(classes.collect())
}

/// The records of a part of a campaign, by how far each has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Serialize)]
pub struct Part {
    /// The college, or the class where one college is looked at; empty where the roll gives none.
    pub name: String,
    /// Expected at all.
    pub expected: i64,
    /// Named by some delivered photo.
    pub received: i64,
    /// With a matched one.
    pub matched: i64,
    /// With none better than one in review.
    pub in_review: i64,
    /// Called right by the student.
    pub confirmed: i64,
    /// Called wrong by the student.
    pub disputed: i64,
}

/// College, class, and the counts of [`Part`] in its order.
type TallyColumns = (String, String, i64, i64, i64, i64, i64, i64);

impl Part {
    /// All of several parts together.
    pub fn sum(parts: &[Self]) -> Self {
        let mut sum = Self::default();
        for part in parts {
            sum.expected += part.expected;
            sum.received += part.received;
            sum.matched += part.matched;
            sum.in_review += part.in_review;
            sum.confirmed += part.confirmed;
            sum.disputed += part.disputed;
        }
        sum
    }
}

/// The parts that the reader may see: the colleges, or the classes of one.
pub fn list_parts(conn: &mut Conn, by: &Staff, campaign_id: CampaignId, college: Option<&str>) -> Result<Vec<Part>> {
    let mut tallies = class_tallies::table
        .filter(class_tallies::campaign_id.eq(campaign_id))
        .order((class_tallies::college, class_tallies::class_name))
        .select((
            class_tallies::college,
            class_tallies::class_name,
            class_tallies::expected,
            class_tallies::received,
            class_tallies::matched,
            class_tallies::in_review,
            class_tallies::confirmed,
            class_tallies::disputed,
        ))
        .into_boxed::<Backend>();
    if let Some(own) = &by.scope.college {
        tallies = tallies.filter(class_tallies::college.eq(own));
    }
    if let Some(own) = &by.scope.class_name {
        tallies = tallies.filter(class_tallies::class_name.eq(own));
    }
    if let Some(college) = college {
        tallies = tallies.filter(class_tallies::college.eq(college));
    }
    if !by.may_see_records() {
        return Ok(Vec::new());
    }
    let rows: Vec<TallyColumns> = tallies.load(conn)?;
    let mut parts: Vec<Part> = Vec::new();
    for (of_college, of_class, expected, received, matched, in_review, confirmed, disputed) in rows {
        let name = if college.is_some() { of_class } else { of_college };
        let part = Part {
            name,
            expected,
            received,
            matched,
            in_review,
            confirmed,
            disputed,
        };
        match parts.last_mut().filter(|last| last.name == part.name) {
            Some(last) => {
                let sum = Part::sum(&[last.clone(), part]);
                *last = Part {
                    name: std::mem::take(&mut last.name),
                    ..sum
                };
            }
            None => parts.push(part),
        }
    }
    if college.is_some() {
        parts.truncate(SHOWN_PARTS);
    }
    Ok(parts)
}

/// A day of deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = day_tallies)]
pub struct Day {
    /// Days since 1970 in China.
    pub day: i64,
    /// Photos delivered.
    pub photos: i64,
    /// Those matched.
    pub matched: i64,
    /// Those in review.
    pub in_review: i64,
    /// Those rejected.
    pub rejected: i64,
    /// Those that name nobody.
    pub unmatched: i64,
}

/// The latest days that brought something, the oldest first.
pub fn list_days(conn: &mut Conn, campaign_id: CampaignId) -> Result<Vec<Day>> {
    let mut days: Vec<Day> = day_tallies::table
        .filter(day_tallies::campaign_id.eq(campaign_id))
        .order(day_tallies::day.desc())
        .limit(SHOWN_DAYS)
        .select(Day::as_select())
        .load(conn)?;
    days.reverse();
    Ok(days)
}

/// What rules flagged on those days: day, code, photos.
pub fn list_rules(conn: &mut Conn, campaign_id: CampaignId, days: &[Day]) -> Result<Vec<(i64, String, i64)>> {
    let first = days.first().map_or(0, |day| day.day);
    Ok(rule_tallies::table
        .filter(rule_tallies::campaign_id.eq(campaign_id))
        .filter(rule_tallies::day.ge(first))
        .order((rule_tallies::code, rule_tallies::day))
        .select((rule_tallies::day, rule_tallies::code, rule_tallies::flagged))
        .load(conn)?)
}

/// When a campaign was last counted, UTC ms.
pub fn tallied_at(conn: &mut Conn, campaign_id: CampaignId) -> Result<Option<TimestampMs>> {
    Ok(campaigns::table
        .find(campaign_id)
        .select(campaigns::tallied_at_ms)
        .first(conn)?)
}
