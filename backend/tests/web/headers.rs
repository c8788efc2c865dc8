use domain::accounts::model::Role;

use crate::{App, header};

const EVERY_KIND_OF_ANSWER: [&str; 10] = [
    "/console",
    "/console/batches/999",
    "/console/login",
    "/healthz",
    "/readyz",
    "/api/docs",
    "/api/v1/openapi.json",
    "/api/v1/version",
    "/api/v1/nothing-here",
    "/nothing-here",
];

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = App::new().await;
    for path in EVERY_KIND_OF_ANSWER {
        let response = app.get(path).send().await;
        let policy = header(&response, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "x-frame-options"), "DENY", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "same-origin", "{path}");
        assert_eq!(header(&response, "x-request-id").len(), 16, "{path}");
        // What programs read may be kept by the program that asked, and is asked for anew each time.
        let kept = if path == "/api/v1/version" {
            "private, no-cache"
        } else {
            "no-store"
        };
        assert_eq!(header(&response, "cache-control"), kept, "{path}");
    }
}

#[tokio::test]
async fn strict_transport_is_asked_for_over_tls_only() {
    let settings = backend::app::WebSettings {
        public_url: "https://photos.example.edu".to_owned(),
        ..Default::default()
    };
    let over_tls = App::with(settings, Role::Registrar).await.get("/healthz").send().await;
    assert_eq!(header(&over_tls, "strict-transport-security"), "max-age=31536000");
    assert_eq!(
        header(
            &App::new().await.get("/healthz").send().await,
            "strict-transport-security"
        ),
        ""
    );
}

#[tokio::test]
async fn no_page_has_inline_style_or_script() {
    let app = App::new().await;
    for path in [
        "/console",
        "/console/batches",
        "/console/batches/new",
        "/console/roll/imports",
        "/console/recaptures",
        "/console/set-password/used",
        "/api/docs",
        "/nothing-here",
    ] {
        let html = crate::body(app.get(path).send().await).await;
        assert!(
            !html.contains(" style=") && !html.contains("<style") && !html.contains(" onclick="),
            "{path}"
        );
        for (at, _) in html.match_indices("<script") {
            assert!(html[at..].starts_with("<script src=\"/assets/"), "{path}");
        }
        assert!(
            !html.contains("http://") && !html.contains("https://"),
            "{path} leads elsewhere"
        );
    }
}
