DROP TABLE recaptures;
DROP TABLE duplicate_decisions;
DROP TABLE photos;
DROP TABLE manifest_rows;
DROP TABLE entry_findings;
DROP TABLE batch_entries;
DROP TABLE batches;
