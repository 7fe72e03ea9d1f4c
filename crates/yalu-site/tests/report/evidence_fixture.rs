//! Made-up evidence: hypotheses, claims of each kind of citation, a talk that can be heard and one that
//! can't. Written as JSON, so that it is read as an assessment's file is.

use serde_json::{Value, json};
use yalu_dossier::eras::record::{EraFinding, StateEras};
use yalu_dossier::evidence::EvidenceRecord;

use crate::fixture::NASTY;

/// The recording of the talk that can be heard: its length in seconds, and where its level steps up.
pub(crate) const LENGTH_S: f64 = 60.0;
/// The file beside the page.
pub(crate) const PLAYER_FILE: &str = "talks/heard talk.wav";

/// Reads a record from its JSON.
macro_rules! read {
    ($value:expr) => {
        serde_json::from_value($value).expect("the fixture is a record")
    };
}

fn source(id: &str, url: &str, claims: &[&str]) -> Value {
    json!({
        "id": id, "short": format!("Writer of {id}"), "reference": format!("{id}. {NASTY}"),
        "url": url, "issued": "2012", "reliability": "B", "reliability_words": "usually reliable",
        "why": NASTY, "claims": claims, "csl": {"id": id, "type": "speech"},
    })
}

/// A citation of a source, with a moment of a talk where one is given.
fn cite(source: &str, moment: Option<(&str, f64, f64)>, more: &Value) -> Value {
    let mut cite = json!({
        "kind": "source", "words": format!("Writer of {source}, {NASTY}"), "source": source,
        "at": null, "quote": null, "quote_check": null, "grade": "B2", "disputes": false,
        "moment": moment.map(|(talk, start, end)| json!({"talk": talk, "start_s": start, "end_s": end})),
        "url": "javascript:alert(1)", "annotation": {"type": "Annotation", "body": NASTY},
        "rows": null, "indicator": null,
    });
    for (key, value) in more.as_object().expect("keys") {
        cite[key] = value.clone();
    }
    cite
}

fn claim(id: &str, cites: &Value) -> Value {
    json!({
        "id": id, "text": format!("Claim {id}. {NASTY}"), "happened": "2012-03",
        "happened_words": "March 2012", "actors": ["mfa", "nobody"], "issues": ["course"],
        "indicators": ["talk", "influence"], "relevance": "high", "note": NASTY, "grade": "B2",
        "weight": 0.64, "cites": cites, "line": 9,
    })
}

fn hypothesis(id: &str, rank: u32, score: f64) -> Value {
    json!({
        "id": id, "title": format!("Hypothesis {id}"), "text": NASTY, "rank": rank, "score": score,
        "unweighted": -1.0, "counts": [1, 0, 1, 1, 0, 0], "leads_unweighted": rank == 1,
        "leads_without_claim": 0.5, "leads_without_source": 0.75, "leads_mark_moved": 0.9,
    })
}

fn row(claim: &str, diagnosticity: Option<f64>, marks: &[Option<&str>]) -> Value {
    json!({
        "claim": claim, "diagnosticity": diagnosticity, "moves_ranking": true, "weight": 0.64,
        "marks": marks, "why": vec![NASTY; marks.len()],
    })
}

fn talk(id: &str, recording: &Value) -> Value {
    json!({
        "id": id, "title": format!("Talk {id}"), "date": "2012-03", "date_words": "March 2012",
        "place": NASTY, "event": NASTY, "source": "spoken", "held": "The institute", "note": NASTY,
        "duration_s": LENGTH_S,
        "speakers": [
            {"id": "ann", "name": "Ann One", "affiliation": NASTY},
            {"id": "bea", "name": "Bea Two", "affiliation": null},
        ],
        "cues": [
            {"start_s": 0.0, "end_s": 14.75, "at": "0:00", "approximate": false, "speaker": "ann", "title": "The opening"},
            {"start_s": 14.75, "end_s": 40.0, "at": "0:14", "approximate": true, "speaker": "bea", "title": format!("The border {NASTY}")},
            {"start_s": 40.0, "end_s": null, "at": "0:40", "approximate": false, "speaker": null, "title": "Questions"},
        ],
        "recording": recording,
        "transcript": [
            {"start_s": 0.0, "end_s": 10.0, "speaker": "ann", "text": "We begin with the river and the bridge."},
            {"start_s": 14.75, "end_s": 30.0, "speaker": "bea", "text": format!("The river is a border. {NASTY}")},
            {"start_s": 30.0, "end_s": 39.0, "speaker": "bea", "text": "Rivers freeze."},
        ],
        "claims": ["heard"], "file": format!("talks/{id}.toml"),
    })
}

fn recording() -> Value {
    json!({
        "file": "talks/heard.wav", "at_hand": true, "player_file": PLAYER_FILE,
        "media_type": "audio/wav", "sha256": "ef".repeat(32), "format": "PCM, 8 kHz, mono",
        "integrated_lufs": -28.5, "range_lu": 9.0, "true_peak_dbtp": -6.0, "target_lufs": -19.0,
        "gain_db": 9.5, "short_of_target_lu": 4.5,
        "curve": [
            {"t_s": 0.0, "gain_db": 0.0}, {"t_s": 20.0, "gain_db": 0.0}, {"t_s": 30.0, "gain_db": 12.0},
            {"t_s": 60.0, "gain_db": 12.0},
        ],
        "levelling": NASTY,
        "waveform": (0..200).map(|idx| if idx < 80 { [-100, 100] } else { [-25, 25] }).collect::<Vec<[i8; 2]>>(),
        "faults": [NASTY],
    })
}

