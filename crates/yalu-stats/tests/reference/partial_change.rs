//! Pure and partial structural change in a made-up series with two regressors: R 4.2.2, every
//! division tried with `lm.fit`; F statistics by the formulas of Bai and Perron (2003), written out
//! in R.

use yalu_stats::{
    Assumptions, Design, MinSegment, RegimeModel, SerialCorrelation, break_tests, fit_partition,
    optimal_partitions,
};

fn series() -> (Vec<f64>, Design) {
    let (mut y, mut w, mut x) = (Vec::new(), Vec::new(), Vec::new());
    for step in 0..90 {
        let t = f64::from(step);
        let share = f64::from(step * 37 % 11) / 11.0;
        let wave = (t * 0.9).sin() + (t * t * 0.13).cos();
        let noise = (t * t * 0.71).sin() * 1.1 + (t * 1.9).cos() * 0.6;
        let first = if step >= 35 { 1.2 * (1.0 + share) } else { 0.0 };
        let second = if step >= 64 { 0.9 * share } else { 0.0 };
        y.push(1.0 + 2.0 * wave + first - second + noise);
        w.push(share);
        x.push(wave);
    }
    let design = Design::intercept(90)
        .with("w", w)
        .and_then(|one| one.with("x", x))
        .expect("finite columns");
    (y, design)
}

const PREWHITENED: SerialCorrelation = SerialCorrelation::Hac { prewhiten: true };
const AS_IS: SerialCorrelation = SerialCorrelation::Hac { prewhiten: false };
const IGNORED: SerialCorrelation = SerialCorrelation::Ignored;

fn assumptions(correlation: SerialCorrelation, variance: bool, moments: bool) -> Assumptions {
    Assumptions {
        correlation,
        variance_by_regime: variance,
        moments_by_regime: moments,
    }
}

fn close(got: f64, peer: f64, what: &str) {
    assert!((got / peer - 1.0).abs() < 1e-9, "{what}: {got}, R {peer}");
}

#[test]
fn partial_change_is_the_best_of_all_divisions() {
    let (y, design) = series();
    let model = RegimeModel {
        y: &y,
        design: &design,
        fixed: &[2],
    };
    let found = optimal_partitions(&model, MinSegment::Share(0.15), 3).expect("fits");
    let peer: [(&[usize], f64); 4] = [
        (&[], 143.441_885_318_292),
        (&[34], 82.565_859_896_256_7),
        (&[34, 64], 74.715_595_595_211_6),
        (&[20, 34, 64], 70.485_381_023_713_2),
    ];
    for (one, (breaks, rss)) in found.by_count.iter().zip(peer) {
        assert_eq!(one.breaks, breaks);
        close(one.rss, rss, "RSS");
        assert_eq!(one.kt, None);
        // (m + 1) · 2 coefficients, the fixed one, m dates, the variance.
        assert_eq!(one.n_parameters, 3 * breaks.len() + 4);
    }
    for (assumptions, peer) in [
        (
            assumptions(PREWHITENED, true, true),
            [
                61.059_074_411_539_5,
                40.003_494_961_851_4,
                28.592_280_480_966_2,
            ],
        ),
        (
            assumptions(AS_IS, true, true),
            [
                57.863_644_766_217_1,
                36.402_255_484_980_1,
                27.082_348_083_444_5,
            ],
        ),
        (
            assumptions(IGNORED, false, true),
            [
                62.670_723_315_601_7,
                38.173_302_384_685_1,
                27.946_583_920_585_4,
            ],
        ),
        (
            assumptions(IGNORED, true, true),
            [
                62.107_806_311_431,
                37.124_956_539_577_2,
                27.230_585_209_827_8,
            ],
        ),
    ] {
        let tests = break_tests(&model, 0.15, 3, assumptions, 0.05).expect("fits");
        for (one, peer) in tests.sup_f.iter().zip(peer) {
            close(one.statistic, peer, "sup F");
        }
        assert_eq!(tests.sequential.first(), Some(&34));
    }
    // Frisch and Waugh: the changing coefficients' block is the covariance beside the fixed ones.
    let fit = fit_partition(&model, &[34, 64], assumptions(IGNORED, false, true)).expect("fits");
    assert_eq!(
        (fit.coefficients.len(), fit.fixed_coefficients.len()),
        (3, 1)
    );
    assert_eq!(
        (fit.names.join(" "), fit.covariance.len()),
        ("level w x".to_owned(), 49)
    );
    assert!((fit.fixed_coefficients[0] - 2.0).abs() < 4.0 * fit.standard_errors[6]);
}

#[test]
fn pure_change_is_the_best_of_all_divisions() {
    let (y, design) = series();
    let model = RegimeModel {
        y: &y,
        design: &design,
        fixed: &[],
    };
    let found = optimal_partitions(&model, MinSegment::Share(0.15), 2).expect("fits");
    let peer: [(&[usize], f64); 2] = [
        (&[34], 82.503_738_691_036),
        (&[19, 34], 72.400_036_245_774_6),
    ];
    for (one, (breaks, rss)) in found.by_count[1..].iter().zip(peer) {
        assert_eq!(one.breaks, breaks);
        close(one.rss, rss, "RSS");
    }
    for (assumptions, peer) in [
        (
            assumptions(PREWHITENED, true, true),
            [59.221_545_448_719, 50.810_730_142_835_7],
        ),
        (
            assumptions(AS_IS, true, true),
            [57.090_386_313_446_6, 45.717_717_610_872_4],
        ),
        (
            assumptions(PREWHITENED, false, true),
            [60.147_351_853_841_1, 38.049_477_319_903_1],
        ),
        (
            assumptions(IGNORED, false, true),
            [62.043_301_284_305_2, 39.740_240_980_955_1],
        ),
        (
            assumptions(IGNORED, true, true),
            [61.501_693_740_440_9, 43.045_824_096_799_4],
        ),
        (
            assumptions(IGNORED, false, false),
            [62.671_500_485_682_8, 37.094_072_148_170_7],
        ),
        (
            assumptions(IGNORED, true, false),
            [62.120_874_284_351_8, 40.384_798_133_139_5],
        ),
    ] {
        let tests = break_tests(&model, 0.15, 2, assumptions, 0.05).expect("fits");
        for (one, peer) in tests.sup_f.iter().zip(peer) {
            close(one.statistic, peer, "sup F");
        }
    }
}
