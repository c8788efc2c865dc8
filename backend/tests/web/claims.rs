//! A photo without an owner, from outside: found, and given once.

use diesel::prelude::*;
use domain::db::schema::{batch_entries, missing_records, roll_records, unlinked_photos};
use domain::id::RecordId;
use poem::http::StatusCode;

use crate::students::{Student, code_of, refusals};
use crate::work::{Worked, worked};
use crate::{App, header};

/// The open enrolments of somebody whose photo came and could not be given to one of them.
async fn undecided(app: &App) -> Vec<i64> {
    let read = app.house.db.read(|conn| {
        let index: Vec<u8> = unlinked_photos::table
            .inner_join(batch_entries::table)
            .filter(batch_entries::record_id.is_null())
            .filter(
                unlinked_photos::id_index.eq_any(
                    roll_records::table
                        .filter(roll_records::is_open.eq(true))
                        .filter(roll_records::id_index.is_not_null())
                        .group_by(roll_records::id_index)
                        .having(diesel::dsl::count_star().gt(1))
                        .select(roll_records::id_index.assume_not_null()),
                ),
            )
            .select(unlinked_photos::id_index)
            .first(conn)?;
        let records: Vec<RecordId> = roll_records::table
            .filter(roll_records::id_index.eq(index))
            .filter(roll_records::is_open.eq(true))
            .select(roll_records::record_id)
            .load(conn)?;
        Ok(records.into_iter().map(|record_id| record_id.0).collect())
    });
    read.await.expect("somebody with two enrolments and one photo")
}

/// Somebody of whom nothing was delivered.
async fn missing(app: &App) -> i64 {
    let read = app.house.db.read(|conn| {
        let came = unlinked_photos::table.filter(unlinked_photos::id_index.nullable().eq(roll_records::id_index));
        let found: RecordId = missing_records::table
            .inner_join(roll_records::table)
            .filter(roll_records::id_kind.eq("resident"))
            .filter(diesel::dsl::not(diesel::dsl::exists(came)))
            .order(missing_records::record_id)
            .select(missing_records::record_id)
            .first(conn)?;
        Ok(found.0)
    });
    read.await.expect("somebody without a photo")
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_claim_a_photo_at_once_one_has_it() {
    let Worked { app, .. } = worked().await;
    let records = undecided(&app).await;
    let [one, other] = records[..] else {
        panic!("two enrolments: {records:?}")
    };
    let student = Student::of(&app, (one, 0, 0)).await;
    let mut shown = Vec::new();
    for record in [one, other] {
        let found = student.post(&format!("/proof/{record}/search"), &[]).await;
        found.assert_status(StatusCode::SEE_OTHER);
        let path = header(&found, "location").to_owned();
        assert!(path.contains("/candidate/"), "{path}");
        shown.push(path);
    }
    let take = |path: &str| {
        let path = path.to_owned();
        let student = &student;
        async move { student.post(&path, &[("step", "take")]).await }
    };
    let (first, second) = tokio::join!(take(&shown[0]), take(&shown[1]));
    let (given, refused) = match first.0.status() {
        StatusCode::SEE_OTHER => (first, second),
        _ => (second, first),
    };
    given.assert_status(StatusCode::SEE_OTHER);
    let owner = header(&given, "location").to_owned();
    refused.assert_status(StatusCode::CONFLICT);
    assert_eq!(code_of(refused).await, "claim-taken");
    assert_eq!(refusals(&app, "photo.claim").await, 1);
    // Whoever has it looks for no other.
    let (record, _) = owner.split_once('?').expect("what was done");
    let again = student.post(&format!("{record}/search"), &[]).await;
    assert_eq!(code_of(again).await, "claim-not-wanted");
    let late = student.post(&shown[0], &[("step", "take")]).await;
    assert_eq!(code_of(late).await, "claim-taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_looks_more_than_five_times_a_day() {
    let Worked { app, .. } = worked().await;
    let record = missing(&app).await;
    let student = Student::of(&app, (record, 0, 0)).await;
    let path = format!("/proof/{record}/search");
    for _ in 0..5 {
        student.post(&path, &[]).await.assert_status_is_ok();
    }
    assert_eq!(code_of(student.post(&path, &[]).await).await, "claim-spent");
    assert_eq!(refusals(&app, "photo.search").await, 1);
}
