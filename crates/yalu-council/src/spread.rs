//! The outcome as a distribution: what many draws say, how far they can be trusted, and several
//! models as one.

/// The outcomes of one issue over many draws, in ascending order; never empty, all finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    ascending: Vec<f64>,
    checkpoints: Vec<Checkpoint>,
}

/// What the first draws say, to show whether more would change it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Checkpoint {
    /// How many draws.
    pub draws: usize,
    /// Their mean.
    pub mean: f64,
    /// Their median.
    pub median: f64,
    /// The standard error of their mean as if they were independent: an upper bound for a Latin
    /// hypercube taken whole, whose strata take out what adds up over the unknowns.
    pub standard_error: f64,
}

impl Spread {
    /// Gathers outcomes in the order of their draws; nothing where there are none or one is no
    /// finite number.
    pub fn of(outcomes: &[f64]) -> Option<Self> {
        if outcomes.is_empty() || outcomes.iter().any(|v| !v.is_finite()) {
            return None;
        }
        let checkpoints = checkpoint_counts(outcomes.len());
        let checkpoints = checkpoints
            .into_iter()
            .map(|n| checkpoint(&outcomes[..n]))
            .collect();
        let mut ascending = outcomes.to_vec();
        ascending.sort_by(f64::total_cmp);
        Some(Self {
            ascending,
            checkpoints,
        })
    }

    /// The outcomes, ascending.
    pub fn ascending(&self) -> &[f64] {
        &self.ascending
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.ascending.iter().sum::<f64>() / self.ascending.len() as f64
    }

    /// The standard deviation (divisor n − 1); nil for one outcome.
    pub fn standard_deviation(&self) -> f64 {
        deviation(&self.ascending, self.mean())
    }

    /// The quantile of a probability in [0, 1], between order statistics by straight lines (type 7
    /// of Hyndman and Fan 1996).
    pub fn quantile(&self, probability: f64) -> f64 {
        quantile(&self.ascending, probability)
    }

    /// The share of outcomes at or above `threshold`.
    pub fn share_at_or_above(&self, threshold: f64) -> f64 {
        let below = self.ascending.partition_point(|&v| v < threshold);
        (self.ascending.len() - below) as f64 / self.ascending.len() as f64
    }

    /// How many outcomes lie in each of `bins` equal parts of `low..=high`; those beyond count in
    /// the part at that end.
    pub fn histogram(&self, low: f64, high: f64, bins: usize) -> Vec<usize> {
        let mut counts = vec![0; bins];
        for &value in &self.ascending {
            let place = ((value - low) / (high - low) * bins as f64).floor();
            counts[(place.max(0.0) as usize).min(bins - 1)] += 1;
        }
        counts
    }

    /// The state after 100, 200, 500, 1,000 and so on draws, and after all of them.
    pub fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }
}

/// Several models' spreads as one, each with its weight: the linear pool.
///
/// Weights needn't sum to one. Nothing where no weight is positive, one is negative or no number.
/// `resolution` quantiles of each spread (at the middle of equal strata) stand for it, so that a
/// model counts by its weight and not by its number of draws. Returns the values ascending, each
/// with its share.
pub fn pool(spreads: &[(&Spread, f64)], resolution: usize) -> Option<Vec<(f64, f64)>> {
    let total: f64 = spreads.iter().map(|(_, weight)| weight).sum();
    let sound = spreads
        .iter()
        .all(|(_, weight)| weight.is_finite() && *weight >= 0.0);
    if !sound || total <= 0.0 {
        return None;
    }
    let values = spreads
        .iter()
        .filter(|(_, weight)| *weight > 0.0)
        .flat_map(|(spread, weight)| {
            let share = weight / total / resolution as f64;
            (0..resolution).map(move |i| {
                let probability = (i as f64 + 0.5) / resolution as f64;
                (spread.quantile(probability), share)
            })
        });
    let mut pooled: Vec<(f64, f64)> = values.collect();
    pooled.sort_by(|a, b| a.0.total_cmp(&b.0));
    Some(pooled)
}

/// The quantile of ascending values, type 7.
pub(crate) fn quantile(ascending: &[f64], probability: f64) -> f64 {
    let place = probability.clamp(0.0, 1.0) * (ascending.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(ascending.len() - 1);
    ascending[below] + (place - below as f64) * (ascending[above] - ascending[below])
}

fn checkpoint_counts(draws: usize) -> Vec<usize> {
    let mut counts: Vec<usize> = (2..9)
        .flat_map(|power| [1, 2, 5].map(|step| step * 10_usize.pow(power)))
        .take_while(|&n| n < draws)
        .collect();
    counts.push(draws);
    counts
}

fn checkpoint(first: &[f64]) -> Checkpoint {
    let mut ascending = first.to_vec();
    ascending.sort_by(f64::total_cmp);
    let mean = ascending.iter().sum::<f64>() / ascending.len() as f64;
    let standard_error = deviation(&ascending, mean) / (ascending.len() as f64).sqrt();
    let median = quantile(&ascending, 0.5);
    Checkpoint {
        draws: first.len(),
        mean,
        median,
        standard_error,
    }
}

fn deviation(values: &[f64], mean: f64) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_r() {
        // R: quantile(c(1, 3, 4, 8, 20), c(.1, .5, .9))
        let spread = Spread::of(&[8.0, 1.0, 20.0, 4.0, 3.0]).unwrap();
        let got = [0.1, 0.5, 0.9].map(|p| spread.quantile(p));
        for (got, expected) in got.iter().zip([1.8, 4.0, 15.2]) {
            assert!((got - expected).abs() < 1e-12);
        }
        assert!((spread.standard_deviation() - 57.7_f64.sqrt()).abs() < 1e-12);
        assert!((spread.share_at_or_above(4.0) - 0.6).abs() < 1e-15);
        assert_eq!(spread.histogram(0.0, 10.0, 5), [1, 1, 1, 0, 2]);
    }

    #[test]
    fn a_pool_weighs_models_and_not_their_draws() {
        let many = Spread::of(&vec![10.0; 1000]).unwrap();
        let few = Spread::of(&[20.0, 20.0]).unwrap();
        let pooled = pool(&[(&many, 1.0), (&few, 3.0)], 50).unwrap();
        let mean: f64 = pooled.iter().map(|(value, share)| value * share).sum();
        assert!((mean - 17.5).abs() < 1e-9);
        assert!(pool(&[(&many, 0.0)], 50).is_none());
        assert!(pool(&[(&many, -1.0), (&few, 2.0)], 50).is_none());
    }

    #[test]
    fn checkpoints_end_with_all_draws() {
        let values: Vec<f64> = (0..700).map(f64::from).collect();
        let spread = Spread::of(&values).unwrap();
        let draws: Vec<usize> = spread.checkpoints().iter().map(|c| c.draws).collect();
        assert_eq!(draws, [100, 200, 500, 700]);
        assert!((spread.checkpoints()[0].mean - 49.5).abs() < 1e-12);
        assert!(Spread::of(&[]).is_none());
        assert!(Spread::of(&[f64::NAN]).is_none());
    }
}
