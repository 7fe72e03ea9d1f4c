//! Records of hand-made acts.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use yalu_store::acts_file::{query_acts_file, write_acts_file};
use yalu_store::query::acts::{ActorActs, ActsQuery, ActsTable, InnerActor, PairActs, PeriodActs};
use yalu_store::series::{CodeSet, Coverage, SourceFile};
use yalu_store::{Dyad, Period, PeriodUnit};

use super::*;
use crate::diagnostic::Problem;

fn dyad() -> Dyad {
    Dyad {
        source: "CHN".parse().expect("a code"),
        target: "PRK".parse().expect("a code"),
    }
}

fn actor(name: &str, sectors: &[&str]) -> InnerActor {
    InnerActor {
        name: name.to_owned(),
        sectors: sectors.iter().map(|one| (*one).to_owned()).collect(),
        person: None,
    }
}

fn army() -> InnerActor {
    actor("Military (China)", &["military", "government"])
}

fn ministry() -> InnerActor {
    actor(
        "Foreign Affairs (China)",
        &["foreign_ministry", "executive", "government"],
    )
}

fn police() -> InnerActor {
    actor("Police (China)", &["police", "government"])
}

fn nobody() -> InnerActor {
    InnerActor::state(&dyad().source)
}

/// Quarters from 2004 on.
fn quarters(n: usize) -> Vec<Period> {
    let mut all = vec![Period::containing(date(2004, 1, 1), PeriodUnit::Quarter)];
    while all.len() < n {
        all.push(all[all.len() - 1].next(PeriodUnit::Quarter));
    }
    all
}

fn entries(counts: impl IntoIterator<Item = u64>) -> Vec<PeriodActs> {
    (0..)
        .zip(counts)
        .filter(|(_, n)| *n > 0)
        .map(|(period, n)| PeriodActs { period, n })
        .collect()
}

type Series = Vec<u64>;

fn table(
    n: usize,
    outward: Vec<(InnerActor, Series)>,
    domestic: Vec<(InnerActor, InnerActor, Series)>,
) -> ActsTable {
    let periods = quarters(n);
    let mut outward: Vec<ActorActs> = outward
        .into_iter()
        .map(|(actor, counts)| ActorActs {
            actor,
            entries: entries(counts),
        })
        .collect();
    outward.sort_by(|a, b| a.actor.cmp(&b.actor));
    let mut domestic: Vec<PairActs> = domestic
        .into_iter()
        .map(|(source, target, counts)| PairActs {
            source,
            target,
            entries: entries(counts),
        })
        .collect();
    domestic.sort_by(|a, b| (&a.source, &a.target).cmp(&(&b.source, &b.target)));
    ActsTable {
        dyad: dyad(),
        unit: PeriodUnit::Quarter,
        covered: vec![true; n],
        coverage: vec![Coverage {
            dataset: "icews".to_owned(),
            from: periods[0].first_day,
            to: periods[n - 1].last_day,
            changes: Vec::new(),
            subset: None,
            gaps: Vec::new(),
        }],
        periods,
        outward,
        domestic,
        files: vec![SourceFile {
            name: "events.tab".to_owned(),
            sha256: "of events.tab".to_owned(),
            n_rows: 1,
        }],
        sql: "SELECT".to_owned(),
    }
}

fn member(actor: &str, sectors: &[&str]) -> InfluenceMember {
    InfluenceMember {
        actor: actor.to_owned(),
        sectors: sectors.iter().map(|one| (*one).to_owned()).collect(),
        ..InfluenceMember::default()
    }
}

fn claim(actor: &str, claim: InfluenceClaim, since: &str) -> InfluenceHypothesis {
    InfluenceHypothesis {
        id: format!("{actor}-{}", since.len()),
        text: "The article says so.".to_owned(),
        actor: actor.to_owned(),
        claim,
        since: since.to_owned(),
        measure: InfluenceMeasure::Share,
    }
}

