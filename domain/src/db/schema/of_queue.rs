//! The tables of the job queue.

diesel::table! {
    jobs (job_id) {
        job_id -> BigInt,
        queue -> Text,
        name -> Text,
        payload -> Text,
        priority -> SmallInt,
        state -> Text,
        attempts -> Integer,
        max_attempts -> Integer,
        run_at_ms -> BigInt,
        locked_by -> Nullable<Text>,
        lease_until_ms -> Nullable<BigInt>,
        unique_key -> Nullable<Text>,
        last_error_code -> Nullable<Text>,
        last_error -> Nullable<Text>,
        created_at_ms -> BigInt,
        finished_at_ms -> Nullable<BigInt>,
        trace_parent -> Nullable<Text>,
    }
}

diesel::table! {
    queue_limits (queue) {
        queue -> Text,
        most_running -> Integer,
        set_at_ms -> BigInt,
    }
}

diesel::table! {
    queue_pauses (queue) {
        queue -> Text,
        paused_at_ms -> BigInt,
        paused_by -> Text,
    }
}

diesel::table! {
    workers (worker_name) {
        worker_name -> Text,
        started_at_ms -> BigInt,
        last_seen_ms -> BigInt,
        version -> Text,
    }
}
