//! 设置: who belongs to the staff, what each may do and see.

use domain::accounts::commands::staff::{self as commands, Manager};
use domain::accounts::model::{Invitation, Role, Scope, Staff};
use domain::accounts::queries::{AccountStanding, ListedStaff, StaffFilter, list_staff};
use domain::db::Conn;
use domain::error::Result as DomainResult;
use domain::id::StaffId;
use domain::schools::queries::{get_school_id, list_schools};
use poem::web::{Form, Path, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::house::House;
use crate::pages::fields::given;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::{PAGE_ROWS, Screen, address};
use crate::pages::sorting::Sort;

const HERE: &str = "/console/staff";

/// `staff/list.html`.
#[derive(Serialize)]
pub struct StaffPage {
    frame: Frame,
    rows: Vec<StaffRow>,
    roles: Vec<Role>,
    /// Code and name of every school, to choose one.
    schools: Vec<(String, String)>,
    own_number: i64,
    part: StaffPart,
    sort: Sort,
    is_first: bool,
    first: String,
    next_href: Option<String>,
}

/// `staff/link.html`: the one-time link, shown once.
#[derive(Serialize)]
pub struct LinkPage {
    frame: Frame,
    email: String,
    link: String,
}

#[derive(Serialize)]
struct StaffRow {
    number: i64,
    email: String,
    role: Role,
    school_code: Option<String>,
    college: Option<String>,
    class_name: Option<String>,
    has_password: bool,
    has_second_factor: bool,
    is_active: bool,
    last_login: Option<Moment>,
}

impl StaffRow {
    fn new(staff: ListedStaff, now_ms: i64) -> Self {
        Self {
            number: staff.staff_id.0,
            email: staff.email,
            role: staff.role,
            school_code: staff.school_code,
            college: staff.college,
            class_name: staff.class_name,
            has_password: staff.has_password,
            has_second_factor: staff.has_second_factor,
            is_active: staff.is_active,
            last_login: staff.last_login_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
        }
    }
}

/// The chosen part of the staff, all of it in the address.
#[derive(Clone, Deserialize, Serialize)]
struct StaffPart {
    role: Option<String>,
    /// `open`, `invited` or `closed`.
    standing: Option<String>,
    /// `email` or `-email`.
    sort: Option<String>,
    after: Option<String>,
}

impl StaffPart {
    fn filter(&self) -> StaffFilter {
        StaffFilter {
            role: self.role.as_deref().and_then(|word| word.parse().ok()),
            standing: match self.standing.as_deref() {
                Some("open") => Some(AccountStanding::Open),
                Some("invited") => Some(AccountStanding::Invited),
                Some("closed") => Some(AccountStanding::Closed),
                _ => None,
            },
            is_down: self.sort.as_deref() == Some("-email"),
        }
    }

    fn address(&self, sort: Option<String>, after: Option<String>) -> String {
        let fields = [
            ("role", self.role.clone()),
            ("standing", self.standing.clone()),
            ("sort", sort),
            ("after", after),
        ];
        address(HERE, fields)
    }
}

/// `GET /console/staff`.
#[handler]
pub async fn list(screen: Screen, Query(part): Query<StaffPart>) -> Result<Response, Failure> {
    let staff = manager(&screen, "staff.read").await?;
    let console = screen.console(Section::Settings).await?;
    let (filter, after, own_number) = (part.filter(), part.after.clone(), staff.staff_id.0);
    let (rows, schools) = screen
        .state
        .house()
        .db
        .read(move |conn| {
            Ok((
                list_staff(conn, &staff, filter, after.as_deref(), PAGE_ROWS)?,
                list_schools(conn)?,
            ))
        })
        .await?;
    let last = rows.last().filter(|_| rows.len() == PAGE_ROWS as usize);
    let page = StaffPage {
        frame: console.frame,
        next_href: last.map(|staff| part.address(part.sort.clone(), Some(staff.email.clone()))),
        rows: rows.into_iter().map(|row| StaffRow::new(row, console.now_ms)).collect(),
        roles: Role::OF_STAFF.to_vec(),
        schools: schools.into_iter().map(|school| (school.code, school.name)).collect(),
        own_number,
        sort: Sort::new("email", part.sort.as_deref().unwrap_or("email"), |word| {
            part.address(Some(word), None)
        }),
        is_first: part.after.is_none(),
        first: part.address(part.sort.clone(), None),
        part,
    };
    screen.show("staff/list.html", &page)
}

async fn manager(screen: &Screen, action: &'static str) -> Result<Staff, Failure> {
    screen.allowed(action, Role::may_manage_staff).await
}

/// What somebody may do, and what of the roll they may see; fields left empty narrow nothing.
#[derive(Deserialize)]
struct RightsForm {
    role: String,
    #[serde(default)]
    school: String,
    #[serde(default)]
    college: String,
    #[serde(default)]
    class_name: String,
}

impl RightsForm {
    fn scope(&self, conn: &mut Conn) -> DomainResult<Scope> {
        Ok(Scope {
            school_id: given(&self.school).map(|code| get_school_id(conn, code)).transpose()?,
            college: given(&self.college).map(str::to_owned),
            class_name: given(&self.class_name).map(str::to_owned),
        })
    }
}

#[derive(Deserialize)]
struct InviteForm {
    email: String,
    #[serde(flatten)]
    rights: RightsForm,
}

/// `POST /console/staff`: invites somebody and shows the one-time link.
#[handler]
pub async fn invite(screen: Screen, Form(form): Form<InviteForm>) -> Result<Response, Failure> {
    let staff = manager(&screen, "staff.add").await?;
    let (role, email): (Role, String) = (form.rights.role.parse()?, form.email.trim().to_lowercase());
    let house = screen.state.house();
    let (now_ms, invited) = (house.clock.now_ms(), email.clone());
    let token = house
        .db
        .write_tx(move |conn| {
            let scope = form.rights.scope(conn)?;
            let invitation = Invitation {
                email: invited,
                role,
                scope,
                agency_id: None,
            };
            commands::invite(conn, Manager::Staff(&staff), &invitation, now_ms)
        })
        .await?;
    show_link(&screen, email, &token).await
}

/// `POST /console/staff/:staff_id/link`: a new link for somebody who lost the one before, or the password.
#[handler]
pub async fn renew_link(screen: Screen, Path(staff_id): Path<i64>) -> Result<Response, Failure> {
    let staff = manager(&screen, "staff.link").await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let (email, token) = house
        .db
        .write_tx(move |conn| {
            let account = domain::accounts::queries::get_account(conn, StaffId(staff_id))?;
            let token = commands::renew_link(conn, Manager::Staff(&staff), account.staff_id, now_ms)?;
            Ok((account.email, token))
        })
        .await?;
    show_link(&screen, email, &token).await
}

async fn show_link(screen: &Screen, email: String, token: &str) -> Result<Response, Failure> {
    let page = LinkPage {
        frame: screen.console(Section::Settings).await?.frame,
        email,
        link: password_link(screen.state.house(), token),
    };
    screen.show("staff/link.html", &page)
}

/// The address at which a token sets a password.
pub fn password_link(house: &House, token: &str) -> String {
    format!(
        "{}/console/set-password/{token}",
        house.config.public_url.trim_end_matches('/')
    )
}

/// `POST /console/staff/:staff_id`: another role, another part of the roll.
#[handler]
pub async fn change(
    screen: Screen,
    Path(staff_id): Path<i64>,
    Form(form): Form<RightsForm>,
) -> Result<Response, Failure> {
    let staff = manager(&screen, "staff.role").await?;
    let role: Role = form.role.parse()?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| {
            let scope = form.scope(conn)?;
            let (by, staff_id) = (Manager::Staff(&staff), StaffId(staff_id));
            commands::change_staff(conn, &sealer, by, staff_id, (role, &scope), now_ms)
        })
        .await?;
    Ok(Redirect::see_other(HERE).into_response())
}

#[derive(Deserialize)]
struct DoForm {
    /// `open`, `close` or `reset-second-factor`.
    what: String,
}

/// `POST /console/staff/:staff_id/account`: opens or closes an account, or takes a lost second factor off it.
#[handler]
pub async fn settle(screen: Screen, Path(staff_id): Path<i64>, Form(form): Form<DoForm>) -> Result<Response, Failure> {
    let staff = manager(&screen, "staff.close").await?;
    let house = screen.state.house();
    let (staff_id, now_ms) = (StaffId(staff_id), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| {
            let by = Manager::Staff(&staff);
            match form.what.as_str() {
                "open" => commands::set_active(conn, by, staff_id, true, now_ms),
                "close" => commands::set_active(conn, by, staff_id, false, now_ms),
                _ => commands::reset_second_factor(conn, by, staff_id, now_ms),
            }
        })
        .await?;
    Ok(Redirect::see_other(HERE).into_response())
}
