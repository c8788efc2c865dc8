# 工作日历：节假日、调休上班、作息时间。

holiday-new-year = 元旦
holiday-spring-festival = 春节
holiday-qingming = 清明节
holiday-labour-day = 劳动节
holiday-dragon-boat = 端午节
holiday-mid-autumn = 中秋节
holiday-national-day = 国庆节
holiday-national-and-mid-autumn = 国庆节、中秋节

## 星期与月份
weekday-1 = 周一
weekday-2 = 周二
weekday-3 = 周三
weekday-4 = 周四
weekday-5 = 周五
weekday-6 = 周六
weekday-7 = 周日
weekday-short-1 = 一
weekday-short-2 = 二
weekday-short-3 = 三
weekday-short-4 = 四
weekday-short-5 = 五
weekday-short-6 = 六
weekday-short-7 = 日
calendar-month-1 = 1 月
calendar-month-2 = 2 月
calendar-month-3 = 3 月
calendar-month-4 = 4 月
calendar-month-5 = 5 月
calendar-month-6 = 6 月
calendar-month-7 = 7 月
calendar-month-8 = 8 月
calendar-month-9 = 9 月
calendar-month-10 = 10 月
calendar-month-11 = 11 月
calendar-month-12 = 12 月

## 工作日历
calendar-title = 工作日历
calendar-answer = 办理期限按这里的工作时间计算：每个工作日 { $hours } 小时{ $minutes ->
    [0] {""}
   *[other] { " " }{ $minutes } 分
}。周末和放假不算，调休上班要算；国务院办公厅的安排已经在内，本校可以另作决定。
calendar-no-school = 还没有学校：导入学籍后，可以在这里为本校另定放假、上班和作息。
calendar-year = { $year } 年
calendar-by-notice = 按国务院办公厅通知
calendar-declared = 本校已确认
calendar-provisional = 暂定
calendar-provisional-hint = { $year } 年的放假安排还没有公布，也没有经本校确认。跨到这一年的期限都是暂定的，工单上会注明。
calendar-declare = 确认 { $year } 年的安排
calendar-withdraw = 撤回对 { $year } 年的确认
calendar-standing-working = 工作日
calendar-standing-makeup = 调休上班
calendar-standing-weekend = 周末
calendar-standing-holiday = 放假
calendar-mark-holiday = 休
calendar-mark-makeup = 班
calendar-own = 本校另定
calendar-weekends = 没有标记的周六、周日不上班
calendar-set = 另定某天
calendar-set-hint = 填“到”可以一次定下连续几天。先看影响，再生效。
calendar-day = 日期
calendar-until = 到（可不填）
calendar-kind = 安排
calendar-kind-off = 放假
calendar-kind-work = 上班
calendar-name = 名称
calendar-hours = 作息时间
calendar-hours-hint = 没有午休时，午休两格都留空。三个工作日按新的作息折算。
calendar-opens = 上班
calendar-lunch-from = 午休开始
calendar-lunch-until = 午休结束
calendar-closes = 下班
calendar-try = 查看影响
calendar-import = 导入名单
calendar-file = 文件
calendar-import-hint = CSV 或 Excel，每行三列：日期、休或班、名称。已经一致的日子不会重复记录。例如：
calendar-complete = 这份名单是全年的完整安排：同时确认这一年
calendar-own-days = { $year } 年本校另定的日子
calendar-changed = 决定人
calendar-clear = 取消另定
calendar-preview = 改动日历的影响
calendar-preview-answer = { $days } 天的安排会变；下面的例子里有 { $moved } 个期限会移动。还没有生效。
calendar-preview-nothing = 日历已经是这样，没有要改的。
calendar-preview-days = 会变的日子
calendar-before = 现在
calendar-after = 改后
calendar-apply = 生效
calendar-leave = 不改
calendar-will-be-settled = { $year } 年改为已确认，期限不再是暂定的
calendar-will-be-provisional = { $year } 年改为暂定
calendar-promises = 三个工作日的例子
calendar-promises-hint = 在每个工作日一上班就提交的工单，何时到期：
calendar-opened = 提交
calendar-due-now = 现在的期限
calendar-due-then = 改后的期限
calendar-shift = 变化
calendar-shift-later = 推后
calendar-shift-earlier = 提前
calendar-shift-same = 不变

## 名单的问题
calendar-problem-calendar-list-date = 第 { $row } 行：第一列要写日期，如 2027-02-05。
calendar-problem-calendar-list-kind = 第 { $row } 行：第二列要写“休”或“班”。
calendar-problem-calendar-list-name = 第 { $row } 行：第三列要写名称，不超过 40 个字。
calendar-problem-calendar-list-twice = 第 { $row } 行：这一天在名单里已经出现过。
calendar-problem-calendar-list-empty = 名单里没有日期。
calendar-problem-nothing = 日历没有改动。

## 错误页与审计
act-calendar-change = 修改工作日历
act-calendar-read = 查看工作日历
error-calendar-moved-on-title = 日历已经变了
error-calendar-moved-on-what = 打开页面之后，有人改过这份日历，你的改动没有生效。
error-calendar-moved-on-advice = 请重新打开日历，核对后再改。
error-work-hours-title = 作息时间不对
error-work-hours-what = 上班、午休开始、午休结束、下班要依次在同一天之内，没有做任何改动。
error-work-hours-advice = 请按 08:30、12:00、14:00、17:30 这样的顺序填写；没有午休就两格都留空。
error-time-of-day-title = 时间写法不对
error-time-of-day-what = 有一格不是时间，没有做任何改动。
error-time-of-day-advice = 请按 08:30 这样填写。
error-work-day-name-title = 名称不对
error-work-day-name-what = 每个另定的日子都要有名称，不超过 40 个字。
error-work-day-name-advice = 请返回上一页补上名称。
error-calendar-range-title = 起止日期不对
error-calendar-range-what = 最后一天要在第一天之后、一年之内，没有做任何改动。
error-calendar-range-advice = 请返回上一页改正日期。
error-calendar-year-title = 年份太远
error-calendar-year-what = 只能改 2000 年到 2100 年的日子，没有做任何改动。
error-calendar-year-advice = 请检查年份。
error-calendar-days-title = 一次改得太多
error-calendar-days-what = 一次最多改 400 天，没有做任何改动。
error-calendar-days-advice = 请分几次修改。
