# Schools, how to reach people, where photos are taken

## A school's settings
schools = Schools
schools-answer = What students see of who acts and how to reach them, and whether verdicts are taken from paper.
empty-schools = There is no school yet
empty-schools-next = Importing a roll makes the schools whose codes it names.
school-paper = Verdicts from paper
school-paper-taken = Taken
school-paper-refused = Not taken
school-paper-label = Counsellors may give a student’s verdict from the paper that the student signed
school-reachable = Contacts
school-contacts = How students reach people
school-contacts-hint = Students see this beside who acts next. What is emptied and saved is no longer shown. A college with an office of its own gets its own lines.
school-contact-own = A college’s own office
school-contact-save = Save
reach-phone = Telephone
reach-email = E-mail
reach-place = Place
reach-hours = Hours
act-school-change = Changed a school’s settings
act-school-contact = Changed how students reach people
act-record-paper = Printed a student’s forms
campaign-recapture-place = Where and when photos are taken (students see it)
person-paper = Print both forms
paper-back = Back to the student
error-reach-long-what = Each part has at most 100 characters.
error-reach-phone-what = A telephone number has digits, spaces, +, -, (, ), / and 转 before an extension.
error-recapture-place-what = The place has at most 200 characters.
error-actor-what = Choose one of those listed.
error-college-what = Only a college’s office has a college, whose name has at most 100 characters.
error-verdict-not-from-paper-title = The school takes no verdicts from paper
error-verdict-not-from-paper-what = This school wants its students to judge for themselves; nothing was written down.
error-verdict-not-from-paper-advice = Have the student sign in. The student-records office can change this under Schools.

## What students see
next-place = Where
next-ask = You can ask
contacts-see = How to reach them
contacts-title = How to reach people
contacts-none = The school has not said how to reach people. Ask your counsellor.
recapture-place-asked = where the school announced
home-search = Look for the photo
home-again = How and where to take it again
example-title = What a good photo looks like
example-alt = Drawing: light blue background, head in the middle, both eyes open and level, brows and ears to be seen
example-background = The background is an even light blue, without shadows or anything else
example-head = The head is upright and in the middle, its top an eighth below the edge, the eyes two fifths down
example-face = Eyes open and level, mouth closed, no hair over brows or ears
example-light = Even light, no reflections; sharp, neither retouched nor mirrored
example-clothes = Clothes stand out from the background; no hat, no jewellery
step-captured-later = Capture
step-uploaded-later = Delivery
step-matched-later = Match
step-waiting-later = Check
step-confirmed-later = Confirm
