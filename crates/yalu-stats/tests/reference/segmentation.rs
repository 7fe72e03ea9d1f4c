//! Change points as ruptures 1.1.10 (numpy 2.4.6) and R's changepoint 2.3 find them.
//!
//! Three series are files beside the peers' figures; two are made by [`Made`], in Python with the
//! same integer steps, and ruptures' figures for them stand here. An exact method may beat a peer:
//! equal ends with equal cost, or a penalised cost that is no larger.

use crate::support::{shared_json, shared_rows};
use serde_json::Value;
use yalu_stats::Design;
use yalu_stats::segmentation::{
    Cost, LinearCost, MeanCost, MeanVarianceCost, NegativeBinomialCost, Pelt, Penalty, PoissonCost,
    Pruning, RankCost, SegmentPenalty, Segmentation, VarianceCost, VarianceFloor, fixed_breaks,
    noise_scale, pelt,
};

const TOLERANCE: f64 = 1e-9;

fn close(got: f64, expected: f64) -> bool {
    (got - expected).abs() <= TOLERANCE * expected.abs().max(1.0)
}

/// Equal ends with the peer's cost, or cheaper. The peer's cost leaves out `constant`.
fn holds<P>(
    found: &Segmentation<P>,
    ends: &[usize],
    cost: f64,
    constant: f64,
    penalty: SegmentPenalty,
) -> bool {
    if found.ends() == ends {
        return close(found.cost - constant, cost);
    }
    let lengths = ends
        .iter()
        .scan(0, |start, end| Some(end - std::mem::replace(start, *end)));
    let peer = cost + constant + penalty.of(lengths);
    found.penalised_cost <= peer + TOLERANCE * peer.abs()
}

fn read(case: &str) -> Option<(Vec<f64>, Value, Value)> {
    Some((
        shared_rows(case, "input.csv")?.concat(),
        shared_json(case, "expected.json")?,
        shared_json(case, "expected-r-changepoint.json")?,
    ))
}

fn indices(list: &Value) -> Vec<usize> {
    list.as_array()
        .map(|list| list.iter())
        .into_iter()
        .flatten()
        .map(|one| one.as_u64().expect("an index") as usize)
        .collect()
}

/// The number behind `key=` in a call.
fn argument(call: &str, key: &str) -> Option<f64> {
    let rest = &call[call.find(&format!("{key}="))? + key.len() + 1..];
    let end = rest.find([',', ')'])?;
    rest[..end].parse().ok()
}

/// One call of ruptures; none where its algorithm or cost isn't ours.
fn agrees_with_ruptures(x: &[f64], result: &Value) -> Option<bool> {
    let call = result["call"].as_str()?;
    let ends = indices(&result["ends_exclusive"]);
    let cost = result["sum_of_costs"].as_f64();
    let min_segment = argument(call, "min_size")? as usize;
    let per_break = argument(call, "pen");
    let n = x.len() as f64;
    let one = |found: Result<_, _>| -> Segmentation<f64> { found.expect("a proper series") };
    if result["algorithm"] == "Dynp" && result["cost"] == "l2" {
        let n_breaks = argument(call, "n_bkps")? as usize;
        let found = one(fixed_breaks(
            &MeanCost::new(x).expect("a proper series"),
            n_breaks,
            Some(min_segment),
        ));
        return Some(found.ends() == ends && close(found.cost, cost?));
    }
    if !matches!(result["algorithm"].as_str()?, "Pelt" | "KernelCPD") {
        return None;
    }
    let penalty = SegmentPenalty {
        per_break: per_break?,
        log_length: 0.0,
    };
    let search = Pelt::new(Penalty::Manual(penalty.per_break)).with_min_segment(min_segment);
    let every = [Pruning::Fastest, Pruning::Inequality, Pruning::Off];
    match result["cost"].as_str()? {
        "l2" => Some(every.iter().all(|&pruning| {
            let cost_of = MeanCost::new(x).expect("a proper series");
            let found = one(pelt(&cost_of, &search.with_pruning(pruning)));
            holds(&found, &ends, cost.unwrap_or(f64::NAN), 0.0, penalty)
        })),
        "normal" => {
            let floor = VarianceFloor::Added(1e-6);
            let cost_of = MeanVarianceCost::with_floor(x, floor).expect("a proper series");
            let found = pelt(&cost_of, &search).expect("a proper series");
            // ruptures leaves out n(1 + log 2π).
            let constant = n * (1.0 + std::f64::consts::TAU.ln());
            Some(holds(&found, &ends, cost?, constant, penalty))
        }
        "rank" => {
            let found = one(pelt(&RankCost::new(x).expect("a proper series"), &search));
            // Its own sum of costs fails in this version: the ends must be equal.
            Some(found.ends() == ends)
        }
        _ => None,
    }
}

