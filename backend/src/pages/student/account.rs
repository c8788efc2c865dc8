//! The account: address, telephone, reminders.

use domain::crypto::Purpose;
use domain::students::commands::contact;
use domain::students::commands::registration::read_email;
use domain::students::identity::read_phone;
use domain::students::model::mask_phone;
use domain::students::queries::{get_account, takes_reminders};
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Request, Response, handler};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::{Problem, StudentFrame};
use crate::auth::origin::origin_of;
use crate::error::Failure;
use crate::pages::screen::Screen;

/// `student/account.html`.
#[derive(Serialize)]
pub struct AccountPage {
    frame: StudentFrame,
    email: String,
    phone: Option<String>,
    takes_reminders: bool,
    /// The telephone that a code was sent to.
    asked_phone: Option<String>,
    problem: Option<Problem>,
    /// Worded by `student-account-done-…`.
    done: Option<&'static str>,
}

/// `GET /account`.
#[handler]
pub async fn show(screen: Screen) -> Result<Response, Failure> {
    page(&screen, None, None, None).await
}

async fn page(
    screen: &Screen,
    asked_phone: Option<String>,
    problem: Option<Problem>,
    done: Option<&'static str>,
) -> Result<Response, Failure> {
    let student_id = screen.registered()?.0.student_id;
    let house = screen.state.house();
    let (account, takes_reminders) = house
        .db
        .read(move |conn| Ok((get_account(conn, student_id)?, takes_reminders(conn, student_id)?)))
        .await?;
    let open = |sealed: &[u8]| house.sealer.open_text(Purpose::PHONE, sealed);
    let phone = account.phone_sealed.as_deref().map(open).transpose();
    let phone = phone.map_err(domain::Error::from)?;
    let page = AccountPage {
        frame: screen.student_frame("account"),
        email: account.email,
        phone: phone.map(|phone| mask_phone(phone.expose_secret())),
        takes_reminders,
        asked_phone,
        problem,
        done,
    };
    screen.show_form("student/account.html", &page, page.problem.as_ref())
}

#[derive(Deserialize)]
struct AddressForm {
    email: String,
}

/// `POST /account/address`: sends a link to the new address.
#[handler]
pub async fn ask_address(screen: Screen, Form(form): Form<AddressForm>) -> Result<Response, Failure> {
    let student = screen.registered()?.0.clone();
    let email = match read_email(&form.email) {
        Ok(email) => email,
        Err(error) => return page(&screen, None, Some(Problem::of(error)?), None).await,
    };
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| contact::ask_address(conn, &sealer, &student, &email, now_ms))
        .await?;
    page(&screen, None, None, Some("address")).await
}

/// `student/address.html`.
#[derive(Serialize)]
pub struct AddressPage {
    frame: StudentFrame,
    token: String,
}

/// `GET /address/:token`: asks; opening the address alone changes nothing.
#[handler]
pub fn address_form(screen: Screen, Path(token): Path<String>) -> Result<Response, Failure> {
    let frame = screen.student_frame("");
    screen.show("student/address.html", &AddressPage { frame, token })
}

/// `POST /address/:token`.
#[handler]
pub async fn take_address(screen: Screen, request: &Request, Path(token): Path<String>) -> Result<Response, Failure> {
    screen.brake_public().await?;
    let house = screen.state.house();
    let (now_ms, from) = (house.clock.now_ms(), origin_of(request));
    let taken = house
        .db
        .write_tx(move |conn| contact::take_address(conn, &token, &from, now_ms))
        .await;
    if matches!(taken, Err(domain::Error::Gone { .. })) {
        screen.note_refusal("student.address").await;
    }
    taken?;
    Ok(Redirect::see_other("/login?notice=address-taken").into_response())
}

#[derive(Deserialize)]
struct PhoneForm {
    phone: String,
    #[serde(default)]
    code: String,
}

/// `POST /account/phone`: sends a code, or takes the telephone whose code was typed.
#[handler]
pub async fn change_phone(screen: Screen, Form(form): Form<PhoneForm>) -> Result<Response, Failure> {
    let student = screen.registered()?.0.clone();
    let phone = match read_phone(&form.phone) {
        Ok(phone) => phone,
        Err(error) => return page(&screen, None, Some(Problem::of(error)?), None).await,
    };
    let house = screen.state.house();
    let (sealer, now_ms, asked) = (house.sealer.clone(), house.clock.now_ms(), phone.clone());
    if form.code.trim().is_empty() {
        let sent = house
            .db
            .write_tx(move |conn| contact::ask_phone(conn, &sealer, &student, &phone, now_ms))
            .await;
        screen.note_spent(&sent).await;
        let problem = sent.err().map(Problem::of).transpose()?;
        return page(&screen, Some(asked), problem, None).await;
    }
    let taken = house
        .db
        .write_tx(move |conn| contact::take_phone(conn, &sealer, &student, (&phone, &form.code), now_ms));
    if taken.await? {
        return page(&screen, None, None, Some("phone")).await;
    }
    page(&screen, Some(asked), Some(Problem::new("code-wrong", "code")), None).await
}

#[derive(Deserialize)]
struct RemindersForm {
    #[serde(default)]
    reminders: String,
}

/// `POST /account/reminders`.
#[handler]
pub async fn reminders(screen: Screen, Form(form): Form<RemindersForm>) -> Result<Response, Failure> {
    let student_id = screen.registered()?.0.student_id;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let wants = form.reminders == "yes";
    house
        .db
        .write_tx(move |conn| contact::choose_reminders(conn, student_id, wants, now_ms))
        .await?;
    page(&screen, None, None, Some("reminders")).await
}
