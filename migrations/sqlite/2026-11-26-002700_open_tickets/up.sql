-- Corrections (更正工单). What people wrote is sealed; a row holds who, about what, where it stands, and until when it is promised.
-- `promised_at_ms` stays when the clock stands or has ended. `turn_ms` orders what is open: until when it is promised, and at the end of all days where the clock stands.
-- `due_at_ms` is empty while the clock stands: in drafts, while something is asked for, while another body has it, and at the end.
CREATE TABLE tickets (
    ticket_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    school_id BIGINT REFERENCES schools (school_id),
    kind TEXT NOT NULL CHECK (kind IN ('account', 'roll', 'photo', 'prior-credential', 'identity-check', 'duplicate', 'other')),
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'triaged', 'need-more', 'in-review', 'approved', 'applied', 'notified',
        'closed', 'rejected', 'escalated', 'withdrawn', 'merged')),
    is_open BOOLEAN NOT NULL,
    came_by TEXT NOT NULL CHECK (came_by IN ('page', 'dispute', 'mail', 'phone', 'office')),
    student_id BIGINT REFERENCES students (student_id),
    record_id BIGINT REFERENCES roll_records (record_id),
    photo_id BIGINT REFERENCES photos (photo_id),
    reason TEXT,
    reply_to_sealed BLOB,
    phone_sealed BLOB,
    assignee_id BIGINT REFERENCES staff (staff_id),
    assigned_at_ms BIGINT,
    escalated_to TEXT,
    merged_into BIGINT REFERENCES tickets (ticket_id),
    budget_ms BIGINT NOT NULL,
    started_at_ms BIGINT,
    due_at_ms BIGINT,
    warn_at_ms BIGINT,
    promised_at_ms BIGINT,
    turn_ms BIGINT NOT NULL,
    is_provisional BOOLEAN NOT NULL DEFAULT FALSE,
    warned TEXT NOT NULL DEFAULT 'no' CHECK (warned IN ('no', 'soon', 'overdue')),
    version BIGINT NOT NULL DEFAULT 1,
    satisfaction INTEGER CHECK (satisfaction BETWEEN 1 AND 5),
    created_at_ms BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    closed_at_ms BIGINT
);
CREATE INDEX idx_tickets__open_turn ON tickets (is_open, turn_ms, ticket_id);
CREATE INDEX idx_tickets__open_due ON tickets (is_open, due_at_ms);
CREATE INDEX idx_tickets__started ON tickets (started_at_ms);
CREATE INDEX idx_tickets__state ON tickets (state, ticket_id);
CREATE INDEX idx_tickets__open_warn ON tickets (is_open, warn_at_ms);
CREATE INDEX idx_tickets__assignee ON tickets (assignee_id, is_open, ticket_id);
CREATE INDEX idx_tickets__student ON tickets (student_id, ticket_id);
CREATE INDEX idx_tickets__record ON tickets (record_id, ticket_id);
CREATE INDEX idx_tickets__photo ON tickets (photo_id);
CREATE INDEX idx_tickets__school ON tickets (school_id);
CREATE INDEX idx_tickets__merged ON tickets (merged_into);

-- Everything that happened to a ticket, numbered without a gap: what was said (sealed), and each change of state with both states.
-- The times at which the clock stood are read from it.
CREATE TABLE ticket_events (
    ticket_event_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    ticket_id BIGINT NOT NULL REFERENCES tickets (ticket_id),
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT,
    actor TEXT NOT NULL,
    is_of_student BOOLEAN NOT NULL,
    is_public BOOLEAN NOT NULL,
    body_sealed BLOB,
    parameters TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX idx_ticket_events__number ON ticket_events (ticket_id, number);

-- A change of the roll that somebody proposes and somebody else approves. Values are sealed, whatever the field.
CREATE TABLE ticket_proposals (
    ticket_proposal_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    ticket_id BIGINT NOT NULL REFERENCES tickets (ticket_id),
    record_id BIGINT NOT NULL REFERENCES roll_records (record_id),
    field TEXT NOT NULL,
    before_sealed BLOB NOT NULL,
    after_sealed BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'dropped', 'applied')),
    proposed_by BIGINT NOT NULL REFERENCES staff (staff_id),
    proposed_at_ms BIGINT NOT NULL,
    decided_by BIGINT REFERENCES staff (staff_id),
    decided_at_ms BIGINT,
    import_id BIGINT REFERENCES roll_imports (import_id)
);
CREATE INDEX idx_ticket_proposals__ticket ON ticket_proposals (ticket_id, ticket_proposal_id);
CREATE INDEX idx_ticket_proposals__record ON ticket_proposals (record_id);
CREATE INDEX idx_ticket_proposals__proposed_by ON ticket_proposals (proposed_by);
CREATE INDEX idx_ticket_proposals__decided_by ON ticket_proposals (decided_by);
CREATE INDEX idx_ticket_proposals__import ON ticket_proposals (import_id);

-- What else a ticket is about.
CREATE TABLE ticket_links (
    ticket_id BIGINT NOT NULL REFERENCES tickets (ticket_id),
    target TEXT NOT NULL CHECK (target IN ('record', 'photo', 'batch', 'ticket', 'swap-partner')),
    target_id BIGINT NOT NULL,
    linked_by TEXT NOT NULL,
    linked_at_ms BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, target, target_id)
);
CREATE INDEX idx_ticket_links__target ON ticket_links (target, target_id);

-- Items of the checklist that are done.
CREATE TABLE ticket_checks (
    ticket_id BIGINT NOT NULL REFERENCES tickets (ticket_id),
    item TEXT NOT NULL,
    checked_by TEXT NOT NULL,
    checked_at_ms BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, item)
);

-- Who has a ticket open at this moment.
CREATE TABLE ticket_viewers (
    ticket_id BIGINT NOT NULL REFERENCES tickets (ticket_id),
    staff_id BIGINT NOT NULL REFERENCES staff (staff_id),
    seen_at_ms BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, staff_id)
);
CREATE INDEX idx_ticket_viewers__staff ON ticket_viewers (staff_id);

-- Kinds as the office edited them, as JSON; without a row a kind is as it was shipped.
CREATE TABLE ticket_kinds (
    kind TEXT NOT NULL PRIMARY KEY,
    definition TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

-- Text modules: what is written again and again.
CREATE TABLE ticket_texts (
    ticket_text_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

-- A change of the roll that a ticket made is an import of one row: history, undo and the version of verdicts know it like any other.
ALTER TABLE roll_imports ADD COLUMN ticket_id BIGINT REFERENCES tickets (ticket_id);
CREATE INDEX idx_roll_imports__ticket ON roll_imports (ticket_id) WHERE ticket_id IS NOT NULL;
