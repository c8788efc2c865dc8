DROP INDEX idx_tickets__open_number;
DROP INDEX idx_jobs__name;
DROP INDEX idx_jobs__finished;
DROP TABLE queue_limits;
ALTER TABLE workers DROP COLUMN version;
