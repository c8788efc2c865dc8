DROP TABLE mail_confirmations;
DROP TABLE mail_letters;
