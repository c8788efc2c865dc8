-- Not only students are told something: the office is, and people who wrote a mail and have no account. Their address stands with the
-- delivery, sealed like any; the notice says in which language.
-- SQLite cannot take a NOT NULL away: the table is made again. Deliveries refer to it; the pragma has no effect within a transaction, so
-- this migration has its own.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS notices_rebuilt;
CREATE TABLE notices_rebuilt (
    notice_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    student_id BIGINT REFERENCES students (student_id),
    record_id BIGINT REFERENCES roll_records (record_id),
    kind TEXT NOT NULL,
    unique_key TEXT NOT NULL,
    parameters TEXT NOT NULL,
    secret_sealed BLOB,
    is_kept BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT,
    read_at_ms BIGINT,
    language TEXT CHECK (language IN ('zh-CN', 'en')),
    CHECK (student_id IS NOT NULL OR language IS NOT NULL)
);
INSERT INTO notices_rebuilt (notice_id, student_id, record_id, kind, unique_key, parameters, secret_sealed, is_kept, created_at_ms,
    expires_at_ms, read_at_ms)
SELECT notice_id, student_id, record_id, kind, unique_key, parameters, secret_sealed, is_kept, created_at_ms, expires_at_ms,
    read_at_ms FROM notices;
DROP TABLE notices;
ALTER TABLE notices_rebuilt RENAME TO notices;
CREATE UNIQUE INDEX idx_notices__unique_key ON notices (unique_key);
CREATE INDEX idx_notices__student ON notices (student_id, notice_id);
CREATE INDEX idx_notices__record ON notices (record_id);
CREATE INDEX idx_notices__created ON notices (created_at_ms, kind);
COMMIT;
PRAGMA foreign_keys = ON;
