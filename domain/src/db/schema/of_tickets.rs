//! The tables of correction tickets.

diesel::table! {
    tickets (ticket_id) {
        ticket_id -> BigInt,
        school_id -> Nullable<BigInt>,
        kind -> Text,
        state -> Text,
        is_open -> Bool,
        came_by -> Text,
        student_id -> Nullable<BigInt>,
        record_id -> Nullable<BigInt>,
        photo_id -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        reply_to_sealed -> Nullable<Binary>,
        phone_sealed -> Nullable<Binary>,
        assignee_id -> Nullable<BigInt>,
        assigned_at_ms -> Nullable<BigInt>,
        escalated_to -> Nullable<Text>,
        merged_into -> Nullable<BigInt>,
        budget_ms -> BigInt,
        started_at_ms -> Nullable<BigInt>,
        due_at_ms -> Nullable<BigInt>,
        warn_at_ms -> Nullable<BigInt>,
        promised_at_ms -> Nullable<BigInt>,
        turn_ms -> BigInt,
        is_provisional -> Bool,
        warned -> Text,
        version -> BigInt,
        satisfaction -> Nullable<Integer>,
        created_at_ms -> BigInt,
        changed_at_ms -> BigInt,
        closed_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    ticket_events (ticket_event_id) {
        ticket_event_id -> BigInt,
        ticket_id -> BigInt,
        number -> BigInt,
        kind -> Text,
        from_state -> Nullable<Text>,
        to_state -> Nullable<Text>,
        actor -> Text,
        is_of_student -> Bool,
        is_public -> Bool,
        body_sealed -> Nullable<Binary>,
        parameters -> Text,
        at_ms -> BigInt,
    }
}

diesel::table! {
    ticket_proposals (ticket_proposal_id) {
        ticket_proposal_id -> BigInt,
        ticket_id -> BigInt,
        record_id -> BigInt,
        field -> Text,
        before_sealed -> Binary,
        after_sealed -> Binary,
        state -> Text,
        proposed_by -> BigInt,
        proposed_at_ms -> BigInt,
        decided_by -> Nullable<BigInt>,
        decided_at_ms -> Nullable<BigInt>,
        import_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    ticket_links (ticket_id, target, target_id) {
        ticket_id -> BigInt,
        target -> Text,
        target_id -> BigInt,
        linked_by -> Text,
        linked_at_ms -> BigInt,
    }
}

diesel::table! {
    ticket_checks (ticket_id, item) {
        ticket_id -> BigInt,
        item -> Text,
        checked_by -> Text,
        checked_at_ms -> BigInt,
    }
}

diesel::table! {
    ticket_viewers (ticket_id, staff_id) {
        ticket_id -> BigInt,
        staff_id -> BigInt,
        seen_at_ms -> BigInt,
    }
}

diesel::table! {
    ticket_kinds (kind) {
        kind -> Text,
        definition -> Text,
        version -> BigInt,
        changed_by -> Text,
        changed_at_ms -> BigInt,
    }
}

diesel::table! {
    ticket_texts (ticket_text_id) {
        ticket_text_id -> BigInt,
        title -> Text,
        body -> Text,
        changed_by -> Text,
        changed_at_ms -> BigInt,
    }
}
