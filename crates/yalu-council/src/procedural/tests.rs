#![expect(
    clippy::float_cmp,
    reason = "positions that are taken over, not reckoned"
)]

use proptest::prelude::*;

use super::*;
use crate::{Actor, Issue, Stake, Stop};

/// One issue from 0 to 100: position, capability and veto of each.
fn council(status_quo: Option<f64>, members: &[(f64, f64, bool)]) -> Council {
    let issue = Issue {
        id: "issue".to_owned(),
        low: 0.0,
        high: 100.0,
        status_quo,
    };
    let actors = members
        .iter()
        .enumerate()
        .map(|(k, &(position, capability, veto))| Actor {
            id: format!("actor {k}"),
            capability,
            stakes: vec![Some(Stake {
                position,
                salience: 0.5,
                capability: None,
            })],
            veto,
            risk: None,
        });
    Council::new(vec![issue], actors.collect()).expect("a council")
}

fn plain(positions: &[f64]) -> Vec<(f64, f64, bool)> {
    positions.iter().map(|&x| (x, 1.0, false)).collect()
}

fn decided(council: &Council, rule: DecisionRule, agenda: Agenda) -> Procedure {
    procedure_on(council, 0, &ProceduralOptions { rule, agenda }).expect("a decision")
}

const TWO_THIRDS: DecisionRule = DecisionRule::QualifiedMajority { quota: 2.0 / 3.0 };

#[test]
fn the_worked_case_of_three_members_comes_out() {
    let members = plain(&[30.0, 50.0, 80.0]);
    let council = council(Some(10.0), &members);
    let majority = decided(&council, DecisionRule::SimpleMajority, Agenda::Open);
    assert_eq!(
        (majority.core, majority.winset),
        ((50.0, 50.0), (10.0, 90.0))
    );
    assert_eq!(
        (majority.pivots, majority.outcome),
        ((vec![1], vec![1]), 50.0)
    );
    let setter = decided(&council, DecisionRule::SimpleMajority, Agenda::Setter(2));
    assert_eq!(setter.outcome, 80.0);
    let unanimity = decided(&council, DecisionRule::Unanimity, Agenda::Setter(2));
    assert_eq!(
        (unanimity.core, unanimity.winset),
        ((30.0, 80.0), (10.0, 50.0))
    );
    assert_eq!(
        (unanimity.pivots, unanimity.outcome),
        ((vec![0], vec![2]), 50.0)
    );
    let open = decided(&council, DecisionRule::Unanimity, Agenda::Open);
    assert_eq!(open.outcome, 30.0);
}

#[test]
fn the_worked_case_of_two_members_comes_out() {
    let council = council(Some(50.0), &plain(&[20.0, 60.0]));
    let got = decided(&council, DecisionRule::SimpleMajority, Agenda::Setter(0));
    assert_eq!(
        (got.core, got.winset, got.outcome),
        ((20.0, 60.0), (50.0, 50.0), 50.0)
    );
}

#[test]
fn weights_decide_a_qualified_majority() {
    let members = [
        (0.0, 1.0, false),
        (40.0, 2.0, false),
        (70.0, 3.0, false),
        (90.0, 3.0, false),
    ];
    let council = council(Some(0.0), &members);
    // Six of nine votes: those at 70 and beyond have them, those beyond 70 and up to 40 don't.
    let got = decided(&council, TWO_THIRDS, Agenda::Open);
    assert_eq!((got.core, got.outcome), ((70.0, 70.0), 70.0));
    assert_eq!(got.winset, (0.0, 100.0));
}

#[test]
fn a_veto_stretches_the_core_to_its_holder() {
    let mut members = plain(&[30.0, 50.0, 80.0]);
    members[0].2 = true;
    let council = council(Some(10.0), &members);
    let got = decided(&council, DecisionRule::SimpleMajority, Agenda::Setter(2));
    assert_eq!(
        (got.core, got.winset, got.outcome),
        ((30.0, 50.0), (10.0, 50.0), 50.0)
    );
}

#[test]
fn a_veto_without_a_vote_counts() {
    let members = [
        (0.0, 0.0, true),
        (40.0, 1.0, false),
        (60.0, 1.0, false),
        (70.0, 1.0, false),
    ];
    let council = council(Some(20.0), &members);
    let got = decided(&council, DecisionRule::SimpleMajority, Agenda::Open);
    assert_eq!((got.core, got.outcome), ((0.0, 60.0), 20.0));
    assert_eq!(got.pivots, (vec![0], vec![2]));
}

#[test]
fn a_setter_who_likes_the_status_quo_proposes_nothing() {
    let council = council(Some(10.0), &plain(&[5.0, 50.0, 80.0]));
    let got = decided(&council, DecisionRule::SimpleMajority, Agenda::Setter(0));
    assert_eq!(got.outcome, 10.0);
}

#[test]
fn the_median_takes_what_passes_nearest_to_it() {
    let members = [(0.0, 1.0, false), (20.0, 1.0, false), (90.0, 3.0, false)];
    let council = council(Some(10.0), &members);
    // By weight the median is 90; two of three heads stand at 20 or beyond, and go to 30.
    let got = decided(&council, DecisionRule::SimpleMajority, Agenda::Median);
    assert_eq!((got.winset, got.outcome), ((10.0, 30.0), 30.0));
}

#[test]
fn an_issue_without_a_status_quo_is_an_error() {
    let council = council(None, &plain(&[30.0, 50.0]));
    let got = simulate_procedural(&council, &ProceduralOptions::default());
    assert_eq!(
        got,
        Err(ProceduralError::NoStatusQuo {
            issue: "issue".to_owned()
        })
    );
}

