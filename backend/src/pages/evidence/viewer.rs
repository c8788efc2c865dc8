//! The viewer: pages as pictures under addresses that are signed for one reader and good for five minutes. Every look is in the audit trail;
//! auditors see that a piece exists and who looked at it, and no picture.

use domain::accounts::model::Staff;
use domain::audit::queries::{ActQuery, list_acts};
use domain::clock::TimestampMs;
use domain::crypto::Purpose;
use domain::db::Conn;
use domain::evidence::commands::look::{Looked, Wish, look, see_that_it_exists};
use domain::evidence::model::{Evidence, EvidenceState, StoredPage};
use domain::evidence::queries::list_pages;
use domain::id::{EvidenceId, TicketId};
use domain::tickets::model::Hand;
use poem::http::{StatusCode, header};
use poem::web::{Path, Query};
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::evidence::read_page;
use crate::house::House;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::Screen;

/// Signs addresses of pages.
const PAGE_ADDRESS: Purpose = Purpose::new("evidence-address");
/// Long enough to read a scan; whoever needs longer opens the viewer again, and is seen to.
const GOOD_FOR_MS: i64 = 5 * 60_000;
/// Looks that are listed.
const MOST_LOOKS: i64 = 200;

/// `evidence/show.html`.
#[derive(Serialize)]
struct EvidencePage {
    frame: Frame,
    ticket: i64,
    number: i64,
    what: String,
    state: EvidenceState,
    by: String,
    at: Moment,
    pages: Vec<ShownPage>,
    /// Who looked; for auditors alone.
    looks: Option<Vec<LookRow>>,
    deletion_code: Option<String>,
}

/// A page of a piece.
#[derive(Serialize)]
pub(in crate::pages) struct ShownPage {
    number: i64,
    address: String,
    width: i64,
    height: i64,
}

#[derive(Serialize)]
struct LookRow {
    at: Moment,
    actor: String,
    address: Option<String>,
    action: String,
    is_success: bool,
    detail: Option<String>,
}

/// `GET /console/tickets/:ticket_id/evidence/:evidence_id`.
#[handler]
pub async fn show(screen: Screen, Path((ticket_id, evidence_id)): Path<(i64, i64)>) -> Result<Response, Failure> {
    let wish = wish_for(ticket_id, evidence_id, None);
    let staff = screen.staff()?.clone();
    if staff.role.may_read_audit_trail() {
        return show_looks(&screen, staff, wish).await;
    }
    if staff.role.may_reveal()
        && let Some(confirmation) = screen.confirmation(screen.path())?
    {
        return Ok(confirmation);
    }
    let house = screen.state.house();
    let (sealer, now_ms, viewer) = (house.sealer.clone(), house.clock.now_ms(), staff.clone());
    let seen = house.db.write_tx(move |conn| {
        Ok(match look(conn, &sealer, Hand::Staff(&viewer), wish, now_ms)? {
            Looked::Allowed(piece) => Some((list_pages(conn, wish.evidence_id)?, piece)),
            Looked::Refused => None,
        })
    });
    let (stored, piece) = seen.await?.ok_or_else(|| Failure::status(StatusCode::FORBIDDEN))?;
    let reader = format!("staff {}", staff.staff_id);
    let path = format!("/console/tickets/{ticket_id}/evidence/{evidence_id}");
    let pages = pages_of(house, &reader, &path, &piece, &stored, now_ms);
    show_page(&screen, piece, pages, None).await
}

async fn show_looks(screen: &Screen, staff: Staff, wish: Wish) -> Result<Response, Failure> {
    let house = screen.state.house();
    let read = house.db.read(move |conn| {
        let piece = see_that_it_exists(conn, &staff, wish)?;
        Ok((piece, looks_at(conn, &staff, wish.evidence_id)?))
    });
    let (piece, acts) = read.await?;
    let now_ms = house.clock.now_ms();
    let rows = acts.into_iter().map(|act| {
        Ok(LookRow {
            at: Moment::new(act.at_ms, now_ms),
            detail: act.detail(&house.sealer)?,
            actor: act.actor,
            address: act.address,
            action: act.action,
            is_success: act.is_success,
        })
    });
    let looks = rows.collect::<Result<Vec<_>, domain::Error>>()?;
    show_page(screen, piece, Vec::new(), Some(looks)).await
}

