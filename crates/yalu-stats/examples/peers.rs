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
use yalu_stats::segmentation::{MeanCost, Pelt, Penalty, pelt};
use yalu_stats::synthetic::{
    InSpaceOptions, Panel, Predictor, SyntheticOptions, fit_synthetic_control, placebos_in_space,
};
use yalu_stats::{
    Control, CounterfactualModel, Covariance, Design, Family, Sampling, fit_glm, robust_covariance,
    structural_counterfactual,
};
use yalu_stats::{MinSegment, RegimeModel, optimal_partitions};

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

/// PELT with squared error, penalty 2·log n, two periods at least. Ends as ruptures counts them: the
/// first period after the break, from 0.
fn segmentation(table: &Table) -> Outcome<Value> {
    let y = &table.columns[0];
    let penalty = 2.0 * (y.len() as f64).ln();
    let search = Pelt::new(Penalty::Manual(penalty)).with_min_segment(2);
    let run = timed(|| Ok(pelt(&MeanCost::new(y)?, &search)?))?;
    let ends: Vec<usize> = run.0.breaks.iter().map(|last| last + 1).collect();
    // The cost from the series itself, as the peers' side finds it.
    let mut from = 0;
    let mut cost = penalty * ends.len() as f64;
    for &to in ends.iter().chain([&y.len()]) {
        let part = &y[from..to];
        let mean = part.iter().sum::<f64>() / part.len() as f64;
        cost += part.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        from = to;
    }
    Ok(line(&json!({"ends": ends, "cost": cost}), run.1, run.2))
}

/// Optimal partitions for 0 to 5 breaks; dates as R counts them: the last period before the break,
/// from 1.
fn breakpoints(table: &Table) -> Outcome<Value> {
    let (y, design) = table.regression()?;
    let model = RegimeModel {
        y,
        design: &design,
        fixed: &[],
    };
    let run = timed(|| Ok(optimal_partitions(&model, MinSegment::Share(0.15), 5)?))?;
    let found = run.0;
    let breaks: Vec<usize> = found.by_count[found.chosen.bic]
        .breaks
        .iter()
        .map(|last| last + 1)
        .collect();
    let rss: Vec<f64> = found.by_count.iter().map(|one| one.rss).collect();
    let bic: Vec<f64> = found.by_count.iter().map(|one| one.bic).collect();
    let answer = json!({"breaks": breaks, "rss": rss, "bic": bic});
    Ok(line(&answer, run.1, run.2))
}

/// A panel's file: units, periods and one column, units × periods.
struct PanelFile {
    units: Vec<String>,
    periods: Vec<String>,
    names: Vec<String>,
    cells: Vec<Vec<Option<f64>>>,
}

impl PanelFile {
    /// Rows sorted by unit, then period; the unit first, the period second.
    fn read(path: &str) -> Outcome<Self> {
        let text = std::fs::read_to_string(path)?;
        let mut lines = text.lines();
        let names: Vec<String> = lines
            .next()
            .ok_or("an empty file")?
            .split(',')
            .skip(2)
            .map(str::to_owned)
            .collect();
        let (mut units, mut periods) = (Vec::<String>::new(), Vec::<String>::new());
        let mut cells = vec![Vec::new(); names.len()];
        for line in lines {
            let mut row = line.split(',');
            let unit = row.next().ok_or("no unit")?;
            let period = row.next().ok_or("no period")?.trim_end_matches(".0");
            if units.last().is_none_or(|last| last != unit) {
                units.push(unit.to_owned());
            }
            if units.len() == 1 {
                periods.push(period.to_owned());
            }
            for (column, cell) in cells.iter_mut().zip(row) {
                column.push(cell.parse().ok());
            }
        }
        Ok(Self {
            units,
            periods,
            names,
            cells,
        })
    }

    fn column(&self, name: &str) -> Outcome<&[Option<f64>]> {
        let at = self.names.iter().position(|one| one == name);
        Ok(&self.cells[at.ok_or_else(|| format!("no column {name}"))?])
    }
}

/// Proposition 99 with the predictors of Abadie, Diamond and Hainmueller (2010), and a placebo for
/// every donor.
fn synthetic_control(path: &str) -> Outcome<Value> {
    let file = PanelFile::read(path)?;
    let outcomes = file
        .column("cigsale")?
        .iter()
        .map(|cell| cell.ok_or("a missing outcome"))
        .collect::<Result<Vec<f64>, _>>()?;
    let panel = Panel::new(
        file.units.clone(),
        file.periods.clone(),
        outcomes,
        &["California"],
        "1989",
    )?;
    let years = |from: u32, to: u32| {
        (from..=to)
            .map(|year| panel.period(&year.to_string()))
            .collect::<Result<Vec<usize>, _>>()
    };
    let mut predictors = Vec::new();
    for (name, from) in [
        ("lnincome", 1980),
        ("retprice", 1980),
        ("age15to24", 1980),
        ("beer", 1984),
    ] {
        let window = years(from, 1988)?;
        predictors.push(Predictor::covariate_mean(
            &panel,
            name,
            file.column(name)?,
            &window,
        )?);
    }
    for year in [1975, 1980, 1988] {
        predictors.extend(Predictor::outcomes(&panel, &years(year, year)?)?);
    }
    let options = SyntheticOptions::default();
    let run = timed(|| {
        Ok(placebos_in_space(
            &panel,
            &predictors,
            &options,
            &InSpaceOptions::default(),
        )?)
    })?;
    // Not timed: the placebos' run has fitted California too.
    let fit = fit_synthetic_control(&panel, &predictors, &options)?;
    let weights: serde_json::Map<String, Value> = fit
        .donors
        .iter()
        .zip(&fit.weights)
        .filter(|(_, weight)| **weight > 0.001)
        .map(|(donor, weight)| (donor.clone(), json!(weight)))
        .collect();
    let answer = json!({"mspe": fit.mspe, "weights": weights, "p": run.0.p_value});
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
        "pelt" => segmentation(&Table::read(data)?)?,
        "breakpoints" => breakpoints(&Table::read(data)?)?,
        "adh" => synthetic_control(data)?,
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
