//! What the writer of an answer said, without what their program quoted below it.

/// Characters that are kept.
pub(super) const MAX_WORDS_CHARS: usize = 3_800;
/// Lines of a mail that are looked at; what follows is quotation in any mail that people write.
const MAX_LINES: usize = 4_000;

/// What programs write on a line of its own in front of what they quote; compared without dashes and spaces.
const DIVIDERS: [&str; 6] = [
    "originalmessage",
    "forwardedmessage",
    "原始邮件",
    "原邮件",
    "邮件原件",
    "转发邮件",
];
/// How the line ends that says who wrote what is quoted.
const INTRODUCTIONS: [&str; 4] = ["wrote:", "写道:", "写道：", "schrieb:"];

/// The words of the writer alone; all of what is not quoted where the answer stands below the quotation.
pub(super) fn own_words(text: &str) -> String {
    let lines: Vec<&str> = text.lines().take(MAX_LINES).map(str::trim_end).collect();
    let end = (0..lines.len())
        .find(|&at| begins_quotation(&lines, at))
        .unwrap_or(lines.len());
    let above = joined(lines.iter().take(end));
    if !above.is_empty() {
        return above;
    }
    joined(lines.iter())
}

/// The lines without quoted ones, cut to what a ticket takes.
fn joined<'a>(lines: impl Iterator<Item = &'a &'a str>) -> String {
    let own: Vec<&str> = lines
        .copied()
        .filter(|line| !line.trim_start().starts_with('>'))
        .collect();
    own.join("\n").trim().chars().take(MAX_WORDS_CHARS).collect()
}

fn begins_quotation(lines: &[&str], at: usize) -> bool {
    let Some(line) = lines.get(at).map(|line| line.trim()) else {
        return false;
    };
    let next = lines.get(at + 1).map(|line| line.trim()).unwrap_or_default();
    is_divider(line)
        || is_introduction(line)
        // Long introductions are broken in two.
        || (line.starts_with("On ") && is_introduction(next))
        || is_head_of_quoted_mail(line, next)
        || (line == "--" && at > 0)
}

fn is_divider(line: &str) -> bool {
    let dashes = line.chars().filter(|c| matches!(c, '-' | '_' | '—')).count();
    if dashes < 3 {
        return false;
    }
    let rest: String = line
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | '—') && !c.is_whitespace())
        .collect::<String>()
        .to_lowercase();
    (rest.is_empty() && dashes >= 20) || DIVIDERS.contains(&rest.as_str())
}

fn is_introduction(line: &str) -> bool {
    INTRODUCTIONS.iter().any(|ending| line.ends_with(ending))
}

/// The first two lines of a mail's head, as programs of offices quote it.
fn is_head_of_quoted_mail(line: &str, next: &str) -> bool {
    let begins = |line: &str, words: &[&str]| {
        words.iter().any(|word| {
            let rest = line.strip_prefix(word).unwrap_or_default().trim_start();
            rest.starts_with([':', '：'])
        })
    };
    begins(line, &["From", "发件人"]) && begins(next, &["Sent", "Date", "To", "发送时间", "发送日期", "日期", "收件人"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_below_is_cut_whatever_program_wrote_it() {
        for quotation in [
            "> 你好：\n> 请补充材料",
            "On Thu, 26 Nov 2026 at 10:00, Office <office@example.edu> wrote:\n> 请补充材料",
            "On Thu, 26 Nov 2026 at 10:00, Office of the University\n<office@example.edu> wrote:\n请补充材料",
            "在 2026年11月26日 10:00，学籍科 <office@example.edu> 写道：\n请补充材料",
            "------------------ 原始邮件 ------------------\n发件人: \"学籍科\"\n请补充材料",
            "-----Original Message-----\nFrom: Office\n请补充材料",
            "---- 转发邮件 ----\n请补充材料",
            "发件人：学籍科\n发送时间：2026年11月26日\n请补充材料",
            "From: Office\nSent: Thursday\n请补充材料",
            "________________________________\n请补充材料",
            "--\n张同学",
        ] {
            let text = format!("我已补充身份证。\n\n谢谢\n\n{quotation}\n");
            assert_eq!(own_words(&text), "我已补充身份证。\n\n谢谢", "{quotation}");
        }
    }

    #[test]
    fn an_answer_below_or_between_the_quotation_is_kept() {
        assert_eq!(own_words("> 请补充材料\n\n已补充"), "已补充");
        assert_eq!(
            own_words("On Thu, Office wrote:\n> 一？\n是\n> 二？\n否"),
            "On Thu, Office wrote:\n是\n否"
        );
    }

    #[test]
    fn lines_that_only_look_alike_stay() {
        for text in [
            "From: 我的学校",
            "他写道：我不同意吗？",
            "--- 见附件 ---",
            "a-b-c",
            "发件人 是谁",
        ] {
            assert_eq!(own_words(text), text);
        }
        assert_eq!(own_words(&"长".repeat(9_000)).chars().count(), MAX_WORDS_CHARS);
        assert_eq!(own_words(" \n> 只有引用\n"), "");
    }
}
