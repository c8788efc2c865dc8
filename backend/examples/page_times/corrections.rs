//! Tickets of two years: nine in ten have ended, the others stand everywhere between handed in and overdue.

use backend::house::House;
use domain::db::Conn;
use domain::db::bulk::{self, Column};
use serde_json::{Value, json};

const PER_STEP: i64 = 2_000;
const HOUR_MS: i64 = 3_600_000;
const KINDS: [&str; 4] = ["photo", "roll", "other", "duplicate"];

/// Writes so many tickets, each of another record, with the events of their moves.
pub async fn fill(house: &House, tickets: i64) {
    let now_ms = house.clock.now_ms();
    for first in (1..=tickets).step_by(PER_STEP as usize) {
        let last = tickets.min(first + PER_STEP - 1);
        let written = house.db.write_tx(move |conn| write(conn, first, last, tickets, now_ms));
        written.await.expect("tickets");
    }
}

fn state_of(n: i64) -> &'static str {
    match n % 20 {
        0 => ["submitted", "in-review", "need-more", "escalated"][(n / 20 % 4) as usize],
        1 => "in-review",
        2 | 3 => "rejected",
        4 => "notified",
        _ => "closed",
    }
}

fn write(conn: &mut Conn, first: i64, last: i64, tickets: i64, now_ms: i64) -> domain::Result<()> {
    let began = |n: i64| now_ms - (tickets - n) * 720 * 24 * HOUR_MS / tickets;
    let rows: Vec<Value> = (first..=last).map(|n| ticket(n, began(n))).collect();
    bulk::insert(conn, "tickets", &TICKET_COLUMNS, "", &rows)?;
    let moves: Vec<Value> = (first..=last).flat_map(|n| moves(n, began(n))).collect();
    bulk::insert(conn, "ticket_events", &EVENT_COLUMNS, "", &moves).map(drop)
}

const TICKET_COLUMNS: [Column; 18] = [
    Column::Integer("ticket_id"),
    Column::Integer("school_id"),
    Column::Text("kind"),
    Column::Text("state"),
    Column::Bool("is_open"),
    Column::Text("came_by"),
    Column::Integer("record_id"),
    Column::Integer("budget_ms"),
    Column::Integer("started_at_ms"),
    Column::Integer("due_at_ms"),
    Column::Integer("warn_at_ms"),
    Column::Integer("promised_at_ms"),
    Column::Integer("turn_ms"),
    Column::Text("warned"),
    Column::Integer("version"),
    Column::Integer("created_at_ms"),
    Column::Integer("changed_at_ms"),
    Column::Integer("closed_at_ms"),
];

fn ticket(n: i64, began_ms: i64) -> Value {
    let state = state_of(n);
    let is_open = !matches!(state, "rejected" | "notified" | "closed");
    let due_ms = began_ms + 72 * HOUR_MS;
    let is_counting = matches!(state, "submitted" | "in-review");
    json!({
        "ticket_id": n, "school_id": 1, "kind": KINDS[(n % 4) as usize], "state": state, "is_open": is_open, "came_by": "page",
        "record_id": n * 5, "budget_ms": 21 * HOUR_MS, "started_at_ms": began_ms, "due_at_ms": is_counting.then_some(due_ms),
        "warn_at_ms": is_counting.then_some(due_ms - 4 * HOUR_MS), "promised_at_ms": due_ms,
        "turn_ms": if is_counting { due_ms } else { 9_000_000_000_000_000 }, "warned": "no", "version": 3,
        "created_at_ms": began_ms, "changed_at_ms": began_ms + HOUR_MS, "closed_at_ms": (!is_open).then_some(began_ms + 30 * HOUR_MS),
    })
}

const EVENT_COLUMNS: [Column; 10] = [
    Column::Integer("ticket_id"),
    Column::Integer("number"),
    Column::Text("kind"),
    Column::Text("from_state"),
    Column::Text("to_state"),
    Column::Text("actor"),
    Column::Bool("is_of_student"),
    Column::Bool("is_public"),
    Column::Text("parameters"),
    Column::Integer("at_ms"),
];

fn moves(n: i64, began_ms: i64) -> Vec<Value> {
    let event = |number: i64, kind: &str, states: Option<(&str, &str)>, at_ms: i64| {
        json!({
            "ticket_id": n, "number": number, "kind": kind, "from_state": states.map(|one| one.0), "to_state": states.map(|one| one.1),
            "actor": "student", "is_of_student": number < 3, "is_public": true, "parameters": "{}", "at_ms": at_ms,
        })
    };
    let mut events = vec![
        event(1, "opened", None, began_ms),
        event(2, "moved", Some(("draft", "submitted")), began_ms),
    ];
    let state = state_of(n);
    if state != "submitted" {
        events.push(event(3, "moved", Some(("submitted", state)), began_ms + HOUR_MS));
    }
    events
}
