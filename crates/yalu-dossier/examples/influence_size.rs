//! How often a hypothesis about influence is called supported where nothing changes, and where the
//! share halves: `cargo run --release -p yalu-dossier --example influence_size [WORLDS]`.
//!
//! Counts of quarters: an actor's share of some 40 attributed acts varies from quarter to quarter
//! with serial correlation, on the logit scale. Seeded; per cent of the worlds.

#![expect(clippy::print_stdout, reason = "an example prints what it finds")]

use std::collections::BTreeMap;
use std::error::Error;

use jiff::civil::date;
use rayon::prelude::*;
use yalu_dossier::influence::{
    HypothesisAnswer, InfluenceClaim, InfluenceHypothesis, InfluenceKeys, InfluenceMeasure,
    InfluenceMember, measure,
};
use yalu_store::query::acts::{ActorActs, ActsTable, InnerActor, PeriodActs};
use yalu_store::series::Coverage;
use yalu_store::{Dyad, Period, PeriodUnit};

/// A generator of uniform draws (SplitMix64), so that the example needs no crate for it.
struct Draws(u64);

impl Draws {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.uniform()).cos()
    }
}

/// What a row of the table is about.
#[derive(Clone, Copy)]
struct Setting {
    n_side: usize,
    share: f64,
    correlation: f64,
    spread: f64,
    after: f64,
}

/// The actor's acts and the others', by quarter.
fn world(setting: Setting, seed: u64) -> [Vec<u64>; 2] {
    let mut draws = Draws(seed.wrapping_mul(0xd134_2543_de82_ef95));
    let mut state = draws.normal();
    let mut counts = [Vec::new(), Vec::new()];
    for t in 0..2 * setting.n_side {
        let rho = setting.correlation;
        state = rho * state + (1.0 - rho * rho).sqrt() * draws.normal();
        let share = if t < setting.n_side {
            setting.share
        } else {
            setting.share * setting.after
        };
        let odds = share / (1.0 - share) * (setting.spread * state).exp();
        let n = 25 + (draws.uniform() * 30.0) as u64;
        let own = (0..n)
            .filter(|_| draws.uniform() < odds / (1.0 + odds))
            .count() as u64;
        counts[0].push(own);
        counts[1].push(n - own);
    }
    counts
}

fn actor(name: &str, counts: &[u64]) -> ActorActs {
    ActorActs {
        actor: InnerActor {
            name: name.to_owned(),
            sectors: vec![name.to_owned()],
            person: None,
        },
        entries: (0..)
            .zip(counts)
            .filter(|(_, n)| **n > 0)
            .map(|(period, &n)| PeriodActs { period, n })
            .collect(),
    }
}

fn table(counts: &[Vec<u64>; 2]) -> Result<ActsTable, Box<dyn Error + Send + Sync>> {
    let mut periods = vec![Period::containing(date(2000, 1, 1), PeriodUnit::Quarter)];
    while periods.len() < counts[0].len() {
        periods.push(periods[periods.len() - 1].next(PeriodUnit::Quarter));
    }
    Ok(ActsTable {
        dyad: Dyad {
            source: "CHN".parse()?,
            target: "PRK".parse()?,
        },
        unit: PeriodUnit::Quarter,
        covered: vec![true; periods.len()],
        outward: vec![
            actor("foreign_ministry", &counts[0]),
            actor("military", &counts[1]),
        ],
        domestic: Vec::new(),
        coverage: vec![Coverage {
            dataset: "simulated".to_owned(),
            from: periods[0].first_day,
            to: periods[periods.len() - 1].last_day,
            changes: Vec::new(),
            subset: None,
            gaps: Vec::new(),
        }],
        periods,
        files: Vec::new(),
        sql: String::new(),
    })
}

/// Whether each claim is called supported: loses, gains, steady.
fn answers(setting: Setting, seed: u64) -> Result<[bool; 3], Box<dyn Error + Send + Sync>> {
    let table = table(&world(setting, seed))?;
    let since = table.periods[setting.n_side].first_day.to_string();
    let claims = [
        InfluenceClaim::Loses,
        InfluenceClaim::Gains,
        InfluenceClaim::Steady,
    ];
    let keys = InfluenceKeys {
        // No break test: only the hypotheses are looked at.
        bootstrap: 0,
        members: vec![InfluenceMember {
            actor: "mfa".to_owned(),
            sectors: vec!["foreign_ministry".to_owned()],
            ..InfluenceMember::default()
        }],
        hypotheses: claims
            .map(|claim| InfluenceHypothesis {
                id: String::new(),
                text: String::new(),
                actor: "mfa".to_owned(),
                claim,
                since: since.clone(),
                measure: InfluenceMeasure::Share,
            })
            .to_vec(),
        ..InfluenceKeys::default()
    };
    let record = measure(&table, &keys, &BTreeMap::new(), None)?;
    let supported = |idx: usize| record.hypotheses[idx].answer == HypothesisAnswer::Supported;
    Ok([supported(0), supported(1), supported(2)])
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let n_worlds: u64 = std::env::args()
        .nth(1)
        .map_or(Ok(2000), |text| text.parse())?;
    println!(
        "| quarters a side | share | serial correlation | spread | after | loses | gains | steady |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for n_side in [8, 12, 20, 40] {
        for (correlation, spread) in [(0.0, 0.0), (0.0, 0.5), (0.4, 0.5), (0.7, 0.5)] {
            for after in [1.0, 0.5, 1.0 / 1.5] {
                let setting = Setting {
                    n_side,
                    share: 0.2,
                    correlation,
                    spread,
                    after,
                };
                let all: Vec<[bool; 3]> = (0..n_worlds)
                    .into_par_iter()
                    .map(|seed| answers(setting, seed + 1))
                    .collect::<Result<_, _>>()?;
                let rate = |idx: usize| {
                    let n = all.iter().filter(|one| one[idx]).count();
                    100.0 * n as f64 / n_worlds as f64
                };
                println!(
                    "| {n_side} | 0.2 | {correlation} | {spread} | ×{after:.2} | {:.1} | {:.1} | {:.1} |",
                    rate(0),
                    rate(1),
                    rate(2)
                );
            }
        }
    }
    Ok(())
}
