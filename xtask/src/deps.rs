//! The boundaries between crates: the table of ARCHITECTURE.md, checked.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::metadata::{self, Metadata};

/// What one crate may use.
struct Rule {
    name: &'static str,
    /// The crates of ours that it may name in `[dependencies]`.
    ours: &'static [&'static str],
    /// Packages that it never names itself.
    not_direct: &'static [&'static str],
    /// Packages that it never reaches, by whatever way. A `*` at the end stands for any ending.
    never: &'static [&'static str],
}

/// Numerics are pure: no clock, threads, files' formats, logging.
const PURE: &[&str] = &[
    "arrow*",
    "parquet*",
    "datafusion*",
    "object_store",
    "tokio",
    "futures*",
    "rayon*",
    "jiff",
    "chrono",
    "time",
    "log",
    "tracing",
    "serde",
    "serde_json",
    "csv",
    "toml",
    "tempfile",
    "getrandom",
];
const PAGES: &[&str] = &["askama*", "axum*", "hyper*", "plotly*", "reqwest"];
const TERMINAL: &[&str] = &["clap*", "miette*", "indicatif", "crossterm", "console"];
const NUMERICS: &[&str] = &["nalgebra", "statrs", "rand", "rand_chacha", "datafusion"];

const RULES: &[Rule] = &[
    Rule {
        name: "yalu-stats",
        ours: &[],
        not_direct: &[],
        never: PURE,
    },
    Rule {
        name: "yalu-council",
        ours: &["yalu-stats"],
        not_direct: &[],
        never: PURE,
    },
    Rule {
        name: "yalu-store",
        ours: &["yalu-stats"],
        not_direct: PAGES,
        never: TERMINAL,
    },
    Rule {
        name: "yalu-media",
        ours: &[],
        not_direct: PAGES,
        never: TERMINAL,
    },
    Rule {
        name: "yalu-discussion",
        ours: &[],
        not_direct: &[],
        never: &[
            "askama*",
            "axum*",
            "hyper*",
            "plotly*",
            "reqwest",
            "clap*",
            "miette*",
            "datafusion*",
            "arrow*",
        ],
    },
    Rule {
        name: "yalu-evidence",
        ours: &["yalu-stats"],
        not_direct: PAGES,
        never: TERMINAL,
    },
    Rule {
        name: "yalu-dossier",
        ours: &[
            "yalu-stats",
            "yalu-council",
            "yalu-store",
            "yalu-media",
            "yalu-evidence",
        ],
        not_direct: &["datafusion", "arrow", "parquet"],
        never: &[
            "askama*",
            "axum*",
            "plotly*",
            "clap*",
            "miette*",
            "indicatif",
            "crossterm",
        ],
    },
    Rule {
        name: "yalu-site",
        ours: &["yalu-dossier", "yalu-evidence"],
        not_direct: NUMERICS,
        never: TERMINAL,
    },
    Rule {
        name: "yalu-server",
        ours: &["yalu-dossier", "yalu-site", "yalu-discussion"],
        not_direct: NUMERICS,
        never: TERMINAL,
    },
    Rule {
        name: "yalu-cluster",
        ours: &["yalu-store"],
        not_direct: PAGES,
        never: TERMINAL,
    },
    Rule {
        name: "yalu",
        ours: &[
            "yalu-stats",
            "yalu-council",
            "yalu-store",
            "yalu-media",
            "yalu-evidence",
            "yalu-dossier",
            "yalu-site",
            "yalu-discussion",
            "yalu-server",
        ],
        not_direct: NUMERICS,
        never: &[],
    },
    Rule {
        name: "yalu-testing",
        ours: &["yalu-stats", "yalu-store", "yalu-dossier"],
        not_direct: &[],
        never: &[],
    },
    Rule {
        name: "xtask",
        ours: &[],
        not_direct: &[],
        never: &["datafusion*"],
    },
];

/// Used by tests only.
const DEV_ONLY: &str = "yalu-testing";
/// What `cargo run` and `cargo build` without `--workspace` mean.
const DEFAULT_MEMBERS: &[&str] = &["yalu"];

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}

