-- Whether a counsellor may give a student's verdict from signed paper (代为校对).
ALTER TABLE schools ADD COLUMN takes_paper_verdicts BOOLEAN NOT NULL DEFAULT TRUE;

-- Where and when those come whose photo is shot (again), in words.
ALTER TABLE campaigns ADD COLUMN recapture_place TEXT;

-- How students reach who acts next. An empty college stands for all that have no row of their own.
CREATE TABLE school_contacts (
    contact_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    school_id BIGINT NOT NULL REFERENCES schools (school_id),
    actor TEXT NOT NULL CHECK (actor IN ('college', 'school', 'agency', 'province', 'chsi', 'exam-authority')),
    college TEXT NOT NULL DEFAULT '',
    phone TEXT,
    email TEXT,
    place TEXT,
    hours TEXT
);
CREATE UNIQUE INDEX idx_school_contacts__actor ON school_contacts (school_id, actor, college);

-- 学历类别, as the roll spells it (普通高等教育, 成人高等教育…).
ALTER TABLE roll_records ADD COLUMN study_category TEXT;
ALTER TABLE roll_record_versions ADD COLUMN study_category TEXT;
ALTER TABLE admission_records ADD COLUMN study_category TEXT;
ALTER TABLE admission_record_versions ADD COLUMN study_category TEXT;
ALTER TABLE roll_import_rows ADD COLUMN study_category TEXT;
