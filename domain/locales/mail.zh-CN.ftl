# 来信

mail-title = 确认更正申请
mail-ask = 我们收到了一封从你的邮箱发来的更正申请（工单 { $ticket }）。确认是你发的，学校才会开始处理。
mail-submit = 确认提交
mail-done = 已提交。工单 { $ticket } 已转给学籍科，答复会发到你的邮箱；直接回复邮件就可以补充材料。
mail-ticket-hint = 要补充说明或材料，直接回复关于这张工单的邮件即可。
mail-from-elsewhere = （这封邮件来自另一个邮箱：{ $address }）
mail-left-out = （{ $files } 个附件太大或太多，没有收下）
mail-files-only = （邮件里只有附件）
error-mail-link-dead-title = 链接已失效
error-mail-link-dead-what = 这个链接已经用过，或者超过 7 天已过期。
error-mail-link-dead-advice = 如果还需要更正，请再发一封邮件。
