//! The people of an agency, kept by its administrator.

use domain::accounts::commands::staff::{self as commands, Manager};
use domain::accounts::model::{Invitation, Role, Scope};
use domain::accounts::queries::{ListedStaff, get_account, list_operators};
use domain::error::Error;
use domain::id::StaffId;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use super::{Head, Place};
use crate::error::Failure;
use crate::pages::frame::Frame;
use crate::pages::moment::Moment;
use crate::pages::screen::Screen;
use crate::pages::staff::password_link;

const HERE: &str = "/agency/people";

/// `agency/people.html`.
#[derive(Serialize)]
pub struct PeoplePage {
    frame: Frame,
    head: Head,
    own_number: i64,
    /// Somebody who was just invited, and the link to hand on: shown this once.
    invited: Option<Invited>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Invited {
    email: String,
    link: String,
}

#[derive(Serialize)]
struct Row {
    number: i64,
    email: String,
    role: Role,
    has_password: bool,
    is_active: bool,
    last_login: Option<Moment>,
}

impl Row {
    fn new(person: ListedStaff, now_ms: i64) -> Self {
        Self {
            number: person.staff_id.0,
            email: person.email,
            role: person.role,
            has_password: person.has_password,
            is_active: person.is_active,
            last_login: person.last_login_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
        }
    }
}

/// `GET /agency/people`.
#[handler]
pub async fn list(screen: Screen) -> Result<Response, Failure> {
    page(&screen, None).await
}

async fn page(screen: &Screen, invited: Option<Invited>) -> Result<Response, Failure> {
    let admin = screen.agency_admin()?;
    let (agency_id, own_number) = (admin.agency_id, admin.staff_id.0);
    let (frame, head) = screen.agency(Place::People).await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let people = house.db.read(move |conn| list_operators(conn, agency_id)).await?;
    let page = PeoplePage {
        frame,
        head,
        own_number,
        invited,
        rows: people.into_iter().map(|person| Row::new(person, now_ms)).collect(),
    };
    screen.show("agency/people.html", &page)
}

#[derive(Deserialize)]
struct InviteForm {
    email: String,
    role: String,
}

/// `POST /agency/people`: invites somebody and shows the one-time link.
#[handler]
pub async fn invite(screen: Screen, Form(form): Form<InviteForm>) -> Result<Response, Failure> {
    let admin = screen.agency_admin()?.clone();
    let invitation = Invitation {
        email: form.email.trim().to_lowercase(),
        role: form.role.parse()?,
        scope: Scope::default(),
        agency_id: Some(admin.agency_id),
    };
    let house = screen.state.house();
    let (email, now_ms) = (invitation.email.clone(), house.clock.now_ms());
    let token = house
        .db
        .write_tx(move |conn| commands::invite(conn, Manager::Agency(&admin), &invitation, now_ms))
        .await?;
    let link = password_link(house, &token);
    page(&screen, Some(Invited { email, link })).await
}

#[derive(Deserialize)]
struct DoForm {
    /// `open`, `close` or `link`.
    what: String,
}

/// `POST /agency/people/:staff_id`: opens or closes an account, or makes a new link for it.
#[handler]
pub async fn settle(screen: Screen, Path(staff_id): Path<i64>, Form(form): Form<DoForm>) -> Result<Response, Failure> {
    let admin = screen.agency_admin()?.clone();
    let house = screen.state.house();
    let (staff_id, now_ms) = (StaffId(staff_id), house.clock.now_ms());
    let settled = house.db.write_tx(move |conn| {
        let by = Manager::Agency(&admin);
        match form.what.as_str() {
            "open" => commands::set_active(conn, by, staff_id, true, now_ms).map(|()| None),
            "close" => commands::set_active(conn, by, staff_id, false, now_ms).map(|()| None),
            "link" => {
                let token = commands::renew_link(conn, by, staff_id, now_ms)?;
                Ok(Some((get_account(conn, staff_id)?.email, token)))
            }
            _ => Err(Error::invalid("field", "what", "use the form of the page")),
        }
    });
    match settled.await? {
        None => Ok(Redirect::see_other(HERE).into_response()),
        Some((email, token)) => {
            let link = password_link(house, &token);
            page(&screen, Some(Invited { email, link })).await
        }
    }
}