fn keys(hypotheses: Vec<InfluenceHypothesis>) -> InfluenceKeys {
    InfluenceKeys {
        bootstrap: 199,
        members: vec![
            member("mfa", &["foreign_ministry"]),
            member("pla", &["military"]),
        ],
        hypotheses,
        ..InfluenceKeys::default()
    }
}

fn titles() -> BTreeMap<String, String> {
    [
        ("mfa", "Ministry of Foreign Affairs"),
        ("pla", "People’s Liberation Army"),
    ]
    .map(|(id, title)| (id.to_owned(), title.to_owned()))
    .into()
}

fn record(table: &ActsTable, keys: &InfluenceKeys) -> InfluenceRecord {
    measure(table, keys, &titles(), None).expect("a record")
}

/// Counts that vary about `level` without a trend of their own.
fn about(level: u64, t: usize) -> u64 {
    level + [0, 2, 1, 3, 1][t % 5]
}

/// Ten years in which the ministry's acts halve after the fifth, and the army's don't.
fn a_loss() -> ActsTable {
    let n = 40;
    let ministry_acts = (0..n)
        .map(|t| about(if t < 20 { 12 } else { 4 }, t))
        .collect();
    let army_acts = (0..n).map(|t| about(9, t + 2)).collect();
    let police_acts: Series = (0..n).map(|t| about(3, t + 1)).collect();
    let state = (0..n).map(|t| about(20, t + 3)).collect();
    table(
        n,
        vec![
            (ministry(), ministry_acts),
            (army(), army_acts),
            (nobody(), state),
        ],
        vec![
            (police(), ministry(), police_acts.clone()),
            (army(), police(), police_acts.clone()),
            (nobody(), army(), police_acts),
        ],
    )
}

#[test]
fn shares_are_of_the_acts_laid_to_somebody_and_the_rest_stands_beside() {
    let table = table(
        2,
        vec![
            (army(), vec![3, 0]),
            (ministry(), vec![0, 1]),
            (police(), vec![4, 0]),
            (actor("Beijing", &[]), vec![1, 1]),
            (nobody(), vec![6, 4]),
        ],
        vec![],
    );
    let record = record(&table, &keys(vec![]));
    assert_eq!(
        (record.n_acts, record.n_attributed, record.n_unattributed),
        (20, 8, 12)
    );
    assert_eq!((record.acts, record.attributed), (vec![14, 6], vec![7, 1]));
    let army = &record.members[1];
    assert_eq!((army.n_acts, army.acts.as_slice()), (3, &[3, 0][..]));
    let [least, most] = army.share_of_all.expect("acts");
    assert!((least - 0.15).abs() < 1e-12 && (most - 0.75).abs() < 1e-12);
    let share = army.share.as_ref().expect("attributed acts");
    assert!((share.share - 0.375).abs() < 1e-12);
    let others: Vec<_> = record
        .others
        .iter()
        .map(|one| (one.name.as_str(), one.n_acts))
        .collect();
    assert_eq!(
        others,
        [("Police (China)", 4), ("Beijing", 2)],
        "nobody is overlooked"
    );
    assert_eq!((record.n_others, record.n_acts_of_others), (2, 6));
    assert_eq!(
        record.headline,
        "Of 20 acts of CHN → PRK, 8 (40 %) are laid to somebody within the state and 12 (60 %) to nobody; of the dossier’s actors People’s Liberation Army has most of these, 3 (38 %)."
    );
    assert_eq!(
        army.no_test.as_deref(),
        Some("2 quarters with an attributed act; 20 are needed")
    );
}

#[test]
fn an_act_of_two_members_is_said_with_its_number() {
    let table = table(1, vec![(ministry(), vec![5]), (army(), vec![2])], vec![]);
    let mut keys = keys(vec![]);
    keys.members[1].sectors.push("executive".to_owned());
    let record = record(&table, &keys);
    let expected = Overlap {
        first: "mfa".to_owned(),
        second: "pla".to_owned(),
        n_acts: 5,
    };
    assert_eq!(record.overlaps, [expected]);
    assert_eq!(record.members[1].n_acts, 7);
    assert_eq!(record.n_attributed, 7, "each act counts once");
}

