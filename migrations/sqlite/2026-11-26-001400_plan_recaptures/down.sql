DROP INDEX idx_recaptures__campaign_state;
ALTER TABLE recaptures DROP COLUMN cancelled_by;
ALTER TABLE recaptures DROP COLUMN due_at_ms;
ALTER TABLE campaigns DROP COLUMN max_attempts;
ALTER TABLE campaigns DROP COLUMN recapture_days;
