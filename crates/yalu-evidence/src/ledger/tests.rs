//! A small ledger worked by hand, faults one by one, and the order of rows.

use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::era::{Era, Eras};

const HEADER: &str = "project,kind,id,of,stage,date,by,amount,unit,obstacle,source,at,known,note";

const ROWS: [&str; 16] = [
    "hw,promise,hw-1,,agreement,2010-12,CHN;PRK,100,million CNY,,s1,p. 3,,\"two islands, run jointly\"",
    "hw,step,,hw-1,ground_broken,2011-06-08,CHN;PRK,,,,s2,,,",
    "hw,step,,hw-1,announced,2012-08-14,CHN;PRK,80,million CNY,,s3,,,",
    "hw,step,,hw-1,stalled,2013-12,,,,,s4,,,",
    "hw,obstacle,,hw-1,,2013-12-12,,,,purge,s4,,,",
    "hw,obstacle,,,,2010,,,,floods,s5,,,",
    "bridge,promise,br-1,,agreement,2009-10-04,CHN;PRK,1800,million CNY,,s6,,,",
    "bridge,step,,br-1,ground_broken,2010-12-31,CHN;PRK,,,,s6,,,",
    "bridge,step,,br-1,infrastructure,2014-10~,CHN,300.5,million CNY,,s7,,,",
    "rason,promise,ra-1,,announced,2012-03,PRK,,,,s8,,,",
    "rason,promise,ra-2,,announced,2011/2012,PRK,,,,s8,,,",
    "rason,step,,ra-2,abandoned,2013-06-01,PRK,,,,s8,,,",
    "rason,promise,ra-3,,law,2013-11-21,PRK,,,,s8,,,",
    "rason,step,,ra-3,opened,2014/2016,PRK,,,,s8,,,",
    "rason,promise,ra-4,,announced,2015-01-05,PRK,,,,s8,,,",
    "rason,step,,ra-3,law,2014-05-01,PRK,,,,s8,,2015-02,",
];

fn project(id: &str, kind: ProjectKind) -> Project {
    Project {
        id: id.into(),
        title: id.to_uppercase(),
        place: "the border".into(),
        kind,
        meaning: String::new(),
    }
}

fn projects() -> Vec<Project> {
    vec![
        project("hw", ProjectKind::Zone),
        project("bridge", ProjectKind::Link),
        project("rason", ProjectKind::Zone),
    ]
}

fn obstacle_types() -> Vec<ObstacleType> {
    let one = |id: &str| ObstacleType {
        id: id.into(),
        title: id.to_uppercase(),
    };
    vec![one("purge"), one("floods"), one("distrust")]
}

fn eras() -> Eras {
    let era = |state: &str, leader: &str, from, also: &[_]| Era {
        state: state.into(),
        leader: leader.into(),
        from,
        also: also.to_vec(),
    };
    Eras::new(vec![
        era("PRK", "Kim Il-song", date(1948, 9, 9), &[]),
        era("PRK", "Kim Jong-il", date(1994, 7, 8), &[date(1997, 10, 8)]),
        era(
            "PRK",
            "Kim Jong-un",
            date(2011, 12, 17),
            &[date(2012, 4, 11)],
        ),
        era("CHN", "Hu Jintao", date(2002, 11, 15), &[]),
        era("CHN", "Xi Jinping", date(2012, 11, 15), &[]),
    ])
    .unwrap()
}

fn options() -> LedgerOptions {
    LedgerOptions {
        second: Some("CHN".into()),
        ..LedgerOptions::new(date(2014, 12, 31), "PRK")
    }
}