#[test]
fn an_actor_is_a_members_by_sector_person_or_name() {
    let mut xi = actor("Xi Jinping", &["executive", "government"]);
    xi.person = Some("Xi Jinping".to_owned());
    let table = table(
        1,
        vec![
            (xi, vec![5]),
            (actor("Beijing", &[]), vec![2]),
            (nobody(), vec![1]),
        ],
        vec![],
    );
    let leader = InfluenceMember {
        actor: "leader".to_owned(),
        persons: vec!["Xi Jinping".to_owned()],
        names: vec!["Beijing".to_owned(), "Bejing".to_owned()],
        ..InfluenceMember::default()
    };
    let keys = InfluenceKeys {
        members: vec![leader],
        ..InfluenceKeys::default()
    };
    let record = record(&table, &keys);
    assert_eq!((record.members[0].n_acts, record.n_unattributed), (7, 1));
    assert_eq!(
        record.warnings,
        [
            "the data never name `Bejing` (a name of `leader`); the nearest name in them is `Beijing`"
        ]
    );
}

#[test]
fn the_network_leaves_out_whom_the_data_do_not_name() {
    let record = record(&a_loss(), &keys(vec![]));
    assert_eq!(
        (record.n_nodes, record.n_network * 3),
        (3, record.n_domestic * 2)
    );
    let ministry = record.members[0].network.as_ref().expect("a network");
    assert_eq!(
        (ministry.out_strength, ministry.in_strength * 2),
        (0, record.n_network)
    );
    assert!((ministry.strength_share - 0.5).abs() < 1e-12);
    // army → police → ministry, who passes nothing on: the last of the chain ranks highest.
    let army = record.members[1].network.as_ref().expect("a network");
    assert!(ministry.pagerank > 1.0 / 3.0 && army.pagerank < 1.0 / 3.0);
    let by_period = ministry.pagerank_by_period[7].expect("acts in each quarter");
    assert!(
        (by_period - ministry.pagerank).abs() < 1e-9,
        "each quarter has the same shape"
    );
}

#[test]
fn a_loss_is_found_dated_and_answered() {
    use HypothesisAnswer::{Contradicted, Supported};
    let hypotheses = vec![
        claim("mfa", InfluenceClaim::Loses, "2009-01-01"),
        claim("mfa", InfluenceClaim::Gains, "2009-01-01"),
        claim("mfa", InfluenceClaim::Steady, "2009-01-01"),
        claim("pla", InfluenceClaim::Gains, "2009-01-01"),
    ];
    let record = record(&a_loss(), &keys(hypotheses));
    let answers: Vec<_> = record.hypotheses.iter().map(|one| one.answer).collect();
    assert_eq!(answers, [Supported, Contradicted, Contradicted, Supported]);
    let found = record.members[0].break_test.as_ref().expect("a test");
    assert!(found.found && found.at == "2009-Q1", "{found:?}");
    assert!(found.ratio < 0.8 && found.ratio_interval[1] < 1.0);
    assert!(
        record.members[0]
            .trend
            .as_ref()
            .expect("a trend")
            .yearly_ratio
            < 1.0
    );
    assert_eq!(
        record.n_tests, 4,
        "a trend and a break of each of two members"
    );
    let first = &record.hypotheses[0];
    assert_eq!(
        (
            first.before.n_periods,
            first.after.n_periods,
            first.no_answer.len()
        ),
        (20, 20, 0)
    );
    let rate = |side: &HypothesisSide| side.n_acts as f64 / side.n_of as f64;
    let ratio = first.ratio.as_ref().expect("a ratio");
    assert!((ratio.ratio - rate(&first.after) / rate(&first.before)).abs() < 1e-6);
}

