# Corrections: the students' pages, how a promise is explained, and the words for what was filled in wrongly or cannot be done

student-place-tickets = Corrections
correction-title = Corrections
correction-empty = You have asked for no correction yet
correction-empty-text = A photo that is wrong, mistakes in the roll, an account with a wrong name or number, a failed identity check: ask here. Each matter is a ticket that says how far it is, who acts next, and by when.
correction-province = Only the provincial education department can change the roll; neither you nor the school can. The school checks the documents and passes them on. A photo that is wrong changes nothing in the roll.
correction-onward = Your account is not complete. Only tickets about its identity are here.
correction-onward-go = Go on with the registration
correction-new = Ask for a correction
correction-choose = What is to be corrected?
correction-other-kind = Something else
correction-back = Back to corrections
correction-number = Ticket { $number }
correction-one = Ticket { $number }
correction-about = Correction: { $kind }
correction-open = Correction: { $kind }
correction-go-on = Complete and hand in
correction-see = See the ticket
correction-see-open = See that ticket
correction-opened = Asked on
correction-until = Promised by
correction-waits = Waits for you

## Kinds: what they are about
correction-for-account = You registered with a wrong name or ID number, so that your enrolment is not found.
correction-for-roll = Name, sex, ID number, date of birth, ethnic group, major, level or the like are not right.
correction-for-photo = The photo is not you, is an old one, or was rejected by mistake.
correction-for-prior-credential = You came from a college diploma to a degree course, and the diploma was not accepted.
correction-for-identity-check = The identity check, which compares faces, failed or is in doubt.
correction-for-duplicate = The same photo stands under your name and another student’s.
correction-for-other = None of these.

## Kinds: how it goes
correction-way-account = The roll is right and only the account changes. Once your identity is proved, the account goes back to the form of who you are, and you fill it in again.
correction-way-roll = The records office checks the originals and reports to the province, usually in March and September only (December in some provinces); not in the first year, the last term or after graduation. Name and ID number usually cannot both be changed. What was wrong in your entrance examination is corrected first by the examination authority of that year: whoever made the mistake mends it.
correction-way-photo = The records office compares it with your admission photo and looks for your photo with other people. If it is wrong, it is taken again, and you are asked to check the new one.
correction-way-prior-credential = First check your diploma on CHSI: name and certificate number must be as registered, and it must be older than your entry. Since 2018 the ministry’s registration form or a certification report is needed. If the diploma’s record is wrong or has no photo, ask your former school to mend it.
correction-way-identity-check = Your college meets you and checks documents, file and attendance, then the faces are compared again on CHSI; if they still differ, the school reports to the province. If the admission photo is the wrong one, the examination authority corrects it first.
correction-way-duplicate = Both photos are compared side by side and both students are asked. Until it is clear whose it is, the photo is not used for any certificate.
correction-way-other = Say what it is and what you would like; the records office reads it and passes it to whoever can act.
correction-judge-first = The photo still waits for you: choose “Photo wrong” there and the ticket opens by itself.

## One line on the first page
correction-ask-account = Registered with something wrong? Ask for a correction
correction-ask-prior-credential = Hand in your diploma
correction-ask-identity-check = Hand in what proves who you are
correction-ask-duplicate = Say what you know about the duplicate
correction-ask-photo = Rejected by mistake? Ask for another look
correction-ask-roll = Ask for a correction of the roll
correction-ask-other = Ask for a correction

## Asking
correction-promise = How long does it take?
correction-promise-text = { $days ->
    [one] Once handed in, it is handled within one working day.
   *[other] Once handed in, it is handled within { $days } working days.
} Waiting for you, or for a body outside the school, does not count; what the province or an examination authority changes takes as long as they need.
correction-evidence = What to add
correction-required = required
correction-evidence-next = You add it in the next step; the promised time begins when you then hand the ticket in.
correction-evidence-later = You can ask without it; you will be asked if it is needed.
correction-record = Which enrolment
correction-no-record = None in particular
correction-without-record = Your account has no enrolment, so there is no photo and nothing in the roll to correct. If the account is wrong, choose
correction-words = What is to be corrected?
correction-words-account = What you typed wrongly, and what is right.
correction-words-roll = What is wrong, what it says now, and what it should say.
correction-words-photo = What is wrong: not me, or from my earlier course, for example.
correction-words-prior-credential = The college, the certificate number and the year.
correction-words-identity-check = What may explain it: surgery, a changed household record, a very old admission photo.
correction-words-duplicate = What you know: who sat next to you when it was taken, for example.
correction-words-other = What it is, and what you would like.
correction-reach = Reach me by another telephone or address
correction-phone-hint = If left empty, we call { $phone }.
correction-phone-none = Your account has no telephone; if left empty, we only write.
correction-reply-to = Where answers go
correction-reply-to-hint = If left empty, to { $email }.
correction-next = Next: add documents
correction-submit = Hand in the request
correction-submit-later = Once every required document is added, you can hand it in here.
correction-evidence-more = Add documents

