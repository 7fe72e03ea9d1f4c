//! Series without a break, as correlated as the one that is tested seems to be.
//!
//! Two faults make a plain bootstrap find too many breaks. The serial correlation isn't known: it is
//! estimated, with a bias once breaks are taken out, so a test that plugs it in is too sure. And
//! its estimate hangs together with the statistic: a burst that looks like a break takes persistence
//! with it when the break is taken out, so the correlation seems lowest just where the statistic is
//! largest. Both are met by simulating series at every plausible correlation, measuring in each
//! the statistic *and* the correlation as they were measured in the data, and comparing only with
//! those whose correlation came out like the data's.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::glm::{Family, GlmFit};
use crate::simulate::{Simulator, standard_normal};

/// Series that find out which correlations are plausible.
const PILOT: usize = 96;
/// The share of them, nearest to the correlation measured, that span the plausible ones.
const NEAREST: f64 = 0.33;
/// Series simulated for each that is kept.
const PER_KEPT: usize = 2;
/// The correlations that are told apart; for counts those of the latent series, which are larger than
/// those of the counts.
const GAUSSIAN_RANGE: (f64, f64) = (-0.5, 0.97);
const LATENT_RANGE: (f64, f64) = (-0.6, 0.985);
/// Draws before an autoregressive path begins.
const BURN_IN: usize = 40;

/// What is measured in a series: its statistic, and its serial correlation once breaks are taken out.
pub(super) struct Measured {
    pub(super) statistic: f64,
    pub(super) correlation: f64,
}

/// A simulated series that counts.
struct Kept {
    weight: f64,
    /// Its statistic, moved to the correlation measured.
    statistic: f64,
    /// The correlation of the series itself, breaks left in.
    correlation: f64,
}

/// Statistics of series without a break whose measured correlation is near the data's.
pub(super) struct WithoutBreak {
    kept: Vec<Kept>,
}

/// The statistic that a share `level` of weighted ones exceeds, the largest coming first.
pub(super) fn exceeded_by(ordered: &[(f64, f64)], level: f64) -> f64 {
    let allowed = level * ordered.iter().map(|one| one.1).sum::<f64>();
    let mut above = 0.0;
    for (statistic, weight) in ordered {
        above += weight;
        if above >= allowed {
            return *statistic;
        }
    }
    ordered.last().map_or(f64::INFINITY, |one| one.0)
}

/// Residuals of a series without a break.
enum Paths<'a> {
    /// First-order autoregressions of resampled innovations, of normal ones where there are none.
    Resampled { n: usize, innovations: Vec<f64> },
    /// Counts from the fit whose latent series is autoregressive.
    Counts { simulator: Simulator<'a> },
}

impl Paths<'_> {
    fn draw(&mut self, rho: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
        match self {
            Self::Resampled { n, innovations } => {
                let mut state = 0.0;
                let mut path = Vec::with_capacity(*n);
                for step in 0..*n + BURN_IN {
                    let innovation = if innovations.is_empty() {
                        standard_normal(rng)
                    } else {
                        innovations[rng.random_range(0..innovations.len())]
                    };
                    state = rho * state + innovation;
                    if step >= BURN_IN {
                        path.push(state);
                    }
                }
                path
            }
            Self::Counts { simulator } => {
                simulator.set_latent(rho);
                let y = simulator.draw(rng);
                simulator.residuals(&y)
            }
        }
    }
}

