# Texts of the pages. Whoever changes a message changes the Chinese one too.

## Frame
frame-skip = Skip to content
frame-brand = Rollproof
frame-campaign = Campaign
frame-campaign-go = Switch
frame-sign-out = Sign out
frame-rail = Main navigation
frame-open = Open:
language-other = 中文
cancel = Cancel
role-admin = Administrator
role-registrar = Registrar
role-counsellor = Counsellor
role-support = Ticket support
role-auditor = Auditor (read only)
rail-overview = Overview
rail-batches = Batches
rail-review = Review
rail-recaptures = Re-capture
rail-audit = Audit
rail-records = Students
rail-roll = Roll
pager = Pages
pager-first = First page
pager-next = Next page

## Time
span-seconds = { $n } s
span-minutes = { $n } min
span-hours = { $n } h
span-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
span-seconds-ago = { $n } s ago
span-minutes-ago = { $n } min ago
span-hours-ago = { $n } h ago
span-days-ago = { $n ->
    [one] { $n } day ago
   *[other] { $n } days ago
}
progress-count = { $done } of { $total } done
progress-rate = { $n } a second
progress-left = about
progress-leave = You may close this page; the work goes on.

## First line of a page
answer-open = { $n ->
    [one] { $n } open item
   *[other] { $n } open items
}
answer-oldest = oldest
answer-next = Next:
answer-clear = Nothing is open

## Overview
overview-open = Open work
overview-progress = Campaign progress
overview-batches = Latest batches
overview-all-batches = All batches
work-review = photos to review
work-review-next = review photos
work-unmatched = photos without a roll record
work-unmatched-next = look into photos without a roll record
work-recapture = students to photograph again
work-recapture-next = hand the re-capture list to the agency
funnel-expected = Expected
funnel-received = Received
funnel-matched = Matched
empty-campaigns = There is no campaign yet
empty-campaigns-next = Ask the administrator to run rollproof campaign add on the server, then import the roll.

## Batches
batch-number = Batch
batch-title = Batch #{ $number }
batch-received = Received
batch-received-word = received
batch-took = , done in { $length }
batch-files-head = Files
batch-files = { $files ->
    [one] { $files } file
   *[other] { $files } files
}
batch-state = State
batch-counts-later = shown when done
batch-new = Upload a batch
batch-new-lead = Choose the archive the agency delivered. It is unpacked, checked and matched in the background; you may close the page.
batch-agency = Agency
batch-kind = Kind of photo
batch-kind-graduation = Graduation portrait
batch-kind-admission = Admission photo
batch-submit = Upload and process
batch-receipt = Receipt
batch-rematch = Match again
batch-undo = Undo batch
batch-undo-what = The photos of all { $files } files of this batch will belong to nobody again, and published ones are withdrawn. Photos a student has confirmed stay.
batch-undo-type = Type { $files } to confirm
batch-undo-submit = Undo { $files } files
batch-next-review = { $n ->
    [one] review { $n } photo
   *[other] review { $n } photos
}
batch-next-unmatched = { $n ->
    [one] look into { $n } photo without a record
   *[other] look into { $n } photos without a record
}
batch-next-rejected = { $n ->
    [one] ask the agency for { $n } file again
   *[other] ask the agency for { $n } files again
}
batch-lists = Reconciliation
batch-failed = This batch could not be processed
batch-state-received = Received
batch-state-inspecting = Inspecting
batch-state-reconciling = Reconciling
batch-state-reconciled = Reconciled
batch-state-failed = Failed
batch-state-undone = Undone
batch-working-received = Received, waiting for a worker
batch-working-inspecting = Inspecting photos
batch-working-reconciling = Reconciling
batches-answer = { $n ->
    [one] { $n } photo to review or without a roll record
   *[other] { $n } photos to review or without a roll record
}
empty-batches = There is no batch yet
empty-batches-next = Choose “Upload a batch”.
failure-archive-truncated = The archive is damaged or incomplete. Compare its size and upload it again; the same archive may be sent again.
failure-archive-not-a-zip = This file is no ZIP archive. Ask the agency for a ZIP; RAR and 7z have to be converted first.
failure-archive-no-photos = The archive holds no photos. Check whether it is the right file.
failure-archive-nothing-readable = None of the archive's files opens; it may have a password. Ask the agency for one without.
failure-archive-empty = The archive holds no files. Check it and upload again.

## Lists of a reconciliation
list-matched = Matched
list-review = To review
list-rejected = Rejected
list-unmatched = No record
list-ignored = Ignored
list-missing = No photo
list-manifest_only = Listed only
list-matched-means = The photo meets the rules and belongs to a student's record.
list-review-means = The photo points to a student but something is doubtful; it counts once a person has looked.
list-rejected-means = The file does not open or is over a limit; the agency has to deliver it again.
list-unmatched-means = The number in the name or manifest is in no roll; it is never given to a neighbour.
list-ignored-means = Files that are no photos: manifests, notes, thumbnail caches.
list-missing-means = Students the campaign expects and who have no usable photo yet.
list-manifest_only-means = Rows of the manifest whose photo is not in the archive.
list-download = Download the list ({ $n })
reasons = Reasons
reason-pairs = { $n ->
    [one] ({ $n } pair)
   *[other] ({ $n } pairs)
}
entry-photo = Photo
entry-student = Student
entry-reason = Reason
entry-row = Manifest row
entry-clean = Passed every check
entry-recapture = Re-capture
student-unknown = No student found
photo-none = No picture
photo-this = This photo
photo-other = The other photo
pair-this = This
pair-other = Other
pair-with = and
empty-list-matched = No matched photos
empty-list-matched-next = Look at the other lists, or check whether the roll is imported.
empty-list-review = Nothing to review
empty-list-review-next = The receipt can go to the agency.
empty-list-passed = Somebody has looked at every matched photo
empty-list-passed-next = Photos of the next delivery appear here once they are matched.
empty-list-rejected = No rejected files
empty-list-rejected-next = Every file opens.
empty-list-unmatched = Every photo has a roll record
empty-list-unmatched-next = Nothing to do.
empty-list-ignored = No ignored files
empty-list-ignored-next = Nothing to do.
empty-list-missing = Every expected student has a photo
empty-list-missing-next = Students can be asked to check.
empty-list-manifest_only = Every manifest row has a photo
empty-list-manifest_only-next = Nothing to do.

