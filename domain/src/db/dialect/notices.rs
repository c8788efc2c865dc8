//! Statements that tell many students at once. Every notice has a key, so that running one again tells nobody twice.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::{CampaignId, NoticeDeliveryId, SchoolId};
use crate::notices::model::{Channel, NoticeKind};

/// News are for what happened lately; whoever registers later sees the present state on the page.
const NEWS_MS: i64 = 60 * 86_400_000;
/// Two reminders, of whatever kind, are twenty hours apart at least, whatever the steps say.
const IS_RESTED: &str = "NOT EXISTS (SELECT 1 FROM notices AS last WHERE last.student_id = s.student_id AND last.record_id = r.record_id \
     AND last.kind IN ('verdict-reminder', 'verdict-due') AND last.created_at_ms > $1 - 72000000)";
const DAY_MS: i64 = 86_400_000;

/// The account of the person of record `r`, while the roll has the row; a character that the roll has lost makes nobody another person.
const ACCOUNT: &str = "students AS s ON s.id_index = r.id_index AND s.state = 'registered' AND r.vanished_import_id IS NULL \
     AND (s.name_folded = r.name_folded OR r.name_folded LIKE '%?%')";
/// Photo `p` has no verdict that stands, and nobody waits for its correction.
const IS_UNJUDGED: &str = "NOT EXISTS (SELECT 1 FROM verdicts AS v WHERE v.record_id = p.record_id AND v.subject = 'photo' \
     AND v.version = p.photo_id AND v.reopened_at_ms IS NULL) \
     AND NOT EXISTS (SELECT 1 FROM tickets AS k WHERE k.record_id = p.record_id AND k.photo_id = p.photo_id AND k.kind = 'photo' \
     AND k.is_open AND k.state <> 'draft')";

fn insert(kind: NoticeKind, key: &str, parameters: &str, from: &str) -> String {
    format!(
        "INSERT INTO notices (student_id, record_id, kind, unique_key, parameters, is_kept, created_at_ms) \
         SELECT s.student_id, r.record_id, '{kind}', {key}, {parameters}, TRUE, $1 FROM {from} \
         AND NOT EXISTS (SELECT 1 FROM notices AS n WHERE n.unique_key = {key}) LIMIT $2 ON CONFLICT DO NOTHING"
    )
}

fn announce(conn: &mut Conn, statement: &str, limit: i64, now_ms: TimestampMs) -> Result<usize> {
    Ok(query(conn, statement)
        .bind::<BigInt, _>(now_ms)
        .bind::<BigInt, _>(limit)
        .execute(conn)?)
}

/// Tells students that their photo is there.
pub fn announce_photos(conn: &mut Conn, limit: i64, now_ms: TimestampMs) -> Result<usize> {
    let statement = insert(
        NoticeKind::PhotoArrived,
        "'photo-arrived:' || p.photo_id",
        "'{}'",
        &format!(
            "photos AS p JOIN roll_records AS r ON r.record_id = p.record_id JOIN {ACCOUNT} \
             WHERE p.state = 'accepted' AND p.kind = 'graduation' AND r.is_open AND p.created_at_ms > $1 - {NEWS_MS} AND {IS_UNJUDGED}"
        ),
    );
    announce(conn, &statement, limit, now_ms)
}

/// Tells students that their photo is to be shot again, why, where, and until when.
pub fn announce_refusals(conn: &mut Conn, limit: i64, now_ms: TimestampMs) -> Result<usize> {
    let place = match conn {
        Conn::Sqlite(_) => "json_quote(coalesce(m.recapture_place, ''))",
        Conn::Pg(_) => "to_json(coalesce(m.recapture_place, ''))::text",
    };
    let statement = insert(
        NoticeKind::PhotoRejected,
        "'photo-rejected:' || c.recapture_id",
        &format!(
            "'{{\"code\":\"' || c.reason || '\",\"due_at_ms\":' || c.due_at_ms || ',\"place\":' || {place} || '}}'"
        ),
        &format!(
            "recaptures AS c JOIN campaigns AS m ON m.campaign_id = c.campaign_id JOIN roll_records AS r ON r.record_id = c.record_id JOIN {ACCOUNT} \
             WHERE c.state IN ('open', 'exported', 'shot') AND c.created_at_ms > $1 - {NEWS_MS}"
        ),
    );
    announce(conn, &statement, limit, now_ms)
}

/// Tells students whose enrolment was changed in what decides about the capture code: whether it is open, or when it ends.
pub fn announce_roll_changes(conn: &mut Conn, limit: i64, now_ms: TimestampMs) -> Result<usize> {
    let statement = insert(
        NoticeKind::RollChanged,
        "'roll-changed:' || r.record_id || ':' || o.import_id",
        "'{}'",
        &format!(
            "roll_imports AS i JOIN roll_record_versions AS o ON o.import_id = i.import_id \
             JOIN roll_records AS r ON r.record_id = o.record_id JOIN {ACCOUNT} \
             WHERE i.state = 'applied' AND i.finished_at_ms > $1 - {NEWS_MS} AND (o.is_open <> r.is_open \
             OR o.status_kind <> r.status_kind OR coalesce(o.expected_graduation, '') <> coalesce(r.expected_graduation, ''))"
        ),
    );
    announce(conn, &statement, limit, now_ms)
}

