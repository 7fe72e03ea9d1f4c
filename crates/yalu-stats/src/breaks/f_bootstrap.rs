//! Break tests whose distribution without a break is redrawn from the residuals.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::Bootstrap;
use super::f_projector::Projector;
use super::f_stats::{
    Aggregation, BreakStatistic, FStatistics, FTestError, FTestOptions, Plan, aggregate, check,
    measure, robust_path,
};
use crate::bootstrap::{Resampler, Resampling, ResamplingError, exceedance};
use crate::design::Design;

/// Which residuals a break test redraws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResidualsFrom {
    /// The model without a break. A break in the data inflates them and looks like dependence: safe,
    /// at the cost of power.
    NoBreak,
    /// The model with the best break, the degrees of freedom given back. More power; the search for
    /// the break takes some dependence out, so that it rejects more.
    BestBreak,
}

/// Why a break test can't be bootstrapped.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BootstrapFTestError {
    /// The statistics can't be had.
    #[error(transparent)]
    Statistic(#[from] FTestError),
    /// The residuals can't be redrawn.
    #[error(transparent)]
    Resampling(#[from] ResamplingError),
}

/// One aggregate of the path and its bootstrap p-value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BootstrapAggregate {
    /// The figure.
    pub statistic: f64,
    /// (1 + exceedances)/(1 + replications).
    pub p_value: f64,
    /// The bootstrap's critical value at the level asked for.
    pub critical_value: f64,
}

/// Break tests with bootstrap p-values.
#[derive(Debug, Clone, PartialEq)]
pub struct BootstrapFTest {
    /// The path that is tested.
    pub statistics: FStatistics,
    /// The largest.
    pub sup: BootstrapAggregate,
    /// The average.
    pub ave: BootstrapAggregate,
    /// The exponential average.
    pub exp: BootstrapAggregate,
    /// The (average) block length, where blocks were drawn.
    pub block_length: Option<f64>,
    /// The order of the sieve's autoregression.
    pub order: Option<usize>,
    /// Replications.
    pub n_replications: usize,
}

/// Tests for one break at an unknown date, with p-values from redrawn residuals: wild for variances
/// that move, blocks or a sieve for serial correlation. The regressors stay as they are (Hansen's
/// fixed-regressor bootstrap).
///
/// `level` is that of the critical values only. With a statistic other than a robust Wald each
/// replicate costs of order n·(k + q²); a robust Wald is made anew at each date of each replicate.
///
/// # Errors
/// [`BootstrapFTestError`] as [`super::f_statistics`], and where residuals can't be redrawn.
///
/// # Source
/// Hansen (2000), Journal of Econometrics 97, 93–115 (fixed regressors, wild); see
/// [`crate::bootstrap_distribution`] for the ways to redraw.
///
/// ```
/// use yalu_stats::{Bootstrap, Design, FTestOptions, Resampling, ResidualsFrom, bootstrap_f_test};
/// let y: Vec<f64> = (0..60)
///     .map(|t| if t < 30 { 0.0 } else { 3.0 } + f64::from(t * 7 % 5))
///     .collect();
/// let test = bootstrap_f_test(
///     &y,
///     &Design::intercept(60),
///     &FTestOptions::default(),
///     Resampling::WildRademacher,
///     ResidualsFrom::BestBreak,
///     &Bootstrap { n_replications: 199, seed: 1 },
///     0.05,
/// )?;
/// assert_eq!(test.sup.p_value, 1.0 / 200.0);
/// # Ok::<(), yalu_stats::BootstrapFTestError>(())
/// ```
pub fn bootstrap_f_test(
    y: &[f64],
    design: &Design,
    options: &FTestOptions,
    resampling: Resampling,
    residuals_from: ResidualsFrom,
    bootstrap: &Bootstrap,
    level: f64,
) -> Result<BootstrapFTest, BootstrapFTestError> {
    if bootstrap.n_replications < 99 {
        return Err(ResamplingError::Replications {
            got: bootstrap.n_replications,
        }
        .into());
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(FTestError::Level { got: level }.into());
    }
    check(y, design)?;
    let plan = Plan::new(design, options)?;
    let projector = Projector::new(design, &plan)?;
    let (statistics, mut residuals) = measure(y, design, options, &plan, &projector)?;
    if residuals_from == ResidualsFrom::BestBreak {
        residuals = projector.after_break(&residuals, statistics.break_index);
    }
    let resampler = Resampler::new(&residuals, resampling)?;
    let mut rng = ChaCha8Rng::seed_from_u64(bootstrap.seed);
    let mut series = vec![0.0; y.len()];
    let (mut drops, mut path) = (Vec::new(), Vec::new());
    let mut draws: [Vec<f64>; 3] =
        std::array::from_fn(|_| Vec::with_capacity(bootstrap.n_replications));
    let mut failed = 0;
    for _ in 0..bootstrap.n_replications {
        resampler.draw(&mut rng, &mut series);
        path.clear();
        if let BreakStatistic::RobustWald(covariance) = options.statistic {
            match robust_path(&series, design, &plan, &projector, covariance) {
                Ok(values) => path = values,
                Err(_) => path.push(f64::NAN),
            }
        } else {
            let rss = projector.drops(&mut series, &mut drops);
            path.extend(
                drops
                    .iter()
                    .map(|drop| projector.statistic(options.statistic, rss, *drop)),
            );
        }
        if path.iter().any(|value| !value.is_finite()) {
            failed += 1;
            continue;
        }
        for (draws, aggregation) in draws.iter_mut().zip(AGGREGATIONS) {
            draws.push(aggregate(&path, aggregation));
        }
    }
    if failed * 10 > bootstrap.n_replications {
        return Err(ResamplingError::Sparse {
            failed,
            n: bootstrap.n_replications,
        }
        .into());
    }
    let judge = |draws: &mut Vec<f64>, aggregation| {
        let statistic = statistics.aggregate(aggregation);
        draws.sort_by(f64::total_cmp);
        BootstrapAggregate {
            statistic,
            p_value: exceedance(draws, statistic),
            critical_value: crate::samples::quantile(draws, 1.0 - level),
        }
    };
    let [sup, ave, exp] = &mut draws;
    let sup = judge(sup, Aggregation::Sup);
    let ave = judge(ave, Aggregation::Ave);
    let exp = judge(exp, Aggregation::Exp);
    Ok(BootstrapFTest {
        statistics,
        sup,
        ave,
        exp,
        block_length: resampler.block_length(),
        order: resampler.order(),
        n_replications: bootstrap.n_replications,
    })
}

const AGGREGATIONS: [Aggregation; 3] = [Aggregation::Sup, Aggregation::Ave, Aggregation::Exp];
