//! How unusual a unit's change at a date is among other units: at that date, and where each of them
//! may have its own best date, since a date found in the same data is a pick.

use super::SyntheticError;
use super::simplex::ridge_weights;

/// Weights stay unique by a ridge of so small a share of the noise.
const TINY: f64 = 1e-6;

/// How the weights of the others are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PathWeights {
    /// On the simplex, as close to the past as they come: few donors, a close fit, also to noise.
    Simplex,
    /// With the ridge of synthetic difference-in-differences, which spreads them: a looser fit, less
    /// of it noise.
    #[default]
    Ridge,
    /// All alike: difference-in-differences.
    Equal,
}

/// What makes a gap large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GapStatistic {
    /// Root mean squared gap after the start over the one before: finds any movement.
    RmspeRatio,
    /// |Mean gap after the start| over the root mean squared gap before: finds changes of level.
    MeanOverRmspe,
    /// |Mean gap after the start less mean gap before| over its standard error, the gaps' variance
    /// being pooled over both sides: a t for a change of level, in which a fit that follows the past
    /// too closely can't make a gap look large.
    #[default]
    LevelT,
}

/// A unit's path beside a weighted mean of others, each less its own mean before the start.
#[derive(Debug, Clone, PartialEq)]
pub struct PathControl {
    /// Weights of the donors, in their order, at or above 0, sum 1.
    pub weights: Vec<f64>,
    /// Path less weighted mean, a figure a period; its mean before the start is 0.
    pub gaps: Vec<f64>,
    /// Root mean squared gap before the start.
    pub pre_rmspe: f64,
    /// The standard deviation of the unit's own path before the start, about its mean there.
    pub own_variation: f64,
    /// Mean gap from the start on.
    pub mean_gap: f64,
    /// The standard error of `mean_gap`, the gaps' variance being pooled over both sides and gaps taken
    /// for independent. It is a scale, not an inference: serial correlation isn't in it.
    pub level_error: f64,
    /// How large the gap is, by [`GapStatistic`].
    pub statistic: f64,
    /// 1/Σw²: the number of equal donors that would be as concentrated.
    pub effective_donors: f64,
}

/// Paths of units over the same periods, compared by change and not by level.
#[derive(Debug, Clone, PartialEq)]
pub struct PathPanel {
    paths: Vec<Vec<f64>>,
    weights: PathWeights,
    statistic: GapStatistic,
}

/// A unit at its own best date.
#[derive(Debug, Clone, PartialEq)]
pub struct BestDate {
    /// The start at which its statistic is largest.
    pub start: usize,
    /// Its statistic there.
    pub statistic: f64,
}

impl PathPanel {
    /// `paths`: a row a unit, all as long.
    ///
    /// # Errors
    /// [`SyntheticError`] where rows differ in length or a figure isn't finite.
    pub fn new(
        paths: Vec<Vec<f64>>,
        weights: PathWeights,
        statistic: GapStatistic,
    ) -> Result<Self, SyntheticError> {
        let n = paths.first().map_or(0, Vec::len);
        for (unit, path) in paths.iter().enumerate() {
            if path.len() != n {
                return Err(SyntheticError::Shape {
                    what: format!("the path of unit {unit}"),
                    needed: n,
                    got: path.len(),
                });
            }
            if let Some(period) = path.iter().position(|one| one.is_nan() || one.abs() > 1e70) {
                return Err(SyntheticError::NotFinite {
                    what: "the outcome".to_owned(),
                    unit: unit.to_string(),
                    period: period.to_string(),
                });
            }
        }
        Ok(Self {
            paths,
            weights,
            statistic,
        })
    }

    /// Periods.
    pub fn n_periods(&self) -> usize {
        self.paths.first().map_or(0, Vec::len)
    }

    /// Units.
    pub fn n_units(&self) -> usize {
        self.paths.len()
    }

