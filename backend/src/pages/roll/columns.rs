//! Step two of an import: the file's first rows under their columns, the guess shown, every column to be named otherwise.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::clock::year_in_shanghai;
use domain::db::dialect::roll::VanishScope;
use domain::error::Error;
use domain::id::ImportId;
use domain::roll::codes::LevelKind;
use domain::roll::commands::attend;
use domain::roll::import::encoding::TextEncoding;
use domain::roll::import::error::TableError;
use domain::roll::import::head::{Head, read_head};
use domain::roll::import::header::{Field, Mapping};
use domain::roll::model::{ImportKind, ImportOptions, RollImport};
use domain::schools::queries::list_schools;
use domain::storage::staged;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::Serialize;

use super::{ImportRow, Steps};
use crate::error::Failure;
use crate::files::read_file;
use crate::pages::batches::reconciliation::FailureNote;
use crate::pages::fields;
use crate::pages::frame::{Frame, Section};
use crate::pages::screen::Screen;

/// `roll/columns.html`.
#[derive(Serialize)]
pub struct ColumnsPage {
    frame: Frame,
    import: ImportRow,
    steps: Steps,
    /// The encoding that was chosen; empty where it is found out.
    encoding: String,
    /// The encoding that was found.
    found_encoding: Option<&'static str>,
    sheet: Option<String>,
    notices: Vec<&'static str>,
    columns: Vec<ColumnChoice>,
    rows: Vec<ShownRow>,
    fields: Vec<FieldChoice>,
    missing: Vec<FieldChoice>,
    failure: Option<FailureNote>,
    schools: Vec<(String, String)>,
    takes_scope: bool,
}

#[derive(Serialize)]
struct ColumnChoice {
    heading: String,
    field: Option<Field>,
    has_fault: bool,
}

#[derive(Serialize)]
struct FieldChoice {
    field: Field,
    heading: &'static str,
}

impl FieldChoice {
    fn of(field: Field) -> Self {
        Self {
            field,
            heading: field.heading(),
        }
    }
}

#[derive(Serialize)]
struct ShownRow {
    row_no: u64,
    cells: Vec<ShownCell>,
}

#[derive(Serialize)]
struct ShownCell {
    text: String,
    /// Worded by `issue-<code>-sentence`, else as it stands beside it.
    fault: Option<(String, String)>,
    is_error: bool,
}

/// Shows the beginning of the file, read in an encoding where one was chosen.
pub async fn page(screen: &Screen, import: RollImport, encoding: Option<String>) -> Result<Response, Failure> {
    let house = screen.state.house();
    let stored = import.clone();
    let (mut options, schools) = house
        .db
        .read(move |conn| Ok((attend::options_with_memory(conn, &stored)?, list_schools(conn)?)))
        .await?;
    if let Some(word) = encoding {
        options.encoding = (word != "auto").then_some(word);
    }
    let chosen = options.encoding.clone().unwrap_or_else(|| "auto".to_owned());
    let read = head(screen, &import, options).await?;
    let console = screen.console(Section::Roll).await?;
    let (head, failure) = match read {
        Ok(head) => (Some(head), None),
        Err(fault) => (
            None,
            FailureNote::new(Some(fault.code().to_owned()), Some(fault.to_string())),
        ),
    };
    let fields = Field::ALL.iter().filter(|field| !field.is_for_manifests());
    let page = ColumnsPage {
        frame: console.frame,
        steps: Steps::at(2),
        encoding: chosen,
        found_encoding: head.as_ref().and_then(|head| head.encoding).map(TextEncoding::as_str),
        sheet: head.as_ref().and_then(|head| head.sheet.clone()),
        notices: head
            .iter()
            .flat_map(|head| &head.notices)
            .map(|notice| notice.code())
            .collect(),
        missing: head.as_ref().map(|head| missing(import.kind, head)).unwrap_or_default(),
        columns: head.as_ref().map(choices).unwrap_or_default(),
        rows: head.map(shown_rows).unwrap_or_default(),
        fields: fields.map(|field| FieldChoice::of(*field)).collect(),
        failure,
        schools: schools.into_iter().map(|school| (school.code, school.name)).collect(),
        takes_scope: import.kind == ImportKind::Roll,
        import: ImportRow::new(&import, console.now_ms),
    };
    screen.show("roll/columns.html", &page)
}

async fn head(
    screen: &Screen,
    import: &RollImport,
    options: ImportOptions,
) -> Result<Result<Head, TableError>, Failure> {
    let house = screen.state.house();
    let file = staged::fetch(&house.store, &house.config.data_dir, &import.staged_object).await?;
    let kind = import.kind;
    let today = NaiveDate::from_ymd_opt(year_in_shanghai(house.clock.now_ms()), 12, 31).unwrap_or(NaiveDate::MAX);
    Ok(read_file(move || read_head(file.path(), kind, &options, today)).await?)
}