fn text(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn parsed(rows: &[&str]) -> Vec<Entry> {
    parse_ledger(&text(rows), &projects(), &obstacle_types()).unwrap()
}

fn summary(rows: &[&str], options: &LedgerOptions) -> LedgerSummary {
    summarise(
        &projects(),
        &obstacle_types(),
        &parsed(rows),
        &eras(),
        options,
    )
    .unwrap()
}

fn by_hand() -> LedgerSummary {
    summary(&ROWS, &options())
}

fn era(place: usize, leader: &str) -> EraKey {
    EraKey::Era {
        place,
        leader: leader.into(),
    }
}

#[test]
fn entries_keep_their_lines_and_words() {
    let entries = parsed(&ROWS);
    assert_eq!(entries.len(), 16);
    assert_eq!((entries[0].line, entries[15].line), (2, 17));
    assert_eq!(entries[0].by, ["CHN", "PRK"]);
    assert_eq!(entries[0].note, "two islands, run jointly");
    let amount = entries[8].amount.clone().unwrap();
    assert!((amount.value - 300.5).abs() < 1e-12 && amount.unit == "million CNY");
    // A byte-order mark, Windows line ends, blank rows and a cell of two lines.
    let windows = format!(
        "\u{feff}{HEADER}\r\n\r\n,,,,,,,,,,,,,\r\n{}\r\n",
        ROWS[7].replace("s6,,,", "s6,,,\"two\r\nlines\"")
    )
    .replace(
        "bridge,step,,br-1,ground_broken",
        "bridge,promise,br-1,,law",
    );
    let entries = parse_ledger(&windows, &projects(), &[]).unwrap();
    assert_eq!(
        (entries[0].line, entries[0].note.as_str()),
        (4, "two\r\nlines")
    );
}

#[test]
fn counts_have_the_lines_behind_them() {
    let found = by_hand();
    let all = &found.overall;
    assert_eq!(
        all.promises,
        Count {
            n: 5,
            lines: vec![2, 8, 11, 12, 14]
        }
    );
    assert_eq!(
        all.tangible,
        Count {
            n: 2,
            lines: vec![2, 8]
        }
    );
    // Wilson: centre (0.4 + z²/10)/(1 + z²/5), z² = 3.8415.
    let share = all.share_tangible.unwrap();
    assert!((share.value - 0.4).abs() < 1e-15);
    assert!(
        (share.lower - 0.117_621).abs() < 1e-6 && (share.upper - 0.769_276).abs() < 1e-6,
        "{share:?}"
    );
    let furthest = all.furthest.clone().unwrap();
    assert_eq!(
        (furthest.stage, furthest.lines),
        (TangibleStage::Infrastructure, vec![10])
    );
    assert_eq!(
        all.reannouncements,
        Count {
            n: 1,
            lines: vec![4]
        }
    );
    assert_eq!(
        (
            all.pledged[0].unit.as_str(),
            all.pledged[0].lines.as_slice()
        ),
        ("million CNY", [2, 8].as_slice())
    );
    assert!((all.pledged[0].sum - 1900.0).abs() < 1e-12);
    assert!((all.spent[0].sum - 300.5).abs() < 1e-12 && all.spent[0].lines == [10]);
    let states: Vec<_> = all
        .states
        .iter()
        .map(|one| (one.state, one.promises.lines.clone()))
        .collect();
    assert_eq!(
        states,
        [
            (State::Promised, vec![11, 14]),
            (State::Moving, vec![8]),
            (State::Stalled, vec![2]),
            (State::Abandoned, vec![12])
        ]
    );
}

#[test]
fn projects_eras_and_both_together_are_counted() {
    let found = by_hand();
    let counts: Vec<_> = found
        .projects
        .iter()
        .map(|one| {
            (
                one.project.as_str(),
                one.tally.promises.n,
                one.tally.tangible.n,
            )
        })
        .collect();
    assert_eq!(counts, [("hw", 1, 1), ("bridge", 1, 1), ("rason", 3, 0)]);
    let current = found.projects[0].current.clone().unwrap();
    assert_eq!(
        (current.state, current.line, current.since_words.as_str()),
        (State::Stalled, 5, "December 2013")
    );
    let eras: Vec<_> = found
        .eras
        .iter()
        .map(|one| (one.era.clone(), one.tally.promises.lines.clone()))
        .collect();
    let straddles = EraKey::Straddles {
        before_first: false,
        places: vec![1, 2],
        leaders: vec!["Kim Jong-il".into(), "Kim Jong-un".into()],
    };
    assert_eq!(
        eras,
        [
            (era(0, "Kim Il-song"), vec![]),
            (era(1, "Kim Jong-il"), vec![2, 8]),
            (era(2, "Kim Jong-un"), vec![11, 14]),
            (straddles.clone(), vec![12])
        ]
    );
    assert_eq!(found.eras[0].tally.share_tangible, None);
    let pairs: Vec<_> = found
        .project_eras
        .iter()
        .map(|one| (one.project.as_str(), one.era.clone()))
        .collect();
    assert_eq!(pairs.len(), 4);
    assert_eq!(pairs[3], ("rason", straddles));
}

#[test]
fn a_promise_names_both_leaders_then_and_at_each_step() {
    let found = by_hand();
    let ids: Vec<_> = found.promises.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["hw-1", "br-1", "ra-2", "ra-1", "ra-3"]);
    let zone = &found.promises[0];
    assert_eq!(zone.era, era(1, "Kim Jong-il"));
    assert_eq!(zone.second_era, Some(era(0, "Hu Jintao")));
    let stalled = zone.steps.last().unwrap();
    assert_eq!(
        (stalled.era.clone(), stalled.second_era.clone()),
        (era(2, "Kim Jong-un"), Some(era(1, "Xi Jinping")))
    );
    // 31 December 2010, 16 December and 1 December to 8 June 2011.
    assert_eq!(
        zone.wait,
        DayBounds {
            min: 159,
            mid: Some(174),
            max: Some(189)
        }
    );
    assert_eq!(
        (zone.ending, zone.wait_lines.as_slice()),
        (Ending::Tangible, [3].as_slice())
    );
    let on: Vec<_> = zone
        .obstacles
        .iter()
        .map(|one| (one.line, one.obstacle.as_str(), one.whole_project))
        .collect();
    assert_eq!(on, [(7, "floods", true), (6, "purge", false)]);
    assert_eq!(found.promises[1].current.since_words, "about October 2014");
    let abandoned = &found.promises[2];
    assert_eq!(
        (abandoned.ending, abandoned.wait_lines.as_slice()),
        (Ending::Abandoned, [13].as_slice())
    );
    // 31 December 2012, 1 January 2012 and 1 January 2011 to 1 June 2013.
    assert_eq!(
        abandoned.wait,
        DayBounds {
            min: 152,
            mid: Some(517),
            max: Some(882)
        }
    );
    assert_eq!(found.promises[3].wait.mid, Some(1020));
}

