//! The document of a row: its number, and whether birth date, sex and number agree.

use super::{ENDS_IN_ZEROS, Reader, RollRow};
use crate::roll::codes::Sex;
use crate::roll::identity::{IdFault, IdNumber};
use crate::roll::import::header::Field;

impl Reader<'_> {
    pub(super) fn read_document(&mut self, row: &mut RollRow) {
        let declared = self.short(Field::IdKind);
        let raw = self.text(Field::IdNumber).unwrap_or_default();
        if self
            .parsed
            .errors
            .iter()
            .any(|issue| issue.column == Field::IdNumber.heading())
        {
            return;
        }
        let mapping = self.rules.mapping;
        match IdNumber::parse(
            &raw,
            declared.as_deref(),
            mapping.allow_placeholder_ids,
            self.rules.today,
        ) {
            Ok(number) => {
                if number.has_rare_region() {
                    self.warn(Field::IdNumber, "id-region", "证件号码的地区码不在任何目录中，请核对");
                }
                if number.expose().len() == 18 && raw.chars().filter(|c| c.is_numeric()).count() == 15 {
                    self.warn(
                        Field::IdNumber,
                        "id-15-digits",
                        "15 位旧证件号码已换算为 18 位，请对照证件核对",
                    );
                }
                self.cross_check(row, &number);
                row.id_number = Some(number);
            }
            Err(fault) => self.fail(Field::IdNumber, fault.code(), fault.message()),
        }
    }

    /// The number says the birth date and the sex too; where the columns say otherwise one of them is wrong.
    fn cross_check(&mut self, row: &mut RollRow, number: &IdNumber) {
        if let (Some(in_number), Some(in_column)) = (number.birth_date(), row.birth_date)
            && in_number != in_column
        {
            row.is_self_consistent = false;
            self.warn(
                Field::BirthDate,
                "id-birth-mismatch",
                "出生日期与证件号码不一致，请核对",
            );
        }
        if let (Some(is_male), Some(sex)) = (number.is_male(), row.sex)
            && is_male != (sex == Sex::Male)
        {
            row.is_self_consistent = false;
            self.warn(Field::Sex, "id-sex-mismatch", "性别与证件号码不一致，请核对");
        }
        // One rounded number in eleven passes its check by chance; its sex or birth date then contradicts the columns.
        if number.expose().len() == 18 && number.expose().ends_with("000") {
            if row.is_self_consistent {
                self.warn(
                    Field::IdNumber,
                    ENDS_IN_ZEROS,
                    "证件号码以 000 结尾，可能被表格软件改写过，请对照证件核对",
                );
            } else {
                self.fail(
                    Field::IdNumber,
                    IdFault::LostDigits.code(),
                    IdFault::LostDigits.message(),
                );
            }
        }
        if row.birth_date.is_none() && !self.rules.header.has(Field::BirthDate) {
            row.birth_date = number.birth_date();
        }
    }
}
