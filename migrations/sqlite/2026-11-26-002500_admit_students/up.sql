-- Students' accounts. A person has one; it is tied to no row of the roll, but finds them by number and name. Number, birth date and
-- telephone are sealed with keyed indexes. What was typed but not confirmed yet lies sealed in the draft.
CREATE TABLE students (
    student_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    email TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending-activation', 'activated', 'phone-pending', 'confirming', 'registered', 'cancelled')),
    password_hash TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('zh-CN', 'en')),
    draft_sealed BLOB,
    name TEXT,
    name_folded TEXT,
    sex TEXT,
    region TEXT,
    id_sealed BLOB,
    id_index BLOB,
    birth_sealed BLOB,
    phone_sealed BLOB,
    phone_index BLOB,
    takes_reminders BOOLEAN NOT NULL DEFAULT TRUE,
    failed_attempts INTEGER NOT NULL DEFAULT 0,
    locked_until_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    registered_at_ms BIGINT,
    login_at_ms BIGINT,
    login_address TEXT,
    previous_login_at_ms BIGINT,
    previous_login_address TEXT
);
CREATE UNIQUE INDEX idx_students__email ON students (email) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX idx_students__id_index ON students (id_index) WHERE state = 'registered';
CREATE UNIQUE INDEX idx_students__phone_index ON students (phone_index) WHERE state = 'registered';

CREATE TABLE student_sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    student_id BIGINT NOT NULL REFERENCES students (student_id),
    created_at_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX idx_student_sessions__student ON student_sessions (student_id);

-- One-time links in mails; only the hash of the token is kept. The address is the one that a change of address leads to.
CREATE TABLE student_links (
    token_hash BLOB NOT NULL PRIMARY KEY,
    student_id BIGINT NOT NULL REFERENCES students (student_id),
    kind TEXT NOT NULL CHECK (kind IN ('activate', 'reset', 'address')),
    email TEXT,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT
);
CREATE INDEX idx_student_links__student ON student_links (student_id, kind);

-- Codes sent to telephones, kept as keyed hashes; rows of a day count how often a number was written to.
CREATE TABLE phone_codes (
    phone_code_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    student_id BIGINT NOT NULL REFERENCES students (student_id),
    phone_index BLOB NOT NULL,
    code_index BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT
);
CREATE INDEX idx_phone_codes__student ON phone_codes (student_id, phone_code_id);
CREATE INDEX idx_phone_codes__phone ON phone_codes (phone_index, created_at_ms);

-- Puzzles that were answered: each is good once.
CREATE TABLE used_captchas (
    captcha_id TEXT NOT NULL PRIMARY KEY,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX idx_used_captchas__expires ON used_captchas (expires_at_ms);

-- What students are told. Parameters hold codes, days and numbers, never a person; links and codes are sealed. The key keeps a thing
-- from being told twice.
CREATE TABLE notices (
    notice_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    student_id BIGINT NOT NULL REFERENCES students (student_id),
    record_id BIGINT REFERENCES roll_records (record_id),
    kind TEXT NOT NULL,
    unique_key TEXT NOT NULL,
    parameters TEXT NOT NULL,
    secret_sealed BLOB,
    is_kept BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT,
    read_at_ms BIGINT
);
CREATE UNIQUE INDEX idx_notices__unique_key ON notices (unique_key);
CREATE INDEX idx_notices__student ON notices (student_id, notice_id);
CREATE INDEX idx_notices__record ON notices (record_id);
CREATE INDEX idx_notices__created ON notices (created_at_ms, kind);

-- One way of telling it, and how that went; without an address of its own it goes to the one of the account.
CREATE TABLE notice_deliveries (
    notice_delivery_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    notice_id BIGINT NOT NULL REFERENCES notices (notice_id),
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    address_sealed BLOB,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'delivered', 'given-up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    fault TEXT,
    created_at_ms BIGINT NOT NULL,
    tried_at_ms BIGINT
);
CREATE INDEX idx_notice_deliveries__notice ON notice_deliveries (notice_id);
CREATE INDEX idx_notice_deliveries__state ON notice_deliveries (state, notice_delivery_id);

-- What a student, or a counsellor for one, says about a version of the photo or of the roll's data: the number of the photo, or of the
-- import that changed the record last. Another version has no verdict yet, so nothing needs to be voided.
CREATE TABLE verdicts (
    verdict_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    record_id BIGINT NOT NULL REFERENCES roll_records (record_id),
    subject TEXT NOT NULL CHECK (subject IN ('photo', 'roll')),
    version BIGINT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('confirmed', 'disputed')),
    reason TEXT,
    remark_sealed BLOB,
    student_id BIGINT REFERENCES students (student_id),
    given_by TEXT NOT NULL,
    is_on_behalf BOOLEAN NOT NULL,
    given_at_ms BIGINT NOT NULL,
    reopened_by TEXT,
    reopened_at_ms BIGINT
);
CREATE UNIQUE INDEX idx_verdicts__standing ON verdicts (record_id, subject, version) WHERE reopened_at_ms IS NULL;
CREATE INDEX idx_verdicts__student ON verdicts (student_id);
CREATE INDEX idx_verdicts__disputed ON verdicts (record_id, version) WHERE verdict = 'disputed' AND reopened_at_ms IS NULL;

-- Photos of a batch that belong to no record yet, by the number that came with them: what a student may say is theirs.
CREATE TABLE unlinked_photos (
    entry_id BIGINT NOT NULL PRIMARY KEY REFERENCES batch_entries (entry_id),
    batch_id BIGINT NOT NULL REFERENCES batches (batch_id),
    id_index BLOB NOT NULL,
    name TEXT,
    student_no TEXT
);
CREATE INDEX idx_unlinked_photos__id_index ON unlinked_photos (id_index);
CREATE INDEX idx_unlinked_photos__batch ON unlinked_photos (batch_id);

-- Searches for such a photo: what was shown, and whether the student said that it is theirs.
CREATE TABLE photo_claims (
    claim_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    student_id BIGINT NOT NULL REFERENCES students (student_id),
    record_id BIGINT NOT NULL REFERENCES roll_records (record_id),
    entry_id BIGINT REFERENCES batch_entries (entry_id),
    is_claimed BOOLEAN NOT NULL DEFAULT FALSE,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX idx_photo_claims__student ON photo_claims (student_id, created_at_ms);
CREATE INDEX idx_photo_claims__record ON photo_claims (record_id);
CREATE INDEX idx_photo_claims__entry ON photo_claims (entry_id);

-- Days after a photo came, on which those who have said nothing are reminded.
ALTER TABLE campaigns ADD COLUMN remind_days TEXT NOT NULL DEFAULT '3,7,14';

-- How many of a class said that their photo is right, and wrong.
ALTER TABLE class_tallies ADD COLUMN confirmed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE class_tallies ADD COLUMN disputed BIGINT NOT NULL DEFAULT 0;
