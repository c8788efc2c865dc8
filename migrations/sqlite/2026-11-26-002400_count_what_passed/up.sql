-- With the batch in it, what passed unseen in one batch is counted in the index alone.
DROP INDEX idx_batch_entries__looked_at;
CREATE INDEX idx_batch_entries__looked_at ON batch_entries (verdict, is_decided, entry_id, batch_id);
