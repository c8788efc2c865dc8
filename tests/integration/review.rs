//! What people decide about photos: it holds at once, survives matching again, and can be taken back.

use diesel::prelude::*;
use domain::accounts::model::{Role, Scope, Staff};
use domain::audit::queries::{ActQuery, list_acts};
use domain::batches::commands::decisions::{Decided, Refusal, decide, decide_pair, take_back};
use domain::batches::model::{Decision, Verdict};
use domain::db::schema::{batch_entries, entry_findings, photos, recaptures};
use domain::id::{EntryId, StaffId};
use domain::photos::finding::FindingCode;
use rollproof_tests::{GRAD_YEAR, TestHouse, draw_school};

const SEED: u64 = 21;
const STUDENTS: usize = 160;
const NOW_MS: i64 = 4_000_000_000_000;

fn staff(role: Role) -> Staff {
    Staff {
        staff_id: StaffId(1),
        email: "lin@example.edu".to_owned(),
        role,
        scope: Scope::default(),
        address: None,
        confirmed_at_ms: NOW_MS,
    }
}

/// A house with one reconciled delivery of a drawn school.
struct Reviewed {
    house: TestHouse,
}

impl Reviewed {
    fn new() -> Self {
        let house = TestHouse::new();
        let drawn = draw_school(house.folder(), STUDENTS, SEED);
        house.run(&["roll", "import", rollproof_tests::path(&drawn.roll)]);
        house.add_campaign(GRAD_YEAR);
        house.ingest(3, &drawn.archive);
        Self { house }
    }

    fn decide(&self, entry: EntryId, decision: Decision, reason: Option<FindingCode>) -> Decided {
        decide(
            &mut self.house.db().connect(),
            &self.house.sealer(),
            &staff(Role::Registrar),
            &[entry],
            decision,
            reason,
            NOW_MS,
        )
        .expect("registrars decide")
    }

    /// What the trail says that the last act changed.
    fn last_change(&self) -> String {
        let (mut conn, auditor) = (self.house.db().connect(), staff(Role::Auditor));
        let acts = list_acts(&mut conn, &auditor, &ActQuery::default(), None, 1).expect("an auditor reads");
        let detail = acts
            .first()
            .expect("an act")
            .detail(&self.house.sealer())
            .expect("the house's own");
        detail.expect("a change")
    }

    /// The entries in review with a finding of this code and no other grave one.
    fn flagged(&self, code: FindingCode) -> Vec<EntryId> {
        let grave: Vec<(EntryId, String)> = entry_findings::table
            .inner_join(batch_entries::table.on(batch_entries::entry_id.eq(entry_findings::entry_id)))
            .filter(batch_entries::verdict.eq(Verdict::Review))
            .filter(entry_findings::severity.ne("note"))
            .order(entry_findings::entry_id)
            .select((entry_findings::entry_id, entry_findings::code))
            .load(&mut self.house.db().connect())
            .expect("findings");
        let is_alone = |entry: &EntryId| grave.iter().filter(|(other, _)| other == entry).count() == 1;
        let of_code = grave.iter().filter(|(_, found)| found == code.as_str());
        of_code.map(|(entry, _)| *entry).filter(is_alone).collect()
    }

    fn other_side(&self, entry: EntryId) -> EntryId {
        let other: Option<EntryId> = entry_findings::table
            .filter(entry_findings::entry_id.eq(entry))
            .filter(entry_findings::other_entry_id.is_not_null())
            .select(entry_findings::other_entry_id)
            .first(&mut self.house.db().connect())
            .expect("a pair");
        other.expect("a pair")
    }

    fn verdict(&self, entry: EntryId) -> Option<Verdict> {
        batch_entries::table
            .find(entry)
            .select(batch_entries::verdict)
            .first(&mut self.house.db().connect())
            .expect("an entry")
    }

    fn has_accepted_photo(&self, entry: EntryId) -> bool {
        let accepted: i64 = photos::table
            .filter(photos::entry_id.eq(entry))
            .filter(photos::state.eq("accepted"))
            .count()
            .get_result(&mut self.house.db().connect())
            .expect("a count");
        accepted == 1
    }

    fn recapture_states(&self, entry: EntryId) -> Vec<String> {
        recaptures::table
            .filter(recaptures::entry_id.eq(entry))
            .order(recaptures::recapture_id)
            .select(recaptures::state)
            .load(&mut self.house.db().connect())
            .expect("states")
    }

    fn rematch(&self) {
        self.house.run(&["batch", "rematch", "1"]);
    }
}

fn first(entries: Vec<EntryId>) -> EntryId {
    *entries.first().expect("the drawn delivery has one")
}

#[test]
fn an_accepted_photo_counts_at_once_survives_matching_and_is_taken_back_whole() {
    let reviewed = Reviewed::new();
    let entry = first(reviewed.flagged(FindingCode::Bg));
    assert_eq!(reviewed.decide(entry, Decision::Accept, None).decided, [entry]);
    assert_eq!(reviewed.last_change(), "verdict: review → matched");
    for _ in 0..2 {
        assert_eq!(reviewed.verdict(entry), Some(Verdict::Matched));
        assert!(reviewed.has_accepted_photo(entry));
        reviewed.rematch();
    }
    take_back(
        &mut reviewed.house.db().connect(),
        &reviewed.house.sealer(),
        &staff(Role::Registrar),
        &[entry],
        NOW_MS,
    )
    .expect("taken back");
    assert_eq!(reviewed.verdict(entry), Some(Verdict::Review));
    assert!(!reviewed.has_accepted_photo(entry));
}

