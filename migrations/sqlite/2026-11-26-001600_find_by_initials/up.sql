-- The first letters of a name in pinyin, lower case, as people type them to find somebody.
ALTER TABLE roll_records ADD COLUMN name_initials TEXT NOT NULL DEFAULT '';
ALTER TABLE roll_record_versions ADD COLUMN name_initials TEXT NOT NULL DEFAULT '';
ALTER TABLE roll_import_rows ADD COLUMN name_initials TEXT NOT NULL DEFAULT '';
CREATE INDEX idx_roll_records__name_initials ON roll_records (name_initials);
CREATE INDEX idx_roll_records__name_order ON roll_records (name_folded, record_id);

-- Parts of lists that somebody keeps under a name: a path with its filters, never what was typed to find a person.
CREATE TABLE saved_views (
    view_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    staff_id BIGINT NOT NULL REFERENCES staff (staff_id),
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    is_shared BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX idx_saved_views__staff ON saved_views (staff_id);
CREATE INDEX idx_saved_views__shared ON saved_views (is_shared) WHERE is_shared;
