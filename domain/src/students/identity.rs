//! Who a student says they are: the real-name form, and the fields of it that follow from the number.

use chrono::NaiveDate;

use super::model::Draft;
use crate::crypto::{Purpose, Sealer};
use crate::error::{Error, Result};
use crate::roll::codes::Sex;
use crate::roll::identity::{IdKind, IdNumber};
use crate::roll::import::stage::id_index;
use crate::roll::name;
use crate::verdicts::queries::PersonKey;

/// The form as typed.
#[derive(Clone, Debug, Default)]
pub struct RealName {
    /// 姓名, the very characters of the document.
    pub name: String,
    /// 身份证号.
    pub id_number: String,
    /// 所在地区.
    pub region: String,
    /// 手机号.
    pub phone: String,
}

/// Characters of a region at most.
const MOST_REGION_CHARS: usize = 20;

/// Reads the form. Sex and birth date follow from the number and are not asked for.
pub fn read(form: &RealName, today: NaiveDate) -> Result<Draft> {
    let number = read_number(&form.id_number, today)?;
    let name = read_name(&form.name)?;
    let region = form.region.trim();
    if region.is_empty() || region.chars().count() > MOST_REGION_CHARS {
        return Err(Error::invalid(
            "region",
            "region",
            "choose the province of your household",
        ));
    }
    let sex = match number.is_male() {
        Some(true) => Sex::Male,
        _ => Sex::Female,
    };
    Ok(Draft {
        name,
        sex: sex.as_str().to_owned(),
        birth_date: number.birth_date().map(|day| day.to_string()).unwrap_or_default(),
        id_number: number.expose().to_owned(),
        region: region.to_owned(),
        phone: read_phone(&form.phone)?,
    })
}

/// A number of the second-generation card: 18 characters, since 15 digits are on no card in use.
pub fn read_number(typed: &str, today: NaiveDate) -> Result<IdNumber> {
    let number = IdNumber::parse(typed, Some("居民身份证"), false, today)
        .map_err(|fault| Error::invalid(fault.code(), "id_number", fault.message()))?;
    let is_card = matches!(number.kind(), IdKind::Resident | IdKind::HkMacaoTaiwanResidence);
    let typed_digits = typed.chars().filter(|c| c.is_alphanumeric()).count();
    if is_card && typed_digits == 18 {
        return Ok(number);
    }
    Err(Error::invalid(
        "id-shape",
        "id_number",
        "请输入第二代居民身份证的 18 位号码",
    ))
}

/// A name in Chinese characters, or the letters and dots that a document may have; never pinyin for characters.
pub fn read_name(typed: &str) -> Result<String> {
    let shown = name::display(typed);
    let is_written = !shown.is_ascii();
    let has_odd = shown
        .chars()
        .any(|c| c.is_ascii_digit() || matches!(c, '?' | '*' | '<' | '>'));
    if (2..=name::MAX_CHARACTERS).contains(&shown.chars().count()) && is_written && !has_odd {
        return Ok(shown);
    }
    Err(Error::invalid("name", "name", "请按身份证填写姓名，不要用拼音或同音字"))
}

/// A mobile number of mainland China: eleven digits, with or without +86.
pub fn read_phone(typed: &str) -> Result<String> {
    let folded = name::fold_width(typed);
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let national = match digits.strip_prefix("86") {
        Some(rest) if digits.len() == 13 => rest,
        _ => digits.as_str(),
    };
    let mut characters = national.chars();
    let is_mobile = national.len() == 11
        && characters.next() == Some('1')
        && characters.next().is_some_and(|second| ('3'..='9').contains(&second));
    let has_other = folded
        .chars()
        .any(|c| !c.is_ascii_digit() && !matches!(c, '+' | ' ' | '-'));
    if is_mobile && !has_other {
        return Ok(national.to_owned());
    }
    Err(Error::invalid("phone", "phone", "请输入 11 位手机号码"))
}

/// The blind index of a mobile number.
pub fn phone_index(sealer: &Sealer, phone: &str) -> Vec<u8> {
    sealer.blind_index(Purpose::PHONE, phone.as_bytes()).to_vec()
}

/// By what a person is known, from what they typed; `None` where the number is none.
pub fn person_of(sealer: &Sealer, typed_name: &str, typed_number: &str, today: NaiveDate) -> Option<PersonKey> {
    let number = IdNumber::parse(typed_number, None, false, today).ok()?;
    Some(PersonKey {
        id_index: id_index(sealer, number.expose()),
        name: name::display(typed_name),
    })
}
