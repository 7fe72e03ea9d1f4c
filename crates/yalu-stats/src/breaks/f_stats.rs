//! F, Wald, LM and LR statistics of one break at every candidate date, and what is made of them.

use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor};

use super::f_projector::Projector;
use super::hansen::{critical_value, hansen_p_value};
use crate::covariance::{Covariance, robust_covariance};
use crate::design::Design;
use crate::glm::{Family, GlmError, fit_glm};

/// Residuals below this share of the figures are rounding.
const NOTHING_LEFT: f64 = 1e-22;
/// A split that leaves less than this share of the residual sum of squares fits perfectly.
const PERFECT_SPLIT: f64 = 1e-12;

/// Which statistic of a break at a given date. All are on the chi-square scale: with q changing
/// coefficients they are near a χ²(q) if the date is known and nothing breaks.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum BreakStatistic {
    /// (n − k − q)(RSS₀ − RSS₁)/RSS₁: q times Chow's F. This is what strucchange calls its F
    /// statistics.
    F,
    /// n(RSS₀ − RSS₁)/RSS₁.
    Wald,
    /// n(RSS₀ − RSS₁)/RSS₀.
    LagrangeMultiplier,
    /// n log(RSS₀/RSS₁).
    LikelihoodRatio,
    /// The changes over their robust covariance in the model with the break.
    RobustWald(Covariance),
}

/// How the statistics of all candidate dates become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    /// The largest (Andrews 1993): best against one clear break.
    Sup,
    /// The average (Andrews and Ploberger 1994): best against small changes.
    Ave,
    /// log mean exp(F/2) (Andrews and Ploberger 1994): best against moderate ones.
    Exp,
}

/// Which dates may break.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Candidates {
    /// The first regime has at least ⌊`from`·n⌋ periods and at most n less as many, or ⌊`to`·n⌋
    /// where `to` is given.
    Shares {
        /// Share of the periods before the first candidate's end, in (0, 1).
        from: f64,
        /// Share up to the last candidate; none is as many after it as before the first.
        to: Option<f64>,
    },
    /// First and last candidate, both inclusive: 0-based last periods of the old regime.
    Periods {
        /// The first.
        first: usize,
        /// The last.
        last: usize,
    },
}

impl Candidates {
    /// The same share left out at either end.
    pub fn trimming(share: f64) -> Self {
        Self::Shares {
            from: share,
            to: None,
        }
    }
}

/// Options of the break statistics.
#[derive(Debug, Clone, PartialEq)]
pub struct FTestOptions {
    /// Which dates.
    pub candidates: Candidates,
    /// Columns of the design whose coefficients may change; none is all of them.
    pub changing: Option<Vec<usize>>,
    /// Which statistic.
    pub statistic: BreakStatistic,
}

impl Default for FTestOptions {
    /// 15 % trimming, every coefficient, F.
    fn default() -> Self {
        Self {
            candidates: Candidates::trimming(0.15),
            changing: None,
            statistic: BreakStatistic::F,
        }
    }
}

/// Why a break can't be tested so.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FTestError {
    /// Shares that aren't.
    #[error(
        "the candidates' shares must lie above 0 and below 1, the first below the last; got {from} and {to}"
    )]
    Shares {
        /// The first.
        from: f64,
        /// The last.
        to: f64,
    },
    /// No date left.
    #[error(
        "no candidate is left between period {first} and period {last}; lower the trimming or take a longer series"
    )]
    NoCandidate {
        /// First period asked for.
        first: usize,
        /// Last period asked for.
        last: usize,
    },
    /// Too few rows.
    #[error(
        "{got} periods are too few for {columns} columns of which {changing} change; at least {needed} are needed"
    )]
    TooShort {
        /// Periods needed.
        needed: usize,
        /// Periods there are.
        got: usize,
        /// Columns.
        columns: usize,
        /// Of which change.
        changing: usize,
    },
    /// Changing columns that don't exist, come twice, or are none.
    #[error(
        "the changing columns must be different columns of the design's {columns}; got {got:?}"
    )]
    Changing {
        /// Columns of the design.
        columns: usize,
        /// What was asked for.
        got: Vec<usize>,
    },
    /// A change that the data can't show at that date.
    #[error(
        "with a break after period {index} a change of column `{column}` can't be told from the rest: it is constant or collinear on one side; leave it out of the changing columns, or trim more"
    )]
    Singular {
        /// The candidate.
        index: usize,
        /// The column.
        column: String,
    },
    /// Nothing to explain.
    #[error(
        "the model without a break fits the series perfectly (is it constant?); nothing is left to test"
    )]
    PerfectFit,
    /// A break that explains all.
    #[error("a break after period {index} fits the series perfectly; the statistic is infinite")]
    PerfectSplit {
        /// The candidate.
        index: usize,
    },
    /// No p-value for this.
    #[error(
        "Hansen's table has 1 to 40 changing coefficients and trimmings from 0.01 to 0.5, not {n_changing} and {trimming}; use a bootstrap, or change the trimming"
    )]
    OutsideTable {
        /// Changing coefficients.
        n_changing: usize,
        /// The trimming.
        trimming: f64,
    },
    /// A statistic that isn't one.
    #[error("the statistic {got} isn't a number")]
    Statistic {
        /// The statistic.
        got: f64,
    },
    /// A level that has no critical value.
    #[error("the level must lie above 0 and below 1 and within the table, got {got}")]
    Level {
        /// The level.
        got: f64,
    },
    /// The regression can't be fitted.
    #[error(transparent)]
    Fit(#[from] GlmError),
}

