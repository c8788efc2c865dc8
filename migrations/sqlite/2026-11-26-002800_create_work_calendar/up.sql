-- Counts the changes of a school's calendar, so that nobody overwrites what they have not seen.
ALTER TABLE schools ADD COLUMN calendar_version BIGINT NOT NULL DEFAULT 0;

-- Days that a school decided about itself, whatever notices and weekdays say.
CREATE TABLE work_days (
    school_id BIGINT NOT NULL REFERENCES schools (school_id),
    day TEXT NOT NULL, -- YYYY-MM-DD, in China
    kind TEXT NOT NULL CHECK (kind IN ('off', 'work')),
    name TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (school_id, day)
);

-- Years whose days a school declared settled.
CREATE TABLE work_years (
    school_id BIGINT NOT NULL REFERENCES schools (school_id),
    year INTEGER NOT NULL,
    declared_by TEXT NOT NULL,
    declared_at_ms BIGINT NOT NULL,
    PRIMARY KEY (school_id, year)
);

-- A school's hours, in minutes after midnight; without a row the usual ones.
CREATE TABLE work_hours (
    school_id BIGINT PRIMARY KEY NOT NULL REFERENCES schools (school_id),
    opens INTEGER NOT NULL,
    lunch_from INTEGER,
    lunch_until INTEGER,
    closes INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    CHECK ((lunch_from IS NULL) = (lunch_until IS NULL)),
    CHECK (0 <= opens AND opens < closes AND closes <= 1440)
);
