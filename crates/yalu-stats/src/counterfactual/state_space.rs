//! Structural time series as a state space: level, slope and season, observed with noise.
//!
//! Every state has a proper normal law before the first period, so that the plain Kalman filter
//! does. The gains depend on the variances and on which periods are observed, not on the figures:
//! they are found once and used for the response and for every control.

/// Which states there are: the level, then the slope, then one season less than the cycle has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Structure {
    pub(super) slope: bool,
    /// Periods in the seasonal cycle; 0 for none.
    pub(super) season: usize,
}

/// The variances of one period's innovations, in the order of [`Structure::noisy`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variances {
    pub(super) observation: f64,
    pub(super) states: Vec<f64>,
}

/// The states' law before the first period: independent normals.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Initial {
    pub(super) mean: Vec<f64>,
    pub(super) variance: Vec<f64>,
}

/// What the filter needs of the variances.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Gains {
    /// 1/F by period; 0 where nothing was observed.
    pub(super) precision: Vec<f64>,
    /// T·P·Z'/F, periods × states.
    gain: Vec<f64>,
    /// Σ ln F over observed periods.
    #[cfg(test)]
    pub(super) log_det: f64,
}

/// Room that filter and smoother use again and again.
#[derive(Debug, Clone, Default)]
pub(super) struct Scratch {
    covariance: Vec<f64>,
    column: Vec<f64>,
    state: Vec<f64>,
    backward: Vec<f64>,
}

impl Structure {
    pub(super) fn dim(self) -> usize {
        1 + usize::from(self.slope) + self.season.saturating_sub(1)
    }

    /// Where the seasonal states begin.
    fn first_season(self) -> usize {
        1 + usize::from(self.slope)
    }

    /// The states that innovations reach.
    pub(super) fn noisy(self) -> Vec<usize> {
        let mut places = vec![0];
        if self.slope {
            places.push(1);
        }
        if self.season > 1 {
            places.push(self.first_season());
        }
        places
    }

    /// Z·a.
    #[inline]
    pub(super) fn signal(self, state: &[f64]) -> f64 {
        if self.season > 1 {
            state[0] + state[self.first_season()]
        } else {
            state[0]
        }
    }

    /// a becomes T·a.
    #[inline]
    pub(super) fn advance(self, state: &mut [f64]) {
        if self.slope {
            state[0] += state[1];
        }
        if self.season > 1 {
            let seasons = &mut state[self.first_season()..];
            let next = -seasons.iter().sum::<f64>();
            seasons.rotate_right(1);
            seasons[0] = next;
        }
    }

    /// r becomes T'·r.
    #[inline]
    fn retreat(self, r: &mut [f64]) {
        if self.slope {
            r[1] += r[0];
        }
        if self.season > 1 {
            let seasons = &mut r[self.first_season()..];
            let first = seasons[0];
            seasons.rotate_left(1);
            let last = seasons.len() - 1;
            seasons[last] = 0.0;
            for value in seasons {
                *value -= first;
            }
        }
    }