#[test]
fn the_period_that_holds_the_day_is_on_neither_side() {
    let record = record(
        &a_loss(),
        &keys(vec![claim("mfa", InfluenceClaim::Loses, "2009-02-01")]),
    );
    let one = &record.hypotheses[0];
    assert_eq!((one.before.n_periods, one.after.n_periods), (20, 19));
}

#[test]
fn what_cannot_be_told_is_said_with_the_reason() {
    let state: Series = vec![9; 40];
    let other: Series = (0..40).map(|t| about(5, t)).collect();
    let only_others = table(
        40,
        vec![(police(), other.clone()), (nobody(), state)],
        vec![],
    );
    let ask = |table: &ActsTable, since: &str| {
        let record = record(
            table,
            &keys(vec![claim("mfa", InfluenceClaim::Loses, since)]),
        );
        record.hypotheses.into_iter().next().expect("one")
    };
    let never = ask(&only_others, "2009-01-01");
    assert_eq!(never.no_answer, [NoAnswer::NeverNamed]);
    assert_eq!(
        never.sentence,
        "Can’t tell: none of the attributed acts toward PRK in these data is laid to Ministry of Foreign Affairs."
    );
    assert!(never.not_shown.contains("says nothing of its influence"));
    let both = ask(&only_others, "2001-01-01");
    assert_eq!(
        both.sentence,
        "Can’t tell: none of the attributed acts toward PRK in these data is laid to Ministry of Foreign Affairs, and the data begin on 2004-01-01 and hold no whole period before 2001-01-01."
    );
    let late = ask(&a_loss(), "2004-01-01");
    assert!(matches!(late.no_answer[..], [NoAnswer::BeginsAfter { .. }]));
    let short = ask(&a_loss(), "2005-10-01");
    assert_eq!(short.no_answer, [NoAnswer::FewPeriods { needed: 8 }]);
    assert!(
        short
            .sentence
            .contains("7 periods before 2005-10-01 and 33 from then on have any")
    );
    let few = table(
        40,
        vec![(ministry(), vec![1; 20]), (police(), other.clone())],
        vec![],
    );
    assert_eq!(
        ask(&few, "2009-01-01").no_answer,
        [NoAnswer::FewActs { needed: 30 }]
    );
    let gone = table(
        40,
        vec![(ministry(), vec![2; 20]), (police(), other.clone())],
        vec![],
    );
    let gone = ask(&gone, "2009-01-01");
    assert_eq!(gone.no_answer, [NoAnswer::NoneOnASide]);
    assert!(
        gone.sentence
            .contains("has 40 before 2009-01-01 and 0 from then on"),
        "{}",
        gone.sentence
    );
    let alone = table(40, vec![(ministry(), other.clone())], vec![]);
    let alone = ask(&alone, "2009-01-01");
    assert!(
        matches!(alone.no_answer[..], [NoAnswer::NotFitted { .. }]),
        "{alone:?}"
    );
    let alike = table(
        40,
        vec![(ministry(), other.clone()), (police(), other)],
        vec![],
    );
    let alike = ask(&alike, "2009-01-01");
    assert_eq!(alike.no_answer, [NoAnswer::Spans]);
    assert_eq!(alike.answer, HypothesisAnswer::CannotTell);
}

#[test]
fn a_claim_that_the_unattributed_could_undo_is_not_made() {
    // The ministry's share of attributed acts falls because others are named more often, while its
    // share of all acts rises: the coder names more people than before.
    let n = 40;
    let acts = |early: u64, late: u64, shift: usize| -> Series {
        (0..n)
            .map(|t| about(if t < 20 { early } else { late }, t + shift))
            .collect()
    };
    let table = table(
        n,
        vec![
            (ministry(), acts(6, 9, 0)),
            (police(), acts(3, 14, 1)),
            (nobody(), acts(60, 20, 2)),
        ],
        vec![],
    );
    let record = record(
        &table,
        &keys(vec![claim("mfa", InfluenceClaim::Loses, "2009-01-01")]),
    );
    let one = &record.hypotheses[0];
    assert_eq!(one.no_answer, [NoAnswer::SecondMeasure]);
    assert!(one.second_ratio.expect("a ratio") > 1.0);
    assert!(one.ratio.as_ref().expect("a ratio").interval[1] < 1.0);
    assert!(
        one.sentence
            .contains("its share of all acts, those laid to nobody included, is ×2.18"),
        "{}",
        one.sentence
    );
}

