DROP TABLE saved_views;
DROP INDEX idx_roll_records__name_order;
DROP INDEX idx_roll_records__name_initials;
ALTER TABLE roll_import_rows DROP COLUMN name_initials;
ALTER TABLE roll_record_versions DROP COLUMN name_initials;
ALTER TABLE roll_records DROP COLUMN name_initials;
