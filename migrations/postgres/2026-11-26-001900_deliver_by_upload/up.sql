-- Which agencies deliver for a campaign; where none is named, every one may.
CREATE TABLE campaign_agencies (
    campaign_id BIGINT NOT NULL REFERENCES campaigns (campaign_id),
    agency_id BIGINT NOT NULL REFERENCES agencies (agency_id),
    PRIMARY KEY (campaign_id, agency_id)
);
CREATE INDEX idx_campaign_agencies__agency ON campaign_agencies (agency_id);

-- What a program of an agency says it is by. Only the hash is kept.
CREATE TABLE agency_tokens (
    token_id BIGSERIAL PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    agency_id BIGINT NOT NULL REFERENCES agencies (agency_id),
    name TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    last_used_at_ms BIGINT
);
CREATE INDEX idx_agency_tokens__agency ON agency_tokens (agency_id);

-- A delivery on its way in. Its bytes are a file of this name; how far it has come is that file's length and is written nowhere else.
CREATE TABLE uploads (
    upload_id TEXT PRIMARY KEY NOT NULL,
    agency_id BIGINT NOT NULL REFERENCES agencies (agency_id),
    file_name_sealed BYTEA NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT,
    created_by TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    batch_id BIGINT REFERENCES batches (batch_id)
);
CREATE INDEX idx_uploads__agency ON uploads (agency_id, created_at_ms);
CREATE INDEX idx_uploads__expiry ON uploads (expires_at_ms);
CREATE INDEX idx_uploads__batch ON uploads (batch_id);
