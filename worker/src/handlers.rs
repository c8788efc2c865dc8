//! How each job runs, one file per job.

pub mod deliver_notice;
pub mod deliver_webhook;
pub mod expire_data;
pub mod expire_evidence;
pub mod import_roll;
pub mod inspect_photos;
pub mod prepare_evidence;
pub mod reconcile_batch;
pub mod remind_students;
pub mod seal_audit;
pub mod tally_campaigns;
pub mod unpack_batch;
pub mod watch_tickets;
