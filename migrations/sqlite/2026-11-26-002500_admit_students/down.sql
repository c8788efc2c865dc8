ALTER TABLE campaigns DROP COLUMN remind_days;
DROP TABLE verdicts;
DROP TABLE notice_deliveries;
DROP TABLE notices;
DROP TABLE used_captchas;
DROP TABLE phone_codes;
DROP TABLE student_links;
DROP TABLE student_sessions;
DROP TABLE students;
