//! What each actor expects of challenging each other one: votes, probabilities, utilities, risk.

use super::options::{ChallengeOptions, Security, Viewpoint, Votes, VotesOver};

/// Differences below this are rounding: utilities run from -6 to 6.
pub(super) const ROUNDING: f64 = 1e-12;

/// Distances, as shares of the range, that differ by less are one.
const SAME_PLACE: f64 = 1e-9;

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
    lost: Vec<f64>,
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
        let nobody_gave = at.given.iter().all(Option::is_none);
        self.fill_wins(at, options);
        self.fill_utilities(at, options);
        if options.infer_risk {
            self.infer_risks(n, options.security);
        } else if nobody_gave {
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
        self.lost.clear();
        self.lost.resize(n * n, 0.0);
        for k in 0..n {
            let weight = at.weights[k];
            if weight > 0.0 {
                self.fill_curve(k, at, options.votes);
                self.add_votes(weight, n);
            }
        }
        let all: f64 = self.win.iter().chain(&self.lost).sum();
        for i in 0..n {
            for j in 0..i {
                let (a, b) = (self.win[i * n + j], self.lost[i * n + j]);
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

    /// Adds one voter's votes on every pair: for the row's actor to `win`, against it to `lost`.
    ///
    /// Below the diagonal only and along the rows, since this is where the time goes.
    fn add_votes(&mut self, weight: f64, n: usize) {
        let Self {
            win, lost, curve, ..
        } = self;
        for i in 0..n {
            let here = curve[i];
            let row = i * n..i * n + i;
            let cells = win[row.clone()].iter_mut().zip(&mut lost[row]);
            for ((win, lost), there) in cells.zip(&curve[..i]) {
                // Positive where the voter stands nearer to the row's actor.
                let vote = weight * (there - here);
                *win += vote.max(0.0);
                *lost += (-vote).max(0.0);
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
        let viewers = options.viewpoint == Viewpoint::Viewers;
        for i in 0..n {
            let eyes = Eyes::new(at, options.status_quo_probability, self.risks[i]);
            for j in (0..n).filter(|&j| j != i) {
                let (here, back) = (i * n + j, j * n + i);
                let d = (at.positions[i] - at.positions[j]).abs() / at.range;
                let stakes = eyes.stakes(d);
                let peace = eyes.peace(i, d);
                self.attack[here] = stakes.expected(self.win[here], at.saliences[j]) - peace;
                if viewers {
                    // The distance is the same from both ends, and so are the two stakes.
                    let peace = eyes.peace(j, d);
                    self.threat[here] = stakes.expected(self.win[back], at.saliences[i]) - peace;
                }
            }
        }
        if !viewers {
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
            // In this form the two ends come out as 2 and 0.5 to the last digit.
            let basis = ((sum - low) - (high - sum)) / spread;
            *risk = (3.0 - basis) / (3.0 + basis);
        }
    }
}

/// How one actor values outcomes.
#[derive(Clone, Copy)]
struct Eyes<'a> {
    at: Setting<'a>,
    /// The status quo's probability.
    q: f64,
    /// The risk exponent.
    r: f64,
    /// What it is worth that a rival stays.
    stays: f64,
}

/// What a challenge may bring.
#[derive(Clone, Copy)]
struct Stakes {
    success: f64,
    failure: f64,
}

impl<'a> Eyes<'a> {
    fn new(at: Setting<'a>, q: f64, r: f64) -> Self {
        let stays = utility(0.5, r);
        Self { at, q, r, stays }
    }

    /// Of two who stand `d` apart.
    fn stakes(&self, d: f64) -> Stakes {
        let success = utility(0.5 - 0.5 * d, self.r);
        let failure = utility(0.5 + 0.5 * d, self.r);
        Stakes { success, failure }
    }

    /// What `i` has without a challenge: its rival, `d` away, stays with probability `q`, and goes
    /// to the median otherwise.
    fn peace(&self, i: usize, d: f64) -> f64 {
        let Self { at, q, r, stays } = *self;
        if q >= 1.0 {
            return stays;
        }
        let m = (at.positions[i] - at.median).abs() / at.range;
        // A rival at the median is as near to it as that; moves of many rounds leave it beside it by
        // some last digits, which must not decide whether it would come nearer.
        let quarter = if d - m > SAME_PLACE { -0.25 } else { 0.25 };
        q * stays + (1.0 - q) * utility(0.5 + quarter * (m + d), r)
    }
}

impl Stakes {
    /// With the challenger's probability to win, and the salience of the challenged.
    fn expected(&self, win: f64, salience: f64) -> f64 {
        let fought = win * self.success + (1.0 - win) * self.failure;
        salience * fought + (1.0 - salience) * self.success
    }
}

fn utility(base: f64, r: f64) -> f64 {
    2.0 - 4.0 * power(base, r)
}

#[expect(clippy::float_cmp, reason = "neutral risk is exactly 1")]
/// Neutral risk, the whole first pass, needs no logarithm; and rounding may leave a base below 0.
fn power(base: f64, r: f64) -> f64 {
    if r == 1.0 {
        base
    } else {
        base.max(0.0).powf(r)
    }
}
