//! 工作日历: the days and hours on which promises are counted, a year at a time; changed after a look at what that would move.

mod months;
pub mod preview;

use chrono::Datelike as _;
use domain::clock::{TimestampMs, date_in_shanghai};
use domain::db::Conn;
use domain::error::{Error, Result as DomainResult};
use domain::id::SchoolId;
use domain::schools::model::School;
use domain::schools::queries::list_schools;
use domain::tickets::commands::recount::recount_school;
use domain::worktime::calendar::{Calendar, DayKind, Hours, time_of_day};
use domain::worktime::commands::{change_calendar, may_change};
use domain::worktime::holidays::facts;
use domain::worktime::model::{CalendarChange, ListedDay, SchoolCalendar};
use domain::worktime::queries::{get_school_calendar, list_own_days};
use poem::web::{Form, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use self::months::{Month, months_of};
use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::{Screen, address};

const HERE: &str = "/console/calendar";
/// The years that can be looked at; the State Council's notices begin with 2019.
const YEARS: std::ops::RangeInclusive<i32> = 2019..=2100;

/// `calendar/show.html`.
#[derive(Serialize)]
struct CalendarPage {
    frame: Frame,
    schools: Vec<SchoolChoice>,
    /// The school's code; none in a house without schools, which shows what ships with the program.
    school: Option<String>,
    version: i64,
    may_change: bool,
    year: YearView,
    months: Vec<Month>,
    own_days: Vec<OwnDayRow>,
    hours: HoursView,
    problem: Option<Problem>,
}

#[derive(Serialize)]
struct SchoolChoice {
    code: String,
    name: String,
    is_current: bool,
}

/// The year that is shown, and why its days can be relied on or not.
#[derive(Serialize)]
struct YearView {
    year: i32,
    earlier: Option<String>,
    later: Option<String>,
    /// The notices that arrange it.
    notices: Vec<String>,
    is_declared: bool,
    is_settled: bool,
}

#[derive(Serialize)]
struct OwnDayRow {
    day: String,
    kind: DayKind,
    name: String,
    staff_name: String,
    changed: Moment,
}

#[derive(Serialize)]
struct HoursView {
    opens: String,
    lunch_from: String,
    lunch_until: String,
    closes: String,
    /// The working time of a day.
    hours: i64,
    minutes: i64,
}

/// Why a list could not be read; worded by `calendar-problem-<code>`, else as the reader of tables said it.
#[derive(Serialize)]
struct Problem {
    code: String,
    row: String,
    message: String,
}

impl From<Hours> for HoursView {
    fn from(hours: Hours) -> Self {
        let (lunch_from, lunch_until) = hours.lunch().unzip();
        let minutes = hours.day_ms() / 60_000;
        Self {
            opens: time_of_day(hours.opens()),
            lunch_from: lunch_from.map(time_of_day).unwrap_or_default(),
            lunch_until: lunch_until.map(time_of_day).unwrap_or_default(),
            closes: time_of_day(hours.closes()),
            hours: minutes / 60,
            minutes: minutes % 60,
        }
    }
}

impl OwnDayRow {
    fn new(row: ListedDay, now_ms: TimestampMs) -> Self {
        Self {
            day: row.day,
            kind: row.kind,
            name: row.name,
            staff_name: row.changed_by,
            changed: Moment::new(row.changed_at_ms, now_ms),
        }
    }
}

/// Which school's calendar, of which year: all of it in the address, and in every form.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Part {
    #[serde(default)]
    school: String,
    #[serde(default)]
    year: String,
}

impl Part {
    fn address(school: &str, year: i32) -> String {
        let fields = [("school", Some(school.to_owned())), ("year", Some(year.to_string()))];
        address(HERE, fields)
    }

    fn year(&self, now_ms: TimestampMs) -> i32 {
        let this_year = date_in_shanghai(now_ms).year();
        let asked = self.year.parse().ok().filter(|year| YEARS.contains(year));
        asked.unwrap_or(this_year)
    }
}

/// The schools that somebody may see who works for one, or for all.
pub(super) fn visible_schools(conn: &mut Conn, own: Option<SchoolId>) -> DomainResult<Vec<School>> {
    let schools = list_schools(conn)?.into_iter();
    Ok(schools
        .filter(|school| own.is_none_or(|own| own == school.school_id))
        .collect())
}

