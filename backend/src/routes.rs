//! Every route, in one list, and the middleware around them.

use domain::evidence::model::MAX_FILE_BYTES;
use poem::web::{Data, Form, Redirect};
use poem::{Endpoint, EndpointExt, IntoResponse, Response, Route, get, handler, post};
use serde::Deserialize;

use crate::app::AppState;
use crate::auth::cookie_header;
use crate::middleware::access_log::access_log;
use crate::middleware::body_limit::{FORM_BYTES, MULTIPART_OVERHEAD_BYTES, at_most};
use crate::middleware::csrf::csrf;
use crate::middleware::error_skin::error_skin;
use crate::middleware::request_id::request_id;
use crate::middleware::security_headers::security_headers;
use crate::middleware::visit::{require_account, require_operator, require_staff, require_student, visit};
use crate::pages::screen::{CAMPAIGN_COOKIE, local_path};
use crate::pages::{
    account, agency, audit, batches, calendar, campaigns, downloads, evidence, jobs, language, outbox, overview,
    pictures, recaptures, records, review, roll, session, staff, student, tickets, verdicts, views,
};
use crate::{api, assets};

/// A form with one piece of evidence.
const EVIDENCE_BYTES: u64 = MAX_FILE_BYTES + MULTIPART_OVERHEAD_BYTES;

/// All of it. The outermost middleware stands last: a request gets its id first, and every answer passes the security headers.
pub fn routes(state: AppState) -> impl Endpoint {
    let pages = student_tickets(student_pages())
        .at("/language", post(language::switch.around(at_most(FORM_BYTES))))
        .at(
            "/console/login",
            get(session::login).post(session::sign_in.around(at_most(FORM_BYTES))),
        )
        .at(
            "/console/set-password/:link",
            get(session::password_form).post(session::set_password.around(at_most(FORM_BYTES))),
        )
        .at(
            "/agency/login",
            get(session::login).post(session::sign_in.around(at_most(FORM_BYTES))),
        )
        .nest_no_strip("/agency", agency_pages().around(require_operator))
        .nest_no_strip("/console", console(&state).around(require_staff));
    // Mail programs send this form without cookie or token (RFC 8058): the signed address is all that it takes.
    let metrics = state.metrics().clone();
    let unsubscribe = get(student::notices::ask).post(student::notices::unsubscribe.around(at_most(FORM_BYTES)));
    Route::new()
        .at("/healthz", get(api::health::healthz))
        .at("/readyz", get(api::health::readyz))
        .at("/assets/:name", get(assets::show).head(assets::show))
        .nest("/api", api::routes())
        .at("/unsubscribe/:student/:key", unsubscribe.around(visit))
        .nest_no_strip("/", pages.around(csrf).around(visit))
        .around(error_skin)
        .around(security_headers)
        .around(move |next, request| access_log(next, request, metrics.clone()))
        .around(request_id)
        .data(state)
}

/// The students' pages: what anybody may reach, the lookup and the ways to an account; then what takes an account.
fn student_pages() -> Route {
    Route::new()
        .at("/", get(student::front::front))
        .at("/help", get(student::front::help))
        .at(
            "/lookup",
            get(student::lookup::blank).post(student::lookup::show.around(at_most(FORM_BYTES))),
        )
        .at("/captcha/:token", get(student::captcha::picture))
        .at(
            "/register",
            get(student::register::blank).post(student::register::register.around(at_most(FORM_BYTES))),
        )
        .at(
            "/register/resend",
            post(student::register::resend.around(at_most(FORM_BYTES))),
        )
        .at(
            "/register/identity",
            get(student::real_name::identity).post(student::real_name::fill.around(at_most(FORM_BYTES))),
        )
        .at(
            "/register/phone",
            get(student::real_name::phone).post(student::real_name::verify.around(at_most(FORM_BYTES))),
        )
        .at(
            "/register/phone/resend",
            post(student::real_name::resend_code.around(at_most(FORM_BYTES))),
        )
        .at(
            "/register/confirm",
            get(student::real_name::confirmation).post(student::real_name::confirm.around(at_most(FORM_BYTES))),
        )
        .at(
            "/register/identity-proof",
            post(student::real_name::prove.around(at_most(FORM_BYTES))),
        )
        .at("/register/done", get(student::real_name::done))
        .at("/activate", get(student::activate::paste))
        .at(
            "/activate/:token",
            get(student::activate::blank).post(student::activate::activate.around(at_most(FORM_BYTES))),
        )
        .at(
            "/login",
            get(student::login::blank).post(student::login::sign_in.around(at_most(FORM_BYTES))),
        )
        .at("/logout", post(student::login::sign_out.around(at_most(FORM_BYTES))))
        .at(
            "/find-name",
            get(student::recovery::name_form).post(student::recovery::find_name.around(at_most(FORM_BYTES))),
        )
        .at(
            "/find-password",
            get(student::recovery::password_form).post(student::recovery::find_password.around(at_most(FORM_BYTES))),
        )
        .at(
            "/reset/:token",
            get(student::recovery::reset_form).post(student::recovery::reset.around(at_most(FORM_BYTES))),
        )
        .at(
            "/address/:token",
            get(student::account::address_form).post(student::account::take_address.around(at_most(FORM_BYTES))),
        )
        .at("/mail/tickets/:token", get(student::mail::show))
        .at(
            "/mail/:token",
            get(student::mail::ask).post(student::mail::confirm.around(at_most(FORM_BYTES))),
        )
        .at("/home", own(get(student::home::home)))
        .at("/proof/:record_id", own(get(student::proof::show)))
        .at("/proof/:record_id/dispute", own(get(student::proof::dispute)))
        .at("/proof/:record_id/paper", own(get(student::paper::show)))
        .at(
            "/proof/:record_id/verdict",
            own(post(student::proof::judge.around(at_most(FORM_BYTES)))),
        )
        .at(
            "/proof/:record_id/search",
            own(post(student::claim::look_for.around(at_most(FORM_BYTES)))),
        )
        .at(
            "/proof/:record_id/candidate/:entry_id",
            own(get(student::claim::candidate).post(student::claim::go_on.around(at_most(FORM_BYTES)))),
        )
        .at("/photo/:sha256", own(get(student::photo::show)))
        .at(
            "/tickets/:ticket_id/evidence",
            post(student::evidence::add.around(at_most(EVIDENCE_BYTES))),
        )
        .at(
            "/tickets/:ticket_id/evidence/:evidence_id",
            get(student::evidence::show),
        )
        .at(
            "/tickets/:ticket_id/evidence/:evidence_id/pages/:number",
            get(student::evidence::picture),
        )
        .at("/notices", own(get(student::notices::list)))
        .at("/account", own(get(student::account::show)))
        .at(
            "/account/address",
            own(post(student::account::ask_address.around(at_most(FORM_BYTES)))),
        )
        .at(
            "/account/phone",
            own(post(student::account::change_phone.around(at_most(FORM_BYTES)))),
        )
        .at(
            "/account/reminders",
            own(post(student::account::reminders.around(at_most(FORM_BYTES)))),
        )
}