/// Hypotheses, claims, sources and talks.
pub(crate) fn evidence() -> EvidenceRecord {
    let rows = json!({
        "kind": "rows", "source": null, "annotation": null,
        "rows": {"file": "acts.csv", "first": 4, "last": 90, "header": ["Month", "#Acts"], "rows": [["2012-01", "3"], [NASTY, "4"]]},
    });
    let quoted = json!({
        "quote": NASTY, "quote_check": "orphaned", "disputes": true,
        "url": "https://example.org/a?b=1&c=2",
    });
    let finding =
        json!({"kind": "finding", "source": null, "indicator": "talk", "annotation": null});
    read!(json!({
        "library": "sources.json", "claims_file": "claims.toml",
        "sources": [
            source("spoken", "https://example.org/talk", &["heard"]),
            source("written", "javascript:alert(1)", &["heard", "later"]),
        ],
        "claims": [
            claim("heard", &json!([
                cite("spoken", Some(("heard", 14.75, 40.0)), &json!({})),
                cite("spoken", Some(("unheard", 14.75, 40.0)), &json!({})),
                cite("written", None, &quoted),
            ])),
            claim("rows", &json!([cite("", None, &rows), cite("", None, &finding)])),
        ],
        "left_out": [{"claim": "later", "why": NASTY}],
        "matrix": {
            "hypotheses": [hypothesis("one", 2, -1.25), hypothesis("two", 1, 0.0), hypothesis("three", 2, -1.25)],
            "rows": [
                row("rows", None, &[None, Some("N"), Some("NA")]),
                row("heard", Some(0.375), &[Some("II"), Some("CC"), Some("I")]),
            ],
            "leaders": ["two"],
            "turning": (0..9).map(|idx| json!({"change": "without_claim", "what": "heard", "words": format!("way {idx} {NASTY}"), "leaders": ["one", "two"]})).collect::<Vec<Value>>(),
            "n_tried": [2, 2, 12],
            "inseparable": [{"pair": ["one", "three"], "words": NASTY}],
            "n_unmarked": 1,
        },
        "talks": [talk("heard", &recording()), talk("unheard", &Value::Null)],
        "sentences": ["2 claims were known by the as-of date."],
        "cautions": [NASTY],
    }))
}

/// A matrix as large as one page must hold: thirty claims and five hypotheses.
pub(crate) fn large_evidence() -> EvidenceRecord {
    let mut record = evidence();
    let first = record.claims[0].clone();
    record.claims = (0..30)
        .map(|idx| {
            let mut claim = first.clone();
            claim.id = format!("claim-of-some-length-{idx}");
            "A claim as long as claims are: that a ministry of the source said in public what another of its bodies denied, and went on as before.".clone_into(&mut claim.text);
            claim
        })
        .collect();
    let mut matrix = record.matrix.take().expect("it has one");
    matrix.hypotheses = (0..5)
        .map(|idx| {
            read!(hypothesis(
                &format!("with a long name {idx}"),
                idx + 1,
                -f64::from(idx)
            ))
        })
        .collect();
    let marks = [Some("II"), Some("CC"), Some("I"), Some("N"), Some("NA")];
    matrix.rows = record
        .claims
        .iter()
        .map(|claim| read!(row(&claim.id, Some(0.5), &marks)))
        .collect();
    matrix.leaders = vec![matrix.hypotheses[0].id.clone()];
    matrix.turning.clear();
    matrix.inseparable.clear();
    record.matrix = Some(matrix);
    record
}

fn eras_of(state: &str, name: &str, first: &str, then: &str, change: [&str; 2]) -> StateEras {
    read!(json!({
        "state": state, "name": name,
        "eras": [
            {"leader": first, "from": "2000-01-01", "to": change[0], "also": [], "why": NASTY},
            {"leader": then, "from": change[1], "to": null, "also": ["2012-06-01"], "why": null},
        ],
    }))
}

/// Leaders of the source, the target and a third state.
pub(crate) fn eras() -> Vec<StateEras> {
    vec![
        eras_of("CCC", NASTY, NASTY, "Third", ["2011-12-31", "2012-01-01"]),
        eras_of(
            "BBB",
            "Beland",
            "Elder Of Be",
            "Younger",
            ["2011-06-30", "2011-07-01"],
        ),
        eras_of(
            "AAA",
            "Aland",
            NASTY,
            "Second Leader",
            ["2012-03-14", "2012-03-15"],
        ),
    ]
}

/// An indicator by leader.
pub(crate) fn era_finding() -> EraFinding {
    let level = |leader: &str, first: &str, last: &str, level: Option<f64>| {
        json!({
            "state": "AAA", "leader": leader, "first": first, "last": last, "n_periods": 12,
            "count": 321.0, "observed": 4.5, "level": level, "level_interval": level.map(|one| [one / 2.0, one * 2.0]),
        })
    };
    let boundary = |step: Value, untested: Value| {
        json!({
            "leader": NASTY, "date": "2012-03-15", "at": "2012-04", "step": step, "untested": untested,
            "in_interval": true,
            "also": [{"date": "2012-06-01", "at": "2012-06", "effect": 1.75, "p_value": 0.125}],
        })
    };
    let step =
        json!({"effect": 2.25, "effect_interval": [1.5, 3.5], "p_value": 0.043, "q_value": 0.086});
    read!(json!({
        "levels": [level(NASTY, "2011-01", "2012-03", Some(3.25)), level("Second Leader", "2012-04", "2012-12", None)],
        "alternatives": [{
            "state": "AAA", "name": "Aland",
            "boundaries": [boundary(step, Value::Null), boundary(Value::Null, json!(NASTY))],
            "bic": 770.5, "beyond": {"at": "2012-01", "p_value": 0.0375}, "answer": "free_date",
            "sentence": NASTY,
        }],
        "bic_without_break": 772.25, "bic_free": 749.75, "free_at": ["2012-01"],
    }))
}
