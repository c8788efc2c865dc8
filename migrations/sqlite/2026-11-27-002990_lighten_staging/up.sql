-- PostgreSQL compares exam numbers of staged rows by hashing them and needs no index for it; SQLite does need one.
SELECT 1;
