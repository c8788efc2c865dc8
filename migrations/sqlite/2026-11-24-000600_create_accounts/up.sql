-- Staff sign in with their e-mail address, case-folded.
CREATE TABLE staff (
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
    last_login_at_ms BIGINT
);
CREATE INDEX idx_staff__school ON staff (school_id);

-- One-time links to set a password; only the hash of the token is kept.
CREATE TABLE staff_links (
    token_hash BLOB NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL REFERENCES staff (staff_id),
    expires_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT
);
CREATE INDEX idx_staff_links__staff ON staff_links (staff_id);

CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL REFERENCES staff (staff_id),
    created_at_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX idx_sessions__staff ON sessions (staff_id);
