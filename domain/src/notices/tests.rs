//! Who is told what, and when: news at any hour, reminders by day, each step once.

mod by_hand;
mod steps;

use diesel::prelude::*;
use serde_json::Value;

use super::commands::tell_due;
use super::model::{Channel, DeliveryState, NoticeKind};
use crate::audit::OPERATOR;
use crate::batches::model::BatchState;
use crate::campaigns::commands::add_campaign;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::dialect::roll::keep_version;
use crate::db::schema::{campaigns, jobs, notice_deliveries, notices, roll_imports, roll_records, students, verdicts};
use crate::id::{BatchId, CampaignId, ImportId, NoticeDeliveryId, PhotoId, RecordId, SchoolId, StudentId};
use crate::jobs::{DeliverNotice, Job as _};
use crate::schools::commands::add_school;
use crate::schools::model::SchoolCode;
use crate::students::model::StudentState;
use crate::testing::{TestDb, rows};
use crate::texts::Language;
use crate::verdicts::model::{Subject, Verdict};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// When every photo came: ten in the morning of 2026-06-01 in China.
const CAME_MS: TimestampMs = 1_780_279_200_000;
const CLASS: &str = "计科2201班";

/// A school with a campaign, whose students have accounts and photos.
struct School {
    conn: Conn,
    campaign_id: CampaignId,
    school_id: SchoolId,
    batch_id: BatchId,
    import_id: ImportId,
    /// The last delivery that a round was asked about.
    seen: NoticeDeliveryId,
    _test: TestDb,
}

/// Somebody with an account and an accepted photo.
#[derive(Clone, Copy)]
struct Person {
    record_id: RecordId,
    student_id: StudentId,
    photo_id: PhotoId,
}

impl School {
    fn new() -> Self {
        let test = TestDb::new();
        let mut conn = test.connect();
        let code = SchoolCode::parse("10001").expect("five digits");
        let school_id = add_school(&mut conn, &code, "Synthetic University", CAME_MS).expect("a school");
        let campaign_id = add_campaign(&mut conn, OPERATOR, &rows::campaign("2026"), CAME_MS).expect("a campaign");
        let import_id = rows::import(&mut conn, CAME_MS);
        let batch_id = rows::batch(&mut conn, campaign_id, BatchState::Reconciled, CAME_MS);
        Self {
            conn,
            campaign_id,
            school_id,
            batch_id,
            import_id,
            seen: NoticeDeliveryId(0),
            _test: test,
        }
    }

    /// Somebody of the usual class.
    fn student(&mut self) -> Person {
        self.student_of("计算机学院", CLASS)
    }

    fn student_of(&mut self, college: &str, class_name: &str) -> Person {
        let record_id = self.record(college, class_name);
        Person {
            record_id,
            student_id: self.account(record_id),
            photo_id: self.photo(record_id),
        }
    }

    fn record(&mut self, college: &str, class_name: &str) -> RecordId {
        let nth: i64 = roll_records::table.count().get_result(&mut self.conn).expect("a count");
        diesel::insert_into(roll_records::table)
            .values((
                roll_records::school_id.eq(self.school_id),
                roll_records::student_no.eq(format!("2022{nth:04}")),
                roll_records::name.eq("张三"),
                roll_records::name_folded.eq("张三"),
                roll_records::id_kind.eq("resident"),
                roll_records::id_index.eq(nth.to_be_bytes().to_vec()),
                roll_records::college.eq(college),
                roll_records::class_name.eq(class_name),
                roll_records::status_kind.eq("enrolled"),
                roll_records::is_open.eq(true),
                roll_records::created_import_id.eq(self.import_id),
                roll_records::changed_import_id.eq(self.import_id),
                roll_records::created_at_ms.eq(CAME_MS),
                roll_records::updated_at_ms.eq(CAME_MS),
            ))
            .returning(roll_records::record_id)
            .get_result(&mut self.conn)
            .expect("a record")
    }

    /// An applied import that keeps what these people's records said before it; the caller changes them.
    fn change_roll(&mut self, people: &[Person], finished_at_ms: TimestampMs) -> ImportId {
        let import_id = rows::import(&mut self.conn, CAME_MS);
        diesel::update(roll_imports::table.find(import_id))
            .set(roll_imports::finished_at_ms.eq(finished_at_ms))
            .execute(&mut self.conn)
            .expect("an end");
        for person in people {
            keep_version(&mut self.conn, import_id, person.record_id).expect("the old version");
        }
        import_id
    }

