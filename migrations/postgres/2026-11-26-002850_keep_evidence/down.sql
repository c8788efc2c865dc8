DROP TABLE evidence_pages;
DROP TABLE evidence;
