//! From an upload to its end: pages that are marked and sealed, refusals, waiting, and deletion with proof.

use std::sync::LazyLock;

use diesel::prelude::*;
use domain::clock::Clock;
use domain::config::Config;
use domain::crypto::{Sealer, SecretFile};
use domain::db::Conn;
use domain::db::schema::{audit_entries, evidence, tickets};
use domain::evidence::commands::{NewEvidence, add_evidence};
use domain::evidence::model::{CameBy, Evidence, EvidenceState};
use domain::evidence::queries::{get_evidence, list_pages};
use domain::evidence::sealing::{SealedUpload, every_key, open_key, open_page, page_key};
use domain::id::{EvidenceId, TicketId};
use domain::jobs::{EVIDENCE, ExpireEvidence, Queue, UPKEEP};
use domain::queue::{self, FailureKind};
use domain::storage::{StorageLimits, Store};
use domain::testing::TestDb;
use domain::tickets::model::Hand;
use secrecy::ExposeSecret as _;

use super::pdf_files::{locked, of_pages};
use crate::context::JobContext;
use crate::error::JobError;
use crate::registry::handler_of;

const DAY_MS: i64 = 86_400_000;
const NOW_MS: i64 = 1_780_000_000_000;
const TICKET: TicketId = TicketId(1);

/// A house with one open ticket.
struct House {
    ctx: JobContext,
    clock: Clock,
    _database: TestDb,
}

impl House {
    async fn new(change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDb::new();
        let mut config = Config::in_folder(database.folder()).expect("settings");
        change(&mut config);
        let sealer = Sealer::new(&SecretFile::create(&config.secret_file).expect("a key"));
        let store = Store::open(&config.storage_url, None, StorageLimits::default()).expect("a store");
        let clock = Clock::fixed(NOW_MS);
        let ctx = JobContext::new(database.db(), store, sealer, config, clock.clone());
        let house = Self {
            ctx,
            clock,
            _database: database,
        };
        house.write(open_ticket).await;
        house
    }

    async fn write<T: Send + 'static>(&self, work: impl FnOnce(&mut Conn) -> domain::Result<T> + Send + 'static) -> T {
        self.ctx.db().write_tx(work).await.expect("the step is taken")
    }

    async fn store(&self, upload: &SealedUpload) {
        let key = upload.key();
        let stored = self.ctx.store().put(&key, upload.sealed.clone());
        stored.await.expect("stored");
    }

    async fn add(&self, file: &[u8]) -> EvidenceId {
        let upload = SealedUpload::seal(self.ctx.sealer(), file).expect("sealed");
        self.store(&upload).await;
        let (sealer, now_ms) = (self.ctx.sealer().clone(), self.clock.now_ms());
        self.write(move |conn| {
            let new = NewEvidence {
                ticket_id: TICKET,
                came_by: CameBy::Page,
                what: "id-card",
                upload: &upload,
                hand: Hand::House,
                expires_at_ms: None,
            };
            add_evidence(conn, &sealer, &new, now_ms)
        })
        .await
    }

    /// Runs the one job that is due in a queue.
    async fn work(&self, queue: Queue) -> Result<(), JobError> {
        let now_ms = self.clock.now_ms();
        let mut claimed = self
            .write(move |conn| queue::claim(conn, queue.name, "test", 1, now_ms, now_ms + 60_000))
            .await;
        let claimed = claimed.pop().expect("a job is due");
        let handler = handler_of(&claimed.name).expect("a handler");
        handler(self.ctx.clone(), claimed.lease, claimed.payload).await
    }

    async fn expire(&self) {
        let now_ms = self.clock.now_ms();
        self.write(move |conn| queue::enqueue(conn, &ExpireEvidence {}, now_ms))
            .await;
        self.work(UPKEEP).await.expect("the clean-up runs");
    }

    async fn piece(&self, evidence_id: EvidenceId) -> Evidence {
        self.write(move |conn| get_evidence(conn, TICKET, evidence_id)).await
    }

    async fn row(&self, evidence_id: EvidenceId) -> (String, Option<Vec<u8>>) {
        self.write(move |conn| {
            Ok(evidence::table
                .find(evidence_id)
                .select((evidence::object, evidence::key_sealed))
                .first(conn)?)
        })
        .await
    }

    /// How many objects of a piece are in the store.
    async fn count_objects(&self, evidence_id: EvidenceId) -> usize {
        let (object, _) = self.row(evidence_id).await;
        let mut count = 0;
        for key in every_key(&object).expect("names") {
            count += usize::from(self.ctx.store().head(&key).await.expect("an answer").is_some());
        }
        count
    }

    /// How often something is in the trail about a piece.
    async fn count_acts(&self, action: &'static str, evidence_id: EvidenceId) -> i64 {
        self.write(move |conn| {
            Ok(audit_entries::table
                .filter(audit_entries::action.eq(action))
                .filter(audit_entries::subject_id.eq(evidence_id.0))
                .count()
                .get_result(conn)?)
        })
        .await
    }
}

