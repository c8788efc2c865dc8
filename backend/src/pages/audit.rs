//! 审计: who did what, for the auditor alone; searched, page by page or as a file.

use chrono::NaiveDate;
use domain::accounts::model::{Role, Staff};
use domain::audit::queries::{ActQuery, ListedAct, list_actions, list_acts};
use domain::clock::{TimestampMs, start_of_day_in_shanghai};
use domain::crypto::Sealer;
use domain::error::Error;
use poem::web::Query;
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::downloads::file;
use crate::pages::fields;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::{PAGE_ROWS, Screen, address};
use crate::sheets::{Sheet, SheetKind};

/// Rows that one query of a file reads.
const ROWS_PER_READ: i64 = 2_000;
/// A file holds no more; the search narrows it.
const MOST_FILE_ROWS: usize = 200_000;

/// `audit/list.html`.
#[derive(Serialize)]
pub struct AuditPage {
    frame: Frame,
    search: SearchForm,
    actions: Vec<String>,
    rows: Vec<ActRow>,
    is_first: bool,
    first: String,
    next: Option<String>,
    download: String,
}

#[derive(Serialize)]
struct ActRow {
    at: Moment,
    actor: String,
    address: Option<String>,
    action: String,
    subject_kind: String,
    subject_id: Option<i64>,
    is_success: bool,
    /// The reason that was given, or what was before and after.
    detail: Option<String>,
}

/// The search, all of it in the address.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct SearchForm {
    actor: Option<String>,
    action: Option<String>,
    subject: Option<String>,
    number: Option<String>,
    outcome: Option<String>,
    from: Option<String>,
    to: Option<String>,
    #[serde(skip_serializing)]
    before: Option<i64>,
}

impl SearchForm {
    fn query(&self) -> Result<ActQuery, Error> {
        let given = |text: &Option<String>| text.as_deref().and_then(fields::given).map(str::to_owned);
        let number = given(&self.number).map(|text| {
            let not_a_number = |_| Error::invalid("not-a-number", "number", "the number of a thing has digits alone");
            text.parse::<i64>().map_err(not_a_number)
        });
        Ok(ActQuery {
            actor: given(&self.actor).map(|actor| actor.to_lowercase()),
            action: given(&self.action),
            subject: given(&self.subject).zip(number.transpose()?),
            is_refused: self.outcome.as_deref() == Some("refused"),
            from_ms: given(&self.from).map(|text| start_of_day(&text, "from")).transpose()?,
            before_ms: given(&self.to).map(|text| end_of_day(&text)).transpose()?,
        })
    }

