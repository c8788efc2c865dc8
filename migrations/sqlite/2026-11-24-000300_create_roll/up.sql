CREATE TABLE roll_imports (
    import_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('roll', 'admission', 'identity-check')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'staging', 'applying', 'previewed', 'applied', 'failed', 'undone')),
    staged_object TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    options TEXT NOT NULL,
    is_dry_run BOOLEAN NOT NULL,
    encoding TEXT,
    rows_total BIGINT NOT NULL DEFAULT 0,
    rows_applied BIGINT NOT NULL DEFAULT 0,
    rows_new BIGINT NOT NULL DEFAULT 0,
    rows_changed BIGINT NOT NULL DEFAULT 0,
    rows_unchanged BIGINT NOT NULL DEFAULT 0,
    rows_vanished BIGINT NOT NULL DEFAULT 0,
    error_total BIGINT NOT NULL DEFAULT 0,
    warning_total BIGINT NOT NULL DEFAULT 0,
    failure_code TEXT,
    failure_message TEXT,
    actor TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    finished_at_ms BIGINT
);

-- The roll: one row per enrolment (学籍), never per person. Identity numbers and birth dates are sealed; the indexes are keyed.
CREATE TABLE roll_records (
    record_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    school_id BIGINT NOT NULL REFERENCES schools (school_id),
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
    created_import_id BIGINT NOT NULL REFERENCES roll_imports (import_id),
    changed_import_id BIGINT NOT NULL REFERENCES roll_imports (import_id),
    vanished_import_id BIGINT REFERENCES roll_imports (import_id),
    edited_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX idx_roll_records__school_student_no ON roll_records (school_id, student_no);
CREATE INDEX idx_roll_records__exam_no ON roll_records (exam_no);
CREATE INDEX idx_roll_records__id_index ON roll_records (id_index);
CREATE INDEX idx_roll_records__student_no ON roll_records (student_no);
CREATE INDEX idx_roll_records__changed_import_id ON roll_records (changed_import_id);

-- The rows of an import that is under way, as read; emptied when the import ends.
CREATE TABLE roll_import_rows (
    import_id BIGINT NOT NULL REFERENCES roll_imports (import_id),
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
    PRIMARY KEY (import_id, row_no)
);
CREATE INDEX idx_roll_import_rows__student_no ON roll_import_rows (import_id, student_no, school_code);
CREATE INDEX idx_roll_import_rows__exam_no ON roll_import_rows (import_id, exam_no);
CREATE INDEX idx_roll_import_rows__id_index ON roll_import_rows (import_id, id_index);

-- What a reader or a clash rule said about a row; the message never repeats a value.
CREATE TABLE roll_import_issues (
    issue_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    import_id BIGINT NOT NULL REFERENCES roll_imports (import_id),
    row_no BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('error', 'warning')),
    message TEXT NOT NULL
);
CREATE INDEX idx_roll_import_issues__import ON roll_import_issues (import_id, severity, row_no);

-- Records as they were before an import changed them: what an undo puts back.
CREATE TABLE roll_record_versions (
    version_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    import_id BIGINT NOT NULL REFERENCES roll_imports (import_id),
    record_id BIGINT NOT NULL REFERENCES roll_records (record_id),
    previous_import_id BIGINT NOT NULL,
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
    content_hash BLOB NOT NULL
);
CREATE INDEX idx_roll_record_versions__import ON roll_record_versions (import_id, record_id);
CREATE INDEX idx_roll_record_versions__record ON roll_record_versions (record_id);