fn looks_at(
    conn: &mut Conn,
    by: &Staff,
    evidence_id: EvidenceId,
) -> domain::Result<Vec<domain::audit::queries::ListedAct>> {
    let query = ActQuery {
        subject: Some(("evidence".to_owned(), evidence_id.0)),
        ..ActQuery::default()
    };
    list_acts(conn, by, &query, None, MOST_LOOKS)
}

async fn show_page(
    screen: &Screen,
    piece: Evidence,
    pages: Vec<ShownPage>,
    looks: Option<Vec<LookRow>>,
) -> Result<Response, Failure> {
    let console = screen.console(Section::Tickets).await?;
    let page = EvidencePage {
        ticket: piece.ticket_id.0,
        number: piece.evidence_id.0,
        what: piece.what,
        state: piece.state,
        by: piece.uploaded_by,
        at: Moment::new(piece.uploaded_at_ms, console.now_ms),
        pages,
        looks,
        deletion_code: piece.deletion_code,
        frame: console.frame,
    };
    screen.show("evidence/show.html", &page)
}

/// The pages of a piece that can be looked at, each with its address for one reader. `path` is that of the viewer.
pub(in crate::pages) fn pages_of(
    house: &House,
    reader: &str,
    path: &str,
    piece: &Evidence,
    stored: &[StoredPage],
    now_ms: TimestampMs,
) -> Vec<ShownPage> {
    if piece.state != EvidenceState::Ready {
        return Vec::new();
    }
    let shown = stored.iter().map(|page| {
        let number = page.number;
        let message = message(reader, piece.evidence_id, number);
        let key = house.sealer.sign(PAGE_ADDRESS, &message, now_ms + GOOD_FOR_MS);
        ShownPage {
            number,
            address: format!("{path}/pages/{number}?key={key}"),
            width: page.width_px,
            height: page.height_px,
        }
    });
    shown.collect()
}

fn message(reader: &str, evidence_id: EvidenceId, number: i64) -> Vec<u8> {
    format!("{reader} {evidence_id} {number}").into_bytes()
}

/// The signature of an address.
#[derive(Deserialize)]
pub(in crate::pages) struct Signature {
    key: String,
}

/// `GET /console/tickets/:ticket_id/evidence/:evidence_id/pages/:number?key=…`.
#[handler]
pub async fn picture(
    screen: Screen,
    Path((ticket_id, evidence_id, number)): Path<(i64, i64, i64)>,
    Query(signature): Query<Signature>,
) -> Result<Response, Failure> {
    let staff = screen.staff()?.clone();
    let reader = format!("staff {}", staff.staff_id);
    let wish = wish_for(ticket_id, evidence_id, Some(number));
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let looked = house
        .db
        .write_tx(move |conn| look(conn, &sealer, Hand::Staff(&staff), wish, now_ms));
    send_page(house, looked.await?, &reader, number, &signature).await
}

/// A page for whoever may look, under an address that was signed for them. A shared computer keeps nobody's papers.
pub(in crate::pages) async fn send_page(
    house: &House,
    looked: Looked,
    reader: &str,
    number: i64,
    signature: &Signature,
) -> Result<Response, Failure> {
    let Looked::Allowed(piece) = looked else {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    };
    let message = message(reader, piece.evidence_id, number);
    house
        .sealer
        .verify(PAGE_ADDRESS, &message, &signature.key, house.clock.now_ms())
        .map_err(|fault| Failure::coded(StatusCode::FORBIDDEN, fault.code()))?;
    let jpeg = read_page(house, piece.evidence_id, number).await?;
    Ok(Response::builder()
        .content_type("image/jpeg")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_DISPOSITION, "inline")
        .body(jpeg))
}

pub(in crate::pages) fn wish_for(ticket_id: i64, evidence_id: i64, page: Option<i64>) -> Wish {
    Wish {
        ticket_id: TicketId(ticket_id),
        evidence_id: EvidenceId(evidence_id),
        page,
    }
}
