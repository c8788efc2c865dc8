//! 学校: names, whether verdicts are taken from signed paper, and how students reach those who act for them.

use domain::id::SchoolId;
use domain::roll::queries::records::list_classes;
use domain::schools::commands::{change_school, keep_contact};
use domain::schools::model::{Contact, Reach};
use domain::schools::queries::{get_school, list_contacts};
use domain::verdicts::category::NextActor;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::calendar::visible_schools;
use crate::pages::contact::ContactCard;
use crate::pages::fields::given;
use crate::pages::frame::{Frame, Section};
use crate::pages::screen::Screen;

const HERE: &str = "/console/schools";

/// `schools/list.html`.
#[derive(Serialize)]
pub struct SchoolsPage {
    frame: Frame,
    schools: Vec<SchoolRow>,
}

#[derive(Serialize)]
struct SchoolRow {
    number: i64,
    code: String,
    name: String,
    takes_paper_verdicts: bool,
    /// How many of those who act for students can be reached.
    reachable: usize,
}

/// `schools/show.html`.
#[derive(Serialize)]
pub struct SchoolPage {
    frame: Frame,
    number: i64,
    code: String,
    name: String,
    takes_paper_verdicts: bool,
    /// One for each who acts, and for each college with an office of its own.
    contacts: Vec<ContactCard>,
    colleges: Vec<String>,
}

/// `GET /console/schools`.
#[handler]
pub async fn list(screen: Screen) -> Result<Response, Failure> {
    let console = screen.console(Section::Campaigns).await?;
    let own = screen.staff()?.scope.school_id;
    let read = screen.state.house().db.read(move |conn| {
        let schools = visible_schools(conn, own)?;
        let numbers: Vec<SchoolId> = schools.iter().map(|school| school.school_id).collect();
        Ok((schools, list_contacts(conn, &numbers)?))
    });
    let (schools, contacts) = read.await?;
    let row = |school: domain::schools::model::School| SchoolRow {
        reachable: contacts.iter().filter(|one| one.school_id == school.school_id).count(),
        number: school.school_id.0,
        code: school.code,
        name: school.name,
        takes_paper_verdicts: school.takes_paper_verdicts,
    };
    let page = SchoolsPage {
        frame: console.frame,
        schools: schools.into_iter().map(row).collect(),
    };
    screen.show("schools/list.html", &page)
}

/// `GET /console/schools/:school_id`.
#[handler]
pub async fn show(screen: Screen, Path(school_id): Path<i64>) -> Result<Response, Failure> {
    let console = screen.console(Section::Campaigns).await?;
    let mut staff = screen.staff()?.clone();
    let school_id = SchoolId(school_id);
    let read = screen.state.house().db.read(move |conn| {
        let school = get_school(conn, &staff, school_id)?;
        staff.scope.school_id = Some(school_id);
        Ok((
            school,
            list_contacts(conn, &[school_id])?,
            list_classes(conn, &staff, None)?.0,
        ))
    });
    let (school, contacts, mut colleges) = read.await?;
    // Those with an office of their own have a form of their own.
    colleges.retain(|college| contacts.iter().all(|contact| contact.college != *college));
    let page = SchoolPage {
        frame: console.frame,
        number: school.school_id.0,
        code: school.code,
        name: school.name,
        takes_paper_verdicts: school.takes_paper_verdicts,
        contacts: cards(school_id, &contacts),
        colleges,
    };
    screen.show("schools/show.html", &page)
}

/// A card for everybody who acts, known or not, each college's own office after that for all.
fn cards(school_id: SchoolId, contacts: &[Contact]) -> Vec<ContactCard> {
    let card = |actor: NextActor| {
        let of_actor = |one: &&Contact| one.actor == actor;
        let (own, for_all): (Vec<_>, Vec<_>) = contacts
            .iter()
            .filter(of_actor)
            .partition(|one| !one.college.is_empty());
        let nobody = Contact {
            school_id,
            actor,
            college: String::new(),
            reach: Reach::default(),
        };
        let first = for_all
            .first()
            .map_or_else(|| ContactCard::from(&nobody), |one| ContactCard::from(*one));
        std::iter::once(first)
            .chain(own.into_iter().map(ContactCard::from))
            .collect::<Vec<_>>()
    };
    NextActor::ALL
        .iter()
        .copied()
        .filter(|actor| actor.can_be_reached())
        .flat_map(card)
        .collect()
}

#[derive(Deserialize)]
struct SchoolForm {
    name: String,
    /// Sent where the box is ticked.
    takes_paper_verdicts: Option<String>,
}

/// `POST /console/schools/:school_id`.
#[handler]
pub async fn change(
    screen: Screen,
    Path(school_id): Path<i64>,
    Form(form): Form<SchoolForm>,
) -> Result<Response, Failure> {
    let staff = screen.changer("school.change").await?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let changed = house.db.write_tx(move |conn| {
        let wanted = (
            SchoolId(school_id),
            form.name.as_str(),
            form.takes_paper_verdicts.is_some(),
        );
        change_school(conn, &sealer, &staff, wanted, now_ms)
    });
    changed.await?;
    Ok(Redirect::see_other(format!("{HERE}/{school_id}")).into_response())
}

#[derive(Deserialize)]
struct ContactForm {
    actor: NextActor,
    #[serde(default)]
    college: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    hours: String,
}

/// `POST /console/schools/:school_id/contacts`.
#[handler]
pub async fn reach(
    screen: Screen,
    Path(school_id): Path<i64>,
    Form(form): Form<ContactForm>,
) -> Result<Response, Failure> {
    let staff = screen.changer("school.contact").await?;
    let part = |typed: &str| given(typed).map(str::to_owned);
    let contact = Contact {
        school_id: SchoolId(school_id),
        actor: form.actor,
        college: form.college.trim().to_owned(),
        reach: Reach {
            phone: part(&form.phone),
            email: part(&form.email),
            place: part(&form.place),
            hours: part(&form.hours),
        },
    };
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let kept = house
        .db
        .write_tx(move |conn| keep_contact(conn, &sealer, &staff, &contact, now_ms));
    kept.await?;
    Ok(Redirect::see_other(format!("{HERE}/{school_id}#contacts")).into_response())
}
