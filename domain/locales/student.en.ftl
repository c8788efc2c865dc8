# The students' pages, mails and text messages

## Notices
notice-unsubscribe = To get no more reminders, open:
notice-activation-subject = Activate your graduation photo account
notice-activation-text =
    Hello,

    somebody, you we hope, registered this address to check a graduation photo. Open this address within { $hours } hours and give the password that you chose:

    { $link }

    If it was not you, ignore this mail and do not open the address.
notice-account-exists-subject = This address has an account already
notice-account-exists-text =
    Hello,

    somebody registered this address to check a graduation photo, but it has an account already; none was made. You can sign in. If you forgot the password, choose “Forgot password” on the sign-in page.

    If it was not you, ignore this mail.
notice-reset-subject = Set another password for your graduation photo account
notice-reset-text =
    Hello,

    open this address within { $hours } hours to set another password:

    { $link }

    If it was not you, ignore this mail; the password stays what it is.
notice-new-address-subject = Confirm your new sign-in address
notice-new-address-text =
    Hello,

    open this address within { $hours } hours to confirm it as your new sign-in address:

    { $link }

    If it was not you, ignore this mail.
notice-phone-code-sms = Code { $code }, good for { $minutes } minutes, for checking your graduation photo. Tell it to nobody.
notice-registered-subject = Your account is complete
notice-registered-text =
    Dear { $name },

    your graduation photo account is complete. You get a mail when the photo is there, and can look at any time:

    { $link }
notice-photo-arrived-subject = Your graduation photo is there: please check it
notice-photo-arrived-text =
    Dear { $name },

    your graduation photo was delivered. Sign in and look: if it is you, choose “Photo correct”, if not, “Photo wrong”. A photo that was not checked cannot be registered.

    { $link }
notice-verdict-reminder-subject = Reminder: your graduation photo was not checked yet
notice-verdict-reminder-text =
    Dear { $name },

    your photo came { $days } days ago and you have not checked it. Sign in and look, it takes a minute:

    { $link }
notice-photo-rejected-subject = Your graduation photo must be taken again
notice-photo-rejected-text =
    Dear { $name },

    your photo was not accepted ({ $reason }) and must be taken again by { $due }. { $mend }

    Where: { $place }

    Sign in to see what a good photo looks like and whom to ask; if you think that the decision is wrong, appeal there:

    { $link }
notice-photo-rejected-sms = { $name }, your graduation photo was not accepted ({ $reason }). Have it taken again by { $due }. Where: { $place }
notice-roll-changed-subject = Your enrolment data changed
notice-roll-changed-text =
    Dear { $name },

    your enrolment data changed, which may decide about the photo. Sign in and check:

    { $link }
notice-verdict-reopened-subject = Please check again
notice-verdict-reopened-text =
    Dear { $name },

    the school opened your check again. Sign in and look once more:

    { $link }

## Frame
student-brand = Graduation photo
student-places = Pages
student-place-home = My photo
student-place-notices = Notices
student-place-account = Account
student-place-lookup = Look up
student-place-login = Sign in
student-place-help = Help

## First page and lookup
front-title = Check your graduation photo
front-lead = See whether your photo is there, and say whether it is you.
front-login = Sign in
front-register = Create an account
front-lookup-title = Is my photo there yet?
front-lookup-text = No account needed: name and ID number show how far it is and who acts next.
front-lookup = Check status
lookup-title = Photo status
lookup-lead = This shows how far it is. Reasons and the photo itself are shown after signing in.
lookup-submit = Check status
lookup-result = Result
lookup-again = Check again
lookup-nothing = Nothing found
lookup-nothing-text = No enrolment has exactly this name and ID number. Check the characters of the name and the digits. If both are right, sign in to see what to do, or ask your college’s student office.
standing-ready = The photo is there and waits for you
standing-ready-text = Sign in, look at it, and choose “Photo correct” or “Photo wrong”.
standing-done = Done
standing-done-text = The photo was checked, or is on your certificate. Nothing is left to do.
standing-waiting = The photo is not there yet
standing-waiting-text = Sign in to see the expected day.
standing-attention = Something is to be done
standing-attention-text = Sign in to see why, and how.

## Fields
form-name = Name
form-id = ID number
form-email = E-mail
form-password = Password
form-new-password = New password
form-repeat = Confirm password
form-login = E-mail or mobile number
form-document = Document
form-document-card = Resident identity card
form-region = Home region
form-phone = Mobile number
form-code = Code
captcha-letters = Letters and digits in the picture
captcha-alt = Bent letters and digits; a question can take their place
captcha-sum = How much is { $one } plus { $other }?
captcha-to-sum = Hard to read? Answer a question instead
captcha-to-letters = Show a picture instead

