CREATE INDEX idx_roll_import_rows__id_index ON roll_import_rows (import_id, id_index);
