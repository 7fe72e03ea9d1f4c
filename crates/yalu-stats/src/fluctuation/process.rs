//! Processes of residuals and estimates of a linear regression.

use super::score::gaussian_scores;
use super::{Fluctuation, FluctuationError, FluctuationProcess, LimitProcess};
use crate::covariance::{Covariance, robust_covariance};
use crate::design::Design;
use crate::glm::{Family, fit_glm};
use crate::updating::RowQr;

/// Residuals below this share of the figures are rounding.
const NOTHING_LEFT: f64 = 1e-22;

/// A fluctuation process of the regression of `y` (n figures) on `design` (n × k).
///
/// `scale` says how the residuals' variance is estimated: [`Covariance::Model`] as their mean square
/// over the degrees of freedom, which supposes that they aren't correlated; any other as their
/// long-run variance, which corrects the test for serial correlation (roughly: a break raises the
/// long-run variance too, and power falls). Score processes are scaled by the scores' own second
/// moments and leave `scale` aside; for a long-run version see [`super::score_process`].
///
/// The cost is of order n·k², n·k³ for estimates.
///
/// # Errors
/// [`FluctuationError`] where lengths differ, figures aren't finite, the series is too short or
/// constant, columns are collinear (within a window, for estimates), or the bandwidth isn't one.
///
/// # Source
/// Kuan and Hornik (1995), Econometric Reviews 14, 135–161; conventions of Zeileis, Leisch, Hornik and
/// Kleiber (2002), Journal of Statistical Software 7(2).
///
/// ```
/// use yalu_stats::{
///     Covariance, Design, Fluctuation, FluctuationFunctional, fluctuation_process,
/// };
/// let y: Vec<f64> = (0..80)
///     .map(|t| if t < 40 { 0.0 } else { 6.0 } + f64::from(t * 7 % 5))
///     .collect();
/// let design = Design::intercept(80);
/// let process = fluctuation_process(&y, &design, Fluctuation::OlsCusum, Covariance::Model)?;
/// let test = process.test(FluctuationFunctional::Max)?;
/// assert!(test.p_value < 0.01);
/// assert_eq!(test.period, Some(39));
/// # Ok::<(), yalu_stats::FluctuationError>(())
/// ```
pub fn fluctuation_process(
    y: &[f64],
    design: &Design,
    kind: Fluctuation,
    scale: Covariance,
) -> Result<FluctuationProcess, FluctuationError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    if n < k + 3 {
        return Err(FluctuationError::TooShort {
            needed: k + 3,
            got: n,
            columns: k,
        });
    }
    let fit = fit_glm(y, &vec![0.0; n], design, Family::Gaussian)?;
    let total: f64 = y.iter().map(|one| one * one).sum();
    if fit.deviance <= NOTHING_LEFT * total {
        return Err(FluctuationError::PerfectFit);
    }
    let residuals = &fit.pearson_residuals;
    let df = n - k;
    let mut process = FluctuationProcess {
        kind,
        names: vec!["residuals".to_owned()],
        values: Vec::new(),
        n_before: 0,
        limit: LimitProcess::BrownianBridge,
        bandwidth: None,
        scale: None,
    };
    match kind {
        Fluctuation::OlsCusum => {
            let sigma = deviation(residuals, Some(df), scale)?;
            process.values = vec![sums(residuals, sigma * (n as f64).sqrt())];
            process.scale = Some(sigma);
        }
        Fluctuation::OlsMosum { bandwidth } => {
            let window = window(bandwidth, n, 1)?;
            let sigma = deviation(residuals, Some(df), scale)?;
            let sums = sums(residuals, sigma * (n as f64).sqrt());
            process.values = vec![increments(&sums, window)];
            process.scale = Some(sigma);
            process.move_over(bandwidth, window, LimitProcess::BrownianBridgeIncrements);
        }
        Fluctuation::RecursiveCusum => {
            let recursive = recursive_residuals(y, design)?;
            let sigma = deviation(&recursive, None, scale)?;
            process.values = vec![sums(&recursive, sigma * (df as f64).sqrt())];
            process.n_before = k;
            process.limit = LimitProcess::BrownianMotion;
            process.scale = Some(sigma);
        }
        Fluctuation::RecursiveMosum { bandwidth } => {
            let recursive = recursive_residuals(y, design)?;
            let window = window(bandwidth, df, 1)?;
            // The peer takes the k parameters off twice: from the residuals and from their degrees
            // of freedom.
            if df <= k {
                return Err(FluctuationError::TooShort {
                    needed: 2 * k + 1,
                    got: n,
                    columns: k,
                });
            }
            let sigma = deviation(&recursive, Some(df - k), scale)?;
            let sums = sums(&recursive, sigma * (df as f64).sqrt());
            process.values = vec![increments(&sums, window)];
            process.scale = Some(sigma);
            process.move_over(bandwidth, window, LimitProcess::BrownianMotionIncrements);
            process.n_before += k;
        }
        Fluctuation::RecursiveEstimates => {
            let sigma = deviation(residuals, Some(df), scale)?;
            process.values = recursive_estimates(residuals, design, sigma)?;
            process.names = design.names().to_vec();
            process.n_before = k - 1;
            process.scale = Some(sigma);
        }
        Fluctuation::MovingEstimates { bandwidth } => {
            let window = window(bandwidth, n, k)?;
            let sigma = deviation(residuals, Some(df), scale)?;
            process.values = moving_estimates(residuals, design, sigma, window)?;
            process.names = design.names().to_vec();
            process.scale = Some(sigma);
            process.move_over(bandwidth, window, LimitProcess::BrownianBridgeIncrements);
        }
        Fluctuation::ScoreCusum | Fluctuation::ScoreMosum { .. } | Fluctuation::Model => {
            (process.names, process.values) =
                gaussian_scores(residuals, design, kind != Fluctuation::Model)?;
            if let Fluctuation::ScoreMosum { bandwidth } = kind {
                let window = window(bandwidth, n, 1)?;
                for column in &mut process.values {
                    *column = increments(column, window);
                }
                process.move_over(bandwidth, window, LimitProcess::BrownianBridgeIncrements);
            }
        }
    }
    Ok(process)
}

