DROP INDEX idx_batch_entries__looked_at;
ALTER TABLE batch_entries DROP COLUMN is_decided;
