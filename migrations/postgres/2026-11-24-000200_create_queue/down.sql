DROP TABLE workers;
DROP TABLE queue_pauses;
DROP TABLE jobs;
