DROP TABLE sessions;
DROP TABLE staff_links;
DROP TABLE staff;
