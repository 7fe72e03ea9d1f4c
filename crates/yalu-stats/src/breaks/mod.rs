//! Structural breaks in the level of a regression: is there one, when, how large, did it last?
//!
//! Only the level shifts; season, events and pressure keep their effects (partial structural
//! change, Bai and Perron 1998). For counts the level is a log rate.

mod dating;
mod durability;
mod end_of_sample;
mod estimate;
mod f_bootstrap;
mod f_projector;
mod f_stats;
mod hansen;
mod hansen_tables;
pub mod partition;
mod sup_f;
mod without_break;

use crate::design::Design;
use crate::glm::{Family, GlmError, GlmFit, fit_glm};

pub use dating::{DatedBreaks, Dating, KnownBreaks, date_breaks, known_breaks};
pub use durability::{DurabilityTest, durability_test};
pub use end_of_sample::{EndOfSampleTest, end_of_sample_test};
pub use estimate::{ShiftEstimate, estimate_shift};
pub use f_bootstrap::{
    BootstrapAggregate, BootstrapFTest, BootstrapFTestError, ResidualsFrom, bootstrap_f_test,
};
pub use f_stats::{
    Aggregation, BreakStatistic, Candidates, FStatistics, FTest, FTestError, FTestOptions,
    f_statistics,
};
pub use hansen::hansen_p_value;
pub use sup_f::{SupFTest, sup_f_test};

/// The fewest periods of a level.
const MIN_SEGMENT: usize = 3;

/// A series and the model that it has but for breaks in its level.
#[derive(Debug, Clone, Copy)]
pub struct ShiftModel<'a> {
    /// n figures.
    pub y: &'a [f64],
    /// n offsets: the log of the exposure for counts.
    pub offset: &'a [f64],
    /// n × k: the level first, then everything that doesn't break.
    pub design: &'a Design,
    /// How figures vary.
    pub family: Family,
}

/// Where and how many breaks are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// The share of the periods at either end, and between breaks, without a break.
    pub trimming: f64,
    /// The most breaks that are dated.
    pub max_breaks: usize,
    /// First and last candidate index (last periods of old levels); none looks everywhere.
    pub window: Option<(usize, usize)>,
}

impl Search {
    /// The fewest periods of a level among n.
    pub fn min_segment(&self, n: usize) -> usize {
        ((self.trimming * n as f64).ceil() as usize).max(MIN_SEGMENT)
    }

    /// First and last candidate index among n periods.
    fn candidates(&self, n: usize) -> Result<(usize, usize), BreakError> {
        if !(0.0..0.5).contains(&self.trimming) {
            return Err(BreakError::Trimming { got: self.trimming });
        }
        let segment = self.min_segment(n);
        if n < 2 * segment + 1 {
            return Err(BreakError::TooShort {
                needed: 2 * segment + 1,
                got: n,
            });
        }
        let (mut first, mut last) = (segment - 1, n - segment - 1);
        if let Some((from, to)) = self.window {
            first = first.max(from);
            last = last.min(to);
        }
        if first > last {
            return Err(BreakError::EmptyWindow);
        }
        Ok((first, last))
    }
}

/// How a bootstrap draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    /// Replications; at least 99.
    pub n_replications: usize,
    /// The seed: the same seed gives the same draws.
    pub seed: u64,
}

impl Bootstrap {
    fn check(self) -> Result<(), BreakError> {
        if self.n_replications < 99 {
            return Err(BreakError::Replications {
                got: self.n_replications,
            });
        }
        Ok(())
    }
}

