//! What a page handler is given: the visitor, the language, the campaign in hand, and how to show a page.

use std::net::IpAddr;
use std::sync::Arc;

use domain::accounts::commands::record_refusal;
use domain::accounts::model::{Role, Staff};
use domain::campaigns::model::Campaign;
use domain::campaigns::queries::list_campaigns;
use domain::campaigns::queries::progress::{OpenWork, list_open_work};
use domain::clock::TimestampMs;
use domain::error::Error;
use domain::tickets::queries::count_open;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Redirect;
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response};
use serde::Serialize;

use crate::app::AppState;
use crate::auth::origin::address_of;
use crate::auth::{Visit, cookie};
use crate::error::Failure;
use crate::pages::frame::{CampaignChoice, Frame, Person, RailItem, Section};
use crate::pages::language::language_of;
use crate::rights::right_to_open;
use domain::texts::Language;

/// Rows of one page of a list.
pub const PAGE_ROWS: i64 = 50;
/// Remembers the campaign in hand.
pub const CAMPAIGN_COOKIE: &str = "campaign";

/// The request as page handlers see it.
pub struct Screen {
    /// What handlers share.
    pub state: AppState,
    visit: Arc<Visit>,
    language: Language,
    path: String,
    address: Option<IpAddr>,
    chosen_campaign: Option<String>,
}

/// What surrounds a page for staff.
pub struct Console {
    /// Rail, top bar and switches.
    pub frame: Frame,
    /// The campaign in hand; `None` before there is any.
    pub campaign: Option<Campaign>,
    /// What of it waits for a person.
    pub open: Vec<OpenWork>,
    /// When the page is shown.
    pub now_ms: TimestampMs,
}

impl<'a> FromRequest<'a> for Screen {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        let missing = || Failure::internal("a page was routed outside the visit middleware");
        let visit: Arc<Visit> = request.data().cloned().ok_or_else(missing)?;
        let choosing = visit.staff.as_ref();
        let chosen = choosing.and_then(|_| cookie(request.headers(), CAMPAIGN_COOKIE));
        Ok(Self {
            chosen_campaign: chosen.map(str::to_owned),
            state: request.data::<AppState>().cloned().ok_or_else(missing)?,
            language: language_of(request.headers()),
            path: request
                .uri()
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .to_owned(),
            address: address_of(request),
            visit,
        })
    }
}

impl Screen {
    /// The signed-in member of staff.
    pub fn staff(&self) -> Result<&Staff, Failure> {
        self.visit
            .staff
            .as_ref()
            .ok_or_else(|| Failure::status(StatusCode::UNAUTHORIZED))
    }

    /// The browser's session.
    pub fn visit(&self) -> &Visit {
        &self.visit
    }

    /// The language of the page.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The signed-in member of staff, if the role may change rolls and batches; a refusal goes into the audit trail.
    pub async fn changer(&self, action: &'static str) -> Result<Staff, Failure> {
        self.allowed(action, Role::may_change_rolls_and_batches).await
    }

    /// The signed-in member of staff, if the role has a right; a refusal goes into the audit trail.
    pub async fn allowed(&self, action: &'static str, has_right: fn(Role) -> bool) -> Result<Staff, Failure> {
        let staff = self.staff()?.clone();
        if has_right(staff.role) {
            return Ok(staff);
        }
        let house = self.state.house();
        let now_ms = house.clock.now_ms();
        house
            .db
            .write_tx(move |conn| record_refusal(conn, &staff, action, now_ms))
            .await?;
        Err(Failure::from(Error::Forbidden { right: action }))
    }

    /// Where to confirm that it is still the signed-in person who sits there, unless they did so recently; leads on to `next`.
    pub fn confirmation(&self, next: &str) -> Result<Option<Response>, Failure> {
        let staff = self.staff()?;
        if staff.is_confirmed(self.state.house().clock.now_ms()) {
            return Ok(None);
        }
        let path = address("/console/confirm", [("next", Some(next.to_owned()))]);
        Ok(Some(Redirect::see_other(path).into_response()))
    }

    /// Where the request comes from.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The address that was asked for, with its query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The campaign in hand, for answers without a frame.
    pub async fn campaign(&self) -> Result<Option<Campaign>, Failure> {
        let campaigns = self.state.house().db.read(list_campaigns).await?;
        Ok(self.in_hand(&campaigns).cloned())
    }

