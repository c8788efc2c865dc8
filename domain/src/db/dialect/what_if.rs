//! Holding the stored measurements of accepted photos against limits that nobody has set yet.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::campaigns::limits::{Limit, Measured, Side};
use crate::db::Conn;
use crate::db::bulk::CountRow;
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::CampaignId;

/// The measured value of an entry `e`; NULL where it could not be measured.
fn measured(conn: &Conn, measured: Measured) -> String {
    let member = |part: &str, name: &str| match conn {
        Conn::Sqlite(_) => format!("CAST(e.measurements ->> '$.{part}.{name}' AS DOUBLE PRECISION)"),
        Conn::Pg(_) => {
            format!("CAST(CAST(e.measurements AS jsonb) #>> '{{{part},{name}}}' AS DOUBLE PRECISION)")
        }
    };
    match measured {
        Measured::Frame(name) => member("measurements", name),
        Measured::FrameDistance(name) => format!("abs({})", member("measurements", name)),
        Measured::File(name) => member("source", name),
        Measured::SizeKb => "e.size_bytes / 1024.0".to_owned(),
    }
}

fn is_beyond(conn: &Conn, limit: &Limit, value: f64) -> String {
    let measured = measured(conn, limit.measured);
    // The numbers come from a form as floats and are written as such: nothing that was typed reaches the statement.
    match limit.side {
        Side::AtLeast => format!("coalesce({measured} < {value:?}, false)"),
        Side::AtMost => format!("coalesce({measured} > {value:?}, false)"),
    }
}

/// How many accepted photos of a campaign lie beyond some of the limits.
pub fn count_beyond(conn: &mut Conn, campaign_id: CampaignId, limits: &[(&Limit, f64)]) -> Result<i64> {
    let conditions: Vec<String> = limits
        .iter()
        .map(|(limit, value)| is_beyond(conn, limit, *value))
        .collect();
    if conditions.is_empty() {
        return Ok(0);
    }
    let statement = format!(
        "SELECT count(*) AS count FROM photos AS p JOIN batch_entries AS e ON e.entry_id = p.entry_id \
         WHERE p.campaign_id = $1 AND p.state = 'accepted' AND ({})",
        conditions.join(" OR ")
    );
    let row: CountRow = query(conn, statement).bind::<BigInt, _>(campaign_id).get_result(conn)?;
    Ok(row.count)
}