/// One call of changepoint; none for its binary segmentation.
fn agrees_with_changepoint(x: &[f64], result: &Value) -> Option<bool> {
    let call = result["call"].as_str()?;
    if !call.contains("'PELT'") {
        return None;
    }
    let penalty = match call.split("penalty='").nth(1)?.split('\'').next()? {
        "BIC" | "SIC" => Penalty::Bic,
        "AIC" => Penalty::Aic,
        "MBIC" => Penalty::MbicOfChangepoint,
        other => panic!("a penalty unknown here: {other}"),
    };
    let mut ends = indices(&result["cpts_1based_last_of_segment"]);
    if ends.is_empty() {
        // A single change point is written as a number.
        ends.extend(
            result["cpts_1based_last_of_segment"]
                .as_u64()
                .map(|one| one as usize),
        );
    }
    ends.push(x.len());
    let cost = result["likelihood_minus2"][0].as_f64()?;
    let value = result["penalty_value"].as_f64()?;
    let floor = VarianceFloor::AtLeast(1e-11);
    let search = Pelt::new(penalty);
    let held = |penalty: SegmentPenalty, unit: f64| close(penalty.per_break / unit, value);
    if call.starts_with("cpt.mean(") {
        // R divides the series by its scale; we multiply the penalty. It minimises the squares and
        // prints n(log 2π + log(squares/n) + 1).
        let unit = noise_scale(x).expect("a proper series").variance;
        let n = x.len() as f64;
        let cost = n * (cost / n - 1.0 - std::f64::consts::TAU.ln()).exp();
        let found = pelt(
            &MeanCost::new(x).expect("a proper series"),
            &search.with_min_segment(1),
        )
        .expect("a proper series");
        let same = holds(&found, &ends, cost * unit, 0.0, found.penalty);
        return Some(same && held(found.penalty, unit));
    }
    if call.starts_with("cpt.var(") {
        let cost_of = VarianceCost::with_floor(x, floor).expect("a proper series");
        let found = pelt(&cost_of, &search).expect("a proper series");
        return Some(holds(&found, &ends, cost, 0.0, found.penalty) && held(found.penalty, 1.0));
    }
    let cost_of = MeanVarianceCost::with_floor(x, floor).expect("a proper series");
    let found = pelt(&cost_of, &search).expect("a proper series");
    Some(holds(&found, &ends, cost, 0.0, found.penalty) && held(found.penalty, 1.0))
}

#[test]
fn every_comparable_call_on_three_series() {
    let (mut ruptures, mut changepoint) = (0, 0);
    for case in ["B-mean-shift", "B-variance-shift", "B-ar1-no-break"] {
        let Some((x, ours, r)) = read(case) else {
            return;
        };
        for result in ours["results"].as_array().expect("results") {
            if let Some(agrees) = agrees_with_ruptures(&x, result) {
                assert!(agrees, "{case}: {}", result["call"]);
                ruptures += 1;
            }
        }
        for result in r["results"].as_array().expect("results") {
            if let Some(agrees) = agrees_with_changepoint(&x, result) {
                assert!(agrees, "{case}: {}", result["call"]);
                changepoint += 1;
            }
        }
    }
    // Three penalties of l2 (by two of its algorithms), of normal and of rank, five numbers of
    // breaks; changepoint's three costs by four penalties.
    assert_eq!((ruptures, changepoint), (3 * 17, 3 * 12));
}

#[test]
fn no_break_in_an_autoregression_once_the_penalty_knows_of_it() {
    let Some((x, _, _)) = read("B-ar1-no-break") else {
        return;
    };
    let cost = MeanCost::new(&x).expect("a proper series");
    let found = |penalty| pelt(&cost, &Pelt::new(penalty)).expect("a proper series");
    assert!(
        found(Penalty::Bic).n_breaks() >= 10,
        "BIC takes persistence for breaks"
    );
    assert_eq!(found(Penalty::Robust { multiple: 2.0 }).n_breaks(), 0);
    let Some((x, _, _)) = read("B-mean-shift") else {
        return;
    };
    let cost = MeanCost::new(&x).expect("a proper series");
    let found = pelt(&cost, &Pelt::new(Penalty::Robust { multiple: 2.0 })).expect("proper");
    assert_eq!(found.ends(), [60, 105, 160, 200]);
}

/// Park and Miller's generator, exact in Python's integers and here.
struct Made(u64);

impl Made {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 as f64 / 2_147_483_647.0
    }

    /// Twelve uniforms less six, added in this order.
    fn bell(&mut self) -> f64 {
        let mut sum = 0.0;
        for _ in 0..12 {
            sum += self.uniform();
        }
        sum - 6.0
    }
}

fn regression_series() -> (Vec<f64>, Design) {
    let mut made = Made(41);
    let (mut y, mut x) = (Vec::new(), Vec::new());
    for t in 0..180 {
        let regressor = 2.0 * made.uniform() - 1.0;
        let (level, slope) = [(1.0, 2.0), (1.0, -1.0), (4.0, -1.0)][t / 60];
        y.push(level + slope * regressor + 0.5 * made.bell());
        x.push(regressor);
    }
    let design = Design::intercept(180).with("x", x).expect("finite");
    (y, design)
}