/// Statistics of one break at each candidate date.
#[derive(Debug, Clone, PartialEq)]
pub struct FStatistics {
    /// Which statistic.
    pub statistic: BreakStatistic,
    /// The first candidate, the last period of the old regime; `path[i]` belongs to it plus i.
    pub first_candidate: usize,
    /// The statistic at each candidate, on the chi-square scale.
    pub path: Vec<f64>,
    /// The candidate with the largest.
    pub break_index: usize,
    /// Changing coefficients.
    pub n_changing: usize,
    /// Periods.
    pub n_rows: usize,
    /// Columns of the design.
    pub n_columns: usize,
    /// The symmetric trimming that is worth as much as the one used: 1/(1 + √λ).
    pub trimming: f64,
    /// Whether the candidates asked for came too near the ends for the columns and were narrowed.
    pub narrowed: bool,
    /// The residual sum of squares without a break.
    pub rss: f64,
}

/// A test for one break at an unknown date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FTest {
    /// How the path became one figure.
    pub aggregation: Aggregation,
    /// The figure.
    pub statistic: f64,
    /// Its p-value: Hansen's (1997) approximation; for a single candidate that of a known date (F law
    /// for [`BreakStatistic::F`], chi-square otherwise).
    pub p_value: f64,
}

impl FStatistics {
    /// The path as one figure.
    pub fn aggregate(&self, aggregation: Aggregation) -> f64 {
        aggregate(&self.path, aggregation)
    }

    /// Tests for one break, for errors that are neither correlated nor (but for a robust statistic)
    /// heteroscedastic.
    ///
    /// # Errors
    /// [`FTestError::OutsideTable`] beyond 40 coefficients or a trimming below 0.01.
    ///
    /// # Source
    /// Andrews (1993), Econometrica 61, 821–856; Andrews and Ploberger (1994), Econometrica 62,
    /// 1383–1414; Hansen (1997), Journal of Business & Economic Statistics 15, 60–67.
    pub fn test(&self, aggregation: Aggregation) -> Result<FTest, FTestError> {
        let statistic = self.aggregate(aggregation);
        let p_value = if self.path.len() == 1 {
            self.known_date()?
        } else {
            hansen_p_value(statistic, aggregation, self.n_changing, self.trimming)?
        };
        Ok(FTest {
            aggregation,
            statistic,
            p_value,
        })
    }

    /// The aggregate at which [`FStatistics::test`] has p-value `level`; for the largest it bounds the
    /// path.
    ///
    /// # Errors
    /// [`FTestError`] where the level isn't one or the table ends.
    pub fn critical_value(&self, aggregation: Aggregation, level: f64) -> Result<f64, FTestError> {
        critical_value(level, aggregation, self.n_changing, self.trimming)
    }

    /// Chow's test: one candidate is a date known beforehand.
    fn known_date(&self) -> Result<f64, FTestError> {
        let q = self.n_changing as f64;
        let value = self.path[0].max(0.0);
        let df = self.n_rows.saturating_sub(self.n_columns + self.n_changing) as f64;
        let tail = if self.statistic == BreakStatistic::F {
            FisherSnedecor::new(q, df).map(|law| law.sf(value / q)).ok()
        } else {
            ChiSquared::new(q).map(|law| law.sf(value)).ok()
        };
        // No law: figures that `f_statistics` never gives.
        let tail = tail.ok_or(FTestError::OutsideTable {
            n_changing: self.n_changing,
            trimming: self.trimming,
        })?;
        Ok(tail.clamp(0.0, 1.0))
    }
}