## How far it is
correction-state-draft = Draft, not handed in
correction-state-submitted = Handed in
correction-state-triaged = Accepted
correction-state-need-more = Waits for you
correction-state-in-review = In progress
correction-state-approved = Agreed
correction-state-applied = Corrected
correction-state-notified = Done
correction-state-closed = Closed
correction-state-rejected = Not approved
correction-state-escalated = Handed on
correction-state-withdrawn = Withdrawn
correction-state-merged = Merged
correction-now-draft = It is not handed in yet, and the promised time has not begun. Add what is missing, then hand it in.
correction-now-submitted = The records office has it and has not begun yet.
correction-now-triaged = The records office has accepted it; somebody will begin soon.
correction-now-need-more = The records office waits for you: read what they wrote last, and answer below. The promised time stands still until then.
correction-now-in-review = The records office is working on it.
correction-now-approved = The records office agrees and is correcting it.
correction-now-applied = It is corrected; the records office will tell you.
correction-now-notified = Done; the result is in the conversation below. If it is not right, you can reopen it within 30 days.
correction-now-account-done = Your identity is proved: please complete the registration.
correction-now-closed = Closed. If it is not right, you can reopen it within 30 days of its end.
correction-now-rejected = Not approved; the reason is in the conversation below. If you disagree, you can reopen it within 30 days.
correction-now-escalated = This is for another body ({ $body }) and was handed on. The promised time stands still until they answer.
correction-now-withdrawn = You took it back, and nobody works on it. You can reopen it within 30 days.
correction-now-merged = It is about the same as another ticket of yours, and they are handled together:

## One line after something is done
correction-done-opened = Handed in; the time begins to run.
correction-done-opened-draft = Noted, and not handed in yet: add the documents below, then hand it in.
correction-done-disputed-photo = You reported the photo as wrong. The records office compares it with your admission photo and looks for your photo with other people; if it is wrong, it is taken again, and you are asked to check the new one.
correction-done-disputed-roll = You reported a mistake in the roll. The records office checks the documents and has the provincial education department change it; no new photo is needed.
correction-done-evidence = The document was received; the list below says how far it is.
correction-done-evidence-draft = The document was added, and nothing is handed in yet: hand it in once they are complete.
correction-done-submit = Handed in: the promised time begins.
correction-done-answer = Answered: the promised time goes on.
correction-done-withdraw = Withdrawn.
correction-done-close = Thank you for letting us know.
correction-done-reopen = Reopened: the promised time begins anew.
correction-done-message = Your message was sent.
correction-done-rated = Thank you.

## A ticket
correction-photo = The photo in question
correction-unsent = What you wrote (not sent)
correction-talk = Conversation
correction-by-you = You
correction-by-office = Records office
correction-by-house = System
correction-event-opened = Asked for a correction
correction-event-submit = Handed in
correction-event-triage = Accepted
correction-event-ask = Asks you for more
correction-event-answer = Answered
correction-event-review = Began work
correction-event-approve = Agreed
correction-event-apply = Corrected
correction-event-notify = Done
correction-event-close = Closed
correction-event-reject = Not approved
correction-event-escalate = Handed on
correction-event-return = The other body answered
correction-event-withdraw = Withdrawn
correction-event-reopen = Reopened
correction-event-merge = Merged into ticket { $ticket }
correction-event-message = Message
correction-event-phoned = Telephone call:
correction-event-evidence = Documents added
correction-event-changed = The roll was corrected:
correction-event-photo-refused = The photo no longer counts and is taken again
correction-event-accounts-ended = Other accounts with this number have ended
correction-event-begins-anew = Your name and number were cleared: please fill them in again
correction-event-rated = Rated { $score } of 5
correction-event-absorbed = Ticket { $ticket } was merged into this one
correction-event-split = A part became ticket { $ticket }
correction-answer = Please add something
correction-answer-words = Your answer
correction-answer-hint = Add the documents that were asked for above, then reply.
correction-answer-send = Answer
correction-message = Add something or ask
correction-message-send = Send message
correction-rate = How did it go?
correction-rate-ask = Choose one; you can say it once
correction-rate-5 = Very satisfied
correction-rate-4 = Satisfied
correction-rate-3 = Neither
correction-rate-2 = Dissatisfied
correction-rate-1 = Very dissatisfied
correction-rate-words = Anything else (may be left empty)
correction-rate-send = Send
correction-rated = You said:
correction-close = All is well, accept the result
correction-reopen = Not right? Reopen it
correction-reopen-withdrawn = Still to be corrected? Reopen it
correction-reopen-text = Say what is not right. The promised time begins anew.
correction-reopen-words = What is not right
correction-reopen-send = Reopen
correction-withdraw = No longer needed? Withdraw it
correction-withdraw-text = The records office stops working on it. The conversation stays, and you can reopen it within 30 days.
correction-withdraw-send = Yes, withdraw

