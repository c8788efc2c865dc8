//! The session cookie of pages: who is asking, and a secret for the forms of those who are nobody yet.

use std::sync::Arc;

use domain::accounts::commands::sessions::{is_touch_due, touch_session};
use domain::accounts::model::{Operator, Person, SessionTimes, Staff};
use domain::accounts::{commands, queries};
use domain::error::Error;
use domain::students;
use domain::students::model::{Student, StudentState};
use poem::http::header;
use poem::{Endpoint, IntoResponse, Request, Response, Result};

use crate::app::AppState;
use crate::auth::origin::address_of;
use crate::auth::{SessionToken, Visit};
use crate::error::{Asked, Failure};
use crate::pages::student::home::HomeFacts;
use crate::pages::student::next_step;
use crate::rights::{right_to_open, right_to_upload};

/// Puts the [`Visit`] into the request. Errors become answers here, inside, so that the cookie is never lost with them.
pub async fn visit<E: Endpoint>(next: Arc<E>, mut request: Request) -> Result<Response> {
    let Some(state) = request.data::<AppState>().cloned() else {
        return Err(Failure::internal("the routes were built without their state").into());
    };
    let asked = Asked::of(&state, &request);
    let known = SessionToken::from_cookies(request.headers(), state.settings());
    let is_new = known.is_none();
    let Some(token) = known.or_else(SessionToken::generate) else {
        return Err(Failure::internal("the operating system gives no randomness").into());
    };
    // A token nobody signed in with stays what it is, a secret for forms: signing in always issues a new one.
    let is_of_house = ["/console", "/agency"]
        .iter()
        .any(|area| request.uri().path().starts_with(area));
    let (person, (student, facts)) = match (is_new, is_of_house) {
        (true, _) => Default::default(),
        (false, true) => (find_person(&state, &token).await?, Default::default()),
        (false, false) => (None, find_student(&state, &token, request.uri().path()).await?),
    };
    if let Some(facts) = facts {
        request.set_data(facts);
    }
    let address = address_of(&request).map(|address| address.to_string());
    let (staff, operator) = match person {
        Some(Person::Staff(staff)) => {
            let address = address.clone();
            (Some(Staff { address, ..staff }), None)
        }
        Some(Person::Operator(operator)) => {
            let address = address.clone();
            (None, Some(Operator { address, ..operator }))
        }
        None => (None, None),
    };
    request.set_data(Arc::new(Visit {
        token: token.clone(),
        staff,
        operator,
        student: student.map(|student| Student { address, ..student }),
    }));

    let mut response = match next.call(request).await {
        Ok(response) => response.into_response(),
        Err(error) => asked.refuse_error(error),
    };
    if is_new && !response.headers().contains_key(header::SET_COOKIE) {
        response
            .headers_mut()
            .append(header::SET_COOKIE, token.set_cookie(state.settings()));
    }
    Ok(response)
}

/// Whose session a cookie is, while it is good.
pub async fn find_person(state: &AppState, token: &SessionToken) -> Result<Option<Person>, Failure> {
    let house = state.house();
    let (hash, now_ms) = (token.stored_hash(), house.clock.now_ms());
    let times = SessionTimes::with_idle_minutes(house.config.session_idle_minutes);
    let found = house
        .db
        .read(move |conn| queries::find_session(conn, &hash, times, now_ms))
        .await?;
    if found.as_ref().is_some_and(|session| is_touch_due(session, now_ms)) {
        house
            .db
            .write_tx(move |conn| touch_session(conn, &hash, now_ms))
            .await?;
    }
    Ok(found.map(|session| session.person))
}

