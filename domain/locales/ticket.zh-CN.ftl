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
ticket-step-triage = 改类别
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

## 更正工单：办公室
rail-tickets = 工单
ticket-band-open = 全部未结
ticket-band-mine = 我的
ticket-band-unassigned = 未分配
ticket-band-due-soon = 将到期
ticket-band-overdue = 已超时
ticket-band-waiting = 等待他人
ticket-band-ended = 已结束
tickets-answer = { $open } 件未结，{ $overdue } 件超时；最先到期的排在前面。
tickets-bands = 工单分组
tickets-new = 新建工单
tickets-new-lead = 为来电或到访的学生登记；提交后即开始计时。
tickets-new-find = 先在学生页面找到这位学生，再从那里新建；找不到学籍的可直接登记。
tickets-statistics = 统计
tickets-kinds = 类别与常用语
tickets-acted = 已处理 { $done } 件，{ $refused } 件不能这样处理。
tickets-tick = 选择
tickets-tick-one = 选择工单 { $n }
tickets-bulk = 对所选工单
tickets-give = 分配
tickets-give-to = 分配给
tickets-words = 回复内容
tickets-say = 回复所选
tickets-close = 结束所选
tickets-open = 提交工单
tickets-tally-handed-in = 提交
tickets-tally-open = 未结
tickets-tally-done = 办结
tickets-tally-rejected = 未通过
tickets-tally-dropped = 撤回或并入
tickets-tally-in-time = 按时
tickets-tally-satisfaction = 满意度
ticket-title = 工单 { $n }
ticket-number = 工单
ticket-kind = 类别
ticket-state = 状态
ticket-due = 承诺时限
ticket-assignee = 经办人
ticket-changed = 最近变化
ticket-overdue = 超时
ticket-soon = 将到期
ticket-nobody = 无人
ticket-in-turn = 按轮值分配
ticket-no-record = 未关联学籍
ticket-came = 来源
ticket-phone = 联系电话
ticket-what = 要更正什么
ticket-conversation = 往来
ticket-student = 学生
ticket-internal = 仅办公室可见
ticket-house = 系统
ticket-write = 写给学生，或记给同事
ticket-send = 发给学生
ticket-keys = 按 Ctrl+Enter 发给学生，Ctrl+Shift+Enter 记给同事。
tickets-keys = 用 Tab 进入列表后，↑ ↓ 换行，x 勾选，回车打开。
ticket-note = 记给同事
ticket-text-module = 常用语
ticket-call = 登记电话
ticket-call-outcome = 结果
ticket-call-words = 说了什么
ticket-call-keep = 登记
ticket-next = 下一步
ticket-facts = 情况
ticket-to-body = 转给
ticket-words-student = 说明（学生可见）
ticket-pictures = 两张照片
ticket-swap = 可能对调的学生
ticket-swap-hint = 同一批次里也说“照片不是本人”的，以及拍摄次序相邻的。关联后，批准时对方的校对会重新打开。
ticket-swap-disputed = 也说照片不是本人
ticket-swap-link = 关联为对调方
ticket-swap-remove = 取消关联
ticket-checklist = 核对清单
ticket-changes = 学籍更改
ticket-propose = 提出更改
ticket-propose-hint = 更改要由另一位同事批准才会写入学籍；号码与出生日期、性别不一致时要一并提出。
ticket-field = 字段
ticket-value = 改为
ticket-proposal-open = 待批准
ticket-proposal-dropped = 已撤回
ticket-proposal-applied = 已写入
ticket-proposal-drop = 撤回
ticket-links = 关联
ticket-link = 关联
ticket-link-what = 关联到
ticket-link-number = 编号
ticket-link-record = 学籍记录
ticket-link-photo = 照片
ticket-link-batch = 批次
ticket-link-ticket = 工单
ticket-link-swap-partner = 对调方
ticket-satisfaction = 满意度
ticket-more = 更多
ticket-into = 并入工单号
ticket-split = 拆出一个工单
ticket-also-here = 正在查看此工单：
ticket-changed-meanwhile = 工单有新变化，点此重新打开
ticket-approve-hint-account = 批准后：用同一号码注册的其他账号会注销，或让该账号重新填写身份信息；学生随即收到通知。
ticket-approve-hint-roll = 批准后：待批准的更改写入学籍，学生随即收到通知，并需重新校对学籍信息。
ticket-approve-hint-photo = 批准后：照片退回补采，对调方的校对重新打开，学生随即收到通知。
ticket-approve-hint-prior-credential = 批准后学生随即收到通知。
ticket-approve-hint-identity-check = 批准后学生随即收到通知。
ticket-approve-hint-duplicate = 批准后学生随即收到通知。
ticket-approve-hint-other = 批准后学生随即收到通知。
ticket-event-opened = 提出
ticket-event-moved = 变为
ticket-event-message = 留言
ticket-event-note = 备注
ticket-event-assigned = 分配
ticket-event-linked = 关联
ticket-event-unlinked = 取消关联
ticket-event-absorbed = 并入了工单
ticket-event-split = 拆出工单
ticket-event-proposed = 提出更改：
ticket-event-dropped = 放弃更改
ticket-event-changed = 更改已写入学籍
ticket-event-photo-refused = 照片已退回补采
ticket-event-partner-reopened = 对调方已重新打开
ticket-event-accounts-ended = 账号身份已处理
ticket-event-evidence = 交来材料
ticket-event-checked = 已核对：
ticket-event-unchecked = 取消核对：
ticket-event-phoned = 电话：
ticket-event-due-soon = 即将到期
ticket-event-overdue = 已超时
ticket-event-rated = 满意度
kind-days = { $n } 个工作日
kind-second = 两人办理
kind-second-long = 一人提出，另一人批准
kind-working-days = 承诺工作日
kind-evidence = 所需材料，每行一种
kind-evidence-hint = 以 * 开头的为必需，缺少时不能提交。
kind-decided-by = 由谁决定
kind-bodies = 可转交
kind-fields = 可更改的学籍字段
kind-keep = 保存
tickets-kinds-lead = 每类工单承诺几天、要什么材料、核对什么、谁来决定；已承诺的工单不受影响。
texts-title = 常用语
texts-name = 标题
texts-body = 内容
texts-add = 添加常用语
empty-tickets = 这里没有工单
empty-tickets-next = 学生提出更正，或为来电的学生新建工单后，会出现在这里。
empty-ticket-statistics = 这段时间没有提交的工单
empty-ticket-statistics-next = 换一个时间段再看。

## 时限

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
notice-ticket-writer-text =
    你写信提出的更正（工单 { $ticket }）有了新进展。打开下面的链接查看，60 天内有效：

    { $link }

    要补充说明或材料，直接回复这封邮件即可。链接不要转发给别人。
notice-tickets-due-subject = 工单提醒：{ $overdue } 件超时，{ $soon } 件将到期
notice-tickets-due-text =
    有 { $overdue } 件工单已超过承诺时限，{ $soon } 件将在半个工作日内到期：

    { $link }
notice-ticket-draft-subject = 请确认你的更正申请（工单 { $ticket }）
notice-ticket-draft-text =
    我们收到了从这个邮箱发来的更正申请，工单号 { $ticket }。请打开下面的链接确认提交，7 天内有效：

    { $link }

    如果不是你发的，不必理会。