## Proving an identity
identity-claim-number = The number is mine: go on, and prove it at the last step
dispute-id-taken = The ID number is registered by another account
confirm-proof = It was not you, or you cannot use that account any more?
confirm-proof-text = Ask the records office to check your identity: add a picture of your ID card. Once it is proved, the other accounts end, and you come back here and say yes.
confirm-proof-words = What happened (may be left empty)
confirm-proof-send = Ask to prove my identity
confirm-proof-open = You asked to prove your identity. Say yes once it is done:

## The promise
promise-title = Promised time
promise-until = We promise to handle it by { $at }.
promise-standing = The clock stands still and goes on after the answer.
promise-over = The promised time is over since { $at }.
promise-ask = You can send a reminder below.
promise-ended = The ticket has ended, and its clock with it.
promise-provisional = It reaches into a year whose holidays are not published, so this may still change.
promise-used = Used
promise-paused-for = Paused
promise-within = Within the promise
promise-left = Working time left
promise-over-by = Over by
promise-promised = Working time promised
promise-hours = { $hours } h
promise-minutes = { $minutes } min
promise-hours-minutes = { $hours } h { $minutes } min
promise-account = How is it counted?
promise-account-text = Only hours of working days count; nights, lunch breaks, weekends, holidays and pauses do not.
promise-counted = Counted
promise-night = After hours, not counted
promise-lunch = Lunch break, not counted
promise-weekend = Weekend, not counted
promise-holiday = Holiday, not counted
promise-paused = Paused, not counted
promise-makeup = Make-up workday ({ $name })
promise-may-change = May change

## Help
help-tickets = How do I ask for a correction, and how long does it take?
help-tickets-text = Choose what it is about under “Corrections”, say what is to be corrected, add what is asked for and hand it in. The ticket says how far it is, who acts next, by when, and how that was counted.

## Filled in wrongly
problem-ticket-exists = An open ticket is about the same. Please add to that one.
problem-ticket-too-many = Ten of your tickets are open. Wait for one of them, or withdraw one.
problem-ticket-changed = Something happened to the ticket while you were writing, and nothing was sent. Look at it as it is now; your words are still here.
problem-ticket-step = The ticket is at another step by now, and nothing was done. Look at it as it is now.
problem-ticket-too-old = The ticket ended more than 30 days ago and cannot be reopened. Please ask anew.
problem-ticket-ended = The ticket has ended, so messages do not reach anybody. Reopen it, or ask anew.
problem-evidence-missing = A required document is still missing. Add it, then hand in.
problem-words-missing = Please write something.
problem-words = Write at most 4,000 characters.
problem-account-first = Please complete the registration before you ask for this.
problem-rated = You have said this already.
problem-satisfaction = Please choose one.
problem-record-missing = Please choose the enrolment.

## Error pages
error-ticket-exists-title = There is a ticket about this
error-ticket-exists-what = A correction of the same kind for the same enrolment is still open, so no other one was opened.
error-ticket-exists-advice = Add to that ticket.
error-ticket-too-many-title = Too many open tickets
error-ticket-too-many-what = A student has at most ten open tickets at a time.
error-ticket-too-many-advice = Wait for one of them, or withdraw one.
error-ticket-changed-title = The ticket has changed
error-ticket-changed-what = Something happened to the ticket since you opened the page, and nothing was done.
error-ticket-changed-advice = Open the ticket again, then decide.
error-ticket-step-title = This cannot be done now
error-ticket-step-what = The ticket is at another step by now, and nothing was done.
error-ticket-step-advice = Open the ticket again and see where it stands.
error-ticket-too-old-title = It ended too long ago
error-ticket-too-old-what = The ticket ended more than 30 days ago and cannot be reopened.
error-ticket-too-old-advice = Open another one.
error-evidence-missing-title = Documents are missing
error-evidence-missing-what = Not everything that this kind of ticket requires is there, so it was not handed in.
error-evidence-missing-advice = Add what is missing, then hand it in.
error-words-missing-title = Nothing was written
error-words-missing-what = This step needs words, which the student reads.
error-words-missing-advice = Go back, write them and try again.
error-words-title = Too long
error-words-what = At most 4,000 characters can be written at once; nothing was kept.
error-words-advice = Go back and shorten it, or write it in parts.
error-account-first-title = Complete the registration first
error-account-first-what = Before the account is complete, only its identity can be corrected.
error-account-first-advice = Complete the registration, then ask for anything else.
error-rated-title = You have said this already
error-rated-what = A ticket can be rated once.
error-rated-advice = If there is more to say, reopen the ticket or ask the records office.
error-satisfaction-title = Nothing was chosen
error-satisfaction-what = A rating is one of 1 to 5; nothing was kept.
error-satisfaction-advice = Go back, choose one and try again.
error-second-person-title = Somebody else must approve
error-second-person-what = Whoever proposed the change or took the ticket up does not approve it.
error-second-person-advice = Ask a colleague who decides about such tickets.
error-body-title = No body was chosen
error-body-what = Tickets of this kind are not handed to that body, so nothing was handed on.
error-body-advice = Go back and choose one of those listed.
error-kind-changed-title = This kind was just edited
error-kind-changed-what = Somebody edited this kind since you opened the page, and your change was not kept.
error-kind-changed-advice = Open it again, check it, then change it.
