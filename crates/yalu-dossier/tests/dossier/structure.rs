//! Actors files read, councils made of them, and what models say of those.

use std::path::Path;

use proptest::prelude::*;
use yalu_dossier::pipeline::simulate;
use yalu_dossier::structure::ktab::write_csv;
use yalu_dossier::structure::record::{AgreementOf, StructureRecord};
use yalu_dossier::structure::{
    CoderDraw, Codings, EnsembleKey, ModelKey, Structure, StructureInput, StructureIssue,
    apply_set, assemble, issues_from_positions, parse_actors, read_actors,
};
use yalu_testing::shared_reference;

const HEADER: &str = "actor,issue,position,salience,capability,coder,source,note\n";

fn issue(id: &str) -> StructureIssue {
    StructureIssue {
        id: id.to_owned(),
        title: id.to_owned(),
        low: 0.0,
        high: 100.0,
        low_label: "none".to_owned(),
        high_label: "all".to_owned(),
        status_quo: Some(20.0),
        threshold: Some(50.0),
        threshold_label: None,
        meaning: String::new(),
    }
}

fn structure(issues: &[&str]) -> Structure {
    let mut structure =
        Structure::of_file("actors.csv", issues.iter().map(|id| issue(id)).collect());
    structure.draws = 300;
    structure.sensitivity_points = 16;
    structure
}

fn codings(rows: &str) -> Codings {
    parse_actors(Path::new("actors.csv"), &format!("{HEADER}{rows}")).unwrap()
}

fn simulated(structure: &Structure, codings: &Codings, threads: usize) -> StructureRecord {
    let panel = assemble(structure, codings).unwrap();
    let input = StructureInput {
        structure,
        codings,
        panel: &panel,
        set: &[],
        seed: 7,
        at_once: false,
    };
    simulate(&input, Some(threads)).unwrap()
}

fn central(record: &StructureRecord, model: ModelKey) -> f64 {
    let model = record.models.iter().find(|one| one.model == model).unwrap();
    model.outcomes[0].central
}

const FIVE: &str = "\
a,x,10..20..30,80,40,,talk,
b,x,30,40..60,20..30,,talk,
c,x,70,50,30,,,
d,x,20|80,70,25,,talk,split
e,x,90,20,10,,talk,
";

#[test]
fn each_fault_stands_at_its_row_and_column() {
    // The rows below the header; line, column, and a part of the message.
    let cases = [
        (
            "a,x,40,50,-3,,,\nb,x,60,50,3,,,",
            2,
            11,
            "capability `-3` is negative",
        ),
        (
            "a,x,NaN,50,3,,,\nb,x,60,50,3,,,",
            2,
            5,
            "`NaN` is no number",
        ),
        (
            "a,x,40,50,3,,,\nb,x,140,50,3,,,",
            3,
            5,
            "position 140 of `b` is off the scale",
        ),
        (
            "a,x,40,50,3,,,\na,x,60,50,3,,,",
            3,
            1,
            "actor `a` is coded twice",
        ),
        ("", 1, 1, "no row below the header"),
        (
            "a,x,40,150,3,,,\nb,x,60,50,3,,,",
            2,
            8,
            "salience `150` is outside",
        ),
        (
            "a,x,40,50,inf,,,\nb,x,60,50,3,,,",
            2,
            11,
            "`inf` is no number",
        ),
        (
            "a,x,40,50,3,,,\n,x,60,50,3,,,",
            3,
            1,
            "the actor has no name",
        ),
        (
            "a,x,60..40,50,3,,,\nb,x,60,50,3,,,",
            2,
            5,
            "60 stands before 40",
        ),
        (
            "a,x,40,50,,,,\nb,x,60,50,3,,,",
            2,
            11,
            "actor `a` has no capability",
        ),
        ("a,y,40,50,3,,,\nb,x,60,50,3,,,", 2, 1, "no such issue: `y`"),
        (
            "a,x,40,50,3,,\nb,x,60,50,3,,,",
            2,
            14,
            "7 fields where the header has 8",
        ),
        (
            "a,x,40,50,3,,\"open,\nb,x,60,50,3,,,",
            2,
            14,
            "a quote is opened here",
        ),
    ];
    for (rows, line, column, message) in cases {
        let text = format!("{HEADER}{rows}\n");
        let found = parse_actors(Path::new("actors.csv"), &text)
            .and_then(|codings| assemble(&structure(&["x"]), &codings).map(drop));
        let faults = found.expect_err(rows);
        let fault = &faults[0];
        assert!(fault.message.contains(message), "{rows}: {}", fault.message);
        assert_eq!(
            (fault.line, fault.column),
            (Some(line), Some(column)),
            "{rows}"
        );
    }
    let empty = parse_actors(Path::new("actors.csv"), "").unwrap_err();
    assert!(empty[0].message.contains("empty"));
}

