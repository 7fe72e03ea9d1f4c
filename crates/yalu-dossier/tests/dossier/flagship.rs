//! The dossier that ships: what it must show, that its sentences say what its numbers say, and that
//! its JSON is what the schema promises.

use std::path::Path;
use std::sync::OnceLock;

use yalu_dossier::assessment::{Assessment, IndicatorFinding, Rung};
use yalu_dossier::load::load_dossier;
use yalu_dossier::pipeline::{AssessOptions, assess};
use yalu_dossier::reasons::survives;
use yalu_dossier::schema::{assessment_schema, dossier_schema};
use yalu_dossier::words::word;

/// As of 31 July and 31 December 2013.
fn flagship() -> &'static [Assessment] {
    static ALL: OnceLock<Vec<Assessment>> = OnceLock::new();
    ALL.get_or_init(|| {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/china-dprk");
        let dossier = load_dossier(&dir).unwrap_or_else(|faults| panic!("{faults}"));
        assess(&dossier, &AssessOptions::default()).unwrap()
    })
}

fn indicator<'a>(assessment: &'a Assessment, id: &str) -> &'a IndicatorFinding {
    assessment
        .indicators
        .iter()
        .find(|one| one.id == id)
        .unwrap()
}

#[test]
fn it_answers_as_of_both_dates() {
    let all = flagship();
    let dates: Vec<&str> = all.iter().map(|one| one.as_of.as_str()).collect();
    assert_eq!(dates, ["2013-07-31", "2013-12-31"]);
    for one in all {
        // The weaker of the two required indicators decides: sanctions, few as they are, show none.
        assert_eq!(one.verdict.rung, Rung::NoShift);
        let influence = indicator(one, "influence");
        let shift = influence.shift.as_ref().unwrap();
        assert_eq!(
            (influence.rung, shift.at.as_str()),
            (Some(Rung::Lasting), "2010-05")
        );
        assert!(shift.effect_interval[0] > 1.5 && shift.effect_interval[1] < 8.0);
        assert_eq!(indicator(one, "sanctions").rung, Some(Rung::NoShift));
        assert_eq!(indicator(one, "policing").rung, None);
        assert_eq!(one.data.periods[0], "2001-01");
        assert_eq!(one.data.periods[1], &one.as_of[..7]);
        assert!(one.events.iter().all(|event| event.date <= one.as_of));
    }
}

#[test]
fn break_tests_and_likelihoods_are_the_peers() {
    // R 4.2.2, MASS::glm.nb and lm.fit on the series built outside Yalu from the raw files:
    // crates/yalu-stats/tests/reference/china_dprk.rs says how.
    for (date, id, alone, response, none, one) in [
        (
            0,
            "influence",
            15.185_736,
            25.838_940,
            799.080_030,
            765.920_129,
        ),
        (
            1,
            "influence",
            9.780_275,
            30.076_290,
            827.623_824,
            791.221_924,
        ),
        (
            0,
            "sanctions",
            17.558_825,
            13.914_102,
            363.523_180,
            346.184_788,
        ),
        (
            1,
            "sanctions",
            13.305_589,
            11.268_267,
            371.462_149,
            356.180_165,
        ),
    ] {
        let found = indicator(&flagship()[date], id);
        for (got, peer) in [
            (found.test_alone.as_ref().unwrap().statistic, alone),
            (
                found.test_with_response.as_ref().unwrap().statistic,
                response,
            ),
            (found.dating[0].deviance, none),
            (found.dating[1].deviance, one),
        ] {
            assert!(
                (got / peer - 1.0_f64).abs() < 1e-7,
                "{id} {date}: {got}, peer {peer}"
            );
        }
    }
}

/// The share of an indicator's specifications with or without a pressure series in which a break
/// survives, in whole percent.
fn share(found: &IndicatorFinding, pressure: &str, present: bool) -> String {
    let curve = found.curve.as_ref().unwrap();
    let of: Vec<bool> = curve
        .fits
        .iter()
        .filter(|fit| fit.pressure.iter().any(|one| one == pressure) == present)
        .map(|fit| survives(fit.rung))
        .collect();
    let n = of.iter().filter(|one| **one).count();
    let percent = n as f64 / of.len() as f64 * 100.0;
    if percent > 0.0 && percent < 0.5 {
        return "<1 %".to_owned();
    }
    format!("{percent:.0} %")
}

#[test]
fn that_united_states_pressure_changes_the_answer_is_said_plainly() {
    for one in flagship() {
        let influence = indicator(one, "influence");
        let (with, without) = (
            share(influence, "us-prk", true),
            share(influence, "us-prk", false),
        );
        let sentence = one
            .verdict
            .reasons
            .iter()
            .find(|text| text.starts_with("Whether \u{201c}Pressure of the United States on North Korea\u{201d} is in the model changes the answer for Willingness to exert influence"))
            .unwrap_or_else(|| panic!("{:#?}", one.verdict.reasons));
        assert!(
            sentence.contains(&format!("{with} of the specifications with it"))
                && sentence.contains(&format!("{without} of those without")),
            "{sentence}: {with}, {without}"
        );
        assert!(
            one.verdict
                .confidence
                .reasons
                .iter()
                .any(|text| text.contains("the choice of outside pressure changes the answer"))
        );
    }
}

