//! Partitions of counts by deviance.

use super::count_fit::{Counts, MAX_THETA, Work};
use super::deviances::SegmentDeviances;
use super::dynamic::{Least, least_cost_partitions};
use super::error::PartitionError;
use super::model::{MinSegment, check_vector, regimes};
use super::select::{ChosenCounts, least_of, lwz_penalty};
use crate::design::Design;
use crate::glm::GlmError;

/// A regime's fit ends at a step of this share of its deviance.
const TOLERANCE: f64 = 1e-11;
/// Turns between dates and θ.
const MAX_TURNS: usize = 20;

/// How counts vary about their mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CountLaw {
    /// Variance μ.
    Poisson,
    /// Variance μ + μ²/θ, one θ for all regimes.
    NegativeBinomial {
        /// θ; none for maximum likelihood, anew for each number of breaks.
        theta: Option<f64>,
    },
}

/// One regime of counts.
#[derive(Debug, Clone, PartialEq)]
pub struct CountRegime {
    /// Its first period, from 0.
    pub first: usize,
    /// Its last period.
    pub last: usize,
    /// Events in it.
    pub events: f64,
    /// Exposure in it.
    pub exposure: f64,
    /// Coefficients on the log scale, k; none where there is no event: its rate is 0, whose
    /// logarithm isn't finite.
    pub coefficients: Option<Vec<f64>>,
}

/// The best partition of counts with one number of breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct CountPartition {
    /// Last periods of the regimes before the breaks, ascending, from 0.
    pub breaks: Vec<usize>,
    /// The deviance; of a negative binomial at its θ, so that only the log-likelihood compares
    /// numbers of breaks.
    pub deviance: f64,
    /// The log-likelihood with all its constants.
    pub log_likelihood: f64,
    /// θ; none for Poisson. A million stands for no overdispersion at all.
    pub theta: Option<f64>,
    /// Parameters that the criteria count: coefficients, breaks, θ where it is estimated.
    pub n_parameters: usize,
    /// −2 log-likelihood + 2 · `n_parameters`.
    pub aic: f64,
    /// −2 log-likelihood + log n · `n_parameters`.
    pub bic: f64,
    /// −2 log-likelihood + 0.299 (log n)^2.1 · `n_parameters`.
    pub lwz: f64,
    /// The regimes, m + 1.
    pub regimes: Vec<CountRegime>,
}

/// A segment that can't be a regime.
#[derive(Debug, Clone, PartialEq)]
pub struct UnfittedSegment {
    /// Its first period.
    pub first: usize,
    /// Its last period.
    pub last: usize,
    /// Why.
    pub reason: GlmError,
}

/// The best partitions of counts for every number of breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct CountPartitions {
    /// From no break up; shorter than `max_breaks` + 1 where more don't fit in.
    pub by_count: Vec<CountPartition>,
    /// What the criteria choose; KT isn't defined here.
    pub chosen: ChosenCounts,
    /// The fewest periods of a regime.
    pub min_segment: usize,
    /// Segments that were left out because they can't be fitted.
    pub n_unfitted: usize,
    /// The first of them.
    pub first_unfitted: Option<UnfittedSegment>,
}