## Checks
finding-CORRUPT = Damaged file
finding-CORRUPT-sentence = The picture is incomplete and does not open; ask the agency for the original.
finding-NOROLL = Not in the roll
finding-NOROLL-sentence = The number is in no roll; check it, or import the student first.
finding-NOKEY = No number
finding-NOKEY-sentence = Neither the file name nor the manifest has a usable number; ask the agency to name files as agreed.
finding-FMT = Format
finding-FMT-sentence = Not a JPEG file with 8-bit RGB.
finding-SIZE = Dimensions
finding-SIZE-unit = { " " }px
finding-SIZE-sentence = The pixel size differs from the image profile.
finding-LANDSCAPE = Landscape
finding-LANDSCAPE-sentence = Wider than high; the system does not turn photos.
finding-BG = Background
finding-BG-sentence = The background is not the prescribed light blue, or not even.
finding-EDGE = Border
finding-EDGE-unit = { " " }px
finding-EDGE-sentence = A black or white border, mostly left by cropping.
finding-BLUR = Blurred
finding-BLUR-sentence = Sharpness is below the limit.
finding-LIGHT = Exposure
finding-LIGHT-sentence = Clearly too bright or too dark.
finding-NOFACE = Nobody
finding-NOFACE-sentence = Nobody is seen in front of the backdrop.
finding-DUP = Same photo twice
finding-DUP-sentence = The same picture stands under two students; neither counts until both were looked at.
finding-MIRROR = Mirrored copy
finding-MIRROR-sentence = Another student's picture, mirrored; neither counts until both were looked at.
finding-NAME = Name differs
finding-NAME-sentence = The manifest's name differs from the roll's.
finding-ID = Number differs
finding-ID-sentence = The manifest's number differs from the roll or the file name.
finding-SCHOOL = School differs
finding-SCHOOL-sentence = The manifest's school code differs from the roll's.
finding-MULTIROLL = Several records
finding-MULTIROLL-sentence = The number fits several open records; choose the one the photo belongs to.
finding-GRADUATED = Closed record
finding-GRADUATED-sentence = This record is graduated or closed.
finding-SUPERSEDED = Another photo
finding-SUPERSEDED-sentence = The record has another photo; the later capture wins, equal times need a person to choose.
finding-KB = File size
finding-KB-unit = { " " }KB
finding-KB-sentence = The file size is outside the profile's window; standardising takes care of it.
finding-DENSITY = Density tag
finding-DENSITY-unit = { " " }dpi
finding-DENSITY-sentence = The density tag is not 300 dpi; standardising writes it right.
finding-QUALITY = JPEG quality
finding-QUALITY-sentence = Compressed so strongly that detail is lost.
finding-GEOM = Composition
finding-GEOM-sentence = The head's place or size is outside the profile's windows.
finding-OLD = Old capture
finding-OLD-unit = { " " }days
finding-OLD-sentence = Taken earlier than allowed.
finding-LIMIT = Over a limit
finding-LIMIT-sentence = Over a safety limit before decoding, so it was not opened.
finding-EYES = Eyes
finding-MOUTH = Mouth
finding-GLASS = Glasses
finding-HAIR = Hair
finding-DRESS = Dress
finding-RETOUCH = Retouched
finding-RECAPTURE = Photo of a photo
finding-TILT = Tilted
finding-OTHER = Other

## Upload
upload-batch-label = Archive (ZIP)
upload-batch-hint = Photos named by ID number, exam number or student number; a manifest (CSV, XLSX) may be inside.
upload-roll-label = Roll file
upload-roll-hint = CSV, XLSX, XLS or DBF with column names in the first row.
upload-limit = At most
upload-drop = Or drop the file here
upload-progress = Upload progress
upload-sent = Sent
upload-reading = Sent; being stored…
upload-failed = The upload was cut. Check the network and press upload again; the chosen file is still here.

