//! However many entries are matched at a time, the same is found.

use diesel::prelude::*;
use domain::audit::OPERATOR;
use domain::batches::model::BatchState;
use domain::campaigns::commands::add_campaign;
use domain::clock::TimestampMs;
use domain::crypto::Purpose;
use domain::db::schema::batch_entries;
use domain::schools::commands::add_school;
use domain::schools::model::SchoolCode;
use domain::testing::{TestDb, rows};

use super::super::contest;
use super::*;

/// Noon of 2026-06-01 in China.
const CAME_MS: TimestampMs = 1_780_286_400_000;

/// Two of the first student, one of the second, one of nobody, one without a key, a file that is no photo, and one of a student whose number
/// has lost its leading zeros.
const DELIVERED: [(&str, &str); 7] = [
    ("2022100001.jpg", "photo"),
    ("Thumbs.db", "ignored"),
    ("2022100002.jpg", "photo"),
    ("2022100009.jpg", "photo"),
    ("portrait.jpg", "photo"),
    ("again/2022100001.jpg", "photo"),
    ("22100003.jpg", "photo"),
];

fn deliver(conn: &mut Conn, sealer: &Sealer) -> Batch {
    let campaign_id = add_campaign(conn, OPERATOR, &rows::campaign("2026"), CAME_MS).expect("a campaign");
    let batch_id = rows::batch(conn, campaign_id, BatchState::Reconciling, CAME_MS);
    for (seq, (name, kind)) in (0_i64..).zip(DELIVERED) {
        let hash = (kind == "photo").then_some(seq);
        diesel::insert_into(batch_entries::table)
            .values((
                batch_entries::batch_id.eq(batch_id),
                batch_entries::seq.eq(seq),
                batch_entries::name_sealed.eq(sealer.seal(Purpose::ENTRY_NAME, name.as_bytes()).expect("sealed")),
                batch_entries::locator.eq("{}"),
                batch_entries::kind.eq(kind),
                batch_entries::size_bytes.eq(1_i64),
                batch_entries::sha256.eq(hash.map(|hash| format!("{hash:064}"))),
                batch_entries::state.eq("inspected"),
                batch_entries::dhash.eq(hash),
                batch_entries::phash.eq(hash),
            ))
            .execute(conn)
            .expect("an entry");
    }
    queries::get_batch(conn, batch_id).expect("the batch")
}

/// Of each entry: whether it has a record and is usable, and what stands in its way.
fn told(matched: &Matched) -> Vec<(bool, bool, Vec<&str>)> {
    let codes = |entry_id| {
        let own = matched
            .findings
            .iter()
            .filter(move |finding| finding.entry_id == entry_id);
        own.map(|finding| finding.code.as_str()).collect()
    };
    let judged = matched.judged.iter();
    judged
        .map(|one| (one.record_id.is_some(), one.is_usable(), codes(one.entry_id)))
        .collect()
}

#[test]
fn matching_some_at_a_time_finds_what_matching_all_does() {
    let (database, sealer) = (TestDb::new(), rows::sealer());
    let mut conn = database.connect();
    let code = SchoolCode::parse("10001").expect("five digits");
    let school_id = add_school(&mut conn, &code, "Synthetic University", CAME_MS).expect("a school");
    rows::record(&mut conn, school_id, "2022100001", CAME_MS);
    rows::record(&mut conn, school_id, "2022100002", CAME_MS);
    rows::record(&mut conn, school_id, "0022100003", CAME_MS);
    let batch = deliver(&mut conn, &sealer);
    for at_a_time in [1, 2, 4, 7, 100] {
        let matched = match_entries(&mut conn, &sealer, &batch, at_a_time).expect("matched");
        let expected = [
            (true, true, vec![]),
            (false, false, vec![]),
            (true, true, vec![]),
            (false, true, vec!["NOROLL"]),
            (false, true, vec!["NOKEY"]),
            (true, true, vec![]),
            (true, true, vec![]),
        ];
        assert_eq!(told(&matched), expected, "{at_a_time} at a time");
        let photos_at_a_time = usize::try_from(at_a_time).expect("a small number");
        let losers = contest::find(&mut conn, &batch, &matched.judged, photos_at_a_time).expect("compared");
        let seqs = losers.iter().map(|loser| {
            let is_loser = |one: &Judged| one.entry_id == loser.entry_id;
            matched.judged.iter().position(is_loser).expect("an own photo")
        });
        let seqs: Vec<usize> = seqs.collect();
        assert_eq!(
            seqs,
            [0, 5],
            "nobody can tell which of the two is later, {at_a_time} at a time"
        );
    }
}
