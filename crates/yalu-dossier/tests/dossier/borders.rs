//! The comparison with other borders on made-up figures: what is particular, what isn't, and what
//! can't be told.

use std::fmt::Write as _;
use std::path::Path;

use yalu_dossier::assessment::{Assessment, Rung};
use yalu_dossier::borders::{
    BorderComparison, BorderLikeness, BordersRecord, ComparisonResult, DonorStatus, MemberOrigin,
    Particularity, StartOrigin,
};
use yalu_dossier::load::{load_dossier, parse};
use yalu_dossier::pipeline::{AssessOptions, assess, query_for_export};
use yalu_store::series_file::write_series_file;

use crate::made_up::{Draws, Series, dossier, month, run, write};

const N: usize = 120;
/// The first month of the new level: May 2015.
const AT: usize = 64;
const EVENTS: &str = r#"kind = "event_rate"
group = "acts"
exposure = "source_total"
exposure_group = "all"
"#;
/// Borders by hand, all of the source itself.
const OTHERS: [&str; 14] = [
    "RUS", "MNG", "KAZ", "KGZ", "TJK", "AFG", "PAK", "IND", "NPL", "BTN", "MMR", "LAO", "VNM",
    "JPN",
];
/// What keeps the models small: the verdict isn't in question here.
const MODEL: &str = "[model]\nbootstrap = 199\nharmonics = 0\n";

/// A world of borders: each has a level of its own; all answer to a common wave.
struct World {
    draws: Draws,
    series: Series,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut series = Series::new();
        series.cell("all,events,CHN,*", month, (0..N).map(|_| 500.0));
        Self {
            draws: Draws::new(seed),
            series,
        }
    }

    /// A border of `level` acts a month, `ratio` times as many from `at` on.
    fn border(&mut self, target: &str, level: f64, ratio: f64, at: usize) {
        let counts: Vec<f64> = (0..N)
            .map(|idx| {
                let wave = (0.25 * (idx as f64 / 19.0).sin()).exp();
                let shift = if idx < at { 1.0 } else { ratio };
                f64::from(self.draws.count(level * wave * shift))
            })
            .collect();
        self.series
            .cell(&format!("acts,events,CHN,{target}"), month, counts);
    }

    /// Every other border, quiet.
    fn others(&mut self) {
        for (place, target) in OTHERS.iter().enumerate() {
            self.border(target, 2.0 + place as f64, 1.0, N);
        }
    }

    fn assess(&self, borders: &str) -> Assessment {
        self.assess_to("2019-12-31", borders)
    }

    fn assess_to(&self, coverage_to: &str, borders: &str) -> Assessment {
        let dir = tempfile::tempdir().unwrap();
        let text = dossier(coverage_to, "month", EVENTS, &format!("{MODEL}{borders}"));
        write(
            dir.path(),
            &[("dossier.toml", &text), ("series.csv", &self.series.0)],
        );
        run(dir.path(), &AssessOptions::default()).remove(0)
    }
}

fn by_hand() -> String {
    let mut text = "[borders]\ndyads = [".to_owned();
    for target in OTHERS {
        write!(text, "[\"CHN\", \"{target}\"], ").unwrap();
    }
    text + "]\n"
}

fn record(assessment: &Assessment) -> &BordersRecord {
    assessment
        .borders
        .as_ref()
        .expect("the dossier asks for it")
}

fn comparison(assessment: &Assessment) -> &BorderComparison {
    &record(assessment).comparisons[0]
}

fn result(assessment: &Assessment) -> &ComparisonResult {
    comparison(assessment)
        .result
        .as_ref()
        .unwrap_or_else(|| panic!("{:?}", comparison(assessment).reasons))
}

