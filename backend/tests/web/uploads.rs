//! Resumable uploads as tus 1.0 has them, and what an agency makes of one.

use domain::agencies::commands::{TokenKeeper, add_agency, add_token};
use domain::agencies::queries::get_agency_by_code;
use poem::http::{Method, StatusCode};
use poem::test::{TestRequestBuilder, TestResponse};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{App, body, header};

type Builder<'a> = TestRequestBuilder<'a, poem::endpoint::BoxEndpoint<'static>>;

/// A token of an agency, which is made where there is none of that code.
pub(crate) async fn token_of(app: &App, code: &'static str) -> String {
    let now_ms = app.house.clock.now_ms();
    let made = app.house.db.write_tx(move |conn| {
        let agency_id = match get_agency_by_code(conn, code) {
            Ok(agency) => agency.agency_id,
            Err(_) => add_agency(conn, "operator", code, code, now_ms)?,
        };
        add_token(conn, TokenKeeper::Shell, agency_id, ("laptop", 90), now_ms)
    });
    made.await.expect("a token")
}

/// A program of an agency.
pub(crate) struct Program<'a> {
    pub(crate) app: &'a App,
    pub(crate) token: String,
}

impl<'a> Program<'a> {
    pub(crate) async fn of(app: &'a App, code: &'static str) -> Self {
        let token = token_of(app, code).await;
        Self { app, token }
    }

    fn ask(&self, method: Method, path: &str) -> Builder<'a> {
        self.app
            .client
            .request(method, path.to_owned())
            .header("authorization", format!("Bearer {}", self.token))
    }

    pub(crate) fn get(&self, path: &str) -> Builder<'a> {
        self.ask(Method::GET, path)
    }

    pub(crate) async fn post_json(&self, path: &str, json: &serde_json::Value) -> TestResponse {
        self.ask(Method::POST, path).body_json(json).send().await
    }

    fn tus(&self, method: Method, path: &str) -> Builder<'a> {
        self.ask(method, path).header("tus-resumable", "1.0.0")
    }

    async fn begin(&self, size_bytes: usize) -> String {
        let request = self.tus(Method::POST, "/api/v1/uploads");
        let answer = request
            .header("upload-length", size_bytes)
            .header("upload-metadata", "filename YmF0Y2guemlw")
            .send()
            .await;
        answer.assert_status(StatusCode::CREATED);
        header(&answer, "location").to_owned()
    }

    fn piece(&self, place: &str, offset: usize, bytes: &[u8]) -> Builder<'a> {
        self.tus(Method::PATCH, place)
            .header("upload-offset", offset)
            .header("content-type", "application/offset+octet-stream")
            .body(bytes.to_vec())
    }

    async fn offset(&self, place: &str) -> TestResponse {
        self.tus(Method::HEAD, place).send().await
    }

    /// Uploads a file whole; returns its name.
    pub(crate) async fn upload(&self, bytes: &[u8]) -> String {
        let place = self.begin(bytes.len()).await;
        self.piece(&place, 0, bytes)
            .send()
            .await
            .assert_status(StatusCode::NO_CONTENT);
        place.rsplit('/').next().expect("a name").to_owned()
    }

    pub(crate) async fn hand_in(&self, upload: &str, campaign: &str) -> TestResponse {
        self.ask(Method::POST, "/api/v1/batches")
            .content_type("application/json")
            .body(json!({ "upload": upload, "campaign": campaign }).to_string())
            .send()
            .await
    }
}

