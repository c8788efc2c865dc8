DROP TABLE uploads;
DROP TABLE agency_tokens;
DROP TABLE campaign_agencies;
