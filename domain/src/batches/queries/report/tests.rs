//! However many entries a report reads at a time, it says the same.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::audit::OPERATOR;
use crate::batches::commands::insert_findings;
use crate::batches::model::FindingStage;
use crate::campaigns::commands::add_campaign;
use crate::clock::TimestampMs;
use crate::crypto::Purpose;
use crate::testing::{TestDb, rows};

/// Noon of 2026-06-01 in China.
const CAME_MS: TimestampMs = 1_780_286_400_000;

fn deliver(conn: &mut Conn, sealer: &Sealer, batch_id: BatchId, seq: i64) -> EntryId {
    let name = sealer.seal(Purpose::ENTRY_NAME, format!("{seq}.jpg").as_bytes());
    diesel::insert_into(batch_entries::table)
        .values((
            batch_entries::batch_id.eq(batch_id),
            batch_entries::seq.eq(seq),
            batch_entries::name_sealed.eq(name.expect("sealed")),
            batch_entries::locator.eq("{}"),
            batch_entries::kind.eq("photo"),
            batch_entries::size_bytes.eq(1_i64),
            batch_entries::state.eq("reconciled"),
            batch_entries::verdict.eq(Verdict::Review),
        ))
        .returning(batch_entries::entry_id)
        .get_result(conn)
        .expect("an entry")
}

/// Of each photo: its name, and what each finding about it points to.
fn told(photos: &[ReportPhoto]) -> Value {
    let told = photos.iter().map(|photo| {
        let findings = photo.findings.iter();
        let others: Vec<_> = findings.map(|finding| (&finding.code, &finding.other_entry)).collect();
        json!([photo.entry, others])
    });
    told.collect()
}

#[test]
fn a_report_in_parts_names_the_other_photo_of_a_pair_wherever_it_stands() {
    let (database, sealer) = (TestDb::new(), rows::sealer());
    let mut conn = database.connect();
    let campaign_id = add_campaign(&mut conn, OPERATOR, &rows::campaign("2026"), CAME_MS).expect("a campaign");
    let batch_id = rows::batch(&mut conn, campaign_id, BatchState::Reconciled, CAME_MS);
    let entries: Vec<EntryId> = (0..4).map(|seq| deliver(&mut conn, &sealer, batch_id, seq)).collect();
    let pair = |one: usize, other: usize| FindingRow {
        entry_id: entries[one],
        code: "DUP".to_owned(),
        severity: "review".to_owned(),
        measured: None,
        limit_value: None,
        other_entry_id: Some(entries[other]),
    };
    let findings = [pair(0, 3), pair(3, 0)];
    insert_findings(&mut conn, batch_id, FindingStage::Reconciliation, &findings).expect("findings");
    let expected = json!([
        ["0.jpg", [["DUP", "3.jpg"]]],
        ["1.jpg", []],
        ["2.jpg", []],
        ["3.jpg", [["DUP", "0.jpg"]]],
    ]);
    for at_a_time in [1, 3, 4, 100] {
        let mut report = open_report(&mut conn, &sealer, batch_id).expect("a report");
        report.photos.at_a_time = at_a_time;
        let report = report.read().expect("its photos");
        assert_eq!(told(&report.photos), expected, "{at_a_time} at a time");
        assert_eq!(
            (report.counts.files, report.counts.review),
            (4, 4),
            "{at_a_time} at a time"
        );
    }
}
