//! The tables of mails that come in.

diesel::table! {
    mail_letters (letter_index) {
        letter_index -> Binary,
        sender_index -> Binary,
        outcome -> Text,
        ticket_id -> Nullable<BigInt>,
        taken_at_ms -> BigInt,
    }
}

diesel::table! {
    mail_confirmations (token_hash) {
        token_hash -> Binary,
        ticket_id -> BigInt,
        created_at_ms -> BigInt,
        expires_at_ms -> BigInt,
        used_at_ms -> Nullable<BigInt>,
    }
}
