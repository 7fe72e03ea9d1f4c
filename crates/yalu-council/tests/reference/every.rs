//! Every case that peers give figures for, run by every model: each answers, within the scale, and the
//! weighted mean is the published one.

use serde_json::Value;
use yalu_council::{
    Actor, ChallengeOptions, CondorcetOptions, Council, ExchangeOptions, Issue, ProceduralOptions,
    Simulation, SpatialOptions, Stake, simulate_challenge, simulate_condorcet, simulate_exchange,
    simulate_mean, simulate_median, simulate_procedural, simulate_spatial,
};

/// An actor's name, capability, and position and salience on each issue.
type Coded = (String, f64, Vec<(f64, f64)>);

/// A number that the case holds.
fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn council(issues: Vec<(String, f64, f64)>, actors: Vec<Coded>) -> Council {
    let issues = issues.into_iter().map(|(id, low, high)| Issue {
        id,
        low,
        high,
        status_quo: Some(low),
    });
    let actors = actors.into_iter().map(|(id, capability, stakes)| Actor {
        id,
        capability,
        stakes: stakes
            .into_iter()
            .map(|(position, salience)| {
                Some(Stake {
                    position,
                    salience,
                    capability: None,
                })
            })
            .collect(),
        veto: false,
        risk: None,
    });
    Council::new(issues.collect(), actors.collect()).expect("a case is a council")
}

/// A case of one issue, from its least to its greatest position.
fn of_one_issue(case: &Value) -> Council {
    let actors = case["actors"].as_array().expect("actors");
    let positions = || actors.iter().map(|actor| number(&actor["position"]));
    let low = positions().fold(f64::INFINITY, f64::min);
    let high = positions().fold(f64::NEG_INFINITY, f64::max);
    let actor = |actor: &Value| {
        let name = actor["name"].as_str().expect("a name").to_owned();
        let stake = (number(&actor["position"]), number(&actor["salience"]));
        (name, number(&actor["capability"]), vec![stake])
    };
    council(
        vec![("outcome".to_owned(), low, high)],
        actors.iter().map(actor).collect(),
    )
}

/// A case of KTAB's, from 0 to 100.
fn of_ktab(case: &Value) -> Council {
    let start = &case["positions_by_turn_by_dim"]["0"];
    let issues = start.as_object().expect("issues").len();
    let names = case["actors"].as_array().expect("actors");
    let actor = |i: usize| {
        let stake = |k: usize| {
            let salience = number(&case["salience_by_dim"][k.to_string()][i]);
            (number(&start[k.to_string()][i]), salience)
        };
        let name = names[i].as_str().expect("a name").to_owned();
        (
            name,
            number(&case["capability"][i]),
            (0..issues).map(stake).collect(),
        )
    };
    let issue = |k: usize| (format!("issue {k}"), 0.0, 100.0);
    council(
        (0..issues).map(issue).collect(),
        (0..names.len()).map(actor).collect(),
    )
}

fn runs(council: &Council) -> Vec<(&'static str, Simulation)> {
    let told =
        |model: &'static str, error: &dyn std::error::Error| -> ! { panic!("{model}: {error}") };
    let mut runs = vec![
        ("mean", simulate_mean(council)),
        ("median", simulate_median(council)),
    ];
    let mut push = |model: &'static str, run: Result<Simulation, Box<dyn std::error::Error>>| {
        runs.push((
            model,
            run.unwrap_or_else(|error| told(model, error.as_ref())),
        ));
    };
    push(
        "procedural",
        simulate_procedural(council, &ProceduralOptions::default()).map_err(Into::into),
    );
    for options in [
        ChallengeOptions::default(),
        ChallengeOptions::printed(0.5),
        ChallengeOptions::scholz_code(),
    ] {
        push(
            "challenge",
            simulate_challenge(council, &options).map_err(Into::into),
        );
    }
    push(
        "condorcet",
        simulate_condorcet(council, &CondorcetOptions::default()).map_err(Into::into),
    );
    push(
        "spatial",
        simulate_spatial(council, &SpatialOptions::default(), 1).map_err(Into::into),
    );
    push(
        "exchange",
        simulate_exchange(council, &ExchangeOptions::default()).map_err(Into::into),
    );
    runs
}

#[test]
fn each_case_is_decided_by_every_model() {
    let Some(folder) = yalu_testing::shared_reference() else {
        return;
    };
    let folder = folder.join("group-decision");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the cases")
        .map(|entry| entry.expect("a case").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        .collect();
    files.sort();
    assert!(files.len() >= 9, "{files:?}");
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a case");
        let case: Value = serde_json::from_str(&text).expect("JSON");
        let council = if case.get("positions_by_turn_by_dim").is_some() {
            of_ktab(&case)
        } else {
            of_one_issue(&case["case"])
        };
        for (model, run) in runs(&council) {
            for (issue, outcome) in council.issues().iter().zip(&run.outcome) {
                let within = (issue.low - 1e-9..=issue.high + 1e-9).contains(outcome);
                assert!(within, "{} {model}: {outcome}", path.display());
            }
            assert_eq!(run.stops.len(), council.issues().len());
        }
        if let Some(mean) = case["expected"]["weighted_mean"].as_f64() {
            let ours = simulate_mean(&council).outcome[0];
            assert!(
                (ours - mean).abs() < 5e-7,
                "{}: {ours} {mean}",
                path.display()
            );
        }
    }
}
