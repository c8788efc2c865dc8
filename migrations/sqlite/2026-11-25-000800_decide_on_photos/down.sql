DROP INDEX idx_batch_entries__verdict;
DROP TABLE entry_decisions;
ALTER TABLE entry_findings RENAME TO entry_findings_after;
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
INSERT INTO entry_findings SELECT * FROM entry_findings_after WHERE stage <> 'decision';
DROP TABLE entry_findings_after;
CREATE INDEX idx_entry_findings__entry ON entry_findings (entry_id);
CREATE INDEX idx_entry_findings__batch_code ON entry_findings (batch_id, code);
CREATE INDEX idx_entry_findings__other_entry ON entry_findings (other_entry_id);
