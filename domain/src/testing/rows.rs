//! Rows that many tests need and few look at: an applied import of the roll, a record of it, a campaign, a batch.

use diesel::prelude::*;

use crate::accounts::model::{Role, Scope, Staff};
use crate::agencies::commands::add_agency;
use crate::audit::OPERATOR;
use crate::batches::model::{BatchKind, BatchState, Verdict};
use crate::campaigns::model::{CampaignMode, Expected, NewCampaign};
use crate::campaigns::profile::Profile;
use crate::clock::TimestampMs;
use crate::crypto::{Sealer, SecretFile};
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::schema::{batch_entries, batches, photos, roll_imports, roll_records};
use crate::id::{BatchId, CampaignId, EntryId, ImportId, PhotoId, RecordId, SchoolId, StaffId};

/// Keys of a test's own.
pub fn sealer() -> Sealer {
    let folder = tempfile::tempdir().expect("a folder");
    Sealer::new(&SecretFile::create(&folder.path().join("secret.key")).expect("a key"))
}

/// Somebody of the office who may see so much of the roll.
pub fn staff(role: Role, scope: Scope, at_ms: TimestampMs) -> Staff {
    Staff {
        staff_id: StaffId(1),
        email: "lin@example.edu".to_owned(),
        role,
        scope,
        address: None,
        confirmed_at_ms: at_ms,
    }
}

/// An import of the roll that was applied and whose file is gone.
pub fn import(conn: &mut Conn, at_ms: TimestampMs) -> ImportId {
    diesel::insert_into(roll_imports::table)
        .values((
            roll_imports::kind.eq("roll"),
            roll_imports::state.eq("applied"),
            roll_imports::staged_object.eq("expired"),
            roll_imports::source_sha256.eq("00"),
            roll_imports::options.eq("{}"),
            roll_imports::is_dry_run.eq(false),
            roll_imports::actor.eq(OPERATOR),
            roll_imports::created_at_ms.eq(at_ms),
        ))
        .returning(roll_imports::import_id)
        .get_result(conn)
        .expect("an import")
}

/// The record of a student who is enrolled, from an import of its own; what else a test needs of it, it sets itself.
pub fn record(conn: &mut Conn, school_id: SchoolId, student_no: &str, at_ms: TimestampMs) -> RecordId {
    let import_id = import(conn, at_ms);
    diesel::insert_into(roll_records::table)
        .values((
            roll_records::school_id.eq(school_id),
            roll_records::student_no.eq(student_no),
            roll_records::name.eq("张三"),
            roll_records::name_folded.eq("张三"),
            roll_records::id_kind.eq("resident"),
            roll_records::status_kind.eq("enrolled"),
            roll_records::is_open.eq(true),
            roll_records::created_import_id.eq(import_id),
            roll_records::changed_import_id.eq(import_id),
            roll_records::created_at_ms.eq(at_ms),
            roll_records::updated_at_ms.eq(at_ms),
        ))
        .returning(roll_records::record_id)
        .get_result(conn)
        .expect("a record")
}

/// A campaign that expects everybody, to be added.
pub fn campaign(code: &str) -> NewCampaign {
    NewCampaign {
        code: code.to_owned(),
        name: "2026".to_owned(),
        mode: CampaignMode::Legacy,
        profile: Profile::builtin("chsi-graduation").expect("a profile of ours"),
        freeze_at_ms: None,
        upload_expected: None,
        recapture_place: None,
        expected: Expected::default(),
    }
}

/// A batch of a campaign in a state, and the agency `studio` that delivered it; its archive is gone.
pub fn batch(conn: &mut Conn, campaign_id: CampaignId, state: BatchState, at_ms: TimestampMs) -> BatchId {
    let agency_id = add_agency(conn, OPERATOR, "studio", "Studio", at_ms).expect("an agency");
    diesel::insert_into(batches::table)
        .values((
            batches::campaign_id.eq(campaign_id),
            batches::agency_id.eq(agency_id),
            batches::kind.eq(BatchKind::Graduation),
            batches::state.eq(state),
            batches::key_policy.eq("auto"),
            batches::sha256.eq("00"),
            batches::size_bytes.eq(1_i64),
            batches::staged_object.eq("expired"),
            batches::actor.eq(OPERATOR),
            batches::received_at_ms.eq(at_ms),
        ))
        .returning(batches::batch_id)
        .get_result(conn)
        .expect("a batch")
}

/// A record's accepted graduation photo, of a batch.
pub fn photo(
    conn: &mut Conn,
    (campaign_id, batch_id): (CampaignId, BatchId),
    record_id: RecordId,
    at_ms: TimestampMs,
) -> PhotoId {
    let entry_id: EntryId = diesel::insert_into(batch_entries::table)
        .values((
            batch_entries::batch_id.eq(batch_id),
            batch_entries::seq.eq(record_id.0),
            batch_entries::name_sealed.eq(Vec::new()),
            batch_entries::locator.eq("{}"),
            batch_entries::kind.eq("photo"),
            batch_entries::size_bytes.eq(1_i64),
            batch_entries::state.eq("reconciled"),
            batch_entries::verdict.eq(Verdict::Matched),
            batch_entries::record_id.eq(record_id),
        ))
        .returning(batch_entries::entry_id)
        .get_result(conn)
        .expect("an entry");
    diesel::insert_into(photos::table)
        .values((
            photos::record_id.eq(record_id),
            photos::campaign_id.eq(campaign_id),
            photos::entry_id.eq(entry_id),
            photos::kind.eq(BatchKind::Graduation),
            photos::version.eq(1),
            photos::state.eq("accepted"),
            photos::created_at_ms.eq(at_ms),
        ))
        .returning(photos::photo_id)
        .get_result(conn)
        .expect("a photo")
}

/// What the admission data have of a person: name, blind index of the number, level.
pub fn admission(
    conn: &mut Conn,
    school_id: SchoolId,
    (name, id_index, level_kind): (&str, &[u8], &str),
    at_ms: TimestampMs,
) {
    let import_id = import(conn, at_ms);
    let row = serde_json::json!({
        "school_id": school_id, "exam_no": "25110100000001", "name": name, "name_folded": name, "id_kind": "resident",
        "id_index": hex::encode(id_index), "birth_index": "00", "level_kind": level_kind,
        "created_import_id": import_id, "changed_import_id": import_id, "created_at_ms": at_ms, "updated_at_ms": at_ms,
    });
    const COLUMNS: &[Column] = &[
        Column::Integer("school_id"),
        Column::Text("exam_no"),
        Column::Text("name"),
        Column::Text("name_folded"),
        Column::Text("id_kind"),
        Column::Bytes("id_index"),
        Column::Bytes("birth_index"),
        Column::Text("level_kind"),
        Column::Integer("created_import_id"),
        Column::Integer("changed_import_id"),
        Column::Integer("created_at_ms"),
        Column::Integer("updated_at_ms"),
    ];
    bulk::insert(conn, "admission_records", COLUMNS, "", &[row]).expect("an admission");
}