/// The school of that code among those; without a code the first, and none where there is none.
fn chosen<'a>(schools: &'a [School], code: &str) -> DomainResult<Option<&'a School>> {
    if code.is_empty() {
        return Ok(schools.first());
    }
    let found = schools.iter().find(|school| school.code == code);
    found.map(Some).ok_or_else(|| Error::not_found("school", ""))
}

/// `GET /console/calendar`.
#[handler]
pub async fn show(screen: Screen, Query(part): Query<Part>) -> Result<Response, Failure> {
    page(&screen, &part, None).await
}

/// The page, with why a list was refused where one was.
async fn page(screen: &Screen, part: &Part, problem: Option<Problem>) -> Result<Response, Failure> {
    let console = screen.console(Section::Settings).await?;
    let (staff, now_ms) = (screen.staff()?.clone(), console.now_ms);
    let (own, code) = (staff.scope.school_id, part.school.clone());
    let (schools, school, standing, own_days) = screen
        .state
        .house()
        .db
        .read(move |conn| {
            let schools = visible_schools(conn, own)?;
            let Some(school) = chosen(&schools, &code)?.cloned() else {
                let shipped = SchoolCalendar {
                    version: 0,
                    calendar: Calendar::default(),
                };
                return Ok((schools, None, shipped, Vec::new()));
            };
            let standing = get_school_calendar(conn, school.school_id)?;
            let own_days = list_own_days(conn, school.school_id)?;
            Ok((schools, Some(school), standing, own_days))
        })
        .await?;
    let (year, calendar) = (part.year(now_ms), &standing.calendar);
    let code = school.as_ref().map(|school| school.code.clone());
    let of_year = own_days
        .into_iter()
        .filter(|row| row.day.starts_with(&format!("{year}-")));
    let page = CalendarPage {
        may_change: school.is_some_and(|school| may_change(&staff, school.school_id).is_ok()),
        version: standing.version,
        year: YearView::new(calendar, code.as_deref().unwrap_or_default(), year),
        months: months_of(calendar, year, date_in_shanghai(now_ms)),
        own_days: of_year.map(|row| OwnDayRow::new(row, now_ms)).collect(),
        hours: calendar.hours.into(),
        schools: choices(schools, code.as_deref()),
        school: code,
        frame: console.frame,
        problem,
    };
    screen.show("calendar/show.html", &page)
}

fn choices(schools: Vec<School>, current: Option<&str>) -> Vec<SchoolChoice> {
    let choice = |school: School| SchoolChoice {
        is_current: current == Some(school.code.as_str()),
        code: school.code,
        name: school.name,
    };
    schools.into_iter().map(choice).collect()
}

impl YearView {
    fn new(calendar: &Calendar, school: &str, year: i32) -> Self {
        let href = |year: i32| YEARS.contains(&year).then(|| Part::address(school, year));
        Self {
            year,
            earlier: href(year - 1),
            later: href(year + 1),
            notices: facts().notices(year).unwrap_or_default().to_vec(),
            is_declared: calendar.declared_years.contains(&year),
            is_settled: calendar.is_settled(year),
        }
    }
}

#[derive(Deserialize)]
struct ChangeForm {
    #[serde(flatten)]
    part: Part,
    #[serde(default)]
    version: String,
    /// The change as the preview wrote it, JSON.
    #[serde(default)]
    change: String,
}

/// `POST /console/calendar`: makes the change that was looked at.
#[handler]
pub async fn change(screen: Screen, Form(form): Form<ChangeForm>) -> Result<Response, Failure> {
    let staff = screen.changer("calendar.change").await?;
    let unreadable = || Error::invalid("field", "change", "look at the change again before it is made");
    let change: CalendarChange = serde_json::from_str(&form.change).map_err(|_| unreadable())?;
    let version: i64 = form.version.parse().map_err(|_| unreadable())?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let (code, own) = (form.part.school.clone(), staff.scope.school_id);
    house
        .db
        .write_tx(move |conn| {
            let schools = visible_schools(conn, own)?;
            let school = chosen(&schools, &code)?.ok_or_else(|| Error::not_found("school", ""))?;
            change_calendar(conn, &sealer, &staff, school.school_id, (version, &change), now_ms)?;
            // What was promised is counted by the calendar that holds now.
            recount_school(conn, school.school_id)
        })
        .await?;
    let back = Part::address(&form.part.school, form.part.year(now_ms));
    Ok(Redirect::see_other(back).into_response())
}
