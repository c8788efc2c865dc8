-- An attended import stops for a person: for the columns, for approval of the comparison, and where somebody pauses it.
ALTER TABLE roll_imports ADD COLUMN is_attended BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE roll_imports ADD COLUMN hold TEXT CHECK (hold IN ('columns', 'approval', 'pause'));

-- Headings that people once said the meaning of, folded; the next file with them is read alike.
CREATE TABLE roll_heading_aliases (
    heading TEXT NOT NULL PRIMARY KEY,
    field TEXT NOT NULL
);

-- What a comparison shows first; new and unchanged rows, which are most, need no index.
CREATE INDEX idx_roll_import_rows__changed ON roll_import_rows (import_id, row_no) WHERE outcome = 'changed';
CREATE INDEX idx_roll_import_rows__error ON roll_import_rows (import_id, row_no) WHERE outcome = 'error';
