//! 校对: who has said nothing about their photo, who called it wrong, who called it right; and a word to the silent.

use domain::accounts::model::Role;
use domain::batches::model::MaskedStudent;
use domain::campaigns::model::Campaign;
use domain::error::Error;
use domain::id::{CampaignId, PhotoId, RecordId};
use domain::roll::queries::records::list_classes;
use domain::tickets::commands::disputes;
use domain::verdicts::commands::{Speaker, Spoken, Statement, remind_part, reopen_verdict};
use domain::verdicts::model::{DisputeReason, Given, Subject, Verdict};
use domain::verdicts::queries::progress::{Answered, AnsweredQuery, ListedAnswer, list_answers};
use poem::http::StatusCode;
use poem::web::{Form, Path, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::fields::given;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::{PAGE_ROWS, Screen, address};

const HERE: &str = "/console/verdicts";

/// `verdicts/list.html`.
#[derive(Serialize)]
pub struct VerdictListPage {
    frame: Frame,
    campaign_name: Option<String>,
    part: VerdictPart,
    answered: Answered,
    /// The parts by what was said: word and address.
    parts: Vec<(Answered, String)>,
    colleges: Vec<String>,
    classes: Vec<String>,
    rows: Vec<AnswerRow>,
    /// Whom the last press of the button reminded.
    reminded: Option<i64>,
    may_remind: bool,
    is_first: bool,
    first: String,
    next_href: Option<String>,
}

#[derive(Serialize)]
struct AnswerRow {
    record: i64,
    student: MaskedStudent,
    since: Moment,
    reason: Option<DisputeReason>,
    is_on_behalf: bool,
    has_account: bool,
    reminders: i64,
}

/// The chosen part, all of it in the address.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct VerdictPart {
    answered: Option<String>,
    college: Option<String>,
    class: Option<String>,
    after: Option<i64>,
    reminded: Option<i64>,
}

impl VerdictPart {
    fn answered(&self) -> Answered {
        self.answered
            .as_deref()
            .and_then(|word| word.parse().ok())
            .unwrap_or(Answered::Silent)
    }

    fn query(&self, campaign_id: CampaignId) -> AnsweredQuery {
        let text = |value: &Option<String>| value.as_deref().and_then(given).map(str::to_owned);
        AnsweredQuery {
            campaign_id,
            answered: self.answered(),
            college: text(&self.college),
            class_name: text(&self.class),
        }
    }

    fn address(&self, answered: Answered, after: Option<i64>, reminded: Option<i64>) -> String {
        let fields = [
            (
                "answered",
                Some(answered.to_string()).filter(|_| answered != Answered::Silent),
            ),
            ("college", self.college.clone()),
            ("class", self.class.clone()),
            ("after", after.map(|after| after.to_string())),
            ("reminded", reminded.map(|count| count.to_string())),
        ];
        address(HERE, fields)
    }
}

/// `GET /console/verdicts`.
#[handler]
pub async fn list(screen: Screen, Query(part): Query<VerdictPart>) -> Result<Response, Failure> {
    let console = screen.console(Section::Verdicts).await?;
    let (staff, now_ms) = (screen.staff()?.clone(), console.now_ms);
    let is_open = |campaign: &Campaign| campaign.require_open(now_ms).is_ok();
    let may_remind = staff.role.may_speak_for_students() && console.campaign.as_ref().is_some_and(is_open);
    let (after, college) = (part.after.map(PhotoId), part.college.clone());
    let query = console
        .campaign
        .as_ref()
        .map(|campaign| part.query(campaign.campaign_id));
    let read = screen.state.house().db.read(move |conn| {
        let rows = match &query {
            Some(query) => list_answers(conn, &staff, query, after, PAGE_ROWS)?,
            None => Vec::new(),
        };
        Ok((rows, list_classes(conn, &staff, college.as_deref())?))
    });
    let (rows, (colleges, classes)) = read.await?;
    let answered = part.answered();
    let last = rows.last().filter(|_| rows.len() == PAGE_ROWS as usize);
    let page = VerdictListPage {
        campaign_name: console.campaign.map(|campaign| campaign.name),
        frame: console.frame,
        answered,
        parts: Answered::ALL
            .iter()
            .map(|&word| (word, part.address(word, None, None)))
            .collect(),
        colleges,
        classes,
        reminded: part.reminded,
        may_remind,
        is_first: part.after.is_none(),
        first: part.address(answered, None, None),
        next_href: last.map(|row| part.address(answered, Some(row.photo_id.0), None)),
        rows: rows.into_iter().map(|row| answer_row(row, now_ms)).collect(),
        part,
    };
    screen.show("verdicts/list.html", &page)
}