fn choices(head: &Head) -> Vec<ColumnChoice> {
    let columns = head.columns.iter().enumerate();
    columns
        .map(|(place, column)| ColumnChoice {
            heading: column.heading.clone(),
            field: column.field,
            has_fault: head
                .rows
                .iter()
                .any(|row| row.cells.get(place).is_some_and(|cell| cell.is_error)),
        })
        .collect()
}

fn shown_rows(head: Head) -> Vec<ShownRow> {
    let rows = head.rows.into_iter().map(|row| ShownRow {
        row_no: row.row_no,
        cells: row
            .cells
            .into_iter()
            .map(|cell| ShownCell {
                text: cell.text,
                fault: cell.fault,
                is_error: cell.is_error,
            })
            .collect(),
    });
    rows.collect()
}

/// The needed columns that nothing is taken for.
fn missing(kind: ImportKind, head: &Head) -> Vec<FieldChoice> {
    let has = |field: &Field| head.columns.iter().any(|column| column.field == Some(*field));
    kind.needed_columns()
        .iter()
        .filter(|field| !has(field))
        .map(|field| FieldChoice::of(*field))
        .collect()
}

/// `POST /console/roll/imports/:import_id/columns`: takes the columns as they were named, and compares.
#[handler]
pub async fn settle(
    screen: Screen,
    Path(import_id): Path<i64>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let staff = screen.changer("roll.import").await?;
    let options = options_of(&form)?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    house
        .db
        .write_tx(move |conn| attend::settle_columns(conn, &staff, ImportId(import_id), &options, now_ms))
        .await?;
    Ok(Redirect::see_other(format!("/console/roll/imports/{import_id}")).into_response())
}

/// Reads the form: `heading-N` and `field-N` for every column, the encoding, the school, what the file is complete for.
fn options_of(form: &BTreeMap<String, String>) -> Result<ImportOptions, Error> {
    let given = |name: &str| form.get(name).and_then(|text| fields::given(text));
    let mut mapping = Mapping {
        allow_placeholder_ids: form.contains_key("placeholder_ids"),
        default_school_code: given("school").map(str::to_owned),
        ..Mapping::default()
    };
    for (name, heading) in form.iter().filter(|(_, heading)| !heading.is_empty()) {
        let Some(number) = name.strip_prefix("heading-") else {
            continue;
        };
        match given(&format!("field-{number}")) {
            Some(word) => {
                let field = serde_json::from_value(word.into())
                    .map_err(|_| Error::invalid("column-unknown", "field", "choose one of the columns offered"))?;
                mapping.columns.insert(heading.clone(), field);
            }
            None => mapping.ignored.push(heading.clone()),
        }
    }
    let scope = given("is_complete").is_some().then(|| scope_of(form)).transpose()?;
    let encoding = given("encoding").filter(|word| *word != "auto").map(str::to_owned);
    if encoding
        .as_deref()
        .is_some_and(|word| TextEncoding::from_word(word).is_none())
    {
        return Err(Error::invalid(
            "encoding",
            "encoding",
            "choose one of the encodings offered",
        ));
    }
    Ok(ImportOptions {
        encoding,
        sheet: None,
        mapping,
        scope,
    })
}

fn scope_of(form: &BTreeMap<String, String>) -> Result<VanishScope, Error> {
    let given = |name: &str| form.get(name).and_then(|text| fields::given(text));
    let unknown = |field: &'static str| {
        Error::invalid(
            "scope",
            field,
            "level is 本科, 专科 and the like; a year has four digits",
        )
    };
    Ok(VanishScope {
        school_code: given("scope_school").map(str::to_owned),
        level_kind: given("scope_level")
            .map(|word| LevelKind::of(word).ok_or_else(|| unknown("scope_level")))
            .transpose()?
            .map(|level| level.as_str().to_owned()),
        grad_year: given("scope_year")
            .map(|year| year.parse().map_err(|_| unknown("scope_year")))
            .transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_named_passed_over_or_both_in_one_form() {
        let form = [
            ("encoding", "gb18030"),
            ("heading-0", "学生编号"),
            ("field-0", "student-no"),
            ("heading-1", "宿舍"),
            ("field-1", ""),
            ("is_complete", "on"),
            ("scope_level", "本科"),
            ("scope_year", "2026"),
        ];
        let form: BTreeMap<String, String> = form.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let options = options_of(&form).expect("a sound form");
        assert_eq!(options.encoding.as_deref(), Some("gb18030"));
        assert_eq!(options.mapping.columns.get("学生编号"), Some(&Field::StudentNo));
        assert_eq!(options.mapping.ignored, ["宿舍"]);
        assert_eq!(options.scope.expect("a scope").grad_year, Some(2026));
    }
}
