# 学生页面、邮件与短信

## 通知
notice-unsubscribe = 不想再收到提醒，请打开：
notice-activation-subject = 请激活你的毕业照片校对账号
notice-activation-text =
    你好：

    有人（应当是你）用这个邮箱注册毕业照片校对账号。请在 { $hours } 小时内打开下面的地址，输入注册时设置的密码完成激活：

    { $link }

    如果不是你本人注册，请忽略这封邮件，不要打开地址。
notice-account-exists-subject = 这个邮箱已经注册过账号
notice-account-exists-text =
    你好：

    有人用这个邮箱注册毕业照片校对账号，但它已经有账号了，没有新建。你可以直接登录；忘记密码时请在登录页选“找回密码”。

    如果不是你本人操作，请忽略这封邮件。
notice-reset-subject = 重设毕业照片校对账号的密码
notice-reset-text =
    你好：

    请在 { $hours } 小时内打开下面的地址，设置新密码：

    { $link }

    如果不是你本人操作，请忽略这封邮件，原密码不变。
notice-new-address-subject = 请确认新的登录邮箱
notice-new-address-text =
    你好：

    请在 { $hours } 小时内打开下面的地址，确认把它作为新的登录邮箱：

    { $link }

    如果不是你本人操作，请忽略这封邮件。
notice-phone-code-sms = 校验码 { $code }，{ $minutes } 分钟内有效，用于毕业照片校对。请勿告诉任何人。
notice-registered-subject = 账号已注册完成
notice-registered-text =
    { $name } 同学：

    你的毕业照片校对账号已注册完成。照片到了会发邮件告诉你，也可以随时登录查看：

    { $link }
notice-photo-arrived-subject = 你的毕业照片到了，请登录校对
notice-photo-arrived-text =
    { $name } 同学：

    你的学历照片已经上传。请登录查看：是本人就点“照片正确”，不是就点“照片错误”。不校对的照片不能用于学历注册。

    { $link }
notice-verdict-reminder-subject = 提醒：你还没有校对毕业照片
notice-verdict-reminder-text =
    { $name } 同学：

    照片到了已经 { $days } 天，你还没有校对。请登录看一眼，一分钟就好：

    { $link }
notice-photo-rejected-subject = 你的毕业照片需要重拍
notice-photo-rejected-text =
    { $name } 同学：

    你的照片没有通过（{ $reason }），需要在 { $due } 前重拍。{ $mend }

    重拍地点：{ $place }

    合格照片的样子和联系方式请登录查看；认为判断有误，也可以在那里申请复核：

    { $link }
notice-photo-rejected-sms = { $name } 同学，你的毕业照片没有通过（{ $reason }），请在 { $due } 前重拍。地点：{ $place }
notice-roll-changed-subject = 你的学籍信息有变化
notice-roll-changed-text =
    { $name } 同学：

    你的学籍信息有变化，可能影响采集资格。请登录核对：

    { $link }
notice-verdict-reopened-subject = 请重新校对
notice-verdict-reopened-text =
    { $name } 同学：

    学校重新打开了你的校对，请登录再看一次：

    { $link }

## 框架
student-brand = 毕业照片校对
student-places = 页面
student-place-home = 我的照片
student-place-notices = 通知
student-place-account = 账号
student-place-lookup = 查询
student-place-login = 登录
student-place-help = 帮助

## 首页与查询
front-title = 毕业照片校对
front-lead = 查看毕业照片到了没有，确认是不是你本人。
front-login = 登录
front-register = 注册账号
front-lookup-title = 先查一下照片到了没有
front-lookup-text = 不用注册，输入姓名和身份证号就能查到进度和下一步由谁处理。
front-lookup = 查询进度
lookup-title = 查询照片进度
lookup-lead = 这里只显示进度；原因和照片请登录后查看。
lookup-submit = 查询
lookup-result = 查询结果
lookup-again = 再查一次
lookup-nothing = 没有查到
lookup-nothing-text = 没有与所填姓名和身份证号完全一致的学籍。请核对姓名用字和号码后再查；确认无误请登录查看处理办法，或联系学院学生工作办公室。
standing-ready = 照片已到，等你校对
standing-ready-text = 请登录查看照片，选择“照片正确”或“照片错误”。
standing-done = 已办完
standing-done-text = 照片已校对或已用于毕业证书，不需要再做什么。
standing-waiting = 照片还没有到
standing-waiting-text = 预计日期请登录后查看。
standing-attention = 有事需要处理
standing-attention-text = 原因和办法请登录后查看。

