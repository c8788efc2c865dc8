-- Records are compared column by column, only in the columns that a file has; birth dates, which are sealed, by a keyed index.
ALTER TABLE roll_records ADD COLUMN birth_index BYTEA NOT NULL DEFAULT '';
ALTER TABLE roll_records DROP COLUMN content_hash;
ALTER TABLE roll_record_versions ADD COLUMN birth_index BYTEA NOT NULL DEFAULT '';
ALTER TABLE roll_record_versions DROP COLUMN content_hash;
ALTER TABLE roll_import_rows ADD COLUMN birth_index BYTEA NOT NULL DEFAULT '';
-- The record's columns that the file has, separated by commas.
ALTER TABLE roll_imports ADD COLUMN present_columns TEXT NOT NULL DEFAULT '';
