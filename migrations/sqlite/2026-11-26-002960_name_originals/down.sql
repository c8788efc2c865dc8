ALTER TABLE batch_entries DROP COLUMN original_sha256;