## 字段
form-name = 姓名
form-id = 身份证号
form-email = 邮箱
form-password = 密码
form-new-password = 新密码
form-repeat = 再输入一次密码
form-login = 邮箱或手机号
form-document = 证件类型
form-document-card = 居民身份证
form-region = 户籍地区
form-phone = 手机号
form-code = 校验码
captcha-letters = 图中的字母和数字
captcha-alt = 一串弯曲的字母和数字；看不清可以换成问题
captcha-sum = { $one } 加 { $other } 等于几？
captcha-to-sum = 看不清？换成问答题
captcha-to-letters = 换成图片

## 填错时
problem-email = 请填写完整的邮箱地址，例如 name@example.com。
problem-password-short = 密码至少 8 个字符。
problem-password-long = 密码太长。
problem-password-plain = 密码需包含小写字母、大写字母、数字、其他符号中的三种。
problem-password-known = 这个密码太常见，或含有你的邮箱名，请换一个。
problem-password-differs = 两次输入的密码不一样。
problem-password-wrong = 密码不对，请输入注册时设置的密码。
problem-captcha-wrong = 图中的字母或答案不对，请按新的一题再填。
problem-login-refused = 账号或密码不对。
problem-not-activated = 账号还没有激活：请打开邮件里的链接；没有收到可以重新注册一次，会再发一封。
problem-locked = 错误次数太多，请过 { $minutes } 分钟再试，或用“找回密码”。
problem-link-shape = 这不是激活链接，请复制邮件里的整个地址。
problem-name = 请按身份证填写姓名，不要用拼音、同音字或数字。
problem-id-missing = 请填写身份证号。
problem-id-shape = 请填写 18 位身份证号。
problem-id-check-digit = 身份证号的最后一位对不上，请对照证件检查。
problem-id-birth-date = 身份证号里的出生日期不存在，请对照证件检查。
problem-id-region = 身份证号的地区码不存在，请对照证件检查。
problem-id-lost-digits = 身份证号不完整，请对照证件检查。
problem-id-taken = 这个身份证号已经注册过账号。请先找回用户名或密码；如果不是你本人注册的，可以请学籍科核实身份。
problem-region = 请选择所在地区。
problem-phone = 请填写 11 位手机号。
problem-phone-taken = 这个手机号已用于另一个账号。如果号码是你的，请勾选下面的选项改绑到本账号。
problem-code-too-soon = 刚刚发过校验码，请过一分钟再要。
problem-codes-spent = 今天发送的校验码已达上限，请明天再试。
problem-code-wrong = 校验码不对或已过期。
problem-reason-missing = 请选择一个原因。
problem-remark = 说明不能超过 500 字。
problem-remark-missing = 选“其他”时请写明哪里不对。