#[test]
fn a_lasting_shift_that_no_other_border_shows_is_major() {
    let mut world = World::new(1);
    world.border("PRK", 6.0, 3.0, AT);
    world.others();
    let found = world.assess(&by_hand());
    let one = comparison(&found);
    assert_eq!(one.answer, Particularity::Particular, "{:#?}", one.reasons);
    assert_eq!(one.start_from, Some(StartOrigin::Dated));
    let figures = result(&found);
    let ends = figures.interval.as_ref().unwrap().ends;
    assert!(ends[0] > 1.5 && ends[1] < 6.0, "{ends:?}");
    assert!((2.4..3.6).contains(&figures.effect), "{}", figures.effect);
    assert!((2.4..3.6).contains(&figures.sdid.effect));
    // Fourteen others: nothing can be rarer than one in fifteen.
    assert!((figures.least_p - 1.0 / 15.0).abs() < 1e-12);
    assert!((figures.p_placebo - 1.0 / 15.0).abs() < 1e-12);
    assert!((figures.p_calibrated - 1.0 / 15.0).abs() < 1e-12);
    let weights: f64 = one.donors.iter().filter_map(|one| one.weight).sum();
    assert!((weights - 1.0).abs() < 1e-9);
    assert_eq!(found.verdict.rung, Rung::Major, "{:#?}", found.verdict);
    assert_eq!(found.indicators[0].rung, Some(Rung::Lasting));
    // Every series that it rests on is in the assessment.
    for id in &one.trace.series {
        assert!(found.data.series.iter().any(|one| one.id == *id), "{id}");
    }
}

#[test]
fn without_the_comparison_the_same_shift_is_lasting_and_says_why() {
    let mut world = World::new(1);
    world.border("PRK", 6.0, 3.0, AT);
    let found = world.assess("");
    assert!(found.borders.is_none());
    assert_eq!(found.verdict.rung, Rung::Lasting);
    let missing = found.verdict.would_move.join(" ");
    assert!(missing.contains("add [borders]"), "{missing}");
}

#[test]
fn a_shift_that_every_border_shows_is_lasting_and_not_particular() {
    let mut world = World::new(2);
    world.border("PRK", 9.0, 3.0, AT);
    for (place, target) in OTHERS.iter().enumerate() {
        world.border(target, 6.0 + place as f64, 3.0, AT);
    }
    let found = world.assess(&by_hand());
    let one = comparison(&found);
    assert_eq!(
        one.answer,
        Particularity::NotParticular,
        "{:#?}",
        one.reasons
    );
    // What borders have in common is no donor's own break.
    let own = one
        .donors
        .iter()
        .filter(|one| one.status == DonorStatus::OwnBreak);
    assert_eq!(own.count(), 0);
    assert_eq!(found.verdict.rung, Rung::Lasting);
    let missing = found.verdict.would_move.join(" ");
    assert!(missing.contains("not particular to this dyad"), "{missing}");
}

#[test]
fn a_donor_with_a_break_of_its_own_is_found_dropped_and_still_a_placebo() {
    let mut world = World::new(3);
    world.border("PRK", 6.0, 3.0, AT);
    world.others();
    world.border("KOR", 8.0, 4.0, AT + 6);
    let borders = by_hand().replace("dyads = [", "dyads = [[\"CHN\", \"KOR\"], ");
    let found = world.assess(&borders);
    let one = comparison(&found);
    let donor = one
        .donors
        .iter()
        .find(|one| one.dyad == "CHN → KOR")
        .unwrap();
    assert_eq!(donor.status, DonorStatus::OwnBreak);
    assert_eq!(donor.weight, None);
    let notice = donor.notice.as_deref().unwrap();
    assert!(notice.contains("break of its own at 2015-11"), "{notice}");
    assert!(donor.own_break.as_ref().unwrap().q_value <= 0.05);
    // It moved as far as the dyad did: not everyone stands still but this one.
    assert!(donor.placebo.is_some());
    assert_eq!(result(&found).n_placebos, 15);
    assert!(result(&found).p_calibrated > 1.5 / 16.0);
}

