use proptest::prelude::*;

use super::*;
use crate::loudness::Audibility;

/// Speech-like seconds about a level: a fixed pattern within 2 LU either way, with a pause in ten.
fn speech(level: f64, n: usize) -> Vec<Second> {
    const SWAY: [f64; 7] = [0.0, 1.5, -2.0, 0.5, 2.0, -1.0, -0.5];
    (0..n)
        .map(|i| Second {
            lufs: (i % 10 != 9).then_some(level + SWAY[i % 7]),
            peak: 10_f64.powf((level + 14.0) / 20.0),
        })
        .collect()
}

fn loudness(seconds: Vec<Second>) -> Loudness {
    let levels: Vec<f64> = seconds.iter().filter_map(|second| second.lufs).collect();
    let peak = seconds.iter().map(|second| second.peak).fold(0.0, f64::max);
    Loudness {
        audibility: Audibility::Measured,
        integrated_lufs: parts::gated_mean(&levels),
        range_lu: None,
        momentary_max_lufs: None,
        short_term_max_lufs: None,
        true_peak_dbtp: crate::loudness::decibels(peak),
        true_peak_at_seconds: None,
        sample_peak_dbfs: None,
        short_term_lufs: Vec::new(),
        seconds,
    }
}

fn levelled(seconds: Vec<Second>, boundaries: &[f64]) -> Levelling {
    let loudness = loudness(seconds);
    let levelling = level(
        &loudness,
        boundaries,
        Target::default(),
        LevelOptions::default(),
    );
    levelling.unwrap().unwrap()
}

#[test]
fn a_part_that_is_much_louder_is_found_to_the_second_and_levelled() {
    let levelling = levelled([speech(-14.0, 63), speech(-26.0, 200)].concat(), &[]);
    assert!(levelling.needed);
    assert_eq!(levelling.parts.len(), 2);
    let [first, second] = [levelling.parts[0], levelling.parts[1]];
    assert!((61.0..=65.0).contains(&first.end_seconds), "{first:?}");
    assert!(
        (second.shift_db - first.shift_db - 12.0).abs() < 0.5,
        "{first:?} {second:?}"
    );
    assert!(!levelling.gain.limited_by_peak);
    assert!((levelling.gain.integrated_after_lufs + 16.0).abs() < 0.01);
}

#[test]
fn parts_that_differ_by_little_are_left_alone() {
    let levelling = levelled([speech(-20.0, 100), speech(-22.5, 100)].concat(), &[100.0]);
    assert!(!levelling.needed);
    assert!(levelling.curve.points.is_empty());
    assert_eq!(levelling.parts.len(), 1);
    assert!(levelling.parts[0].shift_db.abs() < 1e-9);
}

#[test]
fn a_loud_word_is_no_part() {
    let seconds = [speech(-22.0, 60), speech(-10.0, 3), speech(-22.0, 60)].concat();
    assert!(!levelled(seconds, &[]).needed);
}

#[test]
fn a_boundary_that_is_given_is_used_where_the_level_differs() {
    let seconds = [speech(-18.0, 50), speech(-24.0, 50), speech(-18.0, 50)].concat();
    let levelling = levelled(seconds, &[50.0, 75.0, 100.0]);
    let ends: Vec<f64> = levelling
        .parts
        .iter()
        .map(|part| part.end_seconds)
        .collect();
    assert_eq!(ends, [50.0, 100.0, 150.0]);
}

#[test]
fn a_long_pause_is_not_raised() {
    let silence = Second {
        lufs: Some(-60.0),
        peak: 0.001,
    };
    let seconds = [
        speech(-14.0, 100),
        speech(-26.0, 60),
        vec![silence; 30],
        speech(-26.0, 60),
    ];
    let levelling = levelled(seconds.concat(), &[]);
    assert!(levelling.needed);
    let least = levelling
        .parts
        .iter()
        .map(|part| part.shift_db)
        .fold(0.0, f64::min);
    assert!(least < 0.0);
    assert!((levelling.curve.at(175.0) - least).abs() < 0.02);
    let raised = levelling.curve.at(130.0);
    assert!(raised > 0.0);
    // The last word before it and the first after it keep the level of their part.
    assert_eq!(
        (levelling.curve.at(159.0), levelling.curve.at(190.0)),
        (raised, raised)
    );
}

