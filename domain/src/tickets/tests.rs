//! Tickets from opening to their end, on both databases: who may do what, what follows, and what the clock says.

mod changes;
mod concurrency;
mod office;
mod own;
mod table;

use diesel::prelude::*;

use super::commands::open_ticket;
use super::commands::steps::{StepForm, take_step};
use super::kinds::get_kind;
use super::machine::{Step, TicketState};
use super::model::{CameBy, Hand, NewTicket, Ticket, TicketEvent, TicketKind};
use super::queries::{get_ticket, list_events};
use crate::accounts::model::{Role, Scope, Staff};
use crate::clock::TimestampMs;
use crate::config::Config;
use crate::crypto::{Purpose, Sealer};
use crate::db::schema::{notices, roll_imports, roll_records, schools, staff, students};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::evidence::commands::{NewEvidence, add_evidence};
use crate::evidence::model::CameBy as EvidenceCameBy;
use crate::evidence::sealing::SealedUpload;
use crate::id::{ImportId, RecordId, SchoolId, StaffId, StudentId, TicketId};
use crate::keys::open_keys_blocking;
use crate::notices::model::NoticeKind;
use crate::roll::import::stage::id_index;
use crate::roll::name;
use crate::students::model::{Student, StudentState, actor_name};
use crate::testing::TestDb;
use crate::texts::Language;
use crate::verdicts::queries::PersonKey;

/// Thursday, 28 May 2026, 10:00 in Shanghai: an ordinary working week.
const NOW_MS: TimestampMs = 1_779_933_600_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// A number of GB 11643-1999 that nobody has: its region and day are those of the standard's own example.
const NUMBER: &str = "11010519491231002X";
/// Another one, of a man born on 1 January 1950.
const OTHER_NUMBER: &str = "110105195001010012";

/// A school with a student, their record and three people of the office.
struct Desk {
    db: Db,
    sealer: Sealer,
    student: Student,
    record_id: RecordId,
    admin: Staff,
    registrar: Staff,
    support: Staff,
    _test: TestDb,
}

/// Opens a ticket, adds the evidence that its kind requires, and hands it in.
fn hand_in(conn: &mut Conn, sealer: &Sealer, hand: Hand<'_>, new: &NewTicket) -> Result<TicketId> {
    let ticket_id = open_ticket(conn, sealer, hand, new, NOW_MS)?;
    let wanted = get_kind(conn, new.kind)?.definition.evidence;
    for wanted in wanted.iter().filter(|wanted| wanted.is_required) {
        let upload = SealedUpload::seal(sealer, b"a scan")?;
        let evidence = NewEvidence {
            ticket_id,
            hand,
            came_by: EvidenceCameBy::Page,
            what: &wanted.what,
            upload: &upload,
            expires_at_ms: None,
        };
        add_evidence(conn, sealer, &evidence, NOW_MS)?;
    }
    let ticket = get_ticket(conn, hand, ticket_id)?;
    let form = StepForm {
        step: Step::Submit,
        ..StepForm::blank(&ticket)
    };
    take_step(conn, sealer, hand, &form, NOW_MS)?;
    Ok(ticket_id)
}

impl Desk {
    async fn new() -> Self {
        let test = TestDb::new();
        let config = Config::in_folder(test.folder()).expect("settings");
        let db = test.db();
        let sealer = open_keys_blocking(&db, &config.secret_file).expect("keys");
        let seal = sealer.clone();
        let made = db.write_tx(move |conn| {
            let record_id = add_record(conn, &seal, "2022010001", "张小明", NUMBER)?;
            let student = add_student(conn, &seal, "zhang@mail.example", "张小明", NUMBER)?;
            let admin = add_staff(conn, "admin@example.edu", Role::Admin)?;
            let registrar = add_staff(conn, "registrar@example.edu", Role::Registrar)?;
            let support = add_staff(conn, "support@example.edu", Role::Support)?;
            Ok((record_id, student, admin, registrar, support))
        });
        let (record_id, student, admin, registrar, support) = made.await.expect("a school");
        Self {
            db,
            sealer,
            student,
            record_id,
            admin,
            registrar,
            support,
            _test: test,
        }
    }

