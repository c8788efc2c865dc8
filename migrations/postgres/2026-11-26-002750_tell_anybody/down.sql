DELETE FROM notice_deliveries WHERE notice_id IN (SELECT notice_id FROM notices WHERE student_id IS NULL);
DELETE FROM notices WHERE student_id IS NULL;
ALTER TABLE notices DROP CONSTRAINT notices_check;
ALTER TABLE notices DROP COLUMN language;
ALTER TABLE notices ALTER COLUMN student_id SET NOT NULL;
