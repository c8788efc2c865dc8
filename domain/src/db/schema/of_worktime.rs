//! The tables of a school's working calendar.

use super::schools;

diesel::table! {
    work_days (school_id, day) {
        school_id -> BigInt,
        day -> Text,
        kind -> Text,
        name -> Text,
        changed_by -> Text,
        changed_at_ms -> BigInt,
    }
}

diesel::table! {
    work_years (school_id, year) {
        school_id -> BigInt,
        year -> Integer,
        declared_by -> Text,
        declared_at_ms -> BigInt,
    }
}

diesel::table! {
    work_hours (school_id) {
        school_id -> BigInt,
        opens -> Integer,
        lunch_from -> Nullable<Integer>,
        lunch_until -> Nullable<Integer>,
        closes -> Integer,
        changed_by -> Text,
        changed_at_ms -> BigInt,
    }
}

diesel::joinable!(work_hours -> schools (school_id));
diesel::joinable!(work_years -> schools (school_id));

diesel::allow_tables_to_appear_in_same_query!(schools, work_hours, work_years);
