//! Confidence intervals for break dates.

use nalgebra::{DMatrix, DVector};

use super::error::PartitionError;
use super::hac::Convention;
use super::model::{RegimeModel, Rows, check_breaks, regimes};
use super::regimes::Fitted;

/// What the errors are taken to be in an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateNoise {
    /// Independent (strucchange's default; mbreaks: `robust = 0`).
    Independent,
    /// Correlated, with the covariance of R's `sandwich::kernHAC` (strucchange:
    /// `vcov. = kernHAC`).
    KernHac,
    /// Correlated, with the covariance of Bai and Perron's programs (mbreaks: `robust = 1`).
    BaiPerronHac {
        /// Whether a VAR(1) is taken out first.
        prewhiten: bool,
    },
}

/// How intervals are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DateIntervalOptions {
    /// Share of intervals that hold the date; 0.95.
    pub level: f64,
    /// Whether the columns have moments of their own in each regime (strucchange: `het.reg`;
    /// mbreaks: `hetq`).
    pub moments_by_regime: bool,
    /// Whether errors vary differently in each regime (strucchange: `het.err`; mbreaks:
    /// `hetomega`).
    pub errors_by_regime: bool,
    /// What the errors are.
    pub noise: DateNoise,
}

impl Default for DateIntervalOptions {
    /// strucchange's: 95 %, regimes differ, errors independent.
    fn default() -> Self {
        Self {
            level: 0.95,
            moments_by_regime: true,
            errors_by_regime: true,
            noise: DateNoise::Independent,
        }
    }
}

/// The interval for one date, on the scale of 0-based last periods of old regimes.
#[derive(Debug, Clone, PartialEq)]
pub struct DateInterval {
    /// The date.
    pub break_index: usize,
    /// The lower end before rounding.
    pub exact_lower: f64,
    /// The upper end before rounding.
    pub exact_upper: f64,
    /// The lower end rounded outwards, as strucchange prints it less 1; may lie before the series.
    pub lower: i64,
    /// The upper end rounded outwards; may lie after the series.
    pub upper: i64,
    /// Both ends held within the dates that the series has.
    pub within: (usize, usize),
    /// Whether an end lies outside the series: the data say little about this date.
    pub beyond_sample: bool,
    /// Whether it reaches a neighbouring date: the limit law, which takes breaks to be far apart,
    /// is then doubtful.
    pub reaches_neighbour: bool,
}

/// Bai's (1997) intervals for the dates of breaks, asymmetric where regimes differ.
///
/// One result for each break: an interval, or why it has none. They rest on shifts that shrink as
/// the series grows and on breaks far from each other and from the ends; for small shifts they
/// cover less often than they say.
///
/// # Errors
/// [`PartitionError`] where there is no break, the breaks don't divide the series into regimes of
/// more periods than coefficients, a column is collinear within a regime, or a long-run covariance
/// doesn't exist. For a single break: [`PartitionError::NoInterval`] where the limit law isn't
/// spread over both sides as the level asks, [`PartitionError::NoChange`] where nothing changes.
///
/// # Source
/// Bai (1997), Review of Economics and Statistics 79, 551–563; Bai and Perron (2003), Journal of
/// Applied Econometrics 18, 1–22.
pub fn date_intervals(
    model: &RegimeModel<'_>,
    breaks: &[usize],
    options: DateIntervalOptions,
) -> Result<Vec<Result<DateInterval, PartitionError>>, PartitionError> {
    let rows = Rows::new(model)?;
    if !(options.level > 0.0 && options.level < 1.0) {
        return Err(PartitionError::Confidence { got: options.level });
    }
    if breaks.is_empty() {
        return Err(PartitionError::NoBreak);
    }
    check_breaks(breaks, rows.n(), rows.q + 1)?;
    let fitted = Fitted::new(&rows, breaks)?;
    let sides = sides(&rows, &fitted, options)?;
    let q = rows.q;
    Ok((0..breaks.len())
        .map(|place| {
            let coefficients = |regime: usize| {
                DVector::from_column_slice(&fitted.coefficients[regime * q..(regime + 1) * q])
            };
            let change = coefficients(place + 1) - coefficients(place);
            let law = LimitLaw::new(&change, &sides[place], &sides[place + 1]).ok_or(
                PartitionError::NoChange {
                    break_index: breaks[place],
                },
            )?;
            interval(&law, breaks, place, rows.n(), options.level)
        })
        .collect())
}

