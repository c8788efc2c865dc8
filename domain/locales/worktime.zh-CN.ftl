# 工作日历：节假日、调休上班、作息时间。

holiday-new-year = 元旦
holiday-spring-festival = 春节
holiday-qingming = 清明节
holiday-labour-day = 劳动节
holiday-dragon-boat = 端午节
holiday-mid-autumn = 中秋节
holiday-national-day = 国庆节
holiday-national-and-mid-autumn = 国庆节、中秋节
