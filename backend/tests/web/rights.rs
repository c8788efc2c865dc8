//! Every route of the console, for every role, with and without a part of the roll: who gets in and who does not.

use backend::app::WebSettings;
use domain::accounts::commands::staff::{Manager, change_staff};
use domain::accounts::model::{Role, Scope};
use domain::id::StaffId;
use poem::http::{Method, StatusCode};

use crate::{App, form_token};

const ALL: &[Role] = &Role::OF_STAFF;
const READERS: &[Role] = &[Role::Admin, Role::Registrar, Role::Support, Role::Auditor];
const CHANGERS: &[Role] = &[Role::Admin, Role::Registrar];
const REVEALERS: &[Role] = &[Role::Admin, Role::Registrar, Role::Support];
const SPEAKERS: &[Role] = &[Role::Admin, Role::Registrar, Role::Counsellor];
const ANSWERERS: &[Role] = &[Role::Admin, Role::Registrar, Role::Counsellor, Role::Support];
const ADMINS: &[Role] = &[Role::Admin];
const AUDITORS: &[Role] = &[Role::Auditor];
const WATCHERS: &[Role] = &[Role::Admin, Role::Auditor];

/// Method, route as `routes/console.rs` writes it, who gets in.
const TABLE: &[(Method, &str, &[Role])] = &[
    (Method::GET, "/console", ALL),
    (Method::POST, "/console/logout", ALL),
    (Method::POST, "/console/campaign", ALL),
    (Method::GET, "/console/batches", READERS),
    (Method::POST, "/console/batches", CHANGERS),
    (Method::GET, "/console/batches/new", CHANGERS),
    (Method::GET, "/console/batches/:batch_id", READERS),
    (Method::POST, "/console/batches/:batch_id/rematch", CHANGERS),
    (Method::POST, "/console/batches/:batch_id/undo", CHANGERS),
    (Method::GET, "/console/batches/:batch_id/list.csv", READERS),
    (Method::GET, "/console/batches/:batch_id/receipt.csv", READERS),
    (Method::GET, "/console/thumbnails/:sha256", ALL),
    (Method::GET, "/console/photos/:sha256", READERS),
    (Method::GET, "/console/review", READERS),
    (Method::GET, "/console/review/:entry_id", READERS),
    (Method::POST, "/console/review/decisions", CHANGERS),
    (Method::POST, "/console/review/take-back", CHANGERS),
    (Method::POST, "/console/review/pairs", CHANGERS),
    (Method::GET, "/console/account", ALL),
    (Method::GET, "/console/account/second-factor", ALL),
    (Method::POST, "/console/account/second-factor", ALL),
    (Method::POST, "/console/account/second-factor/remove", ALL),
    (Method::POST, "/console/account/recovery-codes", ALL),
    (Method::POST, "/console/account/sessions", ALL),
    (Method::GET, "/console/confirm", ALL),
    (Method::POST, "/console/confirm", ALL),
    (Method::POST, "/console/views", ALL),
    (Method::POST, "/console/views/delete", ALL),
    (Method::GET, "/console/staff", ADMINS),
    (Method::POST, "/console/staff", ADMINS),
    (Method::POST, "/console/staff/:staff_id", ADMINS),
    (Method::POST, "/console/staff/:staff_id/link", ADMINS),
    (Method::POST, "/console/staff/:staff_id/account", ADMINS),
    (Method::GET, "/console/jobs", WATCHERS),
    (Method::GET, "/console/jobs/:job_id", WATCHERS),
    (Method::POST, "/console/jobs", ADMINS),
    (Method::POST, "/console/jobs/queues/:queue", ADMINS),
    (Method::GET, "/console/outbox", ADMINS),
    (Method::GET, "/console/outbox/:number", ADMINS),
    (Method::GET, "/console/audit", AUDITORS),
    (Method::GET, "/console/audit.csv", AUDITORS),
    (Method::GET, "/console/records", ALL),
    (Method::POST, "/console/records", ALL),
    (Method::GET, "/console/records/:record_id", ALL),
    (Method::POST, "/console/records/:record_id/reveal", REVEALERS),
    (Method::POST, "/console/records/:record_id/verdict", SPEAKERS),
    (Method::POST, "/console/records/:record_id/reopen", CHANGERS),
    (Method::GET, "/console/verdicts", ALL),
    (Method::POST, "/console/verdicts/remind", SPEAKERS),
    (Method::GET, "/console/tickets", ALL),
    (Method::POST, "/console/tickets", ANSWERERS),
    (Method::GET, "/console/tickets.csv", ALL),
    (Method::GET, "/console/tickets.xlsx", ALL),
    (Method::GET, "/console/tickets/new", ANSWERERS),
    (Method::POST, "/console/tickets/bulk", ANSWERERS),
    (Method::GET, "/console/tickets/statistics", ALL),
    (Method::GET, "/console/tickets/statistics.csv", ALL),
    (Method::GET, "/console/tickets/statistics.xlsx", ALL),
    (Method::GET, "/console/tickets/kinds", ALL),
    (Method::POST, "/console/tickets/kinds/:kind", CHANGERS),
    (Method::POST, "/console/tickets/texts", ANSWERERS),
    (Method::GET, "/console/tickets/:ticket_id", ALL),
    (Method::GET, "/console/tickets/:ticket_id/viewers", ALL),
    (Method::POST, "/console/tickets/:ticket_id/steps", ANSWERERS),
    (Method::POST, "/console/tickets/:ticket_id/words", ANSWERERS),
    (Method::POST, "/console/tickets/:ticket_id/calls", ANSWERERS),
    (Method::POST, "/console/tickets/:ticket_id/assignee", ANSWERERS),
    (Method::POST, "/console/tickets/:ticket_id/proposals", ANSWERERS),
    (Method::POST, "/console/tickets/:ticket_id/links", ANSWERERS),
    (Method::POST, "/console/tickets/:ticket_id/parts", ANSWERERS),
    (Method::POST, "/console/tickets/:ticket_id/checks", ANSWERERS),
    (Method::POST, "/console/tickets/:ticket_id/evidence", ANSWERERS),
    (Method::GET, "/console/tickets/:ticket_id/evidence/:evidence_id", ALL),
    (
        Method::GET,
        "/console/tickets/:ticket_id/evidence/:evidence_id/pages/:number",
        ALL,
    ),
    (Method::GET, "/console/recaptures", READERS),
    (Method::GET, "/console/recaptures.csv", READERS),
    (Method::GET, "/console/recaptures.xlsx", READERS),
    (Method::GET, "/console/roll/imports", READERS),
    (Method::POST, "/console/roll/imports", CHANGERS),
    (Method::GET, "/console/roll/imports/:import_id", READERS),
    (Method::POST, "/console/roll/imports/:import_id/columns", CHANGERS),
    (Method::POST, "/console/roll/imports/:import_id/attend", CHANGERS),
    (Method::GET, "/console/roll/imports/:import_id/errors.xlsx", CHANGERS),
    (Method::GET, "/console/roll/imports/:import_id/issues.csv", READERS),
    (Method::POST, "/console/roll/imports/:import_id/undo", CHANGERS),
    (Method::GET, "/console/batches.csv", READERS),
    (Method::GET, "/console/batches.xlsx", READERS),
    (Method::GET, "/console/batches/:batch_id/list.xlsx", READERS),
    (Method::GET, "/console/batches/:batch_id/receipt.xlsx", READERS),
    (Method::GET, "/console/review.csv", READERS),
    (Method::GET, "/console/review.xlsx", READERS),
    (Method::GET, "/console/roll/imports.csv", READERS),
    (Method::GET, "/console/roll/imports.xlsx", READERS),
    (Method::GET, "/console/roll/imports/:import_id/issues.xlsx", READERS),
    (Method::GET, "/console/campaigns", READERS),
    (Method::GET, "/console/campaigns/:campaign_id", READERS),
    (Method::GET, "/console/audit.xlsx", AUDITORS),
    (Method::GET, "/console/records/sheet", ALL),
    (Method::GET, "/console/records/:record_id/paper", ALL),
    (Method::GET, "/console/records.csv", ALL),
    (Method::GET, "/console/records.xlsx", ALL),
    (Method::GET, "/console/calendar", ALL),
    (Method::POST, "/console/calendar", CHANGERS),
    (Method::POST, "/console/calendar/preview", CHANGERS),
    (Method::POST, "/console/calendar/import", CHANGERS),
    (Method::GET, "/console/campaigns/new", CHANGERS),
    (Method::POST, "/console/recaptures/hand-over", CHANGERS),
    (Method::POST, "/console/recaptures/changes", CHANGERS),
    (Method::POST, "/console/campaigns", CHANGERS),
    (Method::POST, "/console/campaigns/:campaign_id", CHANGERS),
    (Method::POST, "/console/campaigns/:campaign_id/agencies", CHANGERS),
    (Method::POST, "/console/campaigns/:campaign_id/rules", CHANGERS),
    (Method::POST, "/console/agencies", CHANGERS),
    (Method::GET, "/console/schools", READERS),
    (Method::GET, "/console/schools/:school_id", READERS),
    (Method::POST, "/console/schools/:school_id", CHANGERS),
    (Method::POST, "/console/schools/:school_id/contacts", CHANGERS),
];

