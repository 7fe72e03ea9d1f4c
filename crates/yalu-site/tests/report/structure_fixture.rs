//! A made-up structure: coders who disagree, a split actor, a veto, a model left out, and event data
//! with hypotheses. Written as JSON, so that it is read as an assessment's file is.

use serde_json::{Value, json};
use yalu_dossier::structure::StructureRecord;

use crate::fixture::NASTY;

/// A value between two ends, with its choices.
fn value(centre: f64, low: f64, high: f64, choices: &[f64]) -> Value {
    json!({"centre": centre, "low": low, "high": high, "choices": choices})
}

fn actor(id: &str, position: &Value, marks: [bool; 2], weight_share: f64) -> Value {
    json!({
        "id": id, "title": format!("The {id}"), "short": id, "meaning": NASTY,
        "veto": marks[0], "split": marks[1],
        "stakes": [{
            "position": position, "salience": value(64.0, 20.0, 90.0, &[]),
            "capability": value(80.0, 60.0, 100.0, &[]), "weight_share": weight_share,
        }],
    })
}

fn coding(actor: &str, coder: &str, source: &str, line: u64) -> Value {
    json!({
        "actor": actor, "issue": "course", "coder": coder,
        "position": value(2.5, 2.0, 3.0, &[]), "salience": value(64.0, 20.0, 90.0, &[]),
        "capability": null, "source": source, "note": NASTY, "line": line,
    })
}

fn outcome(central: f64, quantiles: [f64; 5], share: f64) -> Value {
    let mut histogram = vec![0; 20];
    histogram[3] = 60;
    histogram[4] = 39;
    histogram[19] = 1;
    json!([{
        "issue": "course", "central": central, "failed_draws": 7, "share_at_or_above": share,
        "spread": {
            "draws": 100, "mean": central + 0.1, "standard_deviation": 0.75,
            "quantiles": quantiles, "histogram": histogram, "convergence": [],
        },
    }])
}

fn pivot(actor: &str, of: &str, to: Option<f64>, within_range: bool) -> Value {
    json!({
        "issue": "course", "actor": actor, "of": of, "from": 2.0, "to": to, "outcome": to,
        "within_range": within_range, "sentence": format!("The {of} of {actor} turns it"),
    })
}

fn round(positions: [f64; 3], outcome: f64, moves: &Value) -> Value {
    let positions: Vec<[f64; 1]> = positions.map(|one| [one]).to_vec();
    json!({"positions": positions, "outcome": [outcome], "moves": moves})
}

fn main_model() -> Value {
    let moved = json!([
        {"actor": "army", "by": "leader", "issue": "course", "from": 6.0, "to": 4.5, "kind": "gave way"},
        {"actor": "ministry", "by": null, "issue": "course", "from": 2.0, "to": 2.25, "kind": "moved"},
    ]);
    json!({
        "model": "challenge", "title": "Challenge model", "options": NASTY, "left_out": null,
        "outcomes": outcome(2.5, [1.25, 2.0, 2.75, 3.5, 4.25], 0.01),
        "rounds": [round([2.5, 6.0, 2.0], 2.5, &json!([])), round([2.5, 4.5, 2.25], 2.75, &moved)],
        "stops": ["nobody moves any more"],
        "pivots": [
            pivot("leader", "salience", Some(9.0), false), pivot("army", "position", Some(9.5), true),
            pivot("leader", "position", Some(8.0), false), pivot("army", "capability", None, false),
        ],
        "turning": [{
            "issue": "course", "position": 9.0, "sets": [["leader"]], "tried_up_to": 2,
            "sentence": "If these went over to 9, policy would turn: the leader",
        }],
        "sensitivity": [{
            "issue": "course", "actor": "army", "on": "course", "of": "position",
            "first": [0.31, 0.2, 0.4], "total": [0.62, 0.5, 0.75],
        }],
    })
}

fn left_out() -> Value {
    json!({
        "model": "exchange", "title": "Exchange model", "options": "",
        "left_out": "there is one issue, and nothing to exchange", "outcomes": [], "rounds": [],
        "stops": [], "pivots": [], "turning": [], "sensitivity": [],
    })
}

fn formula() -> Value {
    let mut model = left_out();
    model["model"] = json!("weighted_mean");
    model["title"] = json!("Weighted mean");
    model["left_out"] = Value::Null;
    model["outcomes"] = outcome(3.25, [1.5, 2.5, 3.0, 4.0, 7.5], 0.04);
    model["stops"] = json!(["a formula, without rounds"]);
    model
}

fn side(n_acts: u64, n_of: u64, unattributed: f64) -> Value {
    json!({"n_periods": 12, "n_acts": n_acts, "n_of": n_of, "unattributed_share": unattributed})
}

fn hypothesis(id: &str, answer: &str, no_answer: &Value) -> Value {
    json!({
        "id": id, "text": format!("Claim {id} {NASTY}"), "actor": "army", "title": "The army",
        "claim": "loses", "since": "2012-01-01", "measure": "share", "answer": answer,
        "no_answer": no_answer, "sentence": format!("Sentence of {id}"),
        "not_shown": format!("Limits of {id}"), "before": side(30, 90, 0.64),
        "after": side(12, 80, 0.375), "second_ratio": 0.5, "steady_ratio": 1.25,
        "ratio": {"ratio": 0.45, "interval": [0.25, 0.81], "confidence": 0.9},
    })
}

