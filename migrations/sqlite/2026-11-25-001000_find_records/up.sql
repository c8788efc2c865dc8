-- Finding people in the roll by name, by the last four characters of their number, and by class.
CREATE INDEX idx_roll_records__class ON roll_records (college, class_name, student_no);
CREATE INDEX idx_roll_records__name ON roll_records (name_folded);
CREATE INDEX idx_roll_records__last4 ON roll_records (id_last4_index);
