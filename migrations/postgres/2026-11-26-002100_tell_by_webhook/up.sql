-- Where an agency wants to be told what happened.
CREATE TABLE webhooks (
    webhook_id BIGSERIAL PRIMARY KEY,
    agency_id BIGINT NOT NULL REFERENCES agencies (agency_id),
    url TEXT NOT NULL,
    secret_sealed BYTEA NOT NULL,
    created_by TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    removed_at_ms BIGINT
);
CREATE INDEX idx_webhooks__agency ON webhooks (agency_id);

-- Everything that was to be told, and how that went. A body holds numbers and codes, never a person.
CREATE TABLE webhook_deliveries (
    delivery_id BIGSERIAL PRIMARY KEY,
    webhook_id BIGINT NOT NULL REFERENCES webhooks (webhook_id),
    event TEXT NOT NULL CHECK (event IN ('batch.finished', 'recapture.opened', 'ping')),
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given-up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    answer_status INTEGER,
    fault TEXT,
    created_at_ms BIGINT NOT NULL,
    tried_at_ms BIGINT
);
CREATE INDEX idx_webhook_deliveries__webhook ON webhook_deliveries (webhook_id, delivery_id);
