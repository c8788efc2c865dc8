//! Photos without pictures: the rows that a season of deliveries leaves behind.

use backend::house::House;
use domain::db::Conn;
use domain::db::bulk::{self, Column};
use domain::jobs::TallyCampaigns;
use domain::queue;
use serde_json::{Value, json};

const PHOTOS_PER_BATCH: i64 = 2_000;
const DAY_MS: i64 = 86_400_000;

/// Batches of the last two months: most photos matched, three in a hundred in review, one rejected, half a one unmatched.
pub async fn fill(house: &House, photos: usize) {
    let now_ms = house.clock.now_ms();
    let batches = (photos as i64 + PHOTOS_PER_BATCH - 1) / PHOTOS_PER_BATCH;
    for batch in 1..=batches {
        let received_ms = now_ms - (batches - batch) * 60 * DAY_MS / batches;
        house
            .db
            .write_tx(move |conn| fill_batch(conn, batch, received_ms))
            .await
            .expect("a batch");
    }
    house
        .db
        .write_tx(move |conn| queue::enqueue(conn, &TallyCampaigns {}, now_ms).map(drop))
        .await
        .expect("queued");
}

fn fill_batch(conn: &mut Conn, batch: i64, received_ms: i64) -> domain::Result<()> {
    let columns = [
        Column::Integer("campaign_id"),
        Column::Integer("agency_id"),
        Column::Text("kind"),
        Column::Text("state"),
        Column::Text("key_policy"),
        Column::Text("sha256"),
        Column::Integer("size_bytes"),
        Column::Text("staged_object"),
        Column::Integer("entries_total"),
        Column::Integer("entries_inspected"),
        Column::Text("actor"),
        Column::Integer("received_at_ms"),
        Column::Integer("reconciled_at_ms"),
    ];
    let row = json!({
        "campaign_id": 1, "agency_id": 1, "kind": "graduation", "state": "reconciled", "key_policy": "auto",
        "sha256": format!("{batch:064}"), "size_bytes": 1, "staged_object": "expired", "entries_total": PHOTOS_PER_BATCH,
        "entries_inspected": PHOTOS_PER_BATCH, "actor": "operator", "received_at_ms": received_ms,
        "reconciled_at_ms": received_ms + 60_000,
    });
    bulk::insert(conn, "batches", &columns, "", &[row])?;
    let numbers: Vec<i64> = (1..=PHOTOS_PER_BATCH)
        .map(|seq| (batch - 1) * PHOTOS_PER_BATCH + seq)
        .collect();
    let verdict = |n: i64| match n % 200 {
        0 => "unmatched",
        1 | 2 => "rejected",
        3..=8 => "review",
        _ => "matched",
    };
    let columns = [
        Column::Integer("batch_id"),
        Column::Integer("seq"),
        Column::Bytes("name_sealed"),
        Column::Text("locator"),
        Column::Text("kind"),
        Column::Integer("size_bytes"),
        Column::Text("state"),
        Column::Text("sha256"),
        Column::Text("standard_sha256"),
        Column::Text("thumbnail_sha256"),
        Column::Text("measurements"),
        Column::Text("verdict"),
        Column::Integer("record_id"),
    ];
    let measurements =
        r#"{"source":{"quality":85},"measurements":{"crown_px":80.0,"head_width_px":220.0,"edge_width_px":3.1}}"#;
    let entries: Vec<Value> = numbers.iter().map(|n| json!({
        "batch_id": batch, "seq": n - (batch - 1) * PHOTOS_PER_BATCH, "name_sealed": "00", "locator": "{}", "kind": "photo",
        "size_bytes": 30_000, "state": "reconciled", "sha256": format!("{n:064x}"), "standard_sha256": format!("{n:064x}"),
        "thumbnail_sha256": format!("{n:064x}"), "measurements": measurements, "verdict": verdict(*n),
        "record_id": (n % 200 != 0).then_some(*n),
    })).collect();
    bulk::insert(conn, "batch_entries", &columns, "", &entries)?;
    let columns = [
        Column::Integer("entry_id"),
        Column::Integer("batch_id"),
        Column::Text("stage"),
        Column::Text("code"),
        Column::Text("severity"),
        Column::Real("measured"),
        Column::Real("limit_value"),
    ];
    let findings: Vec<Value> = numbers
        .iter()
        .filter(|n| verdict(**n) != "matched")
        .map(|n| {
            json!({
                "entry_id": n, "batch_id": batch, "stage": "inspection", "measured": 31.0, "limit_value": 24.0,
                "code": code(*n),
                "severity": if verdict(*n) == "rejected" { "reject" } else { "review" },
            })
        })
        .collect();
    bulk::insert(conn, "entry_findings", &columns, "", &findings)?;
    let columns = [
        Column::Integer("record_id"),
        Column::Integer("campaign_id"),
        Column::Integer("entry_id"),
        Column::Text("kind"),
        Column::Integer("version"),
        Column::Text("state"),
        Column::Integer("created_at_ms"),
    ];
    let photos: Vec<Value> = numbers.iter().filter(|n| verdict(**n) == "matched").map(|n| json!({
        "record_id": n, "campaign_id": 1, "entry_id": n, "kind": "graduation", "version": 1, "state": "accepted",
        "created_at_ms": received_ms,
    })).collect();
    bulk::insert(conn, "photos", &columns, "", &photos)?;
    let columns = [
        Column::Integer("campaign_id"),
        Column::Integer("record_id"),
        Column::Integer("entry_id"),
        Column::Text("reason"),
        Column::Text("state"),
        Column::Integer("attempt"),
        Column::Integer("created_at_ms"),
        Column::Integer("updated_at_ms"),
        Column::Integer("due_at_ms"),
    ];
    let recaptures: Vec<Value> = numbers.iter().filter(|n| verdict(**n) == "rejected").map(|n| json!({
        "campaign_id": 1, "record_id": n, "entry_id": n, "reason": "BG", "state": if n % 3 == 0 { "closed" } else { "open" },
        "attempt": 1, "created_at_ms": received_ms, "updated_at_ms": received_ms, "due_at_ms": received_ms + 10 * DAY_MS,
    })).collect();
    bulk::insert(conn, "recaptures", &columns, "", &recaptures).map(drop)
}

fn code(n: i64) -> &'static str {
    match n % 4 {
        0 => "BG",
        1 => "EDGE",
        2 => "BLUR",
        _ => "SIZE",
    }
}
