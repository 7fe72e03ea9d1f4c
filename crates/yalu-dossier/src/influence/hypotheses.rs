//! Hypotheses about influence over time, answered: supported, contradicted, can't tell.

use jiff::civil::Date;
use yalu_store::Period;

use super::InfluenceError;
use super::keys::{InfluenceClaim, InfluenceHypothesis, InfluenceMeasure};
use super::measure::Measured;
use super::record::{HypothesisAnswer, HypothesisRecord, HypothesisSide, NoAnswer, RatioRecord};
use super::regress::Shares;
use super::words;

/// The fewest periods on either side of the day.
pub(super) const MIN_SIDE: u32 = 8;
/// The fewest acts of the actor that a test is made of.
pub(super) const MIN_ACTS: u32 = 30;

/// On which side of the day each covered period lies; the one that holds the day is on neither.
struct Sides {
    since: Date,
    periods: Vec<Period>,
}

impl Sides {
    fn before(&self, row: usize) -> bool {
        self.periods[row].last_day < self.since
    }

    fn after(&self, row: usize) -> bool {
        self.periods[row].first_day >= self.since
    }
}

/// What a measure counts, by covered period: the actor's acts, what they are a share of, and for a
/// share all acts.
struct Counts<'a> {
    own: Vec<u64>,
    of: &'a [u64],
    all: Option<&'a [u64]>,
}

/// Answers one hypothesis. Its actor must be a member.
pub(super) fn answer(
    measured: &Measured<'_>,
    hypothesis: &InfluenceHypothesis,
) -> Result<HypothesisRecord, InfluenceError> {
    let since: Date = hypothesis.since.parse().map_err(|_| InfluenceError::Date {
        key: "since",
        text: hypothesis.since.clone(),
    })?;
    let member = measured
        .keys
        .members
        .iter()
        .position(|one| one.actor == hypothesis.actor)
        .ok_or_else(|| InfluenceError::NoMember {
            hypothesis: hypothesis.id.clone(),
            actor: hypothesis.actor.clone(),
        })?;
    let counts = match hypothesis.measure {
        InfluenceMeasure::Share => Counts {
            own: measured.tally.of_members[member].clone(),
            of: &measured.tally.attributed,
            all: Some(&measured.tally.acts),
        },
        InfluenceMeasure::Centrality => Counts {
            own: measured.network.touching(member),
            of: &measured.network.acts,
            all: None,
        },
    };
    let sides = Sides {
        since,
        periods: measured.periods(),
    };
    let mut record = blank(measured, hypothesis, &counts, &sides);
    record.no_answer = missing(&record, &counts, &sides);
    if record.no_answer.is_empty() {
        judge(measured, member, &counts, &sides, &mut record);
    }
    if !record.no_answer.is_empty() {
        record.answer = HypothesisAnswer::CannotTell;
    }
    record.sentence = words::hypothesis(&record, &measured.table.dyad);
    record.not_shown = words::not_shown(&record);
    Ok(record)
}

fn blank(
    measured: &Measured<'_>,
    hypothesis: &InfluenceHypothesis,
    counts: &Counts<'_>,
    sides: &Sides,
) -> HypothesisRecord {
    HypothesisRecord {
        id: hypothesis.id.clone(),
        text: hypothesis.text.clone(),
        actor: hypothesis.actor.clone(),
        title: measured.title(&hypothesis.actor),
        claim: hypothesis.claim,
        since: hypothesis.since.clone(),
        measure: hypothesis.measure,
        answer: HypothesisAnswer::CannotTell,
        no_answer: Vec::new(),
        sentence: String::new(),
        not_shown: String::new(),
        before: side(counts, |row| sides.before(row)),
        after: side(counts, |row| sides.after(row)),
        ratio: None,
        second_ratio: None,
        steady_ratio: measured.keys.steady_ratio,
    }
}

fn side(counts: &Counts<'_>, holds: impl Fn(usize) -> bool) -> HypothesisSide {
    let sum = |of: &[u64]| -> u64 {
        (0..of.len())
            .filter(|&row| holds(row))
            .map(|row| of[row])
            .sum()
    };
    let n_of = sum(counts.of);
    let active = (0..counts.of.len()).filter(|&row| holds(row) && counts.of[row] > 0);
    HypothesisSide {
        n_periods: active.count() as u32,
        n_acts: sum(&counts.own),
        n_of,
        unattributed_share: counts
            .all
            .map(sum)
            .filter(|all| *all > 0)
            .map(|all| (all - n_of) as f64 / all as f64),
    }
}

/// Facts about the data that leave the question open, before anything is fitted.
fn missing(record: &HypothesisRecord, counts: &Counts<'_>, sides: &Sides) -> Vec<NoAnswer> {
    let mut facts = Vec::new();
    if counts.own.iter().all(|n| *n == 0) {
        facts.push(NoAnswer::NeverNamed);
    }
    let (before, after) = (&record.before, &record.after);
    if !(0..sides.periods.len()).any(|row| sides.before(row)) {
        facts.push(NoAnswer::BeginsAfter {
            first_day: sides.periods.first().map(|one| one.first_day.to_string()),
        });
    } else if before.n_periods.min(after.n_periods) < MIN_SIDE {
        facts.push(NoAnswer::FewPeriods { needed: MIN_SIDE });
    }
    if !facts.is_empty() {
        return facts;
    }
    if before.n_acts + after.n_acts < u64::from(MIN_ACTS) {
        facts.push(NoAnswer::FewActs { needed: MIN_ACTS });
    } else if before.n_acts == 0 || after.n_acts == 0 {
        facts.push(NoAnswer::NoneOnASide);
    }
    facts
}

