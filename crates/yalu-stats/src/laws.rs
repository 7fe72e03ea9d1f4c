//! Distributions that effect sizes and the power of tests need: Student's t with quantiles of full
//! precision, the noncentral t and the noncentral F.

use statrs::distribution::{ContinuousCDF, FisherSnedecor, StudentsT};
use statrs::function::beta::beta_reg;
use statrs::function::gamma::ln_gamma;

/// Positive nodes and weights of the Gauss-Legendre rule of order 20 on [−1, 1].
const NODES: [(f64, f64); 10] = [
    (0.076_526_521_133_497_33, 0.152_753_387_130_725_85),
    (0.227_785_851_141_645_08, 0.149_172_986_472_603_75),
    (0.373_706_088_715_419_56, 0.142_096_109_318_382_05),
    (0.510_867_001_950_827_1, 0.131_688_638_449_176_63),
    (0.636_053_680_726_515, 0.118_194_531_961_518_42),
    (0.746_331_906_460_150_8, 0.101_930_119_817_240_44),
    (0.839_116_971_822_218_8, 0.083_276_741_576_704_75),
    (0.912_234_428_251_326, 0.062_672_048_334_109_06),
    (0.963_971_927_277_913_8, 0.040_601_429_800_386_94),
    (0.993_128_599_185_094_9, 0.017_614_007_139_152_12),
];

/// P(Z > z) of the standard normal to full precision; statrs' `erfc` is good to 1e-11 only, which
/// shows in quantiles and in the noncentral t.
pub(crate) fn normal_sf(z: f64) -> f64 {
    let size = z.abs();
    let density = (-0.5 * size * size).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if size < 3.0 {
        // φ(z)·(z + z³/3 + z⁵/15 + …) from the middle (Abramowitz and Stegun 26.2.11).
        let (mut term, mut sum, mut odd) = (size, size, 1.0);
        while term > 1e-18 * sum {
            odd += 2.0;
            term *= size * size / odd;
            sum += term;
        }
        return 0.5 - z.signum() * density * sum;
    }
    // Laplace's continued fraction (26.2.14), from its far end.
    let mut fraction = size;
    let terms = (20.0 + 500.0 / (size * size)) as u32;
    for k in (1..=terms).rev() {
        fraction = size + f64::from(k) / fraction;
    }
    let tail = density / fraction;
    if z > 0.0 { tail } else { 1.0 - tail }
}

/// Degrees of freedom from which Student's t is the normal to double precision.
const NORMAL: f64 = 1e16;

/// P(T > t) of Student's t; `df` infinite is the normal.
pub(crate) fn student_t_sf(t: f64, df: f64) -> f64 {
    if df > NORMAL {
        return normal_sf(t);
    }
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |law| law.sf(t))
}

/// The two-sided p-value of a t statistic.
pub(crate) fn two_sided_p(t: f64, df: f64) -> f64 {
    (2.0 * student_t_sf(t.abs(), df)).clamp(0.0, 1.0)
}