#[test]
fn obstacles_say_what_is_stalled_on_them() {
    let found = by_hand();
    let seen: Vec<_> = found
        .obstacles
        .iter()
        .map(|one| {
            (
                one.obstacle.as_str(),
                one.entries.lines.clone(),
                one.promises.clone(),
                one.stalled.clone(),
            )
        })
        .collect();
    let zone = vec!["hw-1".to_owned()];
    assert_eq!(
        seen,
        [
            ("purge", vec![6], zone.clone(), zone.clone()),
            ("floods", vec![7], zone.clone(), zone),
            ("distrust", vec![], vec![], vec![])
        ]
    );
}

#[test]
fn waits_are_those_worked_by_hand() {
    let found = by_hand();
    let at_ground = &found.durations[0];
    assert_eq!(at_ground.threshold, TangibleStage::GroundBroken);
    let curve = at_ground.overall.curve.clone().unwrap();
    // 174 reached, 405 waiting, 453 reached, 517 abandoned, 1020 waiting.
    let points: Vec<_> = curve
        .points
        .iter()
        .map(|point| (point.days as i64, point.at_risk, point.reached))
        .collect();
    assert_eq!(
        points,
        [
            (174, 5, 1),
            (405, 4, 0),
            (453, 3, 1),
            (517, 2, 0),
            (1020, 1, 0)
        ]
    );
    assert!((curve.points[4].waiting - 0.8 * 2.0 / 3.0).abs() < 1e-15);
    assert_eq!(curve.median.days, None);
    assert_eq!(at_ground.overall.reached.lines, [3, 9]);
    assert_eq!(at_ground.overall.abandoned.lines, [13]);
    let last = at_ground.overall.incidence.last().unwrap();
    // Abandoned: 8/15 still waiting, one of the two left.
    assert!((last.reached.share - 7.0 / 15.0).abs() < 1e-15);
    assert!((last.abandoned.share - 4.0 / 15.0).abs() < 1e-15);
    assert!((last.waiting - 4.0 / 15.0).abs() < 1e-15);
    let shortest = at_ground.overall.shortest.clone().unwrap();
    assert!((shortest.points[0].days - 152.0).abs() < 1e-12 && shortest.points[0].reached == 0);
    let bounded = at_ground.overall.within_bounds.clone().unwrap();
    assert!((bounded.regions[0].low - 159.0).abs() < 1e-12);
    assert_eq!(at_ground.straddling.lines, [12]);
    // Infrastructure stands at the bridge only.
    assert_eq!(found.durations[1].overall.reached.lines, [10]);
    assert_eq!(found.durations[3].overall.reached.n, 0);
    let EraComparison::NotTested { reason, .. } = &found.durations[3].comparison else {
        panic!("{:?}", found.durations[3].comparison);
    };
    assert_eq!(*reason, NoComparison::NoneReached);
}

