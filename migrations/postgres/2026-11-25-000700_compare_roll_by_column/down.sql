ALTER TABLE roll_imports DROP COLUMN present_columns;
ALTER TABLE roll_import_rows DROP COLUMN birth_index;
ALTER TABLE roll_record_versions ADD COLUMN content_hash BYTEA NOT NULL DEFAULT '';
ALTER TABLE roll_record_versions DROP COLUMN birth_index;
ALTER TABLE roll_records ADD COLUMN content_hash BYTEA NOT NULL DEFAULT '';
ALTER TABLE roll_records DROP COLUMN birth_index;
