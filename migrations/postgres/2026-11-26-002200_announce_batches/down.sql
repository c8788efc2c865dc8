DROP TABLE batch_headers;
