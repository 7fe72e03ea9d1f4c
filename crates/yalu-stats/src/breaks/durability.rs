//! Did the new level last?

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::dating::{correlated_se, refit_levels};
use super::estimate::check_breaks;
use super::{Bootstrap, BreakError, ShiftModel, column_of, fit_regimes};
use crate::samples::quantile;
use crate::serial::fit_ar_one;
use crate::simulate::Simulator;

const MAX_FAILED: f64 = 0.1;

/// A recent level held against the one before a break.
#[derive(Debug, Clone, PartialEq)]
pub struct DurabilityTest {
    /// Recent less old level on the scale of the linear predictor.
    pub difference: f64,
    /// A 90 % interval, which an equivalence test at 5 % holds against the bounds.
    pub interval_90: (f64, f64),
    /// A 95 % interval.
    pub interval_95: (f64, f64),
    /// The p-value of the equivalence test, the larger of the two one-sided ones.
    pub p_equivalence: f64,
    /// The two-sided p-value of the test for a difference.
    pub p_difference: f64,
    /// The old level.
    pub old_level: f64,
    /// The recent level.
    pub recent_level: f64,
}

/// Tests the level of the periods `recent` (first and last) against the level just before break
/// `focus`: are they equivalent within ±`bound`, and do they differ?
///
/// The errors of the difference are those of series drawn from the fitted model with its dispersion
/// and serial correlation, each over the standard error that its own dispersion and correlation
/// imply (a bootstrap-t): how poorly these are known is in the tails.
///
/// # Errors
/// [`BreakError`] where an index or the bound is off, the fit fails, or too many draws can't be
/// fitted.
///
/// # Source
/// Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657–680 (two one-sided
/// tests); Davison and Hinkley (1997), Bootstrap Methods and their Application, section 5.2.2.
///
/// ```
/// use yalu_stats::{Bootstrap, Design, Family, ShiftModel, durability_test};
///
/// // Counts that step up after the twentieth of thirty periods.
/// let y: Vec<f64> = (0..30).map(|t| f64::from(t * 7 % 5 + if t < 20 { 2 } else { 12 })).collect();
/// let model = ShiftModel {
///     y: &y,
///     offset: &[0.0; 30],
///     design: &Design::intercept(30),
///     family: Family::QuasiPoisson,
/// };
/// let bootstrap = Bootstrap { n_replications: 199, seed: 1 };
/// // Do the last five periods still differ from the level before the break?
/// let test = durability_test(&model, &[19], 0, (25, 29), 0.25, &bootstrap)?;
/// assert!((test.difference - (14.0_f64 / 4.0).ln()).abs() < 1e-9);
/// assert!(test.p_difference < 0.05 && test.p_equivalence > 0.5);
/// # Ok::<(), yalu_stats::BreakError>(())
/// ```
pub fn durability_test(
    model: &ShiftModel<'_>,
    breaks: &[usize],
    focus: usize,
    recent: (usize, usize),
    bound: f64,
    bootstrap: &Bootstrap,
) -> Result<DurabilityTest, BreakError> {
    bootstrap.check()?;
    let n = model.y.len();
    check_breaks(n, breaks, focus)?;
    if bound.is_nan() || bound <= 0.0 {
        return Err(BreakError::Bound { got: bound });
    }
    if recent.0 <= breaks[focus] || recent.1 >= n || recent.0 > recent.1 {
        return Err(BreakError::Index {
            what: "the recent level's first period",
            got: recent.0,
            n,
        });
    }
    let edges = recent_edges(breaks, recent, n);
    let regime = edges.partition_point(|&edge| edge < recent.0);
    let (fit, design, columns) = fit_regimes(model, &edges, focus)?;
    let column = column_of(&columns, regime);
    let difference = fit.coefficients[column];
    let rho = fit_ar_one(&fit.pearson_residuals, design.n_columns()).corrected;
    let simulator = Simulator::new(&fit, rho, bootstrap.seed);
    let mut errors = Vec::with_capacity(bootstrap.n_replications);
    for replicate in 0..bootstrap.n_replications {
        let mut rng = ChaCha8Rng::seed_from_u64(bootstrap.seed);
        rng.set_stream(replicate as u64 + 1);
        let y = simulator.draw(&mut rng);
        let drawn = ShiftModel { y: &y, ..*model };
        if let Ok((again, columns)) = refit_levels(&drawn, &edges, focus, &fit) {
            let column = column_of(&columns, regime);
            let error = again.coefficients[column] - difference;
            errors.push(error / correlated_se(&again, column));
        }
    }
    let failed = bootstrap.n_replications - errors.len();
    if failed as f64 > MAX_FAILED * bootstrap.n_replications as f64 {
        return Err(BreakError::Sparse {
            failed,
            n: bootstrap.n_replications,
        });
    }
    errors.sort_by(f64::total_cmp);
    let se = correlated_se(&fit, column);
    let total = (1 + errors.len()) as f64;
    // P(error ≤ x) and P(error ≥ x), never 0.
    let below = |x: f64| (1 + errors.iter().filter(|one| **one * se <= x).count()) as f64 / total;
    let above = |x: f64| (1 + errors.iter().filter(|one| **one * se >= x).count()) as f64 / total;
    let p_equivalence = below(difference - bound).max(above(difference + bound));
    let p_difference = (2.0 * below(difference).min(above(difference))).min(1.0);
    let interval = |tail: f64| {
        (
            difference - se * quantile(&errors, 1.0 - tail),
            difference - se * quantile(&errors, tail),
        )
    };
    Ok(DurabilityTest {
        difference,
        interval_90: interval(0.05),
        interval_95: interval(0.025),
        p_equivalence,
        p_difference,
        old_level: fit.coefficients[0],
        recent_level: fit.coefficients[0] + difference,
    })
}

/// The breaks before the recent level, and the edges of the recent level itself.
fn recent_edges(breaks: &[usize], recent: (usize, usize), n: usize) -> Vec<usize> {
    let mut edges: Vec<usize> = breaks
        .iter()
        .copied()
        .filter(|&one| one + 1 < recent.0)
        .collect();
    edges.push(recent.0 - 1);
    if recent.1 + 1 < n {
        edges.push(recent.1);
    }
    edges.dedup();
    edges
}