#[test]
fn a_rejected_photo_asks_for_a_new_one_only_where_that_is_said() {
    let reviewed = Reviewed::new();
    let mut flagged = reviewed.flagged(FindingCode::Bg).into_iter();
    let (merely, again) = (flagged.next().expect("a photo"), flagged.next().expect("another"));
    reviewed.decide(merely, Decision::Reject, Some(FindingCode::Other));
    reviewed.decide(again, Decision::Recapture, Some(FindingCode::Eyes));
    for _ in 0..2 {
        for entry in [merely, again] {
            assert_eq!(reviewed.verdict(entry), Some(Verdict::Rejected));
        }
        assert_eq!(reviewed.recapture_states(merely), Vec::<String>::new());
        assert_eq!(reviewed.recapture_states(again), ["open"]);
        reviewed.rematch();
    }
    let report = reviewed.house.run(&["batch", "report", "1"]).json;
    let photos = report["photos"].as_array().expect("photos");
    let says_eyes = |photo: &&serde_json::Value| {
        let findings = photo["findings"].as_array().expect("findings");
        findings
            .iter()
            .any(|finding| finding["code"] == "EYES" && finding["severity"] == "reject")
    };
    assert_eq!(photos.iter().filter(says_eyes).count(), 1, "the report says why");
    reviewed.decide(again, Decision::Accept, None);
    assert_eq!(reviewed.verdict(again), Some(Verdict::Matched));
    assert_eq!(reviewed.recapture_states(again), ["cancelled"]);
}

#[test]
fn a_copy_is_held_up_until_somebody_decides_about_the_pair_and_that_is_for_ever() {
    let reviewed = Reviewed::new();
    let (entry, registrar) = (first(reviewed.flagged(FindingCode::Dup)), staff(Role::Registrar));
    let other = reviewed.other_side(entry);
    assert_eq!(
        reviewed.decide(entry, Decision::Accept, None).refused,
        [Refusal {
            entry_id: entry,
            code: "pair-undecided"
        }]
    );
    let (mut conn, sealer) = (reviewed.house.db().connect(), reviewed.house.sealer());
    decide_pair(&mut conn, &sealer, &registrar, (other, entry), false, NOW_MS).expect("decided");
    for _ in 0..2 {
        assert_eq!(reviewed.verdict(entry), Some(Verdict::Matched));
        assert!(reviewed.has_accepted_photo(entry));
        reviewed.rematch();
    }
    let second_thought = decide_pair(&mut conn, &sealer, &registrar, (entry, other), true, NOW_MS);
    assert!(second_thought.is_err(), "a decision on a pair stands for ever");
}

#[test]
fn of_two_copies_one_may_be_accepted_while_the_other_is_rejected() {
    let reviewed = Reviewed::new();
    let entry = first(reviewed.flagged(FindingCode::Dup));
    let other = reviewed.other_side(entry);
    reviewed.decide(other, Decision::Recapture, Some(FindingCode::Dup));
    assert_eq!(reviewed.decide(entry, Decision::Accept, None).decided, [entry]);
    reviewed.rematch();
    assert_eq!(reviewed.verdict(entry), Some(Verdict::Matched));
    assert_eq!(reviewed.verdict(other), Some(Verdict::Rejected));
    take_back(
        &mut reviewed.house.db().connect(),
        &reviewed.house.sealer(),
        &staff(Role::Registrar),
        &[other],
        NOW_MS,
    )
    .expect("taken back");
    assert_eq!(
        reviewed.verdict(entry),
        Some(Verdict::Review),
        "the pair is undecided again"
    );
    assert!(!reviewed.has_accepted_photo(entry));
}

#[test]
fn nobody_else_decides_and_a_rejection_needs_its_reason() {
    let reviewed = Reviewed::new();
    let entry = first(reviewed.flagged(FindingCode::Bg));
    let (mut conn, sealer) = (reviewed.house.db().connect(), reviewed.house.sealer());
    for role in [Role::Counsellor, Role::Support, Role::Auditor] {
        let answer = decide(
            &mut conn,
            &sealer,
            &staff(role),
            &[entry],
            Decision::Accept,
            None,
            NOW_MS,
        );
        assert_eq!(answer.expect_err("refused").code(), "forbidden", "{role}");
        let answer = decide_pair(&mut conn, &sealer, &staff(role), (entry, entry), false, NOW_MS);
        assert_eq!(answer.expect_err("refused").code(), "forbidden", "{role}");
        let answer = take_back(&mut conn, &sealer, &staff(role), &[entry], NOW_MS);
        assert_eq!(answer.expect_err("refused").code(), "forbidden", "{role}");
    }
    assert_eq!(reviewed.verdict(entry), Some(Verdict::Review));
    let clean: EntryId = batch_entries::table
        .filter(batch_entries::verdict.eq(Verdict::Matched))
        .select(batch_entries::entry_id)
        .first(&mut conn)
        .expect("a clean photo");
    let refused = reviewed.decide(clean, Decision::Reject, None).refused;
    assert_eq!(refused.first().map(|refusal| refusal.code), Some("reason-missing"));
    assert_eq!(
        reviewed.decide(entry, Decision::Reject, None).decided,
        [entry],
        "its own finding is the reason"
    );
}
