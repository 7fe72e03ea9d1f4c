//! Licences and origins of dependencies, by the lists in `deny.toml`. cargo-deny reads the same
//! file and checks more; this check needs nothing but cargo.

use std::fs;

use anyhow::{Context as _, Result};
use toml::Table;

use crate::{metadata, spdx};

/// Every dependency whose licence isn't allowed or that isn't from a registry.
pub(crate) fn check() -> Result<Vec<String>> {
    let text =
        fs::read_to_string(crate::root()?.join("deny.toml")).context("deny.toml can't be read")?;
    let lists: Table = text.parse().context("deny.toml isn't TOML")?;
    let allowed: Vec<String> = lists
        .get("licenses")
        .and_then(|licences| licences.get("allow"))
        .and_then(toml::Value::as_array)
        .context("deny.toml has no list licenses.allow")?
        .iter()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect();
    let metadata = metadata::read()?;
    let mut faults = Vec::new();
    let mut n_checked = 0;
    for package in metadata.packages.values() {
        let what = format!("{} {}", package.name, package.version);
        match &package.licence {
            None => faults.push(format!("{what} states no licence")),
            Some(licence) if !spdx::is_met(licence, &allowed)? => faults.push(format!(
                "{what} is under {licence}, which deny.toml doesn't allow"
            )),
            Some(_) => {}
        }
        match &package.source {
            Some(source) if !source.starts_with("registry+") => {
                faults.push(format!("{what} is from {source}, not from a registry"));
            }
            Some(_) => n_checked += 1,
            None => {}
        }
    }
    if faults.is_empty() {
        println!("{n_checked} dependencies have licences that deny.toml allows");
    }
    Ok(faults)
}
