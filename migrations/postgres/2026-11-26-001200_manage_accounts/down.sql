DROP TABLE staff_recovery_codes;
ALTER TABLE staff DROP COLUMN totp_pending_sealed;
ALTER TABLE sessions DROP COLUMN browser;
ALTER TABLE sessions DROP COLUMN address;
ALTER TABLE sessions DROP COLUMN confirmed_at_ms;
ALTER TABLE audit_entries DROP COLUMN address;