/// Sup, ave or exp of a path that isn't empty.
pub(super) fn aggregate(path: &[f64], aggregation: Aggregation) -> f64 {
    let largest = path.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let n = path.len() as f64;
    match aggregation {
        Aggregation::Sup => largest,
        Aggregation::Ave => path.iter().sum::<f64>() / n,
        // The largest is taken out first: exp of half an F of 2,000 is no double.
        Aggregation::Exp => {
            let sum: f64 = path.iter().map(|f| (0.5 * (f - largest)).exp()).sum();
            0.5 * largest + (sum / n).ln()
        }
    }
}

/// What to look for, checked against the design.
pub(super) struct Plan {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) changing: Vec<usize>,
    narrowed: bool,
}

impl Plan {
    pub(super) fn new(design: &Design, options: &FTestOptions) -> Result<Self, FTestError> {
        let (n, k) = (design.n_rows(), design.n_columns());
        let changing = options
            .changing
            .clone()
            .unwrap_or_else(|| (0..k).collect::<Vec<_>>());
        let mut sorted = changing.clone();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.is_empty() || sorted.len() != changing.len() || sorted[sorted.len() - 1] >= k {
            return Err(FTestError::Changing {
                columns: k,
                got: changing,
            });
        }
        let q = changing.len();
        let needed = (k + q + 1).max(2 * (q + 1));
        if n < needed {
            return Err(FTestError::TooShort {
                needed,
                got: n,
                columns: k,
                changing: q,
            });
        }
        // Lengths of the first regime.
        let (from, to) = match options.candidates {
            Candidates::Shares { from, to } => {
                let inside = |share: f64| share > 0.0 && share < 1.0;
                if !inside(from) || to.is_some_and(|to| !inside(to) || to < from) {
                    return Err(FTestError::Shares {
                        from,
                        to: to.unwrap_or(1.0 - from),
                    });
                }
                let first = (from * n as f64).floor() as usize;
                let last = to.map_or(n - first, |to| (to * n as f64).floor() as usize);
                (first, last)
            }
            Candidates::Periods { first, last } => {
                (first.saturating_add(1), last.saturating_add(1))
            }
        };
        let (least, most) = (q + 1, n - q - 1);
        let (narrow_from, narrow_to) = (from.max(least), to.min(most));
        if narrow_from > narrow_to {
            return Err(FTestError::NoCandidate {
                first: from.saturating_sub(1),
                last: to.saturating_sub(1),
            });
        }
        Ok(Self {
            first: narrow_from - 1,
            last: narrow_to - 1,
            changing,
            narrowed: (narrow_from, narrow_to) != (from, to),
        })
    }

    fn trimming(&self, n: usize) -> f64 {
        let (n, from, to) = (n as f64, (self.first + 1) as f64, (self.last + 1) as f64);
        let lambda = (n - from) * to / (from * (n - to));
        1.0 / (1.0 + lambda.sqrt())
    }
}

pub(super) fn singular(design: &Design, plan: &Plan, index: usize, place: usize) -> FTestError {
    FTestError::Singular {
        index,
        column: design.names()[plan.changing[place]].clone(),
    }
}

/// Statistics of one break at each candidate date, in a linear regression.
///
/// `y`: n figures. `design`: n × k. With q changing coefficients the cost is of order n·k·q² (n² for
/// a robust statistic, whose covariance is made anew at each date).
///
/// # Errors
/// [`FTestError`] where lengths differ, figures aren't finite, the series is too short or constant,
/// columns are collinear, or a change can't be told at a candidate.
///
/// # Source
/// Chow (1960), Econometrica 28, 591–605; Andrews (1993), Econometrica 61, 821–856.
///
/// ```
/// use yalu_stats::{Aggregation, Design, FTestOptions, f_statistics};
/// let y: Vec<f64> = (0..60)
///     .map(|t| if t < 30 { 0.0 } else { 6.0 } + f64::from(t * 7 % 5))
///     .collect();
/// let path = f_statistics(&y, &Design::intercept(60), &FTestOptions::default())?;
/// let test = path.test(Aggregation::Sup)?;
/// assert_eq!(path.break_index, 29);
/// assert!(test.p_value < 0.001);
/// # Ok::<(), yalu_stats::FTestError>(())
/// ```
pub fn f_statistics(
    y: &[f64],
    design: &Design,
    options: &FTestOptions,
) -> Result<FStatistics, FTestError> {
    check(y, design)?;
    let plan = Plan::new(design, options)?;
    let projector = Projector::new(design, &plan)?;
    Ok(measure(y, design, options, &plan, &projector)?.0)
}

