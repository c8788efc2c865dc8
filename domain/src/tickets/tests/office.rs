//! The office's own work: who has what, what is told when a time comes, what nobody else sees.

use diesel::prelude::*;

use chrono::NaiveDate;

use super::{DAY_MS, Desk, HOUR_MS, NOW_MS, add_staff};
use crate::accounts::model::{Role, Scope, Staff};
use crate::db::schema::audit_entries;
use crate::notices::model::NoticeKind;
use crate::tickets::commands::office::{assign, assign_in_turn, check, link, look, merge, split};
use crate::tickets::commands::recount::recount_school;
use crate::tickets::commands::talk::{CallOutcome, note, note_call, rate, say};
use crate::tickets::commands::watch::watch_tickets;
use crate::tickets::machine::{Step, TicketState};
use crate::tickets::model::{EventKind, Hand, LinkTarget, TicketKind};
use crate::tickets::promise::explained;
use crate::tickets::queries::assignees::list_viewers;
use crate::tickets::queries::inbox::{Band, InboxQuery, count_tickets, list_tickets};
use crate::tickets::queries::{get_ticket, list_events, list_links};
use crate::worktime::calendar::{DayKind, OwnDay};
use crate::worktime::commands::change_calendar;
use crate::worktime::model::CalendarChange;
use crate::worktime::queries::get_school_calendar;

#[tokio::test]
async fn what_is_nearly_due_and_overdue_is_said_once_in_working_hours() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Other).await;
    let due_ms = NOW_MS + 5 * DAY_MS;
    let watch = |now_ms| desk.run(move |conn, sealer| watch_tickets(conn, sealer, now_ms));
    assert_eq!(watch(NOW_MS + HOUR_MS).await.expect("a look"), 0);
    // Four working hours before Tuesday 10:00: Monday 14:30.
    assert_eq!(watch(due_ms - 20 * HOUR_MS).await.expect("a look"), 0);
    assert_eq!(watch(due_ms - 19 * HOUR_MS).await.expect("a look"), 1);
    assert_eq!(watch(due_ms - 18 * HOUR_MS).await.expect("a look"), 0, "once");
    assert_eq!(watch(due_ms).await.expect("a look"), 1);
    assert_eq!(watch(due_ms + DAY_MS).await.expect("a look"), 0, "once");
    let kinds: Vec<EventKind> = desk.events(ticket_id).await.iter().map(|event| event.kind).collect();
    assert_eq!(kinds[2..], [EventKind::DueSoon, EventKind::Overdue]);
    // Nobody has it: both who give tickets out are told, twice.
    assert_eq!(desk.told(NoticeKind::TicketsDue).await, 4);
    let by = desk.support.clone();
    let (overdue, counts) = desk
        .run(move |conn, _| {
            let query = InboxQuery::of(Band::Overdue);
            let listed = list_tickets(conn, &by, &query, None, (10, due_ms))?;
            Ok((listed, count_tickets(conn, &by, due_ms)?))
        })
        .await
        .expect("the inbox");
    assert_eq!(overdue.len(), 1);
    assert_eq!((counts.open, counts.overdue, counts.unassigned), (1, 1, 1));
}

#[tokio::test]
async fn what_was_answered_is_closed_after_two_weeks_of_silence() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Other).await;
    desk.step(&desk.support, ticket_id, Step::Review, NOW_MS)
        .await
        .expect("taken up");
    desk.step(&desk.admin, ticket_id, Step::Approve, NOW_MS + HOUR_MS)
        .await
        .expect("approved");
    let watch = |now_ms| desk.run(move |conn, sealer| watch_tickets(conn, sealer, now_ms));
    watch(NOW_MS + 13 * DAY_MS).await.expect("a look");
    assert_eq!(desk.ticket(ticket_id).await.state, TicketState::Notified);
    assert_eq!(watch(NOW_MS + 15 * DAY_MS).await.expect("a look"), 1);
    assert_eq!(desk.ticket(ticket_id).await.state, TicketState::Closed);
    let last = desk.events(ticket_id).await.pop().expect("an event");
    assert_eq!(last.to_state, Some(TicketState::Closed));
    let acts = desk.run(move |conn, _| {
        let own = audit_entries::table.filter(audit_entries::action.eq("ticket.close"));
        Ok(own.select(audit_entries::subject_id).load::<Option<i64>>(conn)?)
    });
    assert_eq!(acts.await.expect("the trail"), [Some(ticket_id.0)]);
}

