CREATE TABLE batches (
    batch_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    campaign_id BIGINT NOT NULL REFERENCES campaigns (campaign_id),
    agency_id BIGINT NOT NULL REFERENCES agencies (agency_id),
    kind TEXT NOT NULL CHECK (kind IN ('graduation', 'admission')),
    state TEXT NOT NULL CHECK (state IN ('received', 'inspecting', 'reconciling', 'reconciled', 'failed', 'undone')),
    key_policy TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    staged_object TEXT NOT NULL,
    manifest_object TEXT,
    entries_total BIGINT NOT NULL DEFAULT 0,
    entries_inspected BIGINT NOT NULL DEFAULT 0,
    failure_code TEXT,
    failure_message TEXT,
    actor TEXT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    reconciled_at_ms BIGINT
);
-- The same delivery is recognised; one that was undone may be handed in again.
CREATE UNIQUE INDEX idx_batches__delivery ON batches (campaign_id, agency_id, sha256) WHERE state NOT IN ('undone', 'failed');
CREATE INDEX idx_batches__agency ON batches (agency_id);

-- Every file of a delivery. Entry names may be identity numbers: sealed.
CREATE TABLE batch_entries (
    entry_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    batch_id BIGINT NOT NULL REFERENCES batches (batch_id),
    seq BIGINT NOT NULL,
    name_sealed BLOB NOT NULL,
    locator TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('photo', 'ignored', 'refused')),
    size_bytes BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('listed', 'inspected', 'reconciled')),
    sha256 TEXT,
    standard_sha256 TEXT,
    thumbnail_sha256 TEXT,
    measurements TEXT,
    captured_at TEXT,
    dhash BIGINT,
    phash BIGINT,
    fingerprint BLOB,
    verdict TEXT CHECK (verdict IN ('matched', 'review', 'rejected', 'unmatched', 'ignored')),
    record_id BIGINT REFERENCES roll_records (record_id)
);
CREATE UNIQUE INDEX idx_batch_entries__batch_seq ON batch_entries (batch_id, seq);
CREATE INDEX idx_batch_entries__batch_verdict ON batch_entries (batch_id, verdict, seq);
CREATE INDEX idx_batch_entries__record ON batch_entries (record_id);

CREATE TABLE entry_findings (
    finding_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    entry_id BIGINT NOT NULL REFERENCES batch_entries (entry_id),
    batch_id BIGINT NOT NULL REFERENCES batches (batch_id),
    stage TEXT NOT NULL CHECK (stage IN ('inspection', 'reconciliation')),
    code TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('reject', 'review', 'note')),
    measured DOUBLE,
    limit_value DOUBLE,
    other_entry_id BIGINT REFERENCES batch_entries (entry_id)
);
CREATE INDEX idx_entry_findings__entry ON entry_findings (entry_id);
CREATE INDEX idx_entry_findings__batch_code ON entry_findings (batch_id, code);
CREATE INDEX idx_entry_findings__other_entry ON entry_findings (other_entry_id);

CREATE TABLE manifest_rows (
    manifest_row_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    batch_id BIGINT NOT NULL REFERENCES batches (batch_id),
    row_no BIGINT NOT NULL,
    content_sealed BLOB NOT NULL,
    student_no TEXT,
    entry_id BIGINT REFERENCES batch_entries (entry_id)
);
CREATE UNIQUE INDEX idx_manifest_rows__batch_row ON manifest_rows (batch_id, row_no);
CREATE INDEX idx_manifest_rows__entry ON manifest_rows (entry_id);

-- Versions of a record's photo. The newest that is accepted counts.
CREATE TABLE photos (
    photo_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    record_id BIGINT NOT NULL REFERENCES roll_records (record_id),
    campaign_id BIGINT NOT NULL REFERENCES campaigns (campaign_id),
    entry_id BIGINT NOT NULL REFERENCES batch_entries (entry_id),
    kind TEXT NOT NULL CHECK (kind IN ('graduation', 'admission')),
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('accepted', 'superseded', 'withdrawn')),
    created_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX idx_photos__entry_record ON photos (entry_id, record_id);
CREATE UNIQUE INDEX idx_photos__accepted ON photos (record_id, kind) WHERE state = 'accepted';
CREATE UNIQUE INDEX idx_photos__record_version ON photos (record_id, kind, version);
CREATE INDEX idx_photos__campaign ON photos (campaign_id);

-- A person's word on a pair that looks alike; it stands for ever. The first entry has the smaller number.
CREATE TABLE duplicate_decisions (
    first_entry_id BIGINT NOT NULL REFERENCES batch_entries (entry_id),
    second_entry_id BIGINT NOT NULL REFERENCES batch_entries (entry_id),
    is_same_picture BOOLEAN NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at_ms BIGINT NOT NULL,
    PRIMARY KEY (first_entry_id, second_entry_id)
);
CREATE INDEX idx_duplicate_decisions__second ON duplicate_decisions (second_entry_id);

CREATE TABLE recaptures (
    recapture_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    campaign_id BIGINT NOT NULL REFERENCES campaigns (campaign_id),
    record_id BIGINT NOT NULL REFERENCES roll_records (record_id),
    entry_id BIGINT REFERENCES batch_entries (entry_id),
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'exported', 'shot', 'closed', 'cancelled')),
    attempt INTEGER NOT NULL,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX idx_recaptures__pending ON recaptures (campaign_id, record_id) WHERE state IN ('open', 'exported', 'shot');
CREATE INDEX idx_recaptures__record ON recaptures (record_id);
CREATE INDEX idx_recaptures__entry ON recaptures (entry_id);
