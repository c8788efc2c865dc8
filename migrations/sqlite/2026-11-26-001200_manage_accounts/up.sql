-- Where an act came from; empty for processes.
ALTER TABLE audit_entries ADD COLUMN address TEXT;

-- A session is confirmed when its owner last gave the password: opening masked fields and bulk downloads ask for a recent one.
ALTER TABLE sessions ADD COLUMN confirmed_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN browser TEXT;

-- A secret for one-time codes that is not in force before a code of it was typed.
ALTER TABLE staff ADD COLUMN totp_pending_sealed BLOB;

-- Codes that stand in for a lost telephone, each good once; only their hashes are kept.
CREATE TABLE staff_recovery_codes (
    code_hash BLOB NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL REFERENCES staff (staff_id),
    used_at_ms BIGINT
);
CREATE INDEX idx_staff_recovery_codes__staff ON staff_recovery_codes (staff_id);