/// Which student's session a cookie is, while it is good; and what the page at a path shows, where it is read together with that.
async fn find_student(
    state: &AppState,
    token: &SessionToken,
    path: &str,
) -> Result<(Option<Student>, Option<HomeFacts>), Failure> {
    let house = state.house();
    let (hash, now_ms, is_home) = (token.stored_hash(), house.clock.now_ms(), HomeFacts::is_shown_at(path));
    let times = SessionTimes::with_idle_minutes(house.config.session_idle_minutes);
    let found = house.db.read(move |conn| {
        if !is_home {
            let session = students::queries::find_session(conn, &hash, times, now_ms)?;
            return Ok(session.map(|session| (session, None)));
        }
        let found = students::queries::find_session_with_enrolments(conn, &hash, times, now_ms)?;
        let Some((session, enrolments)) = found else {
            return Ok(None);
        };
        let facts = HomeFacts::read(conn, &session, enrolments)?;
        Ok(Some((session, facts)))
    });
    let Some((session, facts)) = found.await? else {
        return Ok((None, None));
    };
    if students::commands::sessions::is_touch_due(session.last_seen_ms, now_ms) {
        house
            .db
            .write_tx(move |conn| students::commands::sessions::touch_session(conn, &hash, now_ms))
            .await?;
    }
    Ok((Some(session.student), facts))
}

/// Sends whoever is not signed in to a complete account to the login page, or to the step of the registration that comes next.
pub async fn require_student<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    match Visit::of(&request).and_then(|visit| visit.student.as_ref()) {
        Some(student) if student.state == StudentState::Registered => Ok(next.call(request).await?.into_response()),
        Some(student) if request.method().is_safe() => {
            Ok(poem::web::Redirect::see_other(next_step(student.state)).into_response())
        }
        Some(_) => Err(Failure::status(poem::http::StatusCode::FORBIDDEN).into()),
        None => sign_in_first(&request, ""),
    }
}

/// Sends whoever has no account to the login page; how far an account is its pages ask themselves.
pub async fn require_account<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    if Visit::of(&request).is_some_and(|visit| visit.student.is_some()) {
        return Ok(next.call(request).await?.into_response());
    }
    sign_in_first(&request, "")
}

/// Sends whoever is of no agency to the login page, and back afterwards.
pub async fn require_operator<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    if Visit::of(&request).is_some_and(|visit| visit.operator.is_some()) {
        return Ok(next.call(request).await?.into_response());
    }
    sign_in_first(&request, "/agency")
}

/// Sends those who are not signed in to the login page, and back afterwards; keeps roles from pages they have no right to open, which
/// goes into the audit trail.
pub async fn require_staff<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    let staff = Visit::of(&request).and_then(|visit| visit.staff.clone());
    let is_reading = request.method().is_safe();
    if let Some(staff) = staff {
        let path = request.uri().path();
        let needed = if is_reading {
            Some(right_to_open(path))
        } else {
            right_to_upload(path)
        };
        if let Some((_, attempt)) = needed.filter(|(right, _)| !right.is_held_by(staff.role)) {
            return Err(refuse(&request, staff, attempt).await);
        }
        return Ok(next.call(request).await?.into_response());
    }
    sign_in_first(&request, "/console")
}

/// Leads a reader to the login page of an area and on to what was asked for, and somebody of the other area home; a form that was sent
/// without a session of the area is refused.
fn sign_in_first(request: &Request, area: &str) -> Result<Response> {
    if !request.method().is_safe() {
        return Err(Failure::status(poem::http::StatusCode::UNAUTHORIZED).into());
    }
    if let Some(home) = Visit::of(request).and_then(Visit::home) {
        return Ok(poem::web::Redirect::see_other(home).into_response());
    }
    let wanted = request.uri().path_and_query().map_or(area, |path| path.as_str());
    let query =
        serde_urlencoded::to_string([("next", wanted)]).map_err(|error| Failure::internal(error.to_string()))?;
    Ok(poem::web::Redirect::see_other(format!("{area}/login?{query}")).into_response())
}

async fn refuse(request: &Request, staff: Staff, attempt: &'static str) -> poem::Error {
    let Some(state) = request.data::<AppState>() else {
        return Failure::internal("the routes were built without their state").into();
    };
    let (house, forbidden) = (state.house(), Error::Forbidden { right: attempt });
    let now_ms = house.clock.now_ms();
    let noted = house
        .db
        .write_tx(move |conn| commands::record_refusal(conn, &staff, attempt, now_ms));
    Failure::from(noted.await.err().unwrap_or(forbidden)).into()
}
