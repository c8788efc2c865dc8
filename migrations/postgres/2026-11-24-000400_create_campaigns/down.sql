DROP TABLE agencies;
DROP TABLE campaigns;
