//! The list of imports, below the form that takes a file in.

use domain::id::ImportId;
use domain::roll::model::{ImportKind, ImportState};
use domain::roll::queries::{self, ImportFilter};
use poem::web::Query;
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use super::ImportRow;
use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::screen::{PAGE_ROWS, Screen, address};
use crate::pages::sorting::{Sort, order_of};

const HERE: &str = "/console/roll/imports";

/// `roll/imports.html`: the upload form above the list.
#[derive(Serialize)]
pub struct ImportListPage {
    frame: Frame,
    part: ImportPart,
    kinds: &'static [ImportKind],
    states: &'static [ImportState],
    sort: Sort,
    rows: Vec<ImportRow>,
    is_first: bool,
    first: String,
    next_href: Option<String>,
    csv: String,
    xlsx: String,
    limit_bytes: u64,
}

/// The chosen part of the imports, all of it in the address.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct ImportPart {
    kind: Option<String>,
    state: Option<String>,
    /// `age` or `-age`, the newest first.
    sort: Option<String>,
    after: Option<i64>,
}

impl ImportPart {
    /// The imports that it means; a word that means nothing narrows nothing.
    pub fn filter(&self) -> ImportFilter {
        ImportFilter {
            kind: self.kind.as_deref().and_then(|word| word.parse().ok()),
            state: self.state.as_deref().and_then(|word| word.parse().ok()),
            order: order_of(self.sort.as_deref()),
        }
    }

    fn address_of(&self, path: &str, sort: Option<String>, after: Option<ImportId>) -> String {
        let fields = [
            ("kind", self.kind.clone()),
            ("state", self.state.clone()),
            ("sort", sort),
            ("after", after.map(|after| after.to_string())),
        ];
        address(path, fields)
    }
}

/// `GET /console/roll/imports`.
#[handler]
pub async fn list(screen: Screen, Query(part): Query<ImportPart>) -> Result<Response, Failure> {
    let console = screen.console(Section::Roll).await?;
    let (filter, after) = (part.filter(), part.after.map(ImportId));
    let db = &screen.state.house().db;
    let imports = db
        .read(move |conn| queries::list_imports(conn, filter, after, PAGE_ROWS))
        .await?;
    let next = imports.last().filter(|_| imports.len() == PAGE_ROWS as usize);
    let rows: Vec<ImportRow> = imports
        .iter()
        .map(|import| ImportRow::new(import, console.now_ms))
        .collect();
    let mut frame = console.frame;
    frame.refresh_seconds = rows.iter().any(|row| row.is_moving).then_some(5);
    let page = ImportListPage {
        frame,
        kinds: ImportKind::ALL,
        states: ImportState::ALL,
        sort: Sort::new("age", part.sort.as_deref().unwrap_or("-age"), |word| {
            part.address_of(HERE, Some(word), None)
        }),
        rows,
        is_first: part.after.is_none(),
        first: part.address_of(HERE, part.sort.clone(), None),
        next_href: next.map(|import| part.address_of(HERE, part.sort.clone(), Some(import.import_id))),
        csv: part.address_of("/console/roll/imports.csv", part.sort.clone(), None),
        xlsx: part.address_of("/console/roll/imports.xlsx", part.sort.clone(), None),
        part,
        limit_bytes: screen.state.settings().roll_bytes,
    };
    screen.show("roll/imports.html", &page)
}