fn answer_row(listed: ListedAnswer, now_ms: i64) -> AnswerRow {
    AnswerRow {
        record: listed.record_id.0,
        student: listed.student,
        since: Moment::new(listed.since_ms, now_ms),
        reason: listed.reason,
        is_on_behalf: listed.is_on_behalf,
        has_account: listed.has_account,
        reminders: listed.reminders,
    }
}

/// `POST /console/verdicts/remind`: reminds the silent of the part that the page shows.
#[handler]
pub async fn remind(screen: Screen, Form(part): Form<VerdictPart>) -> Result<Response, Failure> {
    let staff = screen.allowed("verdict.remind", Role::may_speak_for_students).await?;
    let campaign = screen.campaign().await?;
    let campaign = campaign.ok_or_else(|| Failure::status(StatusCode::NOT_FOUND))?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let query = part.query(campaign.campaign_id);
    let told = house
        .db
        .write_tx(move |conn| remind_part(conn, &staff, &query, now_ms))
        .await?;
    let told = i64::try_from(told).unwrap_or(i64::MAX);
    Ok(Redirect::see_other(part.address(Answered::Silent, None, Some(told))).into_response())
}

#[derive(Deserialize)]
struct OnBehalfForm {
    subject: Subject,
    version: i64,
    verdict: Verdict,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    remark: String,
}

/// `POST /console/records/:record_id/verdict`: a verdict for the student, from paper that they signed.
#[handler]
pub async fn on_behalf(
    screen: Screen,
    Path(record_id): Path<i64>,
    Form(form): Form<OnBehalfForm>,
) -> Result<Response, Failure> {
    let staff = screen.allowed("verdict.photo", Role::may_speak_for_students).await?;
    let given = match form.verdict {
        Verdict::Confirmed => Given::Confirmed,
        Verdict::Disputed => {
            let missing = |_| Error::invalid("reason-missing", "reason", "choose what is wrong");
            Given::Disputed(form.reason.parse().map_err(missing)?)
        }
    };
    let statement = Statement {
        record_id: RecordId(record_id),
        subject: form.subject,
        version: form.version,
        given,
        remark: form.remark,
    };
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let spoken = house
        .db
        .write_tx(move |conn| disputes::judge(conn, &sealer, &Speaker::OnBehalf(staff), &statement, now_ms));
    match spoken.await?.0 {
        Spoken::Taken => Ok(Redirect::see_other(format!("/console/records/{record_id}")).into_response()),
        Spoken::Refused(refusal) => Err(Failure::coded(StatusCode::CONFLICT, refusal.as_str())),
    }
}

#[derive(Deserialize)]
struct ReopenForm {
    subject: Subject,
    reason: String,
}

/// `POST /console/records/:record_id/reopen`: the student may say it anew.
#[handler]
pub async fn reopen(
    screen: Screen,
    Path(record_id): Path<i64>,
    Form(form): Form<ReopenForm>,
) -> Result<Response, Failure> {
    let staff = screen.changer("verdict.reopen").await?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| {
            let what = (RecordId(record_id), form.subject);
            reopen_verdict(conn, &sealer, &staff, what, &form.reason, now_ms)
        })
        .await?;
    Ok(Redirect::see_other(format!("/console/records/{record_id}")).into_response())
}
