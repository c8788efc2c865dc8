//! The agency as a row.

use diesel::prelude::*;

use crate::db::schema::agencies;
use crate::id::AgencyId;

/// An agency.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = agencies)]
pub struct Agency {
    /// Its number.
    pub agency_id: AgencyId,
    /// Its short name.
    pub code: String,
    /// Its name for people.
    pub name: String,
}
