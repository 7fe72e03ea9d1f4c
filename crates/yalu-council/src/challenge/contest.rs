//! What each actor expects of challenging each other one: votes, probabilities, utilities, risk.

use super::options::{ChallengeOptions, Security, Viewpoint, Votes, VotesOver};

/// Differences below this are rounding: utilities run from -6 to 6.
pub(super) const ROUNDING: f64 = 1e-12;

/// The matrices of one round, n × n and row-major, kept from round to round for their room.
#[derive(Debug, Clone, Default)]
pub(super) struct Contests {
    /// The probability that the row's actor wins against the column's.
    pub(super) win: Vec<f64>,
    /// What the row's actor expects of challenging the column's, E^i(U_ij).
    pub(super) attack: Vec<f64>,
    /// What the row's actor thinks the column's expects of challenging it, E(U_ji).
    pub(super) threat: Vec<f64>,
    /// Each actor's risk exponent.
    pub(super) risks: Vec<f64>,
    security: Vec<f64>,
    curve: Vec<f64>,
}

/// What the figures of a round are made of.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) positions: &'a [f64],
    /// Capability times salience.
    pub(super) weights: &'a [f64],
    pub(super) saliences: &'a [f64],
    /// Risk exponents that were given.
    pub(super) given: &'a [Option<f64>],
    pub(super) median: f64,
    /// By what distances are divided; positive.
    pub(super) range: f64,
}

impl Contests {
    /// Fills all of it: a pass with neutral risk, attitudes from its security, and a second pass.
    pub(super) fn fill(&mut self, at: Setting, options: &ChallengeOptions) {
        let n = at.positions.len();
        for matrix in [&mut self.win, &mut self.attack, &mut self.threat] {
            matrix.clear();
            matrix.resize(n * n, 0.0);
        }
        self.risks.clear();
        self.risks.resize(n, 1.0);
        let neutral = at.given.iter().all(|g| g.is_none_or(|r| r == 1.0));
        self.fill_wins(at, options);
        self.fill_utilities(at, options);
        if options.infer_risk {
            self.infer_risks(n, options.security);
        } else if neutral {
            return;
        }
        for (risk, given) in self.risks.iter_mut().zip(at.given) {
            *risk = given.unwrap_or(*risk);
        }
        // Linear votes don't know of risk, and stand.
        if options.votes == Votes::ByRisk {
            self.fill_wins(at, options);
        }
        self.fill_utilities(at, options);
    }

    /// Scholz et al. (2011), equations 30 and 31.
    fn fill_wins(&mut self, at: Setting, options: &ChallengeOptions) {
        let n = at.positions.len();
        self.win.fill(0.0);
        let mut all = 0.0;
        for k in 0..n {
            let weight = at.weights[k];
            if weight == 0.0 {
                continue;
            }
            self.fill_curve(k, at, options.votes);
            for i in 0..n {
                for j in 0..i {
                    // Positive where k stands nearer to i.
                    let vote = weight * (self.curve[j] - self.curve[i]);
                    self.win[i * n + j] += vote.max(0.0);
                    self.win[j * n + i] += (-vote).max(0.0);
                    all += vote.abs();
                }
            }
        }
        for i in 0..n {
            for j in 0..i {
                let (a, b) = (self.win[i * n + j], self.win[j * n + i]);
                let over = match options.votes_over {
                    VotesOver::ThisContest => a + b,
                    VotesOver::AllContests => 2.0 * all,
                };
                // Nobody votes where all stand halfway, or where the two hold one position.
                let [p, q] = if over > 0.0 {
                    [a / over, b / over]
                } else {
                    [0.5; 2]
                };
                (self.win[i * n + j], self.win[j * n + i]) = (p, q);
            }
        }
    }

    /// How far each position lies from k's, as k's votes count it.
    fn fill_curve(&mut self, k: usize, at: Setting, votes: Votes) {
        let (here, risk) = (at.positions[k], self.risks[k]);
        self.curve.clear();
        self.curve.extend(at.positions.iter().map(|x| {
            let distance = (x - here).abs() / at.range;
            match votes {
                Votes::Linear => distance,
                Votes::ByRisk => power(distance, risk),
            }
        }));
    }

