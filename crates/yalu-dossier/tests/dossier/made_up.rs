//! Small made-up dossiers, written to a folder that goes with the test.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use yalu_dossier::assessment::{Assessment, IndicatorFinding};
use yalu_dossier::load::load_dossier;
use yalu_dossier::pipeline::{AssessOptions, assess};

/// Numbers that look random and are the same everywhere (SplitMix64: Steele, Lea and Flood 2014).
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Uniform on [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About standard normal: twelve uniforms less six.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// A Poisson count, by Knuth's product.
    pub(crate) fn count(&mut self, mean: f64) -> u32 {
        let limit = (-mean).exp();
        let (mut product, mut n) = (self.unit(), 0);
        while product > limit {
            product *= self.unit();
            n += 1;
        }
        n
    }
}

/// The label of month `idx` after January 2010.
pub(crate) fn month(idx: usize) -> String {
    format!("{:04}-{:02}", 2010 + idx / 12, idx % 12 + 1)
}

/// A series file under way.
pub(crate) struct Series(pub(crate) String);

impl Series {
    pub(crate) fn new() -> Self {
        Self("group,measure,source,target,period,value,n_rows\n".to_owned())
    }

    /// One cell: figures by period; zeros are left out, as Yalu's own files do.
    pub(crate) fn cell(
        &mut self,
        name: &str,
        label: impl Fn(usize) -> String,
        values: impl IntoIterator<Item = f64>,
    ) {
        let mut n_rows = 0;
        for (idx, value) in values.into_iter().enumerate() {
            if value != 0.0 {
                writeln!(self.0, "{name},{},{value},1", label(idx)).unwrap();
                n_rows += 1;
            }
        }
        if n_rows == 0 {
            writeln!(self.0, "{name},,0,0").unwrap();
        }
    }
}

/// A dossier with one indicator, whose lines are `indicator`, and whatever else is in `more`.
pub(crate) fn dossier(coverage_to: &str, period: &str, indicator: &str, more: &str) -> String {
    format!(
        r#"format = 1
[question]
id = "made-up"
title = "Made up"
text = "Has it shifted?"
source = "CHN"
target = "PRK"
[data]
series = "series.csv"
period = "{period}"
[[data.coverage]]
dataset = "made-up"
from = "2010-01-01"
to = "{coverage_to}"
[groups.acts]
title = "Acts"
codes = ["10", "11"]
meaning = "Made up."
[groups.quads]
title = "Conflict in words"
quads = ["verbal_conflict"]
meaning = "Made up."
[groups.all]
title = "Everything"
codes = ["10", "11", "12", "13"]
meaning = "Made up."
[[indicators]]
id = "one"
title = "The one"
caution = "Made up."
{indicator}
{more}
"#
    )
}

pub(crate) fn write(dir: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        fs::write(dir.join(name), text).unwrap();
    }
}

/// Assesses the dossier in `dir`.
pub(crate) fn run(dir: &Path, options: &AssessOptions) -> Vec<Assessment> {
    let dossier = load_dossier(dir).unwrap_or_else(|problems| panic!("{problems}"));
    assess(&dossier, options).unwrap_or_else(|error| panic!("{error}"))
}

/// Assesses a dossier of one indicator and gives what it found.
pub(crate) fn finding(dossier: &str, series: &Series, more: &[(&str, &str)]) -> IndicatorFinding {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[("dossier.toml", dossier), ("series.csv", &series.0)],
    );
    write(dir.path(), more);
    let mut all = run(dir.path(), &AssessOptions::default());
    all.remove(0).indicators.remove(0)
}
