## Corrections: words
ticket-kind-account = Account identity
ticket-kind-roll = Roll data
ticket-kind-photo = Photo
ticket-kind-prior-credential = Prior credential
ticket-kind-identity-check = Identity check
ticket-kind-duplicate = Duplicate photo
ticket-kind-other = Other
ticket-state-draft = Draft
ticket-state-submitted = Submitted
ticket-state-triaged = Sorted
ticket-state-need-more = Waiting for the student
ticket-state-in-review = In progress
ticket-state-approved = Approved
ticket-state-applied = Applied
ticket-state-notified = Student informed
ticket-state-closed = Closed
ticket-state-rejected = Not approved
ticket-state-escalated = With another body
ticket-state-withdrawn = Withdrawn
ticket-state-merged = Merged
ticket-step-submit = Submit
ticket-step-triage = Change the kind
ticket-step-ask = Ask the student
ticket-step-answer = Answered
ticket-step-review = Start work
ticket-step-approve = Approve and apply
ticket-step-apply = Apply
ticket-step-notify = The student was told
ticket-step-close = Close
ticket-step-reject = Do not approve
ticket-step-escalate = Pass to another office
ticket-step-return = They answered
ticket-step-withdraw = Withdraw
ticket-step-reopen = Reopen
ticket-step-merge = Merge into another ticket
ticket-body-province = Provincial education department
ticket-body-chsi = CHSI
ticket-body-agency = Imaging agency
ticket-body-exam-authority = Examination authority
ticket-field-name = Name
ticket-field-sex = Sex
ticket-field-id-number = ID number
ticket-field-birth-date = Date of birth
ticket-field-ethnicity = Ethnic group
ticket-field-major = Major
ticket-field-level = Level
ticket-field-study-form = Mode of study
ticket-field-duration = Length of study
ticket-evidence-id-card = ID card, both sides on one page
ticket-evidence-household-book = Every page of the household book
ticket-evidence-police-certificate = Police certificate
ticket-evidence-admission-form = Admission list or form
ticket-evidence-prior-certificate = Prior certificate
ticket-evidence-registration-form = Registration form of the prior certificate
ticket-evidence-handheld-photo = Photo of you holding your ID card
ticket-evidence-school-certificate = Photo page of your school certificate
ticket-evidence-pledge = Handwritten pledge
ticket-evidence-medical-proof = Medical proof
ticket-evidence-other = Other material
ticket-check-roll-is-right = The roll is right, the account is wrong
ticket-check-number-is-of-person = The document is the student's own
ticket-check-other-accounts-known = Other accounts with the number are known
ticket-check-who-is-wrong = It is known who made the mistake
ticket-check-window-is-open = The window for corrections is open
ticket-check-not-graduating-term = Not in the last term, not graduated
ticket-check-copy-is-of-original = The copy was held against the original
ticket-check-compared-with-admission-photo = Compared with the admission photo
ticket-check-swap-partner-looked-for = Looked for an exchange with somebody else
ticket-check-certificate-number-checked = The certificate's number was checked
ticket-check-predates-entry = The prior credential is older than the entry
ticket-check-former-school-asked = The former school was asked
ticket-check-person-was-met = The student was met in person
ticket-check-archive-was-read = The file was read
ticket-check-attendance-was-asked = Attendance was asked about
ticket-check-compared-again = Compared again
ticket-check-both-photos-compared = Both photos were compared
ticket-check-both-students-asked = Both students were asked
ticket-call-reached = The student was told
ticket-call-no-answer = Nobody answered
ticket-call-wrong-number = Wrong number
ticket-call-called-us = The student called
ticket-came-page = Student's page
ticket-came-dispute = When checking
ticket-came-mail = Mail
ticket-came-phone = Telephone
ticket-came-office = Entered by the office