/// Fields that between them fill in every form well enough to be read.
const FIELDS: &[(&str, &str)] = &[
    ("files", "1"),
    ("rows", "1"),
    ("campaign", "2027"),
    ("back", "/console"),
    ("actor", "college"),
    ("decision", "accept"),
    ("entries", "1"),
    ("first", "1"),
    ("second", "2"),
    ("answer", "same"),
    ("code", "A123456"),
    ("password", "not the password"),
    ("session", "00"),
    ("name", "2028 届"),
    ("mode", "legacy"),
    ("profile", "chsi-graduation"),
    ("recapture_days", "7"),
    ("max_attempts", "2"),
    ("recapture", "1"),
    ("path", "/console/records?standing=all"),
    ("view", "1"),
    ("email", "somebody@example.edu"),
    ("role", "support"),
    ("what", "close"),
    ("q", "王"),
    ("field", "name"),
    ("reason", "ticket 17"),
    ("subject", "photo"),
    ("version", "1"),
    ("verdict", "confirmed"),
    ("kind", "other"),
    ("came_by", "phone"),
    ("words", "电话反映"),
    ("step", "review"),
    ("as", "note"),
    ("outcome", "reached"),
    ("to", ""),
    ("target", "ticket"),
    ("id", "1"),
    ("into", "1"),
    ("item", "person-was-met"),
];

