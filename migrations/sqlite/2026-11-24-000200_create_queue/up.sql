CREATE TABLE jobs (
    job_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    queue TEXT NOT NULL,
    name TEXT NOT NULL,
    payload TEXT NOT NULL,
    priority SMALLINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    run_at_ms BIGINT NOT NULL,
    locked_by TEXT,
    lease_until_ms BIGINT,
    unique_key TEXT,
    last_error_code TEXT,
    last_error TEXT,
    created_at_ms BIGINT NOT NULL,
    finished_at_ms BIGINT
);
CREATE INDEX idx_jobs__queue_state_run_at ON jobs (queue, state, priority, run_at_ms, job_id);
CREATE INDEX idx_jobs__state_lease ON jobs (state, lease_until_ms);
-- A key names work that must not be queued twice while it is still to be done.
CREATE UNIQUE INDEX idx_jobs__unique_key ON jobs (unique_key) WHERE state IN ('queued', 'running') AND unique_key IS NOT NULL;

CREATE TABLE queue_pauses (
    queue TEXT NOT NULL PRIMARY KEY,
    paused_at_ms BIGINT NOT NULL,
    paused_by TEXT NOT NULL
);

-- Processes that run jobs, by their own word; a row whose last_seen_ms is old is a process that died.
CREATE TABLE workers (
    worker_name TEXT NOT NULL PRIMARY KEY,
    started_at_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL
);
