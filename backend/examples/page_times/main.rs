//! How long the server takes for each page of the console over a large house, and which of its queries read a whole table.
//!
//!     cargo run --release -p rollproof-backend --example page_times -- [RECORDS] [PHOTOS] [REQUESTS]
//!
//! The house is made on the kind of database that `TEST_DATABASE_URL` names, as in tests: the roll is imported the usual way, the
//! photos are rows without pictures. `scripts/page_times.sh` runs it on both. Ends with 1 where a page's 95th percentile is above
//! 50 ms, or where a query of a page reads the roll or the photos from end to end on SQLite.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use backend::app::{AppState, WebSettings, build_app};
use backend::house::House;
use diesel::connection::{Connection as _, InstrumentationEvent};
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::accounts::commands::sign_in::{SignIn, sign_in};
use domain::accounts::commands::staff::{Manager, invite};
use domain::accounts::commands::{hash_new_password, set_password};
use domain::accounts::model::{Invitation, Origin, Role, Scope, SessionTimes};
use domain::agencies::commands::add_agency;
use domain::campaigns::commands::add_campaign;
use domain::campaigns::model::{CampaignMode, Expected, NewCampaign};
use domain::campaigns::profile::Profile;
use domain::clock::Clock;
use domain::config::Config;
use domain::db::Conn;
use domain::keys::open_keys_blocking;
use domain::roll::commands::create_import;
use domain::roll::model::{ImportKind, ImportOptions, NewImport};
use domain::storage::{ObjectId, ObjectKey, StorageLimits, Store};
use domain::testing::TestDb;
use poem::test::TestClient;
use sha2::Digest as _;
use worker::JobContext;
use worker::synthetic::School;

/// The administrator's session and the auditor's.
const COOKIES: [&str; 2] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "1111111111111111111111111111111111111111111111111111111111111111",
];
const EMAILS: [&str; 2] = ["lin@example.edu", "zhao@example.edu"];

fn cookie_for(path: &str) -> String {
    format!("rollproof={}", COOKIES[usize::from(path.starts_with("/console/audit"))])
}
const WANTED: Duration = Duration::from_millis(50);

mod fill;

#[tokio::main]
async fn main() {
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
    std::process::exit(i32::from(is_slow || !scans.is_empty()));
}

fn open_house(database: &TestDb) -> House {
    let config = Config::in_folder(database.folder()).expect("settings");
    let db = database.db();
    let sealer = open_keys_blocking(&db, &config.secret_file).expect("keys");
    let store = Store::open(&config.storage_url, None, StorageLimits::default()).expect("a store");
    House {
        config,
        db,
        store,
        sealer,
        clock: Clock::System,
    }
}

async fn furnish(house: &House) {
    let now_ms = house.clock.now_ms();
    let campaign = NewCampaign {
        code: "2027".to_owned(),
        name: "2027 届".to_owned(),
        mode: CampaignMode::Legacy,
        profile: Profile::builtin("chsi-graduation").expect("built in"),
        freeze_at_ms: None,
        upload_expected: None,
        expected: Expected::default(),
    };
    let password = "correct horse battery";
    house
        .db
        .write_tx(move |conn| {
            // An administrator sees the staff; an auditor the trail.
            for (email, role) in EMAILS.into_iter().zip([Role::Admin, Role::Auditor]) {
                let invitation = Invitation {
                    email: email.to_owned(),
                    role,
                    scope: Scope::default(),
                    agency_id: None,
                };
                let link = invite(conn, Manager::Operator, &invitation, now_ms)?;
                set_password(conn, &link, &hash_new_password(password)?, now_ms)?;
            }
            add_agency(conn, "operator", "studio", "清影图片社", now_ms)?;
            add_campaign(conn, "operator", &campaign, now_ms)
        })
        .await
        .expect("furnished");
    for (email, cookie) in EMAILS.into_iter().zip(COOKIES) {
        let attempt = SignIn {
            email: email.to_owned(),
            password: password.to_owned(),
            second_factor: None,
            new_token_hash: sha2::Sha256::digest(cookie.as_bytes()).into(),
            times: SessionTimes::with_idle_minutes(600),
            origin: Origin::default(),
        };
        sign_in(&house.db, &house.sealer, attempt, now_ms)
            .await
            .expect("signed in");
    }
}

async fn run_jobs(house: &House) {
    let house = house.clone();
    let ctx = JobContext::new(house.db, house.store, house.sealer, house.config, house.clock);
    worker::run_until_empty(ctx).await.expect("the jobs run");
}

async fn import(house: &House, students: usize) {
    let mut csv = Vec::new();
    School::generate(1, students, 2027)
        .write_roll_csv(&mut csv)
        .expect("a roll");
    let id = ObjectId::random();
    house
        .store
        .put(&ObjectKey::Staging { id: id.clone() }, csv.into())
        .await
        .expect("staged");
    let new = NewImport {
        kind: ImportKind::Roll,
        staged_object: id.to_string(),
        source_sha256: "0".repeat(64),
        options: ImportOptions::default(),
        is_dry_run: false,
        is_attended: false,
        actor: "operator".to_owned(),
    };
    let now_ms = house.clock.now_ms();
    house
        .db
        .write_tx(move |conn| create_import(conn, &new, now_ms))
        .await
        .expect("an import");
    run_jobs(house).await;
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
    ];
    paths.into()
}

/// Tables that no page may read from end to end.
const LARGE: [&str; 6] = [
    "roll_records",
    "batch_entries",
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
