# The working calendar: holidays, make-up workdays, hours.

holiday-new-year = New Year’s Day
holiday-spring-festival = Spring Festival
holiday-qingming = Qingming Festival
holiday-labour-day = Labour Day
holiday-dragon-boat = Dragon Boat Festival
holiday-mid-autumn = Mid-Autumn Festival
holiday-national-day = National Day
holiday-national-and-mid-autumn = National Day and Mid-Autumn Festival
