//! The tables of students: their accounts, what they are told and what they say.

diesel::table! {
    students (student_id) {
        student_id -> BigInt,
        email -> Text,
        state -> Text,
        password_hash -> Text,
        language -> Text,
        draft_sealed -> Nullable<Binary>,
        name -> Nullable<Text>,
        name_folded -> Nullable<Text>,
        sex -> Nullable<Text>,
        region -> Nullable<Text>,
        id_sealed -> Nullable<Binary>,
        id_index -> Nullable<Binary>,
        birth_sealed -> Nullable<Binary>,
        phone_sealed -> Nullable<Binary>,
        phone_index -> Nullable<Binary>,
        takes_reminders -> Bool,
        failed_attempts -> Integer,
        locked_until_ms -> Nullable<BigInt>,
        created_at_ms -> BigInt,
        registered_at_ms -> Nullable<BigInt>,
        login_at_ms -> Nullable<BigInt>,
        login_address -> Nullable<Text>,
        previous_login_at_ms -> Nullable<BigInt>,
        previous_login_address -> Nullable<Text>,
    }
}

diesel::table! {
    student_sessions (token_hash) {
        token_hash -> Binary,
        student_id -> BigInt,
        created_at_ms -> BigInt,
        last_seen_ms -> BigInt,
        expires_at_ms -> BigInt,
    }
}

diesel::table! {
    student_links (token_hash) {
        token_hash -> Binary,
        student_id -> BigInt,
        kind -> Text,
        email -> Nullable<Text>,
        created_at_ms -> BigInt,
        expires_at_ms -> BigInt,
        used_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    phone_codes (phone_code_id) {
        phone_code_id -> BigInt,
        student_id -> BigInt,
        phone_index -> Binary,
        code_index -> Binary,
        attempts -> Integer,
        created_at_ms -> BigInt,
        expires_at_ms -> BigInt,
        used_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    used_captchas (captcha_id) {
        captcha_id -> Text,
        expires_at_ms -> BigInt,
    }
}

diesel::table! {
    notices (notice_id) {
        notice_id -> BigInt,
        student_id -> Nullable<BigInt>,
        record_id -> Nullable<BigInt>,
        kind -> Text,
        unique_key -> Text,
        parameters -> Text,
        secret_sealed -> Nullable<Binary>,
        is_kept -> Bool,
        created_at_ms -> BigInt,
        expires_at_ms -> Nullable<BigInt>,
        read_at_ms -> Nullable<BigInt>,
        language -> Nullable<Text>,
    }
}

diesel::table! {
    notice_deliveries (notice_delivery_id) {
        notice_delivery_id -> BigInt,
        notice_id -> BigInt,
        channel -> Text,
        address_sealed -> Nullable<Binary>,
        state -> Text,
        attempts -> Integer,
        fault -> Nullable<Text>,
        created_at_ms -> BigInt,
        tried_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    verdicts (verdict_id) {
        verdict_id -> BigInt,
        record_id -> BigInt,
        subject -> Text,
        version -> BigInt,
        verdict -> Text,
        reason -> Nullable<Text>,
        remark_sealed -> Nullable<Binary>,
        student_id -> Nullable<BigInt>,
        given_by -> Text,
        is_on_behalf -> Bool,
        given_at_ms -> BigInt,
        reopened_by -> Nullable<Text>,
        reopened_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    unlinked_photos (entry_id) {
        entry_id -> BigInt,
        batch_id -> BigInt,
        id_index -> Binary,
        name -> Nullable<Text>,
        student_no -> Nullable<Text>,
    }
}

diesel::table! {
    photo_claims (claim_id) {
        claim_id -> BigInt,
        student_id -> BigInt,
        record_id -> BigInt,
        entry_id -> Nullable<BigInt>,
        is_claimed -> Bool,
        created_at_ms -> BigInt,
    }
}
