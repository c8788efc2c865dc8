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
roll-imports-lead = Upload the file exported by the school’s system: new and changed rows are applied, rows with errors are left out, and the whole import can be undone.
roll-imports-list = Imports so far
roll-kind = Content
roll-kind-roll = Student roll
roll-kind-admission = Admission data (with photos)
roll-kind-identity-check = Identity check results
roll-encoding = Text encoding
roll-encoding-auto = Detect
roll-submit = Upload and import
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
recapture-since = Listed since
recapture-from = From
recapture-delivered = Given to the agency
recapture-not-delivered = not yet
recapture-never = never photographed
empty-recaptures = Nobody has to be photographed again
empty-recaptures-next = Students marked for re-capture during review appear here.

## Signing in
login-title = Staff sign-in
login-email = E-mail
login-password = Password
login-totp = One-time code
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
records-standing = Record
records-open = Open
records-closed = Closed
records-all = All
sex-male = Male
sex-female = Female
records-filter = Filter
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
recapture-state-open = agency not told yet
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
