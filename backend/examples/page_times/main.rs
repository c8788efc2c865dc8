//! How long the server takes for each page of the console, and for a student's own, over a large house, and which of its queries read a whole table.
//!
//!     cargo run --release -p rollproof-backend --example page_times -- [RECORDS] [PHOTOS] [REQUESTS]
//!
//! The house is made on the kind of database that `TEST_DATABASE_URL` names, as in tests: the roll is imported the usual way, the
//! photos are rows without pictures. `scripts/page_times.sh` runs it on both. Ends with 1 where a page's 95th percentile is above
//! 50 ms, or where a query of a page reads the roll or the photos from end to end on SQLite.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use backend::app::{AppState, WebSettings, build_app};
use backend::house::House;
use diesel::connection::{Connection as _, InstrumentationEvent};
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::db::Conn;
use domain::testing::TestDb;
use poem::test::TestClient;

use crate::house::{COOKIES, furnish, import, run_jobs};
use crate::student::{COOKIE, enrol, open_house};

mod corrections;
mod fill;
mod house;
mod student;

fn cookie_for(path: &str) -> String {
    let whose = match path {
        path if path.starts_with("/console/audit") => COOKIES[1],
        path if path.starts_with("/console") => COOKIES[0],
        _ => COOKIE,
    };
    format!("rollproof={whose}")
}

/// A record with an accepted photo, whose student is signed in.
const STUDENT: i64 = 20;
/// Two years of corrections in a large house.
const TICKETS: i64 = 20_000;
const WANTED: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() -> ExitCode {
    let mut numbers = std::env::args()
        .skip(1)
        .map(|text| text.parse::<usize>().expect("a number"));
    let records = numbers.next().unwrap_or(200_000);
    let photos = numbers.next().unwrap_or(100_000);
    let requests = numbers.next().unwrap_or(100);
    let database = TestDb::new();
    let house = open_house(&database);
    furnish(&house).await;
    eprintln!("page_times: importing {records} students");
    import(&house, records).await;
    eprintln!("page_times: {photos} photos");
    fill::fill(&house, photos).await;
    corrections::fill(&house, TICKETS.min(records as i64 / 5)).await;
    enrol(&house, STUDENT).await;
    run_jobs(&house).await;
    if !database.url().is_sqlite() {
        // What autovacuum does with a house of some age.
        let tidy = |conn: &mut Conn| Ok(diesel::sql_query("VACUUM ANALYSE").execute(conn)?);
        house.db.maintain_blocking(tidy).expect("tidied");
    }

    let state = AppState::new(WebSettings::default(), house.clone()).expect("sound texts");
    let client = TestClient::new(build_app(state));
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let mut is_slow = false;
    println!("| page | p50, ms | p95, ms | KB |\n|---|---|---|---|");
    for path in pages(&house).await {
        let (mut times, mut bytes) = (Vec::with_capacity(requests), 0);
        for _ in 0..requests {
            let started = Instant::now();
            let answer = client
                .get(path.clone())
                .header("cookie", cookie_for(&path))
                .send()
                .await;
            let status = answer.0.status();
            let body = answer.0.into_body().into_vec().await.expect("a body");
            times.push(started.elapsed());
            bytes = body.len();
            assert!(status.is_success(), "{path}: {status}");
        }
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
        is_slow |= at(95) > WANTED;
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        println!("| {path} | {:.1} | {:.1} | {} |", ms(at(50)), ms(at(95)), bytes / 1024);
    }
    let scans = if database.url().is_sqlite() {
        whole_tables(&house, &client, &seen).await
    } else {
        Vec::new()
    };
    for scan in &scans {
        println!("reads a whole table: {scan}");
    }
    ExitCode::from(u8::from(is_slow || !scans.is_empty()))
}

