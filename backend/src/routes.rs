//! Every route, and the middleware around them; the console's stand in a list of their own.

mod console;

use domain::evidence::model::MAX_FILE_BYTES;
use poem::{Endpoint, EndpointExt, Route, get, post};

use self::console::console;
use crate::app::AppState;
use crate::middleware::access_log::access_log;
use crate::middleware::body_limit::{FORM_BYTES, MULTIPART_OVERHEAD_BYTES, at_most};
use crate::middleware::csrf::csrf;
use crate::middleware::error_skin::error_skin;
use crate::middleware::request_id::request_id;
use crate::middleware::security_headers::security_headers;
use crate::middleware::visit::{require_account, require_operator, require_staff, require_student, visit};
use crate::pages::{agency, language, session, student};
use crate::{api, assets};

/// A form with one piece of evidence.
const EVIDENCE_BYTES: u64 = MAX_FILE_BYTES + MULTIPART_OVERHEAD_BYTES;

/// All of it.
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
    let unsubscribe = get(student::notices::ask).post(student::notices::unsubscribe.around(at_most(FORM_BYTES)));
    let all = Route::new()
        .at("/healthz", get(api::health::healthz))
        .at("/readyz", get(api::health::readyz))
        .at("/assets/:name", get(assets::show).head(assets::show))
        .nest("/api", api::routes())
        .at("/unsubscribe/:student/:key", unsubscribe.around(visit))
        .nest_no_strip("/", pages.around(csrf).around(visit));
    surrounded(all, state)
}

/// Routes with what surrounds every answer. The outermost middleware stands last: a request gets its id first, and every answer passes the
/// security headers.
pub fn surrounded(routes: Route, state: AppState) -> impl Endpoint {
    let metrics = state.metrics().clone();
    routes
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
