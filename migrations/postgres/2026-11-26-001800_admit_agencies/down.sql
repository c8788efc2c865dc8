DELETE FROM sessions WHERE staff_id IN (SELECT staff_id FROM staff WHERE agency_id IS NOT NULL);
DELETE FROM staff_links WHERE staff_id IN (SELECT staff_id FROM staff WHERE agency_id IS NOT NULL);
DELETE FROM staff_recovery_codes WHERE staff_id IN (SELECT staff_id FROM staff WHERE agency_id IS NOT NULL);
DELETE FROM saved_views WHERE staff_id IN (SELECT staff_id FROM staff WHERE agency_id IS NOT NULL);
DELETE FROM staff WHERE agency_id IS NOT NULL;
ALTER TABLE staff DROP CONSTRAINT staff_agency_check;
ALTER TABLE staff DROP COLUMN agency_id;
ALTER TABLE staff DROP CONSTRAINT staff_role_check;
ALTER TABLE staff ADD CONSTRAINT staff_role_check CHECK (role IN ('admin', 'registrar', 'counsellor', 'support', 'auditor'));
