//! Names of persons: the form that is kept, the form that is compared, and what a name's spelling says about the file.

use unicode_normalization::UnicodeNormalization;

/// Whether two names are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameMatch {
    /// They agree once folded.
    Same,
    /// They disagree where both are known.
    Different,
    /// One of them has lost characters, so that nobody can say.
    Unknown,
}

/// The longest name that is taken: twice the 25 characters that 民委发〔2016〕33号 asks for.
pub const MAX_CHARACTERS: usize = 50;

/// What a name's spelling gives away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// There is none.
    Missing,
    /// Longer than any name.
    TooLong,
    /// A character was lost on the way (`?`, U+FFFD).
    LostCharacter,
    /// Text of one encoding read as another.
    Mojibake,
    /// A private-use character whose meaning depends on a font.
    PrivateUse,
    /// A spreadsheet would run it.
    Formula,
    /// Characters that belong to no name: markup, quotes, digits.
    OddCharacter,
}

impl NameFault {
    /// Whether the row cannot be taken.
    pub fn is_error(self) -> bool {
        matches!(self, Self::Missing | Self::TooLong)
    }

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "name-missing",
            Self::TooLong => "name-too-long",
            Self::LostCharacter => "name-lost-character",
            Self::Mojibake => "name-mojibake",
            Self::PrivateUse => "name-private-use",
            Self::Formula => "name-formula",
            Self::OddCharacter => "name-odd-character",
        }
    }

    /// What people are told.
    pub fn message(self) -> &'static str {
        match self {
            Self::Missing => "缺少姓名，请补填",
            Self::TooLong => "姓名过长，请检查该单元格是否混入其他内容",
            Self::LostCharacter => "姓名中有字符丢失（生僻字导出为问号），请对照证件补全",
            Self::Mojibake => "姓名出现乱码，请检查文件编码",
            Self::PrivateUse => "姓名含造字区字符，请换成国标字",
            Self::Formula => "姓名以公式符号开头，请核对；导出时会按文本处理",
            Self::OddCharacter => "姓名含不属于姓名的字符，请核对",
        }
    }
}

/// Characters that are not seen: joiners, marks of byte order and direction, variation selectors.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{00ad}')
}

/// The half-width form of a full-width letter, digit or sign.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// Text with full-width letters, digits and signs made half-width.
pub fn fold_width(text: &str) -> String {
    text.chars().map(half_width).collect()
}

/// The name as it is kept and shown: trimmed, composed, without invisible characters, spaces only between Latin words.
pub fn display(raw: &str) -> String {
    let visible: String = raw
        .nfc()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
    let mut name = String::with_capacity(visible.len());
    for word in words {
        let joins_latin = name.chars().last().is_some_and(|c| c.is_ascii()) && word.starts_with(|c: char| c.is_ascii());
        if joins_latin {
            name.push(' ');
        }
        name.push_str(word);
    }
    name
}

/// The name as it is compared: one dot (U+00B7), half width, lower case, old private-use codes resolved, no spaces.
pub fn fold(raw: &str) -> String {
    display(raw)
        .chars()
        .map(half_width)
        .map(fold_private_use)
        .map(fold_dot)
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Dots that files use for U+00B7, the name dot of 民委发〔2016〕33号.
fn fold_dot(c: char) -> char {
    match c {
        '\u{2022}' | '\u{30fb}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{ff65}' | '.' => '\u{00b7}',
        other => other,
    }
}

/// Characters that GB18030-2000 kept in the private-use area and later editions placed.
fn fold_private_use(c: char) -> char {
    match c {
        '\u{e81e}' => '\u{9fb4}',
        '\u{e826}' => '\u{9fb5}',
        '\u{e82b}' => '\u{9fb6}',
        '\u{e82c}' => '\u{9fb7}',
        '\u{e832}' => '\u{9fb8}',
        '\u{e843}' => '\u{9fb9}',
        '\u{e854}' => '\u{9fba}',
        '\u{e864}' => '\u{9fbb}',
        '\u{e863}' => '\u{4dae}',
        '\u{e7c7}' => '\u{1e3f}',
        other => other,
    }
}

fn is_lost(c: char) -> bool {
    matches!(c, '?' | '\u{fffd}')
}

/// Compares a name of the roll with another. A lost character matches anything, so it can only make the answer unknown.
pub fn compare(roll: &str, other: &str) -> NameMatch {
    if roll == other {
        return NameMatch::Same;
    }
    let (roll, other) = (fold(roll), fold(other));
    if roll == other {
        return NameMatch::Same;
    }
    if other.contains('*') {
        return if is_mask_of(&other, &roll) {
            NameMatch::Same
        } else {
            NameMatch::Different
        };
    }
    match (roll.chars().any(is_lost), other.chars().any(is_lost)) {
        (false, false) => NameMatch::Different,
        (true, false) if !fits(&roll, &other) => NameMatch::Different,
        (false, true) if !fits(&other, &roll) => NameMatch::Different,
        _ => NameMatch::Unknown,
    }
}

/// [`compare`] for a name in a file name, where an archiver may have put `_` for what it could not write and left signs out.
pub fn compare_loosely(roll: &str, in_file_name: &str) -> NameMatch {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric() || is_lost(*c) || *c == '*')
            .collect()
    };
    compare(&plain(&fold(roll)), &plain(&fold(&in_file_name.replace('_', "?"))))
}

