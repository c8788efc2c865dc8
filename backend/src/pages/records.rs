//! 学籍 records: finding people, and one person's page with everything that happened. What was typed to find somebody never stands
//! in an address, since it may be a name or an identity number.

pub mod paper;
pub mod person;
pub mod sheet;
pub mod timeline;

use domain::id::{CampaignId, RecordId};
use domain::roll::codes::{LevelKind, RollStatus};
use domain::roll::queries::records::{
    ListedRecord, PhotoStanding, RecordOrder, RecordQuery, Search, Standing, list_classes, list_records,
};
use poem::web::{Form, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::screen::{PAGE_ROWS, Screen, address};
use crate::pages::sorting::Sort;
use crate::pages::views::Views;

/// `records/list.html`.
#[derive(Serialize)]
pub struct RecordListPage {
    frame: Frame,
    filter: Filter,
    colleges: Vec<String>,
    /// Those of the college that was chosen.
    classes: Vec<String>,
    levels: &'static [LevelKind],
    statuses: &'static [RollStatus],
    is_search: bool,
    is_cut: bool,
    rows: Vec<RecordRow>,
    is_first: bool,
    first: String,
    next: Option<String>,
    csv: String,
    xlsx: String,
    sorts: Vec<Sort>,
    views: Views,
}

#[derive(Serialize)]
struct RecordRow {
    record_id: i64,
    student: domain::batches::model::MaskedStudent,
    level: Option<String>,
    college: Option<String>,
    status: Option<String>,
    has_photo: bool,
}

/// The chosen part of the roll, all of it in the address.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct Filter {
    college: Option<String>,
    class: Option<String>,
    level: Option<String>,
    standing: Option<String>,
    photo: Option<String>,
    sort: Option<String>,
    after: Option<i64>,
}

impl Filter {
    /// The part of the roll that it means; a photo is missing in the campaign that is chosen.
    pub fn query(&self, campaign_id: Option<CampaignId>) -> RecordQuery {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        RecordQuery {
            search: None,
            college: given(&self.college),
            class_name: given(&self.class),
            level: self.level.as_deref().and_then(|word| word.parse().ok()),
            // Whoever opens the list looks for somebody who is enrolled.
            standing: match self.standing.as_deref() {
                Some("all") => Standing::Any,
                Some("closed") => Standing::Closed,
                word => word
                    .and_then(|word| word.parse().ok())
                    .map_or(Standing::Open, Standing::In),
            },
            photo: match self.photo.as_deref() {
                Some("accepted") => Some(PhotoStanding::Accepted),
                Some("missing") => campaign_id.map(PhotoStanding::MissingIn),
                _ => None,
            },
            order: match self.sort.as_deref() {
                Some("-number") => RecordOrder::NumberDown,
                Some("name") => RecordOrder::Name,
                Some("-name") => RecordOrder::NameDown,
                _ => RecordOrder::Number,
            },
        }
    }

    fn sorts(&self) -> Vec<Sort> {
        let now = self.sort.as_deref().unwrap_or("number");
        let sorted = |word: String| {
            let turned = Self {
                sort: Some(word),
                ..self.clone()
            };
            turned.address(None)
        };
        ["name", "number"].map(|name| Sort::new(name, now, sorted)).into()
    }

    fn address(&self, after: Option<i64>) -> String {
        self.address_of("/console/records", after)
    }

    fn address_of(&self, path: &str, after: Option<i64>) -> String {
        let fields = [
            ("college", self.college.clone()),
            ("class", self.class.clone()),
            ("level", self.level.clone()),
            ("standing", self.standing.clone()),
            ("photo", self.photo.clone()),
            ("sort", self.sort.clone()),
            ("after", after.map(|record_id| record_id.to_string())),
        ];
        address(path, fields)
    }
}

/// `GET /console/records`.
#[handler]
pub async fn list(screen: Screen, Query(filter): Query<Filter>) -> Result<Response, Failure> {
    let campaign = screen.campaign().await?;
    let query = filter.query(campaign.map(|campaign| campaign.campaign_id));
    page(&screen, filter, query).await
}

/// What somebody typed.
#[derive(Deserialize)]
struct SearchForm {
    q: String,
}

/// `POST /console/records`: finds; goes straight to the person where there is only one.
#[handler]
pub async fn search(screen: Screen, Form(form): Form<SearchForm>) -> Result<Response, Failure> {
    let house = screen.state.house();
    let Some(search) = Search::parse(&house.sealer, &form.q) else {
        return Ok(Redirect::see_other("/console/records").into_response());
    };
    let query = RecordQuery {
        search: Some(search),
        ..RecordQuery::default()
    };
    page(&screen, Filter::default(), query).await
}

async fn page(screen: &Screen, filter: Filter, query: RecordQuery) -> Result<Response, Failure> {
    let house = screen.state.house();
    let staff = screen.staff()?.clone();
    let is_search = query.search.is_some();
    let after = filter.after.map(RecordId);
    let reader = staff.clone();
    let records = house
        .db
        .read(move |conn| list_records(conn, &reader, &query, after, PAGE_ROWS))
        .await?;
    if let ([only], true) = (records.as_slice(), is_search) {
        return Ok(Redirect::see_other(format!("/console/records/{}", only.record_id)).into_response());
    }
    let college = filter.college.clone();
    let read = house
        .db
        .read(move |conn| list_classes(conn, &staff, college.as_deref()));
    let (colleges, classes) = read.await?;
    let is_full = records.len() == PAGE_ROWS as usize;
    let last = records.last().map(|record| record.record_id.0);
    let page = RecordListPage {
        frame: screen.console(Section::Records).await?.frame,
        colleges,
        classes,
        levels: LevelKind::ALL,
        statuses: RollStatus::ALL,
        is_search,
        is_cut: is_search && is_full,
        is_first: filter.after.is_none(),
        first: filter.address(None),
        next: last
            .filter(|_| is_full && !is_search)
            .map(|after| filter.address(Some(after))),
        views: Views::of(screen, "/console/records", filter.address(None)).await?,
        sorts: filter.sorts(),
        csv: filter.address_of("/console/records.csv", None),
        xlsx: filter.address_of("/console/records.xlsx", None),
        rows: records.into_iter().map(row).collect(),
        filter,
    };
    screen.show("records/list.html", &page)
}

fn row(record: ListedRecord) -> RecordRow {
    RecordRow {
        record_id: record.record_id.0,
        student: record.student,
        level: record.level,
        college: record.college,
        status: record.status,
        has_photo: record.has_photo,
    }
}