#[test]
fn too_few_and_too_thin_sets_are_refused_with_their_numbers() {
    let mut world = World::new(4);
    world.border("PRK", 6.0, 3.0, AT);
    world.border("RUS", 5.0, 1.0, N);
    for target in ["MNG", "KAZ", "KGZ", "TJK", "AFG"] {
        world
            .series
            .cell(&format!("acts,events,CHN,{target}"), month, []);
    }
    for (dyads, says) in [
        ("[[\"CHN\", \"RUS\"]]", "1 of 1 other borders can be donors"),
        (
            "[[\"CHN\",\"RUS\"],[\"CHN\",\"MNG\"],[\"CHN\",\"KAZ\"],[\"CHN\",\"KGZ\"],[\"CHN\",\"TJK\"],[\"CHN\",\"AFG\"]]",
            "1 of 6 other borders can be donors",
        ),
    ] {
        let found = world.assess(&format!("[borders]\ndyads = {dyads}\n"));
        let one = comparison(&found);
        assert_eq!(one.answer, Particularity::CannotTell);
        assert!(one.headline.contains(says), "{}", one.headline);
        assert!(one.result.is_none());
        assert_eq!(found.verdict.rung, Rung::Lasting);
        for donor in one.donors.iter().filter(|one| one.dyad != "CHN → RUS") {
            let notice = donor.notice.as_deref().unwrap();
            assert!(notice.contains("0 acts before the start"), "{notice}");
        }
    }
    // An island has no land neighbours: the rule finds none.
    let island = dossier(
        "2019-12-31",
        "month",
        EVENTS,
        &format!("{MODEL}[borders]\nrule = \"land_neighbours\"\n"),
    )
    .replace("source = \"CHN\"", "source = \"JPN\"");
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            ("dossier.toml", &island),
            ("series.csv", &world.series.0.replace(",CHN,", ",JPN,")),
        ],
    );
    let found = run(dir.path(), &AssessOptions::default()).remove(0);
    assert_eq!(comparison(&found).answer, Particularity::CannotTell);
    assert!(
        comparison(&found)
            .headline
            .contains("comparison set is empty")
    );
    assert!(record(&found).set[0].contains("No other border"));
}

#[test]
fn few_borders_cannot_make_a_claim_and_the_figures_are_shown_all_the_same() {
    let mut world = World::new(5);
    world.border("PRK", 6.0, 3.0, AT);
    for target in &OTHERS[..6] {
        world.border(target, 7.0, 1.0, N);
    }
    let mut text = "[borders]\ndyads = [".to_owned();
    for target in &OTHERS[..6] {
        write!(text, "[\"CHN\", \"{target}\"], ").unwrap();
    }
    let found = world.assess(&(text + "]\n"));
    let one = comparison(&found);
    assert_eq!(one.answer, Particularity::CannotTell);
    assert!(
        one.headline
            .contains("with 6 other borders p can’t be below 0.143"),
        "{}",
        one.headline
    );
    assert!(result(&found).interval.is_none());
    assert!(result(&found).effect > 2.0);
}

#[test]
fn no_break_no_change_and_a_declared_start_asks_all_the_same() {
    let mut world = World::new(6);
    world.border("PRK", 6.0, 1.0, N);
    world.others();
    let found = world.assess(&by_hand());
    let one = comparison(&found);
    assert_eq!(one.answer, Particularity::CannotTell);
    assert!(
        one.headline.contains("no break of its own is dated"),
        "{}",
        one.headline
    );
    let found = world.assess(&by_hand().replace("[borders]", "[borders]\nstart = \"2015-05\""));
    let one = comparison(&found);
    assert_eq!(one.start_from, Some(StartOrigin::Declared));
    assert_eq!(one.start.as_deref(), Some("2015-05"));
    assert_ne!(one.answer, Particularity::Particular, "{:#?}", one.reasons);
    assert!(result(&found).p_picked.is_none());
    let late = by_hand().replace("[borders]", "[borders]\nstart = \"2022-05\"");
    let one = &world.assess(&late);
    assert!(
        comparison(one)
            .headline
            .contains("lies outside the periods")
    );
}

#[test]
fn a_picked_border_needs_its_own_break_to_hold_for_all_of_them() {
    let mut world = World::new(1);
    world.border("PRK", 6.0, 3.0, AT);
    world.others();
    // 199 replications allow no p below 0.005; times fifteen borders that is 0.075.
    let found =
        world.assess(&by_hand().replace("[borders]", "[borders]\npicked = true\nlevel = 0.07"));
    let one = comparison(&found);
    assert_eq!(one.answer, Particularity::CannotTell);
    assert!(
        one.headline.contains("picked for its break"),
        "{}",
        one.headline
    );
    let own = found.indicators[0]
        .test_with_response
        .as_ref()
        .unwrap()
        .p_value;
    assert!((result(&found).p_picked.unwrap() - (15.0 * own).min(1.0)).abs() < 1e-9);
}

