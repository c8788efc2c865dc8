//! The puzzle in a form: a picture of letters, or a question for whoever does not see it.

use captcha::Captcha;
use captcha::filters::{Noise, Wave};
use domain::students::captcha::{self as puzzles, Puzzle};
use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use super::Problem;
use crate::error::Failure;
use crate::files::compute;
use crate::pages::screen::Screen;

const WIDTH: u32 = 220;
const HEIGHT: u32 = 80;

/// The puzzle of a form; `student/_ui.html` draws it.
#[derive(Serialize)]
pub struct CaptchaField {
    token: String,
    /// The two numbers to add, where it is a question.
    sum: Option<(u8, u8)>,
}

/// What a form sends back, beside its own fields.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CaptchaAnswer {
    #[serde(default)]
    captcha_token: String,
    #[serde(default)]
    captcha: String,
}

/// Which kind of puzzle was asked for: `?captcha=question`, or a picture.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CaptchaQuery {
    #[serde(default)]
    captcha: String,
}

impl CaptchaQuery {
    /// A new puzzle of the kind that was asked for.
    pub fn fresh(&self, screen: &Screen) -> Result<CaptchaField, Failure> {
        fresh(screen, self.captcha == "question")
    }
}

fn fresh(screen: &Screen, is_question: bool) -> Result<CaptchaField, Failure> {
    let house = screen.state.house();
    let puzzle = if is_question { Puzzle::sum() } else { Puzzle::letters() };
    let sum = match &puzzle {
        Puzzle::Sum(one, other) => Some((*one, *other)),
        Puzzle::Letters(_) => None,
    };
    let token = puzzles::seal(&house.sealer, puzzle, house.clock.now_ms())?;
    Ok(CaptchaField { token, sum })
}

impl CaptchaAnswer {
    /// Takes the answer; what is wrong with it, if anything.
    pub async fn check(&self, screen: &Screen) -> Result<Option<Problem>, Failure> {
        let house = screen.state.house();
        let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
        let (token, typed) = (self.captcha_token.clone(), self.captcha.clone());
        let redeemed = house
            .db
            .write_tx(move |conn| puzzles::redeem(conn, &sealer, &token, &typed, now_ms));
        if redeemed.await? {
            return Ok(None);
        }
        screen.note_refusal("student.captcha").await;
        Ok(Some(Problem::new("captcha-wrong", "captcha")))
    }

    /// Another puzzle of the same kind, for the form that is shown again.
    pub fn again(&self, screen: &Screen) -> Result<CaptchaField, Failure> {
        let house = screen.state.house();
        let known = puzzles::open(&house.sealer, &self.captcha_token, house.clock.now_ms());
        fresh(screen, matches!(known, Some(Puzzle::Sum(..))))
    }
}

/// `GET /captcha/:token`: the letters as a picture.
#[handler]
pub async fn picture(screen: Screen, Path(token): Path<String>) -> Result<Response, Failure> {
    let house = screen.state.house();
    let Some(Puzzle::Letters(letters)) = puzzles::open(&house.sealer, &token, house.clock.now_ms()) else {
        return Err(Failure::status(StatusCode::NOT_FOUND));
    };
    let png = compute(move || draw(&letters)).await?;
    let png = png.ok_or_else(|| Failure::internal("the puzzle could not be drawn"))?;
    Ok(Response::builder()
        .content_type("image/png")
        .header(header::CACHE_CONTROL, "no-store")
        .body(png))
}

fn draw(letters: &str) -> Option<Vec<u8>> {
    let mut drawing = Captcha::new();
    for letter in letters.chars() {
        drawing.set_chars(&[letter]).add_char();
    }
    drawing
        .apply_filter(Noise::new(0.15))
        .apply_filter(Wave::new(1.5, 14.0).horizontal())
        .apply_filter(Wave::new(1.5, 14.0).vertical())
        .view(WIDTH, HEIGHT);
    drawing.as_png()
}