#[test]
fn the_curve_has_hundreds_of_fits_and_its_shares_add_up() {
    for one in flagship() {
        let mut n = 0;
        for found in one.indicators.iter().filter(|found| found.rung.is_some()) {
            let curve = found.curve.as_ref().unwrap();
            n += curve.fits.len();
            let counted: u32 = curve.rungs.iter().map(|share| share.n).sum();
            assert_eq!(counted as usize, curve.fits.len());
            let same = curve
                .fits
                .iter()
                .filter(|fit| Some(fit.rung) == found.rung)
                .count();
            assert!((curve.agreement - same as f64 / curve.fits.len() as f64).abs() < 1e-12);
            assert_eq!(curve.fits.iter().filter(|fit| fit.main).count(), 1);
            let mean: f64 =
                curve.fits.iter().map(|fit| fit.probability).sum::<f64>() / curve.fits.len() as f64;
            let probability = found.probability.as_ref().unwrap();
            assert!((probability.value.unwrap() - mean).abs() < 1e-12);
        }
        assert!(n >= 700, "{n} fits");
    }
}

#[test]
fn sentences_say_what_the_numbers_say() {
    for one in flagship() {
        for found in one.indicators.iter().filter(|found| found.rung.is_some()) {
            let text = found.reasons.join("\n");
            for test in [&found.test_alone, &found.test_with_response]
                .into_iter()
                .flatten()
            {
                let q = test.q_value.unwrap();
                let verb = if q <= 0.05 {
                    "a break is found"
                } else {
                    "no break survives the test"
                };
                let expected = format!("With {} in the model {verb}: largest F ", test.model);
                let line = found
                    .reasons
                    .iter()
                    .find(|line| line.starts_with(&expected));
                let line = line.unwrap_or_else(|| panic!("{expected} in {text}"));
                assert!(
                    line.contains(&format!("(p {:.3}, {q:.3} after", test.p_value)),
                    "{line}"
                );
                assert!(test.q_value >= Some(test.p_value));
            }
            if survives(found.rung.unwrap()) {
                let shift = found.shift.as_ref().unwrap();
                assert!(
                    text.contains(&format!("The level changes by ×{:.2}", shift.effect)),
                    "{text}"
                );
                assert!(text.contains(&format!(
                    "{} complete months have passed",
                    shift.n_periods_since
                )));
            } else {
                assert!(!text.contains("The level changes by"), "{text}");
            }
            let curve = found.curve.as_ref().unwrap();
            assert!(text.contains(&format!(
                "{:.0} % of {} specifications reach the same rung",
                curve.agreement * 100.0,
                curve.fits.len()
            )));
        }
        let verdict = &one.verdict;
        let probability = &verdict.probability;
        assert_eq!(
            probability.word.as_deref(),
            Some(word(probability.value.unwrap(), probability.yardstick))
        );
        // A verdict of no shift beside a probability above even chance, or the reverse, is explained.
        let value = probability.value.unwrap();
        let explained = verdict
            .reasons
            .iter()
            .any(|text| text.starts_with("The probability ("));
        assert_eq!(explained, survives(verdict.rung) == (value < 0.5));
        // Nothing is found, and the test is nearly blind: confidence says so.
        assert!(
            verdict
                .confidence
                .reasons
                .iter()
                .any(|text| text.contains("would be missed unless")),
            "{:?}",
            verdict.confidence
        );
    }
}

#[test]
fn corrected_p_values_are_benjamini_and_hochbergs() {
    for one in flagship() {
        let tests: Vec<_> = one
            .indicators
            .iter()
            .filter_map(|found| found.test_with_response.as_ref())
            .collect();
        assert_eq!(tests.len(), 2);
        let (low, high) = if tests[0].p_value <= tests[1].p_value {
            (tests[0], tests[1])
        } else {
            (tests[1], tests[0])
        };
        assert_eq!(high.q_value, Some(high.p_value));
        assert_eq!(low.q_value, Some((2.0 * low.p_value).min(high.p_value)));
        for test in tests {
            // Never 0: the data's own statistic counts among the simulated ones, of which there are at
            // most as many as replications.
            let least = 1.0 / f64::from(1 + test.n_bootstrap);
            assert!((least..=1.0).contains(&test.p_value), "{}", test.p_value);
        }
    }
}

#[test]
fn the_assessment_is_what_its_schema_promises() {
    let schema = assessment_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for one in flagship() {
        let value = serde_json::to_value(one).unwrap();
        let faults: Vec<String> = validator
            .iter_errors(&value)
            .map(|fault| format!("{fault} at {}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{faults:#?}");
        let back: Assessment = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(&back, one);
        // The schema isn't one that takes everything.
        let mut broken = value;
        broken["verdict"]["rung"] = "certain".into();
        assert!(!validator.is_valid(&broken));
    }
    let dossier = jsonschema::validator_for(&dossier_schema()).unwrap();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/china-dprk");
    let spec = load_dossier(&dir).unwrap().spec;
    assert!(dossier.is_valid(&serde_json::to_value(spec).unwrap()));
}
