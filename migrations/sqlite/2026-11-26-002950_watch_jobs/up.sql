-- What version of the program a process that runs jobs is.
ALTER TABLE workers ADD COLUMN version TEXT NOT NULL DEFAULT '';

-- How many jobs of a queue run at a time over all processes, where somebody said so.
CREATE TABLE queue_limits (
    queue TEXT NOT NULL PRIMARY KEY,
    most_running INTEGER NOT NULL CHECK (most_running > 0),
    set_at_ms BIGINT NOT NULL
);

-- How much was done lately, and when a schedule last ran.
CREATE INDEX idx_jobs__finished ON jobs (finished_at_ms) WHERE finished_at_ms IS NOT NULL;
CREATE INDEX idx_jobs__name ON jobs (name, job_id);

-- Tickets that have ended are listed newest first.
CREATE INDEX idx_tickets__open_number ON tickets (is_open, ticket_id);