/// Whether a name with lost characters can be this one: a run of lost characters stands for one or more.
fn fits(lossy: &str, whole: &str) -> bool {
    let whole: Vec<char> = whole.chars().collect();
    let known: Vec<&str> = lossy.split(is_lost).collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return true;
    };
    let head: Vec<char> = first.chars().collect();
    let tail: Vec<char> = last.chars().collect();
    whole.starts_with(&head) && whole.ends_with(&tail) && whole.len() > head.len() + tail.len()
}

/// Whether a masked name (`张*`, `欧**`) can be this one: the shown characters stand where they stand, each star is one or more.
fn is_mask_of(mask: &str, name: &str) -> bool {
    let shown_first: String = mask.chars().take_while(|c| *c != '*').collect();
    let shown_last: String = mask
        .chars()
        .rev()
        .take_while(|c| *c != '*')
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    name.starts_with(&shown_first)
        && name.ends_with(&shown_last)
        && name.chars().count() > shown_first.chars().count() + shown_last.chars().count()
}

/// The name for those who may not see it: the first character, and a star for each other (`张*`, `欧**`).
pub fn mask(name: &str) -> String {
    let mut characters = name.chars();
    let first: String = characters.next().into_iter().collect();
    let stars = characters.count().clamp(1, 3);
    if first.is_empty() {
        first
    } else {
        format!("{first}{}", "*".repeat(stars))
    }
}

/// What is wrong or odd about a name as delivered; an error among them comes first.
pub fn faults(raw: &str) -> Vec<NameFault> {
    let name = display(raw);
    if name.is_empty() || matches!(name.as_str(), "NULL" | "null" | "无") {
        return vec![NameFault::Missing];
    }
    if name.chars().count() > MAX_CHARACTERS {
        return vec![NameFault::TooLong];
    }
    let mut faults = Vec::new();
    if name.chars().any(is_lost) {
        faults.push(NameFault::LostCharacter);
    }
    if ["锟斤", "烫烫", "屯屯", "ï»¿", "Ã"]
        .iter()
        .any(|trace| name.contains(trace))
        || name.contains("&#")
    {
        faults.push(NameFault::Mojibake);
    }
    if name
        .chars()
        .any(|c| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}'))
    {
        faults.push(NameFault::PrivateUse);
    }
    let begins_formula = raw
        .trim_start_matches([' ', '\u{3000}'])
        .starts_with(['=', '+', '-', '@', '\t', '\r']);
    if begins_formula {
        faults.push(NameFault::Formula);
    }
    let has_direction_mark = raw
        .chars()
        .any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    let is_odd = |c: char| {
        c.is_ascii_digit()
            || matches!(
                half_width(c),
                '<' | '>' | '{' | '}' | '"' | ';' | ',' | '|' | '=' | '\\' | '%' | '(' | ')' | '，' | '/'
            )
    };
    if !begins_formula && (name.chars().any(is_odd) || has_direction_mark || name.contains("--")) {
        faults.push(NameFault::OddCharacter);
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_the_dots_spaces_and_old_codes_that_files_use() {
        assert_eq!(fold("阿依古丽•买买提明"), "阿依古丽·买买提明");
        assert_eq!(compare("许晴", " 许　晴 "), NameMatch::Same);
        assert_eq!(compare("孙\u{4dae}", "孙\u{e863}"), NameMatch::Same);
        assert_eq!(compare("吕布", "吕\u{200b}布"), NameMatch::Same);
    }

    #[test]
    fn look_alikes_stay_different() {
        assert_eq!(compare("秦学勤", "秦學勤"), NameMatch::Different);
        assert_eq!(compare("沈吉", "沈\u{20bb7}"), NameMatch::Different);
        assert_eq!(compare("尤青", "尤靑"), NameMatch::Different);
    }

    #[test]
    fn a_lost_character_is_unknown_but_the_rest_still_counts() {
        assert_eq!(compare("李\u{2b5af}", "李??"), NameMatch::Unknown);
        assert_eq!(compare("李\u{2b5af}", "王??"), NameMatch::Different);
        assert_eq!(compare("李?", "李明"), NameMatch::Unknown);
    }

    #[test]
    fn a_masked_name_is_checked_by_what_it_shows() {
        assert_eq!(compare("张三丰", "张**"), NameMatch::Same);
        assert_eq!(compare("李四", "张*"), NameMatch::Different);
    }

    #[test]
    fn a_name_in_a_file_name_may_lack_what_an_archiver_could_not_write() {
        assert_eq!(compare_loosely("李\u{2b5af}", "李_"), NameMatch::Unknown);
        assert_eq!(compare_loosely("买买提·艾力", "买买提艾力"), NameMatch::Same);
        assert_eq!(compare_loosely("李明", "王明"), NameMatch::Different);
    }

    #[test]
    fn masks_all_but_the_first_character() {
        assert_eq!(
            (mask("张三").as_str(), mask("欧阳修").as_str(), mask("").as_str()),
            ("张*", "欧**", "")
        );
    }

    #[test]
    fn finds_what_a_name_gives_away() {
        assert_eq!(faults(""), [NameFault::Missing]);
        assert_eq!(faults("孔?"), [NameFault::LostCharacter]);
        assert_eq!(faults("严锟斤拷"), [NameFault::Mojibake]);
        assert_eq!(faults("=1+1"), [NameFault::Formula]);
        assert_eq!(faults("<b>陶</b>"), [NameFault::OddCharacter]);
        assert!(
            faults("阿依古丽·买买提明").is_empty() && faults("John Smith").is_empty() && faults("O'Neil").is_empty()
        );
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_changes_nothing(raw in "\\PC{0,20}") {
            proptest::prop_assert_eq!(fold(&fold(&raw)), fold(&raw));
        }
    }
}
