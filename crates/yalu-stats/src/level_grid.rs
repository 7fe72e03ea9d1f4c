//! The negative binomial's likelihood of any run of periods at its own best level, from sums on a grid.

/// Levels of the grid.
const LEVELS: usize = 49;

/// Prefix sums of the log-likelihood (up to what doesn't depend on the level) on a grid of levels.
#[derive(Debug, Clone)]
pub(crate) struct LevelGrid {
    likelihood: Vec<[f64; LEVELS]>,
}

impl LevelGrid {
    /// Counts `y` whose mean is `expected` times the exponential of the level, levels from `low` to
    /// `high`; θ is given.
    pub(crate) fn new(y: &[f64], expected: &[f64], theta: f64, (low, high): (f64, f64)) -> Self {
        let mut levels = [0.0; LEVELS];
        for (idx, level) in levels.iter_mut().enumerate() {
            *level = (low + (high - low) * idx as f64 / (LEVELS - 1) as f64).exp();
        }
        let mut sums = [0.0; LEVELS];
        let mut likelihood = Vec::with_capacity(y.len() + 1);
        likelihood.push(sums);
        for (y, expected) in y.iter().zip(expected) {
            for (sum, level) in sums.iter_mut().zip(&levels) {
                let mean = expected * level;
                let log_mean = if *y > 0.0 { y * mean.ln() } else { 0.0 };
                *sum += log_mean - (y + theta) * (mean + theta).ln();
            }
            likelihood.push(sums);
        }
        Self { likelihood }
    }

    /// The periods.
    pub(crate) fn n(&self) -> usize {
        self.likelihood.len() - 1
    }

    /// −2 log-likelihood of periods `start` to `end` − 1 at their best level, up to what doesn't
    /// depend on it.
    pub(crate) fn misfit(&self, start: usize, end: usize) -> f64 {
        let (from, to) = (&self.likelihood[start], &self.likelihood[end]);
        let at = |idx: usize| to[idx] - from[idx];
        // The log-likelihood is concave in the level: halve towards where it stops rising.
        let (mut place, mut above) = (0, LEVELS - 1);
        while place < above {
            let middle = usize::midpoint(place, above);
            if at(middle + 1) > at(middle) {
                place = middle + 1;
            } else {
                above = middle;
            }
        }
        let mut best = at(place);
        // The top of the parabola through the three values about the best.
        if place > 0 && place < LEVELS - 1 {
            let (before, after) = (at(place - 1), at(place + 1));
            let bend = before - 2.0 * best + after;
            if bend < 0.0 {
                best -= (after - before).powi(2) / (8.0 * bend);
            }
        }
        -2.0 * best
    }
}
