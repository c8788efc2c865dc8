PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS notices_rebuilt;
DELETE FROM notice_deliveries WHERE notice_id IN (SELECT notice_id FROM notices WHERE student_id IS NULL);
CREATE TABLE notices_rebuilt (
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
INSERT INTO notices_rebuilt (notice_id, student_id, record_id, kind, unique_key, parameters, secret_sealed, is_kept, created_at_ms,
    expires_at_ms, read_at_ms)
SELECT notice_id, student_id, record_id, kind, unique_key, parameters, secret_sealed, is_kept, created_at_ms, expires_at_ms,
    read_at_ms FROM notices WHERE student_id IS NOT NULL;
DROP TABLE notices;
ALTER TABLE notices_rebuilt RENAME TO notices;
CREATE UNIQUE INDEX idx_notices__unique_key ON notices (unique_key);
CREATE INDEX idx_notices__student ON notices (student_id, notice_id);
CREATE INDEX idx_notices__record ON notices (record_id);
CREATE INDEX idx_notices__created ON notices (created_at_ms, kind);
COMMIT;
PRAGMA foreign_keys = ON;