    /// Equations 5 to 7 and 15 to 24.
    fn fill_utilities(&mut self, at: Setting, options: &ChallengeOptions) {
        let n = at.positions.len();
        for i in 0..n {
            for j in 0..n {
                if i != j {
                    let terms = Terms::new(at, options.status_quo_probability, i, j, self.risks[i]);
                    self.attack[i * n + j] = terms.expected(self.win[i * n + j], at.saliences[j]);
                    if options.viewpoint == Viewpoint::Viewers {
                        let other = terms.seen_from(
                            at,
                            options.status_quo_probability,
                            j,
                            i,
                            self.risks[i],
                        );
                        self.threat[i * n + j] =
                            other.expected(self.win[j * n + i], at.saliences[i]);
                    }
                }
            }
        }
        if options.viewpoint == Viewpoint::EachItsOwn {
            for i in 0..n {
                for j in 0..n {
                    self.threat[i * n + j] = self.attack[j * n + i];
                }
            }
        }
    }

    /// Equations 32 to 34: the safest accepts risk, the least safe avoids it.
    fn infer_risks(&mut self, n: usize, security: Security) {
        let attack = &self.attack;
        self.security.clear();
        self.security.extend((0..n).map(|i| match security {
            Security::Adversaries => (0..n).map(|j| attack[j * n + i]).sum::<f64>(),
            Security::Own => attack[i * n..(i + 1) * n].iter().sum(),
        }));
        let low = self.security.iter().copied().fold(f64::INFINITY, f64::min);
        let high = self
            .security
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        let spread = high - low;
        // Where all are equally safe, a spread of rounding would drive them to the two ends.
        if spread <= ROUNDING * n as f64 {
            return;
        }
        for (risk, sum) in self.risks.iter_mut().zip(&self.security) {
            let basis = (2.0 * sum - high - low) / spread / 3.0;
            *risk = (1.0 - basis) / (1.0 + basis);
        }
    }
}

/// The utilities of one challenge.
#[derive(Clone, Copy)]
struct Terms {
    success: f64,
    failure: f64,
    /// What no challenge is worth.
    peace: f64,
}

impl Terms {
    /// `i` challenges `j`, with risk exponent `r`; `q` is the status quo's probability.
    fn new(at: Setting, q: f64, i: usize, j: usize, r: f64) -> Self {
        let d = (at.positions[i] - at.positions[j]).abs() / at.range;
        Self {
            success: utility(0.5 - 0.5 * d, r),
            failure: utility(0.5 + 0.5 * d, r),
            peace: peace(at, q, i, d, r),
        }
    }

    /// The challenge of `i` on `j` from the terms of that of `j` on `i`: the distance is the same.
    fn seen_from(self, at: Setting, q: f64, i: usize, j: usize, r: f64) -> Self {
        let d = (at.positions[i] - at.positions[j]).abs() / at.range;
        let peace = if q < 1.0 {
            peace(at, q, i, d, r)
        } else {
            self.peace
        };
        Self { peace, ..self }
    }

    /// With the challenger's probability to win, and the salience of the challenged.
    fn expected(&self, win: f64, salience: f64) -> f64 {
        let fought = win * self.success + (1.0 - win) * self.failure;
        salience * fought + (1.0 - salience) * self.success - self.peace
    }
}

/// What `i` expects without a challenge: its rival, `d` away, stays with probability `q`, and goes
/// to the median otherwise.
fn peace(at: Setting, q: f64, i: usize, d: f64, r: f64) -> f64 {
    let stays = utility(0.5, r);
    if q >= 1.0 {
        return stays;
    }
    let m = (at.positions[i] - at.median).abs() / at.range;
    let quarter = if m < d { -0.25 } else { 0.25 };
    q * stays + (1.0 - q) * utility(0.5 + quarter * (m + d), r)
}

fn utility(base: f64, r: f64) -> f64 {
    2.0 - 4.0 * power(base, r)
}

/// Neutral risk, the whole first pass, needs no logarithm; and rounding may leave a base below 0.
fn power(base: f64, r: f64) -> f64 {
    if r == 1.0 {
        base
    } else {
        base.max(0.0).powf(r)
    }
}