fn member(actor: &str, n_acts: u64, no_test: Option<&str>) -> Value {
    let acts: Vec<u64> = (0..24).map(|month| u64::from(month < n_acts)).collect();
    json!({
        "actor": actor, "title": format!("The {actor}"), "n_acts": n_acts, "acts": acts,
        "named": [{"name": NASTY, "sectors": ["military"], "n_acts": n_acts}],
        "share_of_all": [0.11, 0.63], "network": null, "trend": null, "break_test": null,
        "share": {"share": 0.27, "interval": [0.21, 0.34], "confidence": 0.95, "dispersion": 1.0},
        "no_test": no_test, "sentences": [format!("What is said of {actor}")],
    })
}

fn influence() -> Value {
    let mut army = member("army", 20, None);
    army["network"] = json!({
        "n_actors": 2, "out_strength": 9, "in_strength": 7, "strength_share": 0.4,
        "pagerank": 0.217, "pagerank_if_alike": 0.125, "acts": [], "network_acts": [],
        "pagerank_by_period": [],
    });
    army["trend"] = json!({"yearly_ratio": 0.91, "interval": [0.8, 1.03], "confidence": 0.95,
                           "p_value": 0.1, "q_value": 0.2});
    json!({
        "headline": NASTY, "dyad": "AAA → BBB", "unit": "month",
        "periods": crate::fixture::periods(), "n_uncovered": 1, "n_acts": 200, "n_attributed": 75,
        "n_unattributed": 125, "unattributed_share": 0.625, "acts": vec![8; 24],
        "attributed": (0..24).map(|month| if month == 4 { 0 } else { 3 }).collect::<Vec<u64>>(),
        "n_domestic": 40, "n_network": 31, "n_nodes": 8,
        "members": [army, member("ministry", 9, Some("too few acts for a test")),
                    member("leader", 0, Some("never named"))],
        "others": [{"name": NASTY, "sectors": ["press"], "n_acts": 4}], "n_others": 3,
        "n_acts_of_others": 6, "overlaps": [{"first": "army", "second": "ministry", "n_acts": 2}],
        "hypotheses": [
            hypothesis("h1", "supported", &json!([])), hypothesis("h2", "contradicted", &json!([])),
            hypothesis("h3", "cannot_tell", &json!(["spans"])),
        ],
        "n_tests": 2, "level": 0.05, "warnings": [NASTY], "not_shown": ["What goes on in private"],
        "coverage": [], "files": [], "credit": "Thanks to the coders", "sql": NASTY,
    })
}

/// One issue on a scale from 0 to 10 with its threshold at 7.5.
pub(crate) fn structure() -> StructureRecord {
    let coalitions: Vec<[&str; 2]> = vec![["leader", "army"]; 12];
    let power = |actor: &str, share: f64| json!({"actor": actor, "weight": share, "banzhaf": share, "shapley_shubik": share});
    serde_json::from_value(json!({
        "file": "actors.csv",
        "issues": [{
            "id": "course", "title": "The course", "low": 0.0, "high": 10.0, "low_label": NASTY,
            "high_label": "onward", "status_quo": 2.0, "threshold": 7.5,
            "threshold_label": "another policy", "meaning": NASTY,
        }],
        "actors": [
            actor("leader", &value(2.5, 2.0, 3.0, &[2.0, 3.0]), [true, false], 0.5),
            actor("army", &value(6.0, 3.0, 10.0, &[4.0, 8.0]), [false, true], 0.3),
            actor("ministry", &value(2.0, 0.0, 4.0, &[]), [false, false], 0.2),
        ],
        "codings": [coding("leader", "Ann", NASTY, 2), coding("leader", "Ben", "", 3)],
        "without_source": 1,
        "agreement": [
            {"of": "position", "issue": "course", "alpha": -0.12, "units": 3, "reason": null},
            {"of": "capability", "issue": null, "alpha": null, "units": 0, "reason": "no value has two"},
        ],
        "set": ["army.salience=80"], "draws": 107, "seed": 5, "coders": "whole_coder",
        "rule": "majority", "main_model": "challenge",
        "models": [formula(), main_model(), left_out()],
        "ensemble": [{
            "issue": "course", "by": "equal", "mean": 2.9, "quantiles": [1.3, 2.2, 2.85, 3.6, 5.5],
            "weights": [{"model": "challenge", "weight": 0.5, "error": null}],
            "share_at_or_above": 0.025,
        }],
        "coalitions": [{
            "issue": "course", "minimal_winning": coalitions,
            "power": [power("leader", 0.5), power("army", 0.3), power("ministry", 0.2)],
            "reason": null,
        }],
        "influence": influence(), "sentences": [NASTY, "A second sentence"], "cautions": [NASTY],
    }))
    .expect("the made-up structure is a record")
}
