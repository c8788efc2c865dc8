-- PostgreSQL compares staged rows by hashing them and needs no index for it; SQLite does need them.
SELECT 1;
