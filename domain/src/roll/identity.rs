//! Numbers of identity documents: which kind a number is, whether it can be right, and its one canonical form.
//!
//! Resident numbers follow GB 11643-1999, with the check character of ISO 7064 MOD 11-2. Numbers issued before 1999 have 15 digits
//! and are brought to 18, so that one person has one number.

use std::fmt;

use chrono::{Datelike, NaiveDate};

crate::text_enum! {
    /// The kind of document a number belongs to.
    IdKind {
        /// 居民身份证.
        Resident = "resident",
        /// 港澳台居民居住证.
        HkMacaoTaiwanResidence = "hmt-residence",
        /// 外国人永久居留身份证.
        PermanentResidence = "permanent-residence",
        /// 港澳居民来往内地通行证.
        HkMacaoPass = "hk-macao-pass",
        /// 台湾居民来往大陆通行证.
        TaiwanPass = "taiwan-pass",
        /// A passport.
        Passport = "passport",
        /// A number that a school made up where there was none; only where the mapping allows it.
        Placeholder = "placeholder",
    }
}

/// What is wrong with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdFault {
    /// There is none.
    Missing,
    /// A spreadsheet has rounded it or shows it with an exponent.
    LostDigits,
    /// The check character is wrong.
    CheckDigit,
    /// The date of birth in it is no date.
    BirthDate,
    /// The province in it does not exist.
    Region,
    /// It has the shape of no document.
    Shape,
}

impl IdFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "id-missing",
            Self::LostDigits => "id-lost-digits",
            Self::CheckDigit => "id-check-digit",
            Self::BirthDate => "id-birth-date",
            Self::Region => "id-region",
            Self::Shape => "id-shape",
        }
    }

    /// What people are told.
    pub fn message(self) -> &'static str {
        match self {
            Self::Missing => "缺少证件号码，请补填",
            Self::LostDigits => "证件号码被表格软件存成了数字，末尾数字已丢失；请以文本格式重新导出",
            Self::CheckDigit => "证件号码校验位不正确，请对照证件更正",
            Self::BirthDate => "证件号码中的出生日期不存在，请对照证件更正",
            Self::Region => "证件号码的地区码不存在，请对照证件更正",
            Self::Shape => "证件号码不符合任何证件的格式，请对照证件更正",
        }
    }
}

/// A document number in canonical form. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdNumber {
    kind: IdKind,
    text: String,
    is_rare_region: bool,
}

impl IdNumber {
    /// Reads a number as a roll may spell it. `declared` is the roll's own word for the kind of document, `today` the day against
    /// which a birth may not lie in the future.
    pub fn parse(
        raw: &str,
        declared: Option<&str>,
        allow_placeholder: bool,
        today: NaiveDate,
    ) -> Result<Self, IdFault> {
        let text = canonical_text(raw);
        if text.is_empty() {
            return Err(IdFault::Missing);
        }
        if looks_rounded(&text) {
            return Err(IdFault::LostDigits);
        }
        let declared = Declared::of(declared);
        let found = recognise(&text, declared, today);
        match found {
            Err(_) if allow_placeholder && is_plain(&text) => Ok(Self::new(IdKind::Placeholder, text)),
            other => other,
        }
    }

    fn new(kind: IdKind, text: String) -> Self {
        Self {
            kind,
            text,
            is_rare_region: false,
        }
    }

    /// The kind of document.
    pub fn kind(&self) -> IdKind {
        self.kind
    }

    /// The canonical number: for sealing and indexing, never for showing.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The last four characters, which `code` campaigns may show.
    pub fn last_four(&self) -> &str {
        self.text.get(self.text.len().saturating_sub(4)..).unwrap_or(&self.text)
    }

    /// The number for people who may not see it: the first three and the last four characters at most.
    pub fn masked(&self) -> String {
        mask(&self.text)
    }

    /// The date of birth in it, for the kinds that carry one.
    pub fn birth_date(&self) -> Option<NaiveDate> {
        let carries = matches!(
            self.kind,
            IdKind::Resident | IdKind::HkMacaoTaiwanResidence | IdKind::PermanentResidence
        );
        if !carries || self.text.len() != 18 {
            return None;
        }
        date_of(self.text.get(6..14)?)
    }

    /// Whether it is a man's: the last digit of the sequence is odd. Only for kinds that carry it.
    pub fn is_male(&self) -> Option<bool> {
        self.birth_date()?;
        let digit = self.text.as_bytes().get(16)?;
        digit.is_ascii_digit().then_some(digit % 2 == 1)
    }

