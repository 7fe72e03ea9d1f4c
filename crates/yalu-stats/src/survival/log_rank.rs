//! Do groups differ in how long it takes?

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::permutation::{PermutationPValue, Permutations, permutation_p};
use super::{FollowUp, SurvivalError, check_times, distinct, risk_span};

/// How groups are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogRankOptions {
    /// The exponent ρ of the weights Ŝ(t−)^ρ, from the pooled curve: 0 is the log-rank test, 1
    /// Peto and Peto's form of the Wilcoxon test, which weighs early events most.
    pub rho: f64,
    /// How labels are dealt anew for the permutation p-value.
    pub permutations: Permutations,
}

impl Default for LogRankOptions {
    /// The log-rank test.
    fn default() -> Self {
        Self {
            rho: 0.0,
            permutations: Permutations::default(),
        }
    }
}

/// One group in the comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupComparison {
    /// How many were followed.
    pub n: usize,
    /// How many had the event.
    pub events: usize,
    /// The weighted number of events.
    pub observed: f64,
    /// The weighted number that its share of those at risk would lead one to expect.
    pub expected: f64,
}

/// The log-rank test of k groups.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRank {
    /// The exponent of the weights.
    pub rho: f64,
    /// Each group, in order; one that was never at risk has nothing expected.
    pub groups: Vec<GroupComparison>,
    /// The covariance of observed − expected: k × k, row by row.
    pub covariance: Vec<f64>,
    /// The statistic (O − E)'V⁻(O − E).
    pub chi_square: f64,
    /// Groups that were ever at risk at an event, less one.
    pub degrees_of_freedom: usize,
    /// The p-value of the χ² law: for large groups.
    pub p_value: f64,
    /// The p-value of dealing the labels anew, with the statistic's own variance each time: for
    /// small groups.
    pub permutation: PermutationPValue,
}

/// What a comparison says.
#[derive(Debug, Clone, PartialEq)]
pub enum LogRankOutcome {
    /// The groups were compared.
    Tested(LogRank),
    /// Nobody had the event, so that there is nothing to compare.
    NoEvents,
    /// At no event were two groups at risk together, or only one is there at all.
    OneGroup,
    /// Everyone at risk had each event together: whatever the labels, observed is expected.
    NoVariation,
}

/// Tests whether several groups have the same law of durations, `groups` each with its subjects.
///
/// At each event time the number of events in a group is compared with its share of those at risk;
/// the variance is that of the hypergeometric law, so that ties are dealt with.
///
/// The permutation deals the labels anew over subjects (with their times, entries and whether they
/// are censored) and computes the statistic with its own variance each time. If the groups are
/// censored alike, it is exact at any size. If they aren't (later groups have been watched for less
/// time), it is so only for large groups, thanks to the variance (Neuhaus 1993); what that means
/// for ten to twenty a group is measured in `docs/methods/time-to-step.md`.
///
/// # Errors
/// [`SurvivalError`] for no subjects, a duration or entry that is none, a ρ below 0, or no draws.
///
/// # Source
/// Mantel (1966), Cancer Chemotherapy Reports 50, 163–170; Peto and Peto (1972), Journal of the
/// Royal Statistical Society A 135, 185–207; Harrington and Fleming (1982), Biometrika 69, 553–566;
/// Neuhaus (1993), Annals of Statistics 21, 1760–1779. Held to R's `survdiff`.
pub fn log_rank(
    groups: &[&[FollowUp]],
    options: &LogRankOptions,
) -> Result<LogRankOutcome, SurvivalError> {
    let subjects: Vec<FollowUp> = groups.iter().copied().flatten().copied().collect();
    check(&subjects, options)?;
    let labels: Vec<usize> = groups
        .iter()
        .enumerate()
        .flat_map(|(label, members)| members.iter().map(move |_| label))
        .collect();
    let mut table = Table::new(&subjects, groups.len(), options.rho);
    if table.n_events == 0 {
        return Ok(LogRankOutcome::NoEvents);
    }
    table.fill(&labels);
    let present: Vec<usize> = (0..groups.len())
        .filter(|group| table.expected[*group] > 0.0)
        .collect();
    let together = present.iter().any(|group| table.ever_beside_others(*group));
    if present.len() < 2 || !together {
        return Ok(LogRankOutcome::OneGroup);
    }
    if present
        .iter()
        .all(|group| table.covariance[group * groups.len() + group] <= 0.0)
    {
        return Ok(LogRankOutcome::NoVariation);
    }
    let chi_square = table.chi_square();
    let comparisons = groups
        .iter()
        .enumerate()
        .map(|(group, members)| GroupComparison {
            n: members.len(),
            events: members.iter().filter(|one| one.event).count(),
            observed: table.observed[group],
            expected: table.expected[group],
        });
    let degrees_of_freedom = present.len() - 1;
    Ok(LogRankOutcome::Tested(LogRank {
        rho: options.rho,
        groups: comparisons.collect(),
        covariance: table.covariance.clone(),
        chi_square,
        degrees_of_freedom,
        p_value: chi_square_sf(chi_square, degrees_of_freedom),
        permutation: permutation_p(&labels, &options.permutations, |labels| {
            table.fill(labels);
            table.chi_square()
        }),
    }))
}

/// P(χ² > x) with at least one degree of freedom.
fn chi_square_sf(x: f64, degrees_of_freedom: usize) -> f64 {
    let law = ChiSquared::new(degrees_of_freedom as f64).expect("two groups or more");
    law.sf(x)
}