#[test]
fn the_peers_files_are_read_as_they_are() {
    let Some(folder) = shared_reference().map(|folder| folder.join("group-decision")) else {
        return;
    };
    let read = |name: &str| read_actors(&folder.join(name)).unwrap();
    let comma = read("ktab-dummyData_3Dim.csv");
    let mut none = read("ktab-dummyData_3Dim-no-final-comma.csv");
    none.path.clone_from(&comma.path);
    assert_eq!(comma.rows.len(), 21);
    assert_eq!(comma, none);
    assert_eq!(comma.own_issues, ["Pstn1", "Pstn2", "Pstn3"]);
    let xml = read("ktab-smpExample.xml");
    assert_eq!(xml.actors(), ["Alice", "Bob", "Carol", "David", "Ellie"]);
    // The scenario's own options: PropCbc votes, MarkovIncentive, drawn; ideals that lag.
    let options = serde_json::to_value(&xml.spatial).unwrap();
    assert_eq!(options["voting_rule"], "PropCbc");
    assert_eq!(options["pce"], "MarkovIncentive");
    assert_eq!(options["transitions"], "Stochastic");
    assert_eq!(xml.accommodation.len(), 6);
    let mut alone = Structure::of_file("", Vec::new());
    alone.models = vec![ModelKey::Spatial];
    alone.draws = 300;
    let drawn = simulated(&alone, &xml, 2);
    assert_eq!(drawn.models[0].outcomes[0].spread.draws, 300);
    assert!(drawn.models[0].outcomes[0].spread.standard_deviation > 0.1);
    assert!(drawn.models[0].options.contains("pce MarkovIncentive"));
    // An empty coordinate is nought, as it is in KTAB.
    assert!(xml.rows[0].position.centre().abs() < 1e-15);
    assert_eq!(read("ktab-SOE-Competitive.csv").actors().len(), 34);
    let emission = read("emission-standards.csv");
    let structure = Structure::of_file(
        "",
        issues_from_positions(Path::new("e"), &emission).unwrap(),
    );
    let record = simulated(&structure, &emission, 1);
    // The weighted mean that is published with the case.
    assert!((central(&record, ModelKey::WeightedMean) - 7.389_956).abs() < 5e-7);
    assert!((central(&record, ModelKey::WeightedMedian) - 7.0).abs() < 1e-12);
}

#[test]
fn the_spatial_model_of_a_ktab_file_ends_where_ktab_ends() {
    let Some(folder) = shared_reference().map(|folder| folder.join("group-decision")) else {
        return;
    };
    let codings = read_actors(&folder.join("ktab-dummyData_3Dim.csv")).unwrap();
    let mut structure = Structure::of_file("ktab", Vec::new());
    structure.models = vec![ModelKey::Spatial];
    let record = simulated(&structure, &codings, 1);
    let last = record.models[0].rounds.last().unwrap();
    let text = std::fs::read_to_string(folder.join("ktab-dummyData_3Dim.json")).unwrap();
    let peer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let turn = peer["last_turn"].as_u64().unwrap();
    assert_eq!(record.models[0].rounds.len() as u64 - 1, turn);
    for (actor, positions) in last.positions.iter().enumerate() {
        for (k, position) in positions.iter().enumerate() {
            let expected =
                peer["positions_by_turn_by_dim"][turn.to_string()][k.to_string()][actor].as_f64();
            assert!(
                (position.unwrap() - expected.unwrap()).abs() < 1e-6,
                "{actor} {k}"
            );
        }
    }
}

#[test]
fn a_written_scenario_reads_back_to_the_same_council() {
    let codings = codings("a,x,12.5,80,40,,,\nb,x,30,40,20,,,\nc,x,70,50,30,,,");
    let council = assemble(&structure(&["x"]), &codings)
        .unwrap()
        .centre()
        .unwrap();
    let text = write_csv("made up, with a comma", "for a test", &council);
    let back = parse_actors(Path::new("back.csv"), &text).unwrap();
    let again = assemble(&Structure::of_file("", Vec::new()), &back)
        .unwrap()
        .centre()
        .unwrap();
    for (actor, same) in council.actors().iter().zip(again.actors()) {
        assert_eq!(actor.id, same.id);
        let (stake, other) = (actor.stakes[0].unwrap(), same.stakes[0].unwrap());
        assert!((stake.position - other.position).abs() < 1e-9);
        assert!((stake.salience - other.salience).abs() < 1e-9);
        assert!((actor.capability - same.capability).abs() < 1e-9);
    }
}