/// Every breach of the table.
pub(crate) fn check() -> Result<Vec<String>> {
    let metadata = metadata::read()?;
    let mut faults = breaches(&metadata);
    for rule in RULES {
        if metadata.ours().any(|package| package.name == rule.name) {
            faults.extend(reaches(rule, &metadata::ways_from(rule.name)?));
        }
    }
    if faults.is_empty() {
        println!(
            "{} crates keep to their boundaries",
            metadata.ours().count()
        );
    }
    Ok(faults)
}

/// What a crate reaches that it never may.
fn reaches(rule: &Rule, ways: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    ways.iter()
        .filter(|(name, _)| rule.never.iter().any(|pattern| matches(pattern, name)))
        .map(|(name, way)| {
            format!(
                "{} may not reach {name}, but does: {}",
                rule.name,
                way.join(" → ")
            )
        })
        .collect()
}

fn breaches(metadata: &Metadata) -> Vec<String> {
    let mut faults = Vec::new();
    for package in metadata.ours() {
        let name = &package.name;
        let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
            faults.push(format!(
                "{name} isn't in the table: add it to ARCHITECTURE.md and to xtask/src/deps.rs"
            ));
            continue;
        };
        for used in &package.uses {
            let used_name = metadata.name(used);
            let ours = metadata
                .packages
                .get(used)
                .is_some_and(|one| one.source.is_none());
            if used_name == DEV_ONLY {
                faults.push(format!("{name} uses {DEV_ONLY} outside its tests"));
            } else if ours && !rule.ours.contains(&used_name) {
                faults.push(format!("{name} may not use {used_name}"));
            }
            if rule
                .not_direct
                .iter()
                .any(|pattern| matches(pattern, used_name))
            {
                faults.push(format!("{name} may not name {used_name} itself"));
            }
        }
        // A test may use more than its crate, but never what lies further to the right.
        for used in &package.tests_use {
            let used_name = metadata.name(used);
            let back = metadata
                .packages
                .get(used)
                .is_some_and(|one| one.source.is_none())
                && used_name != DEV_ONLY
                && !rule.ours.contains(&used_name);
            if back {
                faults.push(format!("{name}'s tests may not use {used_name}"));
            }
        }
    }
    if metadata.default_members != DEFAULT_MEMBERS {
        faults.push(format!(
            "the default members are {}, not {}",
            metadata.default_members.join(", "),
            DEFAULT_MEMBERS.join(", ")
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::metadata::Package;

    fn workspace(edges: &[(&str, &str)]) -> Metadata {
        let mut packages = BTreeMap::new();
        for name in edges.iter().flat_map(|(from, to)| [*from, *to]) {
            packages.entry(name.to_owned()).or_insert_with(|| Package {
                name: name.to_owned(),
                version: "1.0.0".to_owned(),
                licence: None,
                source: (!name.starts_with("yalu")).then(|| "registry+somewhere".to_owned()),
                uses: BTreeSet::new(),
                tests_use: BTreeSet::new(),
            });
        }
        for (from, to) in edges {
            if let Some(package) = packages.get_mut(*from) {
                package.uses.insert((*to).to_owned());
            }
        }
        Metadata {
            packages,
            default_members: vec!["yalu".to_owned()],
        }
    }

    #[test]
    fn a_way_to_a_forbidden_package_is_shown() {
        let way = ["yalu-stats", "helper", "tokio"]
            .map(str::to_owned)
            .to_vec();
        let ways = BTreeMap::from([("tokio".to_owned(), way)]);
        assert_eq!(
            reaches(&RULES[0], &ways),
            ["yalu-stats may not reach tokio, but does: yalu-stats → helper → tokio"]
        );
    }

    #[test]
    fn the_store_may_not_use_the_dossier() {
        let faults = breaches(&workspace(&[("yalu-store", "yalu-dossier")]));
        assert_eq!(faults, ["yalu-store may not use yalu-dossier"]);
    }

    #[test]
    fn a_crate_that_the_table_lacks_is_a_breach() {
        let faults = breaches(&workspace(&[("yalu-new", "serde")]));
        assert_eq!(faults.len(), 1, "{faults:?}");
    }

    #[test]
    fn what_the_table_allows_is_no_breach() {
        let faults = breaches(&workspace(&[
            ("yalu", "yalu-site"),
            ("yalu-site", "yalu-dossier"),
            ("yalu-dossier", "yalu-stats"),
        ]));
        assert_eq!(faults, [""; 0]);
    }
}