#[test]
fn coverage_that_does_not_overlap_leaves_donors_out() {
    let mut world = World::new(7);
    world.border("PRK", 6.0, 3.0, AT);
    world.others();
    // Other sources whose totals begin late: no rate before.
    for (place, target) in ["BLR", "ARM"].iter().enumerate() {
        let counts: Vec<f64> = (0..N).map(|idx| if idx < 80 { 0.0 } else { 9.0 }).collect();
        world
            .series
            .cell(&format!("acts,events,RUS,{target}"), month, counts.clone());
        if place == 0 {
            world.series.cell("all,events,RUS,*", month, counts);
        }
    }
    let borders = by_hand().replace("dyads = [", "dyads = [[\"RUS\",\"BLR\"],[\"RUS\",\"ARM\"],");
    let found = world.assess(&borders);
    for dyad in ["RUS → BLR", "RUS → ARM"] {
        let donor = comparison(&found)
            .donors
            .iter()
            .find(|one| one.dyad == dyad)
            .unwrap();
        assert_eq!(donor.status, DonorStatus::LeftOut);
        assert!(
            donor.notice.as_deref().unwrap().contains("no exposure in"),
            "{donor:?}"
        );
    }
    assert_eq!(comparison(&found).answer, Particularity::Particular);
}

#[test]
fn nothing_after_the_as_of_date_is_known() {
    let mut world = World::new(1);
    world.border("PRK", 6.0, 3.0, AT);
    world.others();
    let dir = tempfile::tempdir().unwrap();
    let text = dossier(
        "2019-12-31",
        "month",
        EVENTS,
        &format!("{MODEL}{}", by_hand()),
    );
    write(
        dir.path(),
        &[("dossier.toml", &text), ("series.csv", &world.series.0)],
    );
    let options = AssessOptions {
        as_of: vec!["2017-12-31".parse().unwrap()],
        ..AssessOptions::default()
    };
    let cut = run(dir.path(), &options).remove(0);
    let last = comparison(&cut).steps.last().unwrap();
    assert!(last[1].as_str() <= "2017-12", "{last:?}");
    // The same bytes as where the data end there.
    let mut short = world.assess_to("2017-12-31", &by_hand());
    assert_eq!(comparison(&cut).result, comparison(&short).result);
    short.borders.as_mut().unwrap().comparisons[0].trace = comparison(&cut).trace.clone();
    assert_eq!(comparison(&cut), comparison(&short));
}

#[test]
fn the_rule_finds_land_neighbours_and_leaves_out_what_the_dossier_says() {
    let mut world = World::new(8);
    world.border("PRK", 6.0, 3.0, AT);
    world.others();
    let found = world
        .assess("[borders]\nrule = \"land_neighbours\"\nexcept = { AFG = \"a war of others\" }\n");
    let members = &record(&found).members;
    assert_eq!(
        members.len(),
        13,
        "fourteen states less the one in question; Hong Kong was one until 1997, before the data"
    );
    assert!(
        members
            .iter()
            .all(|one| one.origin == MemberOrigin::LandNeighbour)
    );
    let out = members.iter().find(|one| one.dyad == "CHN → AFG").unwrap();
    assert_eq!(out.left_out.as_deref(), Some("a war of others"));
    assert!(
        record(&found)
            .set
            .iter()
            .any(|one| one.contains("a war of others"))
    );
    assert!(
        comparison(&found)
            .donors
            .iter()
            .all(|one| one.dyad != "CHN → AFG")
    );
}

