-- Mails that came in, by a keyed index of their identifier: the same one twice is one. Nothing of what they say stands here.
CREATE TABLE mail_letters (
    letter_index BYTEA NOT NULL PRIMARY KEY,
    sender_index BYTEA NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'drafted', 'auto-submitted', 'bulk', 'no-return-path', 'own', 'too-soon', 'empty')),
    ticket_id BIGINT REFERENCES tickets (ticket_id),
    taken_at_ms BIGINT NOT NULL
);
CREATE INDEX idx_mail_letters__sender ON mail_letters (sender_index, outcome, taken_at_ms);
CREATE INDEX idx_mail_letters__taken ON mail_letters (taken_at_ms);
CREATE INDEX idx_mail_letters__ticket ON mail_letters (ticket_id);

-- Links by which whoever began a ticket by mail confirms it.
CREATE TABLE mail_confirmations (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    ticket_id BIGINT NOT NULL REFERENCES tickets (ticket_id),
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT
);
CREATE UNIQUE INDEX idx_mail_confirmations__ticket ON mail_confirmations (ticket_id);
CREATE INDEX idx_mail_confirmations__expires ON mail_confirmations (expires_at_ms);
