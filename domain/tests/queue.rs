//! The queue's promises, on whichever database `TEST_DATABASE_URL` names.

use std::collections::HashSet;
use std::sync::{Arc, Barrier};

use diesel::prelude::*;
use domain::clock::Clock;
use domain::db::Conn;
use domain::db::conn::write_tx;
use domain::db::schema::{audit_entries, jobs, schools};
use domain::error::{Error, Result};
use domain::id::BatchId;
use domain::jobs::{BATCHES, Job, Queue, TallyCampaigns, UPKEEP, UnpackBatch};
use domain::queue::{self, CANCELLED, FailureKind, JobFailure, JobFilter, JobState, Lease, QueueHand, Selection};
use domain::testing::TestDb;

const NOW_MS: i64 = 1_000_000;
const LEASE_MS: i64 = 1_000;

fn job(batch: i64) -> UnpackBatch {
    UnpackBatch {
        batch_id: BatchId(batch),
    }
}

fn enqueue(test: &TestDb, batch: i64) {
    write_tx(&mut test.connect(), |conn| queue::enqueue(conn, &job(batch), NOW_MS))
        .expect("queued")
        .expect("not a twin");
}

fn claim_at(test: &TestDb, worker: &str, now_ms: i64) -> Option<queue::Claimed> {
    claim_of(test, BATCHES, worker, now_ms)
}

fn claim_of(test: &TestDb, queue: Queue, worker: &str, now_ms: i64) -> Option<queue::Claimed> {
    write_tx(&mut test.connect(), |conn| {
        queue::claim(conn, queue.name, worker, 1, now_ms, now_ms + LEASE_MS)
    })
    .expect("claiming works")
    .pop()
}

fn state_of(test: &TestDb, lease: &Lease) -> (JobState, i32, Option<String>) {
    jobs::table
        .find(lease.job_id)
        .select((jobs::state, jobs::attempts, jobs::last_error_code))
        .first(&mut test.connect())
        .expect("the job's row")
}

#[test]
fn a_job_of_a_rolled_back_transaction_was_never_queued() {
    let test = TestDb::new();
    let outcome: Result<(), Error> = write_tx(&mut test.connect(), |conn| {
        queue::enqueue(conn, &job(1), NOW_MS)?;
        Err(Error::conflict("test", "roll back"))
    });
    assert!(outcome.is_err());
    assert!(claim_at(&test, "w", NOW_MS).is_none());
}

#[test]
fn scheduled_work_is_queued_once_a_tick_even_after_it_is_done() {
    let test = TestDb::new();
    let ask = |now_ms| {
        write_tx(&mut test.connect(), |conn| {
            queue::enqueue_scheduled(conn, &TallyCampaigns {}, now_ms)
        })
        .expect("asked");
    };
    let claim_at = |test: &TestDb, worker: &str, now_ms| claim_of(test, UPKEEP, worker, now_ms);
    ask(NOW_MS);
    let first = claim_at(&test, "w", NOW_MS).expect("the first tick's job");
    write_tx(&mut test.connect(), |conn| queue::finish(conn, &first.lease, NOW_MS)).expect("finished");
    let tick_ms = 60_000 - NOW_MS.rem_euclid(60_000);
    ask(NOW_MS + tick_ms - 1);
    assert!(claim_at(&test, "w", NOW_MS + tick_ms - 1).is_none());
    ask(NOW_MS + tick_ms);
    assert!(claim_at(&test, "w", NOW_MS + tick_ms).is_some());
}

#[test]
fn finished_jobs_are_deleted_after_their_time_and_dead_ones_stay() {
    let test = TestDb::new();
    enqueue(&test, 1);
    let done = claim_at(&test, "w", NOW_MS).expect("leased");
    write_tx(&mut test.connect(), |conn| queue::finish(conn, &done.lease, NOW_MS)).expect("finished");
    enqueue(&test, 2);
    let failed = claim_at(&test, "w", NOW_MS).expect("leased");
    let failure = JobFailure {
        code: "bad".to_owned(),
        message: "bad".to_owned(),
        kind: FailureKind::Lasting,
    };
    write_tx(&mut test.connect(), |conn| {
        queue::fail(conn, &failed.lease, &failure, NOW_MS)
    })
    .expect("recorded");
    let delete =
        |before_ms| write_tx(&mut test.connect(), |conn| queue::delete_done(conn, before_ms)).expect("deleted");
    assert_eq!((delete(NOW_MS), delete(NOW_MS + 1)), (0, 1));
    assert_eq!(state_of(&test, &failed.lease).0, JobState::Dead);
}