    fn address(&self, path: &str, before: Option<i64>) -> String {
        let fields = [
            ("actor", self.actor.clone()),
            ("action", self.action.clone()),
            ("subject", self.subject.clone()),
            ("number", self.number.clone()),
            ("outcome", self.outcome.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("before", before.map(|number| number.to_string())),
        ];
        address(path, fields)
    }
}

fn start_of_day(text: &str, field: &'static str) -> Result<TimestampMs, Error> {
    let date: NaiveDate = text
        .parse()
        .map_err(|_| Error::invalid("not-a-date", field, "write dates as 2026-05-07"))?;
    Ok(start_of_day_in_shanghai(date))
}

fn end_of_day(text: &str) -> Result<TimestampMs, Error> {
    Ok(start_of_day(text, "to")?.saturating_add(86_400_000))
}

/// The auditor; somebody else's attempt goes into the trail.
async fn auditor(screen: &Screen) -> Result<Staff, Failure> {
    screen.allowed("audit.read", Role::may_read_audit_trail).await
}

/// `GET /console/audit`.
#[handler]
pub async fn list(screen: Screen, Query(search): Query<SearchForm>) -> Result<Response, Failure> {
    let staff = auditor(&screen).await?;
    let console = screen.console(Section::Audit).await?;
    let (query, before) = (search.query()?, search.before);
    let db = &screen.state.house().db;
    let (acts, actions) = db
        .read(move |conn| {
            let acts = list_acts(conn, &staff, &query, before, PAGE_ROWS)?;
            Ok((acts, list_actions(conn, &staff)?))
        })
        .await?;
    let last = acts.last().filter(|_| acts.len() == PAGE_ROWS as usize);
    let page = AuditPage {
        is_first: before.is_none(),
        first: search.address("/console/audit", None),
        next: last.map(|act| search.address("/console/audit", Some(act.audit_id))),
        download: search.address("/console/audit.csv", None),
        frame: console.frame,
        actions,
        rows: acts
            .into_iter()
            .map(|act| row(&screen.state.house().sealer, act, console.now_ms))
            .collect::<Result<_, _>>()?,
        search,
    };
    screen.show("audit/list.html", &page)
}

fn row(sealer: &Sealer, act: ListedAct, now_ms: TimestampMs) -> Result<ActRow, Error> {
    Ok(ActRow {
        detail: act.detail(sealer)?,
        at: Moment::new(act.at_ms, now_ms),
        actor: act.actor,
        address: act.address,
        action: act.action,
        subject_kind: act.subject_kind,
        subject_id: act.subject_id,
        is_success: act.is_success,
    })
}

const HEADINGS: [&str; 9] = [
    "序号",
    "时间",
    "人员",
    "网络地址",
    "操作",
    "对象",
    "对象编号",
    "结果",
    "说明",
];

/// `GET /console/audit.csv` and `.xlsx`: what the search finds, whole.
#[handler]
pub async fn export(screen: Screen, Query(search): Query<SearchForm>) -> Result<Response, Failure> {
    let staff = auditor(&screen).await?;
    if let Some(elsewhere) = screen.confirmation(screen.path())? {
        return Ok(elsewhere);
    }
    let (query, kind) = (search.query()?, SheetKind::of_path(screen.path()));
    let sealer = screen.state.house().sealer.clone();
    let db = &screen.state.house().db;
    let sheet = db.read(move |conn| {
        let mut sheet = Sheet::new(kind, &HEADINGS)?;
        let (mut before, mut rows) = (None, 0);
        while rows < MOST_FILE_ROWS {
            let acts = list_acts(conn, &staff, &query, before, ROWS_PER_READ)?;
            let Some(last) = acts.last() else { break };
            before = Some(last.audit_id);
            rows += acts.len();
            for act in acts {
                sheet.push(cells(&sealer, act)?)?;
            }
        }
        Ok(sheet)
    });
    file(sheet.await?, kind, "audit")
}

fn cells(sealer: &Sealer, act: ListedAct) -> Result<[String; 9], Error> {
    let detail = act.detail(sealer)?.unwrap_or_default();
    Ok([
        act.audit_id.to_string(),
        Moment::new(act.at_ms, act.at_ms).local,
        act.actor,
        act.address.unwrap_or_default(),
        act.action,
        act.subject_kind,
        act.subject_id.map(|id| id.to_string()).unwrap_or_default(),
        if act.is_success { "完成" } else { "拒绝" }.to_owned(),
        detail,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_day_in_china() {
        assert_eq!(start_of_day("2026-05-07", "from").expect("a date"), 1_778_083_200_000);
        assert_eq!(end_of_day("2026-05-07").expect("a date"), 1_778_169_600_000);
        assert_eq!(
            start_of_day("7.5.2026", "from").expect_err("no date").code(),
            "not-a-date"
        );
    }

    #[test]
    fn the_address_carries_the_search() {
        let search = SearchForm {
            actor: Some("lin@example.edu".to_owned()),
            action: Some(String::new()),
            ..SearchForm::default()
        };
        assert_eq!(
            search.address("/console/audit", Some(9)),
            "/console/audit?actor=lin%40example.edu&before=9"
        );
    }
}
