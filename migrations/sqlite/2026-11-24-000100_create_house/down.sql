DROP TABLE audit_entries;
DROP TABLE schools;
DROP TABLE settings;