impl WithoutBreak {
    /// Simulates until `n_kept` series are near `measured`.
    ///
    /// `fit` is the fit without a break; `clean` are its residuals with breaks taken out; `measure`
    /// does to a vector of residuals what was done to the data's.
    ///
    /// # Source
    /// Comparison with simulated series near what was measured, and their move onto it by a local
    /// regression: Beaumont, Zhang and Balding (2002), Genetics 162, 2025–2035. Counts with a latent
    /// normal series: Cario and Nelson (1996), Operations Research Letters 19, 51–58.
    pub(super) fn simulate(
        fit: &GlmFit,
        clean: &[f64],
        measured: f64,
        n_kept: usize,
        rng: &mut ChaCha8Rng,
        mut measure: impl FnMut(&mut [f64]) -> Measured,
    ) -> Self {
        let n = clean.len();
        let (mut paths, range) = if fit.family == Family::Gaussian {
            let innovations = Vec::new();
            (Paths::Resampled { n, innovations }, GAUSSIAN_RANGE)
        } else {
            let simulator = Simulator::with_latent(fit, 0.0);
            (Paths::Counts { simulator }, LATENT_RANGE)
        };
        let mut pilot: Vec<(f64, f64)> = strata(range, PILOT)
            .map(|rho| {
                let off = measure(&mut paths.draw(rho, rng)).correlation - measured;
                (off.abs(), rho)
            })
            .collect();
        pilot.sort_by(|a, b| a.0.total_cmp(&b.0));
        pilot.truncate((NEAREST * PILOT as f64) as usize);
        let centre = pilot.iter().map(|one| one.1).sum::<f64>() / pilot.len() as f64;
        let step = (range.1 - range.0) / PILOT as f64;
        let plausible = pilot.iter().fold((range.1, range.0), |(low, high), one| {
            (low.min(one.1 - step / 2.0), high.max(one.1 + step / 2.0))
        });
        if let Paths::Resampled { innovations, .. } = &mut paths {
            *innovations = centred(
                clean
                    .windows(2)
                    .map(|pair| pair[1] - centre * pair[0])
                    .collect(),
            );
        }
        let drawn: Vec<(f64, f64, f64)> = strata(plausible, PER_KEPT * n_kept)
            .map(|rho| {
                let mut path = paths.draw(rho, rng);
                let correlation = crate::serial::lag_one(&path);
                let one = measure(&mut path);
                (one.correlation - measured, one.statistic, correlation)
            })
            .collect();
        Self {
            kept: keep_nearest(drawn, n_kept),
        }
    }

    /// The share with a statistic at least as large, the data's own counted among them: never 0.
    pub(super) fn p_value(&self, statistic: f64) -> f64 {
        let total: f64 = self.kept.iter().map(|one| one.weight).sum();
        let as_large: f64 = self
            .kept
            .iter()
            .filter(|one| one.statistic >= statistic)
            .map(|one| one.weight)
            .sum();
        (1.0 + as_large) / (1.0 + total)
    }

    /// The statistic of each series with its weight, the largest first.
    pub(super) fn statistics(&self) -> Vec<(f64, f64)> {
        let mut order: Vec<(f64, f64)> = self
            .kept
            .iter()
            .map(|one| (one.statistic, one.weight))
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        order
    }

    /// The correlation of the series themselves, on average.
    pub(super) fn correlation(&self) -> f64 {
        let total: f64 = self.kept.iter().map(|one| one.weight).sum();
        let sum: f64 = self
            .kept
            .iter()
            .map(|one| one.weight * one.correlation)
            .sum();
        sum / total
    }
}

/// The middles of `count` equal parts of a range, from the lowest up.
fn strata((low, high): (f64, f64), count: usize) -> impl Iterator<Item = f64> {
    (0..count).map(move |idx| low + (idx as f64 + 0.5) / count as f64 * (high - low))
}

/// The `n_kept` series whose correlation is off by least, weighted by how little (Epanechnikov),
/// their statistics moved along a local regression of the log statistic on the correlation.
///
/// `drawn`: how far the correlation is off, the statistic, the correlation of the series itself.
fn keep_nearest(mut drawn: Vec<(f64, f64, f64)>, n_kept: usize) -> Vec<Kept> {
    drawn.sort_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
    let reach = drawn
        .get(n_kept)
        .or(drawn.last())
        .map_or(1.0, |one| one.0.abs())
        .max(f64::MIN_POSITIVE);
    drawn.truncate(n_kept);
    let weight = |off: f64| (1.0 - (off / reach).powi(2)).max(0.0);
    let log = |statistic: f64| statistic.max(1e-12).ln();
    let (mut w, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (off, statistic, _) in &drawn {
        let (k, f) = (weight(*off), log(*statistic));
        w += k;
        x += k * off;
        y += k * f;
        xx += k * off * off;
        xy += k * off * f;
    }
    let spread = w * xx - x * x;
    let slope = if spread > 1e-12 * w * xx {
        (w * xy - x * y) / spread
    } else {
        0.0
    };
    drawn
        .into_iter()
        .map(|(off, statistic, correlation)| Kept {
            weight: weight(off),
            statistic: (log(statistic) - slope * off).exp(),
            correlation,
        })
        .collect()
}

fn centred(mut values: Vec<f64>) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    for value in &mut values {
        *value -= mean;
    }
    values
}