    /// Whether the region is one that no list of the present or the past is known to have.
    pub fn has_rare_region(&self) -> bool {
        self.is_rare_region
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({}, hidden)", self.kind)
    }
}

/// Shows the first three and the last four characters of a number, of a short one the last two.
pub fn mask(number: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    let (head, tail) = if chars.len() >= 12 {
        (3, 4)
    } else {
        (0, 2.min(chars.len()))
    };
    let stars = chars.len().saturating_sub(head + tail);
    chars
        .iter()
        .enumerate()
        .map(|(at, c)| if at < head || at >= head + stars { *c } else { '*' })
        .collect()
}

/// Upper case, half width, without spaces, invisible characters and the apostrophe that forces text in a spreadsheet.
pub fn canonical_text(raw: &str) -> String {
    raw.trim_start_matches(['\'', '’', '‘', '`'])
        .chars()
        .filter(|c| !c.is_whitespace() && !super::name::is_invisible(*c))
        .map(super::name::half_width)
        .flat_map(char::to_uppercase)
        .collect()
}

fn looks_rounded(text: &str) -> bool {
    let has_exponent = text.contains("E+") && text.starts_with(|c: char| c.is_ascii_digit());
    has_exponent || text.contains('.') && text.chars().all(|c| c.is_ascii_digit() || c == '.')
}

fn is_plain(text: &str) -> bool {
    (4..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Declared {
    Nothing,
    ResidentCard,
    Other,
}

impl Declared {
    fn of(word: Option<&str>) -> Self {
        match word.map(str::trim) {
            None | Some("") => Self::Nothing,
            Some(word) if word.contains("居民身份证") || matches!(word, "身份证" | "01" | "1") => {
                Self::ResidentCard
            }
            Some(_) => Self::Other,
        }
    }
}

fn recognise(text: &str, declared: Declared, today: NaiveDate) -> Result<IdNumber, IdFault> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match text.len() {
        18 if digits >= 17 => recognise_18(text, declared, today),
        15 if digits == 15 => recognise_15(text, today),
        _ if declared == Declared::ResidentCard => Err(IdFault::Shape),
        15 if digits == 12 && text.bytes().take(3).all(|byte| byte.is_ascii_uppercase()) => {
            Ok(IdNumber::new(IdKind::PermanentResidence, text.to_owned()))
        }
        _ => recognise_pass(text, digits, declared),
    }
}

fn recognise_18(text: &str, declared: Declared, today: NaiveDate) -> Result<IdNumber, IdFault> {
    let Some((body, check)) = text.split_at_checked(17) else {
        return Err(IdFault::Shape);
    };
    if !body.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(IdFault::Shape);
    }
    let region = body.get(..6).unwrap_or_default();
    let birth_digits = body.get(6..14).unwrap_or_default();
    if check_character(body).is_none_or(|right| check != right.to_string()) {
        return Err(IdFault::CheckDigit);
    }
    let is_foreign = body.starts_with('9') && declared != Declared::ResidentCard;
    let is_residence = matches!(region, "810000" | "820000" | "830000");
    // An abolished region stays valid on cards issued while it was one; only the province can be judged.
    let is_rare_region = !is_foreign && !is_residence && region.starts_with("999");
    if !is_foreign && !is_residence && !is_rare_region && !is_province(region) {
        return Err(IdFault::Region);
    }
    let earliest = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN);
    let birth = date_of(birth_digits).ok_or(IdFault::BirthDate)?;
    if birth <= earliest || birth > today {
        return Err(IdFault::BirthDate);
    }
    let kind = match (is_foreign, is_residence) {
        (true, _) => IdKind::PermanentResidence,
        (_, true) => IdKind::HkMacaoTaiwanResidence,
        _ => IdKind::Resident,
    };
    Ok(IdNumber {
        kind,
        text: text.to_owned(),
        is_rare_region,
    })
}

fn recognise_15(text: &str, today: NaiveDate) -> Result<IdNumber, IdFault> {
    let (region, rest) = text.split_at_checked(6).ok_or(IdFault::Shape)?;
    let body = format!("{region}19{rest}");
    let check = check_character(&body).ok_or(IdFault::Shape)?;
    recognise_18(&format!("{body}{check}"), Declared::ResidentCard, today)
}