/// The partitions of counts with the least deviance for 0 to `max_breaks` breaks, all coefficients
/// changing.
///
/// `y`: n counts (they need not be whole); `offset`: n, the log of the exposure; `design`: n × k. At
/// a given θ, and for Poisson, the partitions are global optima. An unknown θ and the dates are
/// found in turns, from the θ of the model without a break and from no overdispersion; the better
/// end is kept.
///
/// Time is O(n² · `max_breaks`) for a level alone with Poisson counts or one exposure, and O(n³ k²)
/// with other designs, each segment being fitted from the coefficients of the one shorter by a
/// period. A segment whose columns are collinear or separate its counts is left out and counted.
///
/// ```
/// use yalu_stats::{CountLaw, Design, MinSegment, optimal_count_partitions};
///
/// let y: Vec<f64> = (0..40).map(|t| f64::from(t % 3) + if t < 25 { 1.0 } else { 6.0 }).collect();
/// let offset = vec![0.0; 40];
/// let found = optimal_count_partitions(
///     &y, &offset, &Design::intercept(40), CountLaw::Poisson, MinSegment::Share(0.15), 3,
/// )?;
/// assert_eq!(found.by_count[found.chosen.bic].breaks, [24]);
/// # Ok::<(), yalu_stats::PartitionError>(())
/// ```
///
/// # Errors
/// [`PartitionError`] where lengths differ, a figure isn't finite, a count is negative, every count
/// is zero, the series is too short, or the model without a break can't be fitted.
///
/// # Source
/// Bai and Perron (2003), Journal of Applied Econometrics 18, 1–22, for the partitions; the
/// likelihood in place of squares as in Hawkins (2001), Computational Statistics and Data Analysis
/// 37, 323–341.
pub fn optimal_count_partitions(
    y: &[f64],
    offset: &[f64],
    design: &Design,
    law: CountLaw,
    min_segment: MinSegment,
    max_breaks: usize,
) -> Result<CountPartitions, PartitionError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    let counts = checked(y, offset, design)?;
    let segment = min_segment.periods(n, k)?;
    if let CountLaw::NegativeBinomial { theta: Some(got) } = law
        && !(got > 0.0 && got.is_finite())
    {
        return Err(PartitionError::Theta { got });
    }
    let max_breaks = max_breaks.min(n / segment - 1);
    let mut search = Search {
        counts: &counts,
        segment,
        max_breaks,
        n_unfitted: 0,
        first_unfitted: None,
    };
    let found: Vec<Option<CountPartition>> = match law {
        CountLaw::Poisson => search.at_theta(None, false)?,
        CountLaw::NegativeBinomial { theta: Some(theta) } => search.at_theta(Some(theta), false)?,
        CountLaw::NegativeBinomial { theta: None } => search.with_theta()?,
    };
    let by_count: Vec<CountPartition> = found.into_iter().map_while(|one| one).collect();
    let chosen = ChosenCounts {
        bic: least_of(by_count.iter().map(|one| one.bic)),
        lwz: least_of(by_count.iter().map(|one| one.lwz)),
        aic: least_of(by_count.iter().map(|one| one.aic)),
        kt: None,
    };
    Ok(CountPartitions {
        by_count,
        chosen,
        min_segment: segment,
        n_unfitted: search.n_unfitted,
        first_unfitted: search.first_unfitted,
    })
}

fn checked<'a>(
    y: &'a [f64],
    offset: &'a [f64],
    design: &'a Design,
) -> Result<Counts<'a>, PartitionError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    check_vector("the response", y, n)?;
    check_vector("the offset", offset, n)?;
    let exposure: Vec<f64> = offset.iter().map(|one| one.exp()).collect();
    if let Some(row) = exposure.iter().position(|one| !one.is_normal()) {
        return Err(PartitionError::NotFinite {
            what: "the exposure (the offset's exponential)",
            row,
            value: exposure[row],
        });
    }
    if let Some(row) = y.iter().position(|one| *one < 0.0) {
        return Err(GlmError::NegativeCount { row, value: y[row] }.into());
    }
    if y.iter().all(|one| *one == 0.0) {
        return Err(GlmError::AllZero.into());
    }
    if !y.iter().sum::<f64>().is_finite() || !exposure.iter().sum::<f64>().is_finite() {
        return Err(PartitionError::Overflow);
    }
    Ok(Counts {
        y,
        offset,
        exposure,
        x: (0..n)
            .flat_map(|row| (0..k).map(move |column| design.column(column)[row]))
            .collect(),
        k,
        names: design.names(),
    })
}

struct Search<'a> {
    counts: &'a Counts<'a>,
    segment: usize,
    max_breaks: usize,
    n_unfitted: usize,
    first_unfitted: Option<UnfittedSegment>,
}

