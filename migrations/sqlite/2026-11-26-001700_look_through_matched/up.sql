-- Whether a person's decision about the entry stands, so that matched photos nobody has looked at are found at once.
ALTER TABLE batch_entries ADD COLUMN is_decided BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE batch_entries SET is_decided = TRUE WHERE entry_id IN (
    SELECT entry_id FROM entry_decisions WHERE withdrawn_at_ms IS NULL
);
CREATE INDEX idx_batch_entries__looked_at ON batch_entries (verdict, is_decided, entry_id);