fn judge(
    measured: &Measured<'_>,
    member: usize,
    counts: &Counts<'_>,
    sides: &Sides,
    record: &mut HypothesisRecord,
) {
    let holds = |row: usize| sides.before(row) || sides.after(row);
    let shares = Shares::new(&counts.own, counts.of, &measured.steps, holds);
    let effect = match shares.step(|row| sides.after(row)) {
        Ok(effect) => effect,
        Err(error) => {
            record.no_answer.push(NoAnswer::NotFitted {
                reason: error.to_string(),
            });
            return;
        }
    };
    let confidence = 1.0 - 2.0 * measured.keys.level;
    let ratio = RatioRecord {
        ratio: effect.log_ratio.exp(),
        interval: effect.interval(confidence),
        confidence,
    };
    record.second_ratio = match counts.all {
        Some(all) => pooled_ratio(&counts.own, all, sides),
        None => rank_ratio(measured, member, sides),
    };
    let answer = answer_of(record.claim, &ratio, record.steady_ratio);
    match answer {
        HypothesisAnswer::CannotTell => record.no_answer.push(NoAnswer::Spans),
        _ if !borne_out(&ratio, record.second_ratio, record.steady_ratio) => {
            record.no_answer.push(NoAnswer::SecondMeasure);
        }
        _ => record.answer = answer,
    }
    record.ratio = Some(ratio);
}

/// The answer that a ratio's interval gives.
pub(super) fn answer_of(
    claim: InfluenceClaim,
    ratio: &RatioRecord,
    steady_ratio: f64,
) -> HypothesisAnswer {
    let [low, high] = ratio.interval;
    let (less, more) = (high < 1.0, low > 1.0);
    let (supported, contradicted) = match claim {
        InfluenceClaim::Loses => (less, more),
        InfluenceClaim::Gains => (more, less),
        InfluenceClaim::Steady => (
            low >= 1.0 / steady_ratio && high <= steady_ratio,
            high < 1.0 / steady_ratio || low > steady_ratio,
        ),
    };
    match (supported, contradicted) {
        (true, _) => HypothesisAnswer::Supported,
        (_, true) => HypothesisAnswer::Contradicted,
        _ => HypothesisAnswer::CannotTell,
    }
}

/// Whether the second measure says the same: on the same side of 1, or steady where the ratio's
/// interval is.
fn borne_out(ratio: &RatioRecord, second: Option<f64>, steady_ratio: f64) -> bool {
    let Some(second) = second else { return false };
    let [low, high] = ratio.interval;
    if high < 1.0 {
        second < 1.0
    } else if low > 1.0 {
        second > 1.0
    } else {
        (1.0 / steady_ratio..=steady_ratio).contains(&second)
    }
}

fn pooled_ratio(own: &[u64], all: &[u64], sides: &Sides) -> Option<f64> {
    let rate = |holds: &dyn Fn(usize) -> bool| {
        let rows: Vec<usize> = (0..all.len()).filter(|&row| holds(row)).collect();
        let sum = |of: &[u64]| rows.iter().map(|&row| of[row]).sum::<u64>() as f64;
        (sum(all) > 0.0).then(|| sum(own) / sum(all))
    };
    let before = rate(&|row| sides.before(row)).filter(|rate| *rate > 0.0)?;
    Some(rate(&|row| sides.after(row))? / before)
}

fn rank_ratio(measured: &Measured<'_>, member: usize, sides: &Sides) -> Option<f64> {
    let rank = |holds: &dyn Fn(usize) -> bool| measured.network.rank_in(member, holds);
    let before = rank(&|row| sides.before(row)).filter(|rank| *rank > 0.0)?;
    Some(rank(&|row| sides.after(row))? / before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(low: f64, high: f64) -> RatioRecord {
        RatioRecord {
            ratio: (low * high).sqrt(),
            interval: [low, high],
            confidence: 0.9,
        }
    }

    #[test]
    fn an_answer_needs_the_whole_interval() {
        use HypothesisAnswer::{CannotTell, Contradicted, Supported};
        use InfluenceClaim::{Gains, Loses, Steady};
        for (claim, low, high, expected) in [
            (Loses, 0.4, 0.9, Supported),
            (Loses, 0.4, 1.1, CannotTell),
            (Loses, 1.1, 2.0, Contradicted),
            (Gains, 1.1, 2.0, Supported),
            (Gains, 0.9, 2.0, CannotTell),
            (Gains, 0.4, 0.9, Contradicted),
            (Steady, 0.7, 1.4, Supported),
            (Steady, 0.6, 1.4, CannotTell),
            (Steady, 1.6, 3.0, Contradicted),
            (Steady, 0.1, 0.6, Contradicted),
        ] {
            let got = answer_of(claim, &ratio(low, high), 1.5);
            assert_eq!(got, expected, "{claim:?} {low} to {high}");
        }
    }

    #[test]
    fn the_second_measure_must_lie_on_the_same_side() {
        assert!(borne_out(&ratio(0.4, 0.9), Some(0.8), 1.5));
        assert!(!borne_out(&ratio(0.4, 0.9), Some(1.2), 1.5));
        assert!(!borne_out(&ratio(1.1, 2.0), Some(0.9), 1.5));
        assert!(borne_out(&ratio(0.8, 1.2), Some(1.4), 1.5));
        assert!(!borne_out(&ratio(0.8, 1.2), Some(1.6), 1.5));
        assert!(!borne_out(&ratio(0.8, 1.2), None, 1.5));
    }
}
