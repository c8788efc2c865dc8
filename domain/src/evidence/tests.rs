//! What is kept of evidence, and until when.

use diesel::prelude::*;

use super::commands::{NewEvidence, add_evidence, forget_keys, record_deletion, record_pages, record_refusal};
use super::model::{CameBy, EvidenceState, MAX_FILE_BYTES, MAX_PAGES, MAX_PER_TICKET, deletion_code};
use super::queries::{find_waiting, get_evidence, list_due, list_evidence, list_leftovers};
use super::sealing::{SealedUpload, every_key, open_key, open_page, open_upload, page_key, piece_of, seal_page};
use crate::crypto::{Sealer, SecretFile};
use crate::db::schema::{audit_entries, evidence, tickets};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::id::{EvidenceId, TicketId};
use crate::jobs::EVIDENCE;
use crate::queue::{self, Lease};
use crate::testing::TestDb;
use crate::tickets::model::Hand;
use secrecy::ExposeSecret as _;

const DAY_MS: i64 = 86_400_000;
const NOW_MS: i64 = 1_780_000_000_000;

fn sealer(test: &TestDb) -> Sealer {
    Sealer::new(&SecretFile::create(&test.folder().join("secret.key")).expect("a key"))
}

/// An open ticket about nobody.
fn open_ticket(conn: &mut Conn) -> Result<TicketId> {
    Ok(diesel::insert_into(tickets::table)
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
        .returning(tickets::ticket_id)
        .get_result(conn)?)
}

fn end_ticket(conn: &mut Conn, ticket_id: TicketId, at_ms: i64) -> Result<()> {
    diesel::update(tickets::table.find(ticket_id))
        .set((
            tickets::is_open.eq(false),
            tickets::state.eq("closed"),
            tickets::closed_at_ms.eq(at_ms),
        ))
        .execute(conn)?;
    Ok(())
}

fn add(conn: &mut Conn, sealer: &Sealer, ticket_id: TicketId, expires_at_ms: Option<i64>) -> Result<EvidenceId> {
    let upload = SealedUpload::seal(sealer, b"a scan")?;
    let new = NewEvidence {
        ticket_id,
        came_by: CameBy::Page,
        what: "id-card",
        upload: &upload,
        hand: Hand::House,
        expires_at_ms,
    };
    add_evidence(conn, sealer, &new, NOW_MS)
}

fn lease(conn: &mut Conn) -> Result<Lease> {
    let mut claimed = queue::claim(conn, EVIDENCE.name, "test", 1, NOW_MS, NOW_MS + 60_000)?;
    Ok(claimed.remove(0).lease)
}

/// Commits one step of a test.
fn step<T>(db: &Db, work: impl FnOnce(&mut Conn) -> Result<T>) -> T {
    db.write_tx_blocking(work).expect("the step is taken")
}

fn code_of<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    outcome.expect_err("it is refused").code().to_owned()
}

#[test]
fn a_file_is_bounded_and_its_objects_have_one_name() {
    let test = TestDb::new();
    let sealer = sealer(&test);
    assert_eq!(code_of(SealedUpload::seal(&sealer, b"")), "evidence-empty");
    let large = vec![0; MAX_FILE_BYTES as usize + 1];
    assert_eq!(code_of(SealedUpload::seal(&sealer, &large)), "evidence-too-large");
    let upload = SealedUpload::seal(&sealer, b"a scan").expect("sealed");
    let keys = every_key(upload.object.as_str()).expect("names");
    assert_eq!(keys.len(), MAX_PAGES + 1);
    assert!(keys.iter().all(|key| piece_of(key) == Some(upload.object.as_str())));
    assert_eq!(keys.first(), Some(&upload.key()));
}