/// Tells those who have said nothing that checking ends within three days.
pub fn announce_ends(conn: &mut Conn, limit: i64, now_ms: TimestampMs) -> Result<usize> {
    let statement = insert(
        NoticeKind::VerdictDue,
        "'verdict-due:' || p.photo_id || ':' || c.freeze_at_ms",
        "'{\"due_at_ms\":' || c.freeze_at_ms || '}'",
        &format!(
            "campaigns AS c JOIN photos AS p ON p.campaign_id = c.campaign_id JOIN roll_records AS r ON r.record_id = p.record_id \
             JOIN {ACCOUNT} WHERE c.freeze_at_ms > $1 AND c.freeze_at_ms <= $1 + {} AND p.state = 'accepted' \
             AND p.kind = 'graduation' AND r.is_open AND {IS_UNJUDGED} AND {IS_RESTED}",
            3 * DAY_MS
        ),
    );
    announce(conn, &statement, limit, now_ms)
}

/// A step of a campaign's reminders: those whose photo came so many days ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Since how many days the photo is there.
    pub days: i64,
    /// From how many days on the next step is for them; the last one has no end.
    pub until_days: Option<i64>,
}

/// Reminds students whose photo came as long ago as a step says, and who have said nothing.
pub fn remind(conn: &mut Conn, step: Step, limit: i64, now_ms: TimestampMs) -> Result<usize> {
    let Step {
        campaign_id,
        days,
        until_days,
    } = step;
    let not_yet = until_days.map(|until| format!("AND p.created_at_ms > $1 - {}", until * DAY_MS));
    let statement = insert(
        NoticeKind::VerdictReminder,
        &format!("'verdict-reminder:' || p.photo_id || ':{days}'"),
        &format!("'{{\"days\":{days}}}'"),
        &format!(
            "photos AS p JOIN roll_records AS r ON r.record_id = p.record_id JOIN {ACCOUNT} \
             WHERE p.campaign_id = $3 AND p.state = 'accepted' AND p.kind = 'graduation' AND r.is_open \
             AND p.created_at_ms <= $1 - {} {} AND {IS_UNJUDGED} AND {IS_RESTED}",
            days * DAY_MS,
            not_yet.unwrap_or_default()
        ),
    );
    Ok(query(conn, statement)
        .bind::<BigInt, _>(now_ms)
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(campaign_id)
        .execute(conn)?)
}

/// Whom somebody reminds by hand; what is empty, or none, narrows nothing.
pub struct RemindedPart {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Records of one school.
    pub school_id: Option<SchoolId>,
    /// Records of one 分院.
    pub college: String,
    /// Records of one 班级.
    pub class_name: String,
}

/// Reminds those of a part who have said nothing and were not reminded today.
pub fn remind_now(conn: &mut Conn, part: &RemindedPart, now_ms: TimestampMs) -> Result<usize> {
    let statement = insert(
        NoticeKind::VerdictReminder,
        // SQLite joins texts before it divides.
        "'verdict-reminder:' || p.photo_id || ':by-hand:' || ($1 / 86400000)",
        "'{\"days\":' || (($1 - p.created_at_ms) / 86400000) || '}'",
        &format!(
            "photos AS p JOIN roll_records AS r ON r.record_id = p.record_id JOIN {ACCOUNT} \
             WHERE p.campaign_id = $3 AND p.state = 'accepted' AND p.kind = 'graduation' AND r.is_open AND {IS_UNJUDGED} \
             AND ($4 = 0 OR r.school_id = $4) AND ($5 = '' OR r.college = $5) AND ($6 = '' OR r.class_name = $6) \
             AND {IS_RESTED}"
        ),
    );
    Ok(query(conn, statement)
        .bind::<BigInt, _>(now_ms)
        .bind::<BigInt, _>(i64::MAX)
        .bind::<BigInt, _>(part.campaign_id)
        .bind::<BigInt, _>(part.school_id.map_or(0, |school_id| school_id.0))
        .bind::<Text, _>(&part.college)
        .bind::<Text, _>(&part.class_name)
        .execute(conn)?)
}

#[derive(QueryableByName)]
struct DeliveryRow {
    #[diesel(sql_type = BigInt)]
    notice_delivery_id: NoticeDeliveryId,
}

/// Makes the deliveries of notices of that instant; whoever wants no reminders gets none, and nobody a message without a telephone.
pub fn deliver_new(
    conn: &mut Conn,
    kind: NoticeKind,
    channel: Channel,
    now_ms: TimestampMs,
) -> Result<Vec<NoticeDeliveryId>> {
    let wanted = if kind.is_reminder() {
        "AND s.takes_reminders"
    } else {
        ""
    };
    let reachable = match channel {
        Channel::Mail => "",
        Channel::Sms => "AND s.phone_sealed IS NOT NULL",
    };
    let statement = format!(
        "INSERT INTO notice_deliveries (notice_id, channel, state, attempts, created_at_ms) \
         SELECT n.notice_id, $2, 'waiting', 0, $1 FROM notices AS n JOIN students AS s ON s.student_id = n.student_id \
         WHERE n.created_at_ms = $1 AND n.kind = $3 {wanted} {reachable} AND NOT EXISTS (\
         SELECT 1 FROM notice_deliveries AS d WHERE d.notice_id = n.notice_id AND d.channel = $2) \
         RETURNING notice_delivery_id"
    );
    let rows: Vec<DeliveryRow> = query(conn, statement)
        .bind::<BigInt, _>(now_ms)
        .bind::<Text, _>(channel.as_str())
        .bind::<Text, _>(kind.as_str())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| row.notice_delivery_id).collect())
}
