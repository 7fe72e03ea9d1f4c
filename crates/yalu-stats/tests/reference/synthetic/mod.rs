//! Synthetic control on the papers' two panels, read from the shared reference data.

mod adh;
mod inference;
mod properties;
mod sdid;

use std::collections::BTreeMap;

use crate::support::shared_text;
use yalu_stats::synthetic::{Panel, Predictor};

/// A table of named columns over units × periods.
pub(crate) struct Table {
    pub(crate) units: Vec<String>,
    pub(crate) periods: Vec<String>,
    /// Units × periods, row-major.
    pub(crate) columns: BTreeMap<String, Vec<Option<f64>>>,
}

impl Table {
    fn read(name: &str, unit: &str, period: &str) -> Option<Self> {
        let text = shared_text("synthetic-control", name)?;
        Some(Self::parse(&text, unit, period))
    }

    fn parse(text: &str, unit: &str, period: &str) -> Self {
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
        let place = |name: &str| header.iter().position(|one| *one == name).expect(name);
        let (unit, period) = (place(unit), place(period));
        let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
        let year = |row: &[&str]| {
            let year: f64 = row[period].parse().expect("a year");
            format!("{year:.0}")
        };
        let (mut units, mut periods): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for row in &rows {
            if !units.iter().any(|one| one == row[unit]) {
                units.push(row[unit].to_owned());
            }
            if !periods.contains(&year(row)) {
                periods.push(year(row));
            }
        }
        assert_eq!(rows.len(), units.len() * periods.len());
        let columns = header
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let values = rows.iter().map(|row| row[at].parse().ok()).collect();
                ((*name).to_owned(), values)
            })
            .collect();
        Self {
            units,
            periods,
            columns,
        }
    }

    pub(crate) fn outcome(&self, name: &str) -> Vec<f64> {
        self.columns[name]
            .iter()
            .map(|value| value.unwrap_or(f64::NAN))
            .collect()
    }

    /// The mean of a covariate over years, every `by`.
    fn mean(&self, panel: &Panel, name: &str, years: (usize, usize), by: usize) -> Predictor {
        let window: Vec<usize> = (years.0..=years.1)
            .step_by(by)
            .map(|year| {
                panel
                    .period(&year.to_string())
                    .expect("a year of the panel")
            })
            .collect();
        Predictor::covariate_mean(panel, name, &self.columns[name], &window).expect("a predictor")
    }
}

/// Proposition 99: the panel and the predictors of Abadie, Diamond and Hainmueller (2010).
pub(crate) fn proposition_99() -> Option<(Panel, Vec<Predictor>)> {
    let table = Table::read("smoking.csv", "state", "year")?;
    let panel = Panel::new(
        table.units.clone(),
        table.periods.clone(),
        table.outcome("cigsale"),
        &["California"],
        "1989",
    )
    .expect("a panel");
    let mut predictors = vec![
        table.mean(&panel, "lnincome", (1980, 1988), 1),
        table.mean(&panel, "retprice", (1980, 1988), 1),
        table.mean(&panel, "age15to24", (1980, 1988), 1),
        table.mean(&panel, "beer", (1984, 1988), 1),
    ];
    let years = ["1975", "1980", "1988"].map(|year| panel.period(year).expect("a year"));
    predictors.extend(Predictor::outcomes(&panel, &years).expect("predictors"));
    Some((panel, predictors))
}

/// The Basque Country: the panel, the predictors of R Synth's vignette (schooling as shares, the two
/// highest levels joined) and the window 1960 to 1969.
pub(crate) fn basque() -> Option<(Panel, Vec<Predictor>, Vec<usize>)> {
    let table = Table::read("basque.csv", "regionname", "year")?;
    let treated = "Basque Country (Pais Vasco)";
    let donors: Vec<&str> = table
        .units
        .iter()
        .map(String::as_str)
        .filter(|name| *name != treated && *name != "Spain (Espana)")
        .collect();
    let panel = Panel::with_donor_pool(
        table.units.clone(),
        table.periods.clone(),
        table.outcome("gdpcap"),
        &[treated],
        &donors,
        "1970",
    )
    .expect("a panel");
    let levels: Vec<Vec<Option<f64>>> = [
        vec!["school.illit"],
        vec!["school.prim"],
        vec!["school.med"],
        vec!["school.high", "school.post.high"],
    ]
    .iter()
    .map(|names| {
        let window: Vec<usize> = (1964..=1969)
            .map(|year: i32| panel.period(&year.to_string()).expect("a year"))
            .collect();
        let parts: Vec<Predictor> = names
            .iter()
            .map(|name| {
                Predictor::covariate_mean(&panel, name, &table.columns[*name], &window)
                    .expect("a predictor")
            })
            .collect();
        (0..panel.units().len())
            .map(|unit| parts.iter().map(|part| part.values[unit]).sum())
            .collect()
    })
    .collect();
    let mut predictors: Vec<Predictor> = ["illit", "prim", "med", "high"]
        .iter()
        .enumerate()
        .map(|(level, name)| {
            let shares = (0..panel.units().len())
                .map(|unit| {
                    let total: Option<f64> = levels.iter().map(|level| level[unit]).sum();
                    Some(100.0 * levels[level][unit]? / total?)
                })
                .collect();
            Predictor::given(name, shares)
        })
        .collect();
    predictors.push(table.mean(&panel, "invest", (1964, 1969), 1));
    predictors.push(table.mean(&panel, "gdpcap", (1960, 1969), 1));
    for sector in [
        "agriculture",
        "energy",
        "industry",
        "construction",
        "services.venta",
        "services.nonventa",
    ] {
        predictors.push(table.mean(&panel, &format!("sec.{sector}"), (1961, 1969), 2));
    }
    predictors.push(table.mean(&panel, "popdens", (1969, 1969), 1));
    let window = (1960..=1969)
        .map(|year: i32| panel.period(&year.to_string()).expect("a year"))
        .collect();
    Some((panel, predictors, window))
}

/// Fails unless `got` is within `tolerance` of `wanted`.
pub(crate) fn close(what: &str, got: f64, wanted: f64, tolerance: f64) {
    assert!(
        (got - wanted).abs() <= tolerance,
        "{what}: {got}, wanted {wanted} within {tolerance}"
    );
}