## When something is wrong
problem-email = Write a whole e-mail address, as in name@example.com.
problem-password-short = A password has at least 8 characters.
problem-password-long = The password is too long.
problem-password-plain = A password has three of: small letters, capitals, digits, other characters.
problem-password-known = This password is too common, or holds your e-mail name. Choose another one.
problem-password-differs = The two passwords differ.
problem-password-wrong = The password is not right. Give the one that you chose when you registered.
problem-captcha-wrong = The answer is not right. Here is another one.
problem-login-refused = Account or password is not right.
problem-not-activated = The account is not active yet: open the link in the mail. If there is none, register once more to get another mail.
problem-locked = Too many wrong attempts. Try again in { $minutes } minutes, or use “Forgot password”.
problem-link-shape = This is no activation link. Copy the whole address from the mail.
problem-name = Write the name as on the identity card: no pinyin, no other characters, no digits.
problem-id-missing = Write the ID number.
problem-id-shape = Write the 18 characters of the ID number.
problem-id-check-digit = The last character of the ID number does not fit the others. Compare it with the card.
problem-id-birth-date = The birth date in the ID number is no date. Compare it with the card.
problem-id-region = The region in the ID number does not exist. Compare it with the card.
problem-id-lost-digits = The ID number is not whole. Compare it with the card.
problem-id-taken = This ID number has an account. Find its user name or password first. If it was not you, you can ask the student records office to check your identity.
problem-region = Choose a region.
problem-phone = Write the 11 digits of the mobile number.
problem-phone-taken = This number belongs to another account. If it is yours, tick the box below to move it to this one.
problem-code-too-soon = A code was just sent. Ask for another in a minute.
problem-codes-spent = No more codes can be sent today. Try again tomorrow.
problem-code-wrong = The code is wrong or too old.
problem-reason-missing = Choose a reason.
problem-remark = Write at most 500 characters.
problem-remark-missing = Say what is wrong when you choose “Something else”.

## Registration
register-step = Step { $step } of 5
register-title = Create an account
register-email-hint = You sign in with it and get notices there. One address has one account.
register-password-hint = At least 8 characters, with three of: lower case, upper case, digits, symbols.
register-submit = Next
register-known = I have an account
sent-title = Look into your mailbox
sent-text = If { $email } has no account yet, the link that activates it was sent and is good for 24 hours. If it has one, a mail says so.
sent-paste = The link does not open? Paste it here
sent-nothing = No mail?
sent-nothing-text = Look among junk mail first. After a minute another can be sent, five a day at most.
sent-resend = Send again
sent-again = If an account waits to be activated, a new link was sent; the old one is dead.
activate-title = Activate the account
activate-text = Give the password that you chose when you registered, so that we know it is you.
activate-submit = Activate
activate-used = The account is active. Sign in.
activate-dead = The link is too old, or a newer one took its place. Register once more to get another mail.
activate-link = Link from the e-mail
activate-link-hint = Copy the whole address and paste it here.
activate-open = Open
identity-title = Who you are
identity-lead = It must be what was recorded at admission, or your enrolment is not found.
identity-name-hint = The very characters of the identity card.
identity-id-hint = 18 characters; the last may be X. Birth date and sex follow from it.
identity-derived = Birth date and sex
identity-choose = Choose
identity-phone-hint = For codes; you can sign in with it too.
identity-move-phone = The number is mine: move it to this account
identity-submit = Send a code
phone-title = Type the code
phone-text = A code was sent to { $phone }. It is good for 10 minutes.
phone-submit = Next
phone-resend = Send again
phone-back = Back to change it
register-check-title = Is all of this right?
confirm-text = It is used to find your enrolment and photo. Name and ID number cannot be changed by yourself afterwards.
confirm-yes = Yes, finish
confirm-no = No, begin again
done-title = The account is complete
done-text = Enrolment and photo are connected by themselves, within 24 hours at the latest.
done-redirect = On to signing in within { $seconds } seconds.
done-stay = Stay here