#[test]
fn eras_are_compared_as_by_hand() {
    // {174, 453} against {405+, 1020+}: O = 2, E = V·2 = 1, χ² = 2; of six ways to deal the eras
    // only this and its mirror are as far apart.
    let EraComparison::Tested {
        groups,
        chi_square,
        permutation_p_value,
        allocations,
        exact,
        left_out,
        ..
    } = by_hand().durations[0].comparison.clone()
    else {
        panic!("not tested");
    };
    assert!((chi_square - 2.0).abs() < 1e-12);
    assert!((permutation_p_value - 1.0 / 3.0).abs() < 1e-15);
    assert_eq!((allocations, exact, left_out), (6, true, vec![]));
    assert_eq!(
        (groups[0].era.clone(), groups[0].n, groups[0].reached),
        (era(1, "Kim Jong-il"), 2, 2)
    );
    assert!((groups[0].expected - 1.0).abs() < 1e-12);
}

#[test]
fn an_era_with_one_promise_is_not_compared_but_said_so() {
    let found = summary(&[ROWS[0], ROWS[1], ROWS[6], ROWS[7], ROWS[9]], &options());
    let EraComparison::NotTested { reason, words } = &found.durations[0].comparison else {
        panic!("{:?}", found.durations[0].comparison);
    };
    assert_eq!(*reason, NoComparison::TooFewPromises);
    assert!(words.starts_with("Fewer than two eras"));
}

#[test]
fn moving_the_first_day_of_an_era_says_which_promises_move() {
    let found = by_hand();
    let moves: Vec<_> = found
        .era_sensitivity
        .iter()
        .map(|one| {
            (
                one.leader.as_str(),
                one.from.as_str(),
                one.moved.lines.clone(),
            )
        })
        .collect();
    assert_eq!(
        moves,
        [
            ("Kim Jong-il", "1997-10-08", vec![]),
            ("Kim Jong-un", "2012-04-11", vec![11])
        ]
    );
    let jong_il = &found.era_sensitivity[1].eras[0];
    assert_eq!((jong_il.promises.n, jong_il.tangible.n), (3, 2));
    assert!(matches!(
        found.era_sensitivity[1].comparison,
        EraComparison::NotTested { .. }
    ));
}

