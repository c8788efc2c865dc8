-- How long the agency has to shoot somebody again, and how often it tries before the student comes in person (散拍).
ALTER TABLE campaigns ADD COLUMN recapture_days INTEGER NOT NULL DEFAULT 10;
ALTER TABLE campaigns ADD COLUMN max_attempts INTEGER NOT NULL DEFAULT 3;

-- Until when the new photo is wanted, and which person gave a re-capture up: that one is not opened again by matching.
ALTER TABLE recaptures ADD COLUMN due_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE recaptures ADD COLUMN cancelled_by TEXT;
UPDATE recaptures SET due_at_ms = created_at_ms + 864000000;
CREATE INDEX idx_recaptures__campaign_state ON recaptures (campaign_id, state, recapture_id);