    /// The campaign in hand: the one chosen, else the newest; `None` before there is any.
    fn in_hand<'c>(&self, campaigns: &'c [Campaign]) -> Option<&'c Campaign> {
        let chosen = campaigns
            .iter()
            .find(|campaign| Some(&campaign.code) == self.chosen_campaign.as_ref());
        chosen.or_else(|| campaigns.first())
    }

    /// The frame of a page before signing in.
    pub fn plain_frame(&self) -> Frame {
        let other = if self.language == Language::ZhCn {
            Language::En
        } else {
            Language::ZhCn
        };
        Frame {
            lang: self.language.tag(),
            other_lang: other.tag(),
            csrf: self.visit.token.form_token(),
            path: self.path.clone(),
            refresh_seconds: None,
            person: None,
            rail: Vec::new(),
            campaigns: Vec::new(),
            may_change: false,
        }
    }

    /// Everything around a page of `section`.
    pub async fn console(&self, section: Section) -> Result<Console, Failure> {
        let staff = self.staff()?;
        let house = self.state.house();
        let campaigns = house.db.read(list_campaigns).await?;
        let campaign = self.in_hand(&campaigns).cloned();
        let (in_hand, reader) = (campaign.clone(), staff.clone());
        let (open, open_tickets) = house
            .db
            .read(move |conn| {
                let open = match &in_hand {
                    Some(campaign) => list_open_work(conn, campaign)?,
                    None => Vec::new(),
                };
                Ok((open, count_open(conn, &reader)?))
            })
            .await?;
        let places = Section::RAIL
            .into_iter()
            .filter(|(.., href)| right_to_open(href).0.is_held_by(staff.role));
        let rail = places.map(|(place, icon, href)| RailItem {
            section: place,
            icon,
            href,
            open: match place {
                Section::Tickets => (open_tickets > 0).then_some(open_tickets),
                _ => open_in(place, &open),
            },
            is_current: place == section,
        });
        let frame = Frame {
            person: Some(Person {
                name: staff.email.clone(),
                role: staff.role,
            }),
            rail: rail.collect(),
            campaigns: campaigns
                .iter()
                .map(|choice| CampaignChoice {
                    is_current: campaign
                        .as_ref()
                        .is_some_and(|campaign| campaign.campaign_id == choice.campaign_id),
                    code: choice.code.clone(),
                    name: choice.name.clone(),
                })
                .collect(),
            may_change: staff.role.may_change_rolls_and_batches(),
            ..self.plain_frame()
        };
        Ok(Console {
            frame,
            campaign,
            open,
            now_ms: house.clock.now_ms(),
        })
    }

    /// Fills the template with the page.
    pub fn show(&self, template: &str, page: &impl Serialize) -> Result<Response, Failure> {
        let html = self
            .state
            .templates()
            .render(self.language, template, page)
            .map_err(|fault| Failure::internal(fault.to_string()))?;
        let mut response = Response::builder().content_type("text/html; charset=utf-8").body(html);
        // Pages differ by cookie, and the next person at this computer must not see them with the back button.
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

fn open_in(section: Section, open: &[OpenWork]) -> Option<i64> {
    let kinds: &[&str] = match section {
        Section::Batches => &["unmatched"],
        Section::Review => &["review"],
        Section::Recaptures => &["recapture"],
        _ => &[],
    };
    let count: i64 = open
        .iter()
        .filter(|work| kinds.contains(&work.kind))
        .map(|work| work.count)
        .sum();
    (count > 0).then_some(count)
}

/// A path with those of the fields behind it that have a value.
pub fn address<'a>(path: &str, fields: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    let given = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let given: Vec<(&str, String)> = given.filter(|(_, value)| !value.is_empty()).collect();
    let query = serde_urlencoded::to_string(given).unwrap_or_default();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{path}{mark}{query}")
}

/// A path within this site, or `None` for anything that would lead away from it.
pub fn local_path(path: &str) -> Option<&str> {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_local.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_never_leads_to_another_site() {
        assert_eq!(
            local_path("/console/batches?list=review"),
            Some("/console/batches?list=review")
        );
        for path in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "console",
            "",
            "/a\r\nSet-Cookie: x",
        ] {
            assert_eq!(local_path(path), None, "{path}");
        }
    }
}