    fn account(&mut self, record_id: RecordId) -> StudentId {
        let id_index: Option<Vec<u8>> = roll_records::table
            .find(record_id)
            .select(roll_records::id_index)
            .first(&mut self.conn)
            .expect("the record");
        diesel::insert_into(students::table)
            .values((
                students::email.eq(format!("s{record_id}@mail.example")),
                students::state.eq(StudentState::Registered),
                students::password_hash.eq("none"),
                students::language.eq(Language::ZhCn),
                students::name.eq("张三"),
                students::name_folded.eq("张三"),
                students::id_index.eq(id_index),
                students::created_at_ms.eq(CAME_MS),
            ))
            .returning(students::student_id)
            .get_result(&mut self.conn)
            .expect("an account")
    }

    fn photo(&mut self, record_id: RecordId) -> PhotoId {
        rows::photo(&mut self.conn, (self.campaign_id, self.batch_id), record_id, CAME_MS)
    }

    /// Says something about a version of the photo.
    fn say(&mut self, record_id: RecordId, version: i64, reopened_at_ms: Option<TimestampMs>) {
        diesel::insert_into(verdicts::table)
            .values((
                verdicts::record_id.eq(record_id),
                verdicts::subject.eq(Subject::Photo),
                verdicts::version.eq(version),
                verdicts::verdict.eq(Verdict::Confirmed),
                verdicts::given_by.eq("student 1"),
                verdicts::is_on_behalf.eq(false),
                verdicts::given_at_ms.eq(CAME_MS),
                verdicts::reopened_at_ms.eq(reopened_at_ms),
            ))
            .execute(&mut self.conn)
            .expect("a verdict");
    }

    fn freeze_at(&mut self, freeze_at_ms: TimestampMs) {
        diesel::update(campaigns::table)
            .set(campaigns::freeze_at_ms.eq(freeze_at_ms))
            .execute(&mut self.conn)
            .expect("a freeze");
    }

    /// What a round at that instant sends by mail, to whom.
    fn round(&mut self, now_ms: TimestampMs) -> Vec<(NoticeKind, StudentId)> {
        tell_due(&mut self.conn, 100, now_ms).expect("a round");
        self.sent_since_last()
    }

    /// What is to be sent by mail since this was asked last; every delivery has its job.
    fn sent_since_last(&mut self) -> Vec<(NoticeKind, StudentId)> {
        let rows: Vec<(NoticeDeliveryId, NoticeKind, StudentId)> = notice_deliveries::table
            .inner_join(notices::table)
            .filter(notice_deliveries::channel.eq(Channel::Mail))
            .filter(notice_deliveries::state.eq(DeliveryState::Waiting))
            .filter(notice_deliveries::notice_delivery_id.gt(self.seen))
            .order(notice_deliveries::notice_delivery_id)
            .select((
                notice_deliveries::notice_delivery_id,
                notices::kind,
                notices::student_id.assume_not_null(),
            ))
            .load(&mut self.conn)
            .expect("deliveries");
        let deliveries: i64 = notice_deliveries::table
            .count()
            .get_result(&mut self.conn)
            .expect("a count");
        let queued: i64 = jobs::table
            .filter(jobs::name.eq(DeliverNotice::SPEC.name))
            .count()
            .get_result(&mut self.conn)
            .expect("a count");
        assert_eq!(queued, deliveries, "every delivery has its job");
        self.seen = rows.last().map_or(self.seen, |row| row.0);
        rows.into_iter()
            .map(|(_, kind, student_id)| (kind, student_id))
            .collect()
    }

    /// The days that reminders of a student named, in their order.
    fn days_named(&mut self, student_id: StudentId) -> Vec<i64> {
        let parameters: Vec<String> = notices::table
            .filter(notices::student_id.eq(student_id))
            .filter(notices::kind.eq(NoticeKind::VerdictReminder))
            .order(notices::notice_id)
            .select(notices::parameters)
            .load(&mut self.conn)
            .expect("notices");
        let days = |text: &String| serde_json::from_str::<Value>(text).expect("JSON")["days"].as_i64();
        parameters
            .iter()
            .map(|text| days(text).expect("a number of days"))
            .collect()
    }
}