## Corrections: the office
rail-tickets = Tickets
ticket-band-open = All open
ticket-band-mine = Mine
ticket-band-unassigned = Unassigned
ticket-band-due-soon = Due soon
ticket-band-overdue = Overdue
ticket-band-waiting = Waiting for others
ticket-band-ended = Ended
tickets-answer = { $open } open, { $overdue } overdue; what is due first stands first.
tickets-bands = Parts of the list
tickets-new = New ticket
tickets-new-lead = For a student who called or came; time counts from here.
tickets-new-find = Find the student first and open the ticket from there; without a record it can be entered here.
tickets-statistics = Statistics
tickets-kinds = Kinds and texts
tickets-acted = Done for { $done }; { $refused } could not be handled so.
tickets-tick = Select
tickets-tick-one = Select ticket { $n }
tickets-bulk = With the selected tickets
tickets-give = Assign
tickets-give-to = Assign to
tickets-words = Reply
tickets-say = Reply to selected
tickets-close = Close selected
tickets-open = Hand in
tickets-tally-handed-in = Handed in
tickets-tally-open = Open
tickets-tally-done = Done
tickets-tally-rejected = Not approved
tickets-tally-dropped = Withdrawn or merged
tickets-tally-in-time = In time
tickets-tally-satisfaction = Satisfaction
ticket-title = Ticket { $n }
ticket-number = Ticket
ticket-kind = Kind
ticket-state = State
ticket-due = Promised by
ticket-assignee = Assigned to
ticket-changed = Last change
ticket-overdue = Overdue
ticket-soon = Due soon
ticket-nobody = Nobody
ticket-in-turn = In turn
ticket-no-record = No record
ticket-came = Came by
ticket-phone = Telephone
ticket-what = What is to be corrected
ticket-conversation = Conversation
ticket-student = Student
ticket-internal = Office only
ticket-house = System
ticket-write = Write to the student, or note for colleagues
ticket-keys = Ctrl+Enter sends to the student, Ctrl+Shift+Enter notes for colleagues.
tickets-keys = In the list: ↑ ↓ go from row to row, x ticks, Enter opens.
ticket-send = Send to student
ticket-note = Note for colleagues
ticket-text-module = Text
ticket-call = Record a call
ticket-call-outcome = Outcome
ticket-call-words = What was said
ticket-call-keep = Record
ticket-next = Next
ticket-facts = Facts
ticket-to-body = Hand to
ticket-words-student = In words that the student reads
ticket-pictures = Both photos
ticket-swap = Students it may have been exchanged with
ticket-swap-hint = Those of the same delivery who also say that the photo is somebody else, and neighbours in the order of capture. Once linked, an approval asks them again.
ticket-swap-disputed = Also says it is somebody else
ticket-swap-link = Link as exchanged
ticket-swap-remove = Unlink
ticket-checklist = Checklist
ticket-changes = Changes of the roll
ticket-propose = Propose a change
ticket-propose-hint = Somebody else has to approve it before it goes into the roll; a number that says another birth date or sex needs these proposed as well.
ticket-field = Field
ticket-value = Change to
ticket-proposal-open = waiting for approval
ticket-proposal-dropped = withdrawn
ticket-proposal-applied = in the roll
ticket-proposal-drop = Withdraw
ticket-links = Links
ticket-link = Link
ticket-link-what = Link to
ticket-link-number = Number
ticket-link-record = Record
ticket-link-photo = Photo
ticket-link-batch = Batch
ticket-link-ticket = Ticket
ticket-link-swap-partner = Exchanged with
ticket-satisfaction = Satisfaction
ticket-more = More
ticket-into = Number of the other ticket
ticket-split = Split off a ticket
ticket-also-here = Also looking at this ticket:
ticket-changed-meanwhile = Something happened: open the ticket anew
ticket-approve-hint-account = Other accounts with the number end, or this account says anew who it is; the student is told.
ticket-approve-hint-roll = The proposed changes go into the roll; the student is told and checks the data again.
ticket-approve-hint-photo = The photo is shot again, whoever it was exchanged with is asked again, and the student is told.
ticket-approve-hint-prior-credential = The student is told.
ticket-approve-hint-identity-check = The student is told.
ticket-approve-hint-duplicate = The student is told.
ticket-approve-hint-other = The student is told.
ticket-event-opened = Opened
ticket-event-moved = State:
ticket-event-message = Message
ticket-event-note = Note
ticket-event-assigned = Assigned
ticket-event-linked = Linked
ticket-event-unlinked = Unlinked
ticket-event-absorbed = Merged in ticket
ticket-event-split = Split off ticket
ticket-event-proposed = Proposed a change:
ticket-event-dropped = Dropped a proposal
ticket-event-changed = The roll was changed
ticket-event-photo-refused = The photo is shot again
ticket-event-partner-reopened = Whoever it was exchanged with is asked again
ticket-event-accounts-ended = The account's identity was settled
ticket-event-evidence = Document added
ticket-event-checked = Checked:
ticket-event-unchecked = Unchecked:
ticket-event-phoned = Call:
ticket-event-due-soon = Due soon
ticket-event-overdue = Overdue
ticket-event-rated = Satisfaction
kind-days = { $n } working days
kind-second = two people
kind-second-long = One person proposes, another approves
kind-working-days = Promised working days
kind-evidence = Evidence wanted, one a line
kind-evidence-hint = Begin with * what has to be there before it is handed in.
kind-decided-by = Decided by
kind-bodies = Can be handed to
kind-fields = Fields of the roll it may change
kind-keep = Save
tickets-kinds-lead = How many days each kind promises, what it wants, what is checked and who decides; tickets that were promised keep their promise.
texts-title = Texts
texts-name = Title
texts-body = Text
texts-add = Add a text
empty-tickets = No tickets here
empty-tickets-next = Students' requests appear here, and tickets that you open for somebody who calls.
empty-ticket-statistics = No ticket was handed in during this time
empty-ticket-statistics-next = Choose other days.

