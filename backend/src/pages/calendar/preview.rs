//! What a change of the calendar would move: read from a form or a file, shown before it is made.

use chrono::{Datelike as _, NaiveDate};
use domain::clock::{TimestampMs, date_in_shanghai, format_shanghai};
use domain::error::Error;
use domain::worktime::calendar::{DayName, Hours, OwnDay, Standing};
use domain::worktime::clock::Due;
use domain::worktime::import::{change_for, read_list};
use domain::worktime::model::{CalendarChange, SchoolCalendar};
use domain::worktime::preview::{DayChange, Preview, Promise, examples, preview};
use domain::worktime::queries::get_school_calendar;
use poem::http::StatusCode;
use poem::web::{Form, Multipart};
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use super::{Part, Problem, chosen, page, visible_schools};
use crate::error::Failure;
use crate::files::read_file;
use crate::intake;
use crate::pages::fields::day;
use crate::pages::frame::{Frame, Section};
use crate::pages::screen::Screen;
use crate::pages::upload::FileForm;

/// `calendar/preview.html`.
#[derive(Serialize)]
struct PreviewPage {
    frame: Frame,
    school: String,
    year: i32,
    back: String,
    version: i64,
    /// The change as the next form carries it, JSON.
    change: String,
    is_empty: bool,
    days: Vec<DayRow>,
    hours: Option<(String, String)>,
    years: Vec<(i32, bool)>,
    promises: Vec<PromiseRow>,
    moved: usize,
}

#[derive(Serialize)]
struct DayRow {
    day: String,
    weekday: u32,
    before: StandingView,
    after: StandingView,
}

#[derive(Serialize)]
struct StandingView {
    word: &'static str,
    name: Option<DayName>,
}

#[derive(Serialize)]
struct PromiseRow {
    opened: TimeView,
    before: Option<TimeView>,
    after: Option<TimeView>,
    /// Whether days may still change that it would be counted through.
    is_provisional: bool,
    /// `later`, `earlier` or `same`.
    shift: &'static str,
}

/// A time with its weekday, counted from Monday.
#[derive(Serialize)]
struct TimeView {
    local: String,
    weekday: u32,
}

impl TimeView {
    fn new(at_ms: TimestampMs) -> Self {
        Self {
            local: format_shanghai(at_ms),
            weekday: date_in_shanghai(at_ms).weekday().number_from_monday(),
        }
    }
}

impl From<&Standing> for StandingView {
    fn from(standing: &Standing) -> Self {
        Self {
            word: standing.word(),
            name: standing.name().cloned(),
        }
    }
}

impl From<&DayChange> for DayRow {
    fn from(change: &DayChange) -> Self {
        Self {
            day: change.day.to_string(),
            weekday: change.day.weekday().number_from_monday(),
            before: (&change.before).into(),
            after: (&change.after).into(),
        }
    }
}

impl From<&Promise> for PromiseRow {
    fn from(promise: &Promise) -> Self {
        let (before, after) = (promise.before.at_ms(), promise.after.at_ms());
        Self {
            opened: TimeView::new(promise.opened_ms),
            before: before.map(TimeView::new),
            after: after.map(TimeView::new),
            is_provisional: matches!(
                promise.after,
                Due::At {
                    is_provisional: true,
                    ..
                }
            ),
            shift: match before.cmp(&after) {
                std::cmp::Ordering::Less => "later",
                std::cmp::Ordering::Equal => "same",
                std::cmp::Ordering::Greater => "earlier",
            },
        }
    }
}

/// A form of the calendar's page; `what` says which.
#[derive(Default, Deserialize)]
#[serde(default)]
struct EditForm {
    school: String,
    year: String,
    what: String,
    day: String,
    until: String,
    kind: String,
    name: String,
    opens: String,
    lunch_from: String,
    lunch_until: String,
    closes: String,
}

impl EditForm {
    fn read(&self) -> Result<CalendarChange, Error> {
        let mut change = CalendarChange::default();
        match self.what.as_str() {
            "set" => {
                let (kind, name) = (self.kind.parse()?, self.name.trim().to_owned());
                let own = OwnDay { kind, name };
                change.set = self.days()?.into_iter().map(|day| (day, own.clone())).collect();
            }
            "clear" => change.clear = self.days()?.into_iter().collect(),
            "hours" => {
                let lunch = (self.lunch_from.as_str(), self.lunch_until.as_str());
                change.hours = Some(Hours::parse(&self.opens, lunch, &self.closes)?);
            }
            "declare" => change.declare = [self.year()?].into(),
            "withdraw" => change.withdraw = [self.year()?].into(),
            _ => return Err(Error::invalid("field", "what", "choose what to change")),
        }
        change.validate()?;
        Ok(change)
    }

