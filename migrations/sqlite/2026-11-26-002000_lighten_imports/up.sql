-- The index of the order of names finds a name as well, and every further index costs each new row.
DROP INDEX idx_roll_records__name;

-- Staged rows: stored by their key, without a second tree for it; without a reference, since SQLite empties a table that has one
-- row by row; without an index of document numbers, which a whole file is sorted by anyway.
CREATE TABLE staged (
    import_id BIGINT NOT NULL,
    row_no BIGINT NOT NULL,
    outcome TEXT,
    record_id BIGINT,
    school_code TEXT NOT NULL,
    is_self_consistent BOOLEAN NOT NULL,
    student_no TEXT NOT NULL,
    exam_no TEXT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    sex TEXT,
    id_kind TEXT NOT NULL,
    id_sealed BLOB,
    id_index BLOB,
    id_last4_index BLOB,
    birth_sealed BLOB,
    ethnicity TEXT,
    level TEXT,
    level_kind TEXT,
    major_code TEXT,
    major_name TEXT,
    duration_years TEXT,
    study_form TEXT,
    college TEXT,
    department TEXT,
    class_name TEXT,
    entry_date TEXT,
    expected_graduation TEXT,
    grad_year INTEGER,
    status TEXT,
    status_kind TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    identity_check TEXT,
    remark TEXT,
    content_hash BLOB NOT NULL,
    birth_index BLOB NOT NULL DEFAULT x'',
    name_initials TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (import_id, row_no)
) WITHOUT ROWID;
INSERT INTO staged SELECT * FROM roll_import_rows;
DROP TABLE roll_import_rows;
ALTER TABLE staged RENAME TO roll_import_rows;
CREATE INDEX idx_roll_import_rows__student_no ON roll_import_rows (import_id, student_no, school_code);
CREATE INDEX idx_roll_import_rows__exam_no ON roll_import_rows (import_id, exam_no);
CREATE INDEX idx_roll_import_rows__changed ON roll_import_rows (import_id, row_no) WHERE outcome = 'changed';
CREATE INDEX idx_roll_import_rows__error ON roll_import_rows (import_id, row_no) WHERE outcome = 'error';
