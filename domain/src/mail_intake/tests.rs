//! Mails of all kinds, on both databases: what becomes of them, and that hostile ones cost themselves only.

mod hostile;

use diesel::prelude::*;
use secrecy::ExposeSecret as _;

use super::address::{host_of, mail_name, read_ticket, ticket_address};
use super::commands::{confirm, drop_unconfirmed, letter_index, take_letter};
use super::letter::{Automatic, Letter};
use super::model::{CONFIRM_WITHIN_MS, Outcome, Taken};
use crate::crypto::{Sealer, SecretFile};
use crate::db::schema::{evidence, notices, ticket_events, tickets};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::evidence::sealing::SealedUpload;
use crate::id::{NoticeId, TicketId};
use crate::notices::commands::NOTICE_SECRET;
use crate::testing::TestDb;
use crate::tickets::machine::TicketState;
use crate::tickets::model::Hand;
use crate::tickets::queries::{get_ticket, list_events};

const FROM: &str = "学籍科 <office@photos.example.edu>";
const NOW_MS: i64 = 1_780_000_000_000;
const HOUR_MS: i64 = 3_600_000;

struct Desk {
    db: Db,
    sealer: Sealer,
    _test: TestDb,
}

impl Desk {
    fn new() -> Self {
        let test = TestDb::new();
        let secret = SecretFile::create(&test.folder().join("secret.key")).expect("a key");
        Self {
            db: test.db(),
            sealer: Sealer::new(&secret),
            _test: test,
        }
    }

    fn run<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.db.write_tx_blocking(work)
    }

    fn take(&self, raw: &str, now_ms: i64) -> Taken {
        let letter = Letter::read(raw.as_bytes(), FROM).expect("a mail");
        let index = letter_index(&self.sealer, &letter, raw.as_bytes());
        let seal = |file: &Vec<u8>| SealedUpload::seal(&self.sealer, file).expect("sealed");
        let files: Vec<SealedUpload> = letter.files.iter().map(seal).collect();
        self.run(|conn| take_letter(conn, &self.sealer, (&letter, &index), &files, FROM, now_ms))
            .expect("taken")
    }

    /// The token in the mail that asks to confirm the ticket.
    fn token(&self, ticket_id: TicketId) -> String {
        let sealed: Option<Vec<u8>> = self
            .run(|conn| {
                Ok(notices::table
                    .filter(notices::unique_key.eq(format!("ticket-draft:{ticket_id}")))
                    .select(notices::secret_sealed)
                    .first(conn)?)
            })
            .expect("the notice");
        let opened = self.sealer.open_text(NOTICE_SECRET, &sealed.expect("a secret"));
        opened.expect("opened").expose_secret().to_owned()
    }

    fn state(&self, ticket_id: TicketId) -> TicketState {
        self.run(|conn| get_ticket(conn, Hand::House, ticket_id))
            .expect("a ticket")
            .state
    }

    /// Everything that was said in a ticket.
    fn said(&self, ticket_id: TicketId) -> Vec<String> {
        let events = self.run(|conn| list_events(conn, &self.sealer, ticket_id, false));
        let bodies = events.expect("events").into_iter().filter_map(|event| event.body);
        bodies.map(|body| body.expose_secret().to_owned()).collect()
    }

    fn count_evidence(&self, ticket_id: TicketId) -> i64 {
        self.run(|conn| {
            Ok(evidence::table
                .filter(evidence::ticket_id.eq(ticket_id))
                .count()
                .get_result(conn)?)
        })
        .expect("a count")
    }
}