/// Every page that a day's work opens, lists in the middle and filtered too.
async fn pages(house: &House) -> Vec<String> {
    let (college, class): (Option<String>, Option<String>) = house
        .db
        .read(|conn| {
            use domain::db::schema::roll_records;
            Ok(roll_records::table
                .filter(roll_records::class_name.is_not_null())
                .select((roll_records::college, roll_records::class_name))
                .first(conn)?)
        })
        .await
        .expect("a class");
    let (college, class) = (college.unwrap_or_default(), class.unwrap_or_default());
    let part = serde_urlencoded::to_string([("college", &college), ("class", &class)]).expect("a query");
    let of_college = serde_urlencoded::to_string([("college", &college)]).expect("a query");
    let paths = [
        "/console".to_owned(),
        format!("/console?{of_college}"),
        "/console/batches".to_owned(),
        "/console/batches/1".to_owned(),
        "/console/batches/1?list=review".to_owned(),
        "/console/batches/1?list=missing".to_owned(),
        "/console/review".to_owned(),
        "/console/review?reason=BLUR".to_owned(),
        "/console/review?after=50000".to_owned(),
        "/console/review?band=passed".to_owned(),
        "/console/review?band=passed&batch=1".to_owned(),
        "/console/review/3".to_owned(),
        "/console/recaptures".to_owned(),
        "/console/recaptures?standing=overdue".to_owned(),
        "/console/records".to_owned(),
        "/console/records?after=100000".to_owned(),
        "/console/records?sort=-name&after=100000".to_owned(),
        format!("/console/records?{part}"),
        "/console/records/7".to_owned(),
        "/console/roll/imports".to_owned(),
        "/console/roll/imports/1".to_owned(),
        "/console/campaigns".to_owned(),
        "/console/campaigns/1".to_owned(),
        "/console/staff".to_owned(),
        "/console/account".to_owned(),
        "/console/audit".to_owned(),
        "/console/audit?action=roll.import".to_owned(),
        "/console/verdicts".to_owned(),
        "/console/verdicts?answered=disputed".to_owned(),
        format!("/console/verdicts?{part}"),
        "/console/tickets".to_owned(),
        "/console/tickets?band=overdue".to_owned(),
        "/console/tickets?band=ended".to_owned(),
        "/console/tickets?band=unassigned&kind=photo".to_owned(),
        "/console/tickets/20".to_owned(),
        "/console/tickets/21".to_owned(),
        "/console/tickets/statistics".to_owned(),
        "/console/tickets/kinds".to_owned(),
        "/console/calendar".to_owned(),
        "/console/outbox".to_owned(),
        "/console/jobs".to_owned(),
        "/console/jobs?state=done".to_owned(),
        "/home".to_owned(),
        format!("/proof/{STUDENT}"),
        "/lookup".to_owned(),
    ];
    paths.into()
}

/// Tables that no page may read from end to end.
const LARGE: [&str; 8] = [
    "roll_records",
    "batch_entries",
    "tickets",
    "ticket_events",
    "entry_findings",
    "photos",
    "roll_import_rows",
    "audit_entries",
];

type Seen = Arc<Mutex<BTreeSet<String>>>;

/// Asks SQLite how it runs every statement of every page.
async fn whole_tables(
    house: &House,
    client: &TestClient<poem::endpoint::BoxEndpoint<'static>>,
    seen: &Seen,
) -> Vec<String> {
    for _ in 0..8 {
        // Each connection of the pool is told to tell; a few rounds reach all of them.
        let seen = Arc::clone(seen);
        let listen = house.db.read(move |conn| {
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if let InstrumentationEvent::StartQuery { query, .. } = event
                    && let Ok(mut seen) = seen.lock()
                {
                    let text = query.to_string();
                    let text = text.split(" -- binds").next().unwrap_or_default().to_owned();
                    seen.insert(text);
                }
            });
            std::thread::sleep(Duration::from_millis(20));
            Ok(())
        });
        listen.await.expect("listening");
    }
    for path in pages(house).await {
        client
            .get(path.clone())
            .header("cookie", cookie_for(&path))
            .send()
            .await;
    }
    let statements: Vec<String> = seen.lock().expect("statements").iter().cloned().collect();
    let explained = house.db.read(move |conn| {
        #[derive(QueryableByName)]
        struct Step {
            #[diesel(sql_type = Text)]
            detail: String,
        }
        let mut scans = Vec::new();
        for statement in statements
            .iter()
            .filter(|text| text.trim_start().to_uppercase().starts_with("SELECT") && !text.contains("(1=0)"))
        {
            let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(conn)?;
            for step in steps {
                let is_whole = step.detail.starts_with("SCAN ") && !step.detail.contains(" INDEX ");
                let table = step.detail.split_whitespace().nth(1).unwrap_or_default();
                if is_whole && LARGE.contains(&table) {
                    scans.push(format!(
                        "{}: {}",
                        step.detail,
                        statement.chars().take(300).collect::<String>()
                    ));
                }
            }
        }
        Ok(scans)
    });
    explained.await.expect("explained")
}
