-- Evidence that supports a ticket. Each piece is sealed with a key of its own, which stands here sealed with the house's: without
-- `key_sealed`, what is left of its objects cannot be read by anybody. `object` names the upload, and with a number behind it the pages.
-- `has_upload` says that the upload may still lie in the store.
CREATE TABLE evidence (
    evidence_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    ticket_id BIGINT NOT NULL REFERENCES tickets (ticket_id),
    came_by TEXT NOT NULL CHECK (came_by IN ('page', 'mail', 'office')),
    what TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'refused', 'expired')),
    fault TEXT,
    object TEXT NOT NULL,
    has_upload BOOLEAN NOT NULL,
    key_sealed BLOB,
    upload_sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    page_count BIGINT NOT NULL DEFAULT 0,
    uploaded_by TEXT NOT NULL,
    is_of_student BOOLEAN NOT NULL,
    uploaded_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT,
    deleted_at_ms BIGINT,
    deletion_code TEXT,
    CHECK (key_sealed IS NOT NULL OR state IN ('refused', 'expired')),
    CHECK ((deleted_at_ms IS NULL) = (deletion_code IS NULL))
);
CREATE INDEX idx_evidence__ticket ON evidence (ticket_id, evidence_id);
CREATE UNIQUE INDEX idx_evidence__object ON evidence (object);
CREATE INDEX idx_evidence__kept ON evidence (ticket_id) WHERE state IN ('waiting', 'ready');
CREATE INDEX idx_evidence__left ON evidence (evidence_id) WHERE has_upload OR deleted_at_ms IS NULL;

-- Its pages, with the digest of what is stored.
CREATE TABLE evidence_pages (
    evidence_id BIGINT NOT NULL REFERENCES evidence (evidence_id),
    number BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    width_px BIGINT NOT NULL,
    height_px BIGINT NOT NULL,
    PRIMARY KEY (evidence_id, number)
);
