//! The web application as one value: what every request shares, and the endpoint made of it.

use std::net::IpAddr;
use std::sync::Arc;

use domain::config::Config;
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt, Route};

use crate::assets::Assets;
use crate::auth::throttle::Throttle;
use crate::house::House;
use crate::metrics::Metrics;
use crate::middleware::rate_limit::Asker;
use crate::routes;
use crate::templates::{Templates, TemplatesError};
use crate::uploads::Lanes;
use domain::texts::{Texts, TextsError};

/// What the operator decides about the web server.
#[derive(Clone, Debug)]
pub struct WebSettings {
    /// Address under which people reach the server, scheme and host; decides whether cookies are `Secure` and which origin may post.
    pub public_url: String,
    /// Largest delivered archive, in bytes.
    pub archive_bytes: u64,
    /// Largest roll file, in bytes.
    pub roll_bytes: u64,
    /// Attempts to sign in that one address may make in a minute.
    pub sign_in_attempts: u32,
    /// Forms of the students' pages that one network may send in a minute: a campus shares an address.
    pub public_forms: u32,
    /// Lookups of one person in a minute, from wherever.
    pub person_lookups: u32,
    /// Requests that one token, or one address without a token, may make to the interface for programs in a minute.
    pub requests_per_minute: u32,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8700".to_owned(),
            archive_bytes: 64 << 30,
            roll_bytes: 4 << 30,
            sign_in_attempts: 10,
            public_forms: 120,
            person_lookups: 6,
            requests_per_minute: 1_200,
        }
    }
}

impl WebSettings {
    /// The web server's part of the settings.
    pub fn of(config: &Config) -> Self {
        Self {
            public_url: config.public_url.clone(),
            archive_bytes: config.limits.archive_bytes,
            roll_bytes: config.limits.roll_bytes,
            requests_per_minute: config.limits.requests_per_minute,
            ..Self::default()
        }
    }

    /// Whether cookies are for TLS only: always, except over plain HTTP as on loopback.
    pub fn has_tls(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// Refusals of one kind that the audit trail tells of in a minute.
const REFUSALS_A_MINUTE: u32 = 60;

/// How often strangers may try something, by where they are and by whom they ask about.
pub struct PublicBrakes {
    /// Forms of one network.
    pub by_address: Throttle<IpAddr>,
    /// Lookups of one person, by the blind index of the number.
    pub by_person: Throttle<Vec<u8>>,
    /// Mails of one kind to one address, whether it has an account or not; the kind and the address in lower case.
    pub by_mailbox: Throttle<(&'static str, String)>,
    /// Refusals that the audit trail tells of: one of a kind and network in a minute.
    pub refusals: Throttle<(&'static str, Option<IpAddr>)>,
    /// The same of all networks: so many of a kind in a minute, since one who has many networks could fill the trail.
    pub refusals_of_all: Throttle<&'static str>,
}

/// Why the application cannot start; every case is a fault of the build, found before the first request.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A Fluent file is unusable.
    #[error(transparent)]
    Texts(#[from] TextsError),
    /// A template is unusable.
    #[error(transparent)]
    Templates(#[from] TemplatesError),
}

/// What handlers share; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    shared: Arc<Shared>,
}

struct Shared {
    settings: WebSettings,
    assets: Arc<Assets>,
    texts: Arc<Texts>,
    templates: Templates,
    sign_in_throttle: Throttle<IpAddr>,
    public_brakes: PublicBrakes,
    request_throttle: Throttle<Asker>,
    lanes: Lanes,
    metrics: Metrics,
    house: House,
}

impl AppState {
    /// Parses texts and templates and takes stock of the assets.
    pub fn new(settings: WebSettings, house: House) -> Result<Self, StartError> {
        let assets = Arc::new(Assets::load());
        let texts = Arc::new(Texts::load()?);
        let templates = Templates::load(&texts, &assets)?;
        let sign_in_throttle = Throttle::per_minute(settings.sign_in_attempts);
        let public_brakes = PublicBrakes {
            by_address: Throttle::per_minute(settings.public_forms),
            by_person: Throttle::per_minute(settings.person_lookups),
            by_mailbox: Throttle::per_minute(1),
            refusals: Throttle::per_minute(1),
            refusals_of_all: Throttle::per_minute(REFUSALS_A_MINUTE),
        };
        let request_throttle = Throttle::per_minute(settings.requests_per_minute);
        Ok(Self {
            shared: Arc::new(Shared {
                settings,
                assets,
                texts,
                templates,
                sign_in_throttle,
                public_brakes,
                request_throttle,
                lanes: Lanes::default(),
                metrics: Metrics::default(),
                house,
            }),
        })
    }

    /// The operator's decisions.
    pub fn settings(&self) -> &WebSettings {
        &self.shared.settings
    }

    /// Styles, scripts and icons.
    pub fn assets(&self) -> &Assets {
        &self.shared.assets
    }

    /// The texts people read.
    pub fn texts(&self) -> &Texts {
        &self.shared.texts
    }

    /// The pages' templates.
    pub fn templates(&self) -> &Templates {
        &self.shared.templates
    }

    /// Slows down guessing of passwords.
    pub fn sign_in_throttle(&self) -> &Throttle<IpAddr> {
        &self.shared.sign_in_throttle
    }

    /// Slows down what strangers may try.
    pub fn public_brakes(&self) -> &PublicBrakes {
        &self.shared.public_brakes
    }

    /// Requests of programs per token.
    pub fn request_throttle(&self) -> &Throttle<Asker> {
        &self.shared.request_throttle
    }

    /// Which uploads requests work on right now.
    pub fn lanes(&self) -> &Lanes {
        &self.shared.lanes
    }

    /// What this process counts.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// The database, the store, the keys and the clock.
    pub fn house(&self) -> &House {
        &self.shared.house
    }
}

/// Everything the server answers; `serve` and the tests call the same.
pub fn build_app(state: AppState) -> BoxEndpoint<'static> {
    routes::routes(state).map_to_response().boxed()
}

/// Other routes as the server would answer them: numbered, logged, counted and with its headers.
pub fn surround(routes: Route, state: AppState) -> BoxEndpoint<'static> {
    routes::surrounded(routes, state).map_to_response().boxed()
}