fn check(subjects: &[FollowUp], options: &LogRankOptions) -> Result<(), SurvivalError> {
    if subjects.is_empty() {
        return Err(SurvivalError::NoSubjects);
    }
    if !options.rho.is_finite() || options.rho < 0.0 {
        return Err(SurvivalError::Rho { got: options.rho });
    }
    if options.permutations.draws == 0 {
        return Err(SurvivalError::NoDraws);
    }
    for (place, one) in subjects.iter().enumerate() {
        check_times(place, one.entered, one.time)?;
    }
    Ok(())
}

/// Events and those at risk, by event time and group; the pooled part doesn't depend on labels.
struct Table {
    k: usize,
    n_events: usize,
    /// For each subject, the half-open span of event times at which it is at risk.
    spans: Vec<(usize, usize)>,
    /// For each subject, the event time at which it has the event.
    event_at: Vec<Option<usize>>,
    /// Pooled, by event time: at risk, events, weight.
    pooled: Vec<(f64, f64, f64)>,
    /// By event time and group, with one time more for the ends of spans.
    at_risk: Vec<f64>,
    events: Vec<f64>,
    observed: Vec<f64>,
    expected: Vec<f64>,
    covariance: Vec<f64>,
}

impl Table {
    fn new(subjects: &[FollowUp], k: usize, rho: f64) -> Self {
        let happened = subjects.iter().filter(|one| one.event);
        let times = distinct(happened.map(|one| one.time));
        let spans: Vec<_> = subjects
            .iter()
            .map(|one| risk_span(&times, one.entered, one.time))
            .collect();
        let event_at: Vec<_> = subjects
            .iter()
            .map(|one| one.event.then(|| times.partition_point(|&t| t < one.time)))
            .collect();
        let mut survival: f64 = 1.0;
        let pooled = (0..times.len())
            .map(|idx| {
                let n = spans
                    .iter()
                    .filter(|span| span.0 <= idx && idx < span.1)
                    .count() as f64;
                let d = event_at.iter().filter(|at| **at == Some(idx)).count() as f64;
                let weight = survival.powf(rho);
                survival *= (n - d) / n;
                (n, d, weight)
            })
            .collect();
        Self {
            k,
            n_events: event_at.iter().flatten().count(),
            spans,
            event_at,
            pooled,
            at_risk: vec![0.0; (times.len() + 1) * k],
            events: vec![0.0; times.len() * k],
            observed: vec![0.0; k],
            expected: vec![0.0; k],
            covariance: vec![0.0; k * k],
        }
    }

    /// Counts anew, with these labels.
    fn fill(&mut self, labels: &[usize]) {
        self.at_risk.fill(0.0);
        self.events.fill(0.0);
        for (subject, label) in labels.iter().enumerate() {
            let (first, past) = self.spans[subject];
            if first < past {
                self.at_risk[first * self.k + label] += 1.0;
                self.at_risk[past * self.k + label] -= 1.0;
            }
            if let Some(at) = self.event_at[subject] {
                self.events[at * self.k + label] += 1.0;
            }
        }
        for idx in self.k..self.at_risk.len() {
            self.at_risk[idx] += self.at_risk[idx - self.k];
        }
        self.observed.fill(0.0);
        self.expected.fill(0.0);
        self.covariance.fill(0.0);
        for (at, &(n, d, weight)) in self.pooled.iter().enumerate() {
            let row = at * self.k..(at + 1) * self.k;
            let (at_risk, events) = (&self.at_risk[row.clone()], &self.events[row]);
            let spread = if n > 1.0 {
                weight * weight * d * (n - d) / (n - 1.0)
            } else {
                0.0
            };
            for g in 0..self.k {
                let share = at_risk[g] / n;
                self.observed[g] += weight * events[g];
                self.expected[g] += weight * d * share;
                for (h, beside) in at_risk.iter().enumerate() {
                    let own = if g == h { 1.0 } else { 0.0 };
                    self.covariance[g * self.k + h] += spread * share * (own - beside / n);
                }
            }
        }
    }

    /// Whether a group is at risk together with another at some event.
    fn ever_beside_others(&self, group: usize) -> bool {
        self.pooled.iter().enumerate().any(|(at, (n, ..))| {
            let own = self.at_risk[at * self.k + group];
            own > 0.0 && own < *n
        })
    }

    /// (O − E)'V⁻(O − E) by Cholesky's elimination; a group whose row adds nothing is passed over,
    /// as the last always is, since the differences sum to zero.
    fn chi_square(&self) -> f64 {
        let k = self.k;
        let mut matrix = self.covariance.clone();
        let mut gap: Vec<f64> = (0..k)
            .map(|g| self.observed[g] - self.expected[g])
            .collect();
        let scale = (0..k).map(|g| matrix[g * k + g]).fold(0.0, f64::max);
        let mut sum = 0.0;
        for pivot in 0..k {
            let diagonal = matrix[pivot * k + pivot];
            if diagonal <= 1e-10 * scale {
                continue;
            }
            sum += gap[pivot] * gap[pivot] / diagonal;
            for row in pivot + 1..k {
                let factor = matrix[row * k + pivot] / diagonal;
                gap[row] -= factor * gap[pivot];
                for column in pivot + 1..k {
                    matrix[row * k + column] -= factor * matrix[pivot * k + column];
                }
            }
        }
        sum
    }
}