    /// The day, or all from one to another.
    fn days(&self) -> Result<Vec<NaiveDate>, Error> {
        let missing = || Error::invalid("not-a-date", "day", "write dates as 2026-05-07");
        let from = day(&self.day, "day")?.ok_or_else(missing)?;
        let until = day(&self.until, "until")?.unwrap_or(from);
        if until < from || (until - from).num_days() > 366 {
            let advice = "name a last day that follows the first within a year";
            return Err(Error::invalid("calendar-range", "until", advice));
        }
        Ok(from.iter_days().take_while(|day| *day <= until).collect())
    }

    fn year(&self) -> Result<i32, Error> {
        let unreadable = |_| Error::invalid("field", "year", "a year has four digits");
        self.year.parse().map_err(unreadable)
    }
}

/// `POST /console/calendar/preview`.
#[handler]
pub async fn try_out(screen: Screen, Form(form): Form<EditForm>) -> Result<Response, Failure> {
    screen.changer("calendar.change").await?;
    let change = form.read()?;
    let part = Part {
        school: form.school,
        year: form.year,
    };
    let (school, standing) = current(&screen, &part).await?;
    show(&screen, &part, school, &standing, &change).await
}

/// `POST /console/calendar/import`: the days of a list; a fault in it is shown on the page, where the next try is made.
#[handler]
pub async fn import(screen: Screen, multipart: Multipart) -> Result<Response, Failure> {
    screen.changer("calendar.change").await?;
    let mut form = FileForm::read(multipart).await?;
    let part = Part {
        school: form.take("school")?,
        year: form.take("year").unwrap_or_default(),
    };
    let is_complete = form.take("complete").is_ok();
    let arrived = intake::receive(screen.state.house(), form.file).await?;
    let days = match read_file(move || read_list(arrived.path())).await? {
        Ok(days) => days,
        Err(fault @ (Error::Invalid { .. } | Error::Refused { .. })) => return refused(&screen, &part, &fault).await,
        Err(fault) => return Err(fault.into()),
    };
    let (school, standing) = current(&screen, &part).await?;
    let change = change_for(days, &standing.calendar, is_complete);
    change.validate()?;
    show(&screen, &part, school, &standing, &change).await
}

async fn refused(screen: &Screen, part: &Part, fault: &Error) -> Result<Response, Failure> {
    let problem = Problem {
        code: fault.code().to_owned(),
        row: fault.field().unwrap_or_default().to_owned(),
        message: fault.to_string(),
    };
    let mut response = page(screen, part, Some(problem)).await?;
    response.set_status(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(response)
}

/// The school's code and its calendar as it stands.
async fn current(screen: &Screen, part: &Part) -> Result<(String, SchoolCalendar), Failure> {
    let (own, code) = (screen.staff()?.scope.school_id, part.school.clone());
    let read = screen.state.house().db.read(move |conn| {
        let schools = visible_schools(conn, own)?;
        let school = chosen(&schools, &code)?.ok_or_else(|| Error::not_found("school", ""))?;
        Ok((school.code.clone(), get_school_calendar(conn, school.school_id)?))
    });
    Ok(read.await?)
}

async fn show(
    screen: &Screen,
    part: &Part,
    school: String,
    standing: &SchoolCalendar,
    change: &CalendarChange,
) -> Result<Response, Failure> {
    let console = screen.console(Section::Settings).await?;
    let old = &standing.calendar;
    let new = change.applied_to(old);
    let shown: Preview = preview(old, &new, &examples(old, &new, console.now_ms));
    let year = part.year(console.now_ms);
    let page = PreviewPage {
        frame: console.frame,
        back: Part::address(&school, year),
        school,
        year,
        version: standing.version,
        change: serde_json::to_string(change).map_err(Error::from)?,
        is_empty: shown.is_empty(),
        days: shown.days.iter().map(DayRow::from).collect(),
        hours: shown.hours.map(|(old, new)| (old.to_string(), new.to_string())),
        moved: shown.promises.iter().filter(|promise| promise.is_moved()).count(),
        promises: shown.promises.iter().map(PromiseRow::from).collect(),
        years: shown.years,
    };
    screen.show("calendar/preview.html", &page)
}
