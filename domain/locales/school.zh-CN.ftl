# 学校、联系方式与采集地点

## 学校设置
schools = 学校
schools-answer = 学生在这里看到由谁处理、怎样联系；也在这里决定是否接受代为校对。
empty-schools = 还没有学校
empty-schools-next = 导入学籍时会按文件里的院校代码建立学校。
school-paper = 代为校对
school-paper-taken = 接受
school-paper-refused = 不接受
school-paper-label = 辅导员可以凭学生签过字的纸质表代为校对
school-reachable = 联系方式
school-contacts = 学生怎样联系
school-contacts-hint = 学生页面上“下一步由谁”旁边显示这里的内容；四项都清空并保存，就不再显示。某个分院有自己的办公室时，单独为它填写。
school-contact-own = 某个分院自己的办公室
school-contact-save = 保存
reach-phone = 电话
reach-email = 邮箱
reach-place = 地点
reach-hours = 时间
act-school-change = 修改学校设置
act-school-contact = 修改学生的联系方式
act-record-paper = 打印学生的两张表
campaign-recapture-place = 采集和重拍的地点、时间（学生看得到）
person-paper = 打印两张表
paper-back = 返回学生
error-reach-long-what = 每项最多 100 个字。
error-reach-phone-what = 电话只能有数字、空格、“+”“-”“(”“)”“/”“、”和分机前的“转”。
error-recapture-place-what = 地点最多 200 个字。
error-actor-what = 请从列出的单位里选。
error-college-what = 只有学院办公室可以指定分院，名称最多 100 个字。
error-verdict-not-from-paper-title = 学校不接受代为校对
error-verdict-not-from-paper-what = 这所学校要求学生本人校对，没有记下。
error-verdict-not-from-paper-advice = 请让学生登录校对；需要改变这一规定，请学籍科在“学校”里设置。

## 学生看到的
next-place = 采集地点
next-ask = 可以询问
contacts-see = 查看联系方式
contacts-title = 联系方式
contacts-none = 学校还没有填写联系方式，请通过辅导员询问。
recapture-place-asked = 按学校通知的地点
home-search = 查找照片
home-again = 重拍说明和照片要求
example-title = 合格的照片是这样的
example-alt = 示意图：浅蓝背景，头部居中，双眼睁开平视，露出双眉和双耳
example-background = 背景是均匀的浅蓝色，没有阴影和其他东西
example-head = 头部居中、端正，头顶离上边约八分之一，双眼在照片上部五分之二处
example-face = 双眼睁开平视，嘴闭合，头发不遮眉毛和耳朵
example-light = 光线均匀，没有反光；照片清晰，不修图、不翻转
example-clothes = 衣服颜色与背景分明，不戴帽子和饰物
step-captured-later = 采集
step-uploaded-later = 上传
step-matched-later = 匹配
step-waiting-later = 校对
step-confirmed-later = 确认
