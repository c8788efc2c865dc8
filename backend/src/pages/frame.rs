//! What every page shares: the rail, the top bar, the language, the form token.

use domain::accounts::model::Role;
use serde::Serialize;

/// Context of `layout/*.html`.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    /// Tag of the page's language.
    pub lang: &'static str,
    /// Tag of the language the switch offers.
    pub other_lang: &'static str,
    /// The hidden field of every form.
    pub csrf: String,
    /// Where the language and campaign switches return to.
    pub path: String,
    /// Seconds after which the page asks again, while work is under way.
    pub refresh_seconds: Option<u32>,
    /// Who is signed in.
    pub person: Option<Person>,
    /// The rail, top to bottom.
    pub rail: Vec<RailItem>,
    /// The campaign switch.
    pub campaigns: Vec<CampaignChoice>,
    /// Whether the person may import, upload and undo; what they may not do is not offered.
    pub may_change: bool,
}

/// The person in the top bar.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// The address they sign in with.
    pub name: String,
    /// Worded by `role-…`.
    pub role: Role,
}

/// One place in the rail.
#[derive(Clone, Debug, Serialize)]
pub struct RailItem {
    /// Worded by `rail-…`.
    pub section: Section,
    /// Symbol of the sprite.
    pub icon: &'static str,
    /// Address of the section's first page.
    pub href: &'static str,
    /// Open work in it, when there is any.
    pub open: Option<i64>,
    /// Whether the page belongs to it.
    pub is_current: bool,
}

/// A campaign to work in.
#[derive(Clone, Debug, Serialize)]
pub struct CampaignChoice {
    /// Its code, as in addresses.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether the page shows it.
    pub is_current: bool,
}

/// A place in the rail. Only what exists is listed: an entry that leads nowhere would have to be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// 总览.
    Overview,
    /// 批次.
    Batches,
    /// 复核.
    Review,
    /// 补采.
    Recaptures,
    /// 校对.
    Verdicts,
    /// 工单.
    Tickets,
    /// 学生.
    Records,
    /// 学籍.
    Roll,
    /// 活动.
    Campaigns,
    /// 审计.
    Audit,
    /// 设置: the staff.
    Settings,
    /// The own account, which is in the menu of the person and not in the rail.
    Account,
}

impl Section {
    /// The rail, top to bottom.
    pub const RAIL: [(Self, &'static str, &'static str); 11] = [
        (Self::Overview, "layout-dashboard", "/console"),
        (Self::Batches, "photo", "/console/batches"),
        (Self::Review, "eye", "/console/review"),
        (Self::Recaptures, "camera-rotate", "/console/recaptures"),
        (Self::Verdicts, "circle-check", "/console/verdicts"),
        (Self::Tickets, "messages", "/console/tickets"),
        (Self::Records, "users", "/console/records"),
        (Self::Roll, "school", "/console/roll/imports"),
        (Self::Campaigns, "calendar-event", "/console/campaigns"),
        (Self::Audit, "shield-lock", "/console/audit"),
        (Self::Settings, "settings", "/console/staff"),
    ];
}
