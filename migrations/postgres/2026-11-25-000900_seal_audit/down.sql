DROP INDEX idx_audit_entries__action;
DROP INDEX idx_audit_entries__actor;
DROP TABLE audit_seals;