#[test]
fn each_part_opens_with_the_key_of_its_piece_alone() {
    let test = TestDb::new();
    let sealer = sealer(&test);
    let upload = SealedUpload::seal(&sealer, b"a scan").expect("sealed");
    assert!(!upload.sealed.windows(6).any(|window| window == b"a scan"));
    let key = open_key(&sealer, Some(&upload.key_sealed)).expect("the key");
    assert_eq!(
        open_upload(&key, &upload.sealed).expect("opened").expose_secret(),
        b"a scan"
    );
    let (page, sealed) = seal_page(&key, 3, b"a page", (30, 40)).expect("sealed");
    assert_eq!((page.number, page.width_px, page.height_px), (3, 30, 40));
    assert_eq!(open_page(&key, 3, &sealed).expect("opened").expose_secret(), b"a page");
    assert!(open_page(&key, 4, &sealed).is_err());
    assert!(open_upload(&key, &sealed).is_err());
    assert_eq!(code_of(open_key(&sealer, None).map(drop)), "evidence-gone");
    assert!(page_key("not a name", 1).is_err());
}

#[test]
fn a_ticket_takes_so_many_pieces_and_none_after_its_end() {
    let test = TestDb::new();
    let (db, sealer) = (test.db(), sealer(&test));
    let ticket_id = step(&db, open_ticket);
    for _ in 0..MAX_PER_TICKET {
        step(&db, |conn| add(conn, &sealer, ticket_id, None));
    }
    let more = db.write_tx_blocking(|conn| add(conn, &sealer, ticket_id, None));
    assert_eq!(code_of(more), "evidence-too-many");
    let refused = step(&db, |conn| {
        let lease = lease(conn)?;
        record_refusal(conn, &sealer, &lease, EvidenceId(1), "evidence-damaged", NOW_MS)?;
        get_evidence(conn, ticket_id, EvidenceId(1))
    });
    assert_eq!(
        (refused.state, refused.fault.as_deref()),
        (EvidenceState::Refused, Some("evidence-damaged"))
    );
    step(&db, |conn| add(conn, &sealer, ticket_id, None));
    step(&db, |conn| end_ticket(conn, ticket_id, NOW_MS));
    let late = db.write_tx_blocking(|conn| add(conn, &sealer, ticket_id, None));
    assert_eq!(code_of(late), "ticket-ended");
    let listed = step(&db, |conn| list_evidence(conn, ticket_id));
    assert_eq!(listed.len(), 11);
}

#[test]
fn a_piece_is_what_the_kind_asks_for_or_something_else() {
    let test = TestDb::new();
    let (db, sealer) = (test.db(), sealer(&test));
    let ticket_id = step(&db, open_ticket);
    for (what, is_taken) in [
        ("id-card", true),
        ("other", true),
        ("pledge", false),
        ("", false),
        ("<b>", false),
    ] {
        let upload = SealedUpload::seal(&sealer, b"a scan").expect("sealed");
        let outcome = db.write_tx_blocking(|conn| {
            let new = NewEvidence {
                ticket_id,
                came_by: CameBy::Office,
                what,
                upload: &upload,
                hand: Hand::House,
                expires_at_ms: None,
            };
            add_evidence(conn, &sealer, &new, NOW_MS)
        });
        assert_eq!(outcome.is_ok(), is_taken, "{what}");
    }
}

