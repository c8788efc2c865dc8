-- What people say of a photo stands beside what machines found, and survives every matching.
ALTER TABLE entry_findings RENAME TO entry_findings_before;
CREATE TABLE entry_findings (
    finding_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    entry_id BIGINT NOT NULL REFERENCES batch_entries (entry_id),
    batch_id BIGINT NOT NULL REFERENCES batches (batch_id),
    stage TEXT NOT NULL CHECK (stage IN ('inspection', 'reconciliation', 'decision')),
    code TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('reject', 'review', 'note')),
    measured DOUBLE,
    limit_value DOUBLE,
    other_entry_id BIGINT REFERENCES batch_entries (entry_id)
);
INSERT INTO entry_findings SELECT * FROM entry_findings_before;
DROP TABLE entry_findings_before;
CREATE INDEX idx_entry_findings__entry ON entry_findings (entry_id);
CREATE INDEX idx_entry_findings__batch_code ON entry_findings (batch_id, code);
CREATE INDEX idx_entry_findings__other_entry ON entry_findings (other_entry_id);

-- One row for every decision ever made; the standing one is not withdrawn. It holds for the record that the photo had then.
CREATE TABLE entry_decisions (
    decision_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    entry_id BIGINT NOT NULL REFERENCES batch_entries (entry_id),
    batch_id BIGINT NOT NULL REFERENCES batches (batch_id),
    record_id BIGINT REFERENCES roll_records (record_id),
    decision TEXT NOT NULL CHECK (decision IN ('accept', 'reject', 'recapture')),
    decided_by TEXT NOT NULL,
    decided_at_ms BIGINT NOT NULL,
    withdrawn_by TEXT,
    withdrawn_at_ms BIGINT
);
CREATE UNIQUE INDEX idx_entry_decisions__standing ON entry_decisions (entry_id) WHERE withdrawn_at_ms IS NULL;
CREATE INDEX idx_entry_decisions__batch ON entry_decisions (batch_id);
CREATE INDEX idx_entry_decisions__entry ON entry_decisions (entry_id);
CREATE INDEX idx_entry_decisions__record ON entry_decisions (record_id);
CREATE INDEX idx_entry_decisions__person ON entry_decisions (decided_by, decision_id);

-- The queue of review over all batches, page by page.
CREATE INDEX idx_batch_entries__verdict ON batch_entries (verdict, entry_id);
