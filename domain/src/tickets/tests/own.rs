//! What a student sees and does of their own: where answers go, what a pause costs, and what an account that is not complete reaches.

use secrecy::ExposeSecret as _;

use super::*;
use crate::db::schema::notice_deliveries;
use crate::tickets::commands::identity::ask_for_identity;
use crate::tickets::commands::refuse_stale;
use crate::tickets::commands::submit_ticket;
use crate::tickets::promise::explained;
use crate::tickets::queries::own::{list_own, list_own_open};

#[tokio::test(flavor = "multi_thread")]
async fn answers_go_where_the_student_asked() {
    let desk = Desk::new().await;
    let (student, mut new) = (desk.student.clone(), desk.new_ticket(TicketKind::Photo));
    new.reply_to = Some("reply@mail.example".to_owned());
    let sent = desk.run(move |conn, sealer| {
        submit_ticket(conn, sealer, Hand::Student(&student), &new, NOW_MS)?;
        let address: Option<Vec<u8>> = notice_deliveries::table
            .inner_join(notices::table)
            .filter(notices::kind.eq(NoticeKind::TicketReceived))
            .select(notice_deliveries::address_sealed)
            .first(conn)?;
        let address = address.map(|sealed| sealer.open_text(Purpose::new("notice-address"), &sealed));
        Ok(address.transpose()?.map(|address| address.expose_secret().to_owned()))
    });
    assert_eq!(sent.await.expect("a mail").as_deref(), Some("reply@mail.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn working_time_of_a_pause_is_counted_apart() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Photo).await;
    desk.step(&desk.registrar, ticket_id, Step::Ask, NOW_MS + HOUR_MS)
        .await
        .expect("asked");
    desk.step(&desk.registrar, ticket_id, Step::Answer, NOW_MS + HOUR_MS + DAY_MS)
        .await
        .expect("answered");
    let ticket = desk.ticket(ticket_id).await;
    let told = desk
        .run(move |conn, _| explained(conn, &ticket, NOW_MS + HOUR_MS + DAY_MS))
        .await
        .expect("an account")
        .expect("it was handed in");
    assert_eq!((told.used_ms, told.paused_ms), (HOUR_MS, 7 * HOUR_MS));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_complete_has_no_tickets_but_its_own_proof() {
    let desk = Desk::new().await;
    let roll = desk.submitted(TicketKind::Photo).await;
    let student = Student {
        state: StudentState::Confirming,
        person: None,
        ..desk.student.clone()
    };
    let whole = desk.student.clone();
    let seen = desk.run(move |conn, sealer| {
        let hidden = get_ticket(conn, Hand::Student(&student), roll).map(|ticket| ticket.state);
        let proof = ask_for_identity(conn, sealer, &student, "", NOW_MS)?;
        let again = ask_for_identity(conn, sealer, &student, "再说一次", NOW_MS)?;
        let own: Vec<TicketId> = list_own(conn, &student, 10)?
            .iter()
            .map(|ticket| ticket.ticket_id)
            .collect();
        let early = ask_for_identity(conn, sealer, &whole, "", NOW_MS);
        let open = list_own_open(conn, whole.student_id)?.len();
        Ok((hidden, (proof, again), own, early, open))
    });
    let (hidden, (proof, again), own, early, open) = seen.await.expect("read");
    assert_eq!(hidden.expect_err("not theirs yet").code(), "not-found");
    assert_eq!((again, own), (proof, vec![proof]));
    assert_eq!(early.expect_err("a complete account").code(), "registration-step");
    assert_eq!(open, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_on_an_older_page_is_refused() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Photo).await;
    let before = desk.ticket(ticket_id).await.version;
    desk.step(&desk.registrar, ticket_id, Step::Ask, NOW_MS)
        .await
        .expect("asked");
    let student = desk.student.clone();
    let late = desk.run(move |conn, _| refuse_stale(conn, Hand::Student(&student), ticket_id, before));
    assert_eq!(late.await.expect_err("too late").code(), "ticket-changed");
}
