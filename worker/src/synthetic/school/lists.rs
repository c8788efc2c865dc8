//! Majors of the invented school.

/// A programme of study.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Major {
    /// 专业代码.
    pub(crate) code: &'static str,
    /// 专业名称.
    pub(crate) name: &'static str,
    /// 层次.
    pub(crate) level: &'static str,
    /// 学制, whole years.
    pub(crate) years: i32,
    /// 学习形式.
    pub(crate) form: &'static str,
    /// 分院.
    pub(crate) college: &'static str,
    /// Two digits of the college in a 学号.
    pub(crate) college_no: u32,
    /// Beginning of the class names.
    pub(crate) short: &'static str,
}

impl Major {
    /// True for students straight from school.
    pub(crate) fn is_full_time(&self) -> bool {
        self.form == "普通全日制"
    }

    /// 学历类别.
    pub(crate) fn category(&self) -> &'static str {
        match self.is_full_time() {
            true => "普通高等教育",
            false => "成人高等教育",
        }
    }
}

const fn full_time(
    code: &'static str,
    name: &'static str,
    level: &'static str,
    years: i32,
    college: (&'static str, u32),
    short: &'static str,
) -> Major {
    Major {
        code,
        name,
        level,
        years,
        form: "普通全日制",
        college: college.0,
        college_no: college.1,
        short,
    }
}

const fn part_time(code: &'static str, name: &'static str, form: &'static str, short: &'static str) -> Major {
    Major {
        code,
        name,
        level: "专升本",
        years: 2,
        form,
        college: CONTINUING.0,
        college_no: CONTINUING.1,
        short,
    }
}

const COMPUTING: (&str, u32) = ("信息与智能分院", 1);
const BUSINESS: (&str, u32) = ("经济与管理分院", 2);
const LANGUAGES: (&str, u32) = ("外国语分院", 3);
const MACHINES: (&str, u32) = ("机电工程分院", 4);
const BUILDING: (&str, u32) = ("土木与建筑分院", 5);
const DESIGN: (&str, u32) = ("艺术设计分院", 6);
const NURSING: (&str, u32) = ("医学与护理分院", 7);
const CONTINUING: (&str, u32) = ("继续教育分院", 8);

/// Everything the school teaches.
pub(crate) static MAJORS: [Major; 18] = [
    full_time("080901", "计算机科学与技术", "本科", 4, COMPUTING, "计科"),
    full_time("080903", "网络工程", "本科", 4, COMPUTING, "网工"),
    full_time("080910T", "数据科学与大数据技术", "本科", 4, COMPUTING, "数据"),
    full_time("120203K", "会计学", "本科", 4, BUSINESS, "会计"),
    full_time("120601", "物流管理", "本科", 4, BUSINESS, "物流"),
    full_time("050201", "英语", "本科", 4, LANGUAGES, "英语"),
    full_time("050207", "日语", "本科", 4, LANGUAGES, "日语"),
    full_time("080202", "机械设计制造及其自动化", "本科", 4, MACHINES, "机自"),
    full_time("080801", "自动化", "本科", 4, MACHINES, "自动化"),
    full_time("081001", "土木工程", "本科", 4, BUILDING, "土木"),
    full_time("082801", "建筑学", "本科", 5, BUILDING, "建筑"),
    full_time("130504", "产品设计", "本科", 4, DESIGN, "产设"),
    full_time("101101", "护理学", "本科", 4, NURSING, "护本"),
    full_time("520201", "护理", "专科", 3, NURSING, "护专"),
    full_time("510202", "计算机网络技术", "专科", 3, COMPUTING, "计网"),
    full_time("530701", "电子商务", "专科", 3, BUSINESS, "电商"),
    part_time("120201K", "工商管理", "业余", "工管升"),
    part_time("120206", "人力资源管理", "函授", "人资升"),
];

static SECOND_DEGREE: Major = Major {
    code: "030101K",
    name: "法学",
    level: "第二学士学位",
    years: 2,
    form: "普通全日制",
    college: BUSINESS.0,
    college_no: BUSINESS.1,
    short: "法双",
};

/// The 专科 programmes that a 专升本 student may have come from.
pub(crate) fn junior_majors() -> Vec<&'static Major> {
    MAJORS.iter().filter(|major| major.level == "专科").collect()
}

/// A programme studied beside the first one.
pub(crate) fn second_degree() -> &'static Major {
    &SECOND_DEGREE
}
