-- People of an agency sign in like staff, and belong to that agency alone.
ALTER TABLE staff DROP CONSTRAINT staff_role_check;
ALTER TABLE staff ADD CONSTRAINT staff_role_check CHECK (role IN ('admin', 'registrar', 'counsellor', 'support', 'auditor', 'agency-admin', 'agency-operator'));
ALTER TABLE staff ADD COLUMN agency_id BIGINT REFERENCES agencies (agency_id);
ALTER TABLE staff ADD CONSTRAINT staff_agency_check
    CHECK ((agency_id IS NULL) = (role NOT IN ('agency-admin', 'agency-operator')));
CREATE INDEX idx_staff__agency ON staff (agency_id);