#[test]
fn sums_of_the_set_are_exported_and_their_lack_says_to_export_anew() {
    let mut world = World::new(9);
    world.border("PRK", 6.0, 3.0, AT);
    let dir = tempfile::tempdir().unwrap();
    let text = dossier(
        "2019-12-31",
        "month",
        EVENTS,
        &format!("{MODEL}{}", by_hand()),
    );
    write(
        dir.path(),
        &[("dossier.toml", &text), ("series.csv", &world.series.0)],
    );
    let loaded = load_dossier(dir.path()).unwrap_or_else(|faults| panic!("{faults}"));
    let error = assess(&loaded, &AssessOptions::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("yalu export series"), "{error}");
    world.others();
    write(dir.path(), &[("series.csv", &world.series.0)]);
    let table = query_for_export(&loaded, &AssessOptions::default()).unwrap();
    write_series_file(&table, &dir.path().join("series.csv")).unwrap();
    let found = run(dir.path(), &AssessOptions::default()).remove(0);
    assert!(comparison(&found).result.is_some());
}

#[test]
fn a_domain_places_the_border_among_the_others() {
    let domain = |level: f64, ratio: f64| {
        let mut world = World::new(10);
        world.border("PRK", level, ratio, AT);
        for (place, target) in OTHERS.iter().enumerate() {
            // Levels from 3 to 11, and trends as unlike, not in the same order.
            let ratio = 0.5 + 0.1 * ((5 * place) % 14) as f64;
            world.border(target, 3.0 + 0.6 * place as f64, ratio, AT);
        }
        let text = format!(
            "{}[[borders.domains]]\nid = \"acts\"\ntitle = \"Acts\"\ngroup = \"acts\"\nexposure = \"source_total\"\nexposure_group = \"all\"\ncaution = \"Made up.\"\n",
            by_hand()
        );
        let found = world.assess(&text);
        record(&found).domains[0].clone()
    };
    let like = domain(7.0, 1.0);
    assert_eq!(
        like.answer,
        BorderLikeness::LikeAnyBorder,
        "{:#?}",
        like.reasons
    );
    let place = like.level.as_ref().unwrap();
    assert_eq!(place.of, 15);
    assert!(
        (place.coverage - 13.0 / 15.0).abs() < 1e-12,
        "{}",
        place.coverage
    );
    assert!(like.borders.iter().all(|one| one.rates.len() == 20));
    let far = domain(60.0, 1.0);
    assert_eq!(far.answer, BorderLikeness::Unlike, "{:#?}", far.reasons);
    assert!(far.headline.contains("by its level"), "{}", far.headline);
    let rising = domain(5.0, 4.0);
    assert_eq!(
        rising.answer,
        BorderLikeness::Unlike,
        "{:#?}",
        rising.reasons
    );
    assert!(
        rising.headline.contains("by its trend"),
        "{}",
        rising.headline
    );
    let edge = domain(12.0, 1.0);
    assert_eq!(
        edge.answer,
        BorderLikeness::CannotTell,
        "{:#?}",
        edge.reasons
    );
}

#[test]
fn a_domain_of_entries_counts_lines_by_border() {
    let mut world = World::new(11);
    world.border("PRK", 6.0, 1.0, N);
    world.others();
    let mut entries = "border,date,title,source\n".to_owned();
    for (place, target) in OTHERS.iter().chain(["PRK"].iter()).enumerate() {
        for one in 0..4 + place % 3 {
            writeln!(entries, "{target},{},A link,Made up", 2010 + 2 * one).unwrap();
        }
    }
    let text = dossier(
        "2019-12-31",
        "month",
        EVENTS,
        &format!(
            "{MODEL}{}[[borders.domains]]\nid = \"links\"\ntitle = \"Links\"\nentries = \"links.csv\"\ncaution = \"Made up.\"\n",
            by_hand()
        ),
    );
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            ("dossier.toml", &text),
            ("series.csv", &world.series.0),
            ("links.csv", &entries),
        ],
    );
    let found = run(dir.path(), &AssessOptions::default()).remove(0);
    let domain = &record(&found).domains[0];
    assert_eq!(domain.unit, "entries per year");
    // Four to six entries in ten years.
    let own = &domain.borders[0];
    assert!((own.level.unwrap() - own.n_events / 10.0).abs() < 1e-6);
    assert!(domain.p_value.is_some(), "{:#?}", domain.reasons);
    // A faulty line has its place.
    write(
        dir.path(),
        &[("links.csv", &format!("{entries}RUSS,2010,A link,Made up\n"))],
    );
    let faults = load_dossier(dir.path()).unwrap_err().to_string();
    assert!(faults.contains("`RUSS` in column border"), "{faults}");
}

