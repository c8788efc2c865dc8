//! One photo under review: large, beside the pictures it is compared with, with everything that was measured.

use domain::audit::{self, Act};
use domain::batches::commands::decisions;
use domain::batches::model::{Decision, MaskedStudent, Verdict};
use domain::batches::queries::review::{Case, Side, SideKind, get_case, list_queue};
use domain::error::Error;
use domain::id::EntryId;
use domain::photos::finding::FindingCode;
use poem::web::{Form, Path, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use super::{QUEUE, QueueQuery};
use crate::error::Failure;
use crate::pages::entry_rows::FindingLine;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::pictures::Signer;
use crate::pages::screen::{Screen, local_path};

/// `review/case.html`.
#[derive(Serialize)]
pub struct CasePage {
    frame: Frame,
    entry_id: i64,
    batch_id: i64,
    verdict: Verdict,
    photo: Option<String>,
    student: Option<MaskedStudent>,
    captured: Option<String>,
    findings: Vec<FindingLine>,
    sides: Vec<SideView>,
    decision: Option<DecisionNote>,
    reasons: Vec<&'static str>,
    queue: String,
    here: String,
    next: Option<String>,
    refused: Option<String>,
}

#[derive(Serialize)]
struct SideView {
    entry_id: i64,
    /// Worded by `case-side-<kind>`.
    kind: &'static str,
    photo: Option<String>,
    student: Option<MaskedStudent>,
    is_pair: bool,
    is_same_picture: Option<bool>,
}

#[derive(Serialize)]
struct DecisionNote {
    decision: Decision,
    decided_by: String,
    at: Moment,
}

/// `GET /console/review/:entry_id`. Who looked at a photo in full is in the audit trail.
#[handler]
pub async fn show(
    screen: Screen,
    Path(entry_id): Path<i64>,
    Query(query): Query<QueueQuery>,
) -> Result<Response, Failure> {
    let console = screen.console(Section::Review).await?;
    let (house, staff, now_ms) = (screen.state.house(), screen.staff()?, console.now_ms);
    let (entry_id, email, part) = (EntryId(entry_id), staff.email.clone(), query.clone());
    let look = house.db.write_tx(move |conn| {
        let case = get_case(conn, entry_id)?;
        audit::append(conn, &Act::new("photo.view", "entry", entry_id).by(&email), now_ms)?;
        let next = list_queue(conn, &part.within(case.campaign_id), Some(entry_id), 1)?.pop();
        Ok((case, next.map(|next| next.entry_id)))
    });
    let (case, next) = look.await?;
    let signer = Signer::new(house, staff.staff_id, now_ms);
    let page = page(case, &query, next, &signer, console.frame, now_ms);
    screen.show("review/case.html", &page)
}

fn page(
    case: Case,
    query: &QueueQuery,
    next: Option<EntryId>,
    signer: &Signer<'_>,
    frame: Frame,
    now_ms: i64,
) -> CasePage {
    let reason = query.reason.as_deref();
    let address = |entry_id: EntryId| query.address(&format!("{QUEUE}/{entry_id}"), reason, None);
    let sign = |sha256: Option<String>| sha256.map(|sha256| signer.standard(&sha256));
    CasePage {
        frame,
        entry_id: case.entry.entry_id.0,
        batch_id: case.batch_id.0,
        verdict: case.entry.verdict,
        photo: sign(case.standard_sha256),
        student: case.entry.student,
        captured: case.captured_at.map(|at| at.replace('T', " ")),
        findings: case.entry.findings.into_iter().map(FindingLine::new).collect(),
        sides: case.sides.into_iter().map(|side| view(side, &sign)).collect(),
        decision: case.decision.map(|standing| DecisionNote {
            decision: standing.decision,
            decided_by: standing.decided_by,
            at: Moment::new(standing.decided_at_ms, now_ms),
        }),
        reasons: FindingCode::DECIDABLE.iter().map(|code| code.as_str()).collect(),
        queue: query.address(QUEUE, reason, None),
        here: address(case.entry.entry_id),
        next: next.map(address),
        refused: query.why.clone(),
    }
}

fn view(side: Side, sign: &impl Fn(Option<String>) -> Option<String>) -> SideView {
    SideView {
        entry_id: side.entry_id.0,
        kind: match side.kind {
            SideKind::Other(code) => code,
            SideKind::Previous => "previous",
            SideKind::Admission => "admission",
        },
        is_pair: matches!(side.kind, SideKind::Other(code) if FindingCode::COPIES.contains(&code)),
        photo: sign(side.standard_sha256),
        student: side.student,
        is_same_picture: side.is_same_picture,
    }
}

/// A decision on a pair.
#[derive(Deserialize)]
struct PairForm {
    first: i64,
    second: i64,
    answer: String,
    back: String,
}

/// `POST /console/review/pairs`: says for ever whether two photos are the same picture.
#[handler]
pub async fn decide_pair(screen: Screen, Form(form): Form<PairForm>) -> Result<Response, Failure> {
    let staff = screen.changer("pair.decide").await?;
    let is_same_picture = match form.answer.as_str() {
        "same" => true,
        "different" => false,
        _ => return Err(Error::invalid("unknown-word", "answer", "say `same` or `different`").into()),
    };
    let (house, now_ms) = (screen.state.house(), screen.state.house().clock.now_ms());
    let (pair, sealer) = ((EntryId(form.first), EntryId(form.second)), house.sealer.clone());
    house
        .db
        .write_tx(move |conn| decisions::decide_pair(conn, &sealer, &staff, pair, is_same_picture, now_ms))
        .await?;
    Ok(Redirect::see_other(local_path(&form.back).unwrap_or(QUEUE)).into_response())
}
