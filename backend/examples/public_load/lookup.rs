//! Lookups without an account: forms with their puzzle solved, and whether the answer's time tells who is unknown.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use backend::app::WebSettings;
use backend::auth::SessionToken;
use backend::house::House;
use diesel::prelude::*;
use domain::crypto::Purpose;
use domain::db::schema::{roll_records, used_captchas};
use domain::students::captcha::{Puzzle, seal};
use poem::http::HeaderMap;
use secrecy::ExposeSecret as _;

use crate::house::COOKIES;

/// Name and number of a student.
pub type Person = (String, String);

/// So many people of the roll.
pub async fn people(house: &House, count: i64) -> Vec<Person> {
    let sealer = house.sealer.clone();
    let read = house.db.read(move |conn| {
        Ok(roll_records::table
            .filter(roll_records::id_sealed.is_not_null())
            .order_by(roll_records::record_id)
            .select((roll_records::name, roll_records::id_sealed.assume_not_null()))
            .limit(count)
            .load::<(String, Vec<u8>)>(conn)?)
    });
    let open = |(name, sealed): (String, Vec<u8>)| {
        let number = sealer.open_text(Purpose::ID_NUMBER, &sealed).expect("ours");
        (name, number.expose_secret().to_owned())
    };
    read.await.expect("people").into_iter().map(open).collect()
}

/// How many puzzles have been used up: one for each lookup that was answered.
pub async fn count_used(house: &House) -> i64 {
    let read = house
        .db
        .read(|conn| Ok(used_captchas::table.count().get_result::<i64>(conn)?));
    read.await.expect("a count")
}

fn cookie() -> String {
    format!("rollproof={}", COOKIES[0])
}

/// What a browser sends that has opened the form.
pub fn headers() -> [String; 2] {
    [
        format!("cookie: {}", cookie()),
        "sec-fetch-site: same-origin".to_owned(),
    ]
}

/// Writes so many forms, one to a line, about the people in turn.
pub fn write_forms(house: &House, people: &[Person], count: usize, file: &Path) {
    let mut forms = String::new();
    for (name, number) in people.iter().cycle().take(count) {
        writeln!(forms, "{}", form(house, name, number)).expect("written");
    }
    std::fs::write(file, forms).expect("written");
}

/// A filled-in form with a puzzle of its own, solved.
fn form(house: &House, name: &str, number: &str) -> String {
    let puzzle = seal(&house.sealer, Puzzle::Sum(2, 3), house.clock.now_ms()).expect("sealed");
    let mut headers = HeaderMap::new();
    headers.insert("cookie", cookie().parse().expect("ASCII"));
    let token = SessionToken::from_cookies(&headers, &WebSettings::default()).expect("a token");
    let fields = [
        ("csrf", token.form_token()),
        ("name", name.to_owned()),
        ("id_number", number.to_owned()),
        ("captcha_token", puzzle),
        ("captcha", "5".to_owned()),
    ];
    serde_urlencoded::to_string(fields).expect("a form")
}

/// How much longer a lookup takes for somebody unknown than for a wrong name, in ms, with half the width of its 90 % interval (two one-sided
/// tests at 5 %). The two take turns, so that whatever else the machine does falls on both.
pub async fn compare(house: &House, base: &str, calls: usize, (name, number): &Person) -> (f64, f64) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut differences = Vec::with_capacity(calls);
    let mut bodies: [Vec<u8>; 2] = Default::default();
    for nth in 0..calls {
        let mut taken = [0.0; 2];
        for turn in [nth % 2, 1 - nth % 2] {
            let form = match turn {
                0 => form(house, name, "11010519491231002X"),
                _ => form(house, "错名字", number),
            };
            let asked = Instant::now();
            let answer = ask(&client, base, form, nth).send().await.expect("an answer");
            let body = answer.bytes().await.expect("a body");
            taken[turn] = asked.elapsed().as_secs_f64() * 1_000.0;
            bodies[turn] = body.to_vec();
        }
        assert_eq!(bodies[0], bodies[1], "the two answers are the same bytes");
        differences.push(taken[0] - taken[1]);
    }
    let count = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / count;
    let variance = differences.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, 1.645 * (variance / count).sqrt())
}

/// A lookup from an address of its own.
fn ask(client: &reqwest::Client, base: &str, form: String, nth: usize) -> reqwest::RequestBuilder {
    client
        .post(format!("{base}/lookup"))
        .header("cookie", cookie())
        .header("sec-fetch-site", "same-origin")
        .header(
            "x-forwarded-for",
            format!("11.{}.{}.{}", nth >> 16 & 255, nth >> 8 & 255, nth & 255),
        )
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
}
