//! Partitions for every number of breaks, and the number by information criteria.

use super::dynamic::least_cost_partitions;
use super::error::PartitionError;
use super::model::{MinSegment, RegimeModel, Rows, regimes};
use super::ols::SegmentSquares;
use super::partial::{partial_partitions, regress};

/// c₀ and δ₀ of Liu, Wu and Zidek's penalty.
const LWZ_FACTOR: f64 = 0.299;
const LWZ_EXPONENT: f64 = 2.1;

/// The best partition with one number of breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Partition {
    /// Last periods of the regimes before the breaks, ascending, from 0.
    pub breaks: Vec<usize>,
    /// Residual sum of squares.
    pub rss: f64,
    /// The Gaussian log-likelihood, variance RSS/n.
    pub log_likelihood: f64,
    /// Parameters that AIC and BIC count: coefficients, breaks and the error variance.
    pub n_parameters: usize,
    /// −2 log-likelihood + 2 · `n_parameters`.
    pub aic: f64,
    /// −2 log-likelihood + log n · `n_parameters`, as strucchange counts.
    pub bic: f64,
    /// log(RSS/(n − p*)) + p*·0.299·(log n)^2.1 / n, p* = `n_parameters` − 1.
    pub lwz: f64,
    /// Kurozumi and Tuvaandorj's (2011) criterion as mbreaks has it, which lets each regime have a
    /// variance of its own; none where a regime is fitted perfectly or some coefficients are fixed.
    pub kt: Option<f64>,
}

/// The numbers of breaks that the criteria choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenCounts {
    /// By BIC; too many where errors are serially correlated.
    pub bic: usize,
    /// By LWZ, the strict one.
    pub lwz: usize,
    /// By AIC, the lenient one.
    pub aic: usize,
    /// By KT; none where it isn't known for every number of breaks.
    pub kt: Option<usize>,
}

/// The best partitions for every number of breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Partitions {
    /// From no break up; shorter than `max_breaks` + 1 where more don't fit in.
    pub by_count: Vec<Partition>,
    /// What the criteria choose.
    pub chosen: ChosenCounts,
    /// The fewest periods of a regime.
    pub min_segment: usize,
    /// Segments that were left out because their own rows make a column collinear.
    pub n_singular_segments: usize,
}

/// The partitions with the least residual sum of squares for 0 to `max_breaks` breaks.
///
/// Where all coefficients change they are global optima, by dynamic programming in O(n² (k² +
/// `max_breaks`)) time and O(n · `max_breaks`) memory. Where some are fixed they are optima of the
/// iteration of Bai and Perron (2003) from several starts (one break: the exact optimum). Partitions
/// of neighbouring numbers need not share dates.
///
/// ```
/// use yalu_stats::{Design, MinSegment, RegimeModel, optimal_partitions};
///
/// let y: Vec<f64> = (0..60).map(|t| f64::from(t % 5) + if t < 40 { 0.0 } else { 9.0 }).collect();
/// let design = Design::intercept(60);
/// let model = RegimeModel { y: &y, design: &design, fixed: &[] };
/// let found = optimal_partitions(&model, MinSegment::Share(0.15), 3)?;
/// assert_eq!(found.chosen.bic, 1);
/// assert_eq!(found.by_count[1].breaks, [39]);
/// # Ok::<(), yalu_stats::PartitionError>(())
/// ```
///
/// # Errors
/// [`PartitionError`] where a figure isn't finite, the series is too short for two regimes of that
/// many periods, a column is collinear over the whole series, or a model fits perfectly.
///
/// # Source
/// Bai and Perron (1998), Econometrica 66, 47–78, and (2003), Journal of Applied Econometrics 18,
/// 1–22; BIC after Yao (1988), Statistics and Probability Letters 6, 181–189; LWZ: Liu, Wu and Zidek
/// (1997), Statistica Sinica 7, 497–525; KT: Kurozumi and Tuvaandorj (2011), Journal of
/// Econometrics 164, 218–238.
pub fn optimal_partitions(
    model: &RegimeModel<'_>,
    min_segment: MinSegment,
    max_breaks: usize,
) -> Result<Partitions, PartitionError> {
    let rows = Rows::new(model)?;
    let segment = min_segment.periods(rows.n(), rows.q + rows.p)?;
    partitions_of(&rows, segment, max_breaks)
}

