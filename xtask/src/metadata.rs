//! What `cargo metadata` says about packages and who depends on whom.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// A package.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The licence as an SPDX expression.
    pub(crate) licence: Option<String>,
    /// Where it is from: `registry+...`, `git+...`; nothing for a package of the workspace.
    pub(crate) source: Option<String>,
    /// Ids of packages that it uses at run time.
    pub(crate) uses: BTreeSet<String>,
    /// Ids of packages that its own tests use beyond those.
    pub(crate) tests_use: BTreeSet<String>,
}

/// All packages by id.
pub(crate) struct Metadata {
    pub(crate) packages: BTreeMap<String, Package>,
    pub(crate) default_members: Vec<String>,
}

fn text(value: &Value, key: &str) -> Result<String> {
    Ok(value[key]
        .as_str()
        .with_context(|| format!("cargo metadata gives no `{key}`"))?
        .to_owned())
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key]
        .as_array()
        .with_context(|| format!("cargo metadata gives no list `{key}`"))
}

fn cargo(args: &[&str]) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(args)
        .current_dir(crate::root()?)
        .output()
        .context("cargo can't be started")?;
    if !output.status.success() {
        bail!(
            "`cargo {}` failed: {}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Asks cargo.
pub(crate) fn read() -> Result<Metadata> {
    let text = cargo(&["metadata", "--format-version", "1", "--locked"])?;
    parse(&serde_json::from_str(&text)?)
}

fn parse(value: &Value) -> Result<Metadata> {
    let mut packages = BTreeMap::new();
    for package in list(value, "packages")? {
        packages.insert(
            text(package, "id")?,
            Package {
                name: text(package, "name")?,
                version: text(package, "version")?,
                licence: package["license"].as_str().map(str::to_owned),
                source: package["source"].as_str().map(str::to_owned),
                uses: BTreeSet::new(),
                tests_use: BTreeSet::new(),
            },
        );
    }
    for node in list(&value["resolve"], "nodes")? {
        let package = packages
            .get_mut(&text(node, "id")?)
            .context("a node that is no package")?;
        for dep in list(node, "deps")? {
            let id = text(dep, "pkg")?;
            for kind in list(dep, "dep_kinds")? {
                match kind["kind"].as_str() {
                    None => package.uses.insert(id.clone()),
                    Some("dev") => package.tests_use.insert(id.clone()),
                    Some(_) => false,
                };
            }
        }
    }
    let default_members = list(value, "workspace_default_members")?
        .iter()
        .filter_map(|id| packages.get(id.as_str()?))
        .map(|package| package.name.clone())
        .collect();
    Ok(Metadata {
        packages,
        default_members,
    })
}

impl Metadata {
    /// The packages of the workspace.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|one| one.source.is_none())
    }

    pub(crate) fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.packages.get(id).map_or(id, |one| one.name.as_str())
    }
}

/// One way from `package` to each package that it uses at run time, directly or through others, by
/// name. This asks `cargo tree`, because only that leaves out what other members switch on.
pub(crate) fn ways_from(package: &str) -> Result<BTreeMap<String, Vec<String>>> {
    let args = [
        "tree",
        "--locked",
        "--package",
        package,
        "--edges",
        "normal",
        "--prefix",
        "depth",
        "--format",
        " {p}",
    ];
    Ok(ways(&cargo(&args)?))
}

/// Reads lines of depth, name and version.
fn ways(tree: &str) -> BTreeMap<String, Vec<String>> {
    let mut way: Vec<String> = Vec::new();
    let mut ways = BTreeMap::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let depth = words.next().and_then(|word| word.parse::<usize>().ok());
        let (Some(depth), Some(name)) = (depth, words.next()) else {
            continue;
        };
        way.truncate(depth);
        way.push(name.to_owned());
        if depth > 0 {
            ways.entry(name.to_owned()).or_insert_with(|| way.clone());
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_gives_the_first_way_to_each_package() {
        let ways = ways("0 a v1 (/a)\n1 b v1\n2 c v1\n1 d v2\n2 c v1 (*)\n");
        assert_eq!(ways["c"], ["a", "b", "c"]);
        assert_eq!(ways["d"], ["a", "d"]);
        assert_eq!(ways.len(), 3);
    }
}
