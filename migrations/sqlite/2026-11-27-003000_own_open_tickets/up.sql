-- Every page of a student asks whether a ticket of theirs is open. By the two columns apart SQLite takes the index of whatever is open, and
-- reads all of it for everybody.
CREATE INDEX idx_tickets__student_open ON tickets (student_id, is_open, ticket_id);
DROP INDEX idx_tickets__student;