/// The same for rows that are checked.
pub(super) fn partitions_of(
    rows: &Rows,
    segment: usize,
    max_breaks: usize,
) -> Result<Partitions, PartitionError> {
    let n = rows.n();
    let whole = regress(rows, &[]);
    if let Some(column) = whole.collinear() {
        return Err(rows.collinear(column, 0, n - 1));
    }
    let max_breaks = max_breaks.min(n / segment - 1);
    let mut n_singular = 0;
    let found = if rows.p == 0 {
        let centred = rows.centred();
        let mut squares = SegmentSquares::new(&centred, &centred.y);
        let found = least_cost_partitions(n, segment, max_breaks, |start, out| {
            squares.fill(start, segment, out);
        });
        n_singular = squares.n_singular;
        found
    } else {
        partial_partitions(rows, segment, max_breaks)
    };
    let mut by_count = Vec::with_capacity(max_breaks + 1);
    for least in found.into_iter().map_while(|one| one) {
        if rows.is_perfect(least.cost) {
            return Err(PartitionError::PerfectFit {
                breaks: least.breaks,
            });
        }
        by_count.push(measure(rows, least.breaks, least.cost));
    }
    let chosen = ChosenCounts {
        bic: least_of(by_count.iter().map(|one| one.bic)),
        lwz: least_of(by_count.iter().map(|one| one.lwz)),
        aic: least_of(by_count.iter().map(|one| one.aic)),
        kt: by_count
            .iter()
            .map(|one| one.kt)
            .collect::<Option<Vec<f64>>>()
            .map(|values| least_of(values.into_iter())),
    };
    Ok(Partitions {
        by_count,
        chosen,
        min_segment: segment,
        n_singular_segments: n_singular,
    })
}

/// The place of the first least value.
pub(super) fn least_of(values: impl Iterator<Item = f64>) -> usize {
    values
        .enumerate()
        .fold((0, f64::INFINITY), |(at, least), (place, value)| {
            if value < least {
                (place, value)
            } else {
                (at, least)
            }
        })
        .0
}

/// LWZ's penalty of one parameter, times n.
pub(super) fn lwz_penalty(n: usize) -> f64 {
    LWZ_FACTOR * (n as f64).ln().powf(LWZ_EXPONENT)
}

fn measure(rows: &Rows, breaks: Vec<usize>, rss: f64) -> Partition {
    let n = rows.n() as f64;
    let m = breaks.len();
    let n_free = (m + 1) * rows.q + m + rows.p;
    let n_parameters = n_free + 1;
    let log_likelihood = -0.5 * n * ((rss / n).ln() + 1.0 + (2.0 * std::f64::consts::PI).ln());
    // A regime's own least squares where every coefficient changes.
    let kt = (rows.p == 0)
        .then(|| {
            let mut sum = 2.0 * (m + 1) as f64 * n.ln();
            for (first, last) in regimes(&breaks, rows.n()) {
                let stretch = rows.stretch(first, last);
                let length = stretch.n() as f64;
                let own = regress(&stretch, &[]).rss();
                if stretch.is_perfect(own) {
                    return None;
                }
                sum += length * (own / length).ln() + rows.q as f64 * length.ln();
            }
            Some(sum)
        })
        .flatten();
    Partition {
        rss,
        log_likelihood,
        n_parameters,
        aic: -2.0 * log_likelihood + 2.0 * n_parameters as f64,
        bic: -2.0 * log_likelihood + n.ln() * n_parameters as f64,
        lwz: (rss / (n - n_free as f64).max(1.0)).ln() + n_free as f64 * lwz_penalty(rows.n()) / n,
        kt,
        breaks,
    }
}
