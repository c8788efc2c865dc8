-- Finding people in the roll by name, by the last four characters of their number, and by class. Beginnings of texts need an index
-- for patterns where the database sorts by a language.
CREATE INDEX idx_roll_records__class ON roll_records (college, class_name, student_no);
CREATE INDEX idx_roll_records__name ON roll_records (name_folded text_pattern_ops);
CREATE INDEX idx_roll_records__last4 ON roll_records (id_last4_index);
CREATE INDEX idx_roll_records__student_no_pattern ON roll_records (student_no text_pattern_ops);
