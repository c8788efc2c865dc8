//! Keeping the counts of a campaign.

use diesel::prelude::*;
use serde::Serialize;

use crate::campaigns::queries::tallies::{Counted, RollClass};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::schema::{campaigns, class_tallies, day_tallies, missing_records, roll_classes, rule_tallies};
use crate::error::Result;
use crate::id::{CampaignId, RecordId};

#[derive(Serialize)]
struct MissingRow {
    campaign_id: CampaignId,
    record_id: RecordId,
}

/// Replaces the list of classes.
pub fn keep_classes(conn: &mut Conn, classes: &[RollClass]) -> Result<()> {
    diesel::delete(roll_classes::table).execute(conn)?;
    let columns = [
        Column::Integer("school_id"),
        Column::Text("college"),
        Column::Text("class_name"),
        Column::Integer("students"),
    ];
    bulk::insert(conn, "roll_classes", &columns, "", classes)?;
    Ok(())
}

/// Replaces the counts of a campaign.
pub fn keep(conn: &mut Conn, campaign_id: CampaignId, counted: &Counted, now_ms: TimestampMs) -> Result<()> {
    diesel::delete(class_tallies::table.filter(class_tallies::campaign_id.eq(campaign_id))).execute(conn)?;
    diesel::delete(day_tallies::table.filter(day_tallies::campaign_id.eq(campaign_id))).execute(conn)?;
    diesel::delete(rule_tallies::table.filter(rule_tallies::campaign_id.eq(campaign_id))).execute(conn)?;
    let classes = [
        Column::Integer("campaign_id"),
        Column::Text("college"),
        Column::Text("class_name"),
        Column::Integer("expected"),
        Column::Integer("received"),
        Column::Integer("matched"),
        Column::Integer("in_review"),
        Column::Integer("confirmed"),
        Column::Integer("disputed"),
    ];
    bulk::insert(conn, "class_tallies", &classes, "", &counted.classes)?;
    let days = [
        Column::Integer("campaign_id"),
        Column::Integer("day"),
        Column::Integer("photos"),
        Column::Integer("matched"),
        Column::Integer("in_review"),
        Column::Integer("rejected"),
        Column::Integer("unmatched"),
    ];
    bulk::insert(conn, "day_tallies", &days, "", &counted.days)?;
    let rules = [
        Column::Integer("campaign_id"),
        Column::Integer("day"),
        Column::Text("code"),
        Column::Integer("flagged"),
    ];
    bulk::insert(conn, "rule_tallies", &rules, "", &counted.rules)?;
    for chunk in counted.no_longer_missing.chunks(500) {
        diesel::delete(
            missing_records::table
                .filter(missing_records::campaign_id.eq(campaign_id))
                .filter(missing_records::record_id.eq_any(chunk)),
        )
        .execute(conn)?;
    }
    let rows: Vec<MissingRow> = counted
        .newly_missing
        .iter()
        .map(|&record_id| MissingRow { campaign_id, record_id })
        .collect();
    let missing = [Column::Integer("campaign_id"), Column::Integer("record_id")];
    bulk::insert(conn, "missing_records", &missing, "ON CONFLICT DO NOTHING", &rows)?;
    diesel::update(campaigns::table.find(campaign_id))
        .set(campaigns::tallied_at_ms.eq(now_ms))
        .execute(conn)?;
    Ok(())
}
