-- Admission data (录取信息): one row per admission, by exam number (考生号); sealed like the roll. Somebody registers against it
-- while the roll does not have them yet.
CREATE TABLE admission_records (
    record_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    school_id BIGINT NOT NULL REFERENCES schools (school_id),
    exam_no TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    sex TEXT,
    id_kind TEXT NOT NULL,
    id_sealed BLOB,
    id_index BLOB,
    id_last4_index BLOB,
    birth_sealed BLOB,
    birth_index BLOB NOT NULL,
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
    remark TEXT,
    created_import_id BIGINT NOT NULL REFERENCES roll_imports (import_id),
    changed_import_id BIGINT NOT NULL REFERENCES roll_imports (import_id),
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX idx_admission_records__school_exam_no ON admission_records (school_id, exam_no);
CREATE INDEX idx_admission_records__id_index ON admission_records (id_index);
CREATE INDEX idx_admission_records__created_import_id ON admission_records (created_import_id);

-- Admission records as they were before an import changed them: what an undo puts back.
CREATE TABLE admission_record_versions (
    version_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    import_id BIGINT NOT NULL REFERENCES roll_imports (import_id),
    record_id BIGINT NOT NULL REFERENCES admission_records (record_id),
    previous_import_id BIGINT NOT NULL,
    exam_no TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    sex TEXT,
    id_kind TEXT NOT NULL,
    id_sealed BLOB,
    id_index BLOB,
    id_last4_index BLOB,
    birth_sealed BLOB,
    birth_index BLOB NOT NULL,
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
    remark TEXT
);
CREATE INDEX idx_admission_record_versions__import ON admission_record_versions (import_id, record_id);
CREATE INDEX idx_admission_record_versions__record ON admission_record_versions (record_id);
