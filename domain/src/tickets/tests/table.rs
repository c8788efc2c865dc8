//! The table of the machine: it is whole, and the documentation draws it.

use std::collections::BTreeSet;

use crate::tickets::kinds::shipped;
use crate::tickets::machine::{Step, TRANSITIONS, Taker, TicketState, diagram, find_transition, steps_from};
use crate::tickets::model::TicketKind;

#[test]
fn every_step_has_a_row_and_no_two_rows_answer_for_the_same() {
    for step in Step::ALL {
        assert!(TRANSITIONS.iter().any(|row| row.step == *step), "{step} leads nowhere");
    }
    let mut seen = BTreeSet::new();
    for row in TRANSITIONS {
        for from in row.from {
            assert!(
                seen.insert((row.step, *from)),
                "{} from {from} is there twice",
                row.step
            );
            assert!(!row.by.is_empty());
        }
    }
}

#[test]
fn every_state_but_the_first_is_reached_and_every_open_one_is_left() {
    for state in TicketState::ALL {
        let is_reached = TRANSITIONS.iter().any(|row| row.to == *state);
        assert!(is_reached || *state == TicketState::Draft, "nothing leads to {state}");
        let takers = Taker::ALL;
        assert!(
            !state.is_open() || !steps_from(*state, takers).is_empty(),
            "{state} is a dead end"
        );
        // Time is counted, stands still, or is over: never two of them.
        let clocks = [
            state.is_counting(),
            state.is_pause(),
            !state.is_open(),
            *state == TicketState::Draft,
        ];
        assert_eq!(clocks.iter().filter(|clock| **clock).count(), 1, "{state}");
    }
}

#[test]
fn students_never_decide_and_the_office_never_withdraws() {
    for row in TRANSITIONS {
        if matches!(row.step, Step::Approve | Step::Reject) {
            assert_eq!(row.by, &[Taker::Decider]);
        }
    }
    let withdraw = find_transition(Step::Withdraw, TicketState::Submitted).expect("a row");
    assert_eq!(withdraw.by, &[Taker::Student]);
}

#[test]
fn the_documentation_draws_the_table_as_it_is() {
    let page = include_str!("../../../../docs/tickets.md");
    assert!(
        page.contains(&diagram()),
        "docs/tickets.md is not the table any more; it should hold:\n{}",
        diagram()
    );
}

#[test]
fn every_kind_is_shipped_with_what_it_wants() {
    let shipped = shipped().expect("a readable file");
    for kind in TicketKind::ALL {
        assert!(shipped.contains_key(kind.as_str()), "{kind} is not shipped");
    }
    assert_eq!(shipped.len(), TicketKind::ALL.len());
}
