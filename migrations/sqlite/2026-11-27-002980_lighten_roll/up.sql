-- Only taking an import back asks which records it changed last, and may read them all for it; every new row pays for an index.
DROP INDEX idx_roll_records__changed_import_id;
