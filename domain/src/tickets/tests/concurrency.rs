//! Twenty people on fifty tickets at once: nothing is lost, and what happened stands in order.

use super::{Desk, NOW_MS, add_staff};
use crate::accounts::model::Role;
use crate::tickets::commands::steps::{StepForm, take_step};
use crate::tickets::commands::submit_ticket;
use crate::tickets::commands::talk::note;
use crate::tickets::machine::{Step, TicketState};
use crate::tickets::model::{CameBy, EventKind, Hand, NewTicket, TicketKind};
use crate::tickets::queries::get_ticket;

const PEOPLE: usize = 20;
const TICKETS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_people_on_fifty_tickets_lose_nothing() {
    let desk = Desk::new().await;
    let made = desk.run(|conn, sealer| {
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            people.push(add_staff(conn, &format!("person{number}@example.edu"), Role::Support)?);
        }
        let mut tickets = Vec::new();
        for _ in 0..TICKETS {
            let new = NewTicket {
                kind: TicketKind::Other,
                came_by: CameBy::Office,
                student_id: None,
                record_id: None,
                photo_id: None,
                reason: None,
                body: "电话反映".to_owned(),
                reply_to: None,
                phone: None,
            };
            tickets.push(submit_ticket(conn, sealer, Hand::Staff(&people[0]), &new, NOW_MS)?);
        }
        Ok((people, tickets))
    });
    let (people, tickets) = made.await.expect("people and tickets");
    let mut work = tokio::task::JoinSet::new();
    for (place, by) in people.into_iter().enumerate() {
        let (db, sealer, tickets) = (desk.db.clone(), desk.sealer.clone(), tickets.clone());
        work.spawn(async move {
            let mut taken = 0;
            for turn in 0..TICKETS {
                let ticket_id = tickets[(turn + place * 7) % TICKETS];
                let (by, sealer) = (by.clone(), sealer.clone());
                let seen = db.read({
                    let by = by.clone();
                    move |conn| get_ticket(conn, Hand::Staff(&by), ticket_id)
                });
                let form = StepForm {
                    step: Step::Review,
                    ..StepForm::blank(&seen.await.expect("the ticket"))
                };
                // Everybody takes it up as they saw it; one of them does, the others are told so.
                let step = db.write_tx({
                    let (by, sealer) = (by.clone(), sealer.clone());
                    move |conn| take_step(conn, &sealer, Hand::Staff(&by), &form, NOW_MS)
                });
                match step.await {
                    Ok(state) => {
                        assert_eq!(state, TicketState::InReview);
                        taken += 1;
                    }
                    Err(error) => assert!(matches!(error.code(), "ticket-changed" | "ticket-step"), "{error}"),
                }
                let noted = db.write_tx(move |conn| note(conn, &sealer, &by, ticket_id, "看过了", NOW_MS));
                noted.await.expect("a note is never refused");
            }
            taken
        });
    }
    let taken: usize = work.join_all().await.into_iter().sum();
    assert_eq!(taken, TICKETS, "each ticket was taken up by one person");
    for ticket_id in tickets {
        let events = desk.events(ticket_id).await;
        let numbers: Vec<i64> = events.iter().map(|event| event.number).collect();
        assert_eq!(numbers, (1..=events.len() as i64).collect::<Vec<_>>(), "without a gap");
        assert_eq!(
            events.iter().filter(|event| event.kind == EventKind::Note).count(),
            PEOPLE
        );
        assert_eq!(desk.ticket(ticket_id).await.version, events.len() as i64);
    }
}
