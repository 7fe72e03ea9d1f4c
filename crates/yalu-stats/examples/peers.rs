//! Yalu's side of `bench/peers`: reads one case's CSV, times the work alone and prints one line of
//! JSON. `peers CASE DATA.csv`

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a benchmark reads files, times and prints"
)]

use std::error::Error;
use std::time::Instant;

use serde_json::{Value, json};
use yalu_stats::{
    Control, CounterfactualModel, Covariance, Design, Family, Sampling, fit_glm, robust_covariance,
    structural_counterfactual,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A case's columns by name.
struct Table {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl Table {
    fn read(path: &str) -> Outcome<Self> {
        let text = std::fs::read_to_string(path)?;
        let mut lines = text.lines();
        let names: Vec<String> = lines
            .next()
            .ok_or("an empty file")?
            .split(',')
            .map(|name| name.trim_matches('"').to_owned())
            .collect();
        let mut columns = vec![Vec::new(); names.len()];
        for line in lines {
            for (column, cell) in columns.iter_mut().zip(line.split(',')) {
                column.push(cell.parse()?);
            }
        }
        Ok(Self { names, columns })
    }

    /// The first column, and a level beside the others.
    fn regression(&self) -> Outcome<(&[f64], Design)> {
        let mut design = Design::intercept(self.columns[0].len());
        for (name, column) in self.names.iter().zip(&self.columns).skip(1) {
            design = design.with(name, column.clone())?;
        }
        Ok((&self.columns[0], design))
    }
}

/// The last result and the median seconds of several runs; one run where it is long.
fn timed<T>(mut work: impl FnMut() -> Outcome<T>) -> Outcome<(T, f64, usize)> {
    const BUDGET: f64 = 2.0;
    let mut seconds: Vec<f64> = Vec::new();
    loop {
        let start = Instant::now();
        let result = work()?;
        seconds.push(start.elapsed().as_secs_f64());
        let spent: f64 = seconds.iter().sum();
        if (spent > BUDGET && (seconds.len() >= 3 || seconds[0] > BUDGET)) || seconds.len() >= 30 {
            seconds.sort_by(f64::total_cmp);
            return Ok((result, seconds[seconds.len() / 2], seconds.len()));
        }
    }
}

/// The most memory this process held, where the system says so.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

fn line(answer: &Value, seconds: f64, repetitions: usize) -> Value {
    json!({"seconds": seconds, "repetitions": repetitions, "answer": answer})
}

fn newey_west(table: &Table) -> Outcome<Value> {
    let (y, design) = table.regression()?;
    let offset = vec![0.0; y.len()];
    let run = timed(|| {
        let fit = fit_glm(y, &offset, &design, Family::Gaussian)?;
        let covariance = robust_covariance(&fit, &design, y, Covariance::NeweyWest { lag: 12 })?;
        Ok((fit.coefficients, covariance))
    })?;
    let (coefficients, covariance) = run.0;
    let k = coefficients.len();
    let se: Vec<f64> = (0..k).map(|i| covariance[i * k + i].sqrt()).collect();
    let answer = json!({"coefficients": coefficients, "se": se});
    Ok(line(&answer, run.1, run.2))
}

fn negative_binomial(table: &Table) -> Outcome<Value> {
    let (y, design) = table.regression()?;
    let offset = vec![0.0; y.len()];
    let run = timed(|| Ok(fit_glm(y, &offset, &design, Family::NegativeBinomial)?))?;
    let fit = run.0;
    let answer = json!({
        "coefficients": fit.coefficients,
        "theta": fit.theta,
        "loglik": fit.log_likelihood,
    });
    Ok(line(&answer, run.1, run.2))
}

/// Two chains of 500 draws on the CausalImpact vignette's series, the intervention after period 70.
fn counterfactual(table: &Table) -> Outcome<Value> {
    let y: Vec<Option<f64>> = table.columns[1].iter().copied().map(Some).collect();
    let controls = [Control {
        name: "x1",
        values: &table.columns[2],
    }];
    let sampling = Sampling {
        n_draws: 500,
        ..Sampling::default()
    };
    let model = CounterfactualModel::default();
    let run = timed(|| {
        Ok(
            structural_counterfactual(&y, 70, &controls, &model, &sampling)?
                .average
                .effect,
        )
    })?;
    let effect = run.0;
    let answer =
        json!({"effect": effect.mean, "sd": effect.sd, "interval": [effect.lower, effect.upper]});
    Ok(line(&answer, run.1, run.2))
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [case, data] = arguments.as_slice() else {
        return Err("usage: peers CASE DATA.csv".into());
    };
    let work = case.split('-').next().unwrap_or(case);
    // Each reads its own table: the synthetic control's has names in it.
    let mut result = match work {
        "neweywest" => newey_west(&Table::read(data)?)?,
        "negbin" => negative_binomial(&Table::read(data)?)?,
        "counterfactual" => counterfactual(&Table::read(data)?)?,
        _ => {
            // The driver prints a dash for what isn't there.
            eprintln!("no such case: {case}");
            std::process::exit(3);
        }
    };
    if let Some(peak) = peak_mib() {
        result["peak_mib"] = peak.into();
    }
    println!("{result}");
    Ok(())
}
