//! A question put otherwise: the same answer as a dossier that says so itself, whatever was asked before.

use std::path::Path;
use std::sync::OnceLock;

use yalu_dossier::load::{Dossier, load_dossier};
use yalu_dossier::pipeline::{AssessOptions, assess};
use yalu_dossier::spec::Exposure;
use yalu_dossier::workbench::{Setting, Workbench};

/// The flagship with a part of its curve, few simulations and few draws.
fn smaller() -> Dossier {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/china-dprk");
    let mut dossier = load_dossier(&dir).unwrap_or_else(|faults| panic!("{faults}"));
    let spec = &mut dossier.spec;
    spec.question.as_of = vec!["2013-07-31".to_owned()];
    spec.curve.trimming.clear();
    spec.curve.pressure_lag.clear();
    spec.curve.family.clear();
    spec.curve.event_decay.clear();
    spec.model.bootstrap = 199;
    let structure = spec.structure.as_mut().unwrap();
    structure.draws = 100;
    structure.sensitivity_points = 0;
    dossier
}

fn bench() -> &'static Workbench {
    static BENCH: OnceLock<Workbench> = OnceLock::new();
    BENCH.get_or_init(|| Workbench::new(smaller(), AssessOptions::default()).unwrap())
}

fn setting(pairs: &[(&str, &str)]) -> Setting {
    Setting::from_pairs(pairs.iter().copied()).unwrap()
}

/// The workbench's answer, what was asked taken out of it.
fn answer(asked: &Setting) -> serde_json::Value {
    let mut one = bench().assess(asked, true).unwrap();
    one.setting = None;
    serde_json::to_value(one).unwrap()
}

fn direct(change: impl FnOnce(&mut Dossier)) -> serde_json::Value {
    let mut dossier = smaller();
    change(&mut dossier);
    let one = assess(&dossier, &AssessOptions::default())
        .unwrap()
        .remove(0);
    serde_json::to_value(one).unwrap()
}

#[test]
fn answers_are_those_of_a_dossier_that_says_so() {
    type Change = fn(&mut Dossier);
    let cases: [(&[(&str, &str)], Change); 7] = [
        (&[], |_| {}),
        (&[("level", "0.2")], |one| one.spec.verdict.level = 0.2),
        (&[("horizon", "48")], |one| {
            one.spec.verdict.horizon_months = 48;
        }),
        (&[("exposure", "world_total")], |one| {
            for indicator in &mut one.spec.indicators {
                if indicator.id != "policing" {
                    indicator.exposure = Some(Exposure::WorldTotal);
                }
            }
        }),
        (&[("codes", "influence:influence_broad")], |one| {
            let indicator = &mut one.spec.indicators[0];
            indicator.group = Some("influence_broad".to_owned());
            indicator.group_alternatives = vec!["influence".to_owned()];
        }),
        (&[("without", "CHN-JPN"), ("without", "IND-PAK")], |one| {
            let dyads = &mut one.spec.borders.as_mut().unwrap().dyads;
            dyads.retain(|[from, to]| !matches!((&**from, &**to), ("CHN", "JPN") | ("IND", "PAK")));
        }),
        // And again, now that the rest was asked.
        (&[], |_| {}),
    ];
    let mut seen = Vec::new();
    for (pairs, change) in cases {
        let answered = answer(&setting(pairs));
        // A dossier that counts other codes can't ask for its donors' sums of them: its comparison is
        // the one thing that a workbench answers where `assess` is refused.
        if pairs.first().is_none_or(|one| one.0 != "codes") {
            let direct = direct(change);
            for (key, held) in direct.as_object().unwrap() {
                // The sums that a dossier asks for depend on it; a workbench has those of its own.
                let differs = answered[key] != *held && (pairs.is_empty() || key != "data");
                assert!(!differs, "{pairs:?}: {key}");
            }
        }
        seen.push(answered);
    }
    assert_eq!(seen[0], seen[6]);
    for idx in 1..6 {
        assert_ne!(seen[0], seen[idx], "{idx}");
    }
    // The codes change the figures, and the comparison says why it can't be made.
    let influence = &seen[4]["indicators"][0];
    assert_ne!(influence["chart"], seen[0]["indicators"][0]["chart"]);
    assert_eq!(
        influence["curve"]["fits"].as_array().unwrap().len(),
        seen[0]["indicators"][0]["curve"]["fits"]
            .as_array()
            .unwrap()
            .len()
    );
    let comparison = seen[4]["borders"]["comparisons"][0]["headline"]
        .as_str()
        .unwrap();
    assert!(
        comparison.contains("don't count influence_broad."),
        "{comparison}"
    );
}

#[test]
fn an_answer_says_what_was_asked_otherwise() {
    let asked = setting(&[("level", "0.1"), ("set", "mfa.capability=80")]);
    let one = bench().assess(&asked, true).unwrap();
    let record = one.setting.unwrap();
    assert_eq!(record.query, "?level=0.1&set=mfa.capability%3D80");
    assert_eq!(one.structure.unwrap().set, ["mfa.capability=80"]);
    let own = bench().assess(
        &setting(&[("level", "0.05")]).canonical(bench().choices()),
        true,
    );
    assert_eq!(own.unwrap().setting, None);
}

#[test]
fn what_the_dossier_hasnt_got_is_refused_in_words() {
    let refused = |pairs: &[(&str, &str)]| {
        bench()
            .assess(&setting(pairs), true)
            .expect_err("the dossier hasn't got it")
            .to_string()
    };
    for (pairs, words) in [
        (
            [("codes", "influence:sanctions")],
            "`sanctions` is no codes: influence can count influence, influence_broad",
        ),
        (
            [("codes", "policing:influence")],
            "`policing` is no codes: codes can be chosen for influence",
        ),
        (
            [("exposure", "dyad_total")],
            "`dyad_total` is no exposure: this dossier offers source_total, world_total",
        ),
        (
            [("without", "CHN-JAP")],
            "`CHN-JAP` is no without: no such border; did you mean `CHN-JPN`?",
        ),
        (
            [("set", "mfb.capability=80")],
            "no such actor: `mfb`; did you mean `mfa`?",
        ),
    ] {
        assert_eq!(refused(&pairs), words);
    }
    let early = refused(&[("as_of", "1990-01-31")]);
    assert!(
        early.starts_with("as of 1990-01-31 there is no answer: "),
        "{early}"
    );
}

#[test]
fn the_verdict_is_told_at_other_dates_too() {
    let choices = bench().choices();
    let (first, last) = (choices.as_of[0], *choices.as_of.last().unwrap());
    // 36 months of data from January 2001 on are complete with December 2003; the first date comes after.
    assert_eq!(first.to_string(), "2004-01-31");
    assert!(last.to_string().as_str() >= "2013-12-31");
    let early = bench().point(first).unwrap();
    let own = bench().point("2013-07-31".parse().unwrap()).unwrap();
    assert_eq!(own.rung, yalu_dossier::assessment::Rung::NoShift);
    assert_eq!(own.indicators[0].at.as_deref(), Some("2010-05"));
    // Nothing later than the date is known: the break of 2010 isn't there in 2004.
    assert!(
        early
            .indicators
            .iter()
            .all(|one| one.at.as_deref() < Some("2004-02"))
    );
    let quick = bench()
        .assess(&setting(&[("as_of", "2011-06-30")]), false)
        .unwrap();
    assert_eq!(quick.verdict.curve, None);
    assert!(quick.verdict.confidence.reasons[0].contains("weren’t asked"));
}
