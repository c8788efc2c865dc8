//! What stands between the network and the handlers, outermost first in `routes.rs`.

pub mod access_log;
pub mod body_limit;
pub mod conditional;
pub mod csrf;
pub mod error_skin;
pub mod rate_limit;
pub mod request_id;
pub mod security_headers;
pub mod visit;
