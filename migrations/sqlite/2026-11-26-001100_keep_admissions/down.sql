DROP TABLE admission_record_versions;
DROP TABLE admission_records;