/// A mail with these headers in front, from one student or another.
fn mail(id: &str, from: &str, headers: &str, words: &str) -> String {
    format!(
        "Return-Path: <{from}>\r\nMessage-ID: <{id}@mail.example>\r\nFrom: =?utf-8?B?5byg?= <{from}>\r\nSubject: =?utf-8?B?5ZCN5a2X?=\r\n{headers}\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    )
}

/// A mail with words, a picture and a signature.
fn mail_with_file(id: &str, from: &str, to: &str) -> String {
    format!(
        "Message-ID: <{id}@mail.example>\r\nFrom: {from}\r\nTo: {to}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n请看附件\r\n\
         --b\r\nContent-Type: image/jpeg; name=\"id.jpg\"\r\nContent-Disposition: attachment; filename=\"id.jpg\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n/9j/4AAQ\r\n\
         --b\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n"
    )
}

#[test]
fn an_address_stands_for_its_ticket_alone_in_any_case_and_form() {
    let desk = Desk::new();
    let sealer = &desk.sealer;
    assert_eq!(host_of(FROM), "photos.example.edu");
    assert_eq!(host_of("a@b.example"), "b.example");
    let address = ticket_address(sealer, FROM, TicketId(17));
    assert!(address.starts_with("ticket+17-") && address.ends_with("@photos.example.edu"));
    let name = format!(
        "{}@photos.example.edu",
        mail_name(sealer, NoticeId(5), Some(TicketId(17)))
    );
    for route in [address.clone(), address.to_uppercase(), name] {
        assert_eq!(read_ticket(sealer, FROM, &route), Some(TicketId(17)), "{route}");
    }
    let plain = format!("{}@photos.example.edu", mail_name(sealer, NoticeId(5), None));
    for route in [
        address.replace("+17-", "+18-"),
        address.replace("photos.", "other."),
        address.replacen("-", "-0", 1),
        address.replace("ticket+", "tickets+"),
        "ticket+17-@photos.example.edu".to_owned(),
        "ticket+@photos.example.edu".to_owned(),
        plain,
        "@".to_owned(),
        String::new(),
    ] {
        assert_eq!(read_ticket(sealer, FROM, &route), None, "{route}");
    }
    assert_eq!(read_ticket(&Desk::new().sealer, FROM, &address), None, "another house");
}

#[test]
fn a_mail_begins_a_ticket_that_its_writer_confirms_once() {
    let desk = Desk::new();
    let taken = desk.take(&mail("a", "zhang@mail.example", "", "我的名字写错了"), NOW_MS);
    assert_eq!((taken.outcome, taken.is_known), (Outcome::Drafted, false));
    let ticket_id = taken.ticket_id.expect("a ticket");
    assert_eq!(desk.state(ticket_id), TicketState::Draft);
    assert_eq!(desk.said(ticket_id), ["名字\n\n我的名字写错了"]);
    let token = desk.token(ticket_id);
    let wrong = desk.run(|conn| confirm(conn, &desk.sealer, "another", NOW_MS));
    assert_eq!(wrong.expect_err("refused").code(), "mail-link-dead");
    let confirmed = desk.run(|conn| confirm(conn, &desk.sealer, &token, NOW_MS + HOUR_MS));
    assert_eq!(confirmed.expect("confirmed"), ticket_id);
    assert_eq!(desk.state(ticket_id), TicketState::Submitted);
    let again = desk.run(|conn| confirm(conn, &desk.sealer, &token, NOW_MS + HOUR_MS));
    assert_eq!(again.expect_err("used").code(), "mail-link-dead");
}

#[test]
fn what_nobody_confirms_in_a_week_is_taken_back() {
    let desk = Desk::new();
    let ticket_id = desk
        .take(
            &mail_with_file("a", "zhang@mail.example", "office@photos.example.edu"),
            NOW_MS,
        )
        .ticket_id;
    let ticket_id = ticket_id.expect("a ticket");
    assert_eq!(desk.count_evidence(ticket_id), 1);
    let token = desk.token(ticket_id);
    let drop_at = |at_ms| {
        desk.run(|conn| drop_unconfirmed(conn, &desk.sealer, at_ms))
            .expect("dropped")
    };
    drop_at(NOW_MS + CONFIRM_WITHIN_MS - 1);
    assert_eq!(desk.state(ticket_id), TicketState::Draft);
    drop_at(NOW_MS + CONFIRM_WITHIN_MS);
    assert_eq!(desk.state(ticket_id), TicketState::Withdrawn);
    let late = desk.run(|conn| confirm(conn, &desk.sealer, &token, NOW_MS + CONFIRM_WITHIN_MS));
    assert_eq!(late.expect_err("too late").code(), "mail-link-dead");
    let expires: Option<i64> = desk
        .run(|conn| Ok(evidence::table.select(evidence::expires_at_ms).first(conn)?))
        .expect("a row");
    assert_eq!(expires, Some(NOW_MS + CONFIRM_WITHIN_MS));
}

#[test]
fn an_answer_goes_into_its_ticket_without_what_it_quotes_and_with_its_files() {
    let desk = Desk::new();
    let ticket_id = desk
        .take(&mail("a", "zhang@mail.example", "", "名字写错了"), NOW_MS)
        .ticket_id
        .expect("a ticket");
    let address = ticket_address(&desk.sealer, FROM, ticket_id);
    let headers = format!("To: Office <{address}>\r\n");
    let words = "这是我的身份证。\r\n\r\n在 2026年11月26日，学籍科写道：\r\n> 请补充";
    let answered = desk.take(&mail("b", "zhang@mail.example", &headers, words), NOW_MS + 1);
    assert_eq!(
        (answered.outcome, answered.ticket_id),
        (Outcome::Answered, Some(ticket_id))
    );
    let with_file = desk.take(&mail_with_file("c", "zhang@mail.example", &address), NOW_MS + 2);
    assert_eq!(
        (with_file.outcome, with_file.files_kept),
        (Outcome::Answered, 1),
        "the signature is no file"
    );
    let reply_id = mail_name(&desk.sealer, NoticeId(9), Some(ticket_id));
    let headers = format!("In-Reply-To: <{reply_id}@photos.example.edu>\r\nTo: office@photos.example.edu\r\n");
    let by_id = desk.take(&mail("d", "li@elsewhere.example", &headers, "别的邮箱"), NOW_MS + 3);
    assert_eq!(by_id.ticket_id, Some(ticket_id));
    let said = desk.said(ticket_id);
    assert!(
        said[1].ends_with("这是我的身份证。") && !said[1].contains("请补充"),
        "{said:?}"
    );
    assert!(
        said[3].contains("l***@elsewhere.example") && !said[3].contains("li@"),
        "{said:?}"
    );
}

#[test]
fn the_same_mail_twice_is_one_and_an_address_begins_one_ticket_an_hour() {
    let desk = Desk::new();
    let first = mail("a", "zhang@mail.example", "", "名字写错了");
    let taken = desk.take(&first, NOW_MS);
    let again = desk.take(&first, NOW_MS + 1);
    assert_eq!(
        (again.outcome, again.ticket_id, again.is_known),
        (taken.outcome, taken.ticket_id, true)
    );
    let second = desk.take(&mail("b", "Zhang@Mail.example", "", "再说一次"), NOW_MS + HOUR_MS - 1);
    assert_eq!((second.outcome, second.ticket_id), (Outcome::TooSoon, None));
    let other = desk.take(&mail("c", "li@mail.example", "", "我的也错了"), NOW_MS + 2);
    assert_eq!(other.outcome, Outcome::Drafted);
    let later = desk.take(&mail("d", "zhang@mail.example", "", "还是错"), NOW_MS + HOUR_MS);
    assert_eq!(later.outcome, Outcome::Drafted);
    let told: i64 = desk
        .run(|conn| Ok(notices::table.count().get_result(conn)?))
        .expect("a count");
    assert_eq!(told, 3);
}

#[test]
fn an_answer_to_a_ticket_that_has_ended_begins_another() {
    let desk = Desk::new();
    let ended = desk
        .take(&mail("a", "zhang@mail.example", "", "名字写错了"), NOW_MS)
        .ticket_id
        .expect("a ticket");
    desk.run(|conn| {
        diesel::update(tickets::table.find(ended))
            .set((tickets::state.eq(TicketState::Closed), tickets::is_open.eq(false)))
            .execute(conn)?;
        Ok(())
    })
    .expect("ended");
    let headers = format!("To: {}\r\n", ticket_address(&desk.sealer, FROM, ended));
    let next = desk.take(&mail("b", "zhang@mail.example", &headers, "还是错"), NOW_MS + HOUR_MS);
    assert_eq!(next.outcome, Outcome::Drafted);
    assert_ne!(next.ticket_id, Some(ended));
}

#[test]
fn mails_of_programs_lead_to_nothing() {
    let desk = Desk::new();
    let headers = [
        ("Auto-Submitted: auto-replied\r\n", Outcome::AutoSubmitted),
        ("Precedence: bulk\r\n", Outcome::Bulk),
        ("Precedence: List\r\n", Outcome::Bulk),
        ("List-Id: <news.mail.example>\r\n", Outcome::Bulk),
        ("", Outcome::Drafted),
        ("Auto-Submitted: no\r\n", Outcome::Drafted),
    ];
    for (number, (headers, outcome)) in headers.into_iter().enumerate() {
        let (id, sender) = (format!("id{number}"), format!("s{number}@mail.example"));
        let taken = desk.take(&mail(&id, &sender, headers, "您好"), NOW_MS);
        assert_eq!(taken.outcome, outcome, "{headers}");
    }
    let bounce =
        mail("x", "mailer@mail.example", "", "失败").replace("<mailer@mail.example>\r\nMessage", "<>\r\nMessage");
    assert_eq!(desk.take(&bounce, NOW_MS).outcome, Outcome::NoReturnPath);
    let own = mail("y", "office@photos.example.edu", "", "我们的");
    assert_eq!(desk.take(&own, NOW_MS).outcome, Outcome::Own);
    let echo = mail("z", "a@mail.example", "", "我们的").replace("<z@mail.example>", "<notice-7@photos.example.edu>");
    assert_eq!(desk.take(&echo, NOW_MS).outcome, Outcome::Own);
    let events: i64 = desk
        .run(|conn| Ok(ticket_events::table.count().get_result(conn)?))
        .expect("a count");
    assert_eq!(events, 2);
    let empty = "Message-ID: <e@mail.example>\r\nFrom: b@mail.example\r\n\r\n\r\n";
    assert_eq!(desk.take(empty, NOW_MS).outcome, Outcome::Empty);
}

#[test]
fn a_letter_says_why_it_is_automatic() {
    let read = |headers: &str| {
        Letter::read(mail("a", "a@mail.example", headers, "x").as_bytes(), FROM)
            .expect("a mail")
            .automatic
    };
    assert_eq!(
        read("Auto-Submitted: auto-generated (rejected)\r\n"),
        Some(Automatic::AutoSubmitted)
    );
    assert_eq!(read(""), None);
}