    /// Runs something in a transaction of its own.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn, &Sealer) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let sealer = self.sealer.clone();
        self.db.write_tx(move |conn| work(conn, &sealer)).await
    }

    /// A ticket of the student about the record, handed in.
    async fn submitted(&self, kind: TicketKind) -> TicketId {
        let (student, new) = (self.student.clone(), self.new_ticket(kind));
        self.run(move |conn, sealer| hand_in(conn, sealer, Hand::Student(&student), &new))
            .await
            .expect("a ticket")
    }

    fn new_ticket(&self, kind: TicketKind) -> NewTicket {
        NewTicket {
            kind,
            came_by: CameBy::Page,
            student_id: Some(self.student.student_id),
            record_id: Some(self.record_id),
            photo_id: None,
            reason: None,
            body: "请更正".to_owned(),
            reply_to: None,
            phone: None,
        }
    }

    /// A step of somebody of the office, on the ticket as it stands.
    async fn step(&self, by: &Staff, ticket_id: TicketId, step: Step, now_ms: TimestampMs) -> Result<TicketState> {
        let by = by.clone();
        self.run(move |conn, sealer| {
            let hand = Hand::Staff(&by);
            let ticket = get_ticket(conn, hand, ticket_id)?;
            let form = StepForm {
                step,
                words: "说明".to_owned(),
                ..StepForm::blank(&ticket)
            };
            take_step(conn, sealer, hand, &form, now_ms)
        })
        .await
    }

    async fn ticket(&self, ticket_id: TicketId) -> Ticket {
        self.run(move |conn, _| get_ticket(conn, Hand::House, ticket_id))
            .await
            .expect("the ticket")
    }

    async fn events(&self, ticket_id: TicketId) -> Vec<TicketEvent> {
        self.run(move |conn, sealer| list_events(conn, sealer, ticket_id, false))
            .await
            .expect("events")
    }

    /// How many notices of a kind there are.
    async fn told(&self, kind: NoticeKind) -> i64 {
        self.run(move |conn, _| Ok(notices::table.filter(notices::kind.eq(kind)).count().get_result(conn)?))
            .await
            .expect("a count")
    }
}

fn add_record(conn: &mut Conn, sealer: &Sealer, student_no: &str, full_name: &str, number: &str) -> Result<RecordId> {
    let known: Option<SchoolId> = schools::table.select(schools::school_id).first(conn).optional()?;
    let school_id: SchoolId = match known {
        Some(school_id) => school_id,
        None => diesel::insert_into(schools::table)
            .values((
                schools::code.eq("10001"),
                schools::name.eq("示例大学"),
                schools::created_at_ms.eq(NOW_MS),
            ))
            .returning(schools::school_id)
            .get_result(conn)?,
    };
    let import_id: ImportId = diesel::insert_into(roll_imports::table)
        .values((
            roll_imports::kind.eq("roll"),
            roll_imports::state.eq("applied"),
            roll_imports::staged_object.eq("roll"),
            roll_imports::source_sha256.eq("00"),
            roll_imports::options.eq("{}"),
            roll_imports::is_dry_run.eq(false),
            roll_imports::is_attended.eq(false),
            roll_imports::actor.eq("operator"),
            roll_imports::created_at_ms.eq(NOW_MS - DAY_MS),
        ))
        .returning(roll_imports::import_id)
        .get_result(conn)?;
    Ok(diesel::insert_into(roll_records::table)
        .values((
            (
                roll_records::school_id.eq(school_id),
                roll_records::student_no.eq(student_no),
                roll_records::name.eq(full_name),
                roll_records::name_folded.eq(name::fold(full_name)),
                roll_records::name_initials.eq("zxm"),
                roll_records::sex.eq("female"),
                roll_records::id_kind.eq("resident"),
            ),
            roll_records::id_sealed.eq(sealer.seal(Purpose::ID_NUMBER, number.as_bytes())?),
            roll_records::id_index.eq(id_index(sealer, number)),
            roll_records::birth_sealed.eq(sealer.seal(Purpose::BIRTH_DATE, &number.as_bytes()[6..14])?),
            roll_records::college.eq("文学院"),
            roll_records::class_name.eq("文学2201"),
            roll_records::status_kind.eq("registered"),
            roll_records::is_open.eq(true),
            roll_records::created_import_id.eq(import_id),
            roll_records::changed_import_id.eq(import_id),
            roll_records::created_at_ms.eq(NOW_MS - DAY_MS),
            roll_records::updated_at_ms.eq(NOW_MS - DAY_MS),
        ))
        .returning(roll_records::record_id)
        .get_result(conn)?)
}

