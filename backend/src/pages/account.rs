//! The own account: second factor, recovery codes, sessions, and the word that it is still you.

pub mod confirm;

use domain::accounts::commands::{second_factor, sessions};
use domain::accounts::model::SessionTimes;
use domain::accounts::{queries, totp};
use poem::http::StatusCode;
use poem::web::{Form, Redirect};
use poem::{IntoResponse, Response, handler};
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::Screen;

const HERE: &str = "/console/account";

/// `account/show.html`.
#[derive(Serialize)]
pub struct AccountPage {
    frame: Frame,
    has_second_factor: bool,
    recovery_codes: i64,
    sessions: Vec<SessionRow>,
}

#[derive(Serialize)]
struct SessionRow {
    /// Names the session in the form that ends it.
    number: String,
    opened: Moment,
    seen: Moment,
    address: Option<String>,
    browser: Option<String>,
    is_current: bool,
}

/// `account/enrol.html`.
#[derive(Serialize)]
pub struct EnrolPage {
    frame: Frame,
    /// The secret as a picture, and as text for those who cannot scan it.
    picture: String,
    secret: String,
    is_wrong: bool,
}

/// `account/codes.html`: the recovery codes, shown once.
#[derive(Serialize)]
pub struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
}

/// `GET /console/account`.
#[handler]
pub async fn show(screen: Screen) -> Result<Response, Failure> {
    let console = screen.console(Section::Account).await?;
    let house = screen.state.house();
    let (staff, now_ms) = (screen.staff()?.clone(), console.now_ms);
    let times = SessionTimes::with_idle_minutes(house.config.session_idle_minutes);
    let (account, codes, sessions) = house
        .db
        .read(move |conn| {
            Ok((
                queries::get_account(conn, staff.staff_id)?,
                queries::count_recovery_codes(conn, staff.staff_id)?,
                queries::list_own_sessions(conn, &staff, times, now_ms)?,
            ))
        })
        .await?;
    let own = screen.visit().token.stored_hash();
    let rows = sessions.into_iter().map(|session| SessionRow {
        is_current: session.token_hash == own,
        number: hex::encode(session.token_hash),
        opened: Moment::new(session.created_at_ms, now_ms),
        seen: Moment::new(session.last_seen_ms, now_ms),
        address: session.address,
        browser: session.browser,
    });
    let page = AccountPage {
        frame: console.frame,
        has_second_factor: account.totp_sealed.is_some(),
        recovery_codes: codes,
        sessions: rows.collect(),
    };
    screen.show("account/show.html", &page)
}

/// `GET /console/account/second-factor`: a picture for an authenticator app.
#[handler]
pub async fn enrol(screen: Screen) -> Result<Response, Failure> {
    if let Some(elsewhere) = screen.confirmation(screen.path())? {
        return Ok(elsewhere);
    }
    enrol_page(&screen, false).await
}

async fn enrol_page(screen: &Screen, is_wrong: bool) -> Result<Response, Failure> {
    let house = screen.state.house();
    let (staff, sealer) = (screen.staff()?.clone(), house.sealer.clone());
    let email = staff.email.clone();
    let secret = house
        .db
        .write_tx(move |conn| second_factor::begin_enrolment(conn, &sealer, &staff))
        .await?;
    let picture = QrCode::new(totp::key_uri(&secret, &email)).map_err(|error| Failure::internal(error.to_string()))?;
    let page = EnrolPage {
        frame: screen.console(Section::Account).await?.frame,
        picture: drawing(&picture),
        secret: totp::grouped(&totp::base32(&secret)),
        is_wrong,
    };
    let mut response = screen.show("account/enrol.html", &page)?;
    if is_wrong {
        response.set_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(response)
}

/// The modules of the code as one SVG element, without the declaration that only files have.
fn drawing(code: &QrCode) -> String {
    let whole = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
    whole
        .find("<svg")
        .and_then(|start| whole.get(start..))
        .unwrap_or_default()
        .to_owned()
}

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

/// `POST /console/account/second-factor`: puts the secret in force and shows the recovery codes.
#[handler]
pub async fn complete(screen: Screen, Form(form): Form<CodeForm>) -> Result<Response, Failure> {
    let house = screen.state.house();
    let (staff, sealer, now_ms) = (screen.staff()?.clone(), house.sealer.clone(), house.clock.now_ms());
    staff.require_confirmed(now_ms)?;
    let completed = house
        .db
        .write_tx(move |conn| second_factor::complete_enrolment(conn, &sealer, &staff, &form.code, now_ms));
    match completed.await {
        Ok(codes) => show_codes(&screen, codes).await,
        Err(error) if error.code() == "totp-wrong" => enrol_page(&screen, true).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /console/account/recovery-codes`.
#[handler]
pub async fn renew_codes(screen: Screen) -> Result<Response, Failure> {
    if let Some(elsewhere) = screen.confirmation(HERE)? {
        return Ok(elsewhere);
    }
    let house = screen.state.house();
    let (staff, now_ms) = (screen.staff()?.clone(), house.clock.now_ms());
    let codes = house
        .db
        .write_tx(move |conn| second_factor::renew_recovery_codes(conn, &staff, now_ms))
        .await?;
    show_codes(&screen, codes).await
}

async fn show_codes(screen: &Screen, codes: Vec<String>) -> Result<Response, Failure> {
    let frame = screen.console(Section::Account).await?.frame;
    screen.show("account/codes.html", &CodesPage { frame, codes })
}

/// `POST /console/account/second-factor/remove`.
#[handler]
pub async fn remove(screen: Screen) -> Result<Response, Failure> {
    if let Some(elsewhere) = screen.confirmation(HERE)? {
        return Ok(elsewhere);
    }
    let house = screen.state.house();
    let (staff, now_ms) = (screen.staff()?.clone(), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| second_factor::remove_second_factor(conn, &staff, now_ms))
        .await?;
    Ok(Redirect::see_other(HERE).into_response())
}

/// One session, or all others where none is named.
#[derive(Deserialize)]
struct EndForm {
    session: Option<String>,
}

/// `POST /console/account/sessions`: ends sessions.
#[handler]
pub async fn end_sessions(screen: Screen, Form(form): Form<EndForm>) -> Result<Response, Failure> {
    let house = screen.state.house();
    let (staff, own, now_ms) = (
        screen.staff()?.clone(),
        screen.visit().token.stored_hash(),
        house.clock.now_ms(),
    );
    let named = form.session.map(|number| hex::decode(number).unwrap_or_default());
    house
        .db
        .write_tx(move |conn| match named {
            Some(session) => sessions::end_own_session(conn, &staff, &session, now_ms),
            None => sessions::end_other_sessions(conn, &staff, &own, now_ms).map(drop),
        })
        .await?;
    Ok(Redirect::see_other(HERE).into_response())
}
