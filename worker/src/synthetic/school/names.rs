//! Invented names, common and rare.

use super::Sex;
use crate::synthetic::dice::Dice;

const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";
const RARE_SURNAMES: &str = "逄亓禤昝璩笪乜缑郤仉";
const COMPOUND_SURNAMES: [&str; 8] = ["欧阳", "上官", "司徒", "诸葛", "皇甫", "慕容", "令狐", "端木"];
const GIVEN_MALE: &str = "明伟强军磊洋勇杰涛超刚平辉鹏飞波斌宇浩凯健俊帆帅旭宁阳建华亮成毅峰志文博昊天睿哲泽轩晨逸家豪嘉铭瑞承思远岩松柏川岳";
const GIVEN_FEMALE: &str =
    "敏静丽艳娟霞秀燕玲桂兰萍红玉洁莹雪琳晶倩颖佳婷慧怡欣悦雅诗涵梦琪思雨晴彤萱若曦妍蕊楠璇馨月欢语嫣可依诺荷竹微澜";
/// In GBK, but not in GB 2312.
const RARE_GBK: &str = "喆堃犇昇玥燚祎翀珺旻璟晞玹垚赟婳頔彧";
/// CJK extensions A and B and later: four bytes in GB 18030, absent from GBK.
const RARE_EXTENSION: &str = "㛃㬎㲋䶮㵾䲮𠅤𠮷𡥘𣇈𤩽𦈡𬱖𬍛𫖯𬤇";
const MINORITIES: [&str; 10] = [
    "壮族",
    "回族",
    "满族",
    "苗族",
    "土家族",
    "彝族",
    "侗族",
    "瑶族",
    "白族",
    "畲族",
];

/// 民族, sex, first parts and second parts of names written with U+00B7 (民委发〔2016〕33号).
type DottedNames = (&'static str, Sex, &'static [&'static str], &'static [&'static str]);

const DOTTED: [DottedNames; 6] = [
    (
        "维吾尔族",
        Sex::Male,
        &["艾力", "吐尔逊", "库尔班", "艾尔肯", "玉素甫江"],
        &["吐尔洪", "买买提明", "依明", "肉孜"],
    ),
    (
        "维吾尔族",
        Sex::Female,
        &["阿依古丽", "帕提古丽", "热依汗", "迪丽努尔"],
        &["阿不都热依木", "吐尔洪", "赛买提", "艾合买提"],
    ),
    ("藏族", Sex::Male, &["扎西", "多吉", "洛桑"], &["顿珠", "平措", "旺堆"]),
    (
        "藏族",
        Sex::Female,
        &["卓玛", "央金", "白玛"],
        &["措姆", "曲珍", "德吉"],
    ),
    ("哈萨克族", Sex::Male, &["叶尔肯", "努尔兰"], &["木拉提", "沙力克"]),
    (
        "哈萨克族",
        Sex::Female,
        &["阿依达娜", "古丽娜尔"],
        &["木拉提", "阿依丁"],
    ),
];

/// A name and the 民族 that goes with it.
pub(crate) fn invent(dice: &mut Dice, sex: Sex) -> (String, &'static str) {
    if dice.chance(25) {
        return dotted(dice, sex);
    }
    let given = if sex == Sex::Male { GIVEN_MALE } else { GIVEN_FEMALE };
    let mut name = match dice.below(1000) {
        0..12 => letter(dice, RARE_SURNAMES).to_string(),
        12..24 => dice.pick(&COMPOUND_SURNAMES).to_owned(),
        _ => common_surname(dice).to_string(),
    };
    if dice.chance(820) {
        name.push(letter(dice, given));
    }
    let last = match dice.below(1000) {
        0..14 => RARE_GBK,
        14..26 => RARE_EXTENSION,
        _ => given,
    };
    name.push(letter(dice, last));
    let nation = if dice.chance(920) {
        "汉族"
    } else {
        dice.pick(&MINORITIES)
    };
    (name, nation)
}

fn dotted(dice: &mut Dice, sex: Sex) -> (String, &'static str) {
    let fitting: Vec<DottedNames> = DOTTED.iter().copied().filter(|names| names.1 == sex).collect();
    let (nation, _, first, second) = dice.pick(&fitting);
    (format!("{}\u{b7}{}", dice.pick(first), dice.pick(second)), nation)
}

fn letter(dice: &mut Dice, letters: &str) -> char {
    letters.chars().nth(dice.below(letters.chars().count())).unwrap_or('明')
}

/// The list is in order of frequency; the product of two draws favours its beginning, so some names repeat.
fn common_surname(dice: &mut Dice) -> char {
    let count = SURNAMES.chars().count();
    let bound = dice.below(count) + 1;
    SURNAMES.chars().nth(dice.below(bound)).unwrap_or('王')
}
