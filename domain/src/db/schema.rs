//! The tables as the query builder knows them; a test compares every column with both migrated databases. Tables that only
//! set-based statements touch (`roll_import_rows`, the admission data) are not here.
#![expect(missing_docs, reason = "the columns are documented by the migrations")]

mod of_evidence;
mod of_mails;
mod of_queue;
mod of_students;
mod of_tickets;
mod of_worktime;

pub use of_evidence::{evidence, evidence_pages};
pub use of_mails::{mail_confirmations, mail_letters};
pub use of_queue::{jobs, queue_limits, queue_pauses, workers};
pub use of_students::{
    notice_deliveries, notices, phone_codes, photo_claims, student_links, student_sessions, students, unlinked_photos,
    used_captchas, verdicts,
};
pub use of_tickets::{
    ticket_checks, ticket_events, ticket_kinds, ticket_links, ticket_proposals, ticket_texts, ticket_viewers, tickets,
};
pub use of_worktime::{work_days, work_hours, work_years};

diesel::table! {
    agencies (agency_id) {
        agency_id -> BigInt,
        school_id -> Nullable<BigInt>,
        code -> Text,
        name -> Text,
        created_at_ms -> BigInt,
    }
}

diesel::table! {
    agency_tokens (token_id) {
        token_id -> BigInt,
        token_hash -> Binary,
        agency_id -> BigInt,
        name -> Text,
        created_by -> Text,
        created_at_ms -> BigInt,
        expires_at_ms -> BigInt,
        revoked_at_ms -> Nullable<BigInt>,
        last_used_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit_entries (audit_id) {
        audit_id -> BigInt,
        at_ms -> BigInt,
        actor -> Text,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Nullable<BigInt>,
        is_success -> Bool,
        detail_sealed -> Nullable<Binary>,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    audit_seals (seal_id) {
        seal_id -> BigInt,
        first_audit_id -> BigInt,
        last_audit_id -> BigInt,
        row_count -> BigInt,
        key_id -> Binary,
        mac -> Binary,
        sealed_at_ms -> BigInt,
    }
}

diesel::table! {
    batch_entries (entry_id) {
        entry_id -> BigInt,
        batch_id -> BigInt,
        seq -> BigInt,
        name_sealed -> Binary,
        locator -> Text,
        kind -> Text,
        size_bytes -> BigInt,
        state -> Text,
        sha256 -> Nullable<Text>,
        standard_sha256 -> Nullable<Text>,
        thumbnail_sha256 -> Nullable<Text>,
        measurements -> Nullable<Text>,
        captured_at -> Nullable<Text>,
        dhash -> Nullable<BigInt>,
        phash -> Nullable<BigInt>,
        fingerprint -> Nullable<Binary>,
        verdict -> Nullable<Text>,
        record_id -> Nullable<BigInt>,
        is_decided -> Bool,
        original_sha256 -> Nullable<Text>,
    }
}

diesel::table! {
    batch_headers (batch_id) {
        batch_id -> BigInt,
        content -> Text,
        digests -> Text,
        photos_missing -> Nullable<BigInt>,
        photos_unannounced -> Nullable<BigInt>,
        missing_digests -> Nullable<Text>,
    }
}

diesel::table! {
    batches (batch_id) {
        batch_id -> BigInt,
        campaign_id -> BigInt,
        agency_id -> BigInt,
        kind -> Text,
        state -> Text,
        key_policy -> Text,
        sha256 -> Text,
        size_bytes -> BigInt,
        staged_object -> Text,
        manifest_object -> Nullable<Text>,
        entries_total -> BigInt,
        entries_inspected -> BigInt,
        failure_code -> Nullable<Text>,
        failure_message -> Nullable<Text>,
        actor -> Text,
        received_at_ms -> BigInt,
        reconciled_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    campaign_agencies (campaign_id, agency_id) {
        campaign_id -> BigInt,
        agency_id -> BigInt,
    }
}

diesel::table! {
    campaigns (campaign_id) {
        campaign_id -> BigInt,
        school_id -> Nullable<BigInt>,
        code -> Text,
        name -> Text,
        mode -> Text,
        profile -> Text,
        freeze_at_ms -> Nullable<BigInt>,
        upload_expected -> Nullable<Text>,
        grad_year -> Nullable<Integer>,
        level_kind -> Nullable<Text>,
        statuses -> Nullable<Text>,
        created_at_ms -> BigInt,
        recapture_days -> Integer,
        max_attempts -> Integer,
        tallied_at_ms -> Nullable<BigInt>,
        remind_days -> Text,
        recapture_place -> Nullable<Text>,
    }
}

diesel::table! {
    class_tallies (campaign_id, college, class_name) {
        campaign_id -> BigInt,
        college -> Text,
        class_name -> Text,
        expected -> BigInt,
        received -> BigInt,
        matched -> BigInt,
        in_review -> BigInt,
        confirmed -> BigInt,
        disputed -> BigInt,
    }
}

diesel::table! {
    day_tallies (campaign_id, day) {
        campaign_id -> BigInt,
        day -> BigInt,
        photos -> BigInt,
        matched -> BigInt,
        in_review -> BigInt,
        rejected -> BigInt,
        unmatched -> BigInt,
    }
}

diesel::table! {
    rule_tallies (campaign_id, day, code) {
        campaign_id -> BigInt,
        day -> BigInt,
        code -> Text,
        flagged -> BigInt,
    }
}

diesel::table! {
    duplicate_decisions (first_entry_id, second_entry_id) {
        first_entry_id -> BigInt,
        second_entry_id -> BigInt,
        is_same_picture -> Bool,
        decided_by -> Text,
        decided_at_ms -> BigInt,
    }
}

diesel::table! {
    entry_decisions (decision_id) {
        decision_id -> BigInt,
        entry_id -> BigInt,
        batch_id -> BigInt,
        record_id -> Nullable<BigInt>,
        decision -> Text,
        decided_by -> Text,
        decided_at_ms -> BigInt,
        withdrawn_by -> Nullable<Text>,
        withdrawn_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    entry_findings (finding_id) {
        finding_id -> BigInt,
        entry_id -> BigInt,
        batch_id -> BigInt,
        stage -> Text,
        code -> Text,
        severity -> Text,
        measured -> Nullable<Double>,
        limit_value -> Nullable<Double>,
        other_entry_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotency_keys (integrator_id, idempotency_key) {
        integrator_id -> BigInt,
        idempotency_key -> Text,
        request_sha256 -> Text,
        import_id -> BigInt,
        created_at_ms -> BigInt,
    }
}

diesel::table! {
    integrators (integrator_id) {
        integrator_id -> BigInt,
        token_hash -> Binary,
        name -> Text,
        school_id -> Nullable<BigInt>,
        rights -> Text,
        created_at_ms -> BigInt,
        expires_at_ms -> BigInt,
        revoked_at_ms -> Nullable<BigInt>,
        last_used_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    manifest_rows (manifest_row_id) {
        manifest_row_id -> BigInt,
        batch_id -> BigInt,
        row_no -> BigInt,
        content_sealed -> Binary,
        student_no -> Nullable<Text>,
        entry_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    missing_records (campaign_id, record_id) {
        campaign_id -> BigInt,
        record_id -> BigInt,
    }
}

diesel::table! {
    roll_classes (college, class_name, school_id) {
        school_id -> BigInt,
        college -> Text,
        class_name -> Text,
        students -> BigInt,
    }
}

diesel::table! {
    photos (photo_id) {
        photo_id -> BigInt,
        record_id -> BigInt,
        campaign_id -> BigInt,
        entry_id -> BigInt,
        kind -> Text,
        version -> Integer,
        state -> Text,
        created_at_ms -> BigInt,
    }
}

diesel::table! {
    recaptures (recapture_id) {
        recapture_id -> BigInt,
        campaign_id -> BigInt,
        record_id -> BigInt,
        entry_id -> Nullable<BigInt>,
        reason -> Text,
        state -> Text,
        attempt -> Integer,
        created_at_ms -> BigInt,
        updated_at_ms -> BigInt,
        due_at_ms -> BigInt,
        cancelled_by -> Nullable<Text>,
    }
}

diesel::table! {
    roll_heading_aliases (heading) {
        heading -> Text,
        field -> Text,
    }
}

diesel::table! {
    roll_import_issues (issue_id) {
        issue_id -> BigInt,
        import_id -> BigInt,
        row_no -> BigInt,
        column_name -> Text,
        code -> Text,
        severity -> Text,
        message -> Text,
    }
}

diesel::table! {
    roll_imports (import_id) {
        import_id -> BigInt,
        kind -> Text,
        state -> Text,
        staged_object -> Text,
        source_sha256 -> Text,
        options -> Text,
        is_dry_run -> Bool,
        encoding -> Nullable<Text>,
        rows_total -> BigInt,
        rows_applied -> BigInt,
        rows_new -> BigInt,
        rows_changed -> BigInt,
        rows_unchanged -> BigInt,
        rows_vanished -> BigInt,
        error_total -> BigInt,
        warning_total -> BigInt,
        failure_code -> Nullable<Text>,
        failure_message -> Nullable<Text>,
        actor -> Text,
        created_at_ms -> BigInt,
        finished_at_ms -> Nullable<BigInt>,
        present_columns -> Text,
        is_attended -> Bool,
        hold -> Nullable<Text>,
        ticket_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// The columns that the query builder reads; imports write the others by set-based statements.
    roll_records (record_id) {
        record_id -> BigInt,
        school_id -> BigInt,
        student_no -> Text,
        exam_no -> Nullable<Text>,
        name -> Text,
        name_folded -> Text,
        sex -> Nullable<Text>,
        id_kind -> Text,
        id_sealed -> Nullable<Binary>,
        id_index -> Nullable<Binary>,
        id_last4_index -> Nullable<Binary>,
        birth_sealed -> Nullable<Binary>,
        level -> Nullable<Text>,
        level_kind -> Nullable<Text>,
        major_name -> Nullable<Text>,
        study_form -> Nullable<Text>,
        college -> Nullable<Text>,
        class_name -> Nullable<Text>,
        entry_date -> Nullable<Text>,
        expected_graduation -> Nullable<Text>,
        grad_year -> Nullable<Integer>,
        status -> Nullable<Text>,
        status_kind -> Text,
        is_open -> Bool,
        identity_check -> Nullable<Text>,
        created_import_id -> BigInt,
        changed_import_id -> BigInt,
        vanished_import_id -> Nullable<BigInt>,
        edited_at_ms -> Nullable<BigInt>,
        created_at_ms -> BigInt,
        updated_at_ms -> BigInt,
        name_initials -> Text,
    }
}

diesel::table! {
    /// Columns of a record that its own page alone reads: one table has room for 32.
    #[sql_name = "roll_records"]
    roll_details (record_id) {
        record_id -> BigInt,
        ethnicity -> Nullable<Text>,
        duration_years -> Nullable<Text>,
        study_category -> Nullable<Text>,
        department -> Nullable<Text>,
    }
}

diesel::table! {
    /// What a person without an enrolment is looked up in; imports write it by set-based statements.
    admission_records (record_id) {
        record_id -> BigInt,
        name -> Text,
        id_index -> Nullable<Binary>,
        level_kind -> Nullable<Text>,
    }
}

diesel::table! {
    /// The columns that the query builder reads; imports write the others by set-based statements.
    roll_record_versions (version_id) {
        version_id -> BigInt,
        import_id -> BigInt,
        record_id -> BigInt,
    }
}

diesel::table! {
    saved_views (view_id) {
        view_id -> BigInt,
        staff_id -> BigInt,
        name -> Text,
        path -> Text,
        is_shared -> Bool,
        created_at_ms -> BigInt,
    }
}

diesel::table! {
    schools (school_id) {
        school_id -> BigInt,
        code -> Text,
        name -> Text,
        created_at_ms -> BigInt,
        calendar_version -> BigInt,
        takes_paper_verdicts -> Bool,
    }
}

diesel::table! {
    school_contacts (contact_id) {
        contact_id -> BigInt,
        school_id -> BigInt,
        actor -> Text,
        college -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        place -> Nullable<Text>,
        hours -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Binary,
        staff_id -> BigInt,
        created_at_ms -> BigInt,
        last_seen_ms -> BigInt,
        expires_at_ms -> BigInt,
        confirmed_at_ms -> BigInt,
        address -> Nullable<Text>,
        browser -> Nullable<Text>,
    }
}

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    staff (staff_id) {
        staff_id -> BigInt,
        email -> Text,
        role -> Text,
        school_id -> Nullable<BigInt>,
        college -> Nullable<Text>,
        class_name -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        totp_sealed -> Nullable<Binary>,
        totp_last_step -> Nullable<BigInt>,
        failed_attempts -> Integer,
        locked_until_ms -> Nullable<BigInt>,
        is_active -> Bool,
        created_at_ms -> BigInt,
        last_login_at_ms -> Nullable<BigInt>,
        totp_pending_sealed -> Nullable<Binary>,
        agency_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    staff_links (token_hash) {
        token_hash -> Binary,
        staff_id -> BigInt,
        expires_at_ms -> BigInt,
        used_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    uploads (upload_id) {
        upload_id -> Text,
        agency_id -> BigInt,
        file_name_sealed -> Binary,
        size_bytes -> BigInt,
        sha256 -> Nullable<Text>,
        created_by -> Text,
        created_at_ms -> BigInt,
        expires_at_ms -> BigInt,
        batch_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhooks (webhook_id) {
        webhook_id -> BigInt,
        agency_id -> BigInt,
        url -> Text,
        secret_sealed -> Binary,
        created_by -> Text,
        created_at_ms -> BigInt,
        removed_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_deliveries (delivery_id) {
        delivery_id -> BigInt,
        webhook_id -> BigInt,
        event -> Text,
        body -> Text,
        state -> Text,
        attempts -> Integer,
        answer_status -> Nullable<Integer>,
        fault -> Nullable<Text>,
        created_at_ms -> BigInt,
        tried_at_ms -> Nullable<BigInt>,
    }
}

diesel::joinable!(agencies -> schools (school_id));
diesel::table! {
    staff_recovery_codes (code_hash) {
        code_hash -> Binary,
        staff_id -> BigInt,
        used_at_ms -> Nullable<BigInt>,
    }
}

diesel::joinable!(agency_tokens -> agencies (agency_id));
diesel::joinable!(batch_entries -> roll_records (record_id));
diesel::joinable!(batch_entries -> batches (batch_id));
diesel::joinable!(batches -> agencies (agency_id));
diesel::joinable!(batches -> campaigns (campaign_id));
diesel::joinable!(campaign_agencies -> agencies (agency_id));
diesel::joinable!(campaigns -> schools (school_id));
diesel::joinable!(entry_decisions -> batches (batch_id));
diesel::joinable!(entry_findings -> batches (batch_id));
diesel::joinable!(evidence -> tickets (ticket_id));
diesel::joinable!(evidence_pages -> evidence (evidence_id));
diesel::joinable!(manifest_rows -> batch_entries (entry_id));
diesel::joinable!(manifest_rows -> batches (batch_id));
diesel::joinable!(missing_records -> roll_records (record_id));
diesel::joinable!(photos -> batch_entries (entry_id));
diesel::joinable!(photos -> campaigns (campaign_id));
diesel::joinable!(photos -> roll_records (record_id));
diesel::joinable!(recaptures -> batch_entries (entry_id));
diesel::joinable!(recaptures -> roll_records (record_id));
diesel::joinable!(recaptures -> campaigns (campaign_id));
diesel::joinable!(roll_import_issues -> roll_imports (import_id));
diesel::joinable!(roll_records -> schools (school_id));
diesel::joinable!(notice_deliveries -> notices (notice_id));
diesel::joinable!(notices -> roll_records (record_id));
diesel::joinable!(notices -> students (student_id));
diesel::joinable!(saved_views -> staff (staff_id));
diesel::joinable!(school_contacts -> schools (school_id));
diesel::joinable!(sessions -> staff (staff_id));
diesel::joinable!(staff -> agencies (agency_id));
diesel::joinable!(staff -> schools (school_id));
diesel::joinable!(staff_recovery_codes -> staff (staff_id));
diesel::joinable!(staff_links -> staff (staff_id));
diesel::joinable!(student_links -> students (student_id));
diesel::joinable!(student_sessions -> students (student_id));
diesel::joinable!(ticket_events -> tickets (ticket_id));
diesel::joinable!(ticket_proposals -> tickets (ticket_id));
diesel::joinable!(ticket_viewers -> staff (staff_id));
diesel::joinable!(tickets -> photos (photo_id));
diesel::joinable!(tickets -> roll_records (record_id));
diesel::joinable!(tickets -> staff (assignee_id));
diesel::joinable!(tickets -> students (student_id));
diesel::joinable!(unlinked_photos -> batch_entries (entry_id));
diesel::joinable!(verdicts -> roll_records (record_id));
diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));

diesel::allow_columns_to_appear_in_same_group_by_clause!(batch_entries::verdict, batches::received_at_ms);

diesel::allow_tables_to_appear_in_same_query!(
    admission_records,
    agencies,
    agency_tokens,
    audit_entries,
    audit_seals,
    batch_entries,
    batch_headers,
    batches,
    campaign_agencies,
    campaigns,
    class_tallies,
    day_tallies,
    rule_tallies,
    duplicate_decisions,
    entry_decisions,
    entry_findings,
    evidence,
    evidence_pages,
    idempotency_keys,
    integrators,
    jobs,
    mail_confirmations,
    mail_letters,
    manifest_rows,
    missing_records,
    notice_deliveries,
    notices,
    phone_codes,
    photo_claims,
    photos,
    queue_limits,
    queue_pauses,
    recaptures,
    roll_classes,
    roll_details,
    roll_heading_aliases,
    roll_import_issues,
    roll_imports,
    roll_record_versions,
    roll_records,
    saved_views,
    school_contacts,
    schools,
    sessions,
    settings,
    staff,
    staff_links,
    staff_recovery_codes,
    student_links,
    student_sessions,
    students,
    ticket_checks,
    ticket_events,
    ticket_kinds,
    ticket_links,
    ticket_proposals,
    ticket_texts,
    ticket_viewers,
    tickets,
    unlinked_photos,
    uploads,
    used_captchas,
    verdicts,
    webhook_deliveries,
    webhooks,
    workers,
);

diesel::allow_columns_to_appear_in_same_group_by_clause!(batch_entries::verdict, entry_findings::code);
diesel::allow_columns_to_appear_in_same_group_by_clause!(batches::agency_id, campaigns::code);