#[test]
fn what_may_be_later_is_listed_and_in_no_figure() {
    let found = by_hand();
    assert_eq!(found.later_lines, [16, 17]);
    let unsure: Vec<_> = found
        .not_surely_by_then
        .iter()
        .map(|one| (one.line, one.reason))
        .collect();
    assert_eq!(unsure, [(15, UnsureReason::MayHaveHappenedLater)]);
    // Later entries move nothing else.
    let mut without = summary(&ROWS[..13], &options());
    without.later_lines.clone_from(&found.later_lines);
    without
        .not_surely_by_then
        .clone_from(&found.not_surely_by_then);
    assert_eq!(without, found);
    // A step whose promise may be later is unsure with it; an open end too.
    let rows = [
        "rason,promise,ra-1,,announced,2013/2016,PRK,,,,s,,,",
        "rason,step,,ra-1,law,2014-05-01,PRK,,,,s,,,",
        "rason,promise,ra-2,,announced,2013/..,PRK,,,,s,,,",
        "rason,promise,ra-3,,announced,2013,PRK,,,,s,,2014/2015,",
    ];
    let found = summary(&rows, &options());
    let unsure: Vec<_> = found
        .not_surely_by_then
        .iter()
        .map(|one| (one.line, one.reason))
        .collect();
    assert_eq!(
        unsure,
        [
            (2, UnsureReason::MayHaveHappenedLater),
            (3, UnsureReason::PromiseLeftOut),
            (4, UnsureReason::MayHaveHappenedLater),
            (5, UnsureReason::MayHaveBecomeKnownLater)
        ]
    );
    assert_eq!(found.overall.promises.n, 0);
    assert_eq!(found.durations[0].overall.curve, None);
}

#[test]
fn a_promise_without_a_first_day_is_in_no_curve_but_within_bounds() {
    let rows = [
        "rason,promise,ra-1,,announced,../2010,PRK,,,,s,,,",
        "rason,step,,ra-1,opened,2012-06-01,PRK,,,,s,,,",
    ];
    let found = summary(&rows, &options());
    let waits = &found.durations[0].overall;
    assert_eq!(
        (waits.without_middle.lines.as_slice(), waits.curve.is_none()),
        ([2].as_slice(), true)
    );
    // 31 December 2010 to 1 June 2012, or longer.
    assert_eq!(
        found.promises[0].wait,
        DayBounds {
            min: 518,
            mid: None,
            max: None
        }
    );
    let region = waits.within_bounds.clone().unwrap().regions[0];
    assert!((region.low - 518.0).abs() < 1e-12 && region.high.is_none());
}

#[test]
fn what_was_taken_up_again_was_not_given_up() {
    let rows = |resumed: &'static str| {
        [
            "rason,promise,ra-1,,announced,2010-01-01,PRK,,,,s,,,",
            "rason,step,,ra-1,abandoned,2011-01-01,PRK,,,,s,,,",
            resumed,
        ]
    };
    let found = summary(
        &rows("rason,step,,ra-1,resumed,2012-01-01,PRK,,,,s,,,"),
        &options(),
    );
    assert_eq!(
        (found.promises[0].ending, found.promises[0].current.state),
        (Ending::Waiting, State::Moving)
    );
    let found = summary(
        &rows("rason,step,,ra-1,resumed,2010-06-01,PRK,,,,s,,,"),
        &options(),
    );
    assert_eq!(
        (found.promises[0].ending, found.promises[0].current.state),
        (Ending::Abandoned, State::Abandoned)
    );
}

