//! Lists without a heading, told apart by descriptions that are data: `dialects.toml`.

use std::sync::OnceLock;

use serde::Deserialize;

use super::key::{FileKey, KeyForm, KeyKind, KeyPolicy};
use super::manifest::ManifestRow;
use crate::roll::import::table::RawRow;
use crate::roll::name;

const DIALECTS: &str = include_str!("dialects.toml");
/// How the names of pictures' files end.
const PICTURES: [&str; 9] = ["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff", "gif", "heic"];

/// A form in which lists come; columns count from 1.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// Its short name.
    pub name: String,
    /// What it looks like, for people.
    pub about: String,
    columns: [usize; 2],
    file_name: usize,
    number: Option<usize>,
    #[serde(default)]
    person: Vec<usize>,
}

/// The descriptions, in the order in which they are tried.
pub fn dialects() -> &'static [Dialect] {
    #[derive(Deserialize)]
    struct File {
        dialect: Vec<Dialect>,
    }
    static KNOWN: OnceLock<Vec<Dialect>> = OnceLock::new();
    KNOWN.get_or_init(|| match toml::from_str::<File>(DIALECTS) {
        Ok(file) => file.dialect,
        Err(fault) => {
            // A test reads the file, so that no program is ever built with one like this.
            tracing::error!(error = %fault, "the descriptions of lists without a heading cannot be read");
            Vec::new()
        }
    })
}

/// The dialect that a list's first row is in.
pub fn dialect_of(row: &RawRow) -> Option<&'static Dialect> {
    dialects().iter().find(|dialect| dialect.fits(row))
}

impl Dialect {
    fn fits(&self, row: &RawRow) -> bool {
        let width = row.cells.len();
        let has_picture = text(row, self.file_name).is_some_and(|name| is_picture(&name));
        let has_number = self.number.is_none_or(|column| !keys(row, column).is_empty());
        (self.columns[0]..=self.columns[1]).contains(&width) && has_picture && has_number
    }

    /// A row as a manifest's.
    pub fn read_row(&self, row: &RawRow) -> ManifestRow {
        let person: Vec<String> = self.person.iter().filter_map(|column| text(row, *column)).collect();
        let mut read = ManifestRow {
            row_no: i64::try_from(row.row_no).unwrap_or(i64::MAX),
            file_name: text(row, self.file_name),
            name: Some(name::display(&person.concat())).filter(|name| !name.is_empty()),
            ..ManifestRow::default()
        };
        for (kind, number) in self.number.map(|column| keys(row, column)).unwrap_or_default() {
            let place = match kind {
                KeyKind::IdNumber => &mut read.id_number,
                KeyKind::ExamNo => &mut read.exam_no,
                KeyKind::StudentNo => &mut read.student_no,
            };
            place.get_or_insert(number);
        }
        read
    }
}

fn text(row: &RawRow, column: usize) -> Option<String> {
    let cell = row.cells.get(column.checked_sub(1)?)?;
    let text = cell.text()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The numbers that a cell may be, by the rules for names of files.
fn keys(row: &RawRow, column: usize) -> Vec<(KeyKind, String)> {
    let Some(text) = text(row, column).filter(|text| !is_picture(text)) else {
        return Vec::new();
    };
    let key = FileKey::from_entry_name(&format!("{text}.jpg"), KeyPolicy::Auto);
    let exact = key.candidates.into_iter().filter(|key| key.form == KeyForm::Exact);
    exact.map(|key| (key.kind, key.text)).collect()
}

fn is_picture(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| PICTURES.contains(&ending.as_str()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::batches::manifest::read_manifest;

    fn read(list: &str) -> Option<Vec<ManifestRow>> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(list.as_bytes()).expect("written");
        read_manifest(file.path()).expect("a table")
    }

    #[test]
    fn every_description_can_be_read_and_is_explained() {
        let names: Vec<&str> = dialects().iter().map(|dialect| dialect.name.as_str()).collect();
        assert_eq!(names, ["pspa", "file-number", "number-file"]);
        assert!(dialects().iter().all(|dialect| !dialect.about.is_empty()));
    }

    #[test]
    fn a_list_of_two_columns_is_read_either_way_round() {
        for list in [
            "IMG_0001.jpg,202301010101\nIMG_0002.JPG,202301010102\n",
            "202301010101;IMG_0001.jpg\n202301010102;IMG_0002.JPG\n",
        ] {
            let rows = read(list).expect("a manifest");
            let said: Vec<_> = rows
                .iter()
                .map(|row| (row.row_no, row.file_name.as_deref(), row.student_no.as_deref()))
                .collect();
            assert_eq!(
                said,
                [
                    (1, Some("IMG_0001.jpg"), Some("202301010101")),
                    (2, Some("IMG_0002.JPG"), Some("202301010102"))
                ],
                "{list}"
            );
        }
    }

    #[test]
    fn a_pspa_index_gives_files_and_names_and_no_number() {
        let list = "VOL1\tCLASS1\t0001.jpg\t4\t王\t小明\t李老师\nVOL1\tCLASS1\t0002.jpg\t4\t陈\t静\t李老师\n";
        let rows = read(list).expect("a manifest");
        let said: Vec<_> = rows
            .iter()
            .map(|row| (row.file_name.as_deref(), row.name.as_deref()))
            .collect();
        assert_eq!(
            said,
            [(Some("0001.jpg"), Some("王小明")), (Some("0002.jpg"), Some("陈静"))]
        );
        assert!(
            rows.iter()
                .all(|row| row.student_no.is_none() && row.id_number.is_none())
        );
    }

    #[test]
    fn a_table_about_other_things_is_no_list() {
        for list in [
            "备注,说明\n一共,两百张\n",
            "a.jpg,b.jpg\n",
            "a.jpg\n",
            "a.docx,202301010101\n",
        ] {
            assert!(read(list).is_none(), "{list}");
        }
    }
}
