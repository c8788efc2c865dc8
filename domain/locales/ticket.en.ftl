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
ticket-state-notified = Student told
ticket-state-closed = Closed
ticket-state-rejected = Not approved
ticket-state-escalated = With another body
ticket-state-withdrawn = Withdrawn
ticket-state-merged = Merged
ticket-step-submit = Submit
ticket-step-triage = Sort
ticket-step-ask = Ask the student
ticket-step-answer = Answered
ticket-step-review = Start work
ticket-step-approve = Approve and apply
ticket-step-apply = Apply
ticket-step-notify = The student was told
ticket-step-close = Close
ticket-step-reject = Do not approve
ticket-step-escalate = Hand to another body
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
notice-tickets-due-subject = Tickets: { $overdue } overdue, { $soon } due soon
notice-tickets-due-text =
    { $overdue } tickets are past their promised time, { $soon } will be due within half a working day:

    { $link }
notice-ticket-draft-subject = Please confirm your request (ticket { $ticket })
notice-ticket-draft-text =
    a request for a correction came from this address and is ticket { $ticket }. Open this link to hand it in; it is good for 7 days:

    { $link }

    If you did not write it, there is nothing to do.