/// Why breaks can't be tested or dated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BreakError {
    /// Too few periods for the trimming.
    #[error("{got} periods are too few to look for a break; at least {needed} are needed")]
    TooShort {
        /// Periods needed.
        needed: usize,
        /// Periods there are.
        got: usize,
    },
    /// A trimming that leaves nothing.
    #[error("trimming must be at least 0 and below 0.5, got {got}")]
    Trimming {
        /// The trimming.
        got: f64,
    },
    /// A window without a candidate date.
    #[error("no date within the window is far enough from the ends of the series")]
    EmptyWindow,
    /// Too few bootstrap replications.
    #[error("a bootstrap needs at least 99 replications, got {got}")]
    Replications {
        /// Replications asked for.
        got: usize,
    },
    /// A break or period that isn't one.
    #[error("{what} {got} is not within the series' {n} periods")]
    Index {
        /// What it should be.
        what: &'static str,
        /// The index.
        got: usize,
        /// Periods.
        n: usize,
    },
    /// The model leaves nothing to explain: a constant series, a perfect fit.
    #[error("the model fits the series perfectly; nothing is left to test")]
    PerfectFit,
    /// An equivalence bound that isn't positive.
    #[error(
        "the equivalence bound must be above 0 on the scale of the linear predictor, got {got}"
    )]
    Bound {
        /// The bound.
        got: f64,
    },
    /// Too many replicates can't be fitted.
    #[error(
        "{failed} of {n} bootstrap replicates can't be fitted; the series is too sparse for this model"
    )]
    Sparse {
        /// Replicates that failed.
        failed: usize,
        /// Replicates.
        n: usize,
    },
    /// A model whose means in the tested periods are beyond double precision.
    #[error(
        "the model of the earlier periods runs out of all bounds in the last ones; leave out columns that grow, such as a trend"
    )]
    Extrapolation,
    /// The regression can't be fitted.
    #[error(transparent)]
    Fit(#[from] GlmError),
}

/// Which regime each period is in: regime r begins after edge r − 1.
fn regime_of(edges: &[usize], row: usize) -> usize {
    edges.partition_point(|&edge| edge < row)
}

/// The design with a level for each regime but `reference`, whose level is the design's own, and
/// the column of each regime.
pub(crate) fn with_regimes(
    design: &Design,
    edges: &[usize],
    reference: usize,
) -> Result<(Design, Vec<Option<usize>>), GlmError> {
    let n = design.n_rows();
    let mut design = design.clone();
    let mut columns = Vec::with_capacity(edges.len() + 1);
    for regime in 0..=edges.len() {
        if regime == reference {
            columns.push(None);
            continue;
        }
        let column = (0..n)
            .map(|row| f64::from(u8::from(regime_of(edges, row) == regime)))
            .collect();
        columns.push(Some(design.n_columns()));
        design = design.with(format!("regime {}", regime + 1), column)?;
    }
    Ok((design, columns))
}

/// The column of a regime that isn't the reference.
pub(crate) fn column_of(columns: &[Option<usize>], regime: usize) -> usize {
    columns[regime].expect("a regime other than the reference has a column")
}

/// Counts with half an event in each regime that has none, so that its log level is finite
/// (Haldane 1956, Annals of Human Genetics 20, 309–311). Other families are left alone.
pub(crate) fn with_half_events(y: &[f64], edges: &[usize], family: Family) -> Vec<f64> {
    let mut y = y.to_vec();
    let n = y.len();
    if family == Family::Gaussian || n == 0 {
        return y;
    }
    for regime in 0..=edges.len() {
        let first = if regime == 0 {
            0
        } else {
            edges[regime - 1] + 1
        };
        let last = edges.get(regime).copied().unwrap_or(n - 1);
        if first <= last && y[first..=last].iter().all(|one| *one == 0.0) {
            y[usize::midpoint(first, last)] = 0.5;
        }
    }
    y
}

/// A fit with a level for each regime: the regimes end at `edges` (last periods, ascending), and
/// `reference` keeps the design's own level. Returns the fit, its design, and the column of each
/// regime (none for the reference). A regime without any count gets half an event.
///
/// # Errors
/// [`GlmError`] as [`fit_glm`]; [`GlmError::RegimeEnd`] for an end out of order or beyond the series.
pub fn fit_regimes(
    model: &ShiftModel<'_>,
    edges: &[usize],
    reference: usize,
) -> Result<(GlmFit, Design, Vec<Option<usize>>), GlmError> {
    let n = model.design.n_rows();
    if model.y.len() != n {
        return Err(GlmError::Length {
            what: "the response",
            needed: n,
            got: model.y.len(),
        });
    }
    for (place, &got) in edges.iter().enumerate() {
        if got + 1 >= n || place.checked_sub(1).is_some_and(|one| edges[one] >= got) {
            return Err(GlmError::RegimeEnd { got, n });
        }
    }
    let (design, columns) = with_regimes(model.design, edges, reference)?;
    let y = with_half_events(model.y, edges, model.family);
    let fit = fit_glm(&y, model.offset, &design, model.family)?;
    Ok((fit, design, columns))
}
