//! The tables of what supports a ticket.

diesel::table! {
    evidence (evidence_id) {
        evidence_id -> BigInt,
        ticket_id -> BigInt,
        came_by -> Text,
        what -> Text,
        state -> Text,
        fault -> Nullable<Text>,
        object -> Text,
        has_upload -> Bool,
        key_sealed -> Nullable<Binary>,
        upload_sha256 -> Text,
        size_bytes -> BigInt,
        page_count -> BigInt,
        uploaded_by -> Text,
        is_of_student -> Bool,
        uploaded_at_ms -> BigInt,
        expires_at_ms -> Nullable<BigInt>,
        deleted_at_ms -> Nullable<BigInt>,
        deletion_code -> Nullable<Text>,
    }
}

diesel::table! {
    evidence_pages (evidence_id, number) {
        evidence_id -> BigInt,
        number -> BigInt,
        sha256 -> Text,
        size_bytes -> BigInt,
        width_px -> BigInt,
        height_px -> BigInt,
    }
}
