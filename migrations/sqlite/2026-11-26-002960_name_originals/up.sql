-- Address of the picture as it was delivered, without its metadata; that of the standardised one where the delivered one conforms. NULL
-- where it was inspected before this was noted, or could not be read.
ALTER TABLE batch_entries ADD COLUMN original_sha256 TEXT;