#[test]
fn work_that_waits_or_runs_is_not_queued_twice_but_may_be_again_when_done() {
    let test = TestDb::new();
    enqueue(&test, 1);
    let twin = write_tx(&mut test.connect(), |conn| queue::enqueue(conn, &job(1), NOW_MS)).expect("no failure");
    assert_eq!(twin, None);
    let claimed = claim_at(&test, "w", NOW_MS).expect("a job");
    write_tx(&mut test.connect(), |conn| queue::finish(conn, &claimed.lease, NOW_MS)).expect("finished");
    enqueue(&test, 1);
}

#[test]
fn results_of_a_worker_whose_lease_expired_are_undone_and_the_successor_finishes() {
    let test = TestDb::new();
    enqueue(&test, 1);
    let first = claim_at(&test, "slow", NOW_MS).expect("a job");
    let second = claim_at(&test, "quick", NOW_MS + LEASE_MS + 1).expect("the expired job comes back");
    assert_eq!(second.lease.attempt, 2);
    let late = write_tx(&mut test.connect(), |conn| {
        diesel::insert_into(schools::table)
            .values((
                schools::code.eq("99001"),
                schools::name.eq("late"),
                schools::created_at_ms.eq(NOW_MS),
            ))
            .execute(conn)?;
        queue::finish(conn, &first.lease, NOW_MS)
    });
    assert!(matches!(late, Err(Error::LeaseLost { .. })));
    assert_eq!(
        schools::table.count().get_result::<i64>(&mut test.connect()).ok(),
        Some(0)
    );
    write_tx(&mut test.connect(), |conn| queue::finish(conn, &second.lease, NOW_MS)).expect("the holder finishes");
}

#[test]
fn the_same_worker_cannot_finish_an_attempt_it_lost_to_itself() {
    let test = TestDb::new();
    enqueue(&test, 1);
    let first = claim_at(&test, "w", NOW_MS).expect("a job");
    let second = claim_at(&test, "w", NOW_MS + LEASE_MS + 1).expect("again");
    assert!(write_tx(&mut test.connect(), |conn| queue::finish(conn, &first.lease, NOW_MS)).is_err());
    assert!(write_tx(&mut test.connect(), |conn| queue::finish(conn, &second.lease, NOW_MS)).is_ok());
}

#[test]
fn a_lease_that_is_extended_does_not_expire() {
    let test = TestDb::new();
    enqueue(&test, 1);
    let claimed = claim_at(&test, "w", NOW_MS).expect("a job");
    write_tx(&mut test.connect(), |conn| {
        queue::extend_leases(conn, "w", NOW_MS + 500, NOW_MS + 500 + LEASE_MS)
    })
    .expect("extended");
    assert!(claim_at(&test, "other", NOW_MS + LEASE_MS + 1).is_none());
    assert_eq!(state_of(&test, &claimed.lease).0, JobState::Running);
}

#[test]
fn failures_are_retried_with_growing_waits_and_end_dead_with_their_error() {
    let test = TestDb::new();
    enqueue(&test, 1);
    let failure = JobFailure {
        code: "boom".to_owned(),
        message: "it broke".to_owned(),
        kind: FailureKind::Passing,
    };
    let mut now_ms = NOW_MS;
    for attempt in 1..=UnpackBatch::SPEC.max_attempts {
        let claimed = claim_at(&test, "w", now_ms).expect("due");
        assert_eq!(claimed.lease.attempt, attempt);
        write_tx(&mut test.connect(), |conn| {
            queue::fail(conn, &claimed.lease, &failure, now_ms)
        })
        .expect("recorded");
        if attempt < UnpackBatch::SPEC.max_attempts {
            assert!(
                claim_at(&test, "w", now_ms + 1_999).is_none(),
                "the wait is at least two seconds"
            );
            assert_eq!(state_of(&test, &claimed.lease).0, JobState::Queued);
        } else {
            assert_eq!(
                state_of(&test, &claimed.lease),
                (JobState::Dead, attempt, Some("boom".to_owned()))
            );
        }
        now_ms += 700_000;
    }
    let all = Selection::Matching(JobFilter::default());
    let retried = write_tx(&mut test.connect(), |conn| {
        queue::retry(conn, QueueHand::Shell, &all, now_ms)
    })
    .expect("retried");
    assert_eq!(retried, 1);
    assert_eq!(
        claim_at(&test, "w", now_ms).map(|claimed| claimed.lease.attempt),
        Some(1)
    );
}