impl Search<'_> {
    /// The best dates at θ.
    fn dates(&mut self, theta: Option<f64>) -> Vec<Option<Least>> {
        let mut deviances = SegmentDeviances::new(self.counts, theta);
        let n = self.counts.y.len();
        let found = least_cost_partitions(n, self.segment, self.max_breaks, |start, out| {
            deviances.fill(start, self.segment, out);
        });
        self.n_unfitted = deviances.n_unfitted;
        self.first_unfitted =
            deviances
                .first_unfitted
                .map(|(first, last, reason)| UnfittedSegment {
                    first,
                    last,
                    reason,
                });
        found
    }

    fn at_theta(
        &mut self,
        theta: Option<f64>,
        estimated: bool,
    ) -> Result<Vec<Option<CountPartition>>, PartitionError> {
        // The reason why the whole series can't be fitted is the reason why nothing can.
        self.measure(&[], theta, estimated)?;
        self.dates(theta)
            .into_iter()
            .map(|one| {
                one.map(|one| self.measure(&one.breaks, theta, estimated))
                    .transpose()
            })
            .collect()
    }

    /// θ and dates in turns.
    fn with_theta(&mut self) -> Result<Vec<Option<CountPartition>>, PartitionError> {
        let null = self.measure_with_theta(&[], MAX_THETA)?;
        let starts = [null.theta.unwrap_or(MAX_THETA), MAX_THETA];
        let first_dates = starts.map(|theta| self.dates(Some(theta)));
        let mut found = vec![Some(null)];
        for count in 1..=self.max_breaks {
            let mut best: Option<CountPartition> = None;
            for dates in &first_dates {
                let mut dates = dates[count].clone();
                let mut reached: Option<CountPartition> = None;
                for _ in 0..MAX_TURNS {
                    let Some(Least { breaks, .. }) = &dates else {
                        break;
                    };
                    if reached.as_ref().is_some_and(|one| one.breaks == *breaks) {
                        break;
                    }
                    let theta = reached.as_ref().and_then(|one| one.theta);
                    let one = self.measure_with_theta(breaks, theta.unwrap_or(MAX_THETA))?;
                    if reached
                        .as_ref()
                        .is_some_and(|known| one.log_likelihood <= known.log_likelihood)
                    {
                        break;
                    }
                    let theta = one.theta;
                    reached = Some(one);
                    dates.clone_from(&self.dates(theta)[count]);
                }
                if let Some(one) = reached
                    && best
                        .as_ref()
                        .is_none_or(|known| one.log_likelihood > known.log_likelihood)
                {
                    best = Some(one);
                }
            }
            found.push(best);
        }
        Ok(found)
    }

    /// A partition at the θ with the greatest likelihood.
    fn measure_with_theta(
        &self,
        breaks: &[usize],
        start: f64,
    ) -> Result<CountPartition, PartitionError> {
        let mut theta = start;
        for _ in 0..100 {
            let (_, means) = self.fit(breaks, Some(theta))?;
            let next = self.counts.theta(&means);
            let moved = (next / theta).ln().abs();
            theta = next;
            if moved < 1e-10 {
                break;
            }
        }
        self.measure(breaks, Some(theta), true)
    }

    /// Regimes and means at θ.
    fn fit(
        &self,
        breaks: &[usize],
        theta: Option<f64>,
    ) -> Result<(Vec<CountRegime>, Vec<f64>), PartitionError> {
        let counts = self.counts;
        let n = counts.y.len();
        let mut work = Work::new(counts.k);
        let mut means = Vec::with_capacity(n);
        let mut fitted = Vec::with_capacity(breaks.len() + 1);
        for (first, last) in regimes(breaks, n) {
            let events: f64 = counts.y[first..=last].iter().sum();
            let exposure: f64 = counts.exposure[first..=last].iter().sum();
            let coefficients = if events > 0.0 {
                let mut at = counts.start(events, exposure);
                counts.fit(first, last, theta, TOLERANCE, &mut at, &mut work)?;
                means.extend((first..=last).map(|row| {
                    let product: f64 = counts.x_row(row).iter().zip(&at).map(|(x, b)| x * b).sum();
                    (counts.offset[row] + product).exp()
                }));
                Some(at)
            } else {
                means.resize(last + 1, 0.0);
                None
            };
            fitted.push(CountRegime {
                first,
                last,
                events,
                exposure,
                coefficients,
            });
        }
        Ok((fitted, means))
    }

    fn measure(
        &self,
        breaks: &[usize],
        theta: Option<f64>,
        estimated: bool,
    ) -> Result<CountPartition, PartitionError> {
        let counts = self.counts;
        let n = counts.y.len();
        let (regimes, means) = self.fit(breaks, theta)?;
        let log_likelihood = counts.log_likelihood(&means, theta);
        let n_parameters = counts.k * regimes.len() + breaks.len() + usize::from(estimated);
        let misfit = -2.0 * log_likelihood;
        let parameters = n_parameters as f64;
        Ok(CountPartition {
            breaks: breaks.to_vec(),
            deviance: counts.deviance(&means, theta),
            log_likelihood,
            theta,
            n_parameters,
            aic: misfit + 2.0 * parameters,
            bic: misfit + (n as f64).ln() * parameters,
            lwz: misfit + lwz_penalty(n) * parameters,
            regimes,
        })
    }
}
