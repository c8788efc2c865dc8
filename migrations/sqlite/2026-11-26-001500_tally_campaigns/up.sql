-- How far a campaign is, counted class by class, now and then: a page that shows it never counts the roll.
CREATE TABLE class_tallies (
    campaign_id BIGINT NOT NULL REFERENCES campaigns (campaign_id),
    college TEXT NOT NULL,
    class_name TEXT NOT NULL,
    expected BIGINT NOT NULL,
    received BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    in_review BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, college, class_name)
);

-- What a day brought; `day` counts days since 1970 in China.
CREATE TABLE day_tallies (
    campaign_id BIGINT NOT NULL REFERENCES campaigns (campaign_id),
    day BIGINT NOT NULL,
    photos BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    in_review BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    unmatched BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, day)
);

-- How many photos of a day a rule flagged.
CREATE TABLE rule_tallies (
    campaign_id BIGINT NOT NULL REFERENCES campaigns (campaign_id),
    day BIGINT NOT NULL,
    code TEXT NOT NULL,
    flagged BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, day, code)
);

-- Whom a campaign expects and has neither a matched photo of nor one in review.
CREATE TABLE missing_records (
    campaign_id BIGINT NOT NULL REFERENCES campaigns (campaign_id),
    record_id BIGINT NOT NULL REFERENCES roll_records (record_id) ON DELETE CASCADE,
    PRIMARY KEY (campaign_id, record_id)
);
CREATE INDEX idx_missing_records__record ON missing_records (record_id);

-- The classes of the roll, to choose one.
CREATE TABLE roll_classes (
    school_id BIGINT NOT NULL REFERENCES schools (school_id),
    college TEXT NOT NULL,
    class_name TEXT NOT NULL,
    students BIGINT NOT NULL,
    PRIMARY KEY (college, class_name, school_id)
);

ALTER TABLE campaigns ADD COLUMN tallied_at_ms BIGINT;

-- Open work is a small part of all photos; what counts it should not see the rest.
CREATE INDEX idx_batch_entries__open ON batch_entries (batch_id, verdict) WHERE verdict IN ('review', 'unmatched');
