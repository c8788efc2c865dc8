-- Other systems of the school: what each may do, and for which school. Only the hash of a token is kept.
CREATE TABLE integrators (
    integrator_id BIGSERIAL PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    name TEXT NOT NULL,
    school_id BIGINT REFERENCES schools (school_id),
    rights TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    last_used_at_ms BIGINT
);

-- What a request with an Idempotency-Key made, so that the same request again makes nothing.
CREATE TABLE idempotency_keys (
    integrator_id BIGINT NOT NULL REFERENCES integrators (integrator_id),
    idempotency_key TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    import_id BIGINT NOT NULL REFERENCES roll_imports (import_id),
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (integrator_id, idempotency_key)
);