## 注册
register-step = 第 { $step } 步，共 5 步
register-title = 注册账号
register-email-hint = 用作登录名，也用来收通知。一个邮箱只能注册一次。
register-password-hint = 至少 8 个字符，大小写字母、数字、符号中占三种。
register-submit = 下一步
register-known = 已有账号？
sent-title = 请查收邮件
sent-text = 如果 { $email } 还没有注册过，激活链接已经发出，24 小时内有效；已经注册过的，我们会发邮件说明。
sent-paste = 链接打不开？把它粘贴到这里
sent-nothing = 没有收到？
sent-nothing-text = 先看看垃圾邮件。一分钟后可以再发一次，每天最多五封。
sent-resend = 再发一次
sent-again = 如果账号在等激活，新的链接已经发出；旧链接作废。
activate-title = 激活账号
activate-text = 请输入注册时设置的密码，确认是你本人激活。
activate-submit = 激活
activate-used = 账号已经激活，请登录。
activate-dead = 链接已过期或已被新的链接代替。请重新注册一次，会再发一封邮件。
activate-link = 邮件里的链接
activate-link-hint = 复制整个地址粘贴到这里。
activate-open = 打开
identity-title = 实名信息
identity-lead = 请与录取时登记的信息一致，否则查不到学籍。
identity-name-hint = 与身份证上的字完全一样。
identity-id-hint = 18 位，末位可能是 X。出生日期和性别由号码得出。
identity-derived = 出生日期和性别
identity-choose = 请选择
identity-phone-hint = 接收校验码，也可以用来登录。
identity-move-phone = 号码是我的，改绑到本账号
identity-submit = 发送校验码
phone-title = 填写校验码
phone-text = 校验码已发到 { $phone }，10 分钟内有效。
phone-submit = 下一步
phone-resend = 重新发送
phone-back = 返回修改
register-check-title = 这些信息都对吗？
confirm-text = 确认后用于查找你的学籍和照片，姓名和身份证号不能自己再改。
confirm-yes = 是，完成注册
confirm-no = 否，重新填写
done-title = 注册完成
done-text = 学籍和照片会自动关联到你的账号，最迟 24 小时内可以看到。
done-redirect = { $seconds } 秒后转到登录页。
done-stay = 留在这里

## 登录与找回
student-login-title = 登录
student-login-submit = 登录
student-login-notice-password-set = 新密码已设置，请登录。
student-login-notice-signed-out = 已退出。
student-login-notice-address-taken = 登录邮箱已更换，请用新邮箱登录。
student-login-notice-registered = 注册完成，请登录。
find-name-title = 找回登录邮箱（用户名）
find-name-submit = 查找
find-name-found = 你的登录邮箱是 { $email }。
find-name-nothing = 没有用这个姓名和身份证号注册的账号。
find-password-title = 找回密码
find-password-submit = 发送链接
find-password-nothing = 没有收到？先看看垃圾邮件，一分钟后可以再发一次。
find-password-again = 再发一次
find-password-sent = 如果这个邮箱有账号，重设密码的链接已经发出，24 小时内有效。
reset-title = 设置新密码
reset-submit = 设置
reset-dead = 链接已用过或已过期。