## Roll import
roll-imports = Roll imports
roll-imports-lead = Upload the file exported by the school’s system, check its columns, look at the comparison, then import; the whole import can be undone.
roll-imports-list = Imports so far
roll-kind = Content
roll-kind-roll = Student roll
roll-kind-admission = Admission data (with photos)
roll-kind-identity-check = Identity check results
roll-encoding = Text encoding
roll-encoding-auto = Detect
roll-submit = Upload
roll-number = Import
roll-received = Uploaded
roll-who = By
roll-rows = Rows
roll-undo-submit = { $rows ->
    [one] Undo { $rows } row
   *[other] Undo { $rows } rows
}
empty-imports = No roll was imported yet
empty-imports-next = Choose the file exported by the school's system above.
import-title = Roll import #{ $number }
import-rows = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}
import-failed = This file could not be read
import-issues = Issues
import-issues-download = Download the issues, correct them, send them back
import-no-issues = No errors and no warnings
import-preview-note = This was a comparison only: nothing in the roll has changed.
import-undone-note = { $reversed } rows were undone; { $kept } were kept because they were edited since or hold a photo, a verdict or a ticket.
import-count-new = New
import-count-changed = Changed
import-count-unchanged = Unchanged
import-count-vanished = Not in the file
import-count-errors = Errors
import-count-warnings = Warnings
import-state-queued = Received
import-state-staging = Comparing
import-state-previewed = Compared only
import-state-applying = Importing
import-state-applied = Imported
import-state-undone = Undone
import-state-failed = Failed
import-working-queued = Received, waiting for a worker
import-working-staging = Comparing with the roll
import-working-applying = Importing
failure-table-encrypted = The workbook has a password. Remove it and upload again.
failure-heading-missing = No column names were found. Keep the header of the export (student number, name, ID number) and upload again.
failure-encoding-unknown = The text encoding was not recognised. Choose it under “Text encoding” and upload again.
issue-id-missing = ID number missing
issue-id-lost-digits = ID number lost digits
issue-id-check-digit = Wrong check digit
issue-id-birth-date = Impossible date in ID
issue-id-region = Unknown region code
issue-id-shape = ID number malformed
issue-id-birth-mismatch = Birth date differs
issue-id-sex-mismatch = Sex differs
issue-name-missing = Name missing
issue-name-too-long = Name too long
issue-name-lost-character = Lost character in name
issue-name-mojibake = Garbled name
issue-name-private-use = Private-use character in name
issue-name-formula = Name looks like a formula
issue-name-odd-character = Odd character in name
issue-total-row = Total row
issue-row-too-long = More cells than headings
issue-cell-cut-character = Cut character
issue-cell-formula = Formula
issue-cell-formula-without-value = Formula without result
issue-cell-lost-digits = Number lost digits
issue-cell-error = Error value
issue-cell-too-long = Cell too long
issue-code-shape = Code malformed
issue-date-serial = Date as serial number
issue-date-impossible = Impossible date
issue-student-no-missing = Student number missing
issue-exam-no-length = Exam number length
issue-school-code = School code
issue-sex-unknown = Unknown sex
issue-level-unknown = Unknown level
issue-status-unknown = Unknown status
issue-status-missing = Status missing
issue-graduation-before-entry = Graduation before entry
issue-key-repeated = Repeated student number
issue-key-clash = Keys clash
issue-id-two-names = One ID, two names
issue-row = Row
issue-column = Column
issue-kind = Issue
issue-message = Explanation

## Re-capture
recapture-answer = { $n ->
    [one] { $n } student to photograph again
   *[other] { $n } students to photograph again
}
recapture-next = Next: download the list for the agency
recapture-clear = Nobody has to be photographed again
recapture-csv = CSV ({ $n })
recapture-xlsx = XLSX ({ $n })
recapture-from = From
recapture-never = never photographed
empty-recaptures = Nobody has to be photographed again
empty-recaptures-next = Students marked for re-capture during review appear here.

## Signing in
login-title = Staff sign-in
login-email = E-mail
login-password = Password
login-totp = One-time or recovery code
login-totp-hint = Open the authenticator on your phone and type the 6 digits; type your password again.
login-submit = Sign in
login-help = Forgot the password? Ask the administrator for a new link.
login-problem-refused = E-mail or password is wrong. Check capitals and try again.
login-problem-totp = The code is wrong or expired. Type the 6 digits the authenticator shows now.
login-problem-locked = { $minutes ->
    [one] Too many wrong attempts: the account is locked. Try again in a minute, or ask the administrator.
   *[other] Too many wrong attempts: the account is locked. Try again in { $minutes } minutes, or ask the administrator.
}
login-notice-password-set = The password is set; please sign in.
login-notice-signed-out = You are signed out.
set-password-title = Set a password
set-password-new = New password
set-password-repeat = Once more
set-password-rule = At least { $chars } characters of any kind; a few unrelated words are easiest to remember.
set-password-submit = Save password
set-password-dead = This link was used, has expired or is incomplete.
set-password-dead-next = Ask the administrator for a new one; each link works once.
set-password-problem-short = The password is too short: at least { $chars } characters.
set-password-problem-long = The password is too long; shorten it.
set-password-problem-differ = The two entries differ; type them again.

