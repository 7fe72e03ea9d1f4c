//! Licences and origins of dependencies, by the lists in `deny.toml`. cargo-deny reads the same
//! file and checks more; this check needs nothing but cargo.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use crate::{metadata, spdx};

/// The licences of `deny.toml`: those that any crate may have, and those of single crates.
struct Lists {
    allow: Vec<String>,
    exceptions: BTreeMap<String, Vec<String>>,
}

impl Lists {
    fn parse(text: &str) -> Result<Self> {
        let lists: Table = text.parse().context("deny.toml isn't TOML")?;
        let licences = lists
            .get("licenses")
            .context("deny.toml has no table licenses")?;
        let allow = texts(licences, "allow").context("deny.toml has no list licenses.allow")?;
        let mut exceptions = BTreeMap::new();
        let all = licences.get("exceptions").and_then(Value::as_array);
        for exception in all.into_iter().flatten() {
            // cargo-deny calls the crate `crate`, and before version 0.15 `name`.
            let name = exception.get("crate").or_else(|| exception.get("name"));
            let name = name
                .and_then(Value::as_str)
                .context("an exception in deny.toml names no `crate`")?;
            let more = texts(exception, "allow")
                .with_context(|| format!("the exception for {name} has no list `allow`"))?;
            exceptions.insert(name.to_owned(), more);
        }
        Ok(Self { allow, exceptions })
    }

    fn allow(&self, package: &str, licence: &str) -> Result<bool> {
        let mut allowed = self.allow.clone();
        allowed.extend(self.exceptions.get(package).into_iter().flatten().cloned());
        spdx::is_met(licence, &allowed)
    }
}

fn texts(table: &Value, key: &str) -> Option<Vec<String>> {
    let list = table.get(key)?.as_array()?.iter();
    Some(
        list.filter_map(|one| one.as_str().map(str::to_owned))
            .collect(),
    )
}

/// Every dependency whose licence isn't allowed or that isn't from a registry, and every exception
/// that no dependency needs.
pub(crate) fn check() -> Result<Vec<String>> {
    let text =
        fs::read_to_string(crate::root()?.join("deny.toml")).context("deny.toml can't be read")?;
    let lists = Lists::parse(&text)?;
    let metadata = metadata::read()?;
    let mut faults = Vec::new();
    let mut n_checked = 0;
    for package in metadata.packages.values() {
        let what = format!("{} {}", package.name, package.version);
        match &package.licence {
            None => faults.push(format!("{what} states no licence")),
            Some(licence) if !lists.allow(&package.name, licence)? => faults.push(format!(
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
    for name in lists.exceptions.keys() {
        if !metadata.packages.values().any(|one| &one.name == name) {
            faults.push(format!(
                "deny.toml has an exception for {name}, which nothing depends on"
            ));
        }
    }
    if faults.is_empty() {
        println!("{n_checked} dependencies have licences that deny.toml allows");
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = r#"
        [licenses]
        allow = ["MIT"]
        [[licenses.exceptions]]
        crate = "decoder"
        allow = ["MPL-2.0"]
    "#;

    #[test]
    fn an_exception_is_for_its_crate_alone() {
        let lists = Lists::parse(LISTS).expect("lists");
        for (package, licence, allowed) in [
            ("decoder", "MPL-2.0", true),
            ("decoder", "MIT", true),
            ("decoder", "MPL-2.0 AND MIT", true),
            ("decoder", "GPL-3.0-only", false),
            ("other", "MPL-2.0", false),
            ("decoder-core", "MPL-2.0", false),
        ] {
            let met = lists.allow(package, licence).expect("an expression");
            assert_eq!(met, allowed, "{package} {licence}");
        }
    }

    #[test]
    fn an_exception_without_crate_or_licences_is_refused() {
        for broken in [
            "[[licenses.exceptions]]\nallow = [\"MPL-2.0\"]",
            "[[licenses.exceptions]]\ncrate = \"decoder\"",
        ] {
            let text = format!("[licenses]\nallow = []\n{broken}");
            assert!(Lists::parse(&text).is_err(), "{broken}");
        }
    }
}
