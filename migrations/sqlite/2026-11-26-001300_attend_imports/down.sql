DROP INDEX idx_roll_import_rows__error;
DROP INDEX idx_roll_import_rows__changed;
DROP TABLE roll_heading_aliases;
ALTER TABLE roll_imports DROP COLUMN hold;
ALTER TABLE roll_imports DROP COLUMN is_attended;
