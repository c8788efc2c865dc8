-- Runs of the trail, each closed by a keyed code over its rows and the code before it: a row that is changed, added or missing shows.
CREATE TABLE audit_seals (
    seal_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    first_audit_id BIGINT NOT NULL,
    last_audit_id BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    key_id BLOB NOT NULL,
    mac BLOB NOT NULL,
    sealed_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX idx_audit_seals__last ON audit_seals (last_audit_id);

CREATE INDEX idx_audit_entries__actor ON audit_entries (actor, audit_id);
CREATE INDEX idx_audit_entries__action ON audit_entries (action, audit_id);