#[tokio::test]
async fn tickets_are_given_out_in_turn_to_those_who_decide_about_the_kind() {
    let desk = Desk::new().await;
    let first = desk.submitted(TicketKind::Photo).await;
    let second = desk.submitted(TicketKind::Duplicate).await;
    let give = |ticket_id, now_ms| {
        let by = desk.admin.clone();
        desk.run(move |conn, sealer| assign_in_turn(conn, sealer, &by, ticket_id, now_ms))
    };
    let one = give(first, NOW_MS).await.expect("given");
    let two = give(second, NOW_MS + 1).await.expect("given");
    assert_ne!(one, two);
    let mut both = [one, two];
    both.sort_unstable();
    assert_eq!(
        both,
        [desk.admin.staff_id, desk.registrar.staff_id],
        "support does not decide about photos"
    );
}

#[tokio::test]
async fn a_counsellor_of_another_college_sees_nothing_and_gets_nothing() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Other).await;
    let counsellor = desk
        .run(|conn, _| add_staff(conn, "other@example.edu", Role::Counsellor))
        .await
        .expect("staff");
    let elsewhere = Staff {
        scope: Scope {
            college: Some("理学院".to_owned()),
            ..Scope::default()
        },
        ..counsellor
    };
    let (by, admin, assignee) = (elsewhere.clone(), desk.admin.clone(), elsewhere.staff_id);
    let hidden = desk
        .run(move |conn, _| get_ticket(conn, Hand::Staff(&by), ticket_id))
        .await;
    assert_eq!(hidden.expect_err("hidden").code(), "not-found");
    let given = desk
        .run(move |conn, sealer| assign(conn, sealer, &admin, ticket_id, Some(assignee), NOW_MS))
        .await;
    assert_eq!(given.expect_err("they could not open it").code(), "assignee");
    let auditor = desk
        .run(|conn, _| add_staff(conn, "auditor@example.edu", Role::Auditor))
        .await
        .expect("staff");
    let refused = desk.step(&auditor, ticket_id, Step::Triage, NOW_MS).await;
    assert_eq!(refused.expect_err("auditors change nothing").code(), "forbidden");
}

#[tokio::test]
async fn notes_stay_in_the_office() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Other).await;
    let by = desk.support.clone();
    desk.run(move |conn, sealer| {
        note(conn, sealer, &by, ticket_id, "只给同事看", NOW_MS)?;
        say(conn, sealer, Hand::Staff(&by), ticket_id, "给学生看", NOW_MS)
    })
    .await
    .expect("said");
    let seen = desk
        .run(move |conn, sealer| list_events(conn, sealer, ticket_id, true))
        .await
        .expect("events");
    let kinds: Vec<EventKind> = seen.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Opened, EventKind::Moved, EventKind::Message]);
    assert_eq!(desk.told(NoticeKind::TicketMessage).await, 1);
}

#[tokio::test]
async fn a_ticket_goes_up_in_another_of_the_same_student_and_a_part_becomes_its_own() {
    let desk = Desk::new().await;
    let (first, second) = (
        desk.submitted(TicketKind::Other).await,
        desk.submitted(TicketKind::Photo).await,
    );
    let by = desk.support.clone();
    desk.run(move |conn, sealer| {
        let version = get_ticket(conn, Hand::Staff(&by), first)?.version;
        merge(conn, sealer, &by, (first, version), second, NOW_MS)
    })
    .await
    .expect("merged");
    let merged = desk.ticket(first).await;
    assert_eq!((merged.state, merged.merged_into), (TicketState::Merged, Some(second)));
    let by = desk.support.clone();
    let part = desk
        .run(move |conn, sealer| split(conn, sealer, &by, second, (TicketKind::Roll, "姓名也错了"), NOW_MS))
        .await
        .expect("a part");
    let part_row = desk.ticket(part).await;
    assert_eq!(
        (part_row.state, part_row.record_id),
        (TicketState::Submitted, Some(desk.record_id))
    );
    let links = desk.run(move |conn, _| list_links(conn, part)).await.expect("links");
    assert_eq!(links, [(LinkTarget::Ticket, second.0)]);
}