## Signing in and the ways back
student-login-title = Sign in
student-login-submit = Sign in
student-login-notice-password-set = The new password is set. Sign in.
student-login-notice-signed-out = You are signed out.
student-login-notice-address-taken = The address was changed. Sign in with the new one.
student-login-notice-registered = The account is complete. Sign in.
find-name-title = Forgot which e-mail?
find-name-submit = Find
find-name-found = You sign in with { $email }.
find-name-nothing = No account has this name and ID number.
find-password-title = Forgot password
find-password-submit = Send a link
find-password-nothing = Nothing came? Look among spam; a minute later it can be sent again.
find-password-again = Send again
find-password-sent = If this address has an account, a link to set another password was sent. It is good for 24 hours.
reset-title = Set a new password
reset-submit = Set it
reset-dead = The link was used or is too old.

## My photo
home-title = My photo
home-greeting = { $name }, your graduation photo
home-previous = Last sign-in: { $at }, from { $address }
home-unread = { $count ->
    [one] { $count } new notice
   *[other] { $count } new notices
}
home-proof = Review and confirm
home-look = Photo and enrolment data
home-on-behalf = Checked for you by your counsellor, { $at }
steps-label = Progress
step-captured = Taken
step-uploaded = Sent
step-matched = Matched
step-waiting = Checked
step-confirmed = Done
next-actor = Next step by
next-expected = Expected
next-expected-unknown = Not announced yet
next-due = Retake by
next-check-by = Check by
next-refused-for = Why, and what to do
actor-student = You
actor-college = Your college’s student office
actor-school = The student records office
actor-agency = The photo agency
actor-province = The province’s education authority
actor-chsi = CHSI
actor-exam-authority = The examination authority
actor-nobody = Nobody
reason-awaiting = Ready for you to check
reason-awaiting-text = Your photo is there. Check it and your enrolment data (the data cannot be changed by yourself).
reason-confirmed = Confirmed
reason-confirmed-text = You confirmed the photo. Nothing is left to do.
confirmed-roll-open = You confirmed the photo. Your enrolment data (part 2) still waits for you.
reason-disputed = Reported as wrong
reason-disputed-text = The school checks it and tells you the result. If the photo was taken locally, you can also ask the agency.
reason-frozen = Checking has ended
reason-frozen-text = The time is over and the photo was not confirmed. Ask the student records office.
reason-graduated = Graduated
reason-graduated-text = The photo was registered with your certificate; look at your credential.
reason-closed-without-photo = The enrolment has ended without a photo
reason-closed-without-photo-text = Ask the student records office if you need one.
reason-not-captured = No photo yet
reason-not-captured-text = No photo of you has come. If it was not taken yet, have it taken at the place below; if it was, ask the agency when it delivers.
reason-in-transit = The photo is on its way
reason-in-transit-text = The agency delivers or the school works on it. Look again after the expected day.
reason-in-review = The school looks at the photo
reason-in-review-text = The photo has come and something about it is checked by a person, usually within days.
reason-data-mismatch = The photo’s data differ from the roll
reason-data-mismatch-text = Name or number given at the photographer’s differ from the roll. The college checks your admission data; the photo may have to be taken again.
reason-duplicate = The same photo came for somebody else
reason-duplicate-text = The school checks whose it is.
reason-other-enrolment = The photo is with your other enrolment
reason-other-enrolment-text = It hangs on another enrolment of yours; the school checks where it belongs.
reason-identity-check = Identity to be checked
reason-identity-check-text = The comparison of faces did not pass. Your college asks you to come with your identity card; ask it first if time is short.
reason-too-old = The photo is too old
reason-too-old-text = It was taken more than a year before graduation. Have it taken again at the place below.
reason-rejected = To be taken again
reason-rejected-text = The photo was not accepted. Have it taken again by the day and at the place below. If you think that is wrong, ask for another look.
reason-not-in-roll = Not in the roll
reason-not-in-roll-text = The admission data have you, the roll does not. Ask your college’s student office.
reason-unknown = No enrolment found
reason-unknown-text = No enrolment has your name and ID number. Check the account first; if it is right, ask your college’s student office.
reason-other-name = The number fits, the name does not
reason-other-name-text = The school has this number under another name. If you mistyped your name, ask to correct the account; if the roll has it wrong, ask your college.
reason-prior-credential = Admitted to go on to a degree, but not enrolled for it
reason-prior-credential-text = Most often the college diploma (专科) did not pass the check. Look it up on chsi.com.cn: where a name or ID number has changed or the photo is missing, the school that gave it corrects it; one from before 2002 is certified by CHSI, one from abroad by CSCSE. Then tell your college. With a diploma that is not genuine the enrolment is void and nothing is certified.