    /// Fits `unit` by `donors` before `start` and measures the gap from there on.
    ///
    /// # Errors
    /// [`SyntheticError`] where fewer than two donors, three periods before the start or one from it
    /// on are there, a unit isn't in the panel, or the unit is its own donor.
    ///
    /// # Source
    /// Synthetic control with an intercept: Doudchenko and Imbens (2016), NBER working paper 22791;
    /// Ferman and Pinto (2021), Quantitative Economics 12, 1197–1221. The ridge: Arkhangelsky and
    /// others (2021), American Economic Review 111, 4088–4118.
    ///
    /// ```
    /// use yalu_stats::synthetic::{GapStatistic, PathPanel, PathWeights};
    ///
    /// let paths = vec![
    ///     vec![5.0, 6.0, 5.0, 6.0, 8.0, 9.0],
    ///     vec![1.0, 2.0, 1.1, 2.0, 1.0, 2.0],
    ///     vec![0.0, 0.9, 0.0, 1.0, 0.0, 1.0],
    /// ];
    /// let panel = PathPanel::new(paths, PathWeights::Ridge, GapStatistic::LevelT)?;
    /// let fit = panel.fit(0, &[1, 2], 4)?;
    /// assert!((fit.mean_gap - 3.0).abs() < 0.1);
    /// # Ok::<(), yalu_stats::synthetic::SyntheticError>(())
    /// ```
    pub fn fit(
        &self,
        unit: usize,
        donors: &[usize],
        start: usize,
    ) -> Result<PathControl, SyntheticError> {
        let n = self.n_periods();
        if let Some(&odd) = donors
            .iter()
            .chain([&unit])
            .find(|one| **one >= self.paths.len())
        {
            return Err(SyntheticError::Unknown {
                what: "unit",
                name: odd.to_string(),
            });
        }
        if donors.contains(&unit) {
            return Err(SyntheticError::TreatedAmongDonors {
                unit: unit.to_string(),
            });
        }
        if donors.len() < 2 {
            return Err(SyntheticError::TooFewDonors {
                needed: 2,
                got: donors.len(),
            });
        }
        if start < 3 {
            return Err(SyntheticError::TooFewPrePeriods {
                needed: 3,
                got: start,
            });
        }
        if start >= n {
            return Err(SyntheticError::NoPostPeriods {
                start,
                n_periods: n,
            });
        }
        let weights = self.weights_of(unit, donors, start);
        let mut gaps = self.paths[unit].clone();
        for (&donor, &weight) in donors.iter().zip(&weights) {
            if weight != 0.0 {
                for (to, value) in gaps.iter_mut().zip(&self.paths[donor]) {
                    *to -= weight * value;
                }
            }
        }
        let level = mean(&gaps[..start]);
        for gap in &mut gaps {
            *gap -= level;
        }
        let (pre, post) = gaps.split_at(start);
        let pre_rmspe = root_mean_square(pre);
        let mean_gap = mean(post);
        let spread = |values: &[f64], middle: f64| {
            values.iter().map(|one| (one - middle).powi(2)).sum::<f64>()
        };
        let over = |a: f64, b: f64| if a == 0.0 { 0.0 } else { a / b };
        let pooled = (spread(pre, 0.0) + spread(post, mean_gap)) / (n - 2) as f64;
        let level_error = (pooled * (1.0 / start as f64 + 1.0 / (n - start) as f64)).sqrt();
        let statistic = match self.statistic {
            GapStatistic::RmspeRatio => over(root_mean_square(post), pre_rmspe),
            GapStatistic::MeanOverRmspe => over(mean_gap.abs(), pre_rmspe),
            GapStatistic::LevelT => over(mean_gap.abs(), level_error),
        };
        let own = &self.paths[unit][..start];
        Ok(PathControl {
            own_variation: (spread(own, mean(own)) / start as f64).sqrt(),
            effective_donors: 1.0 / weights.iter().map(|one| one * one).sum::<f64>(),
            weights,
            pre_rmspe,
            mean_gap,
            level_error,
            statistic,
            gaps,
        })
    }