#[test]
fn while_a_part_of_the_house_is_away_no_attempt_is_counted() {
    let test = TestDb::new();
    enqueue(&test, 1);
    let failure = JobFailure {
        code: "unavailable".to_owned(),
        message: "the object store does not answer".to_owned(),
        kind: FailureKind::Outage,
    };
    let mut now_ms = NOW_MS;
    for _ in 0..UnpackBatch::SPEC.max_attempts * 3 {
        let claimed = claim_at(&test, "w", now_ms).expect("due");
        assert_eq!(claimed.lease.attempt, 1);
        let fail = |conn: &mut Conn| queue::fail(conn, &claimed.lease, &failure, now_ms);
        assert_eq!(write_tx(&mut test.connect(), fail).ok(), Some(JobState::Queued));
        assert!(claim_at(&test, "w", now_ms + 4_999).is_none(), "it waits a little");
        let late = |conn: &mut Conn| queue::finish(conn, &claimed.lease, now_ms);
        assert!(write_tx(&mut test.connect(), late).is_err(), "the attempt is over");
        now_ms += 5_000;
    }
}

#[test]
fn leases_go_by_the_databases_clock_and_a_machine_that_is_ahead_keeps_its_jobs_from_nobody() {
    let test = TestDb::new();
    let mut conn = test.connect();
    let fixed = Clock::fixed(NOW_MS);
    assert_eq!(queue::lease_time(&mut conn, &fixed).ok(), Some(NOW_MS), "tests move it");
    let real_ms = queue::lease_time(&mut conn, &Clock::System).expect("a time");
    // The day of the database is this machine's, as both are one.
    assert!((real_ms - Clock::System.now_ms()).abs() < 60_000);
    if test.url().is_sqlite() {
        return;
    }
    let ahead_ms = real_ms + 3_600_000;
    write_tx(&mut conn, |conn| queue::enqueue(conn, &job(1), ahead_ms)).expect("queued");
    assert!(
        claim_at(&test, "w", real_ms + 60_000).is_some(),
        "due by the database's clock"
    );
}

#[test]
fn a_permanent_failure_is_dead_at_once() {
    let test = TestDb::new();
    enqueue(&test, 1);
    let claimed = claim_at(&test, "w", NOW_MS).expect("a job");
    let failure = JobFailure {
        code: "bad-input".to_owned(),
        message: "no".to_owned(),
        kind: FailureKind::Lasting,
    };
    let state = write_tx(&mut test.connect(), |conn| {
        queue::fail(conn, &claimed.lease, &failure, NOW_MS)
    });
    assert_eq!(state.ok(), Some(JobState::Dead));
}

#[test]
fn a_job_that_kills_its_process_every_time_ends_dead() {
    let test = TestDb::new();
    enqueue(&test, 1);
    let mut now_ms = NOW_MS;
    let mut last = None;
    for _ in 0..UnpackBatch::SPEC.max_attempts {
        last = claim_at(&test, "w", now_ms);
        assert!(last.is_some());
        now_ms += LEASE_MS + 1;
    }
    assert!(claim_at(&test, "w", now_ms).is_none());
    let lease = last.expect("claimed before").lease;
    assert_eq!(state_of(&test, &lease).0, JobState::Dead);
    assert_eq!(state_of(&test, &lease).2.as_deref(), Some("lease-expired"));
}

#[test]
fn a_paused_queue_hands_out_nothing_until_resumed() {
    let test = TestDb::new();
    enqueue(&test, 1);
    write_tx(&mut test.connect(), |conn| {
        queue::pause(conn, QueueHand::Shell, BATCHES.name, NOW_MS)
    })
    .expect("paused");
    assert!(claim_at(&test, "w", NOW_MS).is_none());
    write_tx(&mut test.connect(), |conn| {
        queue::resume(conn, QueueHand::Shell, BATCHES.name, NOW_MS)
    })
    .expect("resumed");
    assert!(claim_at(&test, "w", NOW_MS).is_some());
}

#[test]
fn an_orderly_end_returns_jobs_at_once_without_spending_an_attempt() {
    let test = TestDb::new();
    enqueue(&test, 1);
    let claimed = claim_at(&test, "w", NOW_MS).expect("a job");
    write_tx(&mut test.connect(), |conn| queue::release(conn, &claimed.lease, NOW_MS)).expect("released");
    assert_eq!(
        claim_at(&test, "other", NOW_MS).map(|claimed| claimed.lease.attempt),
        Some(1)
    );
}