fn add_student(conn: &mut Conn, sealer: &Sealer, email: &str, full_name: &str, number: &str) -> Result<Student> {
    let student_id: StudentId = diesel::insert_into(students::table)
        .values((
            students::email.eq(email),
            students::state.eq(StudentState::Registered),
            students::password_hash.eq("-"),
            students::language.eq(Language::ZhCn),
            students::name.eq(full_name),
            students::name_folded.eq(name::fold(full_name)),
            students::id_index.eq(id_index(sealer, number)),
            students::takes_reminders.eq(true),
            students::failed_attempts.eq(0),
            students::created_at_ms.eq(NOW_MS - DAY_MS),
        ))
        .returning(students::student_id)
        .get_result(conn)?;
    Ok(Student {
        student_id,
        email: email.to_owned(),
        state: StudentState::Registered,
        person: Some(PersonKey {
            id_index: id_index(sealer, number),
            name: full_name.to_owned(),
        }),
        actor: actor_name(student_id),
        address: None,
        previous_login: None,
    })
}

fn add_staff(conn: &mut Conn, email: &str, role: Role) -> Result<Staff> {
    let staff_id: StaffId = diesel::insert_into(staff::table)
        .values((
            staff::email.eq(email),
            staff::role.eq(role),
            staff::failed_attempts.eq(0),
            staff::is_active.eq(true),
            staff::created_at_ms.eq(NOW_MS - DAY_MS),
        ))
        .returning(staff::staff_id)
        .get_result(conn)?;
    Ok(Staff {
        staff_id,
        email: email.to_owned(),
        role,
        scope: Scope::default(),
        address: Some("192.0.2.7".to_owned()),
        confirmed_at_ms: NOW_MS,
    })
}

