-- A campaign without a school expects every school of the house; the key treats "none" as a value of its own.
CREATE TABLE campaigns (
    campaign_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    school_id BIGINT REFERENCES schools (school_id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('legacy', 'code')),
    profile TEXT NOT NULL,
    freeze_at_ms BIGINT,
    upload_expected TEXT,
    grad_year INTEGER,
    level_kind TEXT,
    statuses TEXT,
    created_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX idx_campaigns__school_code ON campaigns (coalesce(school_id, 0), code);
CREATE INDEX idx_campaigns__school ON campaigns (school_id);

CREATE TABLE agencies (
    agency_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    school_id BIGINT REFERENCES schools (school_id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX idx_agencies__school_code ON agencies (coalesce(school_id, 0), code);
CREATE INDEX idx_agencies__school ON agencies (school_id);
