-- What an agency says of a delivery as a whole (`batch.json` in the archive), and how that compares with what arrived. The digests are
-- apart from the rest, since only the comparison reads them.
CREATE TABLE batch_headers (
    batch_id BIGINT PRIMARY KEY NOT NULL REFERENCES batches (batch_id),
    content TEXT NOT NULL,
    digests TEXT NOT NULL,
    photos_missing BIGINT,
    photos_unannounced BIGINT,
    missing_digests TEXT
);
