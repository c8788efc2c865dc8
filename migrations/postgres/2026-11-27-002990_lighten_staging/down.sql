CREATE INDEX idx_roll_import_rows__student_no ON roll_import_rows (import_id, student_no, school_code);
CREATE INDEX idx_roll_import_rows__exam_no ON roll_import_rows (import_id, exam_no);