## 我的照片
home-title = 我的照片
home-greeting = { $name } 同学，你的毕业照片
home-previous = 上次登录时间 { $at }，登录 IP { $address }
home-unread = { $count } 条新通知
home-proof = 查看并校对
home-look = 查看照片和学籍信息
home-on-behalf = 由辅导员代为校对，{ $at }
steps-label = 进度
step-captured = 已采集
step-uploaded = 已上传
step-matched = 已匹配
step-waiting = 已校对
step-confirmed = 已确认
next-actor = 下一步由谁
next-expected = 预计日期
next-expected-unknown = 学校还没有公布
next-due = 重拍截止日期
next-check-by = 校对截止日期
next-refused-for = 原因和办法
actor-student = 你本人
actor-college = 学院学生工作办公室
actor-school = 学校学籍科
actor-agency = 图像采集单位
actor-province = 省级教育部门
actor-chsi = 学信网
actor-exam-authority = 考试院（招办）
actor-nobody = 无需处理
reason-awaiting = 等你校对
reason-awaiting-text = 照片已到，请校对照片及学籍信息（学籍信息不可自行更改）。
reason-confirmed = 已确认
reason-confirmed-text = 你已确认照片正确，不需要再做什么。
confirmed-roll-open = 你已确认照片正确。学籍信息（第 2 项）还没有校对，请看完再走。
reason-disputed = 已报告照片错误
reason-disputed-text = 学校会核对，有结果会通知你。如果照片是当地采集的，也可以联系采集单位更正。
reason-frozen = 校对已截止
reason-frozen-text = 校对期已过，照片没有经你确认。请联系学校学籍科。
reason-graduated = 已毕业
reason-graduated-text = 照片已随学历证书电子注册，请在学历信息中查看。
reason-closed-without-photo = 学籍已结束，没有照片
reason-closed-without-photo-text = 这条学籍已经结束，没有照片。需要补办请联系学校学籍科。
reason-not-captured = 还没有照片
reason-not-captured-text = 没有收到你的照片。如果还没有拍，请到下面的地点采集；已经拍过，请向采集单位询问上传时间。
reason-in-transit = 照片在路上
reason-in-transit-text = 采集单位正在上传或学校正在处理，请在预计日期后再看。
reason-in-review = 学校正在核对照片
reason-in-review-text = 照片已收到，有一项需要学校人工核对，一般几天内完成。
reason-data-mismatch = 照片的信息与学籍不一致
reason-data-mismatch-text = 拍照时登记的姓名或号码与学籍不同，学院会核对录取时的信息；可能需要重新采集。
reason-duplicate = 照片与他人重复
reason-duplicate-text = 同一张照片也出现在另一名学生名下，学校正在核对是谁的。
reason-other-enrolment = 照片在你的另一条学籍上
reason-other-enrolment-text = 你的照片挂在另一条学籍上，学校会核对应当属于哪一条。
reason-identity-check = 身份核验需要复核
reason-identity-check-text = 人像比对没有通过。学院会约你带身份证参加复核；也可以现在先提交材料，或联系学院。
reason-too-old = 照片太旧
reason-too-old-text = 照片距预计毕业超过一年，请到下面的地点重新采集。
reason-rejected = 照片需要重拍
reason-rejected-text = 照片没有通过，请在下面的日期前到下面的地点重拍。认为判断有误，可以申请复核。
reason-not-in-roll = 没有关联到学籍
reason-not-in-roll-text = 录取信息里有你，学籍里没有。请联系学院学生工作办公室核对学籍。
reason-unknown = 没有找到学籍
reason-unknown-text = 没有与你的姓名和身份证号一致的学籍。请先核对账号信息；确认无误请联系学院学生工作办公室。
reason-other-name = 身份证号一致，姓名不符
reason-other-name-text = 学校有这个身份证号，但姓名不同。注册时姓名写错了，请申请更正账号；学籍上写错了，请联系学院。
reason-prior-credential = 已录取专升本，但没有这条学籍
reason-prior-credential-text = 多半是专科学历没有通过核验。请在学信网核对专科证书：姓名或证件号改过、没有照片的，找原毕业学校更正；2002 年以前的办理学历认证，国外的由留学服务中心认证。办好后告诉学院。证书不属实的，学籍作废，也不能认证。

## 校对
proof-title = 校对照片和学籍信息
proof-photo = 学历照片
proof-admission = 录取照片
proof-no-photo = 还没有照片
proof-show-number = 点按显示完整号码
proof-ask-photo = 第 1 项：这是你的照片吗？
proof-consequence = 只能选一次。点“照片正确”，照片用于学历注册，不能自己再改；点“照片错误”，选好原因后由学校核对。
proof-photo-right = 照片正确
proof-photo-wrong = 照片错误
proof-ask-roll = 第 2 项：学籍信息对吗？
proof-roll-locked = 学籍信息不可自行更改；有错请报告，由学校核对。
proof-roll-right = 信息正确
proof-roll-wrong = 信息有误
proof-said-photo-confirmed = 你已确认照片正确
proof-said-photo-disputed = 你已报告照片错误
proof-said-roll-confirmed = 你已确认学籍信息正确
proof-said-roll-disputed = 你认为学籍信息有误，更正提交后学校才会处理
proof-on-behalf = 由辅导员代为校对
proof-done-photo-confirmed = 已确认，照片将用于学历注册。
proof-done-photo-disputed = 已报告，学校会核对并通知你。
proof-done-roll-confirmed = 已确认学籍信息。
proof-done-roll-disputed = 已记下；更正提交后学校会核对并通知你。
proof-back = 返回我的照片
dispute-title-photo = 照片哪里不对？
dispute-title-roll = 学籍信息哪里不对？
dispute-lead-photo = 选一个原因。学校收到后会核对，并查找你的照片是否到了别人名下。
dispute-lead-roll = 选一个原因并写明正确的内容。仅信息有误时无需重拍照片。
dispute-reason = 原因
dispute-not-me = 不是我本人
dispute-old-photo = 是以前（如专科时）的照片
dispute-quality = 模糊、裁切或光线不好
dispute-altered = 左右翻转或修图过度
dispute-name = 姓名
dispute-id-number = 身份证号
dispute-person = 性别、出生日期或民族
dispute-study = 院校、专业、层次或日期
dispute-other = 其他
dispute-remark = 补充说明（选“其他”时必填）
dispute-remark-roll = 正确的内容是什么？（选“其他”时必填）
dispute-submit-photo = 报告照片错误
dispute-submit-roll = 下一步：补充材料并提交
dispute-cancel = 返回
sheet-name = 姓名
sheet-sex = 性别
sheet-birth = 出生日期
sheet-ethnicity = 民族
sheet-student-no = 学号
sheet-school = 院校
sheet-level = 层次
sheet-major = 专业
sheet-duration = 学制（年）
sheet-category = 学历类别
sheet-form = 学习形式
sheet-college = 分院
sheet-department = 系所
sheet-class = 班级
sheet-entry = 入学日期
sheet-status = 学籍状态
sheet-leaving = 预计毕业日期

