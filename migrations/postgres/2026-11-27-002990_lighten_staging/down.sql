CREATE INDEX idx_roll_import_rows__exam_no ON roll_import_rows (import_id, exam_no);
