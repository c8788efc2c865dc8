DROP INDEX idx_roll_records__class;
DROP INDEX idx_roll_records__name;
DROP INDEX idx_roll_records__last4;
DROP INDEX idx_roll_records__student_no_pattern;