## Checking
proof-title = Check photo and enrolment
proof-photo = Graduation photo
proof-admission = Admission photo
proof-no-photo = No photo yet
proof-show-number = show the whole number
proof-ask-photo = 1. Is this your photo?
proof-consequence = You choose once. If you say that it is right, it is registered with your credential and you cannot change it; if you say that it is wrong, give the reason and the school checks it.
proof-photo-right = Photo correct
proof-photo-wrong = Photo wrong
proof-ask-roll = 2. Are your enrolment data right?
proof-roll-locked = You cannot change them yourself; report what is wrong and the school checks it.
proof-roll-right = Information correct
proof-roll-wrong = Something is wrong
proof-said-photo-confirmed = You confirmed the photo
proof-said-photo-disputed = You reported the photo as wrong
proof-said-roll-confirmed = You confirmed the data
proof-said-roll-disputed = You say that the data are wrong; the school acts once the correction is handed in
proof-on-behalf = by your counsellor for you
proof-done-photo-confirmed = Confirmed. The photo will be registered with your certificate.
proof-done-photo-disputed = Reported. The school checks it and tells you.
proof-done-roll-confirmed = The data are confirmed.
proof-done-roll-disputed = Noted. Once the correction is handed in, the school checks it and tells you.
proof-back = Back to my photo
dispute-title-photo = What is wrong with the photo?
dispute-title-roll = What is wrong with the data?
dispute-lead-photo = Choose a reason. The school checks it, and looks for your photo with other people.
dispute-lead-roll = Choose a reason and write what is right. You do not need a new photo for this.
dispute-reason = Reason
dispute-not-me = It is not me
dispute-old-photo = It is an older photo, of an earlier enrolment
dispute-quality = Blurred, cut or badly lit
dispute-altered = Mirrored or retouched too much
dispute-name = Name
dispute-id-number = ID number
dispute-person = Sex, birth date or ethnicity
dispute-study = School, major, level or dates
dispute-other = Something else
dispute-remark = In your words (needed for “Something else”)
dispute-remark-roll = What would be right? (needed for “Something else”)
dispute-submit-photo = Report the photo
dispute-submit-roll = Next: add documents and hand in
dispute-cancel = Back
sheet-name = Name
sheet-sex = Sex
sheet-birth = Birth date
sheet-ethnicity = Ethnicity
sheet-student-no = Student number
sheet-school = School
sheet-level = Level
sheet-major = Major
sheet-duration = Length (years)
sheet-category = Category of education
sheet-form = Study mode
sheet-college = College
sheet-department = Department
sheet-class = Class
sheet-entry = Enrolled on
sheet-status = Status
sheet-leaving = Expected graduation

## Notices and account
notices-new = new
notices-empty = Nothing yet. When the photo is there, you learn it here and by mail.
unsubscribe-title = No more reminders
unsubscribe-text = You get no more reminders by mail. What you must know, such as a refused photo, is still told.
unsubscribe-submit = No more reminders
unsubscribe-done = Done. You can turn reminders on again under “Account”.
address-title = Confirm the new address
address-text = You sign in with it and get notices there from then on.
address-submit = Confirm
account-new-email = New e-mail
account-change-email = Send confirmation link
account-no-phone = No mobile number yet
account-new-phone = New mobile number
account-send-code = Send a code
account-change-phone = Change the number
account-reminders = Reminders
account-reminders-label = E-mail me reminders until I have checked
account-save = Save
student-account-done-address = If the new address can be used, a link was sent to it. Until it is followed, sign in with the present one.
student-account-done-phone = The mobile number was changed.
student-account-done-reminders = Saved.

## Help
help-title = Help
help-steps = What happens to my photo?
help-steps-text = It is taken, delivered, matched to your enrolment, and confirmed by you. Your first page shows how far it is and who acts next.
help-account = How do I create an account?
help-account-text = Register with an e-mail address, open the link in the mail, then give name, ID number and mobile number as they were at admission.
help-no-roll = My enrolment is not found: what now?
help-no-roll-text = Usually name or number differ from the roll. Check the account first, then ask the college to check the roll.
help-no-photo = There is no photo: what now?
help-no-photo-text = It was not taken, not delivered yet, came with other data, or is a copy of another. The page says which.
help-not-me = The photo is not me: what now?
help-not-me-text = Choose “Photo wrong” and “It is not me”. The school also looks for your photo with other people.
help-rejected = My photo was rejected: what now?
help-rejected-text = The page says why and by when it must be taken again. If you think that is wrong, ask for another look there.
help-roll = The information is wrong: what now?
help-roll-text = You cannot change them. Report them and a ticket opens; the school checks the documents and passes them on. Wrong data need no new photo.
help-freeze = Can I still change it after the deadline?
help-freeze-text = Nothing changes any more. Please check early.
help-privacy = How are my data protected?
help-privacy-text = ID number, birth date and mobile number are encrypted and hidden on pages. The agency never sees whole names and numbers. No features of faces are kept.