    fn weights_of(&self, unit: usize, donors: &[usize], start: usize) -> Vec<f64> {
        let columns: Vec<&[f64]> = donors
            .iter()
            .map(|&donor| &self.paths[donor][..start])
            .collect();
        let noise = noise_level(&columns);
        let n_post = (self.n_periods() - start) as f64;
        let ridge = match self.weights {
            PathWeights::Simplex => TINY * noise,
            PathWeights::Ridge => n_post.powf(0.25) * noise,
            PathWeights::Equal => f64::INFINITY,
        };
        if noise == 0.0 || ridge.is_infinite() {
            return vec![1.0 / donors.len() as f64; donors.len()];
        }
        ridge_weights(&self.paths[unit][..start], &columns, ridge, true)
    }

    /// The start in `from..=to` at which a unit's statistic is largest; the first where several are.
    ///
    /// # Errors
    /// As [`PathPanel::fit`]; where no start lies in the range.
    pub fn best_date(
        &self,
        unit: usize,
        donors: &[usize],
        (from, to): (usize, usize),
    ) -> Result<BestDate, SyntheticError> {
        let mut best: Option<BestDate> = None;
        for start in from..=to {
            let statistic = self.fit(unit, donors, start)?.statistic;
            if best.as_ref().is_none_or(|one| statistic > one.statistic) {
                best = Some(BestDate { start, statistic });
            }
        }
        best.ok_or_else(|| SyntheticError::Window {
            what: "the window of starts".to_owned(),
            needed: "at least one start",
            got: format!("{from} to {to}"),
        })
    }
}

/// (1 + others whose statistic is at least the unit's)/(1 + others): the p-value of a rank where any
/// unit could have been the one in question. Never below 1/(1 + others).
pub fn rank_p_value(statistic: f64, others: &[f64]) -> f64 {
    let as_large = others.iter().filter(|one| **one >= statistic).count();
    (1 + as_large) as f64 / (1 + others.len()) as f64
}

/// An interval for a unit's effect by inverting its rank among placebos: effects whose removal leaves
/// the unit's gap, in its own scale, among the nearest `k` of the others'.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankInterval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
    /// Its coverage where units are exchangeable: k/(1 + others), at least what was asked for.
    pub coverage: f64,
}