## Error pages
error-home = Start page
error-code = Code
error-request = Request
error-bad-request-title = Incomplete request
error-bad-request-what = The server could not read this request; nothing was changed.
error-bad-request-advice = Go back and fill it in again; if it happens repeatedly, tell the administrator the request number.
error-signed-out-title = Signed out
error-signed-out-what = Your session has expired or was ended elsewhere; nothing was done.
error-signed-out-advice = Sign in and do it again.
error-forbidden-title = Not allowed
error-forbidden-what = Your account may not do this.
error-forbidden-advice = Ask the administrator if you need it.
error-csrf-refused-title = The page is out of date
error-csrf-refused-what = This request did not come from a current page of ours; nothing was done.
error-csrf-refused-advice = Go back, reload, and submit again.
error-not-found-title = No such page
error-not-found-what = The address is wrong, or what it named is gone or not yours to see.
error-not-found-advice = Check the address or start from the first page.
error-method-not-allowed-title = Not possible here
error-method-not-allowed-what = This address does not take this kind of request; nothing was changed.
error-method-not-allowed-advice = Use the buttons on the page.
error-too-large-title = Too large
error-too-large-what = What was sent is over the limit here; nothing was stored.
error-too-large-advice = Send it in parts, or ask the administrator to raise the limit.
error-unsupported-media-type-title = Format not taken
error-unsupported-media-type-what = The server does not take this format.
error-unsupported-media-type-advice = Choose a format named in the instructions.
error-too-many-requests-title = Too many attempts
error-too-many-requests-what = There were too many attempts in a short time.
error-too-many-requests-advice = { $minutes ->
    [one] Try again in a minute.
   *[other] Try again in { $minutes } minutes.
}
error-unavailable-title = Not available
error-unavailable-what = The database or the store does not answer at the moment; nothing was done.
error-unavailable-advice = Try again in a few seconds; if it stays, tell the administrator the request number.
error-internal-title = A fault of ours
error-internal-what = This is the system's fault, not yours; nothing was stored by halves.
error-internal-advice = Try again later; if it happens repeatedly, tell the administrator the request number.
error-file-missing-title = No file chosen
error-file-missing-what = The form came without a file; nothing was changed.
error-file-missing-advice = Go back, choose a file and upload again.
error-field-missing-title = A field is empty
error-field-missing-what = A required field came empty; nothing was changed.
error-field-missing-advice = Go back and fill it in.
error-number-differs-title = The number differs
error-number-differs-what = The number you typed is not the number of files; nothing was undone.
error-number-differs-advice = Go back, check the number and try again.
docs-title = API
docs-loading = Loading the API's page; the document itself is
error-batch-busy-title = The batch is at work
error-batch-busy-what = The batch is still being worked on, or was undone already; nothing was changed.
error-batch-busy-advice = Wait until it is done, then try again.
error-batch-not-inspected-title = The batch is not inspected yet
error-batch-not-inspected-what = A batch can be matched again once its photos are inspected.
error-batch-not-inspected-advice = Wait until it is done, then try again.
error-import-not-applied-title = This import cannot be undone
error-import-not-applied-what = Only an applied import can be undone; nothing was changed.
error-import-not-applied-advice = Open the import to see where it stands.
error-signature-expired-title = The address has expired
error-signature-expired-what = Addresses of photos are good for half an hour.
error-signature-expired-advice = Open the list again.
error-signature-invalid-title = The address is not valid
error-signature-invalid-what = Addresses of photos are made for one person at a time.
error-signature-invalid-advice = Open the list again.

## Review
review-answer = { $n ->
    [one] { $n } photo waits for review, the oldest first
   *[other] { $n } photos wait for review, the oldest first
}
review-start = Review one by one
review-clear = No photo waits for review
review-all-batches = Show all batches
review-keys = Keyboard
review-keys-on = Review by keyboard
review-keys-arrows = Arrows move; the keys above decide about the current photo, or about all selected ones. Change them to what suits you.
review-key-accept = Accept
review-key-reject = Reject
review-key-recapture = Re-capture
review-key-undo = Undo
review-key-select = Select
review-key-open = Compare
review-open = Compare { $student }
review-select-page = Select the { $n } on this page
review-selected = { $n } selected
review-accept = Accept
review-reject = Reject
review-recapture = Re-capture
review-reason = Reason
review-reason-as-found = As found by the checks
review-done-accept = Accepted
review-done-reject = Rejected
review-done-recapture = Sent to re-capture
review-undone = Taken back
review-failed = It was not saved. Check the network and try again.
review-end = Everything here is decided.
review-take-back = Take back
review-bands = Groups of photos
review-band-waiting = To review
review-band-passed = Matched, not looked at
review-passed-means = Photos that the machine let through and nobody has looked at, all ticked beforehand. Untick what is wrong, choose a reason, reject the unticked or have them shot again, and accept the rest together. The keys for these two mean the current photo alone.
review-accept-band = Accept the ticked
review-recapture-band = Shoot the unticked again
review-reject-band = Reject the unticked
review-recent = Decided just now
review-everything = Decide about all { $n } that match…
review-everything-type = To decide about all { $n }, type this number
review-refused = { $n ->
    [one] { $n } photo was left undecided
   *[other] { $n } photos were left undecided
}
review-refused-not-found = The photo is gone.
review-refused-no-record = The photo has no roll record, so it cannot be accepted; add the record or correct the number, then match again.
review-refused-no-picture = The file does not open; it can only be rejected or shot again.
review-refused-pair-undecided = It is the same picture as somebody else’s: decide about the pair, or reject the other one first.
review-refused-other-photo-accepted = The student has an accepted photo in this batch: take that back or reject it first.
review-refused-not-a-photo = This file is no photo.
review-refused-batch-busy = The batch is being worked on; try again later.
review-refused-reason-missing = The checks found nothing, so choose a reason.
case-title = Review of a photo
case-queue = Back to the queue
case-next = Next photo
case-captured = captured
case-decided-by = by { $person }
case-side-DUP = The same picture under another record
case-side-MIRROR = The mirrored picture under another record
case-side-SUPERSEDED = The student’s other photo
case-side-previous = Previous version
case-side-admission = Admission photo
case-overlay = Lay one over the other
case-guides = Show guides for crown, eyes and face width (G)
case-pair-question = Are these the same picture? The answer stands for ever.
case-pair-say-different = Different pictures
case-pair-say-same = The same picture
case-pair-same = Decided: the same picture
case-pair-different = Decided: different pictures