## Looking for a photo
claim-title = No photo? Look for it
claim-lead = Some photos could not be given to an enrolment because their data were not whole. They are looked through by your ID number, five times a day at most.
claim-search = Look for it
claim-title-nothing = No photo found
claim-nothing-text = There is no photo without an owner that came with your ID number and your name or student number. Ask the agency when it delivers.
claim-title-look = Is this you?
claim-text-look = This photo came with your ID number and belongs to nobody yet. Look closely whether it is you.
claim-yes-look = It is my photo
claim-no-look = Not mine
claim-title-confirm = Once more, please
claim-text-confirm = The photo becomes that of your enrolment. You still check it before it is registered.
claim-yes-confirm = Continue
claim-no-confirm = Cancel
claim-title-sure = Are you sure?
claim-text-sure = Give this photo to your enrolment? This is recorded, and you cannot take it back yourself.
claim-yes-sure = Yes, make it mine
claim-no-sure = Cancel
claim-into = Goes to the enrolment
claim-name = Name it came with
claim-student-no = Student number it came with
claim-back = Back
proof-done-claimed = The photo is that of your enrolment now. Please check it.
error-claim-spent-title = No more searches today
error-claim-spent-what = You searched five times today.
error-claim-spent-advice = Try again tomorrow, or ask the agency.
error-claim-not-wanted-title = No photo is wanted
error-claim-not-wanted-what = The enrolment has a photo, has ended, or checking is over.
error-claim-not-wanted-advice = Go back to see how it stands.
error-claim-taken-title = This photo cannot be claimed
error-claim-taken-what = It has an owner, or was never shown to you.
error-claim-taken-advice = Go back and look again.
error-verdict-not-available-title = Nothing to check yet
error-verdict-not-available-what = There is no photo to check.
error-verdict-not-available-advice = You are told when it is there.
error-verdict-given-title = Checked already
error-verdict-given-what = This version was checked; that is done once.
error-verdict-given-advice = To change it, ask the student records office.
error-verdict-version-changed-title = The photo has just changed
error-verdict-version-changed-what = A new photo or new data came while you looked; your choice was not taken.
error-verdict-version-changed-advice = Go back and look at the new one.
error-verdict-frozen-title = Checking has ended
error-verdict-frozen-what = The time is over; nothing changes any more.
error-verdict-frozen-advice = Ask the student records office.
error-verdict-in-correction-title = A correction is under way
error-verdict-in-correction-what = Your request to correct this photo has no result yet; the photo was not confirmed.
error-verdict-in-correction-advice = If the photo is right after all, take the request back under Corrections first.
error-verdict-closed-title = The enrolment has ended
error-verdict-closed-what = It is not checked any more.
error-verdict-closed-advice = Ask the student records office.
error-registration-step-title = This step is over
error-registration-step-what = This step of the registration was done, or comes later.
error-registration-step-advice = Begin at the first page; it goes on where you were.
error-link-dead-title = The link is dead
error-link-dead-what = It was used or is too old.
error-link-dead-advice = Ask for another one.
notice-verdict-due-subject = Checking your graduation photo ends soon
notice-verdict-due-text =
    Dear { $name },

    checking ends on { $due } at midnight and you have not checked yet. Nothing can be changed after that. Please sign in soon:

    { $link }

## Paper
paper-title = Print the confirmation and review forms
paper-lead = Print these where the school wants paper; sign them and hand them in at your college’s student office.
paper-proof = Confirmation of the photo
paper-review = Review for graduation
paper-photo = Photo
paper-data = Enrolment data
paper-remark = Remarks
paper-credits = Studies
paper-college-opinion = College
paper-school-opinion = School
paper-signature = Signature and date

## Steps and reasons
next-code = Reference code
step-captured-next = To be taken
step-uploaded-next = To be sent
step-matched-next = Matching
step-waiting-next = Your turn
step-confirmed-next = To be confirmed
step-stuck = On hold
student-finding-CORRUPT = The photo file is damaged and cannot be opened. Have it taken again by the date and at the place below.
student-finding-LIMIT = The photo file is too large or broken and cannot be opened. Have it taken again by the date and at the place below.
find-name-lead = You see the e-mail address that you sign in with, partly hidden.
find-password-lead = A link to set another password is sent to the address that you sign in with.
claim-step = Step { $n } of 3
