CREATE INDEX idx_tickets__student ON tickets (student_id, ticket_id);
DROP INDEX idx_tickets__student_open;