#[test]
fn regressions_as_ruptures_linear() {
    let (y, design) = regression_series();
    // The series is Python's: first and last figure.
    assert!(close(y[0], -0.308_467_068_853_073_96) && close(y[179], 3.759_921_599_533_372));
    let cost = LinearCost::new(&y, &design).expect("a proper series");
    // Pelt(model="linear", min_size=3, jump=1).predict(pen=...) on columns y, 1, x.
    for (per_break, ends, expected) in [
        (2.0, vec![3, 60, 120, 180], 40.677_666_838_938_17),
        (6.0, vec![60, 120, 180], 44.007_786_020_639_22),
        (30.0, vec![60, 120, 180], 44.007_786_020_639_22),
    ] {
        for pruning in [Pruning::Fastest, Pruning::Off] {
            let search = Pelt::new(Penalty::Manual(per_break)).with_pruning(pruning);
            let found = pelt(&cost, &search).expect("a proper series");
            assert_eq!(found.ends(), ends);
            assert!(close(found.cost, expected), "{per_break}: {}", found.cost);
        }
    }
    // Dynp(model="linear", min_size=3, jump=1).predict(n_bkps=...).
    for (n_breaks, ends, expected) in [
        (1, vec![120, 180], 148.065_952_050_850_06),
        (2, vec![60, 120, 180], 44.007_786_020_639_22),
        (4, vec![3, 6, 60, 120, 180], 39.333_569_733_330_535),
    ] {
        let found = fixed_breaks(&cost, n_breaks, Some(3)).expect("a proper series");
        assert_eq!(found.ends(), ends);
        assert!(close(found.cost, expected));
    }
    // With a trend as third column, min_size=5: pen=4 and pen=12.
    let design = design
        .with("trend", (0..180).map(f64::from).collect())
        .expect("finite");
    let cost = LinearCost::new(&y, &design).expect("a proper series");
    for per_break in [4.0, 12.0] {
        let search = Pelt::new(Penalty::Manual(per_break)).with_min_segment(5);
        let found = pelt(&cost, &search).expect("a proper series");
        assert_eq!(found.ends(), [60, 120, 180]);
        assert!(close(found.cost, 43.876_971_362_487_026));
    }
}

fn count_series() -> (Vec<f64>, Vec<f64>) {
    let mut made = Made(51);
    (0..160)
        .map(|t| {
            let exposure = 1.0 + t as f64 / 40.0;
            let rate = [3.0, 6.0, 2.0, 2.5][t / 40];
            let count = (rate * exposure * (0.1 + 1.8 * made.uniform())).floor();
            (count, exposure)
        })
        .unzip()
}

#[test]
fn counts_as_ruptures_with_deviances_of_its_users() {
    let (y, exposure) = count_series();
    assert_eq!(y[..10], [0.0, 2.0, 4.0, 3.0, 2.0, 4.0, 1.0, 2.0, 3.0, 6.0]);
    // Pelt(custom_cost=..., min_size=2, jump=1).predict(pen=...), error() the deviance at the
    // maximum-likelihood rate (scipy 1.17.1 brentq for the negative binomial, theta = 4).
    let poisson = PoissonCost::new(&y, Some(&exposure)).expect("proper counts");
    let binomial = NegativeBinomialCost::new(&y, Some(&exposure), 4.0).expect("proper counts");
    let alike = NegativeBinomialCost::new(&y, None, 4.0).expect("proper counts");
    let ranks = RankCost::new(&y).expect("a proper series");
    check(
        &poisson,
        10.0,
        &[45, 55, 58, 63, 65, 80, 160],
        362.825_605_427_274_24,
    );
    check(&poisson, 20.0, &[45, 65, 80, 160], 398.117_599_553_046_7);
    check(&poisson, 60.0, &[45, 80, 160], 425.088_615_142_475_1);
    check(&binomial, 5.0, &[45, 65, 80, 160], 155.103_220_202_770_05);
    check(&binomial, 10.0, &[45, 80, 160], 160.478_074_618_207_7);
    check(&binomial, 20.0, &[45, 80, 160], 160.478_074_618_207_7);
    check(
        &alike,
        5.0,
        &[21, 45, 65, 80, 114, 160],
        148.451_522_476_833_02,
    );
    check(
        &alike,
        10.0,
        &[42, 65, 80, 114, 160],
        153.799_713_272_230_52,
    );
    // Pelt(model="rank", min_size=2, jump=1), cost.error() summed over the segments.
    check(&ranks, 5.0, &[45, 65, 80, 132, 160], -73.692_097_532_062_72);
    check(&ranks, 10.0, &[45, 81, 160], -58.944_236_249_893_855);
    check(&ranks, 25.0, &[45, 160], -40.985_312_049_739_846);
}

fn check<C: Cost>(cost: &C, per_break: f64, ends: &[usize], expected: f64) {
    for pruning in [Pruning::Fastest, Pruning::Inequality, Pruning::Off] {
        let search = Pelt::new(Penalty::Manual(per_break))
            .with_min_segment(2)
            .with_pruning(pruning);
        let found = pelt(cost, &search).expect("a proper series");
        assert_eq!(found.ends(), ends, "{per_break}");
        assert!(close(found.cost, expected), "{per_break}: {}", found.cost);
    }
}
