//! `[borders]` as the dossier's author writes it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::Exposure;

/// The comparison with other borders: which dyads, from when, and what counts as particular.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Borders {
    /// A rule that finds dyads: `land_neighbours` takes the source's land neighbours on the as-of
    /// date, the target left out.
    pub rule: Option<BorderRule>,
    /// Dyads by hand, source then target: other patrons' clients, sea borders.
    pub dyads: Vec<[String; 2]>,
    /// Targets that the rule finds and that are left out all the same, each with the reason:
    /// `{ AFG = "a war of others" }`.
    pub except: BTreeMap<String, String>,
    /// Keep only so many donors: those whose past follows the dyad's best. Left out, all.
    pub keep_best: Option<u32>,
    /// The first month to be explained, YYYY-MM, for every indicator. Left out, it is the first month
    /// of each indicator's new level, if a break is dated.
    pub start: Option<String>,
    /// The fewest acts before the start that a donor needs.
    pub min_events: u32,
    /// Months pooled into one step, so that months without an act don't rule.
    pub pool: u32,
    /// The error that a claim may have, of *particular*, *not particular*, *like any border* and
    /// *unlike*: 0.1 needs nine other borders.
    pub level: f64,
    /// Whether this border was chosen because its break looked unusual among these, as by `yalu scan`.
    /// Then *particular* needs the break's own p-value to hold after correction for their number.
    pub picked: bool,
    /// Domains of policy in which the border is placed among the source's others.
    pub domains: Vec<BorderDomain>,
}

impl Default for Borders {
    fn default() -> Self {
        Self {
            rule: None,
            dyads: Vec::new(),
            except: BTreeMap::new(),
            keep_best: None,
            start: None,
            min_events: 20,
            pool: 6,
            level: 0.1,
            picked: false,
            domains: Vec::new(),
        }
    }
}

/// A rule that finds dyads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BorderRule {
    /// The source's land neighbours, by the table of contiguity that ships with Yalu.
    LandNeighbours,
}

/// A domain of policy: acts of a group, or entries of a file, by border.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BorderDomain {
    /// A short name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The group of acts counted on each border.
    #[serde(default)]
    pub group: Option<String>,
    /// The denominator; needed with `group`.
    #[serde(default)]
    pub exposure: Option<Exposure>,
    /// The group whose events make up the exposure.
    #[serde(default)]
    pub exposure_group: Option<String>,
    /// In the place of `group`: a CSV file of dated entries, a line each, with columns `border` (the
    /// neighbour's code), `date` (YYYY, YYYY-MM or YYYY-MM-DD), `title`, `source`.
    #[serde(default)]
    pub entries: Option<String>,
    /// First and last month looked at, YYYY-MM. Left out, all.
    #[serde(default)]
    pub window: Option<[String; 2]>,
    /// What it doesn't show.
    pub caution: String,
}