/// A regime's moments: of its columns, and of columns times errors.
struct Side {
    moments: DMatrix<f64>,
    omega: DMatrix<f64>,
}

fn sides(
    rows: &Rows,
    fitted: &Fitted,
    options: DateIntervalOptions,
) -> Result<Vec<Side>, PartitionError> {
    let n = rows.n();
    let moments = |first: usize, last: usize| -> DMatrix<f64> {
        let z = DMatrix::from_row_slice(
            last + 1 - first,
            rows.q,
            &rows.z[first * rows.q..(last + 1) * rows.q],
        );
        z.tr_mul(&z) / (last + 1 - first) as f64
    };
    let whole = moments(0, n - 1);
    let variances = fitted.variances(n, options.errors_by_regime);
    let convention = match options.noise {
        DateNoise::Independent => None,
        DateNoise::KernHac => Some(Convention::KernHac),
        DateNoise::BaiPerronHac { prewhiten } => Some(Convention::BaiPerron { prewhiten }),
    };
    let together = match convention {
        Some(convention) if !options.errors_by_regime => {
            Some(fitted.long_run_of(rows, 0, n - 1, convention)?)
        }
        _ => None,
    };
    regimes(&fitted.breaks, n)
        .zip(variances)
        .map(|((first, last), variance)| {
            let own = moments(first, last);
            let used = if options.moments_by_regime {
                own.clone()
            } else {
                whole.clone()
            };
            let omega = match (convention, &together) {
                (None, _) => &used * variance,
                (Some(_), Some(together)) => together.clone(),
                (Some(convention), None) => {
                    let long = fitted.long_run_of(rows, first, last, convention)?;
                    // strucchange goes by way of the coefficients' covariance, which has the
                    // regime's own moments, and back by those in use.
                    if convention == Convention::KernHac && !options.moments_by_regime {
                        let back = own
                            .try_inverse()
                            .ok_or_else(|| rows.collinear(0, first, last))?
                            * &used;
                        back.tr_mul(&long) * &back
                    } else {
                        long
                    }
                }
            };
            Ok(Side {
                moments: used,
                omega,
            })
        })
        .collect()
}

/// The law of argmax V: a two-sided Brownian motion with drift, whose sides differ by ξ, φ₁, φ₂.
struct LimitLaw {
    xi: f64,
    phi: f64,
    /// Periods to one unit of the law.
    scale: f64,
}

impl LimitLaw {
    fn new(change: &DVector<f64>, before: &Side, after: &Side) -> Option<Self> {
        let form = |matrix: &DMatrix<f64>| (change.transpose() * matrix * change)[(0, 0)];
        let (moment_before, moment_after) = (form(&before.moments), form(&after.moments));
        let phi_before = form(&before.omega) / moment_before;
        let phi_after = form(&after.omega) / moment_after;
        let xi = moment_after / moment_before;
        let law = Self {
            xi,
            phi: xi * phi_after / phi_before,
            scale: phi_before / moment_before,
        };
        [law.xi, law.phi, law.scale]
            .iter()
            .all(|one| one.is_finite() && *one > 0.0)
            .then_some(law)
    }