#[test]
fn every_model_answers_and_says_where_it_cannot() {
    let record = simulated(&structure(&["x"]), &codings(FIVE), 1);
    let ran: Vec<ModelKey> = record
        .models
        .iter()
        .filter(|m| m.left_out.is_none())
        .map(|m| m.model)
        .collect();
    assert_eq!(
        ran,
        [
            ModelKey::WeightedMean,
            ModelKey::WeightedMedian,
            ModelKey::Procedural,
            ModelKey::Challenge,
            ModelKey::Condorcet,
            ModelKey::Spatial
        ]
    );
    // Weights 32, 12.5 (25 at 50 %), 15, 17.5, 2; positions 20, 30, 70, 50, 90.
    let mean = (32.0 * 20.0 + 12.5 * 30.0 + 15.0 * 70.0 + 17.5 * 50.0 + 2.0 * 90.0) / 79.0;
    assert!((central(&record, ModelKey::WeightedMean) - mean).abs() < 1e-6);
    for model in record.models.iter().filter(|m| m.left_out.is_none()) {
        let outcome = &model.outcomes[0];
        assert_eq!(outcome.spread.draws + outcome.failed_draws, 300);
        assert_eq!(
            outcome.spread.histogram.iter().sum::<usize>(),
            outcome.spread.draws
        );
        assert!(outcome.spread.quantiles.is_sorted());
    }
    let mut without = structure(&["x"]);
    without.issues[0].status_quo = None;
    without.models = vec![
        ModelKey::Procedural,
        ModelKey::Exchange,
        ModelKey::WeightedMean,
    ];
    let record = simulated(&without, &codings(FIVE), 1);
    let reason = |at: usize| record.models[at].left_out.clone().unwrap();
    assert!(reason(0).contains("no status quo"));
    assert!(reason(1).contains("two issues"));
}

#[test]
fn the_record_is_as_its_schema_says() {
    let record = simulated(&structure(&["x"]), &codings(FIVE), 1);
    let value = serde_json::to_value(&record).unwrap();
    jsonschema::validate(&yalu_dossier::schema::structure_schema(), &value).unwrap();
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let structure = structure(&["x"]);
    let codings = codings(FIVE);
    let text = |threads| serde_json::to_string(&simulated(&structure, &codings, threads)).unwrap();
    assert_eq!(text(1), text(4));
}

#[test]
fn what_ifs_stand_in_the_place_of_every_coding() {
    let base =
        codings("a,x,10,80,40,one,,\na,x,20,80,40,two,,\nb,x,90,50,30,one,,\nb,x,80,50,30,two,,");
    let mut changed = base.clone();
    apply_set(&mut changed, "a.position=60").unwrap();
    apply_set(&mut changed, "b.x.salience = 20..40").unwrap();
    assert!(
        changed
            .of("a", "x")
            .all(|row| row.position.known() == Some(60.0))
    );
    assert!(
        changed
            .of("b", "x")
            .all(|row| row.salience.bounds() == (0.2, 0.4))
    );
    let fault = |set: &str| apply_set(&mut base.clone(), set).unwrap_err().to_string();
    assert!(fault("a").contains("no what-if"));
    assert!(fault("aa.salience=3").contains("did you mean `a`?"));
    assert!(fault("a.saliance=3").contains("none of position, salience and capability"));
    assert!(fault("a.salience=300").contains("from 0 to 100"));
    assert!(fault("a.capability=-1").contains("isn't negative"));
    assert!(fault("a.y.position=3").contains("no stake in `y`"));
    // A position that the scale doesn't have is found where the council is made.
    let mut off = base.clone();
    apply_set(&mut off, "a.position=160").unwrap();
    assert!(
        assemble(&structure(&["x"]), &off).unwrap_err()[0]
            .message
            .contains("off the scale")
    );
}