## The clock

## Corrections: notices
notice-ticket-received-subject = Your request was received (ticket { $ticket })
notice-ticket-received-text =
    Dear { $name },

    your request for a correction was received as ticket { $ticket }. We promise to handle it by { $due }.
    Sign in at any time to see how far it is or to add something:

    { $link }
notice-ticket-question-subject = Please add something (ticket { $ticket })
notice-ticket-question-text =
    Dear { $name },

    we need something more from you for ticket { $ticket }. Please sign in and answer; the promised time stands still until then:

    { $link }
notice-ticket-message-subject = A message about ticket { $ticket }
notice-ticket-message-text =
    Dear { $name },

    the records office wrote to you in ticket { $ticket }. Sign in to read it:

    { $link }
notice-ticket-escalated-subject = Ticket { $ticket } is with another body
notice-ticket-escalated-text =
    Dear { $name },

    ticket { $ticket } has to be handled outside the school and was handed on. The promised time stands still until they answer. See how
    far it is:

    { $link }
notice-ticket-done-subject = Ticket { $ticket } is done
notice-ticket-done-text =
    Dear { $name },

    ticket { $ticket } is done. Sign in to see the result; if it is not right, you can reopen it within 30 days:

    { $link }
notice-ticket-rejected-subject = Ticket { $ticket } was not approved
notice-ticket-rejected-text =
    Dear { $name },

    ticket { $ticket } was not approved. Sign in to read why and what you can do; you can reopen it within 30 days:

    { $link }
notice-ticket-merged-subject = Ticket { $ticket } was merged
notice-ticket-merged-text =
    Dear { $name },

    ticket { $ticket } is about the same as another one of yours, and they are handled together:

    { $link }
notice-ticket-writer-text =
    There is news about the correction you wrote to us about (ticket { $ticket }). See it under this link, which is good for 60 days:

    { $link }

    To add something, answer this mail. Do not forward the link.
notice-tickets-due-subject = Tickets: { $overdue } overdue, { $soon } due soon
notice-tickets-due-text =
    { $overdue } tickets are past their promised time, { $soon } will be due within half a working day:

    { $link }
notice-ticket-draft-subject = Please confirm your request (ticket { $ticket })
notice-ticket-draft-text =
    a request for a correction came from this address and is ticket { $ticket }. Open this link to hand it in; it is good for 7 days:

    { $link }

    If you did not write it, there is nothing to do.