## Audit
audit-answer = Every change, every look and every refusal, the newest first. Auditors alone read it, nobody edits it.
audit-download = Download what was found
audit-actor = Who
audit-action = What
audit-outcome = Outcome
audit-any = Any
audit-refused = Refused
audit-done = Done
audit-from = From
audit-to = To
audit-subject = About
audit-number = Its number
audit-search = Search
audit-when = When
empty-audit = Nothing matches
empty-audit-next = Search for less.
subject-batch = Batch
subject-entry = Photo
subject-roll_import = Roll import
subject-staff = Staff
subject-campaign = Campaign
subject-agency = Agency
subject-school = School
act-agency-add = Added an agency
act-batch-receive = Took a batch in
act-batch-rematch = Matched again
act-batch-undo = Undid a batch
act-campaign-add = Added a campaign
act-pair-decide = Decided about a pair
act-pair-different = Pair: different pictures
act-pair-same = Pair: the same picture
act-photo-decide = Decided about photos
act-photo-accept = Accepted a photo
act-photo-reject = Rejected a photo
act-photo-recapture = Sent to re-capture
act-photo-take-back = Took a decision back
act-photo-view = Looked at a photo
act-roll-import = Imported a roll
act-roll-import-applied = Roll import applied
act-roll-undo = Undid an import
act-school-add = Added a school
act-staff-add = Added an account
act-staff-link = Issued a password link
act-staff-password = Set a password
act-staff-sign-in = Signed in
act-staff-sign-out = Signed out
act-staff-narrow = Narrowed what somebody sees
act-staff-totp = Set up one-time codes
act-audit-read = Read the audit trail