fn recognise_pass(text: &str, digits: usize, declared: Declared) -> Result<IdNumber, IdFault> {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let is_letters_then_digits = letters + digits == text.len();
    // The last two digits of the longer forms count renewals; the document stays the same.
    let without_renewals = |length: usize| text.get(..length).unwrap_or(text).to_owned();
    if matches!(text.as_bytes().first(), Some(b'H' | b'M')) && letters == 1 && matches!(digits, 8 | 10) {
        return Ok(IdNumber::new(IdKind::HkMacaoPass, without_renewals(9)));
    }
    if letters == 0 && is_letters_then_digits && matches!(digits, 8 | 10) {
        return Ok(IdNumber::new(IdKind::TaiwanPass, without_renewals(8)));
    }
    let is_passport = is_letters_then_digits && (1..=3).contains(&letters) && (5..=10).contains(&digits);
    if is_passport || declared == Declared::Other && is_plain(text) {
        return Ok(IdNumber::new(IdKind::Passport, text.to_owned()));
    }
    Err(IdFault::Shape)
}

/// The first two digits of GB/T 2260: provinces, regions, municipalities.
fn is_province(region: &str) -> bool {
    let province = region
        .get(..2)
        .and_then(|digits| digits.parse::<u8>().ok())
        .unwrap_or(0);
    matches!(province, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
}

fn date_of(digits: &str) -> Option<NaiveDate> {
    let number: u32 = digits.parse().ok()?;
    let year = i32::try_from(number / 10_000).ok()?;
    NaiveDate::from_ymd_opt(year, number / 100 % 100, number % 100).filter(|date| date.year() >= 1000)
}

/// The check character of 17 digits by ISO 7064 MOD 11-2.
pub(crate) fn check_character(body: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHARACTERS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let mut sum = 0;
    for (digit, weight) in body.chars().zip(WEIGHTS) {
        sum += digit.to_digit(10)? * weight;
    }
    CHARACTERS.get(usize::try_from(sum % 11).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(raw: &str) -> Result<IdNumber, IdFault> {
        let today = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a real day");
        IdNumber::parse(raw, None, false, today)
    }

    #[test]
    fn takes_the_examples_of_the_standard() {
        let number = parse("11010519491231002X").expect("valid");
        assert_eq!((number.kind(), number.is_male()), (IdKind::Resident, Some(false)));
        // The standard's other example was born in 1880, before any living student.
        assert_eq!(parse("440524188001010014"), Err(IdFault::BirthDate));
    }

    #[test]
    fn brings_every_spelling_to_one_form() {
        let canonical = parse("11010519491231002X");
        for spelling in [
            "11010519491231002x",
            " 110105 19491231 002X ",
            "１１０１０５１９４９１２３１００２Ｘ",
            "'11010519491231002X",
        ] {
            assert_eq!(parse(spelling), canonical, "{spelling}");
        }
        assert_eq!(parse("110105491231002"), canonical);
    }

    #[test]
    fn refuses_what_cannot_be_right_and_says_why() {
        assert_eq!(parse("110105194912310021"), Err(IdFault::CheckDigit));
        assert_eq!(parse("4.40100E+17"), Err(IdFault::LostDigits));
        assert_eq!(parse("000000000000000000"), Err(IdFault::CheckDigit));
        assert_eq!(parse("1101051949123100"), Err(IdFault::Shape));
        assert_eq!(parse(""), Err(IdFault::Missing));
    }

    #[test]
    fn knows_the_passes_and_drops_their_renewals() {
        assert_eq!(
            parse("H1234567801").map(|number| number.expose().to_owned()),
            Ok("H12345678".to_owned())
        );
        assert_eq!(parse("12345678").map(|number| number.kind()), Ok(IdKind::TaiwanPass));
        assert_eq!(parse("E12345678").map(|number| number.kind()), Ok(IdKind::Passport));
    }

    #[test]
    fn shows_nothing_of_itself_but_its_mask() {
        let number = parse("11010519491231002X").expect("valid");
        assert_eq!(number.masked(), "110***********002X");
        assert_eq!(format!("{number:?}"), "IdNumber(resident, hidden)");
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_is_stable(raw in "\\PC{0,24}") {
            if let Ok(number) = parse(&raw) {
                proptest::prop_assert_eq!(parse(number.expose()), Ok(number.clone()));
            }
        }
    }
}