#[test]
fn a_recording_of_two_days_is_levelled_in_coarser_bins() {
    let seconds = [speech(-14.0, 86_400), speech(-26.0, 86_400)].concat();
    let levelling = levelled(seconds, &[]);
    assert_eq!(levelling.parts.len(), 2);
    assert!(
        (levelling.parts[0].end_seconds - 86_400.0).abs() < 40.0,
        "{:?}",
        levelling.parts
    );
}

#[test]
fn what_is_silent_is_not_levelled() {
    let silent = Loudness {
        audibility: Audibility::Silent,
        integrated_lufs: None,
        ..loudness(speech(-20.0, 10))
    };
    let levelling = level(&silent, &[], Target::default(), LevelOptions::default());
    assert_eq!(levelling, Ok(None));
}

#[test]
fn an_option_or_a_boundary_that_cannot_be_is_a_named_fault() {
    let talk = loudness(speech(-20.0, 100));
    let options = LevelOptions {
        most_db: f64::NAN,
        ..LevelOptions::default()
    };
    let error = level(&talk, &[], Target::default(), options).unwrap_err();
    assert!(matches!(
        error,
        LevelError::Option {
            option: "most_db",
            ..
        }
    ));
    let error = level(&talk, &[101.0], Target::default(), LevelOptions::default()).unwrap_err();
    assert_eq!(
        error,
        LevelError::Boundary {
            seconds: 101.0,
            duration_seconds: 100.0
        }
    );
}

#[test]
fn a_curve_that_was_tampered_with_is_refused() {
    let curve = |points: &[(f64, f64)]| GainCurve {
        points: points
            .iter()
            .map(|&(seconds, db)| CurvePoint { seconds, db })
            .collect(),
    };
    assert_eq!(curve(&[(0.0, 1.0), (2.0, 3.0)]).check(), Ok(()));
    assert!(curve(&[(0.0, f64::NAN)]).check().is_err());
    assert!(curve(&[(1.0, 0.0), (1.0, 2.0)]).check().is_err());
    assert!((curve(&[(0.0, 1.0), (2.0, 3.0)]).at(1.0) - 2.0).abs() < 1e-9);
    assert!(curve(&[]).at(1.0).abs() < 1e-9);
}

proptest! {
    /// Whatever is wanted, the curve stays below it and within its slope.
    #[test]
    fn a_curve_is_never_above_what_is_wanted_nor_too_steep(
        wanted in prop::collection::vec(-12.0_f64..12.0, 1..60),
        slope in 0.5_f64..12.0,
    ) {
        let curve = curve::through(&wanted, slope);
        for (i, &most) in wanted.iter().enumerate() {
            for tenth in 0..=10 {
                let at = i as f64 + f64::from(tenth) / 10.0;
                prop_assert!(curve.at(at) <= most + 0.011);
                prop_assert!((curve.at(at + 0.1) - curve.at(at)).abs() <= slope * 0.1 + 0.011);
            }
        }
    }

    /// A gain on the whole recording moves no part.
    #[test]
    fn parts_do_not_depend_on_the_level_of_the_whole(shift in -10.0_f64..10.0) {
        let talk = [speech(-20.0, 70), speech(-28.0, 90), speech(-20.0, 60)].concat();
        let moved = talk.iter().map(|second| Second {
            lufs: second.lufs.map(|lufs| lufs + shift),
            peak: second.peak * 10_f64.powf(shift / 20.0),
        });
        let (here, there) = (levelled(talk.clone(), &[]), levelled(moved.collect(), &[]));
        let ends = |one: &Levelling| -> Vec<f64> { one.parts.iter().map(|part| part.end_seconds).collect() };
        prop_assert_eq!(ends(&here), ends(&there));
    }
}