#[tokio::test]
async fn whoever_looks_is_seen_and_a_checklist_knows_its_items() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Photo).await;
    let (one, other) = (desk.support.clone(), desk.admin.clone());
    let seen = desk.run(move |conn, sealer| {
        look(conn, &one, ticket_id, NOW_MS)?;
        look(conn, &one, ticket_id, NOW_MS + 1)?;
        check(
            conn,
            sealer,
            &one,
            ticket_id,
            ("compared-with-admission-photo", true),
            NOW_MS,
        )?;
        assert!(check(conn, sealer, &one, ticket_id, ("invented", true), NOW_MS).is_err());
        link(conn, sealer, &one, ticket_id, (LinkTarget::Batch, 4_711), NOW_MS).expect_err("no such batch");
        let now = list_viewers(conn, &other, ticket_id, NOW_MS + 60_000)?;
        let later = list_viewers(conn, &other, ticket_id, NOW_MS + 180_000)?;
        Ok((now, later, list_viewers(conn, &one, ticket_id, NOW_MS)?))
    });
    let (now, later, own) = seen.await.expect("viewers");
    assert_eq!(now, ["support@example.edu"]);
    assert!(later.is_empty() && own.is_empty());
}

#[tokio::test]
async fn a_call_tells_who_has_no_account_and_content_is_said_once() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Other).await;
    desk.step(&desk.support, ticket_id, Step::Review, NOW_MS)
        .await
        .expect("taken up");
    let by = desk.support.clone();
    desk.run(move |conn, sealer| {
        note_call(
            conn,
            sealer,
            &by,
            ticket_id,
            (CallOutcome::NoAnswer, "下午再打"),
            NOW_MS,
        )
    })
    .await
    .expect("noted");
    desk.step(&desk.admin, ticket_id, Step::Approve, NOW_MS + HOUR_MS)
        .await
        .expect("approved");
    let student = desk.student.clone();
    desk.run(move |conn, sealer| {
        rate(conn, sealer, &student, ticket_id, (5, "谢谢"), NOW_MS + DAY_MS)?;
        let again = rate(conn, sealer, &student, ticket_id, (1, ""), NOW_MS + DAY_MS);
        assert_eq!(again.expect_err("once").code(), "rated");
        Ok(())
    })
    .await
    .expect("rated");
    assert_eq!(desk.ticket(ticket_id).await.satisfaction, Some(5));
}

#[tokio::test]
async fn the_account_of_the_clock_has_no_gap_and_adds_up() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Other).await;
    desk.step(&desk.support, ticket_id, Step::Ask, NOW_MS + HOUR_MS)
        .await
        .expect("asked");
    let ticket = desk.ticket(ticket_id).await;
    let now_ms = NOW_MS + 2 * DAY_MS;
    let promise = desk
        .run(move |conn, _| explained(conn, &ticket, now_ms))
        .await
        .expect("an account")
        .expect("it counts");
    assert_eq!(promise.used_ms, HOUR_MS);
    assert_eq!(promise.due_at_ms, None);
    assert_eq!(promise.intervals.first().map(|interval| interval.from_ms), Some(NOW_MS));
    assert_eq!(promise.intervals.last().map(|interval| interval.until_ms), Some(now_ms));
    assert!(
        promise
            .intervals
            .windows(2)
            .all(|pair| pair[0].until_ms == pair[1].from_ms)
    );
}

#[tokio::test]
async fn a_day_that_becomes_free_moves_what_was_promised() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Other).await;
    let school_id = desk.ticket(ticket_id).await.school_id.expect("a school");
    let by = desk.admin.clone();
    let moved = desk.run(move |conn, sealer| {
        let friday = NaiveDate::from_ymd_opt(2026, 5, 29).expect("a day");
        let off = OwnDay {
            kind: DayKind::Off,
            name: "校运会".to_owned(),
        };
        let change = CalendarChange {
            set: [(friday, off)].into(),
            ..CalendarChange::default()
        };
        let version = get_school_calendar(conn, school_id)?.version;
        change_calendar(conn, sealer, &by, school_id, (version, &change), NOW_MS)?;
        recount_school(conn, school_id)
    });
    assert_eq!(moved.await.expect("counted"), 1);
    // Friday does not count any more: Wednesday instead of Tuesday.
    assert_eq!(desk.ticket(ticket_id).await.due_at_ms, Some(NOW_MS + 6 * DAY_MS));
}
