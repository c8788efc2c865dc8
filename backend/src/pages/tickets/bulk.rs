//! One act on the tickets that were ticked: each in a transaction of its own, so that one that cannot be done holds up no other.

use domain::accounts::model::{Role, Staff};
use domain::clock::TimestampMs;
use domain::crypto::Sealer;
use domain::db::Conn;
use domain::error::{Error, Result as DomainResult};
use domain::id::TicketId;
use domain::tickets::commands::office::MOST_AT_ONCE;
use domain::tickets::commands::steps::{StepForm, take_step};
use domain::tickets::commands::talk::say;
use domain::tickets::machine::Step;
use domain::tickets::model::Hand;
use domain::tickets::queries::get_ticket;
use poem::web::{Form, Redirect};
use poem::{IntoResponse, Response, handler};

use super::acts::give;
use crate::error::Failure;
use crate::pages::screen::{Screen, local_path};

/// What is done to each.
#[derive(Clone)]
enum Act {
    Give(String),
    Say(String),
    Close,
}

impl Act {
    fn on(&self, conn: &mut Conn, sealer: &Sealer, by: &Staff, id: TicketId, now_ms: TimestampMs) -> DomainResult<()> {
        match self {
            Self::Give(to) => give(conn, sealer, by, id, to, now_ms),
            Self::Say(words) => say(conn, sealer, Hand::Staff(by), id, words, now_ms),
            Self::Close => {
                let ticket = get_ticket(conn, Hand::Staff(by), id)?;
                let form = StepForm {
                    step: Step::Close,
                    ..StepForm::blank(&ticket)
                };
                take_step(conn, sealer, Hand::Staff(by), &form, now_ms).map(|_| ())
            }
        }
    }
}

/// `POST /console/tickets/bulk`: gives, answers or closes what was ticked, and says to how many it was not done.
#[handler]
pub async fn act(screen: Screen, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, Failure> {
    let staff = screen.allowed("ticket.work", Role::may_answer_tickets).await?;
    let field = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let ids: Vec<TicketId> = fields
        .iter()
        .filter(|(name, _)| name == "ticket")
        .filter_map(|(_, number)| number.parse().ok().map(TicketId))
        .take(MOST_AT_ONCE)
        .collect();
    let act = match field("what").as_str() {
        "give" => Act::Give(field("to")),
        "say" => Act::Say(field("words")),
        "close" => Act::Close,
        _ => return Err(Error::invalid("field", "what", "use the form of the page").into()),
    };
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let (mut done, mut refused) = (0_i64, 0_i64);
    for id in ids {
        let (act, sealer, staff) = (act.clone(), house.sealer.clone(), staff.clone());
        match house
            .db
            .write_tx(move |conn| act.on(conn, &sealer, &staff, id, now_ms))
            .await
        {
            Ok(()) => done += 1,
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(_) => refused += 1,
        }
    }
    let back = field("back");
    let back = local_path(&back).unwrap_or("/console/tickets");
    let mark = if back.contains('?') { '&' } else { '?' };
    Ok(Redirect::see_other(format!("{back}{mark}done={done}&refused={refused}")).into_response())
}
