//! The state of a batch's page: which list, which reason, where it goes on.

use crate::pages::screen::address;

/// The chosen list of a batch, as an address.
#[derive(Clone, Copy)]
pub(super) struct Address<'a> {
    pub(super) batch_id: i64,
    pub(super) list: &'a str,
    pub(super) reason: Option<&'a str>,
}

impl Address<'_> {
    pub(super) fn page(&self) -> String {
        self.with(&[])
    }

    pub(super) fn after(&self, entry_id: i64) -> String {
        self.with(&[("after", entry_id.to_string())])
    }

    pub(super) fn download(&self) -> String {
        self.with(&[]).replacen("?", "/list.csv?", 1)
    }

    fn with(&self, more: &[(&str, String)]) -> String {
        let own = [
            ("list", Some(self.list.to_owned())),
            ("reason", self.reason.map(str::to_owned)),
        ];
        let more = more.iter().map(|(name, value)| (*name, Some(value.clone())));
        address(
            &format!("/console/batches/{}", self.batch_id),
            own.into_iter().chain(more),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_carries_list_reason_and_position() {
        let address = Address {
            batch_id: 128,
            list: "review",
            reason: Some("DUP"),
        };
        assert_eq!(
            address.after(77),
            "/console/batches/128?list=review&reason=DUP&after=77"
        );
        assert_eq!(
            address.download(),
            "/console/batches/128/list.csv?list=review&reason=DUP"
        );
    }
}
