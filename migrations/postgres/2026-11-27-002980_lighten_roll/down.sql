ALTER TABLE roll_import_rows
    ADD CONSTRAINT roll_import_rows_import_id_fkey FOREIGN KEY (import_id) REFERENCES roll_imports (import_id);
ALTER TABLE roll_records
    ADD CONSTRAINT roll_records_created_import_id_fkey FOREIGN KEY (created_import_id) REFERENCES roll_imports (import_id),
    ADD CONSTRAINT roll_records_changed_import_id_fkey FOREIGN KEY (changed_import_id) REFERENCES roll_imports (import_id);
DROP INDEX idx_roll_records__name_initials;
ALTER TABLE roll_records
    ALTER COLUMN student_no TYPE TEXT COLLATE "default",
    ALTER COLUMN name_folded TYPE TEXT COLLATE "default",
    ALTER COLUMN name_initials TYPE TEXT COLLATE "default";
CREATE INDEX idx_roll_records__name_initials ON roll_records (name_initials text_pattern_ops);
CREATE INDEX idx_roll_records__name ON roll_records (name_folded text_pattern_ops);
CREATE INDEX idx_roll_records__student_no_pattern ON roll_records (student_no text_pattern_ops);
CREATE INDEX idx_roll_records__changed_import_id ON roll_records (changed_import_id);
