//! The demo finds everything it planted and accuses nobody.

use rollproof_tests::TestHouse;

#[test]
fn the_demo_finds_every_planted_anomaly_and_accuses_nobody_and_a_second_run_changes_nothing() {
    let house = TestHouse::new();
    let result = house.expect(0, &["demo", "--students", "300", "--exit"]);
    let codes = result["score"]["codes"].as_object().expect("codes");
    assert!(
        codes.len() >= 20,
        "the demo plants every code the machine can find: {codes:?}"
    );
    assert_eq!(result["score"]["accused"], 0);
    assert_eq!(result["second_run_changed_nothing"], true);
}
