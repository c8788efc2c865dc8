## 更正工单：词语
ticket-kind-account = 账号身份
ticket-kind-roll = 学籍信息
ticket-kind-photo = 照片
ticket-kind-prior-credential = 前置学历
ticket-kind-identity-check = 身份核验
ticket-kind-duplicate = 重复照片
ticket-kind-other = 其他
ticket-state-draft = 草稿
ticket-state-submitted = 已提交
ticket-state-triaged = 已分类
ticket-state-need-more = 待学生补充
ticket-state-in-review = 处理中
ticket-state-approved = 已批准
ticket-state-applied = 已执行
ticket-state-notified = 已告知
ticket-state-closed = 已结束
ticket-state-rejected = 未通过
ticket-state-escalated = 已转外部
ticket-state-withdrawn = 已撤回
ticket-state-merged = 已并入
ticket-step-submit = 提交
ticket-step-triage = 分类
ticket-step-ask = 请学生补充
ticket-step-answer = 补充完毕
ticket-step-review = 开始处理
ticket-step-approve = 批准并执行
ticket-step-apply = 执行
ticket-step-notify = 已告知学生
ticket-step-close = 结束
ticket-step-reject = 不通过
ticket-step-escalate = 转交外部
ticket-step-return = 外部已答复
ticket-step-withdraw = 撤回
ticket-step-reopen = 重新打开
ticket-step-merge = 并入另一工单
ticket-body-province = 省级教育行政部门
ticket-body-chsi = 学信网
ticket-body-agency = 图像采集机构
ticket-body-exam-authority = 考试院（招办）
ticket-field-name = 姓名
ticket-field-sex = 性别
ticket-field-id-number = 身份证号
ticket-field-birth-date = 出生日期
ticket-field-ethnicity = 民族
ticket-field-major = 专业名称
ticket-field-level = 层次
ticket-field-study-form = 学习形式
ticket-field-duration = 学制
ticket-evidence-id-card = 身份证正反面（同一页）
ticket-evidence-household-book = 户口簿各页
ticket-evidence-police-certificate = 公安机关证明
ticket-evidence-admission-form = 录取名册或录取审批表
ticket-evidence-prior-certificate = 前置学历证书
ticket-evidence-registration-form = 教育部学历证书电子注册备案表
ticket-evidence-handheld-photo = 手持身份证照片
ticket-evidence-school-certificate = 高中（中职）毕业证照片页
ticket-evidence-pledge = 本人承诺书（手写）
ticket-evidence-medical-proof = 就医证明
ticket-evidence-other = 其他材料
ticket-check-roll-is-right = 学籍信息无误，是账号填错
ticket-check-number-is-of-person = 证件是本人的
ticket-check-other-accounts-known = 已查明用这个号码的其他账号
ticket-check-who-is-wrong = 已查明是谁出的错（谁出错，谁纠错）
ticket-check-window-is-open = 在学籍更正的时间窗口内
ticket-check-not-graduating-term = 不在毕业学期，未毕业
ticket-check-copy-is-of-original = 复印件已与原件核对
ticket-check-compared-with-admission-photo = 已与录取照片比对
ticket-check-swap-partner-looked-for = 已查找是否与他人对调
ticket-check-certificate-number-checked = 证书编号已核对
ticket-check-predates-entry = 前置学历早于入学
ticket-check-former-school-asked = 已联系原学校
ticket-check-person-was-met = 已与本人见面
ticket-check-archive-was-read = 已查阅档案
ticket-check-attendance-was-asked = 已了解在校情况
ticket-check-compared-again = 已再次比对
ticket-check-both-photos-compared = 两张照片已比对
ticket-check-both-students-asked = 两位学生都已询问
ticket-call-reached = 已告知本人
ticket-call-no-answer = 无人接听
ticket-call-wrong-number = 号码有误
ticket-call-called-us = 学生来电
ticket-came-page = 学生页面
ticket-came-dispute = 校对时提出
ticket-came-mail = 邮件
ticket-came-phone = 电话
ticket-came-office = 办公室录入

## 更正工单：通知
notice-ticket-received-subject = 更正申请已收到（工单 { $ticket }）
notice-ticket-received-text =
    { $name } 同学：

    你的更正申请已收到，工单号 { $ticket }。我们承诺在 { $due } 之前处理。
    随时可以登录查看进度、补充说明：

    { $link }
notice-ticket-question-subject = 请补充材料（工单 { $ticket }）
notice-ticket-question-text =
    { $name } 同学：

    处理工单 { $ticket } 还需要你补充。请登录查看并回复；在你回复之前，办理时限暂停计算：

    { $link }
notice-ticket-message-subject = 工单 { $ticket } 有新回复
notice-ticket-message-text =
    { $name } 同学：

    学籍科在工单 { $ticket } 中给你留了言，请登录查看：

    { $link }
notice-ticket-escalated-subject = 工单 { $ticket } 已转交外部机构
notice-ticket-escalated-text =
    { $name } 同学：

    工单 { $ticket } 需要由校外机构处理，已转交。对方答复之前，办理时限暂停计算。进度见：

    { $link }
notice-ticket-done-subject = 工单 { $ticket } 已办结
notice-ticket-done-text =
    { $name } 同学：

    工单 { $ticket } 已办结，请登录查看结果；如果不对，可以在 30 天内重新打开：

    { $link }
notice-ticket-rejected-subject = 工单 { $ticket } 未通过
notice-ticket-rejected-text =
    { $name } 同学：

    工单 { $ticket } 没有通过，原因和办法请登录查看；有异议可以在 30 天内重新打开：

    { $link }
notice-ticket-merged-subject = 工单 { $ticket } 已并入另一工单
notice-ticket-merged-text =
    { $name } 同学：

    工单 { $ticket } 与你的另一个工单是同一件事，已合并办理：

    { $link }
notice-tickets-due-subject = 工单提醒：{ $overdue } 件超时，{ $soon } 件将到期
notice-tickets-due-text =
    有 { $overdue } 件工单已超过承诺时限，{ $soon } 件将在半个工作日内到期：

    { $link }
notice-ticket-draft-subject = 请确认你的更正申请（工单 { $ticket }）
notice-ticket-draft-text =
    我们收到了从这个邮箱发来的更正申请，工单号 { $ticket }。请打开下面的链接确认提交，7 天内有效：

    { $link }

    如果不是你发的，不必理会。