fn open_ticket(conn: &mut Conn) -> domain::Result<()> {
    diesel::insert_into(tickets::table)
        .values((
            tickets::kind.eq("account"),
            tickets::state.eq("submitted"),
            tickets::is_open.eq(true),
            tickets::came_by.eq("page"),
            tickets::budget_ms.eq(0),
            tickets::turn_ms.eq(0),
            tickets::is_provisional.eq(false),
            tickets::warned.eq("no"),
            tickets::version.eq(1),
            tickets::created_at_ms.eq(NOW_MS),
            tickets::changed_at_ms.eq(NOW_MS),
        ))
        .execute(conn)?;
    Ok(())
}

fn scan() -> &'static [u8] {
    static SCAN: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let picture = image::RgbImage::from_fn(300, 200, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 200]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture
            .write_to(&mut bytes, image::ImageFormat::Png)
            .expect("the picture encodes");
        bytes.into_inner()
    });
    &SCAN
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_becomes_one_sealed_page_and_its_upload_goes() {
    let house = House::new(|_| {}).await;
    let evidence_id = house.add(scan()).await;
    assert_eq!(house.count_objects(evidence_id).await, 1);
    house.work(EVIDENCE).await.expect("it is prepared");
    let piece = house.piece(evidence_id).await;
    assert_eq!((piece.state, piece.page_count), (EvidenceState::Ready, 1));
    assert_eq!(house.count_objects(evidence_id).await, 1, "the page alone");
    let (object, key_sealed) = house.row(evidence_id).await;
    let key = open_key(house.ctx.sealer(), key_sealed.as_deref()).expect("the key");
    let stored = house
        .ctx
        .store()
        .get(&page_key(&object, 1).expect("a name"))
        .await
        .expect("stored");
    assert!(
        !stored.windows(3).any(|window| window == [0xFF, 0xD8, 0xFF]),
        "nothing lies open"
    );
    let page = open_page(&key, 1, &stored).expect("the page opens");
    assert!(page.expose_secret().starts_with(&[0xFF, 0xD8, 0xFF]));
    let rows = house.write(move |conn| list_pages(conn, evidence_id)).await;
    assert_eq!((rows[0].width_px, rows[0].height_px), (300, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_becomes_as_many_pages_as_it_has_up_to_the_limit() {
    let house = House::new(|_| {}).await;
    let (three, too_many) = (
        house.add(&of_pages(3, "0 0 59 84")).await,
        house.add(&of_pages(21, "0 0 59 84")).await,
    );
    for _ in 0..2 {
        house.work(EVIDENCE).await.expect("each is dealt with");
    }
    assert_eq!(house.piece(three).await.page_count, 3);
    let piece = house.piece(too_many).await;
    assert_eq!(piece.fault.as_deref(), Some("evidence-too-many-pages"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_gone_at_once_key_and_all() {
    let house = House::new(|_| {}).await;
    let files: [(&[u8], &str); 4] = [
        (b"PK\x03\x04 an archive", "evidence-unknown-kind"),
        (b"<html>%PDF-1.4", "evidence-ambiguous"),
        (b"\x89PNG\r\n\x1a\n and no more", "evidence-damaged"),
        (&locked(), "evidence-locked"),
    ];
    for (file, code) in files {
        let evidence_id = house.add(file).await;
        house.work(EVIDENCE).await.expect("the refusal is recorded");
        let piece = house.piece(evidence_id).await;
        assert_eq!(
            (piece.state, piece.fault.as_deref()),
            (EvidenceState::Refused, Some(code))
        );
        assert_eq!(house.row(evidence_id).await.1, None);
        assert_eq!(house.count_objects(evidence_id).await, 0);
        assert_eq!(house.count_acts("evidence.refuse", evidence_id).await, 1);
        assert_eq!(house.count_acts("evidence.delete", evidence_id).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_without_its_mark_or_its_check() {
    let without_font = House::new(|config| config.evidence.font = "/nowhere/font.ttc".into()).await;
    let without_scanner = House::new(|config| config.evidence.clamd_addr = Some("/nowhere/clamd.sock".into())).await;
    for (house, code) in [
        (without_font, "evidence-font-missing"),
        (without_scanner, "evidence-scanner-away"),
    ] {
        let evidence_id = house.add(scan()).await;
        let fault = house.work(EVIDENCE).await.expect_err("it waits");
        assert!(
            fault.kind() == FailureKind::Passing && fault.code() == code,
            "{}",
            fault.with_sources()
        );
        assert_eq!(house.piece(evidence_id).await.state, EvidenceState::Waiting);
        assert_eq!(house.count_objects(evidence_id).await, 1, "the upload stays sealed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_scanner_knows_is_refused() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let house = House::new(|config| config.evidence.clamd_addr = Some(address)).await;
    let evidence_id = house.add(scan()).await;
    let scanner = super::clamd::serve_one(listener, "stream: Eicar-Test-Signature FOUND\0");
    let (worked, shown) = tokio::join!(house.work(EVIDENCE), scanner);
    worked.expect("the refusal is recorded");
    assert_eq!(shown, scan());
    let piece = house.piece(evidence_id).await;
    assert_eq!(piece.fault.as_deref(), Some("evidence-infected"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_days_after_its_ticket_ended_a_piece_is_gone_with_proof() {
    let house = House::new(|_| {}).await;
    let evidence_id = house.add(&of_pages(2, "0 0 59 84")).await;
    house.work(EVIDENCE).await.expect("it is prepared");
    house
        .write(|conn| {
            diesel::update(tickets::table)
                .set((tickets::is_open.eq(false), tickets::closed_at_ms.eq(NOW_MS)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    house.clock.advance_ms(60 * DAY_MS);
    house.expire().await;
    assert_eq!(
        house.piece(evidence_id).await.state,
        EvidenceState::Ready,
        "the last day is whole"
    );
    house.clock.advance_ms(1);
    for _ in 0..2 {
        house.expire().await;
    }
    let piece = house.piece(evidence_id).await;
    assert_eq!(piece.state, EvidenceState::Expired);
    assert_eq!(piece.deletion_code.map(|code| code.len()), Some(64));
    assert_eq!(house.row(evidence_id).await.1, None);
    assert_eq!(house.count_objects(evidence_id).await, 0);
    assert_eq!(house.count_acts("evidence.delete", evidence_id).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_process_left_is_swept_and_what_is_on_its_way_is_not() {
    let house = House::new(|_| {}).await;
    let kept = house.add(scan()).await;
    let stray = SealedUpload::seal(house.ctx.sealer(), scan()).expect("sealed");
    house.store(&stray).await;
    // The folder knows when an object was written by the system's clock, which the fixed one is set by here.
    let written_ms = Clock::System.now_ms();
    house.clock.advance_ms(written_ms - NOW_MS);
    house.expire().await;
    assert!(house.ctx.store().head(&stray.key()).await.expect("an answer").is_some());
    house.clock.advance_ms(2 * DAY_MS);
    house.expire().await;
    assert!(house.ctx.store().head(&stray.key()).await.expect("an answer").is_none());
    assert_eq!(house.count_objects(kept).await, 1);
}
