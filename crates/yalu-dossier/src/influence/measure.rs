//! From acts to the record.

use std::collections::BTreeMap;

use jiff::civil::Date;
use yalu_stats::{Bootstrap, benjamini_hochberg};
use yalu_store::query::acts::ActsTable;
use yalu_store::{Month, Period, PeriodUnit};

use super::InfluenceError;
use super::hypotheses::{MIN_ACTS, answer};
use super::keys::InfluenceKeys;
use super::members::{Rows, Tally, names};
use super::network::Network;
use super::record::{InfluenceBreak, InfluenceMemberRecord, InfluenceRecord, TrendRecord};
use super::regress::{Effect, OneBreak, Shares, share_of};
use super::words;
use crate::coverage::{
    coverage_records, file_records, source_changes, subset_warning, uncovered_warning,
};
use crate::diagnostic::did_you_mean;
use crate::prepare::unit_name;

/// The fewest periods that a test is made of.
const MIN_PERIODS: usize = 20;

/// What is counted, shared by all that is said of it.
pub(super) struct Measured<'a> {
    pub(super) table: &'a ActsTable,
    pub(super) keys: &'a InfluenceKeys,
    titles: &'a BTreeMap<String, String>,
    rows: Rows,
    pub(super) tally: Tally,
    pub(super) network: Network,
    /// Changes of the source base: the place of the first covered period, and what changed.
    pub(super) steps: Vec<(usize, String)>,
}

impl Measured<'_> {
    /// An actor's title; its id where the structure has none.
    pub(super) fn title(&self, actor: &str) -> String {
        self.titles
            .get(actor)
            .map_or(actor, String::as_str)
            .to_owned()
    }

    /// The covered periods.
    pub(super) fn periods(&self) -> Vec<Period> {
        let period = |&idx: &usize| self.table.periods[idx];
        self.rows.periods.iter().map(period).collect()
    }

    fn label(&self, row: usize) -> String {
        self.table.periods[self.rows.periods[row]].label(self.table.unit)
    }
}

/// Measures who within the source acts toward the target, tests it over time, and answers the
/// dossier's hypotheses.
///
/// `acts`: what a store or an acts file holds; periods outside `keys.from` and `keys.to` are left
/// out, and so is every period that isn't complete on `as_of`. Files and SQL are the table's own:
/// ask for it with the same dates. `titles`: what the structure's actors are, by their ids.
///
/// The same acts, keys and date give the same record, in whatever order the acts came.
///
/// # Errors
/// [`InfluenceError`] where a key holds something that [`check`](super::check()) would have named.
/// Too few periods, nobody named and the like are in the record.
pub fn measure(
    acts: &ActsTable,
    keys: &InfluenceKeys,
    titles: &BTreeMap<String, String>,
    as_of: Option<Date>,
) -> Result<InfluenceRecord, InfluenceError> {
    refuse_levels(keys)?;
    let (from, to) = window(keys, as_of)?;
    let table = acts.within(from, to);
    let rows = Rows::of(&table);
    let measured = Measured {
        keys,
        titles,
        tally: Tally::of(&table, keys, &rows),
        network: Network::of(&table, keys, &rows),
        steps: steps(&table, &rows),
        rows,
        table: &table,
    };
    let mut record = blank(&measured);
    record.members = members(&measured, &mut record.n_tests);
    for idx in 0..record.members.len() {
        record.members[idx].sentences = words::member(&record.members[idx], &record);
    }
    record.headline = words::headline(&record);
    record.hypotheses = keys
        .hypotheses
        .iter()
        .map(|one| answer(&measured, one))
        .collect::<Result<_, _>>()?;
    record.warnings = warnings(&measured);
    Ok(record)
}

fn refuse_levels(keys: &InfluenceKeys) -> Result<(), InfluenceError> {
    let range = |key: &'static str, got: f64, sound: bool| {
        if sound {
            Ok(())
        } else {
            Err(InfluenceError::Range { key, got })
        }
    };
    range("level", keys.level, keys.level > 0.0 && keys.level < 0.5)?;
    let steady = keys.steady_ratio;
    range("steady_ratio", steady, steady > 1.0 && steady.is_finite())
}

