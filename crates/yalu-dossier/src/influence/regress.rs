//! Count regressions of an actor's acts, their exposure being what they are a share of.

use yalu_stats::{
    Bootstrap, BreakError, Covariance, Design, DesignError, Family, GlmError, Search, ShiftModel,
    date_breaks, estimate_shift, fit_ar_one, fit_glm, noncentral_t_cdf, robust_covariance,
    sup_f_test,
};

use super::record::ShareEstimate;

/// The share of the periods at either end where no break is looked for.
const TRIMMING: f64 = 0.15;

/// Why a regression gives nothing: a fact about the series.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum NoFit {
    #[error("{0}")]
    Glm(#[from] GlmError),
    #[error("{0}")]
    Design(#[from] DesignError),
    #[error("{0}")]
    Break(#[from] BreakError),
    #[error("all of what it is a share of is its own in every period")]
    All,
}

/// Counts of some periods, what each is a share of, and where the source base changes.
pub(super) struct Shares {
    /// Each row's place among the covered periods.
    pub(super) rows: Vec<usize>,
    pub(super) y: Vec<f64>,
    pub(super) of: Vec<f64>,
    /// First places of changed source bases, with what changed.
    pub(super) steps: Vec<(usize, String)>,
}

impl Shares {
    /// Periods in which there is something to have a share of, and that `holds` keeps.
    pub(super) fn new(
        y: &[u64],
        of: &[u64],
        steps: &[(usize, String)],
        holds: impl Fn(usize) -> bool,
    ) -> Self {
        let rows: Vec<usize> = (0..y.len())
            .filter(|&row| of[row] > 0 && holds(row))
            .collect();
        Self {
            y: rows.iter().map(|&row| y[row] as f64).collect(),
            of: rows.iter().map(|&row| of[row] as f64).collect(),
            rows,
            steps: steps.to_vec(),
        }
    }

    fn offset(&self) -> Vec<f64> {
        self.of.iter().map(|of| of.ln()).collect()
    }

    /// A level, and one more from each change of the source base on.
    fn base(&self) -> Result<Design, DesignError> {
        let mut design = Design::intercept(self.rows.len());
        for (step, note) in &self.steps {
            let column: Vec<f64> = self
                .rows
                .iter()
                .map(|row| f64::from(u8::from(row >= step)))
                .collect();
            if column.iter().any(|one| (one - column[0]).abs() > 0.5) {
                design = design.with(format!("coverage: {note}"), column)?;
            }
        }
        Ok(design)
    }

    fn refuse_all(&self) -> Result<(), NoFit> {
        let all = self.y.iter().zip(&self.of).all(|(y, of)| y >= of);
        if all { Err(NoFit::All) } else { Ok(()) }
    }

    /// The coefficient of one more column, its standard error and degrees of freedom.
    fn effect_of(&self, name: &str, column: Vec<f64>) -> Result<Effect, NoFit> {
        self.refuse_all()?;
        let design = self.base()?.with(name, column)?;
        let fit = fit_glm(&self.y, &self.offset(), &design, Family::QuasiPoisson)?;
        let covariance = robust_covariance(&fit, &design, &self.y, Covariance::PrewhitenedQs)?;
        let k = design.n_columns();
        let at = k * k - 1;
        let own = fit.covariance[at];
        let long_run = own * fit_ar_one(&fit.pearson_residuals, k).long_run_ratio();
        // A robust variance falls below the model's own by chance, and in short series with
        // persistence below what their correlation implies; the largest is the honest one.
        let variance = covariance[at].max(own).max(long_run);
        Ok(Effect {
            log_ratio: fit.coefficients[k - 1],
            se: variance.sqrt(),
            df: fit.df_residual as f64,
        })
    }

    /// The rate where `after` holds over the rate where it doesn't.
    pub(super) fn step(&self, after: impl Fn(usize) -> bool) -> Result<Effect, NoFit> {
        let column = self
            .rows
            .iter()
            .map(|&row| f64::from(u8::from(after(row))))
            .collect();
        self.effect_of("from the day on", column)
    }

    /// The change in a year; `years`: the time of each covered period.
    pub(super) fn trend(&self, years: &[f64]) -> Result<Effect, NoFit> {
        let at: Vec<f64> = self.rows.iter().map(|&row| years[row]).collect();
        let middle = at.iter().sum::<f64>() / at.len() as f64;
        self.effect_of("year", at.iter().map(|year| year - middle).collect())
    }

    /// One break of the level: tested, dated, sized.
    pub(super) fn one_break(&self, level: f64, bootstrap: &Bootstrap) -> Result<OneBreak, NoFit> {
        self.refuse_all()?;
        let (offset, design) = (self.offset(), self.base()?);
        let model = ShiftModel {
            y: &self.y,
            offset: &offset,
            design: &design,
            family: Family::QuasiPoisson,
        };
        let search = Search {
            trimming: TRIMMING,
            max_breaks: 1,
            window: None,
        };
        let test = sup_f_test(&model, &search, bootstrap, level)?;
        let dating = date_breaks(&model, &search)?;
        let breaks = match dating.by_count.get(1) {
            Some(one) => one.breaks.clone(),
            None => vec![test.break_index],
        };
        let shift = estimate_shift(&model, &breaks, 0, &search, bootstrap)?;
        let first_of_new =
            |last_of_old: usize| self.rows[(last_of_old + 1).min(self.rows.len() - 1)];
        Ok(OneBreak {
            statistic: test
                .two_breaks
                .map_or(test.statistic, |two| two.max(test.statistic)),
            p_value: test.p_value,
            at: first_of_new(shift.break_index),
            interval: [
                first_of_new(shift.interval.0),
                first_of_new(shift.interval.1),
            ],
            log_ratio: shift.effect,
            log_interval: [shift.effect_interval.0, shift.effect_interval.1],
        })
    }
}

/// A log ratio with its standard error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effect {
    pub(super) log_ratio: f64,
    pub(super) se: f64,
    df: f64,
}

impl Effect {
    /// The ratio's interval of the given coverage.
    pub(super) fn interval(&self, confidence: f64) -> [f64; 2] {
        let reach = t_quantile(f64::midpoint(1.0, confidence), self.df) * self.se;
        [
            (self.log_ratio - reach).exp(),
            (self.log_ratio + reach).exp(),
        ]
    }

    /// The two-sided p-value of a ratio of 1.
    pub(super) fn p_value(&self) -> f64 {
        (2.0 * noncentral_t_cdf(-(self.log_ratio / self.se).abs(), self.df, 0.0)).clamp(0.0, 1.0)
    }
}

/// A break; places are those of covered periods.
pub(super) struct OneBreak {
    pub(super) statistic: f64,
    pub(super) p_value: f64,
    pub(super) at: usize,
    pub(super) interval: [usize; 2],
    pub(super) log_ratio: f64,
    pub(super) log_interval: [f64; 2],
}

/// The quantile of Student's t at `share`, by halving: at least ½ and below 1.
fn t_quantile(share: f64, df: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while noncentral_t_cdf(high, df, 0.0) < share && high < 1e6 {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if noncentral_t_cdf(middle, df, 0.0) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// A share with an interval that allows for its varying between periods.
///
/// The dispersion φ is Pearson's Σ(y − n·p)²/(n·p·(1 − p)) over its degrees of freedom, at least 1:
/// the variance between periods over that of drawing acts by chance. The interval is Wilson's (1927)
/// with n/φ in the place of n and Student's t with as many degrees of freedom, so that it stays
/// within [0, 1] and has an end above 0 where no act is the actor's. Serial correlation isn't
/// allowed for. Nothing where there is no act.
pub(super) fn share_of(y: &[u64], of: &[u64], confidence: f64) -> Option<ShareEstimate> {
    let n: u64 = of.iter().sum();
    if n == 0 {
        return None;
    }
    let n = n as f64;
    let share = y.iter().sum::<u64>() as f64 / n;
    let spread = share * (1.0 - share);
    let rows: Vec<(f64, f64)> = y
        .iter()
        .zip(of)
        .filter(|(_, of)| **of > 0)
        .map(|(&y, &of)| (y as f64, of as f64))
        .collect();
    let df = rows.len() as f64 - 1.0;
    let dispersion = if spread > 0.0 && df > 0.0 {
        let pearson: f64 = rows
            .iter()
            .map(|(y, of)| (y - of * share).powi(2) / (of * spread))
            .sum();
        (pearson / df).max(1.0)
    } else {
        1.0
    };
    let interval = (df > 0.0).then(|| {
        let t = t_quantile(f64::midpoint(1.0, confidence), df);
        let (n, square) = (n / dispersion, t * t);
        let middle = (share + square / (2.0 * n)) / (1.0 + square / n);
        let reach = t * (spread / n + square / (4.0 * n * n)).sqrt() / (1.0 + square / n);
        [(middle - reach).max(0.0), (middle + reach).min(1.0)]
    });
    Some(ShareEstimate {
        share,
        interval,
        confidence,
        dispersion,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (share, df, expected) in [(0.95, 3.0, 2.353_363), (0.975, 10.0, 2.228_139)] {
            let got = t_quantile(share, df);
            assert!((got - expected).abs() < 1e-5, "{got}");
        }
    }

    #[test]
    fn an_interval_by_hand() {
        // Two periods, 5 of 10 and 5 of 10: no more spread than chance, φ = 1, t with one degree of
        // freedom at 95 % is 6.3138; Wilson's centre is ½, its reach t·√(¼/20 + t²/1600)/(1 + t²/20).
        let found = share_of(&[5, 5], &[10, 10], 0.9).expect("a share");
        assert!((found.share - 0.5).abs() < 1e-12 && (found.dispersion - 1.0).abs() < 1e-12);
        let t: f64 = 6.313_751_5;
        let reach = t * (0.0125 + t * t / 1600.0).sqrt() / (1.0 + t * t / 20.0);
        let [low, high] = found.interval.expect("two periods");
        assert!((low - (0.5 - reach)).abs() < 1e-6 && (high - (0.5 + reach)).abs() < 1e-6);
        // 10 of 10 and 0 of 10: φ = Σ 25/2.5 = 20.
        let wild = share_of(&[10, 0], &[10, 10], 0.9).expect("a share");
        assert!((wild.dispersion - 20.0).abs() < 1e-12);
    }

    #[test]
    fn no_act_is_no_proof_of_no_share() {
        let none = share_of(&[0; 12], &[5; 12], 0.9).expect("a share");
        let [low, high] = none.interval.expect("an interval");
        assert!(low.abs() < 1e-12 && high > 0.02 && high < 0.1, "{high}");
        assert!(share_of(&[0], &[0], 0.9).is_none());
        assert!(
            share_of(&[1], &[2], 0.9)
                .expect("a share")
                .interval
                .is_none()
        );
    }

    #[test]
    fn a_step_by_hand() {
        // 8 periods of 5 in 50, 8 of 10 in 50: the ratio is 2.
        let y: Vec<u64> = (0..16)
            .map(|t| if t < 8 { 4 + t % 3 } else { 9 + t % 3 })
            .collect();
        let shares = Shares::new(&y, &[50; 16], &[], |_| true);
        let found = shares.step(|row| row >= 8).expect("a fit");
        let sums = [
            y[..8].iter().sum::<u64>() as f64,
            y[8..].iter().sum::<u64>() as f64,
        ];
        assert!((found.log_ratio - (sums[1] / sums[0]).ln()).abs() < 1e-9);
        let [low, high] = found.interval(0.9);
        assert!(low > 1.0 && high < 4.0, "{low} {high}");
        assert!(found.p_value() < 0.001);
        let all = Shares::new(&[5; 16], &[5; 16], &[], |_| true);
        assert_eq!(
            all.step(|row| row >= 8).expect_err("nothing varies"),
            NoFit::All
        );
    }
}
