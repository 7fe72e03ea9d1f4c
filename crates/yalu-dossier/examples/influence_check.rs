//! Who within a state acts toward another, from a store: every sector with an act as a member, and
//! what is found. A look at real data, to be held beside an independent count.
//!
//! `cargo run --release -p yalu-dossier --example influence_check STORE CHN JPN month 2014-03-01`
//! asks whether anybody's share changed from that day on.

#![expect(clippy::print_stdout, reason = "an example prints what it finds")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use yalu_dossier::influence::{
    InfluenceClaim, InfluenceHypothesis, InfluenceKeys, InfluenceMeasure, InfluenceMember,
    acts_query, measure,
};
use yalu_dossier::spec::PeriodKey;
use yalu_store::Dyad;
use yalu_store::query::acts::query_acts_blocking;
use yalu_store::series::CodeSet;
use yalu_store::store::Store;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [store, source, target, period, since] = args.as_slice() else {
        return Err("STORE SOURCE TARGET PERIOD SINCE".into());
    };
    let store = Store::open(Path::new(store))?;
    let dyad = Dyad {
        source: source.parse()?,
        target: target.parse()?,
    };
    let mut keys = InfluenceKeys {
        period: match period.as_str() {
            "week" => PeriodKey::Week,
            "month" => PeriodKey::Month,
            _ => PeriodKey::Quarter,
        },
        ..InfluenceKeys::default()
    };
    let query = acts_query(&keys, dyad, CodeSet::default(), None)?;
    let table = query_acts_blocking(&store, &query, None)?;
    let sectors: BTreeSet<&String> = table
        .outward
        .iter()
        .flat_map(|one| &one.actor.sectors)
        .collect();
    for sector in sectors.into_iter().chain([&"foreign_ministry".to_owned()]) {
        if keys.members.iter().any(|one| one.actor == *sector) {
            continue;
        }
        keys.members.push(InfluenceMember {
            actor: sector.clone(),
            sectors: vec![sector.clone()],
            ..InfluenceMember::default()
        });
        keys.hypotheses.push(InfluenceHypothesis {
            id: sector.clone(),
            text: format!("{sector} loses influence"),
            actor: sector.clone(),
            claim: InfluenceClaim::Loses,
            since: since.clone(),
            measure: InfluenceMeasure::Share,
        });
        keys.hypotheses.push(InfluenceHypothesis {
            id: format!("{sector}-at-home"),
            text: format!("{sector} loses centrality"),
            measure: InfluenceMeasure::Centrality,
            ..keys.hypotheses[keys.hypotheses.len() - 1].clone()
        });
    }
    let record = measure(&table, &keys, &BTreeMap::new(), None)?;
    println!("{}", record.headline);
    for one in &record.members {
        println!("\n{}", one.title);
        for named in &one.named {
            println!("    {} {}", named.n_acts, named.name);
        }
        for sentence in &one.sentences {
            println!("  {sentence}");
        }
    }
    println!("\nothers: {:?}", record.others);
    println!("overlaps: {:?}\n", record.overlaps);
    for one in &record.hypotheses {
        println!("{}: {}\n    {}", one.id, one.sentence, one.not_shown);
    }
    for warning in &record.warnings {
        println!("warning: {warning}");
    }
    Ok(())
}