impl FluctuationProcess {
    fn move_over(&mut self, bandwidth: f64, window: usize, limit: LimitProcess) {
        self.bandwidth = Some(bandwidth);
        self.n_before = window;
        self.limit = limit;
    }
}

/// Periods in a moving window.
fn window(bandwidth: f64, n: usize, needed: usize) -> Result<usize, FluctuationError> {
    let periods = if bandwidth > 0.0 && bandwidth < 1.0 {
        (bandwidth * n as f64).floor() as usize
    } else {
        0
    };
    if periods < needed || periods >= n {
        return Err(FluctuationError::Bandwidth {
            got: bandwidth,
            periods,
            n,
            needed,
        });
    }
    Ok(periods)
}

/// The residuals' standard deviation about their mean (with n − 1 degrees of freedom unless told), or the root of their long-run variance.
fn deviation(
    residuals: &[f64],
    df: Option<usize>,
    scale: Covariance,
) -> Result<f64, FluctuationError> {
    let n = residuals.len();
    let variance = if scale == Covariance::Model {
        let mean = residuals.iter().sum::<f64>() / n as f64;
        residuals
            .iter()
            .map(|one| (one - mean).powi(2))
            .sum::<f64>()
            / df.unwrap_or(n - 1) as f64
    } else {
        let level = Design::intercept(n);
        let fit = fit_glm(residuals, &vec![0.0; n], &level, Family::Gaussian)?;
        let of_mean = robust_covariance(&fit, &level, residuals, scale)?[0];
        // As the peer has it: the mean that the covariance allows for and the columns both count.
        let lost = df.map_or(1.0, |df| n as f64 / df as f64);
        of_mean * n as f64 * lost
    };
    if variance > 0.0 {
        Ok(variance.sqrt())
    } else {
        Err(FluctuationError::PerfectFit)
    }
}

