-- A whole file is sorted by its document numbers anyway.
DROP INDEX idx_roll_import_rows__id_index;
