PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS staff_rebuilt;
DELETE FROM sessions WHERE staff_id IN (SELECT staff_id FROM staff WHERE agency_id IS NOT NULL);
DELETE FROM staff_links WHERE staff_id IN (SELECT staff_id FROM staff WHERE agency_id IS NOT NULL);
DELETE FROM staff_recovery_codes WHERE staff_id IN (SELECT staff_id FROM staff WHERE agency_id IS NOT NULL);
DELETE FROM saved_views WHERE staff_id IN (SELECT staff_id FROM staff WHERE agency_id IS NOT NULL);
CREATE TABLE staff_rebuilt (
    staff_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('admin', 'registrar', 'counsellor', 'support', 'auditor')),
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
    totp_pending_sealed BLOB
);
INSERT INTO staff_rebuilt (staff_id, email, role, school_id, college, class_name, password_hash, totp_sealed, totp_last_step, failed_attempts,
    locked_until_ms, is_active, created_at_ms, last_login_at_ms, totp_pending_sealed)
SELECT staff_id, email, role, school_id, college, class_name, password_hash, totp_sealed, totp_last_step, failed_attempts,
    locked_until_ms, is_active, created_at_ms, last_login_at_ms, totp_pending_sealed FROM staff WHERE agency_id IS NULL;
DROP TABLE staff;
ALTER TABLE staff_rebuilt RENAME TO staff;
CREATE INDEX idx_staff__school ON staff (school_id);
COMMIT;
PRAGMA foreign_keys = ON;