#[test]
fn centrality_is_the_share_of_acts_at_home_and_pagerank_must_agree() {
    let n = 40;
    let acts = |early: u64, late: u64, shift: usize| -> Series {
        (0..n)
            .map(|t| about(if t < 20 { early } else { late }, t + shift))
            .collect()
    };
    let table = table(
        n,
        vec![],
        vec![
            (police(), ministry(), acts(12, 3, 0)),
            (police(), army(), acts(4, 9, 1)),
            (army(), police(), acts(5, 5, 2)),
        ],
    );
    let hypothesis = InfluenceHypothesis {
        measure: InfluenceMeasure::Centrality,
        ..claim("mfa", InfluenceClaim::Loses, "2009-01-01")
    };
    let record = record(&table, &keys(vec![hypothesis]));
    let one = &record.hypotheses[0];
    assert_eq!(one.answer, HypothesisAnswer::Supported, "{}", one.sentence);
    assert!(one.second_ratio.expect("a ratio of ranks") < 1.0);
    assert!(one.before.unattributed_share.is_none());
    assert!(
        record.headline.contains("no act of CHN → PRK"),
        "{}",
        record.headline
    );
}

#[test]
fn a_change_of_the_source_base_is_allowed_for_and_warned_of() {
    let mut table = a_loss();
    table.coverage[0].changes = vec![yalu_store::series::CoverageChange {
        date: date(2009, 1, 1),
        note: "more sources".to_owned(),
    }];
    let record = record(
        &table,
        &keys(vec![claim("mfa", InfluenceClaim::Loses, "2009-01-01")]),
    );
    let one = &record.hypotheses[0];
    assert!(
        matches!(one.no_answer[..], [NoAnswer::NotFitted { .. }]),
        "{}",
        one.sentence
    );
    assert!(
        record.warnings[0].starts_with("2009-Q1: more sources;"),
        "{:?}",
        record.warnings
    );
    assert!(record.coverage[0].changes[0].in_model);
    assert!(
        !record.members[0]
            .break_test
            .as_ref()
            .is_some_and(|one| one.found)
    );
}

