//! Words of roll files brought to the few that rules need. The raw words are kept beside them.

crate::text_enum! {
    /// 学籍状态, normalised.
    RollStatus {
        /// 注册学籍.
        Registered = "registered",
        /// 暂缓注册.
        Deferred = "deferred",
        /// 休学.
        Suspended = "suspended",
        /// 保留学籍, 保留入学资格.
        Retained = "retained",
        /// 退学.
        Withdrawn = "withdrawn",
        /// 转学, 转出.
        Transferred = "transferred",
        /// 毕业.
        Graduated = "graduated",
        /// 结业.
        Completed = "completed",
        /// 肄业.
        Incomplete = "incomplete",
        /// 取消学籍, 开除学籍, 放弃入学资格, 取消入学资格.
        Cancelled = "cancelled",
        /// 死亡.
        Deceased = "deceased",
        /// A word that no list has, or none.
        Unknown = "unknown",
    }
}

impl RollStatus {
    /// Reads the roll's word.
    pub fn of(raw: &str) -> Self {
        let word = raw.trim();
        // "不在籍(毕业)" and "在籍(注册学籍)" carry the state in brackets.
        let inner = word
            .split_once(['(', '（'])
            .map_or(word, |(_, rest)| rest.trim_end_matches([')', '）']));
        match inner.trim() {
            "注册学籍" | "注册" | "在籍" => Self::Registered,
            "暂缓注册" => Self::Deferred,
            "休学" => Self::Suspended,
            "保留学籍" | "保留入学资格" => Self::Retained,
            "退学" => Self::Withdrawn,
            "转学" | "转出" => Self::Transferred,
            "毕业" | "已毕业" => Self::Graduated,
            "结业" | "已结业" => Self::Completed,
            "肄业" => Self::Incomplete,
            "取消学籍" | "开除学籍" | "放弃入学资格" | "取消入学资格" | "注销" => Self::Cancelled,
            "死亡" => Self::Deceased,
            _ => Self::Unknown,
        }
    }

    /// Whether the row can still receive a photo. A word nobody knows closes nothing.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Registered | Self::Deferred | Self::Suspended | Self::Retained | Self::Unknown
        )
    }
}

crate::text_enum! {
    /// 层次, normalised.
    LevelKind {
        /// 博士研究生.
        Doctor = "doctor",
        /// 硕士研究生.
        Master = "master",
        /// 本科, 高起本, 第二学士学位.
        Bachelor = "bachelor",
        /// 专升本.
        Upgrade = "upgrade",
        /// 专科, 高起专.
        Associate = "associate",
    }
}

impl LevelKind {
    /// Reads the roll's word; none where no list has it.
    pub fn of(raw: &str) -> Option<Self> {
        match raw.trim() {
            "博士" | "博士研究生" => Some(Self::Doctor),
            "硕士" | "硕士研究生" | "研究生" => Some(Self::Master),
            "本科" | "高起本" | "第二学士学位" | "大学本科" => Some(Self::Bachelor),
            "专升本" => Some(Self::Upgrade),
            "专科" | "高起专" | "高职" | "大专" => Some(Self::Associate),
            _ => None,
        }
    }
}

crate::text_enum! {
    /// 性别.
    Sex {
        /// 男.
        Male = "male",
        /// 女.
        Female = "female",
    }
}

impl Sex {
    /// Reads a word or a code of GB/T 2261.1.
    pub fn of(raw: &str) -> Option<Self> {
        match raw.trim() {
            "男" | "1" | "男性" | "M" | "m" => Some(Self::Male),
            "女" | "2" | "女性" | "F" | "f" => Some(Self::Female),
            _ => None,
        }
    }
}

/// The 56 names of GB/T 3304 in the order of their codes, without 族.
const ETHNICITIES: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

/// 民族 with its full name, read from a name with or without 族, from a code of GB/T 3304, or from an old spelling. Words that are
/// none (a region, for students from Hong Kong, Macao and Taiwan) stay as they are.
pub fn ethnicity(raw: &str) -> String {
    let word = raw.trim();
    if let Some(name) = word
        .parse::<usize>()
        .ok()
        .and_then(|code| ETHNICITIES.get(code.checked_sub(1)?))
    {
        return format!("{name}族");
    }
    let stem = match word.strip_suffix('族').unwrap_or(word) {
        "毛难" => "毛南",
        "崩龙" => "德昂",
        other => other,
    };
    if ETHNICITIES.contains(&stem) {
        format!("{stem}族")
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_states_with_and_without_brackets() {
        assert_eq!(RollStatus::of("在籍(注册学籍)"), RollStatus::Registered);
        assert_eq!(RollStatus::of("不在籍（毕业）"), RollStatus::Graduated);
        assert!(!RollStatus::of("结业").is_open() && RollStatus::of("在读").is_open());
    }

    #[test]
    fn reads_ethnicities_by_name_code_and_old_spelling() {
        assert_eq!(
            (ethnicity("01"), ethnicity("毛难族"), ethnicity("壮")),
            ("汉族".into(), "毛南族".into(), "壮族".into())
        );
        assert_eq!(ethnicity("香港"), "香港");
    }
}