    /// The gains for all periods of `observed`.
    pub(super) fn gains(
        self,
        variances: &Variances,
        initial: &Initial,
        observed: &[bool],
        gains: &mut Gains,
        scratch: &mut Scratch,
    ) {
        let d = self.dim();
        gains.precision.clear();
        gains.gain.clear();
        #[cfg(test)]
        {
            gains.log_det = 0.0;
        }
        if d == 1 {
            // One state: the whole recursion is in two numbers.
            let mut p = initial.variance[0];
            for seen in observed {
                let mut gain = 0.0;
                let mut precision = 0.0;
                if *seen {
                    let f = p + variances.observation;
                    precision = 1.0 / f;
                    gain = p * precision;
                    p *= variances.observation * precision;
                    #[cfg(test)]
                    {
                        gains.log_det += f.ln();
                    }
                }
                gains.precision.push(precision);
                gains.gain.push(gain);
                p += variances.states[0];
            }
            return;
        }
        let noisy = self.noisy();
        let p = &mut scratch.covariance;
        p.clear();
        p.resize(d * d, 0.0);
        for i in 0..d {
            p[i * d + i] = initial.variance[i];
        }
        let column = &mut scratch.column;
        column.clear();
        column.resize(d, 0.0);
        for seen in observed {
            if *seen {
                for (i, value) in column.iter_mut().enumerate() {
                    *value = self.signal(&p[i * d..(i + 1) * d]);
                }
                let f = self.signal(column) + variances.observation;
                let precision = 1.0 / f;
                for i in 0..d {
                    for j in 0..d {
                        p[i * d + j] -= column[i] * column[j] * precision;
                    }
                }
                self.advance(column);
                gains.precision.push(precision);
                gains.gain.extend(column.iter().map(|m| m * precision));
                #[cfg(test)]
                {
                    gains.log_det += f.ln();
                }
            } else {
                gains.precision.push(0.0);
                gains.gain.resize(gains.gain.len() + d, 0.0);
            }
            for row in p.chunks_exact_mut(d) {
                self.advance(row);
            }
            for j in 0..d {
                for i in 0..d {
                    column[i] = p[i * d + j];
                }
                self.advance(column);
                for i in 0..d {
                    p[i * d + j] = column[i];
                }
            }
            for (&place, variance) in noisy.iter().zip(&variances.states) {
                p[place * d + place] += variance;
            }
        }
    }

    /// One-step prediction errors of a series whose states begin at `mean` (at 0 where none).
    pub(super) fn innovations(
        self,
        gains: &Gains,
        series: &[f64],
        mean: Option<&[f64]>,
        out: &mut [f64],
        scratch: &mut Scratch,
    ) {
        let d = self.dim();
        let state = &mut scratch.state;
        state.clear();
        match mean {
            Some(mean) => state.extend_from_slice(mean),
            None => state.resize(d, 0.0),
        }
        if d == 1 {
            let mut level = state[0];
            for (((v, y), precision), gain) in out
                .iter_mut()
                .zip(series)
                .zip(&gains.precision)
                .zip(&gains.gain)
            {
                *v = if *precision > 0.0 { y - level } else { 0.0 };
                level += gain * *v;
            }
            return;
        }
        for (t, (v, y)) in out.iter_mut().zip(series).enumerate() {
            *v = if gains.precision[t] > 0.0 {
                y - self.signal(state)
            } else {
                0.0
            };
            self.advance(state);
            for (a, gain) in state.iter_mut().zip(&gains.gain[t * d..]) {
                *a += gain * *v;
            }
        }
    }

