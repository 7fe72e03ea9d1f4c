//! The same bytes on every run, whatever the number of threads.

use std::path::Path;

use yalu_dossier::load::load_dossier;
use yalu_dossier::pipeline::{AssessOptions, assess};

#[test]
fn one_thread_or_two_or_again_the_bytes_are_the_same() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/china-dprk");
    let mut dossier = load_dossier(&dir).unwrap();
    // A part of the flagship's curve: 2 families, 4 sets of pressure, 2 decays, 2 groups.
    dossier.spec.curve.trimming.clear();
    dossier.spec.curve.pressure_lag.clear();
    dossier.spec.curve.exposure.clear();
    dossier.spec.curve.event_decay = vec![0.3];
    dossier.spec.model.bootstrap = 199;
    let with = |threads: usize| {
        let options = AssessOptions {
            as_of: vec!["2013-07-31".parse().unwrap()],
            threads: Some(threads),
            ..AssessOptions::default()
        };
        serde_json::to_string(&assess(&dossier, &options).unwrap()).unwrap()
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(1));
    // Another seed gives other draws, so the comparison isn't of constants.
    let mut other = dossier.clone();
    other.spec.model.seed += 1;
    let options = AssessOptions {
        as_of: vec!["2013-07-31".parse().unwrap()],
        ..AssessOptions::default()
    };
    let other = serde_json::to_string(&assess(&other, &options).unwrap()).unwrap();
    assert_ne!(one, other);
}
