-- Facts about this database itself, such as the fingerprint of the key that seals it.
CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE schools (
    school_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- One row per act that changed or revealed something, appended in the transaction it describes.
CREATE TABLE audit_entries (
    audit_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT,
    is_success BOOLEAN NOT NULL,
    detail_sealed BLOB
);
CREATE INDEX idx_audit_entries__subject ON audit_entries (subject_kind, subject_id);
