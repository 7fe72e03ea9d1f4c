//! Tables of counts by dyad and month or year, recognised by their headers.

use std::collections::BTreeMap;

use super::mapping::{ColumnKeys, Mapping, TableKind};

const SOURCES: [&str; 7] = [
    "source_iso3c",
    "i_iso3c",
    "source",
    "source_country",
    "i",
    "statea",
    "actor1",
];
const TARGETS: [&str; 7] = [
    "target_iso3c",
    "j_iso3c",
    "target",
    "target_country",
    "j",
    "stateb",
    "actor2",
];

/// The CAMEO root or quad class that a column of this name counts.
fn counted(name: &str) -> Option<String> {
    let small: String = name
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let quad = match small.as_str() {
        "verbcoop" | "verbalcooperation" | "quad1" | "quadclass1" | "verbcp" => {
            Some("verbal_cooperation")
        }
        "matlcoop" | "materialcooperation" | "quad2" | "quadclass2" | "matcoop" | "matcp" => {
            Some("material_cooperation")
        }
        "verbconf" | "verbalconflict" | "quad3" | "quadclass3" | "verbcf" => {
            Some("verbal_conflict")
        }
        "matlconf" | "materialconflict" | "quad4" | "quadclass4" | "matconf" | "matcf" => {
            Some("material_conflict")
        }
        _ => None,
    };
    if let Some(quad) = quad {
        return Some(quad.to_owned());
    }
    let digits = ["cameoroot", "rootcode", "cameo", "root"]
        .iter()
        .find_map(|prefix| small.strip_prefix(prefix))?;
    let root: u8 = digits.parse().ok()?;
    (digits.len() <= 2 && (1..=20).contains(&root)).then(|| format!("{root:02}"))
}

fn column<'h>(header: &'h [String], names: &[&str]) -> Option<&'h String> {
    names
        .iter()
        .find_map(|name| header.iter().find(|one| one.to_ascii_lowercase() == *name))
}

/// Whether a header is that of such a table.
pub(crate) fn recognises(header: &[String]) -> bool {
    mapping(header).is_some()
}

/// The mapping that a header implies.
pub(crate) fn mapping(header: &[String]) -> Option<Mapping> {
    let codes: BTreeMap<String, String> = header
        .iter()
        .filter_map(|name| Some((name.clone(), counted(name)?)))
        .collect();
    if codes.is_empty() {
        return None;
    }
    Some(Mapping {
        table: Some(TableKind::Counts),
        columns: ColumnKeys {
            source: Some(column(header, &SOURCES)?.clone()),
            target: Some(column(header, &TARGETS)?.clone()),
            year: Some(column(header, &["year"])?.clone()),
            month: column(header, &["month"]).cloned(),
            ..ColumnKeys::default()
        },
        codes,
        ..Mapping::default()
    })
}
