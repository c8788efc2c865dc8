//! Identifiers as types of their own, so that a batch's number cannot be handed in where a record's is wanted.

use rand::RngCore;

macro_rules! id_newtype {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $name
        where
            DB: diesel::backend::Backend,
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                i64::from_sql(bytes).map(Self)
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for $name
        where
            DB: diesel::backend::Backend,
            i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }
    )+};
}

id_newtype!(
    /// A school of the house.
    SchoolId,
    /// One enrolment (学籍) row of the roll.
    RecordId,
    /// One run of a roll import.
    ImportId,
    /// A capture campaign.
    CampaignId,
    /// An imaging agency.
    AgencyId,
    /// One delivery of an agency.
    BatchId,
    /// One file of a delivery.
    EntryId,
    /// One version of a record's photo.
    PhotoId,
    /// One demand to shoot a record's photo again.
    RecaptureId,
    /// A member of staff.
    StaffId,
    /// A token of an agency's program.
    TokenId,
    /// Another system of the school.
    IntegratorId,
    /// Where an agency wants to be told what happened.
    WebhookId,
    /// One thing told by a webhook.
    DeliveryId,
    /// A student's account.
    StudentId,
    /// A thing that a student is told.
    NoticeId,
    /// One way of telling it.
    NoticeDeliveryId,
    /// A correction (更正工单).
    TicketId,
    /// A change of the roll that a ticket proposes.
    ProposalId,
    /// A text that is written again and again.
    TicketTextId,
    /// A piece of evidence of a ticket.
    EvidenceId,
    /// A row of the job queue.
    JobId,
);

/// A fresh name for an object or process: 128 random bits in hexadecimal.
pub fn random_name() -> String {
    let mut bytes = [0_u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}