/// The interval gap ± scale × the k-th smallest of the placebos' |gap|/scale, with the least k whose
/// coverage k/(1 + others) is at least `coverage`; none where there are too few others for it.
///
/// `placebos`: gap and scale of each, scales above 0.
pub fn rank_interval(
    gap: f64,
    scale: f64,
    placebos: &[(f64, f64)],
    coverage: f64,
) -> Option<RankInterval> {
    let mut scaled: Vec<f64> = placebos
        .iter()
        .map(|(gap, scale)| gap.abs() / scale)
        .collect();
    scaled.sort_by(f64::total_cmp);
    let all = (1 + scaled.len()) as f64;
    let k = (coverage * all - 1e-9).ceil().max(1.0) as usize;
    let half = scale * scaled.get(k - 1).filter(|one| one.is_finite())?;
    Some(RankInterval {
        lower: gap - half,
        upper: gap + half,
        coverage: k as f64 / all,
    })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn root_mean_square(values: &[f64]) -> f64 {
    (values.iter().map(|one| one * one).sum::<f64>() / values.len() as f64).sqrt()
}

/// The standard deviation of donors' first differences.
fn noise_level(columns: &[&[f64]]) -> f64 {
    let differences: Vec<f64> = columns
        .iter()
        .flat_map(|column| column.windows(2).map(|pair| pair[1] - pair[0]))
        .collect();
    let middle = mean(&differences);
    let squares: f64 = differences.iter().map(|one| (one - middle).powi(2)).sum();
    (squares / (differences.len().max(2) - 1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn panel(paths: Vec<Vec<f64>>) -> PathPanel {
        PathPanel::new(paths, PathWeights::default(), GapStatistic::default()).expect("finite")
    }

    /// Waves that differ in phase; the first steps up by three after the eighth period.
    fn waves() -> Vec<Vec<f64>> {
        (0..6)
            .map(|unit| {
                (0..12)
                    .map(|t| {
                        let wave = (f64::from(t) + 0.4 * f64::from(unit)).sin();
                        wave + if unit == 0 && t >= 8 { 3.0 } else { 0.0 }
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn a_step_is_the_largest_gap_and_at_its_date() {
        let panel = panel(waves());
        let own = panel.fit(0, &[1, 2, 3, 4, 5], 8).expect("fits");
        assert!((own.mean_gap - 3.0).abs() < 0.5);
        assert!((own.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let others: Vec<f64> = (1..6)
            .map(|unit| {
                let donors: Vec<usize> = (1..6).filter(|one| *one != unit).collect();
                panel.fit(unit, &donors, 8).expect("fits").statistic
            })
            .collect();
        assert!((rank_p_value(own.statistic, &others) - 1.0 / 6.0).abs() < 1e-12);
        let best = panel.best_date(0, &[1, 2, 3, 4, 5], (3, 10)).expect("fits");
        assert_eq!(best.start, 8);
    }

    #[test]
    fn the_rank_interval_holds_what_the_rank_does_not_reject() {
        let placebos: Vec<(f64, f64)> = (1..=9).map(|one| (f64::from(one), 2.0)).collect();
        let interval = rank_interval(10.0, 1.0, &placebos, 0.9).expect("nine placebos");
        // The ninth of nine: half of nine either side, coverage nine tenths.
        assert!((interval.lower - 5.5).abs() < 1e-12 && (interval.upper - 14.5).abs() < 1e-12);
        assert!((interval.coverage - 0.9).abs() < 1e-12);
        assert_eq!(rank_interval(10.0, 1.0, &placebos[..8], 0.9), None);
    }

    #[test]
    fn what_cannot_be_compared_is_an_error() {
        let panel = panel(waves());
        assert!(matches!(
            panel.fit(0, &[1], 8),
            Err(SyntheticError::TooFewDonors { .. })
        ));
        assert!(matches!(
            panel.fit(0, &[0, 1], 8),
            Err(SyntheticError::TreatedAmongDonors { .. })
        ));
        assert!(matches!(
            panel.fit(0, &[1, 9], 8),
            Err(SyntheticError::Unknown { .. })
        ));
        assert!(matches!(
            panel.fit(0, &[1, 2], 2),
            Err(SyntheticError::TooFewPrePeriods { .. })
        ));
        assert!(matches!(
            panel.fit(0, &[1, 2], 12),
            Err(SyntheticError::NoPostPeriods { .. })
        ));
        assert!(matches!(
            panel.best_date(0, &[1, 2], (8, 4)),
            Err(SyntheticError::Window { .. })
        ));
        let ragged = vec![vec![0.0; 4], vec![0.0; 3]];
        assert!(PathPanel::new(ragged, PathWeights::Equal, GapStatistic::LevelT).is_err());
        let odd = vec![vec![0.0, f64::NAN]];
        assert!(PathPanel::new(odd, PathWeights::Equal, GapStatistic::LevelT).is_err());
    }

    proptest! {
        #[test]
        fn levels_and_units_do_not_matter(shift in -50.0..50.0_f64, scale in 0.1..20.0_f64) {
            let base = panel(waves()).fit(0, &[1, 2, 3], 8).expect("fits");
            let moved = waves()
                .into_iter()
                .enumerate()
                .map(|(unit, path)| {
                    path.iter().map(|one| scale * one + shift * unit as f64).collect()
                })
                .collect();
            let moved = panel(moved).fit(0, &[1, 2, 3], 8).expect("fits");
            prop_assert!((moved.statistic - base.statistic).abs() < 1e-6 * base.statistic);
            prop_assert!((moved.mean_gap - scale * base.mean_gap).abs() < 1e-6 * scale);
        }
    }
}