#[test]
fn evidence_of_open_tickets_stays_and_that_of_ended_ones_goes_with_proof() {
    let test = TestDb::new();
    let (db, sealer) = (test.db(), sealer(&test));
    let [open, ended, draft] = step(&db, |conn| {
        Ok([open_ticket(conn)?, open_ticket(conn)?, open_ticket(conn)?])
    });
    let (kept, old, own_time) = step(&db, |conn| {
        let kept = add(conn, &sealer, open, None)?;
        let old = add(conn, &sealer, ended, None)?;
        Ok((kept, old, add(conn, &sealer, draft, Some(NOW_MS + DAY_MS))?))
    });
    step(&db, |conn| end_ticket(conn, ended, NOW_MS));
    let due = |days: i64| {
        let now_ms = NOW_MS + days * DAY_MS;
        step(&db, |conn| list_due(conn, now_ms - 60 * DAY_MS, now_ms, 100))
    };
    assert_eq!(due(0), []);
    assert_eq!(due(1), [own_time]);
    assert_eq!(due(60), [own_time]);
    assert_eq!(due(61), [old, own_time]);
    step(&db, |conn| forget_keys(conn, &[old]));
    let left = step(&db, |conn| list_leftovers(conn, EvidenceId(0), 100));
    assert_eq!(left.iter().map(|left| left.evidence_id).collect::<Vec<_>>(), [old]);
    let keyless = step(&db, |conn| {
        Ok(evidence::table
            .find(old)
            .select(evidence::key_sealed)
            .first::<Option<Vec<u8>>>(conn)?)
    });
    assert_eq!(keyless, None);
    for later_ms in [1, 2] {
        step(&db, |conn| record_deletion(conn, &sealer, old, NOW_MS + later_ms));
    }
    let gone = step(&db, |conn| get_evidence(conn, ended, old));
    assert_eq!(
        (gone.state, gone.deleted_at_ms),
        (EvidenceState::Expired, Some(NOW_MS + 1))
    );
    let proofs = step(&db, |conn| {
        Ok(audit_entries::table
            .filter(audit_entries::action.eq("evidence.delete"))
            .filter(audit_entries::subject_id.eq(old.0))
            .count()
            .get_result::<i64>(conn)?)
    });
    assert_eq!(proofs, 1);
    step(&db, |conn| record_deletion(conn, &sealer, kept, NOW_MS));
    let still = step(&db, |conn| get_evidence(conn, open, kept));
    assert_eq!((still.state, still.deleted_at_ms), (EvidenceState::Waiting, None));
    assert_eq!(step(&db, |conn| list_leftovers(conn, EvidenceId(0), 100)), []);
}

#[test]
fn pages_that_come_after_the_key_was_forgotten_are_not_kept() {
    let test = TestDb::new();
    let (db, sealer) = (test.db(), sealer(&test));
    let ticket_id = step(&db, open_ticket);
    let evidence_id = step(&db, |conn| add(conn, &sealer, ticket_id, None));
    let waiting = step(&db, |conn| find_waiting(conn, evidence_id)).expect("it waits");
    let key = open_key(&sealer, waiting.key_sealed.as_deref()).expect("the key");
    let (page, _) = seal_page(&key, 1, b"a page", (30, 40)).expect("sealed");
    step(&db, |conn| {
        let lease = lease(conn)?;
        forget_keys(conn, &[evidence_id])?;
        record_pages(conn, &lease, evidence_id, &[page], NOW_MS)
    });
    let gone = step(&db, |conn| get_evidence(conn, ticket_id, evidence_id));
    assert_eq!((gone.state, gone.page_count), (EvidenceState::Expired, 0));
    assert!(step(&db, |conn| find_waiting(conn, evidence_id)).is_none());
}

#[test]
fn a_proof_changes_with_everything_it_proves() {
    let page = |number, sha256: &str| super::model::StoredPage {
        number,
        sha256: sha256.to_owned(),
        size_bytes: 5,
        width_px: 1,
        height_px: 1,
    };
    let codes = [
        deletion_code(EvidenceId(1), "aa", &[page(1, "bb")], 7),
        deletion_code(EvidenceId(2), "aa", &[page(1, "bb")], 7),
        deletion_code(EvidenceId(1), "ab", &[page(1, "bb")], 7),
        deletion_code(EvidenceId(1), "aa", &[page(1, "bc")], 7),
        deletion_code(EvidenceId(1), "aa", &[page(1, "bb"), page(2, "bb")], 7),
        deletion_code(EvidenceId(1), "aa", &[page(1, "bb")], 8),
    ];
    let distinct: std::collections::BTreeSet<&String> = codes.iter().collect();
    assert_eq!(distinct.len(), codes.len());
}