#[test]
fn every_faulty_key_has_its_line_and_mend() {
    let borders = r#"[borders]
rule = "land_neighbours"
except = { AFG = "a war of others" }
dyads = [["RUS", "BLR"], ["IND", "NPL"]]
start = "2015-05"
min_events = 20
pool = 6
level = 0.1
keep_best = 9
[[borders.domains]]
id = "acts"
title = "Acts"
group = "acts"
exposure = "dyad_total"
exposure_group = "all"
window = ["2011-01", "2018-12"]
caution = "Made up."
"#;
    let sound = dossier("2019-12-31", "month", EVENTS, borders);
    let path = Path::new("dossier.toml");
    assert!(parse(path, &sound).is_ok(), "{:#?}", parse(path, &sound));
    for (from, to, key, mend) in [
        ("AFG = ", "USA = ", "borders.except.USA", "the rule finds"),
        (
            "\"a war of others\"",
            "\"\"",
            "borders.except.AFG",
            "say why",
        ),
        (
            "[\"RUS\", \"BLR\"]",
            "[\"RUS\", \"BLX\"]",
            "borders.dyads[0][1]",
            "alpha-3",
        ),
        (
            "[\"IND\", \"NPL\"]",
            "[\"CHN\", \"PRK\"]",
            "borders.dyads[1]",
            "no donor of its own",
        ),
        (
            "[\"IND\", \"NPL\"]",
            "[\"RUS\", \"BLR\"]",
            "borders.dyads[1]",
            "name it once",
        ),
        (
            "start = \"2015-05\"",
            "start = \"2015\"",
            "borders.start",
            "YYYY-MM",
        ),
        (
            "min_events = 20",
            "min_events = 0",
            "borders.min_events",
            "use 20",
        ),
        ("pool = 6", "pool = 0", "borders.pool", "use 6"),
        ("level = 0.1", "level = 0.7", "borders.level", "use 0.1"),
        (
            "keep_best = 9",
            "keep_best = 2",
            "borders.keep_best",
            "keep all",
        ),
        (
            "keep_best",
            "keep_bst",
            "borders.keep_bst",
            "did you mean `keep_best`?",
        ),
        (
            "group = \"acts\"\nexposure = \"dyad",
            "group = \"act\"\nexposure = \"dyad",
            "borders.domains[0].group",
            "did you mean `acts`?",
        ),
        (
            "exposure_group = \"all\"\nwindow",
            "window",
            "borders.domains[0]",
            "denominator",
        ),
        (
            "exposure = \"dyad_total\"",
            "",
            "borders.domains[0]",
            "dyad_total",
        ),
        (
            "\"2011-01\", \"2018-12\"",
            "\"2018-12\", \"2011-01\"",
            "borders.domains[0].window[1]",
            "exchange",
        ),
        (
            "group = \"acts\"\nexposure = \"dyad",
            "exposure = \"dyad",
            "borders.domains[0]",
            "CSV file of entries",
        ),
    ] {
        let at = sound.find("[borders]").unwrap();
        let text = sound[..at].to_owned() + &sound[at..].replacen(from, to, 1);
        let found = parse(path, &text).expect_err(to).0;
        assert_eq!(found.len(), 1, "{to}: {found:#?}");
        assert_eq!(found[0].key.as_deref(), Some(key), "{to}");
        assert!(
            found[0].line.unwrap() > text[..at].matches('\n').count(),
            "{to}"
        );
        assert!(
            found[0].mend.as_deref().unwrap().contains(mend),
            "{to}: {found:#?}"
        );
    }
    // Nobody to compare with.
    let empty = dossier("2019-12-31", "month", EVENTS, "[borders]\npool = 6\n");
    let found = parse(path, &empty).expect_err("an empty set").0;
    assert!(
        found[0]
            .mend
            .as_deref()
            .unwrap()
            .contains("land_neighbours")
    );
}
