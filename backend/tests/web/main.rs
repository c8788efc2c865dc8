//! The web half from outside: every test goes through the routes as `serve` mounts them, over a real house of its own.

mod agency;
mod announced;
mod assets;
mod audit;
mod calendar;
mod campaigns;
mod claims;
mod connections;
mod csrf;
mod errors;
mod evidence;
mod headers;
mod imports;
mod integrators;
mod isolation;
mod jobs;
mod limits;
mod lists;
mod mails;
mod messages;
mod next_actor;
mod records;
mod reminders;
mod review;
mod rights;
mod roles;
mod schools;
mod screens;
mod sessions;
mod student_doors;
mod student_tickets;
mod students;
mod uploads;
mod webhooks;
mod work;

use backend::app::{AppState, WebSettings, build_app};
use backend::auth::SessionToken;
use backend::house::House;
use domain::accounts::commands::sign_in::{SignIn, SignInOutcome, sign_in};
use domain::accounts::commands::staff::{Manager, invite};
use domain::accounts::commands::{hash_new_password, set_password};
use domain::accounts::model::{Invitation, Origin, Role, Scope, SessionTimes};
use domain::agencies::commands::add_agency;
use domain::campaigns::commands::add_campaign;
use domain::campaigns::model::{CampaignMode, Expected, NewCampaign};
use domain::campaigns::profile::Profile;
use domain::clock::Clock;
use domain::config::Config;
use domain::keys::open_keys_blocking;
use domain::storage::{StorageLimits, Store};
use domain::testing::TestDb;
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderMap, HeaderValue, header as names};
use poem::test::{TestClient, TestRequestBuilder, TestResponse};

/// The address of the member of staff who is signed in.
pub(crate) const EMAIL: &str = "lin@example.edu";
/// Their password.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// Their cookie.
pub(crate) const SIGNED_IN: &str = "rollproof=0000000000000000000000000000000000000000000000000000000000000000";

/// An app over a house with one campaign, one agency and one signed-in member of staff.
pub(crate) struct App {
    pub(crate) client: TestClient<BoxEndpoint<'static>>,
    pub(crate) house: House,
    _database: TestDb,
}

impl App {
    /// With the defaults, for a registrar.
    pub(crate) async fn new() -> Self {
        Self::with(WebSettings::default(), Role::Registrar).await
    }

    /// With settings and a role of the test's own.
    pub(crate) async fn with(settings: WebSettings, role: Role) -> Self {
        let database = TestDb::new();
        let house = open_house(&database);
        let now_ms = house.clock.now_ms();
        house
            .db
            .write_tx(move |conn| {
                let link = invite(conn, Manager::Operator, &invitation(role), now_ms)?;
                set_password(conn, &link, &hash_new_password(PASSWORD)?, now_ms)?;
                add_agency(conn, "operator", "studio", "清影图片社", now_ms)?;
                add_campaign(conn, "operator", &campaign(), now_ms)
            })
            .await
            .expect("the house is furnished");
        let attempt = SignIn {
            email: EMAIL.to_owned(),
            password: PASSWORD.to_owned(),
            second_factor: None,
            origin: Origin::default(),
            new_token_hash: known_token().stored_hash(),
            times: SessionTimes::with_idle_minutes(30),
        };
        let outcome = sign_in(&house.db, &house.sealer, attempt, now_ms)
            .await
            .expect("an answer");
        assert_eq!(outcome, SignInOutcome::SignedIn);
        let state = AppState::new(settings, house.clone()).expect("the embedded texts and templates are sound");
        Self {
            client: TestClient::new(build_app(state)),
            house,
            _database: database,
        }
    }

    /// The same house with other settings.
    pub(crate) fn configured(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.house.config);
        let state = AppState::new(WebSettings::default(), self.house.clone()).expect("sound as before");
        self.client = TestClient::new(build_app(state));
        self
    }

    /// A page as the signed-in member of staff sees it.
    pub(crate) fn get(&self, path: &str) -> TestRequestBuilder<'_, BoxEndpoint<'static>> {
        self.client.get(path.to_owned()).header("cookie", SIGNED_IN)
    }

    /// A form of the signed-in member of staff, as a current browser sends it.
    pub(crate) fn post(&self, path: &str) -> TestRequestBuilder<'_, BoxEndpoint<'static>> {
        self.client
            .post(path.to_owned())
            .header("cookie", SIGNED_IN)
            .header("sec-fetch-site", "same-origin")
    }
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

fn campaign() -> NewCampaign {
    NewCampaign {
        code: "2027".to_owned(),
        name: "2027 届毕业生图像采集".to_owned(),
        mode: CampaignMode::Legacy,
        profile: Profile::builtin("chsi-graduation").expect("a profile of ours"),
        freeze_at_ms: None,
        upload_expected: None,
        recapture_place: None,
        expected: Expected::default(),
    }
}

/// The invitation of the member of staff; a counsellor of one class.
pub(crate) fn invitation(role: Role) -> Invitation {
    let class_name = (role == Role::Counsellor).then(|| "计科2201班".to_owned());
    Invitation {
        email: EMAIL.to_owned(),
        role,
        agency_id: None,
        scope: Scope {
            class_name,
            ..Scope::default()
        },
    }
}

fn known_token() -> SessionToken {
    let headers: HeaderMap = [(names::COOKIE, HeaderValue::from_static(SIGNED_IN))]
        .into_iter()
        .collect();
    SessionToken::from_cookies(&headers, &WebSettings::default()).expect("a well-formed cookie")
}

/// The token in the forms of the signed-in member of staff.
pub(crate) async fn form_token(app: &App) -> String {
    let html = body(app.get("/console").send().await).await;
    let (_, rest) = html.split_once("name=\"csrf\" value=\"").expect("the page has a form");
    rest.split_once('"').expect("the value is quoted").0.to_owned()
}

/// The whole body.
pub(crate) async fn body(response: TestResponse) -> String {
    response.0.into_body().into_string().await.expect("the body is text")
}

/// A header's value; empty where there is none.
pub(crate) fn header<'a>(response: &'a TestResponse, name: &str) -> &'a str {
    response
        .0
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("ASCII"))
}