/// The statistics, and the residuals without a break.
pub(super) fn measure(
    y: &[f64],
    design: &Design,
    options: &FTestOptions,
    plan: &Plan,
    projector: &Projector,
) -> Result<(FStatistics, Vec<f64>), FTestError> {
    let mut residuals = y.to_vec();
    let mut drops = Vec::new();
    let rss = projector.drops(&mut residuals, &mut drops);
    let total: f64 = y.iter().map(|one| one * one).sum();
    if rss <= NOTHING_LEFT * total {
        return Err(FTestError::PerfectFit);
    }
    if let Some(place) = drops
        .iter()
        .position(|drop| rss - drop <= PERFECT_SPLIT * rss)
    {
        return Err(FTestError::PerfectSplit {
            index: plan.first + place,
        });
    }
    let path = if let BreakStatistic::RobustWald(covariance) = options.statistic {
        robust_path(y, design, plan, projector, covariance)?
    } else {
        drops
            .iter()
            .map(|drop| projector.statistic(options.statistic, rss, *drop))
            .collect()
    };
    let mut best = 0;
    for (place, value) in path.iter().enumerate() {
        if !value.is_finite() {
            return Err(FTestError::Statistic { got: *value });
        }
        if *value > path[best] {
            best = place;
        }
    }
    let statistics = FStatistics {
        statistic: options.statistic,
        first_candidate: plan.first,
        break_index: plan.first + best,
        path,
        n_changing: plan.changing.len(),
        n_rows: design.n_rows(),
        n_columns: design.n_columns(),
        trimming: plan.trimming(design.n_rows()),
        narrowed: plan.narrowed,
        rss,
    };
    Ok((statistics, residuals))
}

pub(super) fn check(y: &[f64], design: &Design) -> Result<(), FTestError> {
    if y.len() != design.n_rows() {
        return Err(FTestError::Fit(GlmError::Length {
            what: "the response",
            needed: design.n_rows(),
            got: y.len(),
        }));
    }
    if let Some(row) = y.iter().position(|value| !value.is_finite()) {
        return Err(FTestError::Fit(GlmError::NotFinite {
            what: "the response",
            row,
        }));
    }
    Ok(())
}

/// The Wald statistic of the changes at each candidate, with a robust covariance.
pub(super) fn robust_path(
    y: &[f64],
    design: &Design,
    plan: &Plan,
    projector: &Projector,
    covariance: Covariance,
) -> Result<Vec<f64>, FTestError> {
    let (n, k, q) = (design.n_rows(), design.n_columns(), plan.changing.len());
    // Where it doesn't matter in which coordinates the covariance is taken, orthonormal ones keep the
    // most digits. A bandwidth chosen column by column depends on them: there the columns are the
    // design's own and their changes.
    let any_coordinates = matches!(
        covariance,
        Covariance::Model | Covariance::Hc0 | Covariance::Hc1 | Covariance::NeweyWest { .. }
    );
    let offset = vec![0.0; n];
    let mut path = Vec::with_capacity(plan.last + 1 - plan.first);
    for index in plan.first..=plan.last {
        let split = if any_coordinates {
            projector.split_design(index)
        } else {
            with_changes(design, plan, index)?
        };
        let fit = fit_glm(y, &offset, &split, Family::Gaussian)?;
        let v = robust_covariance(&fit, &split, y, covariance)?;
        let width = k + q;
        let block = DMatrix::from_fn(q, q, |i, j| v[(k + i) * width + k + j]);
        let change = DVector::from_column_slice(&fit.coefficients[k..]);
        let solved = block
            .cholesky()
            .ok_or_else(|| singular(design, plan, index, 0))?
            .solve(&change);
        path.push(change.dot(&solved));
    }
    Ok(path)
}

/// The design and the changing columns again, zero up to `index`.
fn with_changes(design: &Design, plan: &Plan, index: usize) -> Result<Design, FTestError> {
    let mut split = design.clone();
    for &column in &plan.changing {
        let change = design
            .column(column)
            .iter()
            .enumerate()
            .map(|(row, value)| if row > index { *value } else { 0.0 })
            .collect();
        split = split
            .with(format!("change of {}", design.names()[column]), change)
            .map_err(GlmError::from)?;
    }
    Ok(split)
}