#[test]
fn a_quota_of_half_or_less_is_refused() {
    let council = council(Some(0.0), &plain(&[30.0, 50.0]));
    for quota in [0.5, 0.0, 1.1, f64::NAN] {
        let rule = DecisionRule::QualifiedMajority { quota };
        let got = simulate_procedural(
            &council,
            &ProceduralOptions {
                rule,
                agenda: Agenda::Open,
            },
        );
        assert!(matches!(got, Err(ProceduralError::Quota { .. })), "{quota}");
    }
}

#[test]
fn an_absent_setter_is_an_error() {
    let council = council(Some(0.0), &plain(&[30.0, 50.0]));
    let options = ProceduralOptions {
        agenda: Agenda::Setter(7),
        ..ProceduralOptions::default()
    };
    let got = simulate_procedural(&council, &options);
    assert!(matches!(
        got,
        Err(ProceduralError::SetterAbsent { setter: 7, .. })
    ));
}

#[test]
fn a_procedure_has_no_rounds() {
    let council = council(Some(10.0), &plain(&[30.0, 50.0, 80.0]));
    let got = simulate_procedural(&council, &ProceduralOptions::default()).expect("a decision");
    assert_eq!(
        (got.outcome, got.stops, got.rounds.len()),
        (vec![50.0], vec![Stop::AtOnce], 1)
    );
}

fn any_rule() -> impl Strategy<Value = DecisionRule> {
    prop_oneof![
        Just(DecisionRule::SimpleMajority),
        Just(DecisionRule::Majority),
        Just(DecisionRule::Unanimity),
        (0.51..1.0).prop_map(|quota| DecisionRule::QualifiedMajority { quota }),
    ]
}

/// Positions on a grid, so that some coincide, or meet the status quo.
fn any_members() -> impl Strategy<Value = Vec<(f64, f64, bool)>> {
    let member = (0..=20u8, 1..=4u8, prop::bool::weighted(0.2));
    let units = |(x, c, veto): (u8, u8, bool)| (f64::from(x) * 5.0, f64::from(c), veto);
    prop::collection::vec(member.prop_map(units), 1..8)
}

/// Whether a decisive coalition strictly prefers `y` to `x`, vote by vote.
fn defeats(members: &[(f64, f64, bool)], rule: DecisionRule, y: f64, x: f64, weakly: bool) -> bool {
    let likes = |p: f64| {
        let (a, b) = ((y - p).abs(), (x - p).abs());
        if weakly { a <= b } else { a < b }
    };
    let all: f64 = members.iter().map(|m| m.1).sum();
    let yes = members.iter().filter(|m| likes(m.0));
    let (heads, weight) = (yes.clone().count(), yes.map(|m| m.1).sum::<f64>());
    let enough = match rule {
        DecisionRule::SimpleMajority => 2 * heads > members.len(),
        DecisionRule::Majority => weight > all / 2.0 * (1.0 + 1e-12),
        DecisionRule::Unanimity => heads == members.len(),
        DecisionRule::QualifiedMajority { quota } => weight >= quota * all * (1.0 - 1e-12),
    };
    enough && members.iter().all(|m| !m.2 || likes(m.0))
}

proptest! {
    #[test]
    fn core_and_winset_are_what_votes_on_every_point_find(
        members in any_members(), rule in any_rule(), q in 0..=40u8,
    ) {
        let q = f64::from(q) * 2.5;
        let got = decided(&council(Some(q), &members), rule, Agenda::Open);
        let grid = || (0..=80u8).map(|k| f64::from(k) * 1.25);
        for x in grid() {
            let beaten = grid().any(|y| defeats(&members, rule, y, x, false));
            let inside = (got.core.0..=got.core.1).contains(&x);
            prop_assert_eq!(beaten, !inside, "core at {}", x);
        }
        let out = q < got.core.0 || q > got.core.1;
        for y in grid().filter(|&y| out && y != q) {
            let inside = (got.winset.0..=got.winset.1).contains(&y);
            prop_assert_eq!(defeats(&members, rule, y, q, true), inside, "winset at {}", y);
        }
    }

    #[test]
    fn the_order_of_members_changes_nothing(
        members in any_members(), rule in any_rule(), turn in 0..7usize,
    ) {
        let mut turned = members.clone();
        turned.rotate_left(turn % members.len());
        let [a, b] = [members, turned].map(|m| decided(&council(Some(35.0), &m), rule, Agenda::Open));
        prop_assert_eq!((a.core, a.winset, a.outcome), (b.core, b.winset, b.outcome));
    }

    #[test]
    fn the_unit_of_capability_changes_nothing(
        members in any_members(), rule in any_rule(), unit in 0.01..100.0,
    ) {
        let scaled: Vec<_> = members.iter().map(|m| (m.0, m.1 * unit, m.2)).collect();
        let [a, b] = [members, scaled].map(|m| decided(&council(Some(35.0), &m), rule, Agenda::Median));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn a_dictators_position_wins(members in any_members(), x in 0.0..100.0, q in 0.0..100.0) {
        // Who has the quota alone, against whom nobody has it.
        let mut members: Vec<_> = members.iter().map(|m| (m.0, m.1, false)).collect();
        members.push((x, 1000.0, false));
        let got = decided(&council(Some(q), &members), TWO_THIRDS, Agenda::Open);
        prop_assert_eq!((got.core, got.outcome), ((x, x), x));
    }

    #[test]
    fn one_wish_of_all_is_decided(n in 1..6usize, x in 0.0..100.0, rule in any_rule()) {
        let got = decided(&council(Some(3.0), &plain(&vec![x; n])), rule, Agenda::Open);
        prop_assert_eq!(got.outcome, x);
    }
}