## 通知与账号
notices-new = 新
notices-empty = 还没有通知。照片到了会在这里和邮箱里告诉你。
unsubscribe-title = 不再收到提醒
unsubscribe-text = 以后不再用邮件提醒你校对；照片被退回等必须知道的事仍会通知。
unsubscribe-submit = 不再提醒
unsubscribe-done = 已停止提醒。可以在“账号”里重新打开。
address-title = 确认新邮箱
address-text = 确认后用这个邮箱登录和收通知。
address-submit = 确认
account-new-email = 新邮箱
account-change-email = 发送确认链接
account-no-phone = 还没有手机号
account-new-phone = 新手机号
account-send-code = 发送校验码
account-change-phone = 更换手机号
account-reminders = 提醒
account-reminders-label = 没有校对时用邮件提醒我
account-save = 保存
student-account-done-address = 如果新邮箱可用，确认链接已发到那里；打开链接之前仍用原来的邮箱登录。
student-account-done-phone = 手机号已更换。
student-account-done-reminders = 已保存。

## 帮助
help-title = 帮助
help-steps = 照片要经过哪几步？
help-steps-text = 采集、上传、匹配到你的学籍、由你确认。登录后第一页用五格告诉你走到哪一步、下一步由谁处理。
help-account = 怎样注册？
help-account-text = 用常用邮箱注册，打开邮件里的链接激活，再填姓名、身份证号和手机号。姓名和号码必须与录取时一致。
help-no-roll = 找不到学籍怎么办？
help-no-roll-text = 多半是姓名用字或号码与学籍不同。先核对账号信息，无误再请学院查学籍。
help-no-photo = 有学籍但没有照片怎么办？
help-no-photo-text = 可能是没有采集、还没上传、信息不一致或照片重复，页面会说明是哪一种。
help-not-me = 照片不是我怎么办？
help-not-me-text = 选“照片错误”，原因选“不是我本人”。学校会同时查找你的照片是否到了别人名下。
help-rejected = 照片被退回怎么办？
help-rejected-text = 页面写明原因和重拍的最迟日期。认为判断有误，可以在那里申请复核。
help-roll = 学籍信息有错怎么办？
help-roll-text = 学籍信息不能自己改。选“信息有误”就会有更正工单，由学校核对材料后逐级上报；信息错误不需要重拍。
help-freeze = 过了截止日期还能改吗？
help-freeze-text = 不能。截止后照片和信息都不再变动，请尽早校对。
help-privacy = 我的信息怎样保护？
help-privacy-text = 身份证号、出生日期和手机号加密保存，页面默认遮住；采集单位看不到完整姓名和号码。不保存人脸特征。