/// The t that a share `upper` of Student's t lies above; `upper` in (0, 0.5], `df` infinite is the
/// normal.
pub(crate) fn student_t_upper(upper: f64, df: f64) -> f64 {
    // The survival function falls from 0.5 at 0, so that bisection on it is safe; it stops at the
    // precision of the argument.
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while student_t_sf(high, df) > upper && high < 1e300 {
        low = high;
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if student_t_sf(middle, df) > upper {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The distribution function of the noncentral t, P(T ≤ t), where T = (Z + δ)/√(χ²/df): `df` > 0
/// degrees of freedom, noncentrality δ. Absolute error below 1e-12; the lower tail is relative to
/// about 1e-10. An argument that isn't finite, or `df` not above zero, gives NaN.
///
/// # Source
/// The definition, integrated over the law of √(χ²/df) by Gauss-Legendre panels; Johnson, Kotz and
/// Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 31.
///
/// ```
/// let p = yalu_stats::noncentral_t_cdf(2.5, 10.0, 1.5);
/// assert!((p - 0.793_939_109_036_183_5).abs() < 1e-12);
/// ```
pub fn noncentral_t_cdf(t: f64, df: f64, noncentrality: f64) -> f64 {
    let given = [t, df, noncentrality];
    if df <= 0.0 || given.iter().any(|value| !value.is_finite()) {
        return f64::NAN;
    }
    if t == 0.0 {
        return normal_sf(noncentrality);
    }
    // P = ∫ Φ(t·s − δ) f(s) ds with f the density of s = √(χ²/df), which lies about 1 with spread
    // 1/√(2df). f is normalised by the same quadrature, so that no gamma function is needed.
    let spread = (1.0 / (2.0 * df)).sqrt();
    let top = 1.0 + spread * 40.0 / (1.0 + spread).sqrt();
    let bottom = (1.0 - 14.0 * spread).max(0.0);
    // Where the normal factor rises, over a width 1/|t|, the panels must be narrow as well.
    let rise = noncentrality / t;
    let mut marks = vec![bottom, top];
    for step in -4..=4_i32 {
        let mark = rise + f64::from(step) * 2.4 / t.abs();
        if mark > bottom && mark < top {
            marks.push(mark);
        }
    }
    for step in -5..=13_i32 {
        let mark = 1.0 + f64::from(step) * 2.8 * spread;
        if mark > bottom && mark < top {
            marks.push(mark);
        }
    }
    if bottom <= 0.0 {
        // The density has a power of s at 0 that isn't whole: panels that shrink towards it.
        let mut mark = 0.25 * top.min(1.0);
        for _ in 0..24 {
            marks.push(mark);
            mark *= 0.25;
        }
    }
    marks.sort_by(f64::total_cmp);
    let log_density = |s: f64| {
        let from_mode = s - 1.0;
        if df > 50.0 {
            (df - 1.0) * from_mode.ln_1p() - df * from_mode * (1.0 + 0.5 * from_mode)
        } else {
            (df - 1.0) * s.ln() - 0.5 * df * (s * s - 1.0)
        }
    };
    let (mut mass, mut total) = (0.0, 0.0);
    for pair in marks.windows(2) {
        let (middle, half) = (f64::midpoint(pair[0], pair[1]), 0.5 * (pair[1] - pair[0]));
        if half <= 0.0 {
            continue;
        }
        for (node, weight) in NODES {
            for sign in [-1.0, 1.0] {
                let s = middle + sign * half * node;
                let density = half * weight * log_density(s).exp();
                total += density;
                mass += density * normal_sf(noncentrality - t * s);
            }
        }
    }
    (mass / total).clamp(0.0, 1.0)
}

/// The noncentrality at which P(T ≤ t) is `share`, which falls as the noncentrality grows.
pub(crate) fn noncentrality_at(t: f64, df: f64, share: f64) -> f64 {
    let gap = |at: f64| noncentral_t_cdf(t, df, at) - share;
    // The normal approximation as a start, then a bracket about it.
    let reach = (t / (2.0 * df).sqrt()).hypot(1.0);
    let (mut low, mut high) = (t - reach, t + reach);
    let (mut gap_low, mut gap_high) = (gap(low), gap(high));
    let mut step = reach;
    while gap_low < 0.0 && step < 1e12 * reach {
        (high, gap_high) = (low, gap_low);
        low -= step;
        step *= 2.0;
        gap_low = gap(low);
    }
    step = reach;
    while gap_high > 0.0 && step < 1e12 * reach {
        (low, gap_low) = (high, gap_high);
        high += step;
        step *= 2.0;
        gap_high = gap(high);
    }
    // False position in its Illinois form, with a bisection whenever it shortens too little.
    let mut side = 0;
    for iteration in 0..120 {
        if high - low <= 1e-13 * low.abs().max(high.abs()).max(1e-3) {
            break;
        }
        let middle = if iteration % 4 == 3 || gap_low <= gap_high {
            f64::midpoint(low, high)
        } else {
            (low * gap_high - high * gap_low) / (gap_high - gap_low)
        };
        let at = gap(middle);
        if at == 0.0 {
            return middle;
        }
        if at > 0.0 {
            (low, gap_low) = (middle, at);
            if side == 1 {
                gap_high *= 0.5;
            }
            side = 1;
        } else {
            (high, gap_high) = (middle, at);
            if side == -1 {
                gap_low *= 0.5;
            }
            side = -1;
        }
    }
    f64::midpoint(low, high)
}

/// P(F > f) of the noncentral F: Poisson weights about their mode times the incomplete beta.
pub(crate) fn noncentral_f_sf(f: f64, df_one: f64, df_two: f64, noncentrality: f64) -> f64 {
    let half = 0.5 * noncentrality;
    let x = df_one * f / (df_one * f + df_two);
    let weight = |j: f64| (j * half.ln() - half - ln_gamma(j + 1.0)).exp();
    if half <= 0.0 {
        return 1.0 - beta_reg(0.5 * df_one, 0.5 * df_two, x);
    }
    let reach = 40.0 + 12.0 * half.sqrt();
    let first = (half - reach).max(0.0).floor() as usize;
    let last = (half + reach).ceil() as usize;
    (first..=last)
        .map(|j| {
            let j = j as f64;
            weight(j) * (1.0 - beta_reg(0.5 * df_one + j, 0.5 * df_two, x))
        })
        .sum::<f64>()
        .clamp(0.0, 1.0)
}

/// The noncentrality that gives an F test at level `alpha` the power `power`.
pub(crate) fn noncentrality_for_power(
    df_one: f64,
    df_two: f64,
    alpha: f64,
    power: f64,
) -> Option<f64> {
    let law = FisherSnedecor::new(df_one, df_two).ok()?;
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while law.sf(high) > alpha && high < 1e12 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if law.sf(middle) > alpha {
            low = middle;
        } else {
            high = middle;
        }
    }
    let critical = f64::midpoint(low, high);
    let (mut low, mut high) = (0.0_f64, 8.0_f64);
    while noncentral_f_sf(critical, df_one, df_two, high) < power {
        high *= 2.0;
        if high > 1e6 {
            return None;
        }
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if noncentral_f_sf(critical, df_one, df_two, middle) < power {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noncentral_t_is_that_of_mpmath() {
        // mpmath 1.3 quadrature of the definition at 40 digits; scipy.stats.nct.cdf agrees to 1e-14.
        for (t, df, noncentrality, expected) in [
            (0.0, 5.0, 1.0, 0.158_655_253_931_457_1),
            (1.0, 5.0, 1.0, 0.480_926_141_242_105_2),
            (2.5, 10.0, 1.5, 0.793_939_109_036_183_5),
            (-1.0, 3.0, 0.5, 0.092_121_209_814_359_37),
            (5.0, 2.0, 4.0, 0.532_020_698_669_953),
            (10.0, 30.0, 8.0, 0.881_213_492_377_883),
            (0.3, 120.0, -2.0, 0.989_245_993_738_842_4),
            (40.0, 8.0, 35.0, 0.632_744_759_097_011_5),
            (3.0, 1.0, 2.0, 0.524_857_161_733_687_9),
            (1.96, 1e6, 0.5, 0.927_854_703_016_817_7),
            (60.0, 200.0, 55.0, 0.941_645_674_660_823_8),
            (-4.0, 12.0, -3.5, 0.375_707_811_360_444_3),
            (2.0, 1000.0, 6.0, 3.214_274_421_248_114e-5),
            (0.01, 4.0, 5.0, 3.010_052_920_697_306e-7),
        ] {
            let got = noncentral_t_cdf(t, df, noncentrality);
            assert!(
                (got - expected).abs() < 1e-12,
                "t {t}, df {df}, noncentrality {noncentrality}: {got} against {expected}"
            );
        }
    }

    #[test]
    fn the_normal_law_is_rs() {
        // R 4.2.2: pnorm, qnorm.
        for (z, expected) in [
            (-30.0, 4.906_713_927_148_187e-198),
            (-8.0, 6.220_960_574_271_785e-16),
            (-3.5, 2.326_290_790_355_249e-4),
            (-1.0, 0.158_655_253_931_457_05),
            (-0.1, 0.460_172_162_722_971),
            (0.5, 0.691_462_461_274_013),
            (2.0, 0.977_249_868_051_820_8),
            (3.1, 0.999_032_396_786_781_7),
        ] {
            let got = crate::normal_cdf(z);
            assert!((got / expected - 1.0).abs() < 1e-12, "{z}: {got:e}");
        }
        for (share, expected) in [
            (1e-300, -37.047_096_299_361_2),
            (1e-10, -6.361_340_902_404_056),
            (1e-3, -3.090_232_306_167_813),
            (0.025, -1.959_963_984_540_054),
            (0.3, -0.524_400_512_708_040_7),
            (0.8, 0.841_621_233_572_914_4),
            (0.975, 1.959_963_984_540_054),
            (0.999, 3.090_232_306_167_813),
        ] {
            let got = crate::normal_quantile(share);
            assert!(
                (got / expected - 1.0).abs() < 1e-13,
                "{share}: {got} against {expected}, {:e}",
                got / expected - 1.0
            );
        }
        assert!(crate::normal_quantile(0.5).abs() < 1e-15);
    }

    #[test]
    fn noncentral_f_is_that_of_scipy() {
        // scipy 1.x stats.ncf.cdf.
        for (f, one, two, noncentrality, expected) in [
            (2.5, 3.0, 50.0, 4.0, 0.607_020_576_622_075_1),
            (1.0, 5.0, 20.0, 10.0, 0.054_749_083_988_488_1),
            (4.0, 1.0, 100.0, 7.85, 0.212_184_353_874_161_37),
            (0.5, 12.0, 200.0, 2.0, 0.047_845_155_055_685_804),
        ] {
            let got = 1.0 - noncentral_f_sf(f, one, two, noncentrality);
            assert!((got - expected).abs() < 1e-11, "{got} against {expected}");
        }
    }

    #[test]
    fn t_quantiles_are_those_of_scipy() {
        // scipy.stats.t.ppf.
        for (upper, df, expected) in [
            (0.025, 55.0, 2.004_044_783_289_145_5),
            (0.025, 3.7, 2.867_520_707_191_189_5),
            (0.05, 1.0, 6.313_751_514_675_037),
            (0.005, 1000.0, 2.580_754_698_065_951),
            (0.1, 2.0, 1.885_618_083_164_127_2),
        ] {
            let got = student_t_upper(upper, df);
            assert!(
                (got / expected - 1.0).abs() < 1e-11,
                "{got} against {expected}"
            );
        }
        let got = student_t_upper(0.025, f64::INFINITY);
        assert!((got - 1.959_963_984_540_054).abs() < 1e-12, "{got}");
    }
}
