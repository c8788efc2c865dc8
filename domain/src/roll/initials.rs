//! The first letters of a name in pinyin: what people type who find a name quicker by `zhw` than by its characters.

use pinyin::ToPinyin as _;

/// Surnames that are read otherwise than the character is elsewhere.
const SURNAMES: &[(&str, &str)] = &[
    ("万俟", "mq"),
    ("长孙", "zs"),
    ("尉迟", "yc"),
    ("曾", "z"),
    ("单", "s"),
    ("仇", "q"),
    ("解", "x"),
    ("查", "z"),
    ("翟", "z"),
    ("区", "o"),
    ("种", "c"),
    ("重", "c"),
    ("召", "s"),
    ("缪", "m"),
    ("朴", "p"),
    ("乐", "y"),
    ("盖", "g"),
    ("秘", "b"),
];

/// The letters in lower case. Latin letters stand for the beginnings of their words; what has no reading is left out.
pub fn initials(name: &str) -> String {
    let surname = SURNAMES.iter().find(|(surname, _)| name.starts_with(surname));
    let (mut letters, rest) = match surname {
        Some((surname, read)) => ((*read).to_owned(), name.get(surname.len()..).unwrap_or_default()),
        None => (String::new(), name),
    };
    let mut is_within_word = false;
    for c in rest.chars() {
        if let Some(read) = c.to_pinyin() {
            letters.extend(read.plain().chars().next());
            is_within_word = false;
        } else if c.is_ascii_alphabetic() {
            if !is_within_word {
                letters.push(c.to_ascii_lowercase());
            }
            is_within_word = true;
        } else {
            is_within_word = false;
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_people_read_them() {
        for (name, letters) in [
            ("张伟", "zw"),
            ("曾国藩", "zgf"),
            ("单田芳", "stf"),
            ("万俟咏", "mqy"),
            ("欧阳娜娜", "oynn"),
            ("阿卜杜拉·买买提", "abdlmmt"),
            ("JOHN SMITH", "js"),
            ("?", ""),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }
}
