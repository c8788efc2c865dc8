DROP INDEX idx_batch_entries__open;
ALTER TABLE campaigns DROP COLUMN tallied_at_ms;
DROP TABLE roll_classes;
DROP TABLE missing_records;
DROP TABLE rule_tallies;
DROP TABLE day_tallies;
DROP TABLE class_tallies;
