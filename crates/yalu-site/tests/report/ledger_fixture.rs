//! A made-up ledger: two projects, promises that became tangible, stalled or were given up.

use serde_json::{Value, json};
use yalu_dossier::ledger::LedgerRecord;

use crate::fixture::NASTY;

fn count(lines: &[usize]) -> Value {
    json!({"n": lines.len(), "lines": lines})
}

fn era(place: usize) -> Value {
    let leader = ["Elder Of Be", "Younger"][place];
    json!({"kind": "era", "place": place, "leader": leader})
}

fn tally(promises: &[usize], tangible: &[usize]) -> Value {
    let share = tangible.len() as f64 / promises.len().max(1) as f64;
    json!({
        "promises": count(promises), "tangible": count(tangible),
        "share_tangible": (!promises.is_empty()).then(|| json!({"value": share, "lower": share * 0.5, "upper": 0.9375})),
        "furthest": (!tangible.is_empty()).then(|| json!({"stage": "trading", "lines": [4]})),
        "states": [{"state": "trading", "promises": count(tangible)}, {"state": "stalled", "promises": count(&[5])}],
        "pledged": [{"unit": NASTY, "sum": 1234.5, "lines": [2]}], "spent": [],
        "reannouncements": count(&[]),
    })
}

fn entry(line: usize, kind: &str, promise: Option<&str>, what: &str, days: [&str; 2]) -> Value {
    json!({
        "line": line, "project": if line < 5 { "bridge" } else { "zone" }, "kind": kind,
        "promise": promise, "what": what, "date": days[0], "date_words": format!("about {}", days[0]),
        "earliest": days[0], "latest": days[1], "by": ["AAA"],
        "amount": (line == 2).then(|| json!({"value": 1234.5, "unit": NASTY})),
        "source": "written", "source_words": "Writer of written", "at": "p. 3", "note": NASTY,
    })
}

fn step(line: usize, stage: &str, date: &str) -> Value {
    json!({
        "line": line, "stage": stage, "date": date, "date_words": date, "era": era(1),
        "second_era": null, "source": "written", "at": "", "note": NASTY,
    })
}

fn promise(id: &str, project: &str, line: usize, steps: &Value, state: &str) -> Value {
    json!({
        "id": id, "project": project, "line": line, "form": "announced", "date": "2011-02-01",
        "date_words": "1 February 2011", "by": ["AAA"], "era": era(0), "second_era": null,
        "steps": steps, "current": {"state": state, "since": "2012-01", "since_words": "January 2012", "line": line + 1},
        "furthest": null, "ending": "waiting", "wait": {"min": 1, "mid": 2, "max": 3}, "wait_lines": [],
        "obstacles": [{"line": 7, "obstacle": "flood", "whole_project": false, "date": "2012-02"}],
        "source": "written", "at": "", "note": NASTY,
    })
}

fn waits(n: usize, promises: &[usize]) -> Value {
    let points = json!([
        {"days": 365.25, "at_risk": n, "reached": 1, "left": 0, "waiting": 0.625, "lower": 0.25, "upper": 0.875},
        {"days": 548.0, "at_risk": n - 1, "reached": 0, "left": 1, "waiting": 0.625, "lower": null, "upper": null},
    ]);
    json!({
        "promises": count(promises), "reached": count(&[4]), "abandoned": count(&[]), "without_middle": count(&[]),
        "curve": {"n": n, "reached": 1, "median": {"days": 730.5, "lower": 365.25, "upper": null}, "points": points},
        "shortest": null, "longest": null,
        "within_bounds": {"regions": [], "median_low": 365.25, "median_high": null, "unique": true},
        "incidence": [],
    })
}

/// The ledger.
pub(crate) fn ledger() -> LedgerRecord {
    let tested = json!({
        "outcome": "tested",
        "groups": [{"era": era(0), "n": 2, "reached": 1, "expected": 0.75}, {"era": era(1), "n": 2, "reached": 1, "expected": 1.25}],
        "chi_square": 1.375, "degrees_of_freedom": 1, "p_value": 0.241, "permutation_p_value": 0.333,
        "allocations": 6, "exact": true, "monte_carlo_error": 0.0, "left_out": [],
    });
    let by_era = json!([{"era": era(0), "waits": waits(2, &[2, 5])}, {"era": era(1), "waits": waits(3, &[2, 5])}]);
    let summary = json!({
        "as_of": "2012-12-31", "home": "BBB", "second": null, "threshold": "ground_broken", "confidence": 0.95,
        "overall": tally(&[2, 5], &[2]),
        "projects": [
            {"project": "bridge", "title": NASTY, "kind": "link", "tally": tally(&[2], &[2]), "current": {"state": "trading", "since": "2012-05", "since_words": "May 2012", "line": 4}},
            {"project": "zone", "title": "The zone", "kind": "zone", "tally": tally(&[5], &[]), "current": null},
        ],
        "eras": [{"era": era(0), "tally": tally(&[2, 5], &[2])}, {"era": {"kind": "before_first"}, "tally": tally(&[], &[])}],
        "project_eras": [{"project": "bridge", "era": era(0), "tally": tally(&[2], &[2])}],
        "promises": [
            promise("b1", "bridge", 2, &json!([step(3, "ground_broken", "2011-09"), step(4, "trading", "2012-05")]), "trading"),
            promise("z1", "zone", 5, &json!([step(6, "stalled", "2012-01")]), "stalled"),
        ],
        "obstacles": [{"obstacle": "flood", "title": NASTY, "entries": count(&[7]), "promises": ["z1"], "stalled": ["z1"], "abandoned": []}],
        "durations": [{
            "threshold": "ground_broken", "overall": waits(4, &[2, 5]), "by_era": by_era,
            "comparison": tested, "straddling": count(&[]),
        }],
        "era_sensitivity": [{
            "leader": "Younger", "from": "2012-06-01", "moved": count(&[5]),
            "eras": [{"era": era(0), "promises": count(&[2, 5]), "tangible": count(&[2]), "share_tangible": null}],
            "comparison": {"outcome": "not_tested", "reason": "too_few_promises", "words": "Too few."},
        }],
        "not_surely_by_then": [{"line": 8, "project": "zone", "reason": "may_have_happened_later", "words": "2012/2013"}],
        "later_lines": [9, 10],
    });
    serde_json::from_value(json!({
        "file": "ledger.csv", "state_name": "Beland", "second_name": null,
        "sentences": [NASTY], "cautions": [NASTY],
        "projects": [
            {"id": "bridge", "title": NASTY, "place": "the river", "kind": "link", "meaning": NASTY},
            {"id": "zone", "title": "The zone", "place": "the bank", "kind": "zone", "meaning": NASTY},
        ],
        "entries": [
            entry(2, "promise", Some("b1"), "announced", ["2011-02-01", "2011-02-01"]),
            entry(3, "step", Some("b1"), "ground broken", ["2011-09-01", "2011-09-30"]),
            entry(4, "step", Some("b1"), "trading", ["2012-05-01", "2012-05-31"]),
            entry(5, "promise", Some("z1"), "law or decree", ["2011-02-01", "2011-04-30"]),
            entry(6, "step", Some("z1"), "stalled", ["2012-01-01", "2012-01-31"]),
            entry(7, "obstacle", None, NASTY, ["2012-02-01", "2012-02-29"]),
        ],
        "summary": summary,
    }))
    .expect("the fixture is a record")
}