#[tokio::test]
async fn a_ticket_goes_from_the_student_to_its_end_and_the_clock_stands_while_the_student_is_asked() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Other).await;
    let ticket = desk.ticket(ticket_id).await;
    assert_eq!(ticket.state, TicketState::Submitted);
    // Three working days from Thursday 10:00 are over on Tuesday at 10:00.
    assert_eq!(ticket.due_at_ms, Some(NOW_MS + 5 * DAY_MS));
    assert!(!ticket.is_provisional);
    assert_eq!(desk.told(NoticeKind::TicketReceived).await, 1);

    desk.step(&desk.support, ticket_id, Step::Review, NOW_MS + HOUR_MS)
        .await
        .expect("taken up");
    assert_eq!(desk.ticket(ticket_id).await.assignee_id, Some(desk.support.staff_id));
    desk.step(&desk.support, ticket_id, Step::Ask, NOW_MS + 2 * HOUR_MS)
        .await
        .expect("asked");
    assert_eq!(desk.ticket(ticket_id).await.due_at_ms, None, "the clock stands");
    assert_eq!(desk.told(NoticeKind::TicketQuestion).await, 1);

    let student = desk.student.clone();
    desk.run(move |conn, sealer| {
        let hand = Hand::Student(&student);
        super::commands::talk::say(conn, sealer, hand, ticket_id, "补充如下", NOW_MS + DAY_MS + 2 * HOUR_MS)
    })
    .await
    .expect("an answer");
    let answered = desk.ticket(ticket_id).await;
    assert_eq!(answered.state, TicketState::InReview);
    // A whole working day did not count.
    assert_eq!(answered.due_at_ms, Some(NOW_MS + 6 * DAY_MS));

    let end = desk
        .step(&desk.admin, ticket_id, Step::Approve, NOW_MS + DAY_MS + 3 * HOUR_MS)
        .await;
    assert_eq!(end.expect("approved"), TicketState::Notified);
    assert_eq!(desk.told(NoticeKind::TicketDone).await, 1);
    let numbers: Vec<i64> = desk.events(ticket_id).await.iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_same_thing_is_not_opened_twice_and_nothing_of_others_is() {
    let desk = Desk::new().await;
    let first = desk.submitted(TicketKind::Other).await;
    let (student, new) = (desk.student.clone(), desk.new_ticket(TicketKind::Other));
    let again = desk.run(move |conn, sealer| open_ticket(conn, sealer, Hand::Student(&student), &new, NOW_MS));
    let refused = again.await.expect_err("it is open");
    assert_eq!(refused.code(), "ticket-exists");
    assert!(refused.to_string().contains(&first.to_string()));

    let (student, mut new) = (desk.student.clone(), desk.new_ticket(TicketKind::Roll));
    let other = desk.run(|conn, sealer| add_record(conn, sealer, "2022010002", "李四", OTHER_NUMBER));
    new.record_id = Some(other.await.expect("a record"));
    let foreign = desk.run(move |conn, sealer| open_ticket(conn, sealer, Hand::Student(&student), &new, NOW_MS));
    assert_eq!(foreign.await.expect_err("not theirs").code(), "not-found");
}

#[tokio::test]
async fn a_step_on_what_somebody_changed_meanwhile_is_refused() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Other).await;
    let seen = desk.ticket(ticket_id).await;
    desk.step(&desk.support, ticket_id, Step::Triage, NOW_MS)
        .await
        .expect("triaged");
    let by = desk.admin.clone();
    let late = desk.run(move |conn, sealer| {
        let form = StepForm {
            step: Step::Review,
            ..StepForm::blank(&seen)
        };
        take_step(conn, sealer, Hand::Staff(&by), &form, NOW_MS)
    });
    assert_eq!(late.await.expect_err("it changed").code(), "ticket-changed");
}

#[tokio::test]
async fn what_ended_can_be_taken_up_again_for_a_month_and_the_promise_begins_anew() {
    let desk = Desk::new().await;
    let ticket_id = desk.submitted(TicketKind::Other).await;
    desk.step(&desk.admin, ticket_id, Step::Reject, NOW_MS + HOUR_MS)
        .await
        .expect("rejected");
    let rejected = desk.ticket(ticket_id).await;
    assert_eq!(rejected.closed_at_ms, Some(NOW_MS + HOUR_MS));
    assert_eq!(rejected.promised_at_ms, Some(NOW_MS + 5 * DAY_MS));
    let late = desk
        .step(&desk.admin, ticket_id, Step::Reopen, NOW_MS + 32 * DAY_MS)
        .await;
    assert_eq!(late.expect_err("too late").code(), "ticket-too-old");
    desk.step(&desk.admin, ticket_id, Step::Reopen, NOW_MS + 7 * DAY_MS)
        .await
        .expect("reopened");
    let reopened = desk.ticket(ticket_id).await;
    assert_eq!(reopened.state, TicketState::Submitted);
    assert_eq!(reopened.started_at_ms, Some(NOW_MS + 7 * DAY_MS));
    assert_eq!(reopened.due_at_ms, Some(NOW_MS + 12 * DAY_MS));
    assert_eq!(reopened.closed_at_ms, None);
}