/// The students' corrections. Before an account is complete, the tickets about it can be reached, and nothing be asked for here.
fn student_tickets(pages: Route) -> Route {
    use student::tickets;
    pages
        .at(
            "/tickets",
            get(tickets::list.around(require_account)).post(own(tickets::new::hand_in.around(at_most(FORM_BYTES)))),
        )
        .at("/tickets/new", own(get(tickets::new::blank)))
        .at("/tickets/:ticket_id", get(tickets::show::show.around(require_account)))
        .at(
            "/tickets/:ticket_id/steps/:step",
            post(tickets::steps::take.around(at_most(FORM_BYTES)).around(require_account)),
        )
        .at(
            "/tickets/:ticket_id/messages",
            post(tickets::steps::say.around(at_most(FORM_BYTES)).around(require_account)),
        )
        .at(
            "/tickets/:ticket_id/satisfaction",
            post(tickets::steps::rate.around(at_most(FORM_BYTES)).around(require_account)),
        )
}

/// What only a student with a complete account may reach.
fn own<E: Endpoint + 'static>(endpoint: E) -> impl Endpoint {
    endpoint.around(require_student)
}

/// What only the people of an agency may reach.
fn agency_pages() -> Route {
    Route::new()
        .at("/agency", get(agency::deliver))
        .at("/agency/logout", post(session::sign_out.around(at_most(FORM_BYTES))))
        .at(
            "/agency/batches",
            post(agency::batches::hand_in.around(at_most(FORM_BYTES))),
        )
        .at("/agency/batches/:batch_id", get(agency::batches::show))
        .at("/agency/batches/:batch_id/receipt.csv", get(agency::batches::download))
        .at("/agency/batches/:batch_id/receipt.xlsx", get(agency::batches::download))
        .at("/agency/recaptures", get(agency::recaptures::list))
        .at("/agency/recaptures.csv", get(agency::recaptures::download))
        .at("/agency/recaptures.xlsx", get(agency::recaptures::download))
        .at(
            "/agency/tokens",
            get(agency::tokens::list).post(agency::tokens::add.around(at_most(FORM_BYTES))),
        )
        .at(
            "/agency/tokens/:token_id/revoke",
            post(agency::tokens::revoke.around(at_most(FORM_BYTES))),
        )
        .at(
            "/agency/webhooks",
            get(agency::webhooks::list).post(agency::webhooks::add.around(at_most(FORM_BYTES))),
        )
        .at(
            "/agency/webhooks/:webhook_id",
            post(agency::webhooks::settle.around(at_most(FORM_BYTES))),
        )
        .at(
            "/agency/people",
            get(agency::people::list).post(agency::people::invite.around(at_most(FORM_BYTES))),
        )
        .at(
            "/agency/people/:staff_id",
            post(agency::people::settle.around(at_most(FORM_BYTES))),
        )
}

/// A list of a calendar's days; 1 MiB.
const LIST_BYTES: u64 = 1 << 20;

/// What only staff may reach.
fn console(state: &AppState) -> Route {
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
