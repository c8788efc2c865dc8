//! Every route of the console, which only staff reach.

use poem::web::{Data, Form, Redirect};
use poem::{EndpointExt, IntoResponse, Response, Route, get, handler, post};
use serde::Deserialize;

use super::EVIDENCE_BYTES;
use crate::app::AppState;
use crate::auth::cookie_header;
use crate::middleware::body_limit::{FORM_BYTES, MULTIPART_OVERHEAD_BYTES, at_most};
use crate::pages::screen::{CAMPAIGN_COOKIE, local_path};
use crate::pages::{
    account, audit, batches, calendar, campaigns, downloads, evidence, jobs, outbox, overview, pictures, recaptures,
    records, review, roll, schools, session, staff, tickets, verdicts, views,
};

/// A list of a calendar's days; 1 MiB.
const LIST_BYTES: u64 = 1 << 20;

/// What only staff may reach.
pub fn console(state: &AppState) -> Route {
    let archive = at_most(state.settings().archive_bytes.saturating_add(MULTIPART_OVERHEAD_BYTES));
    let day_list = at_most(LIST_BYTES + MULTIPART_OVERHEAD_BYTES);
    let roll_file = at_most(state.settings().roll_bytes.saturating_add(MULTIPART_OVERHEAD_BYTES));
    Route::new()
        .at("/console", get(overview::show))
        .at("/console/logout", post(session::sign_out.around(at_most(FORM_BYTES))))
        .at("/console/campaign", post(choose_campaign.around(at_most(FORM_BYTES))))
        .at(
            "/console/batches",
            get(batches::list).post(batches::receive.around(archive)),
        )
        .at("/console/batches/new", get(batches::new))
        .at("/console/batches/:batch_id", get(batches::reconciliation::show))
        .at(
            "/console/batches/:batch_id/rematch",
            post(batches::rematch.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/batches/:batch_id/undo",
            post(batches::undo.around(at_most(FORM_BYTES))),
        )
        .at("/console/batches.csv", get(downloads::batches))
        .at("/console/batches.xlsx", get(downloads::batches))
        .at("/console/batches/:batch_id/list.csv", get(downloads::list))
        .at("/console/batches/:batch_id/list.xlsx", get(downloads::list))
        .at("/console/batches/:batch_id/receipt.csv", get(downloads::receipt))
        .at("/console/batches/:batch_id/receipt.xlsx", get(downloads::receipt))
        .at("/console/thumbnails/:sha256", get(pictures::thumbnail))
        .at("/console/photos/:sha256", get(pictures::standard))
        .at("/console/review", get(review::list))
        .at("/console/review.csv", get(downloads::review_queue))
        .at("/console/review.xlsx", get(downloads::review_queue))
        .at("/console/review/:entry_id", get(review::case::show))
        .at(
            "/console/review/decisions",
            post(review::decide.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/review/take-back",
            post(review::take_back.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/review/pairs",
            post(review::case::decide_pair.around(at_most(FORM_BYTES))),
        )
        .at("/console/account", get(account::show))
        .at(
            "/console/account/second-factor",
            get(account::enrol).post(account::complete.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/account/second-factor/remove",
            post(account::remove.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/account/recovery-codes",
            post(account::renew_codes.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/account/sessions",
            post(account::end_sessions.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/confirm",
            get(account::confirm::show).post(account::confirm::confirm.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/staff",
            get(staff::list).post(staff::invite.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/staff/:staff_id",
            post(staff::change.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/staff/:staff_id/link",
            post(staff::renew_link.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/staff/:staff_id/account",
            post(staff::settle.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/jobs",
            get(jobs::list).post(jobs::act.around(at_most(FORM_BYTES))),
        )
        .at("/console/jobs/:job_id", get(jobs::show))
        .at(
            "/console/jobs/queues/:queue",
            post(jobs::steer.around(at_most(FORM_BYTES))),
        )
        .at("/console/outbox", get(outbox::list))
        .at("/console/outbox/:number", get(outbox::show))
        .at("/console/views", post(views::keep.around(at_most(FORM_BYTES))))
        .at("/console/views/delete", post(views::delete.around(at_most(FORM_BYTES))))
        .at("/console/audit", get(audit::list))
        .at("/console/audit.csv", get(audit::export))
        .at("/console/audit.xlsx", get(audit::export))
        .at(
            "/console/records",
            get(records::list).post(records::search.around(at_most(FORM_BYTES))),
        )
        .at("/console/records.csv", get(downloads::records))
        .at("/console/records.xlsx", get(downloads::records))
        .at("/console/records/sheet", get(records::sheet::show))
        .at("/console/records/:record_id", get(records::person::show))
        .at("/console/records/:record_id/paper", get(records::paper::show))
        .at(
            "/console/records/:record_id/reveal",
            post(records::person::reveal.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/records/:record_id/verdict",
            post(verdicts::on_behalf.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/records/:record_id/reopen",
            post(verdicts::reopen.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/tickets",
            get(tickets::list).post(tickets::open.around(at_most(FORM_BYTES))),
        )
        .at("/console/tickets.csv", get(tickets::download))
        .at("/console/tickets.xlsx", get(tickets::download))
        .at("/console/tickets/new", get(tickets::blank))
        .at(
            "/console/tickets/bulk",
            post(tickets::bulk::act.around(at_most(FORM_BYTES))),
        )
        .at("/console/tickets/statistics", get(tickets::statistics::show))
        .at("/console/tickets/statistics.csv", get(tickets::statistics::download))
        .at("/console/tickets/statistics.xlsx", get(tickets::statistics::download))
        .at("/console/tickets/kinds", get(tickets::kinds::list))
        .at(
            "/console/tickets/kinds/:kind",
            post(tickets::kinds::edit.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/tickets/texts",
            post(tickets::kinds::keep.around(at_most(FORM_BYTES))),
        )
        .at("/console/tickets/:ticket_id", get(tickets::case::show))
        .at("/console/tickets/:ticket_id/viewers", get(tickets::case::viewers))
        .at(
            "/console/tickets/:ticket_id/steps",
            post(tickets::acts::step.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/tickets/:ticket_id/words",
            post(tickets::acts::words.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/tickets/:ticket_id/calls",
            post(tickets::acts::call.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/tickets/:ticket_id/assignee",
            post(tickets::acts::assign.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/tickets/:ticket_id/proposals",
            post(tickets::acts::propose.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/tickets/:ticket_id/links",
            post(tickets::acts::link.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/tickets/:ticket_id/parts",
            post(tickets::acts::part.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/tickets/:ticket_id/checks",
            post(tickets::acts::check.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/tickets/:ticket_id/evidence",
            post(evidence::add.around(at_most(EVIDENCE_BYTES))),
        )
        .at("/console/tickets/:ticket_id/evidence/:evidence_id", get(evidence::show))
        .at(
            "/console/tickets/:ticket_id/evidence/:evidence_id/pages/:number",
            get(evidence::picture),
        )
        .at("/console/verdicts", get(verdicts::list))
        .at(
            "/console/verdicts/remind",
            post(verdicts::remind.around(at_most(FORM_BYTES))),
        )
        .at("/console/recaptures", get(recaptures::list))
        .at("/console/recaptures.csv", get(downloads::recaptures))
        .at("/console/recaptures.xlsx", get(downloads::recaptures))
        .at(
            "/console/recaptures/hand-over",
            post(downloads::hand_over_recaptures.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/recaptures/changes",
            post(recaptures::change.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/calendar",
            get(calendar::show).post(calendar::change.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/calendar/preview",
            post(calendar::preview::try_out.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/calendar/import",
            post(calendar::preview::import.around(day_list)),
        )
        .at(
            "/console/campaigns",
            get(campaigns::list).post(campaigns::create.around(at_most(FORM_BYTES))),
        )
        .at("/console/campaigns/new", get(campaigns::blank))
        .at(
            "/console/campaigns/:campaign_id",
            get(campaigns::show).post(campaigns::change.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/campaigns/:campaign_id/agencies",
            post(campaigns::name_deliverers.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/campaigns/:campaign_id/rules",
            post(campaigns::rules::settle.around(at_most(FORM_BYTES))),
        )
        .at("/console/schools", get(schools::list))
        .at(
            "/console/schools/:school_id",
            get(schools::show).post(schools::change.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/schools/:school_id/contacts",
            post(schools::reach.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/agencies",
            post(campaigns::create_agency.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/roll/imports",
            get(roll::imports::list).post(roll::receive.around(roll_file)),
        )
        .at("/console/roll/imports.csv", get(downloads::imports))
        .at("/console/roll/imports.xlsx", get(downloads::imports))
        .at("/console/roll/imports/:import_id", get(roll::show))
        .at(
            "/console/roll/imports/:import_id/columns",
            post(roll::columns::settle.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/roll/imports/:import_id/attend",
            post(roll::attend::say.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/roll/imports/:import_id/errors.xlsx",
            get(roll::errors::download),
        )
        .at("/console/roll/imports/:import_id/issues.csv", get(downloads::issues))
        .at("/console/roll/imports/:import_id/issues.xlsx", get(downloads::issues))
        .at(
            "/console/roll/imports/:import_id/undo",
            post(roll::undo.around(at_most(FORM_BYTES))),
        )
}

/// The campaign switch.
#[derive(Deserialize)]
struct CampaignForm {
    campaign: String,
    back: String,
}

/// `POST /console/campaign`: remembers the campaign in hand; an unknown code falls back to the first campaign when pages are shown.
#[handler]
fn choose_campaign(state: Data<&AppState>, Form(form): Form<CampaignForm>) -> Response {
    let code: String = form
        .campaign
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        .take(64)
        .collect();
    let cookie = format!("{CAMPAIGN_COOKIE}={code}; Path=/console; HttpOnly; SameSite=Lax; Max-Age=31536000");
    let back = Redirect::see_other(local_path(&form.back).unwrap_or("/console"));
    back.with_header("set-cookie", cookie_header(&cookie, state.settings()))
        .into_response()
}
