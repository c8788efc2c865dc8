//! How long the server takes for each page of the console over a large house, and which of its queries read a whole table.
//!
//!     cargo run --release -p rollproof-backend --example page_times -- [RECORDS] [PHOTOS] [REQUESTS]
//!
//! The house is made on the kind of database that `TEST_DATABASE_URL` names, as in tests: the roll is imported the usual way, the
//! photos are rows without pictures. `scripts/page_times.sh` runs it on both. Ends with 1 where a page's 95th percentile is above
//! 50 ms, or where a query of a page reads the roll or the photos from end to end on SQLite.

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
use domain::db::bulk::{self, Column};
use domain::jobs::TallyCampaigns;
use domain::keys::open_keys_blocking;
use domain::queue;
use domain::roll::commands::create_import;
use domain::roll::model::{ImportKind, ImportOptions, NewImport};
use domain::storage::{ObjectId, ObjectKey, StorageLimits, Store};
use domain::testing::TestDb;
use poem::test::TestClient;
use serde_json::{Value, json};
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
const PHOTOS_PER_BATCH: i64 = 2_000;
const WANTED: Duration = Duration::from_millis(50);
const DAY_MS: i64 = 86_400_000;

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
    fill(&house, photos).await;
    run_jobs(&house).await;
    if !database.url().is_sqlite() {
        // What autovacuum does with a house of some age.
        let tidy = |conn: &mut Conn| Ok(diesel::sql_query("VACUUM ANALYZE").execute(conn)?);
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

/// Batches of the last two months: most photos matched, three in a hundred in review, one rejected, half a one unmatched.
async fn fill(house: &House, photos: usize) {
    let now_ms = house.clock.now_ms();
    let batches = (photos as i64 + PHOTOS_PER_BATCH - 1) / PHOTOS_PER_BATCH;
    for batch in 1..=batches {
        let received_ms = now_ms - (batches - batch) * 60 * DAY_MS / batches;
        house
            .db
            .write_tx(move |conn| fill_batch(conn, batch, received_ms))
            .await
            .expect("a batch");
    }
    house
        .db
        .write_tx(move |conn| queue::enqueue(conn, &TallyCampaigns {}, now_ms).map(drop))
        .await
        .expect("queued");
}

fn fill_batch(conn: &mut Conn, batch: i64, received_ms: i64) -> domain::Result<()> {
    let columns = [
        Column::Integer("campaign_id"),
        Column::Integer("agency_id"),
        Column::Text("kind"),
        Column::Text("state"),
        Column::Text("key_policy"),
        Column::Text("sha256"),
        Column::Integer("size_bytes"),
        Column::Text("staged_object"),
        Column::Integer("entries_total"),
        Column::Integer("entries_inspected"),
        Column::Text("actor"),
        Column::Integer("received_at_ms"),
        Column::Integer("reconciled_at_ms"),
    ];
    let row = json!({
        "campaign_id": 1, "agency_id": 1, "kind": "graduation", "state": "reconciled", "key_policy": "auto",
        "sha256": format!("{batch:064}"), "size_bytes": 1, "staged_object": "expired", "entries_total": PHOTOS_PER_BATCH,
        "entries_inspected": PHOTOS_PER_BATCH, "actor": "operator", "received_at_ms": received_ms,
        "reconciled_at_ms": received_ms + 60_000,
    });
    bulk::insert(conn, "batches", &columns, "", &[row])?;
    let numbers: Vec<i64> = (1..=PHOTOS_PER_BATCH)
        .map(|seq| (batch - 1) * PHOTOS_PER_BATCH + seq)
        .collect();
    let verdict = |n: i64| match n % 200 {
        0 => "unmatched",
        1 | 2 => "rejected",
        3..=8 => "review",
        _ => "matched",
    };
    let columns = [
        Column::Integer("batch_id"),
        Column::Integer("seq"),
        Column::Bytes("name_sealed"),
        Column::Text("locator"),
        Column::Text("kind"),
        Column::Integer("size_bytes"),
        Column::Text("state"),
        Column::Text("sha256"),
        Column::Text("standard_sha256"),
        Column::Text("thumbnail_sha256"),
        Column::Text("measurements"),
        Column::Text("verdict"),
        Column::Integer("record_id"),
    ];
    let measurements =
        r#"{"source":{"quality":85},"measurements":{"crown_px":80.0,"head_width_px":220.0,"edge_width_px":3.1}}"#;
    let entries: Vec<Value> = numbers.iter().map(|n| json!({
        "batch_id": batch, "seq": n - (batch - 1) * PHOTOS_PER_BATCH, "name_sealed": "00", "locator": "{}", "kind": "photo",
        "size_bytes": 30_000, "state": "reconciled", "sha256": format!("{n:064x}"), "standard_sha256": format!("{n:064x}"),
        "thumbnail_sha256": format!("{n:064x}"), "measurements": measurements, "verdict": verdict(*n),
        "record_id": (n % 200 != 0).then_some(*n),
    })).collect();
    bulk::insert(conn, "batch_entries", &columns, "", &entries)?;
    let columns = [
        Column::Integer("entry_id"),
        Column::Integer("batch_id"),
        Column::Text("stage"),
        Column::Text("code"),
        Column::Text("severity"),
        Column::Real("measured"),
        Column::Real("limit_value"),
    ];
    let findings: Vec<Value> = numbers
        .iter()
        .filter(|n| verdict(**n) != "matched")
        .map(|n| {
            json!({
                "entry_id": n, "batch_id": batch, "stage": "inspection", "measured": 31.0, "limit_value": 24.0,
                "code": code(*n),
                "severity": if verdict(*n) == "rejected" { "reject" } else { "review" },
            })
        })
        .collect();
    bulk::insert(conn, "entry_findings", &columns, "", &findings)?;
    let columns = [
        Column::Integer("record_id"),
        Column::Integer("campaign_id"),
        Column::Integer("entry_id"),
        Column::Text("kind"),
        Column::Integer("version"),
        Column::Text("state"),
        Column::Integer("created_at_ms"),
    ];
    let photos: Vec<Value> = numbers.iter().filter(|n| verdict(**n) == "matched").map(|n| json!({
        "record_id": n, "campaign_id": 1, "entry_id": n, "kind": "graduation", "version": 1, "state": "accepted",
        "created_at_ms": received_ms,
    })).collect();
    bulk::insert(conn, "photos", &columns, "", &photos)?;
    let columns = [
        Column::Integer("campaign_id"),
        Column::Integer("record_id"),
        Column::Integer("entry_id"),
        Column::Text("reason"),
        Column::Text("state"),
        Column::Integer("attempt"),
        Column::Integer("created_at_ms"),
        Column::Integer("updated_at_ms"),
        Column::Integer("due_at_ms"),
    ];
    let recaptures: Vec<Value> = numbers.iter().filter(|n| verdict(**n) == "rejected").map(|n| json!({
        "campaign_id": 1, "record_id": n, "entry_id": n, "reason": "BG", "state": if n % 3 == 0 { "closed" } else { "open" },
        "attempt": 1, "created_at_ms": received_ms, "updated_at_ms": received_ms, "due_at_ms": received_ms + 10 * DAY_MS,
    })).collect();
    bulk::insert(conn, "recaptures", &columns, "", &recaptures).map(drop)
}

fn code(n: i64) -> &'static str {
    match n % 4 {
        0 => "BG",
        1 => "EDGE",
        2 => "BLUR",
        _ => "SIZE",
    }
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
                let table = step.detail.split_whitespace().nth(1).unwrap_or_default().to_owned();
                let named = statement.contains(&format!("{table}")) && LARGE.iter().any(|large| table == *large);
                if is_whole && named {
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
