-- Only taking an import back asks which records it changed last, and may read them all for it; every new row pays for an index.
DROP INDEX idx_roll_records__changed_import_id;

-- Compared by their bytes, as SQLite does, numbers and names are ordered and found by their beginnings with one index each.
DROP INDEX idx_roll_records__student_no_pattern;
DROP INDEX idx_roll_records__name;
DROP INDEX idx_roll_records__name_initials;
ALTER TABLE roll_records
    ALTER COLUMN student_no TYPE TEXT COLLATE "C",
    ALTER COLUMN name_folded TYPE TEXT COLLATE "C",
    ALTER COLUMN name_initials TYPE TEXT COLLATE "C";
CREATE INDEX idx_roll_records__name_initials ON roll_records (name_initials);

-- All rows that an import writes name the import itself, which is never deleted: looking it up and locking it for each of a million
-- rows proves nothing.
ALTER TABLE roll_records
    DROP CONSTRAINT roll_records_created_import_id_fkey,
    DROP CONSTRAINT roll_records_changed_import_id_fkey;
ALTER TABLE roll_import_rows DROP CONSTRAINT roll_import_rows_import_id_fkey;