## Students
records-answer = Find by name, student number, exam number, ID number or its last four; lists mask names and numbers.
records-search = Find a student
records-open = Open
records-closed = Closed
records-all = All
sex-male = Male
sex-female = Female
records-filter = Filter
level-doctor = Doctor
level-master = Master
level-bachelor = Bachelor
level-upgrade = Bachelor after college (专升本)
level-associate = College (专科)
records-status-one = State of enrolment
records-photo-accepted = Has a photo
records-photo-missing = Expected by this campaign, none yet
roll-status-registered = Registered
roll-status-deferred = Registration deferred
roll-status-suspended = Suspended
roll-status-retained = Retained
roll-status-withdrawn = Withdrawn
roll-status-transferred = Transferred
roll-status-graduated = Graduated
roll-status-completed = Completed without degree
roll-status-incomplete = Left early
roll-status-cancelled = Cancelled
roll-status-deceased = Deceased
roll-status-unknown = Other
records-has-photo = Has a photo
records-cut = Only the first { $n } are shown; type more to narrow the search.
empty-search = Nobody was found
empty-search-next = Check what you typed; names start with the surname, the first digits of a student number are enough.
empty-records = There are no records yet
empty-records-next = Import a roll first.
person-title = Student
person-events = What happened
person-reveal = Show
person-reveal-why = Why (goes into the audit trail)
fact-name = Name
fact-id-number = ID number
fact-birth-date = Birth date
fact-school = School code
fact-exam-no = Exam number
fact-sex = Sex
fact-level = Level
fact-major = Major
fact-study-form = Form of study
fact-college = College
fact-class = Class
fact-entry = Entry
fact-graduation = Expected graduation
fact-status = Roll status
fact-identity-check = Identity check
event-imported = Imported (#{ $n })
event-changed = Changed by import #{ $n }
event-delivered = Photo of batch #{ $n }
event-published = Photo, version { $n }
event-decided = Review:
event-recapture = Re-capture, attempt { $n }
event-withdrawn = taken back since
photo-state-accepted = in use
photo-state-superseded = superseded by a newer one
photo-state-withdrawn = withdrawn
recapture-state-open = Agency not told yet
recapture-state-exported = given to the agency
recapture-state-shot = shot again
recapture-state-closed = done
recapture-state-cancelled = cancelled
subject-record = Record
act-record-reveal = Opened a masked field
act-record-reveal-name = Opened a name
act-record-reveal-id-number = Opened an ID number
act-record-reveal-birth-date = Opened a birth date
error-reason-too-short-what = Say why, in at least four characters.

## Account
account-title = My account
account-factor = Second factor
account-factor-on = Signing in asks for a one-time code besides the password. { $n } recovery codes are left.
account-factor-off = Only your password protects this account. Add an authenticator app, and a leaked password alone opens nothing.
account-factor-enrol = Set up a second factor
account-factor-remove = Turn the second factor off
account-codes-renew = New recovery codes
account-sessions = Where you are signed in
account-sessions-end-others = { $n ->
    [one] Sign out the other place
   *[other] Sign out { $n } other places
  }
account-browser = Browser
account-browser-unknown = Unknown
account-address = Network address
account-opened = Signed in
account-seen = Last used
account-this = Here
account-end = Sign out
enrol-app = Install any authenticator app on your phone.
enrol-scan = Scan this picture with the app.
enrol-picture = QR code for the authenticator app
enrol-type = If you cannot scan it, type this into the app:
enrol-code = The six digits that the app shows now
enrol-submit = Turn on
enrol-wrong = That code is not right. Check that the phone's clock is right and type the six digits that it shows now.
codes-title = Recovery codes
codes-answer = Each stands in for a one-time code once, for the day your phone is lost. They are shown only here and now: print them or put them into a password manager.
codes-kept = I have kept them
confirm-title = Your password again
confirm-why = Before masked values are shown, lists are taken away or sign-in is changed, we make sure it is you. You will not be asked again for 15 minutes.
confirm-submit = Confirm
person-reveal-confirm = Confirm your identity to open
staff-title = Staff
staff-answer = Who may sign in, what they may do and whose records they see.
staff-invite = Invite somebody
staff-invite-submit = Make the invitation link
staff-invite-hint = A counsellor needs a college or a class and sees only its students; for other roles, empty means everything.
staff-role = Role
staff-school = School
staff-sees = Sees
staff-sees-all = Everything
staff-last = Last signed in
staff-change = Change
staff-save = Save role and reach
staff-new-link = New password link
staff-reset-factor = Clear the second factor
staff-close = Close the account
staff-open = Open the account again
staff-closed = Closed
staff-invited = No password yet
staff-factor-on = On
staff-factor-off = Off
staff-you = You
staff-link-title = Invitation link
staff-link-answer = Give this link to { $email }. It works once, within 24 hours, and is not shown again after this page.
staff-link = One-time link
staff-link-done = Handed over
rail-settings = Settings
act-staff-confirm = Confirmed identity
act-staff-role = Changed role
act-staff-close = Closed account
act-staff-open = Opened account
act-staff-totp-off = Turned second factor off
act-staff-totp-reset = Cleared second factor
act-staff-recovery-code = Used a recovery code
act-staff-recovery-codes = Renewed recovery codes
act-staff-sign-out-others = Signed out elsewhere
act-staff-read = Read staff
act-page-open = Opened a page
act-record-read = Read records
act-photo-read = Read photo
act-account-open = Opened account
error-confirm-needed-what = Give your password once more, then do this again.
error-own-account-what = This is your own account; another administrator must change it.
error-scope-missing-what = A counsellor sees one college or class: name it.
error-staff-exists-what = The address has an account with another role; change the role in the list.
error-email-what = Type the whole e-mail address, as in name@example.edu.

## The four steps of an import
steps = Steps
step-file = File
step-columns = Encoding and columns
step-compare = Comparison
step-apply = Import
columns-read-again = Read again
columns-sheet = Worksheet: { $sheet }
columns-other-encoding = Choose another encoding above, or give up and take another file.
columns-missing = No column is taken for:
columns-complete = Every column that is needed was found. Look at the first rows; if words and columns are right, go on.
columns-first-rows = The first rows of the file
columns-is = What “{ $heading }” is
columns-ignored = Not imported
columns-masked = Identity numbers and birth dates are shown in part; the file itself is unchanged.
columns-school = School
columns-school-file = As the file says
columns-placeholder = Students without a document may have placeholder numbers
columns-complete-head = Is the list complete
columns-is-complete = It is the complete list of what is named below: students of it who are absent are marked as vanished
columns-year = Expected graduation year
columns-complete-hint = Unticked, students who are absent are left alone. Nobody is ever deleted.
columns-submit = Compare with the roll
preview-answer = Nothing in the roll has changed yet. Look at the comparison, then decide.
preview-apply = { $rows ->
    [one] Import 1 row
   *[other] Import { $rows } rows
  }
preview-apply-nothing = Nothing to change, finish
preview-columns = Back to the columns
preview-lists = Comparison
preview-changed = Changed
preview-new = New
preview-vanished = Vanished
preview-errors = Errors and warnings
preview-unchanged = Unchanged
preview-changes = What changes
preview-sealed = differs (masked)
preview-none = There are no such rows.
preview-no-scope = The file was not said to be complete for anything, so nobody counts as vanished.
preview-errors-stay = { $n ->
    [one] 1 error: its row is not imported, the others are.
   *[other] { $n } errors: their rows are not imported, the others are.
  }
import-errors-workbook = Rows in error as a workbook, to correct and send back
import-cancel = Give this import up
import-cancel-applied = Give up and put back what was imported
import-pause = Pause
import-resume = Go on
import-paused = Paused
import-paused-note = What was imported is in force. Go on, or give up and have all of it put back.
import-hold-columns = Waits for columns
import-hold-approval = Waits for approval
import-hold-pause = Paused
failure-cancelled = Given up; nothing in the roll was changed.
issue-other-sheets = The workbook has other sheets, which were not read
issue-hidden-sheets = The workbook has hidden sheets, which were not read
issue-hidden-rows = Hidden rows were read too
issue-hidden-columns = Hidden columns were read too
issue-macros = The workbook has macros, which were not run
issue-external-links = The workbook refers to other files, which were not opened
field-exam-no = Exam number
field-student-no = Student number
field-name = Name
field-sex = Sex
field-birth-date = Birth date
field-id-kind = Kind of document
field-id-number = Document number
field-ethnicity = Ethnicity
field-school-code = School code
field-school-name = School name
field-level = Level
field-major-code = Major code
field-major-name = Major
field-duration = Years of study
field-study-form = Form of study
field-college = College
field-department = Department
field-class-name = Class
field-entry-date = Entry date
field-expected-graduation = Expected graduation
field-status = Status
field-remark = Remark
column-student_no = Student number
column-exam_no = Exam number
column-name = Name
column-sex = Sex
column-level = Level
column-major_name = Major
column-major_code = Major code
column-duration_years = Years of study
column-study_form = Form of study
column-college = College
column-department = Department
column-class_name = Class
column-ethnicity = Ethnicity
column-entry_date = Entry date
column-expected_graduation = Expected graduation
column-status = Status
column-identity_check = Identity check
column-remark = Remark
column-id_number = Document number
column-birth_date = Birth date
act-roll-import-approve = Approved import
act-roll-import-pause = Paused import
act-roll-import-resume = Resumed import
act-roll-import-cancel = Gave import up
act-roll-errors = Downloaded rows in error
error-import-moved-on-what = The import has moved on since; open the page again.
error-scope-needs-roll-what = Only a roll can be complete for a scope.
error-file-expired-what = The file is past its retention; export it again from the school’s system.

## What the issues of an import mean
issue-total-row-sentence = The row looks like a total and was not imported.
issue-row-too-long-sentence = The row has more cells than the heading; what is beyond was not imported.
issue-cell-cut-character-sentence = The last character of the cell was cut in half; complete it.
issue-cell-formula-sentence = The cell is a formula; its result was taken. Check it.
issue-cell-lost-digits-sentence = The cell was stored as a number and lost its last digits; export the column as text.
issue-cell-formula-without-value-sentence = The cell is a formula without a result; open the file, let it calculate and save it.
issue-cell-error-sentence = The cell is an error value such as #N/A; correct it.
issue-cell-too-long-sentence = The cell is too long; check it.
issue-code-shape-sentence = The number has characters it should not have or is too long; correct it.
issue-date-serial-sentence = The date was stored as a serial number of a spreadsheet and was converted; check it.
issue-date-impossible-sentence = The date does not exist or cannot be read; write YYYYMMDD.
issue-student-no-missing-sentence = The student number is missing; fill it in.
issue-exam-no-missing = No exam number
issue-exam-no-missing-sentence = The exam number is missing; fill it in.
issue-exam-no-length-sentence = Exam numbers usually have 14 digits; check that none was lost.
issue-school-code-sentence = A school code has 5 digits; correct it.
issue-sex-unknown-sentence = The sex cannot be read; write 男 or 女.
issue-level-unknown-sentence = The level is not a known one; check it.
issue-status-unknown-sentence = The state of enrolment is not a known one; check it.
issue-status-missing-sentence = The state of enrolment is missing; fill it in.
issue-graduation-before-entry-sentence = The expected graduation is before the entry; correct it.
issue-id-region-sentence = The region code of the number does not exist; correct it by the document.
issue-id-15-digits = Old number of 15 digits
issue-id-15-digits-sentence = An old number of 15 digits was converted to 18; check it by the document.
issue-id-birth-mismatch-sentence = Birth date and number disagree; check them.
issue-id-sex-mismatch-sentence = Sex and number disagree; check them.
issue-student-no-twice = Student number twice
issue-student-no-twice-sentence = The student number is on several rows that differ; correct them and import again.
issue-exam-no-twice = Exam number twice
issue-exam-no-twice-sentence = The exam number is on several rows; correct them and import again.
issue-id-under-two-names = One number, two names
issue-id-under-two-names-sentence = One document number under two names; check the document and correct it.
issue-exam-no-of-another-record = Exam number of somebody else
issue-exam-no-of-another-record-sentence = In the roll the exam number belongs to another student number; check and correct it.
issue-not-in-roll = Not in the roll
issue-not-in-roll-sentence = The roll does not have the student number; import the roll first.
issue-other-school = Other school
issue-other-school-sentence = The row names another school than most rows; it was imported under that school. Check it.
issue-student-no-length = Length of student number
issue-student-no-length-sentence = The student number is of another length than almost all in the file; digits may be lost. Check it.
issue-locked-field-changed = Locked field changed
issue-locked-field-changed-sentence = Name or document number differ from the roll: such corrections go through the province. Check that the file comes from after its approval.
issue-id-missing-sentence = The document number is missing; fill it in.
issue-id-lost-digits-sentence = A spreadsheet stored the number as a number and lost its last digits; export the column as text.
issue-id-check-digit-sentence = The check digit is wrong; correct the number by the document.
issue-id-birth-date-sentence = The birth date within the number does not exist; correct it by the document.
issue-id-shape-sentence = The number fits no kind of document; correct it by the document.
issue-name-missing-sentence = The name is missing; fill it in.
issue-name-too-long-sentence = The name is too long; check whether something else is in the cell.
issue-name-lost-character-sentence = A rare character of the name was lost (exported as a question mark); complete it by the document.
issue-name-mojibake-sentence = The name is garbled; check the encoding of the file.
issue-name-private-use-sentence = The name has a character of a private area; replace it by the standard one.
issue-name-formula-sentence = The name begins like a formula; check it. Exports treat it as text.
issue-name-odd-character-sentence = The name has characters that belong to no name; check it.
issue-school-missing = No school code
issue-school-missing-sentence = The file has no school code; add the column or choose the school when importing.
issue-id-ends-in-zeros = Number ends in 000
issue-id-ends-in-zeros-sentence = The number ends in 000 and may have been rounded by a spreadsheet; check it by the document.
issue-no-rows = No rows
issue-no-rows-sentence = The file has headings and no rows.

## Campaigns and rules
rail-campaigns = Campaigns
campaigns-answer = Who is photographed, until when, and by which rules photos are judged.
campaign-new = New campaign
campaign-create = Create the campaign
campaign-save = Save
campaign-name = Name
campaign-code = Code
campaign-code-hint = For the command line and addresses; it cannot change later. For instance 2027.
campaign-mode = Mode
campaign-mode-code = Capture codes
campaign-mode-code-hint = The agency sees a number, the masked name and the last four alone
campaign-mode-legacy = Named by number
campaign-mode-legacy-hint = Photos are named by identity, exam or student number
campaign-profile = Photo rules
campaign-upload = Upload expected
campaign-freeze = Freeze
campaign-frozen = Frozen
campaign-expects = Expects
campaign-expects-hint = Empty means every enrolled student.
campaign-plan = Dates and re-captures
campaign-recapture-days = Days for a re-capture
campaign-max-attempts = Attempts at most
agencies = Agencies
agency-code = Code
agency-name = Name
agency-add = Add an agency
profile-chsi-graduation = CHSI graduation, light blue
profile-chsi-graduation-white = CHSI graduation, white
profile-chsi-graduation-grey = CHSI graduation, light grey
profile-studio-original = Studio originals
rules = Photo rules
rules-version = version { $n }
rules-rule = Rule
rules-limit = Limit
rules-code = Beyond it
rules-flagged = Would flag
rules-try = Try out
rules-save = Save as a new version
rules-hint = Trying out uses the measurements of accepted photos and changes nothing. New rules are for photos that arrive from now on; what was judged stays.
rules-tried = { $n ->
    [0] None of the accepted photos would be flagged by these limits.
    [one] 1 accepted photo would be flagged by these limits.
   *[other] { $n } accepted photos would be flagged by these limits.
  }
rules-nothing-changed = No limit was changed.
rules-in-force = now { $value }
limit-file-kb-min = Smallest file (KB)
limit-file-kb-min-why = CHSI asks for 20 to 40 KB as a rule; smaller means squeezed too hard
limit-file-kb-max = Largest file (KB)
limit-file-kb-max-why = Files that are too large are refused upwards
limit-quality = JPEG quality
limit-quality-why = Estimated from the file, 1 to 100
limit-subject = Share of the person
limit-subject-why = How much of the middle is not backdrop; too little means nobody is there
limit-highlight = Brightest part
limit-highlight-why = Level (0 to 255) that the brightest percent reaches; too low means under-exposed
limit-clipped = Burnt-out share
limit-clipped-why = How much is too bright to show anything
limit-hue-min = Lowest hue of the backdrop (degrees)
limit-hue-min-why = Light blue lies between 195 and 220
limit-hue-max = Highest hue of the backdrop (degrees)
limit-hue-max-why = Beyond it turns purple
limit-saturation-min = Lowest saturation of the backdrop
limit-saturation-min-why = 0 to 1; too low means grey
limit-saturation-max = Highest saturation of the backdrop
limit-saturation-max-why = 0 to 1
limit-lightness-min = Lowest lightness of the backdrop
limit-lightness-min-why = 0 to 1; too low means dark
limit-lightness-max = Highest lightness of the backdrop
limit-lightness-max-why = 0 to 1; too high means washed out
limit-spread = Unevenness of the backdrop
limit-spread-why = How far it strays from its middle colour (0 to 255); shadows and gradients raise it
limit-cloth = Share of cloth
limit-cloth-why = How much beside the head must be one cloth
limit-edge-width = Width of edges (pixels)
limit-edge-width-why = How wide the sharpest edges are; wider is less sharp
limit-crown-min = Least from top edge to crown (pixels)
limit-crown-min-why = CHSI asks for 50 to 110
limit-crown-max = Most from top edge to crown (pixels)
limit-crown-max-why = CHSI asks for 50 to 110
limit-head-min = Narrowest head (pixels)
limit-head-min-why = CHSI asks for a face of 180 to 300; hair is measured too
limit-head-max = Widest head (pixels)
limit-head-max-why = CHSI asks for a face of 180 to 300; hair is measured too
limit-centre = Off the middle (pixels)
limit-centre-why = From the middle of the head to the middle of the frame
recapture-hand-over = Take away and count as handed over
recapture-standings = By progress
recapture-standing-pending = Awaited
recapture-standing-open = Not handed over
recapture-standing-exported = With the agency
recapture-standing-shot = Shot again
recapture-standing-overdue = Overdue
recapture-standing-in-person = Must come in person
recapture-standing-closed = Done
recapture-standing-cancelled = Cancelled
recapture-in-person-note = { $n ->
    [one] The agency tried once.
   *[other] The agency tried { $n } times.
  } These students are no longer on its list; ask them to come in person.
recapture-choose = Choose
recapture-attempt = Attempt
recapture-due = Due
recapture-do-shot = Chosen ones were shot
recapture-do-cancel = Chosen ones are not wanted
recapture-do-reopen = Chosen ones are wanted again
subject-recapture = Re-capture
act-recapture-hand-over = Handed list to the agency
act-recapture-shot = Marked as shot
act-recapture-cancel = Cancelled re-capture
act-recapture-reopen = Reopened re-capture
act-recapture-change = Changed re-capture
act-campaign-plan = Changed campaign dates
act-campaign-profile = Changed photo rules
error-campaign-frozen-what = The campaign is frozen. If it must change, move its freeze date first.
error-profile-moved-on-what = Somebody has just changed these rules; open the page again.
error-sheet-full-what = A workbook holds 1,048,576 rows. Take the list as CSV, or narrow it first.

## Charts
overview-tallied = Counted
chart-colleges = Progress by college
chart-classes = Progress by class: { $college }
chart-all-colleges = Back to all colleges
chart-table = Table
chart-unnamed = Not given
chart-days = Photos received each day
chart-day = Day
chart-rules = Flag rate by rule (%)
chart-ages = How long open work has waited
chart-younger = { $n ->
    [one] Under 1 day
   *[other] Under { $n } days
  }
chart-older = { $n } days and more
sheet = Sign-off sheet
sheet-title = Sign-off sheet for graduation photos
sheet-student = Student
sheet-photo = Photo
sheet-sign = Signature
sheet-note = Look whether the photo is yours and the name is right, then sign. If something is wrong, do not sign and tell your counsellor.
sheet-print = Print
sheet-count = { $n ->
    [one] 1 student
   *[other] { $n } students
  }
act-record-sheet = Printed a sign-off sheet
sort-name = Name
sort-number = Student number

## Kept views
views = Kept views
views-keep = Keep this view
views-name = Name
views-share = For everybody
views-shared = for everybody
views-save = Keep
views-delete = Delete
