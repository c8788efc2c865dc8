DROP TABLE work_hours;
DROP TABLE work_years;
DROP TABLE work_days;
ALTER TABLE schools DROP COLUMN calendar_version;