/// The days asked for: whole months, and nothing after the as-of date.
pub(super) fn window(
    keys: &InfluenceKeys,
    as_of: Option<Date>,
) -> Result<(Option<Date>, Option<Date>), InfluenceError> {
    let month = |key: &'static str, text: &Option<String>| {
        let parse = |text: &String| {
            text.parse::<Month>().map_err(|_| InfluenceError::Date {
                key,
                text: text.clone(),
            })
        };
        text.as_ref().map(parse).transpose()
    };
    let from = month("from", &keys.from)?.map(Month::first_day);
    let to = month("to", &keys.to)?.map(Month::last_day);
    let to = match (to, as_of) {
        (Some(to), Some(as_of)) => Some(to.min(as_of)),
        (to, as_of) => to.or(as_of),
    };
    Ok((from, to))
}

/// Where the source base changes, but for the first period.
fn steps(table: &ActsTable, rows: &Rows) -> Vec<(usize, String)> {
    let mut steps: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (date, note) in source_changes(&table.coverage) {
        let place = rows
            .periods
            .iter()
            .position(|&idx| table.periods[idx].last_day >= date);
        if let Some(place) = place.filter(|place| *place > 0) {
            let notes = steps.entry(place).or_default();
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    steps
        .into_iter()
        .map(|(place, notes)| (place, notes.join("; ")))
        .collect()
}

fn blank(measured: &Measured<'_>) -> InfluenceRecord {
    let Measured {
        table,
        tally,
        network,
        ..
    } = measured;
    let n_acts: u64 = tally.acts.iter().sum();
    let n_attributed: u64 = tally.attributed.iter().sum();
    let n_unattributed = n_acts - n_attributed;
    InfluenceRecord {
        headline: String::new(),
        dyad: table.dyad.to_string(),
        unit: unit_name(table.unit).to_owned(),
        periods: (0..measured.rows.len())
            .map(|row| measured.label(row))
            .collect(),
        n_uncovered: (table.periods.len() - measured.rows.len()) as u32,
        n_acts,
        n_attributed,
        n_unattributed,
        unattributed_share: (n_acts > 0).then(|| n_unattributed as f64 / n_acts as f64),
        acts: tally.acts.clone(),
        attributed: tally.attributed.clone(),
        n_domestic: network.n_domestic,
        n_network: network.n_acts(),
        n_nodes: network.n_nodes() as u32,
        members: Vec::new(),
        others: tally.others.clone(),
        n_others: tally.n_others as u32,
        n_acts_of_others: tally.n_acts_of_others,
        overlaps: tally.overlaps.clone(),
        hypotheses: Vec::new(),
        n_tests: 0,
        level: measured.keys.level,
        warnings: Vec::new(),
        not_shown: words::limits(),
        // The table's coverage was cut to the window.
        coverage: coverage_records(&table.coverage, None, |date| {
            measured.steps.iter().any(|(place, _)| {
                measured.periods()[*place].last_day >= date
                    && measured.periods()[place - 1].last_day < date
            })
        }),
        files: file_records(&table.files),
        credit: measured.keys.credit.clone(),
        sql: table.sql.clone(),
    }
}

/// A member's tests before they are corrected for their number, or why there are none.
type Tests = Result<(Effect, OneBreak), String>;

fn members(measured: &Measured<'_>, n_tests: &mut u32) -> Vec<InfluenceMemberRecord> {
    let places: Vec<usize> = (0..measured.keys.members.len()).collect();
    let tests: Vec<Tests> = {
        use rayon::prelude::*;
        places.par_iter().map(|&idx| tests(measured, idx)).collect()
    };
    let p_values: Vec<f64> = tests
        .iter()
        .flatten()
        .flat_map(|(trend, one_break)| [trend.p_value(), one_break.p_value])
        .collect();
    *n_tests = p_values.len() as u32;
    // Each is a share of draws or of a distribution, so that none is refused.
    let q_values = benjamini_hochberg(&p_values).unwrap_or_else(|_| vec![1.0; p_values.len()]);
    let mut q_values = q_values.into_iter();
    tests
        .into_iter()
        .zip(places)
        .map(|(tests, idx)| {
            let mut record = member(measured, idx);
            match tests {
                Ok((trend, one_break)) => {
                    let mut q = || q_values.next().unwrap_or(1.0);
                    record.trend = Some(trend_record(measured, &trend, q()));
                    record.break_test = Some(break_record(measured, &one_break, q()));
                }
                Err(reason) => record.no_test = Some(reason),
            }
            record
        })
        .collect()
}

fn member(measured: &Measured<'_>, idx: usize) -> InfluenceMemberRecord {
    let tally = &measured.tally;
    let actor = &measured.keys.members[idx].actor;
    let own = &tally.of_members[idx];
    let n_acts: u64 = own.iter().sum();
    let n_all: u64 = tally.acts.iter().sum();
    let n_unattributed = n_all - tally.attributed.iter().sum::<u64>();
    InfluenceMemberRecord {
        actor: actor.clone(),
        title: measured.title(actor),
        named: tally.named[idx].clone(),
        n_acts,
        acts: own.clone(),
        share_of_all: (n_all > 0)
            .then(|| [n_acts, n_acts + n_unattributed].map(|n| n as f64 / n_all as f64)),
        share: share_of(own, &tally.attributed, 1.0 - 2.0 * measured.keys.level),
        network: measured.network.place_of(idx),
        trend: None,
        break_test: None,
        no_test: None,
        sentences: Vec::new(),
    }
}

fn tests(measured: &Measured<'_>, idx: usize) -> Tests {
    let own = &measured.tally.of_members[idx];
    let n_acts: u64 = own.iter().sum();
    if n_acts == 0 {
        return Err("it is never named".to_owned());
    }
    let shares = Shares::new(own, &measured.tally.attributed, &measured.steps, |_| true);
    if shares.rows.len() < MIN_PERIODS {
        let (n, unit) = (shares.rows.len(), unit_name(measured.table.unit));
        let s = if n == 1 { "" } else { "s" };
        return Err(format!(
            "{n} {unit}{s} with an attributed act; {MIN_PERIODS} are needed"
        ));
    }
    if n_acts < u64::from(MIN_ACTS) {
        return Err(format!(
            "it has {}; {MIN_ACTS} are needed",
            words::acts(n_acts)
        ));
    }
    let keys = measured.keys;
    let bootstrap = Bootstrap {
        n_replications: keys.bootstrap as usize,
        seed: keys.seed,
    };
    let years: Vec<f64> = (0..measured.rows.len())
        .map(|row| measured.rows.periods[row] as f64 / per_year(measured.table.unit))
        .collect();
    let trend = shares.trend(&years).map_err(|error| error.to_string())?;
    let one_break = shares
        .one_break(keys.level, &bootstrap)
        .map_err(|error| error.to_string())?;
    Ok((trend, one_break))
}

fn per_year(unit: PeriodUnit) -> f64 {
    match unit {
        PeriodUnit::Week => 365.25 / 7.0,
        PeriodUnit::Month => 12.0,
        PeriodUnit::Quarter => 4.0,
    }
}

fn trend_record(measured: &Measured<'_>, trend: &Effect, q_value: f64) -> TrendRecord {
    let confidence = 1.0 - 2.0 * measured.keys.level;
    TrendRecord {
        yearly_ratio: trend.log_ratio.exp(),
        interval: trend.interval(confidence),
        confidence,
        p_value: trend.p_value(),
        q_value,
    }
}

fn break_record(measured: &Measured<'_>, one: &OneBreak, q_value: f64) -> InfluenceBreak {
    InfluenceBreak {
        statistic: one.statistic,
        p_value: one.p_value,
        q_value,
        found: q_value <= measured.keys.level,
        at: measured.label(one.at),
        interval: one.interval.map(|row| measured.label(row)),
        ratio: one.log_ratio.exp(),
        ratio_interval: one.log_interval.map(f64::exp),
    }
}

fn warnings(measured: &Measured<'_>) -> Vec<String> {
    let table = measured.table;
    let mut warnings: Vec<String> = Vec::new();
    warnings.extend(uncovered_warning(&table.covered));
    warnings.extend(table.coverage.iter().filter_map(subset_warning));
    for (place, note) in &measured.steps {
        warnings.push(format!(
            "{}: {note}; tests allow for a step of shares there, and what happened at that time can’t be told from it",
            measured.label(*place)
        ));
    }
    let known = names(table);
    for member in &measured.keys.members {
        for name in member.names.iter().chain(&member.persons) {
            if known.contains(name.as_str()) {
                continue;
            }
            let near = did_you_mean(name, known.iter().copied()).map_or(String::new(), |near| {
                format!("; the nearest name in them is `{near}`")
            });
            warnings.push(format!(
                "the data never name `{name}` (a name of `{}`){near}",
                member.actor
            ));
        }
    }
    if measured.keys.hypotheses.len() > 1 {
        warnings.push(format!(
            "{} hypotheses are answered, each at a level of {}; together they err more often",
            measured.keys.hypotheses.len(),
            crate::words::percent(measured.keys.level)
        ));
    }
    warnings
}