## 找照片
claim-title = 没有照片？试试查找
claim-lead = 有的照片因为登记信息不全，没有关联到学籍。系统会用你的身份证号再找一次，每天最多五次。
claim-search = 查找照片
claim-title-nothing = 没有找到照片
claim-nothing-text = 没有用你的身份证号和姓名（或学号）登记、又没有归属的照片。请向采集单位询问上传时间。
claim-title-look = 这是你的照片吗？
claim-text-look = 这张照片登记了你的身份证号，还没有归属。请看清楚是不是你本人。
claim-yes-look = 这是我的照片，确认
claim-no-look = 不是我的
claim-title-confirm = 请再确认一次
claim-text-confirm = 确认后，这张照片会归到你的学籍；用于学历注册前，还需要你校对一次。
claim-yes-confirm = 继续
claim-no-confirm = 取消
claim-title-sure = 确定吗？
claim-text-sure = 确定把这张照片归到你的学籍吗？这一操作会记录在案，不能自己撤回。
claim-yes-sure = 确定，归到我的学籍
claim-no-sure = 取消
claim-into = 归到哪条学籍
claim-name = 拍照登记的姓名
claim-student-no = 拍照登记的学号
claim-back = 返回
proof-done-claimed = 照片已归到你的学籍，请校对。
error-claim-spent-title = 今天不能再找
error-claim-spent-what = 今天已经找过五次。
error-claim-spent-advice = 请明天再试，或向采集单位询问。
error-claim-not-wanted-title = 不需要找照片
error-claim-not-wanted-what = 这条学籍已有照片、已经结束，或校对已截止。
error-claim-not-wanted-advice = 请返回查看现在的情况。
error-claim-taken-title = 这张照片不能再认领
error-claim-taken-what = 照片已有归属，或没有向你展示过。
error-claim-taken-advice = 请返回重新查找。
error-verdict-not-available-title = 还不能校对
error-verdict-not-available-what = 还没有可以校对的照片。
error-verdict-not-available-advice = 照片到了会通知你。
error-verdict-given-title = 已经校对过
error-verdict-given-what = 这一版已经校对过，只能校对一次。
error-verdict-given-advice = 需要更改请联系学校学籍科。
error-verdict-version-changed-title = 照片刚刚更新
error-verdict-version-changed-what = 你看的时候来了新的照片或信息，刚才的选择没有记下。
error-verdict-version-changed-advice = 请返回看新的再选。
error-verdict-frozen-title = 校对已截止
error-verdict-frozen-what = 校对期已过，不能再更改。
error-verdict-frozen-advice = 请联系学校学籍科。
error-verdict-in-correction-title = 照片正在更正
error-verdict-in-correction-what = 这张照片的更正申请还没有结果，没有记下“照片正确”。
error-verdict-in-correction-advice = 照片其实没有问题的话，请先在“更正”里撤回申请，再来校对。
error-verdict-closed-title = 学籍已结束
error-verdict-closed-what = 这条学籍已经结束，不再校对。
error-verdict-closed-advice = 请联系学校学籍科。
error-registration-step-title = 这一步已经过去了
error-registration-step-what = 注册的这一步已经完成，或还没有轮到。
error-registration-step-advice = 请从首页重新进入，会接着上次的地方。
error-link-dead-title = 链接已失效
error-link-dead-what = 链接已经用过或已过期。
error-link-dead-advice = 请重新申请一个。
notice-verdict-due-subject = 毕业照片校对即将截止
notice-verdict-due-text =
    { $name } 同学：

    毕业照片校对在 { $due } 零时截止，你还没有校对。截止后不能再更改，请尽快登录：

    { $link }

## 打印
paper-title = 打印校对确认表和资格审查表
paper-lead = 学校要求纸质表时打印，签名后交学院学生工作办公室。
paper-proof = 学信网图像校对确认表
paper-review = 毕业生资格审查表
paper-photo = 照片
paper-data = 学籍信息
paper-remark = 说明
paper-credits = 学业完成情况
paper-college-opinion = 学院意见
paper-school-opinion = 学校意见
paper-signature = 本人签名、日期

## 步骤与原因
next-code = 代码
step-captured-next = 待采集
step-uploaded-next = 待上传
step-matched-next = 匹配中
step-waiting-next = 待你校对
step-confirmed-next = 待确认
step-stuck = 待处理
student-finding-CORRUPT = 照片文件已损坏，无法打开。请按下面的日期和地点重拍。
student-finding-LIMIT = 照片文件过大或异常，无法打开。请按下面的日期和地点重拍。
find-name-lead = 会显示部分遮住的登录邮箱。
find-password-lead = 重设密码的链接会发到登录邮箱。
claim-step = 第 { $n } 步，共 3 步