#[test]
fn the_table_has_every_route_of_the_console() {
    let routes = include_str!("../../src/routes/console.rs");
    let written: Vec<&str> = routes
        .split('"')
        .filter(|text| text.starts_with("/console"))
        .filter(|text| !["/console/login", "/console/set-password/:link"].contains(text))
        .collect();
    for route in written {
        assert!(
            TABLE.iter().any(|(_, listed, _)| *listed == route),
            "{route} is not in the table"
        );
    }
}

#[tokio::test]
async fn every_role_reaches_its_routes_and_no_other() {
    for role in Role::OF_STAFF {
        for scope in scopes(role) {
            walk(role, &scope).await;
        }
    }
}

/// Without narrowing, where the role may have that, and with it.
fn scopes(role: Role) -> Vec<Scope> {
    let narrowed = Scope {
        class_name: Some("计科2201班".to_owned()),
        ..Scope::default()
    };
    match role {
        Role::Counsellor => vec![narrowed],
        _ => vec![Scope::default(), narrowed],
    }
}

async fn walk(role: Role, scope: &Scope) {
    let app = App::with(WebSettings::default(), role).await;
    let scope = scope.clone();
    let (sealer, now_ms) = (app.house.sealer.clone(), app.house.clock.now_ms());
    app.house
        .db
        .write_tx(move |conn| change_staff(conn, &sealer, Manager::Operator, StaffId(1), (role, &scope), now_ms))
        .await
        .expect("narrowed");
    let token = form_token(&app).await;
    // Leaving comes last: it ends the session.
    let rows = TABLE.iter().filter(|(_, route, _)| *route != "/console/logout");
    for (method, route, roles) in rows {
        let path: String = route
            .split('/')
            .map(|part| if part.starts_with(':') { "1" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        let request = match *method {
            Method::GET => app.get(&path).query("class", &"计科2201班"),
            _ => {
                let mut fields = vec![("csrf", token.as_str())];
                fields.extend_from_slice(FIELDS);
                app.post(&path).form(&fields)
            }
        };
        let status = request.send().await.0.status();
        let is_in = status != StatusCode::FORBIDDEN;
        assert_eq!(is_in, roles.contains(&role), "{role:?} {method} {route}: {status}");
        assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{role:?} {method} {route}");
    }
}