/// 0 and the sums of the first one, two, … values, each over `scale`.
pub(super) fn sums(values: &[f64], scale: f64) -> Vec<f64> {
    let mut sum = 0.0;
    std::iter::once(0.0)
        .chain(values.iter().map(|value| {
            sum += value;
            sum / scale
        }))
        .collect()
}

/// What sums grow by over each window.
fn increments(sums: &[f64], window: usize) -> Vec<f64> {
    sums[window..]
        .iter()
        .zip(sums)
        .map(|(end, start)| end - start)
        .collect()
}

fn row(design: &Design, row: usize) -> impl Iterator<Item = f64> {
    (0..design.n_columns()).map(move |column| design.column(column)[row])
}

fn determined(
    factor: &RowQr,
    design: &Design,
    (first, last): (usize, usize),
) -> Result<(), FluctuationError> {
    factor.collinear().map_or(Ok(()), |column| {
        Err(FluctuationError::Singular {
            first,
            last,
            column: design.names()[column].clone(),
        })
    })
}

/// The n − k prediction errors, each from the rows before it, standardised.
fn recursive_residuals(y: &[f64], design: &Design) -> Result<Vec<f64>, FluctuationError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    let mut factor = RowQr::new(k);
    let mut residuals = Vec::with_capacity(n - k);
    for (at, figure) in y.iter().enumerate() {
        let residual = factor.add(row(design, at), *figure);
        if at >= k {
            residuals.push(residual);
        } else if at + 1 == k {
            determined(&factor, design, (0, at))?;
        }
    }
    Ok(residuals)
}

/// √(i/n)/σ times the root Gram of the first i rows times the difference of their coefficients from
/// those of all; the latter is their regression of the whole sample's residuals.
fn recursive_estimates(
    residuals: &[f64],
    design: &Design,
    sigma: f64,
) -> Result<Vec<Vec<f64>>, FluctuationError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    let mut factor = RowQr::new(k);
    let mut values = vec![vec![0.0]; k];
    for (at, residual) in residuals.iter().enumerate() {
        factor.add(row(design, at), *residual);
        if at + 1 < k {
            continue;
        }
        if at + 1 == n {
            // All rows against themselves.
            for column in &mut values {
                column.push(0.0);
            }
            break;
        }
        determined(&factor, design, (0, at))?;
        push_estimates(
            &mut values,
            &factor,
            ((at + 1) as f64 / n as f64).sqrt() / sigma,
        )?;
    }
    Ok(values)
}

fn push_estimates(
    values: &mut [Vec<f64>],
    factor: &RowQr,
    scale: f64,
) -> Result<(), FluctuationError> {
    let change = factor
        .root_gram_times_coefficients()
        .ok_or(FluctuationError::PerfectFit)?;
    for (column, value) in values.iter_mut().zip(change) {
        column.push(scale * value);
    }
    Ok(())
}

/// The same over a moving window. Every window is the end of one block of rows and the start of the
/// next: factors of ends are made once a block, those of starts grow with the window.
fn moving_estimates(
    residuals: &[f64],
    design: &Design,
    sigma: f64,
    window: usize,
) -> Result<Vec<Vec<f64>>, FluctuationError> {
    let (n, k) = (design.n_rows(), design.n_columns());
    let mut values = vec![Vec::with_capacity(n + 1 - window); k];
    let scale = (window as f64 / n as f64).sqrt() / sigma;
    let mut ends: Vec<RowQr> = Vec::with_capacity(window);
    let mut start = RowQr::new(k);
    for first in 0..=n - window {
        let place = first % window;
        if place == 0 {
            ends.clear();
            let mut factor = RowQr::new(k);
            for at in (first..first + window).rev() {
                factor.add(row(design, at), residuals[at]);
                ends.push(factor.clone());
            }
            start = RowQr::new(k);
        } else {
            let at = first + window - 1;
            start.add(row(design, at), residuals[at]);
        }
        let mut factor = ends[window - 1 - place].clone();
        factor.absorb(&start);
        determined(&factor, design, (first, first + window - 1))?;
        push_estimates(&mut values, &factor, scale)?;
    }
    Ok(values)
}