    /// The states' means given the whole series, periods × states, from its prediction errors.
    ///
    /// # Source
    /// Durbin and Koopman (2012), Time Series Analysis by State Space Methods, section 4.6.2.
    pub(super) fn smooth(
        self,
        gains: &Gains,
        variances: &Variances,
        initial: &Initial,
        innovations: &[f64],
        out: &mut [f64],
        scratch: &mut Scratch,
    ) {
        let (n, d) = (innovations.len(), self.dim());
        if d == 1 {
            // `out` holds r before it holds the states.
            let mut r = 0.0;
            for t in (0..n).rev() {
                out[t] = r;
                r += (innovations[t]) * gains.precision[t] - gains.gain[t] * r;
            }
            let mut level = initial.mean[0] + initial.variance[0] * r;
            for value in out.iter_mut().take(n) {
                let next = level + variances.states[0] * *value;
                *value = level;
                level = next;
            }
            return;
        }
        let noisy = self.noisy();
        let signal_places = [Some(0), (self.season > 1).then(|| self.first_season())];
        let backward = &mut scratch.backward;
        backward.clear();
        backward.resize(n * d, 0.0);
        let r = &mut scratch.state;
        r.clear();
        r.resize(d, 0.0);
        for t in (0..n).rev() {
            backward[t * d..(t + 1) * d].copy_from_slice(r);
            let through: f64 = gains.gain[t * d..(t + 1) * d]
                .iter()
                .zip(r.iter())
                .map(|(gain, r)| gain * r)
                .sum();
            self.retreat(r);
            let push = innovations[t] * gains.precision[t] - through;
            for place in signal_places.into_iter().flatten() {
                r[place] += push;
            }
        }
        let state = &mut scratch.column;
        state.clear();
        state.extend((0..d).map(|i| initial.mean[i] + initial.variance[i] * r[i]));
        for t in 0..n {
            out[t * d..(t + 1) * d].copy_from_slice(state);
            self.advance(state);
            for (&place, variance) in noisy.iter().zip(&variances.states) {
                state[place] += variance * backward[t * d + place];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::{DMatrix, DVector};

    use super::{Gains, Initial, Scratch, Structure, Variances};

    /// The series' covariance and the states' covariance with it, written out from the model.
    fn by_hand(
        structure: Structure,
        variances: &Variances,
        initial: &Initial,
        n: usize,
    ) -> (DVector<f64>, DMatrix<f64>, DMatrix<f64>) {
        let d = structure.dim();
        let noisy = structure.noisy();
        // Each state at each period is linear in the first states and the innovations.
        let shocks = d + (n - 1) * noisy.len();
        let mut mean = DVector::zeros(n);
        let mut load = DMatrix::zeros(n * d, shocks);
        let advance = |column: &DVector<f64>| {
            let mut next: Vec<f64> = column.iter().copied().collect();
            structure.advance(&mut next);
            DVector::from_vec(next)
        };
        for i in 0..d {
            load[(i, i)] = 1.0;
        }
        let mut centre = DVector::from_column_slice(&initial.mean);
        for t in 0..n {
            if t > 0 {
                for shock in 0..shocks {
                    let before = load.view((d * (t - 1), shock), (d, 1)).into_owned();
                    let after = advance(&DVector::from_column_slice(before.as_slice()));
                    load.view_mut((d * t, shock), (d, 1)).copy_from(&after);
                }
                for (which, &place) in noisy.iter().enumerate() {
                    load[(d * t + place, d + (t - 1) * noisy.len() + which)] += 1.0;
                }
                centre = advance(&centre);
            }
            mean[t] = structure.signal(centre.as_slice());
        }
        let variance = DVector::from_iterator(
            shocks,
            initial
                .variance
                .iter()
                .copied()
                .chain((1..n).flat_map(|_| variances.states.clone())),
        );
        let states = &load * DMatrix::from_diagonal(&variance) * load.transpose();
        let z = DMatrix::from_fn(n, n * d, |t, at| {
            let mut unit = vec![0.0; d];
            if at / d == t {
                unit[at % d] = 1.0;
            }
            structure.signal(&unit)
        });
        let series = &z * &states * z.transpose() + DMatrix::identity(n, n) * variances.observation;
        (mean, series, states * z.transpose())
    }

    const Y: [f64; 12] = [0.3, -1.2, 0.8, 1.1, 0.2, -0.4, 1.9, 2.2, 0.7, 1.5, 2.8, 0.1];

    #[test]
    fn likelihood_and_smoothed_states_are_the_multivariate_normals() {
        for (slope, season) in [(false, 0), (true, 0), (false, 4), (true, 3)] {
            let structure = Structure { slope, season };
            let d = structure.dim();
            let variances = Variances {
                observation: 0.7,
                states: [0.3, 0.05, 0.2][..structure.noisy().len()].to_vec(),
            };
            let initial = Initial {
                mean: (0..d).map(|i| 0.4 - 0.3 * i as f64).collect(),
                variance: (0..d).map(|i| 1.5 / (1.0 + i as f64)).collect(),
            };
            // Two periods are not observed.
            let observed: Vec<bool> = (0..Y.len()).map(|t| t != 2 && t != 7).collect();
            let mut scratch = Scratch::default();
            let mut gains = Gains::default();
            structure.gains(&variances, &initial, &observed, &mut gains, &mut scratch);
            let mut v = vec![0.0; Y.len()];
            structure.innovations(&gains, &Y, Some(&initial.mean), &mut v, &mut scratch);
            let mut smooth = vec![0.0; Y.len() * d];
            structure.smooth(&gains, &variances, &initial, &v, &mut smooth, &mut scratch);
            let square: f64 = v.iter().zip(&gains.precision).map(|(v, p)| v * v * p).sum();
            let ours = -0.5 * (10.0 * (2.0 * std::f64::consts::PI).ln() + gains.log_det + square);

            let (mean, series, cross) = by_hand(structure, &variances, &initial, Y.len());
            let seen: Vec<usize> = (0..Y.len()).filter(|&t| observed[t]).collect();
            let deviation = DVector::from_iterator(10, seen.iter().map(|&t| Y[t] - mean[t]));
            let covariance = DMatrix::from_fn(10, 10, |i, j| series[(seen[i], seen[j])]);
            let cholesky = covariance.cholesky().expect("a covariance");
            let solved = cholesky.solve(&deviation);
            let log_det = 2.0 * cholesky.l().diagonal().iter().map(|l| l.ln()).sum::<f64>();
            let direct = -0.5
                * (10.0 * (2.0 * std::f64::consts::PI).ln() + log_det + deviation.dot(&solved));
            assert!(
                (ours - direct).abs() < 1e-10,
                "{structure:?}: filter {ours}, density {direct}"
            );

            let mut centre: Vec<f64> = initial.mean.clone();
            for t in 0..Y.len() {
                if t > 0 {
                    structure.advance(&mut centre);
                }
                for i in 0..d {
                    let given: f64 = seen
                        .iter()
                        .enumerate()
                        .map(|(at, &s)| cross[(t * d + i, s)] * solved[at])
                        .sum();
                    assert!(
                        (smooth[t * d + i] - centre[i] - given).abs() < 1e-9,
                        "{structure:?}: period {t}, state {i}"
                    );
                }
            }
        }
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a test reads the reference case")]
    fn likelihood_is_statsmodels() {
        // statsmodels 0.15.0, UnobservedComponents(y, "llevel", exog=x) on the CausalImpact
        // vignette's series, standardised: the first innovation is left out as diffuse.
        let Some(shared) = yalu_testing::shared_reference() else {
            return;
        };
        let text = std::fs::read_to_string(shared.join("F-causalimpact-vignette/input.csv"))
            .expect("the reference case");
        let rows: Vec<(f64, f64)> = text
            .lines()
            .skip(1)
            .map(|line| {
                let cells: Vec<f64> = line
                    .split(',')
                    .map(|cell| cell.parse().expect("a number"))
                    .collect();
                (cells[1], cells[2])
            })
            .collect();
        let standard = |values: Vec<f64>| {
            let mean = values[..70].iter().sum::<f64>() / 70.0;
            let square: f64 = values[..70].iter().map(|v| (v - mean).powi(2)).sum();
            let sd = (square / 69.0).sqrt();
            values.iter().map(|v| (v - mean) / sd).collect::<Vec<f64>>()
        };
        let y = standard(rows.iter().map(|row| row.0).collect());
        let x = standard(rows.iter().map(|row| row.1).collect());
        let residual: Vec<f64> = (0..70)
            .map(|t| y[t] - 0.946_528_841_455_255_2 * x[t])
            .collect();
        let structure = Structure {
            slope: false,
            season: 0,
        };
        let variances = Variances {
            observation: 0.121_890_867_565_274_73,
            states: vec![0.000_174_011_929_878_993_1],
        };
        let initial = Initial {
            mean: vec![0.0],
            variance: vec![1e6],
        };
        let mut scratch = Scratch::default();
        let mut gains = Gains::default();
        structure.gains(&variances, &initial, &[true; 70], &mut gains, &mut scratch);
        let mut v = vec![0.0; 70];
        structure.innovations(&gains, &residual, Some(&[0.0]), &mut v, &mut scratch);
        let likelihood: f64 = (1..70)
            .map(|t| {
                let precision = gains.precision[t];
                -0.5 * ((2.0 * std::f64::consts::PI).ln() - precision.ln()
                    + v[t] * v[t] * precision)
            })
            .sum();
        assert!(
            (likelihood + 27.909_202_061_645_253).abs() < 1e-3,
            "{likelihood}"
        );
    }
}
