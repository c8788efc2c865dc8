# The working calendar: holidays, make-up workdays, hours.

holiday-new-year = New Year’s Day
holiday-spring-festival = Spring Festival
holiday-qingming = Qingming Festival
holiday-labour-day = Labour Day
holiday-dragon-boat = Dragon Boat Festival
holiday-mid-autumn = Mid-Autumn Festival
holiday-national-day = National Day
holiday-national-and-mid-autumn = National Day and Mid-Autumn Festival

## Weekdays and months
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
weekday-short-1 = Mo
weekday-short-2 = Tu
weekday-short-3 = We
weekday-short-4 = Th
weekday-short-5 = Fr
weekday-short-6 = Sa
weekday-short-7 = Su
calendar-month-1 = January
calendar-month-2 = February
calendar-month-3 = March
calendar-month-4 = April
calendar-month-5 = May
calendar-month-6 = June
calendar-month-7 = July
calendar-month-8 = August
calendar-month-9 = September
calendar-month-10 = October
calendar-month-11 = November
calendar-month-12 = December

## The working calendar
calendar-title = Working calendar
calendar-answer = Deadlines are counted in the working time shown here: { $hours } h{ $minutes ->
    [0] {""}
   *[other] { " " }{ $minutes } min
} a working day. Weekends and days off do not count, make-up workdays do. The State Council’s arrangements are in it; the school may decide otherwise.
calendar-no-school = There is no school yet: once a roll is imported, its own days off, workdays and hours are decided here.
calendar-year = { $year }
calendar-by-notice = By the State Council’s notice
calendar-declared = Confirmed by the school
calendar-provisional = Provisional
calendar-provisional-hint = The arrangement of { $year } is not published yet, nor confirmed by the school. Deadlines that reach into it are provisional, and tickets say so.
calendar-declare = Confirm the arrangement of { $year }
calendar-withdraw = Take back the confirmation of { $year }
calendar-standing-working = Workday
calendar-standing-makeup = Make-up workday
calendar-standing-weekend = Weekend
calendar-standing-holiday = Day off
calendar-mark-holiday = off
calendar-mark-makeup = work
calendar-own = Decided by the school
calendar-weekends = Saturdays and Sundays without a mark are free
calendar-set = Decide a day
calendar-set-hint = With a last day several are decided at once. First look at what it moves, then make it.
calendar-day = Date
calendar-until = Until (optional)
calendar-kind = Arrangement
calendar-kind-off = Day off
calendar-kind-work = Workday
calendar-name = Name
calendar-hours = Hours
calendar-hours-hint = Without a lunch break leave both of its fields empty. Three working days are counted by the new hours.
calendar-opens = Opens
calendar-lunch-from = Lunch from
calendar-lunch-until = Lunch until
calendar-closes = Closes
calendar-try = See what it moves
calendar-import = Import a list
calendar-file = File
calendar-import-hint = CSV or Excel with three columns: date, off or work, name. Days that are so already are not recorded again. As in:
calendar-complete = The list is the whole arrangement of its year: confirm the year too
calendar-own-days = Days of { $year } decided by the school
calendar-changed = Decided by
calendar-clear = Undo
calendar-preview = What the change would move
calendar-preview-answer = { $days ->
    [one] { $days } day
   *[other] { $days } days
} would be something else; { $moved } of the deadlines below would move. Nothing is changed yet.
calendar-preview-nothing = The calendar is so already; there is nothing to change.
calendar-preview-days = Days that would change
calendar-before = Now
calendar-after = Then
calendar-apply = Make the change
calendar-leave = Leave as it is
calendar-will-be-settled = { $year } is confirmed: its deadlines are no longer provisional
calendar-will-be-provisional = { $year } becomes provisional
calendar-promises = Three working days, by example
calendar-promises-hint = When a ticket is due that is handed in as a workday opens:
calendar-opened = Handed in
calendar-due-now = Due now
calendar-due-then = Due then
calendar-shift = Change
calendar-shift-later = Later
calendar-shift-earlier = Earlier
calendar-shift-same = The same

## What is wrong with a list
calendar-problem-calendar-list-date = Row { $row }: the first column must be a date, as 2027-02-05.
calendar-problem-calendar-list-kind = Row { $row }: the second column must be off or work.
calendar-problem-calendar-list-name = Row { $row }: the third column must be a name of at most 40 characters.
calendar-problem-calendar-list-twice = Row { $row }: that day stands in the list already.
calendar-problem-calendar-list-empty = The list names no day.
calendar-problem-nothing = The calendar was not changed.

## Error pages and the audit trail
act-calendar-change = Changed the working calendar
act-calendar-read = Looked at the working calendar
error-calendar-moved-on-title = The calendar has moved on
error-calendar-moved-on-what = Somebody changed this calendar since the page was opened; your change was not made.
error-calendar-moved-on-advice = Open the calendar again, check, and change it then.
error-work-hours-title = These hours do not fit
error-work-hours-what = Opening, lunch from, lunch until and closing must follow each other within one day. Nothing was changed.
error-work-hours-advice = Write them in order, as 08:30, 12:00, 14:00, 17:30; without a lunch break leave both of its fields empty.
error-time-of-day-title = That is no time of day
error-time-of-day-what = A field does not hold a time. Nothing was changed.
error-time-of-day-advice = Write times as 08:30.
error-work-day-name-title = The name does not fit
error-work-day-name-what = Every day that the school decides has a name of at most 40 characters.
error-work-day-name-advice = Go back and name it.
error-calendar-range-title = These dates do not fit
error-calendar-range-what = The last day must follow the first within a year. Nothing was changed.
error-calendar-range-advice = Go back and correct the dates.
error-calendar-year-title = That year is out of reach
error-calendar-year-what = Only days of 2000 to 2100 can be changed. Nothing was changed.
error-calendar-year-advice = Check the year.
error-calendar-days-title = Too much at once
error-calendar-days-what = At most 400 days are changed at a time. Nothing was changed.
error-calendar-days-advice = Change them in several steps.