/// The code of a refusal.
async fn code(answer: TestResponse) -> String {
    let said: Value = serde_json::from_str(&body(answer).await).expect("JSON");
    said["error"]["code"].as_str().expect("a code").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_arrives_piece_by_piece() {
    let app = App::new().await;
    let program = Program::of(&app, "studio").await;
    let bytes: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let place = program.begin(bytes.len()).await;
    assert!(
        place.starts_with("/api/v1/uploads/"),
        "relative, for servers behind a proxy"
    );
    let mut offset = 0;
    for piece in bytes.chunks(300_000) {
        let answer = program.piece(&place, offset, piece).send().await;
        answer.assert_status(StatusCode::NO_CONTENT);
        offset += piece.len();
        assert_eq!(header(&answer, "upload-offset"), offset.to_string());
        assert_eq!(header(&answer, "tus-resumable"), "1.0.0");
        assert!(header(&answer, "upload-expires").ends_with(" GMT"));
    }
    let answer = program.offset(&place).await;
    answer.assert_status_is_ok();
    assert_eq!(header(&answer, "upload-offset"), bytes.len().to_string());
    assert_eq!(header(&answer, "upload-length"), bytes.len().to_string());
    assert_eq!(header(&answer, "cache-control"), "no-store");
    let name = place.rsplit('/').next().expect("a name");
    let stored = std::fs::read(app.house.config.data_dir.join("uploads").join(name)).expect("the file");
    assert_eq!(Sha256::digest(stored), Sha256::digest(&bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_what_it_can_do() {
    let app = App::new().await;
    let answer = app.client.request(Method::OPTIONS, "/api/v1/uploads").send().await;
    answer.assert_status(StatusCode::NO_CONTENT);
    assert_eq!(header(&answer, "tus-version"), "1.0.0");
    assert_eq!(
        header(&answer, "tus-extension"),
        "creation,creation-with-upload,termination,expiration,checksum"
    );
    assert_eq!(header(&answer, "tus-checksum-algorithm"), "sha1,sha256");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_changes_nothing() {
    let app = App::new().await;
    let program = Program::of(&app, "studio").await;
    let place = program.begin(10).await;
    program
        .piece(&place, 0, b"0123")
        .send()
        .await
        .assert_status(StatusCode::NO_CONTENT);
    let wrong = program.piece(&place, 3, b"3").send().await;
    wrong.assert_status(StatusCode::CONFLICT);
    assert_eq!(
        header(&wrong, "tus-resumable"),
        "1.0.0",
        "refusals name the protocol too"
    );
    assert_eq!(code(wrong).await, "offset-differs");
    let long = program.piece(&place, 4, b"456789X").send().await;
    long.assert_status(StatusCode::PAYLOAD_TOO_LARGE);
    let spoilt = program
        .piece(&place, 4, b"45")
        .header("upload-checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_eq!(spoilt.send().await.0.status().as_u16(), 460);
    assert_eq!(header(&program.offset(&place).await, "upload-offset"), "4");
    // printf 45 | openssl dgst -sha1 -binary | base64
    let sound = program
        .piece(&place, 4, b"45")
        .header("upload-checksum", "sha1 +2RDUVYNgpb+baMyI2sfjWGygoo=");
    let sound = sound.send().await;
    let status = sound.0.status();
    assert!(status == StatusCode::NO_CONTENT, "{status}");
    for (header_name, value, wanted) in [
        ("tus-resumable", "0.2.2", StatusCode::PRECONDITION_FAILED),
        (
            "content-type",
            "application/octet-stream",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        ("upload-offset", "six", StatusCode::BAD_REQUEST),
        ("upload-checksum", "md5 YQ==", StatusCode::BAD_REQUEST),
    ] {
        let mut request = program
            .ask(Method::PATCH, &place)
            .header(header_name, value)
            .body(b"6".to_vec());
        for (name, usual) in [
            ("tus-resumable", "1.0.0"),
            ("content-type", "application/offset+octet-stream"),
            ("upload-offset", "6"),
        ] {
            if name != header_name {
                request = request.header(name, usual);
            }
        }
        request.send().await.assert_status(wanted);
    }
    assert_eq!(header(&program.offset(&place).await, "upload-offset"), "6");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_begins_with_its_first_piece_and_is_given_up() {
    let app = App::new().await;
    let program = Program::of(&app, "studio").await;
    let request = program
        .tus(Method::POST, "/api/v1/uploads")
        .header("upload-length", 10)
        .header("upload-metadata", "filename YmF0Y2guemlw")
        .header("content-type", "application/offset+octet-stream");
    let answer = request.body(b"01234".to_vec()).send().await;
    answer.assert_status(StatusCode::CREATED);
    assert_eq!(header(&answer, "upload-offset"), "5");
    let place = header(&answer, "location").to_owned();
    let listed: Value = serde_json::from_str(&body(program.get("/api/v1/uploads").send().await).await).expect("JSON");
    assert_eq!(
        listed["uploads"],
        json!([{ "location": place, "file_name": "batch.zip", "size_bytes": 10, "offset": 5 }])
    );
    // A proxy that lets only POST through.
    let request = program
        .tus(Method::POST, &place)
        .header("x-http-method-override", "DELETE");
    request.send().await.assert_status(StatusCode::NO_CONTENT);
    program.offset(&place).await.assert_status(StatusCode::NOT_FOUND);
    let left = std::fs::read_dir(app.house.config.data_dir.join("uploads")).expect("the folder");
    assert_eq!(left.count(), 0, "its space is free again");
    for (metadata, wanted) in [
        ("filename %%%", StatusCode::BAD_REQUEST),
        ("name YmF0Y2guemlw", StatusCode::UNPROCESSABLE_ENTITY),
        ("filename YmF0Y2guemlw,sha256 YQ==", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let request = program
            .tus(Method::POST, "/api/v1/uploads")
            .header("upload-length", 10)
            .header("upload-metadata", metadata);
        request.send().await.assert_status(wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_an_upload_without_its_agencys_token() {
    let app = App::new().await;
    let (own, other) = (Program::of(&app, "studio").await, Program::of(&app, "other").await);
    let place = own.begin(10).await;
    other.offset(&place).await.assert_status(StatusCode::NOT_FOUND);
    other
        .piece(&place, 0, b"x")
        .send()
        .await
        .assert_status(StatusCode::NOT_FOUND);
    other
        .tus(Method::DELETE, &place)
        .send()
        .await
        .assert_status(StatusCode::NOT_FOUND);
    assert_eq!(
        body(other.get("/api/v1/uploads").send().await).await,
        r#"{"uploads":[]}"#
    );
    for token in ["", "rollproof_0", &own.token[..own.token.len() - 1]] {
        let stranger = Program {
            app: &app,
            token: token.to_owned(),
        };
        let answer = stranger.offset(&place).await;
        answer.assert_status(StatusCode::UNAUTHORIZED);
        stranger
            .get("/api/v1/batches")
            .send()
            .await
            .assert_status(StatusCode::UNAUTHORIZED);
    }
    // The session of the office's staff is nothing here.
    let staff = app.get(&place).header("tus-resumable", "1.0.0").send().await;
    assert_ne!(staff.0.status(), StatusCode::OK);
    assert_eq!(header(&own.offset(&place).await, "upload-offset"), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_upload_becomes_one_batch() {
    let app = App::new().await;
    let program = Program::of(&app, "studio").await;
    let place = program.begin(10).await;
    program
        .piece(&place, 0, b"0123")
        .send()
        .await
        .assert_status(StatusCode::NO_CONTENT);
    let name = place.rsplit('/').next().expect("a name").to_owned();
    let early = program.hand_in(&name, "2027").await;
    early.assert_status(StatusCode::CONFLICT);
    assert_eq!(code(early).await, "upload-incomplete");
    program
        .piece(&place, 4, b"456789")
        .send()
        .await
        .assert_status(StatusCode::NO_CONTENT);
    program
        .hand_in(&name, "1999")
        .await
        .assert_status(StatusCode::NOT_FOUND);
    let taken = program.hand_in(&name, "2027").await;
    taken.assert_status(StatusCode::CREATED);
    let batch: Value = serde_json::from_str(&body(taken).await).expect("JSON");
    assert_eq!(batch["sha256"], hex::encode(Sha256::digest(b"0123456789")));
    // It is over: nothing is appended to what a batch was made of.
    program.offset(&place).await.assert_status(StatusCode::GONE);
    program
        .piece(&place, 10, b"")
        .send()
        .await
        .assert_status(StatusCode::GONE);
    program.hand_in(&name, "2027").await.assert_status(StatusCode::GONE);
    let again = program.upload(b"0123456789").await;
    let known = program.hand_in(&again, "2027").await;
    known.assert_status_is_ok();
    let known: Value = serde_json::from_str(&body(known).await).expect("JSON");
    assert_eq!(
        known["batch_id"], batch["batch_id"],
        "the same archive is the same batch"
    );
    let left = std::fs::read_dir(app.house.config.data_dir.join("uploads")).expect("the folder");
    assert_eq!(left.count(), 0);
}