#[test]
fn what_opened_and_stalled_is_open_again_when_resumed() {
    let rows = [
        "rason,promise,ra-1,,announced,2010-01-01,PRK,,,,s,,,",
        "rason,step,,ra-1,opened,2011-01-01,PRK,,,,s,,,",
        "rason,step,,ra-1,stalled,2012-01-01,PRK,,,,s,,,",
        "rason,step,,ra-1,resumed,2013-01-01,PRK,,,,s,,,",
        "rason,step,,ra-1,announced,2014-01-01,PRK,,,,s,,,",
    ];
    let current = |n: usize| summary(&rows[..n], &options()).promises[0].current.clone();
    assert_eq!((current(2).state, current(2).line), (State::Open, 3));
    assert_eq!((current(3).state, current(3).line), (State::Stalled, 4));
    assert_eq!((current(5).state, current(5).line), (State::Open, 5));
}

#[test]
fn saying_it_again_moves_nothing() {
    let rows = [
        "rason,promise,ra-1,,announced,2010-01-01,PRK,,,,s,,,",
        "rason,step,,ra-1,announced,2011-01-01,PRK,,,,s,,,",
        "rason,step,,ra-1,stalled,2012-01-01,PRK,,,,s,,,",
        "rason,step,,ra-1,announced,2013-01-01,PRK,,,,s,,,",
    ];
    let current = |n: usize| summary(&rows[..n], &options()).promises[0].current.clone();
    assert_eq!((current(2).state, current(2).line), (State::Promised, 2));
    assert_eq!((current(4).state, current(4).line), (State::Stalled, 4));
    assert_eq!(
        summary(&rows, &options()).overall.reannouncements.lines,
        [3, 5]
    );
}

/// The summary as JSON with each line number replaced, lists of lines in order.
fn with_lines(value: &mut Value, line: &BTreeMap<u64, u64>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if key == "line" || key.ends_with("lines") {
                    replace(value, line);
                } else {
                    with_lines(value, line);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| with_lines(value, line)),
        _ => {}
    }
}

fn replace(value: &mut Value, line: &BTreeMap<u64, u64>) {
    if let Value::Array(list) = value {
        for value in list.iter_mut() {
            replace(value, line);
        }
        list.sort_by_key(Value::as_u64);
    } else {
        *value = line[&value.as_u64().unwrap()].into();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_order_of_rows_moves_no_figure(order in Just((0..ROWS.len()).collect::<Vec<_>>()).prop_shuffle()) {
        let rows: Vec<&str> = order.iter().map(|row| ROWS[*row]).collect();
        let lines = order.iter().enumerate().map(|(at, row)| (at as u64 + 2, *row as u64 + 2)).collect();
        let mut shuffled = serde_json::to_value(summary(&rows, &options())).unwrap();
        with_lines(&mut shuffled, &lines);
        prop_assert_eq!(shuffled, serde_json::to_value(by_hand()).unwrap());
    }

    #[test]
    fn any_text_is_a_ledger_or_has_faults_with_places(body in "[a-z,;\"\n0-9-]{0,200}") {
        let text = format!("{HEADER}\n{body}");
        if let Err(faults) = parse_ledger(&text, &projects(), &obstacle_types()) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(fault.line >= 1 && fault.line <= text.lines().count() + 1);
                prop_assert!(!fault.mend().is_empty() && !fault.to_string().is_empty());
            }
        }
    }
}

#[test]
fn the_summary_reads_back_from_json() {
    let found = by_hand();
    let json = serde_json::to_string(&found).unwrap();
    // Promises hold no fractions, which a reader may round in the last place.
    let again = serde_json::from_str::<LedgerSummary>(&json).unwrap();
    assert_eq!(again.promises, found.promises);
    assert_eq!(again.durations.len(), 4);
    assert!(!json.contains("NaN"));
    let schema = serde_json::to_string(&schemars::schema_for!(LedgerSummary)).unwrap();
    assert!(schema.contains("share_tangible"));
}

#[test]
fn a_confidence_that_is_no_share_is_refused() {
    let wrong = LedgerOptions {
        confidence: 95.0,
        ..options()
    };
    assert!(summarise(&projects(), &[], &[], &eras(), &wrong).is_err());
}
