-- Staged rows are compared as a whole, by hashing them; looking each up costs more than it saves, and every row pays for an index.
DROP INDEX idx_roll_import_rows__student_no;
DROP INDEX idx_roll_import_rows__exam_no;