#[test]
fn many_workers_share_the_jobs_and_no_job_goes_to_two() {
    const WORKERS: i64 = 4;
    const JOBS: i64 = 80;
    let test = Arc::new(TestDb::new());
    for batch in 0..JOBS {
        enqueue(&test, batch);
    }
    let barrier = Arc::new(Barrier::new(WORKERS as usize));
    let threads: Vec<_> = (0..WORKERS)
        .map(|number| {
            let (test, barrier) = (Arc::clone(&test), Arc::clone(&barrier));
            std::thread::spawn(move || {
                let mut conn = test.connect();
                barrier.wait();
                let mut mine = Vec::new();
                loop {
                    let claimed = write_tx(&mut conn, |conn| {
                        queue::claim(conn, BATCHES.name, &format!("w{number}"), 3, NOW_MS, NOW_MS + LEASE_MS)
                    })
                    .expect("no worker is lost to a busy database");
                    if claimed.is_empty() {
                        return mine;
                    }
                    for job in claimed {
                        write_tx(&mut conn, |conn| queue::finish(conn, &job.lease, NOW_MS)).expect("finished");
                        mine.push(job.lease.job_id);
                    }
                }
            })
        })
        .collect();
    let ids: Vec<_> = threads
        .into_iter()
        .flat_map(|thread| thread.join().expect("no panic"))
        .collect();
    assert_eq!(ids.len() as i64, JOBS);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len() as i64, JOBS);
}

#[test]
fn a_limited_queue_runs_so_many_jobs_over_all_processes() {
    let test = TestDb::new();
    (1..=3).for_each(|batch| enqueue(&test, batch));
    let limit = |most| {
        write_tx(&mut test.connect(), |conn| {
            queue::limit(conn, QueueHand::Shell, BATCHES.name, most, NOW_MS)
        })
    };
    limit(Some(1)).expect("limited");
    let first = claim_at(&test, "a", NOW_MS).expect("one runs");
    assert!(claim_at(&test, "b", NOW_MS).is_none(), "wherever it runs");
    let is_due = |now_ms| queue::is_due(&mut test.connect(), BATCHES.name, now_ms).expect("a look");
    assert!(!is_due(NOW_MS), "nobody asks for what it cannot take");
    assert!(is_due(NOW_MS + LEASE_MS + 1), "but for what a dead process held");
    limit(Some(2)).expect("limited");
    assert!(claim_at(&test, "b", NOW_MS).is_some());
    assert!(claim_at(&test, "c", NOW_MS).is_none());
    write_tx(&mut test.connect(), |conn| queue::finish(conn, &first.lease, NOW_MS)).expect("finished");
    assert!(claim_at(&test, "c", NOW_MS).is_some());
    assert_eq!(limit(Some(0)).expect_err("nothing would run").code(), "queue-limit");
    limit(None).expect("free again");
}

#[test]
fn what_is_stopped_waits_with_the_dead_and_is_tried_again() {
    let test = TestDb::new();
    (1..=3).for_each(|batch| enqueue(&test, batch));
    let running = claim_at(&test, "w", NOW_MS).expect("one runs");
    let act = |act: fn(&mut Conn, QueueHand<'_>, &Selection, i64) -> Result<usize>, selection: Selection| {
        write_tx(&mut test.connect(), |conn| {
            act(conn, QueueHand::Shell, &selection, NOW_MS)
        })
    };
    let named = |code: Option<&str>| {
        Selection::Matching(JobFilter {
            name: Some(UnpackBatch::SPEC.name.to_owned()),
            code: code.map(str::to_owned),
            ..JobFilter::default()
        })
    };
    assert_eq!(act(queue::cancel, named(None)).ok(), Some(2), "what runs goes on");
    assert!(claim_at(&test, "w", NOW_MS).is_none());
    let groups = write_tx(&mut test.connect(), queue::group_failures).expect("groups");
    assert_eq!(
        (groups[0].code.as_str(), groups[0].count, groups[0].is_dead),
        (CANCELLED, 2, true)
    );
    assert_eq!(act(queue::retry, named(Some("boom"))).ok(), Some(0));
    assert_eq!(act(queue::retry, named(Some(CANCELLED))).ok(), Some(2));
    assert_eq!(
        act(queue::cancel, Selection::Named(vec![running.lease.job_id])).ok(),
        Some(0)
    );
    let refused = act(queue::retry, Selection::Named(Vec::new()));
    assert_eq!(refused.expect_err("nothing chosen").code(), "jobs-missing");
    let acts: i64 = write_tx(&mut test.connect(), |conn| {
        Ok(audit_entries::table.count().get_result(conn)?)
    })
    .expect("acts");
    assert_eq!(acts, 4);
}
