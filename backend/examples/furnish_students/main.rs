//! A house whose students all have accounts and photos that have just come: for proofs of what is sent to many. Or, with `roll`, accounts
//! for students of the roll that is there, who have no photos yet. They are told news alone, or with `reminders` one reminder in the end.
//!
//!     ROLLPROOF_DATA_DIR=… furnish_students COUNT [roll | reminders]
//!
//! Prints how many accounts there are.
#![expect(clippy::print_stdout, reason = "the number is what it is for")]

use std::path::Path;

use backend::house::House;
use diesel::prelude::*;
use domain::config::Config;
use domain::db::bulk::{self, Column};
use domain::db::schema::{campaigns, photos, roll_records};
use domain::id::{PhotoId, RecordId};
use serde_json::{Value, json};

use crate::house::{furnish, import};

#[path = "../page_times/fill.rs"]
mod fill;
#[path = "../page_times/house.rs"]
mod house;

const ACCOUNT: &[Column] = &[
    Column::Text("email"),
    Column::Text("state"),
    Column::Text("password_hash"),
    Column::Text("language"),
    Column::Text("name"),
    Column::Text("name_folded"),
    Column::Bytes("id_index"),
    Column::Integer("created_at_ms"),
];

type Person = (RecordId, String, String, Option<Vec<u8>>, Option<PhotoId>);

#[tokio::main]
async fn main() {
    let count: usize = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(10_000);
    let house = House::open(Config::load(Path::new("rollproof.toml")).expect("settings")).expect("a house");
    let mode = std::env::args().nth(2).unwrap_or_default();
    let has_photos = mode != "roll";
    if has_photos {
        give_photos(&house, count).await;
    }
    let remind_days = if mode == "reminders" { "7" } else { "" };
    let now_ms = house.clock.now_ms();
    let made = house.db.write_tx(move |conn| {
        diesel::update(campaigns::table)
            .set(campaigns::remind_days.eq(remind_days))
            .execute(conn)?;
        let people: Vec<Person> = roll_records::table
            .left_join(photos::table)
            .filter(photos::state.eq("accepted").or(photos::state.is_null()))
            .filter(roll_records::is_open.eq(true))
            .order(roll_records::record_id)
            .select((
                roll_records::record_id,
                roll_records::name,
                roll_records::name_folded,
                roll_records::id_index,
                photos::photo_id.nullable(),
            ))
            .load(conn)?;
        let people = people.into_iter().filter(|(.., photo)| photo.is_some() == has_photos);
        // A person with two enrolments has one account.
        let mut known = std::collections::HashSet::new();
        let people = people.filter_map(|(record_id, name, folded, index, _)| {
            let index = index.filter(|index| known.insert(index.clone()))?;
            Some(json!({
                "email": format!("s{record_id}@mail.example"), "state": "registered", "password_hash": "none",
                "language": "zh-CN", "name": name, "name_folded": folded,
                "id_index": hex::encode(index), "created_at_ms": now_ms,
            }))
        });
        let rows: Vec<Value> = people.take(count).collect();
        bulk::insert(conn, "students", ACCOUNT, "", &rows)
    });
    println!("{}", made.await.expect("accounts"));
}

/// A roll, and photos for its students.
async fn give_photos(house: &House, count: usize) {
    furnish(house).await;
    // Some rows are second enrolments, closed, or without an accepted photo; photos come two thousand in a batch.
    let photos = (count + count / 4).next_multiple_of(2_000);
    import(house, photos + photos / 5).await;
    fill::fill(house, photos).await;
}
