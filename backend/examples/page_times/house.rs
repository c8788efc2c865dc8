//! A large house: a roll imported the usual way, and staff who are signed in.

use backend::house::House;
use domain::accounts::commands::sign_in::{SignIn, sign_in};
use domain::accounts::commands::staff::{Manager, invite};
use domain::accounts::commands::{hash_new_password, set_password};
use domain::accounts::model::{Invitation, Origin, Role, Scope, SessionTimes};
use domain::agencies::commands::add_agency;
use domain::campaigns::commands::add_campaign;
use domain::campaigns::model::{CampaignMode, Expected, NewCampaign};
use domain::campaigns::profile::Profile;
use domain::roll::commands::create_import;
use domain::roll::model::{ImportKind, ImportOptions, NewImport};
use domain::storage::{ObjectId, ObjectKey};
use sha2::Digest as _;
use worker::JobContext;
use worker::synthetic::School;

/// The administrator's session and the auditor's.
pub const COOKIES: [&str; 2] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "1111111111111111111111111111111111111111111111111111111111111111",
];
const EMAILS: [&str; 2] = ["lin@example.edu", "zhao@example.edu"];

/// Staff, an agency, a campaign, and the sessions of the two.
pub async fn furnish(house: &House) {
    let now_ms = house.clock.now_ms();
    let campaign = NewCampaign {
        code: "2027".to_owned(),
        name: "2027 届".to_owned(),
        mode: CampaignMode::Legacy,
        profile: Profile::builtin("chsi-graduation").expect("built in"),
        freeze_at_ms: None,
        upload_expected: None,
        recapture_place: None,
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

/// Runs what is queued.
pub async fn run_jobs(house: &House) {
    let house = house.clone();
    let ctx = JobContext::new(house.db, house.store, house.sealer, house.config, house.clock);
    worker::run_until_empty(ctx).await.expect("the jobs run");
}

/// Imports a roll of so many students the usual way.
pub async fn import(house: &House, students: usize) {
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
