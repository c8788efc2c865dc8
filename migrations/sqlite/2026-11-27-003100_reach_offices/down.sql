ALTER TABLE roll_import_rows DROP COLUMN study_category;
ALTER TABLE admission_record_versions DROP COLUMN study_category;
ALTER TABLE admission_records DROP COLUMN study_category;
ALTER TABLE roll_record_versions DROP COLUMN study_category;
ALTER TABLE roll_records DROP COLUMN study_category;
DROP TABLE school_contacts;
ALTER TABLE campaigns DROP COLUMN recapture_place;
ALTER TABLE schools DROP COLUMN takes_paper_verdicts;