    /// P(argmax V ≤ x), Bai (1997), appendix B; sums of products are taken on the log scale.
    fn cdf(&self, x: f64) -> f64 {
        let (xi, phi) = (self.xi, self.phi);
        let size = x.abs();
        let root = size.sqrt();
        let half_log_two_pi = 0.5 * (2.0 * std::f64::consts::PI).ln();
        if x < 0.0 {
            let share = xi / phi;
            let density = (size.ln() / 2.0 - size / 8.0 - half_log_two_pi).exp();
            let drift = share * (1.0 + share) * size / 2.0 + ln_normal_cdf(-(0.5 + share) * root);
            let tail = (size / 2.0 - 2.0 + (phi + 2.0 * xi).powi(2) / ((phi + xi) * xi)).ln()
                + ln_normal_cdf(-root / 2.0);
            -density - phi / xi * (phi + 2.0 * xi) / (phi + xi) * drift.exp() + tail.exp()
        } else {
            let share = xi * xi / phi;
            let density = if size > 0.0 {
                (size.ln() / 2.0 - share * size / 8.0 - half_log_two_pi).exp()
            } else {
                0.0
            };
            let drift =
                (phi + xi) * size / 2.0 + ln_normal_cdf(-(phi + xi / 2.0) / phi.sqrt() * root);
            let tail = ((2.0 * phi + xi).powi(2) / ((phi + xi) * phi) - 2.0 + share * size / 2.0)
                .ln()
                + ln_normal_cdf(-share.sqrt() * root / 2.0);
            1.0 + share.sqrt() * density + xi / phi * (2.0 * phi + xi) / (phi + xi) * drift.exp()
                - tail.exp()
        }
    }

    /// Where the distribution function is `share`, on the side of `sign`; none where it isn't
    /// reached.
    fn quantile(&self, share: f64, sign: f64) -> Option<f64> {
        let (mut near, mut far) = (0.0, 1.0);
        let beyond = |size: f64| (self.cdf(sign * size) - share) * sign >= 0.0;
        while !beyond(far) {
            near = far;
            far *= 2.0;
            if far > 1e12 {
                return None;
            }
        }
        for _ in 0..200 {
            let middle = 0.5 * (near + far);
            if middle <= near || middle >= far {
                break;
            }
            if beyond(middle) {
                far = middle;
            } else {
                near = middle;
            }
        }
        Some(sign * 0.5 * (near + far))
    }
}

fn interval(
    law: &LimitLaw,
    breaks: &[usize],
    place: usize,
    n: usize,
    level: f64,
) -> Result<DateInterval, PartitionError> {
    let break_index = breaks[place];
    let outside = (1.0 - level) / 2.0;
    let mass_before = law.cdf(0.0);
    let refuse = || PartitionError::NoInterval {
        break_index,
        mass_before,
    };
    if !(mass_before >= outside && mass_before <= 1.0 - outside) {
        return Err(refuse());
    }
    let above = law.quantile(1.0 - outside, 1.0).ok_or_else(refuse)? * law.scale;
    let below = law.quantile(outside, -1.0).ok_or_else(refuse)? * law.scale;
    // The law is that of estimate less date: a long upper tail means a low lower end.
    let (exact_lower, exact_upper) = (break_index as f64 - above, break_index as f64 - below);
    let (lower, upper) = (exact_lower.floor() as i64, exact_upper.ceil() as i64);
    let hold = |end: i64| usize::try_from(end).unwrap_or(0).min(n - 2);
    let before = place.checked_sub(1).map(|one| breaks[one] as i64);
    let after = breaks.get(place + 1).map(|one| *one as i64);
    Ok(DateInterval {
        break_index,
        exact_lower,
        exact_upper,
        lower,
        upper,
        within: (hold(lower), hold(upper)),
        beyond_sample: lower < 0 || upper > n as i64 - 2,
        reaches_neighbour: before.is_some_and(|one| lower <= one)
            || after.is_some_and(|one| upper >= one),
    })
}

/// log Φ(z), also far out.
fn ln_normal_cdf(z: f64) -> f64 {
    if z > -30.0 {
        return crate::normal_cdf(z).ln();
    }
    // Mills' ratio, asymptotically: the next term is below 1e-11 of the first.
    let inverse = 1.0 / (z * z);
    let series =
        1.0 - inverse * (1.0 - 3.0 * inverse * (1.0 - 5.0 * inverse * (1.0 - 7.0 * inverse)));
    -z * z / 2.0 - (-z).ln() - 0.5 * (2.0 * std::f64::consts::PI).ln() + series.ln()
}
