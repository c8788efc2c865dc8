-- People of an agency sign in like staff, and belong to that agency alone.
-- SQLite cannot change a CHECK: the table is made again. Other tables refer to it, so references are looked at once it is whole; the
-- pragma has no effect within a transaction, so this migration has its own.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS staff_rebuilt;
CREATE TABLE staff_rebuilt (
    staff_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('admin', 'registrar', 'counsellor', 'support', 'auditor', 'agency-admin', 'agency-operator')),
    school_id BIGINT REFERENCES schools (school_id),
    college TEXT,
    class_name TEXT,
    password_hash TEXT,
    totp_sealed BLOB,
    totp_last_step BIGINT,
    failed_attempts INTEGER NOT NULL DEFAULT 0,
    locked_until_ms BIGINT,
    is_active BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_login_at_ms BIGINT,
    totp_pending_sealed BLOB,
    agency_id BIGINT REFERENCES agencies (agency_id),
    CHECK ((agency_id IS NULL) = (role NOT IN ('agency-admin', 'agency-operator')))
);
INSERT INTO staff_rebuilt (staff_id, email, role, school_id, college, class_name, password_hash, totp_sealed, totp_last_step, failed_attempts,
    locked_until_ms, is_active, created_at_ms, last_login_at_ms, totp_pending_sealed)
SELECT staff_id, email, role, school_id, college, class_name, password_hash, totp_sealed, totp_last_step, failed_attempts,
    locked_until_ms, is_active, created_at_ms, last_login_at_ms, totp_pending_sealed FROM staff;
DROP TABLE staff;
ALTER TABLE staff_rebuilt RENAME TO staff;
CREATE INDEX idx_staff__school ON staff (school_id);
CREATE INDEX idx_staff__agency ON staff (agency_id);
COMMIT;
PRAGMA foreign_keys = ON;