#[test]
fn coders_disagree_aloud_and_their_spread_is_drawn() {
    let rows = "\
a,x,10,80,40,one,,\na,x,50,80,40,two,,
b,x,90,50,30,one,,\nb,x,80,60,30,two,,
c,x,40,50,20,one,,\nc,x,45,40,20,two,,";
    let mut structure = structure(&["x"]);
    let record = simulated(&structure, &codings(rows), 1);
    let of = |of: AgreementOf| record.agreement.iter().find(|one| one.of == of).unwrap();
    // Krippendorff by hand: Do = (40² + 10² + 5²)/3 over the pairs of three units; De over the
    // fifteen pairs of all six values.
    let values: [f64; 6] = [10.0, 50.0, 90.0, 80.0, 40.0, 45.0];
    let observed = (1600.0 + 100.0 + 25.0) / 3.0;
    let pairs = values
        .iter()
        .enumerate()
        .flat_map(|(i, a)| values[..i].iter().map(move |b| (a - b).powi(2)));
    let alpha = 1.0 - observed / (pairs.sum::<f64>() / 15.0);
    assert!((of(AgreementOf::Position).alpha.unwrap() - alpha).abs() < 1e-6);
    assert_eq!(of(AgreementOf::Capability).alpha, Some(1.0));
    let spread = |record: &StructureRecord| record.models[0].outcomes[0].spread.clone();
    assert!(spread(&record).standard_deviation > 1.0);
    // Whole coders: just two pictures are drawn, and the mean has two values.
    structure.coders = CoderDraw::WholeCoder;
    let whole = spread(&simulated(&structure, &codings(rows), 1));
    assert_eq!(whole.histogram.iter().filter(|n| **n > 0).count(), 2);
}

#[test]
fn an_ensemble_weighs_by_error_and_leaves_out_models_without_one() {
    let mut structure = structure(&["x"]);
    structure.ensemble = Some(EnsembleKey::PublishedError);
    let record = simulated(&structure, &codings(FIVE), 1);
    let ensemble = &record.ensemble[0];
    let total: f64 = ensemble.weights.iter().map(|one| one.weight).sum();
    assert!((total - 1.0).abs() < 1e-5);
    assert!(
        ensemble
            .weights
            .iter()
            .all(|one| one.model != ModelKey::Spatial)
    );
    let weight = |model| {
        ensemble
            .weights
            .iter()
            .find(|one| one.model == model)
            .unwrap()
    };
    let (mean, median) = (
        weight(ModelKey::WeightedMean),
        weight(ModelKey::WeightedMedian),
    );
    let ratio = median.error.unwrap() / mean.error.unwrap();
    assert!((mean.weight / median.weight - ratio).abs() < 1e-4);
}

#[test]
fn what_turns_the_outcome_turns_it() {
    let structure = structure(&["x"]);
    let codings = codings("a,x,10,80,40,,,\nb,x,30,40,20,,,\nc,x,70,50,30,,,");
    let record = simulated(&structure, &codings, 1);
    let model = record
        .models
        .iter()
        .find(|m| m.model == ModelKey::WeightedMean)
        .unwrap();
    let pivot = model
        .pivots
        .iter()
        .find(|p| p.actor == "a" && p.of == AgreementOf::Position)
        .unwrap();
    // Weights 32, 8, 15: (32x + 240 + 1050)/55 = 50 at x = 45.625.
    assert!((pivot.to.unwrap() - 45.625).abs() < 1e-5);
    assert!(
        pivot.sentence.contains("45.6 instead of 10"),
        "{}",
        pivot.sentence
    );
    let mut changed = codings.clone();
    apply_set(
        &mut changed,
        &format!("a.position={}", pivot.to.unwrap() + 1e-5),
    )
    .unwrap();
    assert!(central(&simulated(&structure, &changed, 1), ModelKey::WeightedMean) >= 50.0);
    // If a went over to 70, or b and nobody else: (32·70 + 240 + 1050)/55 = 64; b: 26.6.
    assert_eq!(model.turning[0].sets, [vec!["a".to_owned()]]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// No two distances are the same: where two challenges promise exactly as much, the spatial model
    /// takes the first of them, as KTAB does, and which is the first depends on the order.
    #[test]
    fn the_order_of_actors_changes_no_outcome(
        rows in proptest::collection::vec((0_u32..=90, 1_u32..=100, 1_u32..=100), 3..7),
        turn in 1_usize..6,
    ) {
        const OFFSETS: [f64; 6] = [0.0, 1.37, 2.911, 4.1531, 6.6779, 8.039_17];
        let line = |(i, (position, salience, capability)): (usize, &(u32, u32, u32))| {
            let position = f64::from(*position) + OFFSETS[i];
            format!("actor{i},x,{position},{salience},{capability},,,\n")
        };
        let lines: Vec<String> = rows.iter().enumerate().map(line).collect();
        let mut turned = lines.clone();
        turned.rotate_left(turn % rows.len());
        let mut structure = structure(&["x"]);
        structure.sensitivity_points = 0;
        let one = simulated(&structure, &codings(&lines.concat()), 1);
        let other = simulated(&structure, &codings(&turned.concat()), 1);
        for (a, b) in one.models.iter().zip(&other.models) {
            if let (Some(a), Some(b)) = (a.outcomes.first(), b.outcomes.first()) {
                prop_assert!((a.central - b.central).abs() < 2e-6, "{} {}", a.central, b.central);
            }
        }
    }
}
