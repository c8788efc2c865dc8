DROP TABLE roll_record_versions;
DROP TABLE roll_import_issues;
DROP TABLE roll_import_rows;
DROP TABLE roll_records;
DROP TABLE roll_imports;