/// Every number of a sentence, less those of the periods and days in it.
fn numbers(sentence: &str) -> Vec<String> {
    sentence
        .split(|c: char| !(c.is_ascii_digit() || ".<>-".contains(c)))
        .map(|word| word.trim_matches(|c: char| !c.is_ascii_digit()))
        .filter(|word| !word.is_empty() && !word.contains('-'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn sentences_state_the_numbers_of_the_record() {
    let record = record(
        &a_loss(),
        &keys(vec![claim("mfa", InfluenceClaim::Loses, "2009-01-01")]),
    );
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let figure = crate::reasons::figure;
    let one = &record.members[0];
    let share = one.share.as_ref().expect("a share");
    let [low, high] = share.interval.expect("an interval");
    let [least, most] = one.share_of_all.expect("a range");
    let expected = [
        one.n_acts.to_string(),
        record.n_attributed.to_string(),
        percent(share.share),
        percent(low),
        percent(high),
        percent(share.confidence),
        record.n_acts.to_string(),
        percent(least),
        percent(most),
        record.n_unattributed.to_string(),
    ];
    assert_eq!(numbers(&one.sentences[0]), expected, "{}", one.sentences[0]);
    let place = one.network.as_ref().expect("a place");
    let expected = [
        place.acts.iter().sum::<u64>().to_string(),
        record.n_network.to_string(),
        record.n_nodes.to_string(),
        percent(place.strength_share),
        place.out_strength.to_string(),
        place.in_strength.to_string(),
        percent(place.pagerank),
        percent(place.pagerank_if_alike),
    ];
    assert_eq!(numbers(&one.sentences[1]), expected, "{}", one.sentences[1]);
    let trend = one.trend.as_ref().expect("a trend");
    let expected = [trend.yearly_ratio, trend.interval[0], trend.interval[1]].map(figure);
    assert_eq!(
        numbers(&one.sentences[2])[..3],
        expected,
        "{}",
        one.sentences[2]
    );
    assert!(one.sentences[2].starts_with("A trend of its share is found"));
    assert!(one.sentences[3].starts_with("A break of its share is found at 2009-Q1 "));
    let one = &record.hypotheses[0];
    let ratio = one.ratio.as_ref().expect("a ratio");
    let rate = |side: &HypothesisSide| percent(side.n_acts as f64 / side.n_of as f64);
    let expected = [
        one.before.n_acts.to_string(),
        one.before.n_of.to_string(),
        rate(&one.before),
        one.after.n_acts.to_string(),
        one.after.n_of.to_string(),
        rate(&one.after),
        figure(ratio.ratio),
        figure(ratio.interval[0]),
        figure(ratio.interval[1]),
        percent(ratio.confidence),
    ];
    assert_eq!(numbers(&one.sentence), expected, "{}", one.sentence);
    assert!(one.sentence.starts_with("Supported: "));
    let nobody =
        [&one.before, &one.after].map(|side| percent(side.unattributed_share.expect("a share")));
    assert_eq!(numbers(&one.not_shown), nobody, "{}", one.not_shown);
}

#[test]
fn keys_that_were_not_checked_are_refused_by_name() {
    let table = a_loss();
    let refused =
        |keys: &InfluenceKeys| measure(&table, keys, &titles(), None).expect_err("refused");
    let bad = keys(vec![claim("mfa", InfluenceClaim::Loses, "2009")]);
    assert!(matches!(
        refused(&bad),
        InfluenceError::Date { key: "since", .. }
    ));
    let bad = keys(vec![claim("ild", InfluenceClaim::Loses, "2009-01-01")]);
    assert!(matches!(refused(&bad), InfluenceError::NoMember { .. }));
    let bad = InfluenceKeys {
        level: f64::NAN,
        ..keys(vec![])
    };
    assert!(matches!(
        refused(&bad),
        InfluenceError::Range { key: "level", .. }
    ));
    let bad = InfluenceKeys {
        from: Some("2009-13".to_owned()),
        ..keys(vec![])
    };
    assert!(matches!(
        refused(&bad),
        InfluenceError::Date { key: "from", .. }
    ));
}

#[test]
fn nothing_at_all_is_an_outcome() {
    let record = record(
        &table(4, vec![], vec![]),
        &keys(vec![claim("mfa", InfluenceClaim::Loses, "2009-01-01")]),
    );
    assert!(record.unattributed_share.is_none() && record.members[0].share.is_none());
    assert!(record.members[0].network.is_none());
    assert_eq!(record.hypotheses[0].answer, HypothesisAnswer::CannotTell);
    let json = serde_json::to_string(&record).expect("json");
    let again: InfluenceRecord = serde_json::from_str(&json).expect("read");
    assert_eq!(again, record);
}

#[test]
fn keys_have_defaults_and_refuse_what_they_do_not_know() {
    let read = |text: &str| toml::from_str::<InfluenceKeys>(text);
    let keys = read("").expect("all keys may be left out");
    assert_eq!(keys, InfluenceKeys::default());
    assert_eq!(keys.period, crate::spec::PeriodKey::Quarter);
    assert!(read("perod = \"month\"").is_err());
    let text = toml::to_string(&keys).expect("toml");
    assert_eq!(read(&text).expect("read"), keys);
    let measure = "id = \"a\"\ntext = \"b\"\nactor = \"c\"\nclaim = \"loses\"\nsince = \"2009-01-01\"\nmeasure = ";
    let hypothesis =
        |text: &str| toml::from_str::<InfluenceHypothesis>(&format!("{measure}{text}"));
    assert!(hypothesis("\"centrality\"").is_ok() && hypothesis("\"votes\"").is_err());
}

const DOSSIER: &str = r#"
[structure.influence]
acts = "acts.csv"
from = "2013-13"
codes = "sanction"
level = 0.7

[[structure.influence.coverage]]
dataset = "icews"
from = "2014-01-01"
to = "2013-01-01"

[[structure.influence.members]]
actor = "mfa"
sectors = ["foreign_minstry"]

[[structure.influence.members]]
actor = "leadr"
names = ["China"]

[[structure.influence.members]]
actor = "pla"

[[structure.influence.hypotheses]]
id = "loss"
text = "It loses."
actor = "mfaa"
claim = "loses"
since = "2009"
"#;

fn problems(text: &str) -> Vec<Problem> {
    let whole: toml::Table = text.parse().expect("toml");
    let keys = whole["structure"]["influence"]
        .clone()
        .try_into()
        .expect("keys");
    let known = Known {
        state: "CHN",
        actors: &["mfa", "pla", "leader"],
        groups: &["sanctions"],
    };
    check(Path::new("dossier.toml"), text, &keys, &known)
}

#[test]
fn every_fault_has_its_line_its_key_and_its_mend() {
    let found: Vec<String> = problems(DOSSIER)
        .iter()
        .map(|one| {
            let key = one.key.as_deref().unwrap_or_default();
            let key = key.trim_start_matches("structure.influence.");
            format!(
                "{} {key}: {}",
                one.line.unwrap_or(0),
                one.mend.as_deref().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "11 coverage[0].to: exchange from and to",
            "4 from: write YYYY-MM, in quotes",
            "5 codes: did you mean `sanctions`?",
            "6 level: leave the key out to use 0.05",
            "15 members[0].sectors[0]: did you mean `foreign_ministry`?",
            "18 members[1].actor: did you mean `leader`?",
            "19 members[1].names[0]: leave it out: acts in the state's own name are laid to nobody",
            "21 members[2]: name sectors, persons or names by which the data know it",
            "27 hypotheses[0].actor: did you mean `mfa`?",
            "29 hypotheses[0].since: write YYYY-MM-DD, in quotes",
        ]
    );
    assert!(problems("[structure.influence]\nacts = \"../acts.csv\"\n").len() == 2);
    assert!(problems("[structure.influence]\n").is_empty());
}

#[test]
fn an_acts_file_is_read_with_its_dossier_and_its_faults_have_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = a_loss();
    write_acts_file(&table, &folder.path().join("acts.csv")).expect("written");
    let coverage = crate::spec::CoverageKey {
        dataset: "icews".to_owned(),
        from: "2004-01-01".to_owned(),
        to: "2013-12-31".to_owned(),
        subset: None,
        changes: Vec::new(),
    };
    let mut keys = InfluenceKeys {
        acts: Some("acts.csv".to_owned()),
        coverage: vec![coverage],
        ..keys(vec![])
    };
    let query = acts_query(&keys, dyad(), CodeSet::default(), None).expect("a query");
    let read = read_acts(folder.path(), &keys, &query)
        .expect("read")
        .expect("a table");
    assert_eq!(
        (&read.outward, &read.domestic),
        (&table.outward, &table.domestic)
    );
    keys.coverage[0].to = "2013-06-30".to_owned();
    let problem = read_acts(folder.path(), &keys, &query).expect_err("lines outside coverage");
    assert_eq!(
        (problem.code, problem.line),
        ("acts.field", Some(40)),
        "{problem}"
    );
    assert!(problem.mend.is_some());
    keys.acts = Some("none.csv".to_owned());
    let problem = read_acts(folder.path(), &keys, &query).expect_err("no file");
    assert_eq!(problem.code, "acts.read");
    keys.acts = None;
    assert!(
        read_acts(folder.path(), &keys, &query)
            .expect("nothing to read")
            .is_none()
    );
}

fn small_counts() -> impl Strategy<Value = Vec<Series>> {
    prop::collection::vec(prop::collection::vec(0_u64..9, 24), 6)
}

fn of_counts(counts: &[Series], factor: u64) -> ActsTable {
    let counts: Vec<Series> = counts
        .iter()
        .map(|series| series.iter().map(|n| n * factor).collect())
        .collect();
    table(
        24,
        vec![
            (ministry(), counts[0].clone()),
            (army(), counts[1].clone()),
            (nobody(), counts[2].clone()),
        ],
        vec![
            (ministry(), army(), counts[3].clone()),
            (army(), police(), counts[4].clone()),
            (police(), ministry(), counts[5].clone()),
        ],
    )
}

fn quick(hypotheses: Vec<InfluenceHypothesis>) -> InfluenceKeys {
    InfluenceKeys {
        bootstrap: 99,
        ..keys(hypotheses)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn neither_the_order_of_lines_nor_later_ones_change_a_record(
        counts in small_counts(),
        cut in 10_usize..24,
        seed in any::<u64>(),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("acts.csv");
        let whole = of_counts(&counts, 1);
        write_acts_file(&whole, &path).expect("written");
        let as_of: Date = whole.periods[cut - 1].last_day;
        let keys = quick(vec![claim("pla", InfluenceClaim::Gains, "2006-01-01")]);
        let query = ActsQuery {
            unit: PeriodUnit::Quarter,
            as_of: Some(as_of),
            ..ActsQuery::of(dyad())
        };
        let read = || {
            let table = query_acts_file(&path, &query, &whole.coverage).expect("read");
            measure(&table, &keys, &titles(), Some(as_of)).expect("a record")
        };
        let straight = read();

        let text = std::fs::read_to_string(&path).expect("text");
        let (header, lines) = text.split_once('\n').expect("a header");
        let later = |line: &&str| {
            let label = whole.periods[cut..].iter().map(|one| one.label(PeriodUnit::Quarter));
            label.into_iter().any(|label| line.starts_with(&label))
        };
        let mut kept: Vec<&str> = lines.lines().filter(|line| !later(line)).collect();
        let by = |line: &str| line.bytes().fold(seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        kept.sort_by_key(|line| by(line));
        std::fs::write(&path, format!("{header}\n{}\n", kept.join("\n"))).expect("written");
        prop_assert_eq!(&read(), &straight);

        let mut direct = measure(&whole, &keys, &titles(), Some(as_of)).expect("a record");
        direct.files.clone_from(&straight.files);
        direct.sql.clone_from(&straight.sql);
        prop_assert_eq!(direct, straight);
    }

    #[test]
    fn more_of_all_acts_leaves_shares_as_they_are(counts in small_counts(), factor in 2_u64..30) {
        let keys = quick(vec![]);
        let one = record(&of_counts(&counts, 1), &keys);
        let many = record(&of_counts(&counts, factor), &keys);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        prop_assert_eq!(many.n_acts, one.n_acts * factor);
        for (one, many) in one.members.iter().zip(&many.members) {
            let share = |record: &InfluenceMemberRecord| record.share.as_ref().map(|one| one.share);
            match (share(one), share(many)) {
                (Some(a), Some(b)) => prop_assert!(close(a, b)),
                (a, b) => prop_assert_eq!(a, b),
            }
            match (&one.network, &many.network) {
                (Some(a), Some(b)) => {
                    prop_assert!(close(a.pagerank, b.pagerank));
                    prop_assert!(close(a.strength_share, b.strength_share));
                }
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }
}
