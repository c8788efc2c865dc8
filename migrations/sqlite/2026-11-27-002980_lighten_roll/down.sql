CREATE INDEX idx_roll_records__changed_import_id ON roll_records (changed_import_id);
