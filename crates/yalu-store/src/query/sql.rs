//! The SQL of a query: one statement per table, one scan each.
//!
//! The text is plain: DuckDB runs it as it stands once `events` and `trade` are views over the
//! store's Parquet files, and so does DataFusion. It names no file and no date that wasn't asked
//! for, so the same question gives the same text whatever was ingested since.
//!
//! One row comes back per period, source and target. States that no request names stand together
//! as `*`, so a total over anyone is the sum over rows, and the number of aggregates is the number
//! of code sets and not of cells. Fractions are summed as decimals: sums are exact, so they don't
//! depend on the order of rows or on the number of threads.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::error::SeriesError;
use super::view::{Window, fitting_periods};
use crate::series::{CellRequest, CodeSet, Measure};
use crate::types::DyadPattern;
use crate::{CameoCode, PeriodUnit};

/// Digits after the point that a Goldstein score is taken with.
pub(crate) const SCORE_SCALE: u32 = 4;
/// Digits after the point that a value in dollars is taken with.
pub(crate) const VALUE_SCALE: u32 = 2;

/// The events statement, and which of its columns answers which request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EventsSql {
    pub(crate) text: String,
    /// Statement that lists the files of the rows that count in any cell.
    pub(crate) files: String,
    /// Code sets with whether their Goldstein scores are summed: columns `v0`, `n0`, `v1`, ...
    pub(crate) sums: Vec<(CodeSet, bool)>,
}

/// The trade statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TradeSql {
    pub(crate) text: String,
    pub(crate) files: String,
}

pub(crate) fn is_trade(measure: Measure) -> bool {
    match measure {
        Measure::Events | Measure::GoldsteinSum => false,
        Measure::ExportsReported | Measure::ImportsReported => true,
    }
}

/// The statement for all requests that sum events; none of `requests` may be of trade.
pub(crate) fn events_sql(
    requests: &[&CellRequest],
    window: Window,
) -> Result<EventsSql, SeriesError> {
    let mut sums: Vec<(CodeSet, bool)> = Vec::new();
    let mut comments = String::new();
    let mut columns = String::new();
    for request in requests {
        let sum = (
            request.codes.clone(),
            request.measure == Measure::GoldsteinSum,
        );
        if sums.contains(&sum) {
            continue;
        }
        let idx = sums.len();
        let acts = codes_condition(&sum.0)?;
        if sum.1 {
            let scored = and(&acts, "goldstein IS NOT NULL");
            let _ = write!(
                columns,
                ",\n  SUM(CASE WHEN {scored} THEN CAST(goldstein AS DECIMAL(9, {SCORE_SCALE})) * n END) AS v{idx}\
                 ,\n  COUNT(CASE WHEN {scored} THEN 1 END) AS n{idx}\
                 ,\n  COUNT(CASE WHEN {acts} THEN 1 END) AS all{idx}"
            );
        } else {
            let _ = write!(
                columns,
                ",\n  SUM(CASE WHEN {acts} THEN n END) AS v{idx},\n  COUNT(CASE WHEN {acts} THEN 1 END) AS n{idx}"
            );
        }
        let what = if sum.1 { "Goldstein scores" } else { "events" };
        let _ = writeln!(
            comments,
            "-- v{idx}: {what} of {}; n{idx}: their rows",
            one_line(&request.group)
        );
        sums.push(sum);
    }
    let base = events_where(window);
    let patterns: Vec<&DyadPattern> = requests.iter().map(|request| &request.dyad).collect();
    let (by_source, by_target) = buckets(&patterns, "source", "target");
    let text = format!(
        "{comments}SELECT\n  {} AS first_day,\n  {by_source} AS by_source,\n  {by_target} AS by_target{columns},\n  \
         COUNT(CASE WHEN code LIKE '___%' THEN 1 END) AS n_leaf,\n  \
         COUNT(CASE WHEN root IS NOT NULL AND (code IS NULL OR code LIKE '__') THEN 1 END) AS n_root_only,\n  \
         COUNT(CASE WHEN root IS NULL AND code IS NULL AND quad IS NOT NULL THEN 1 END) AS n_quad_only\n\
         FROM events\nWHERE {base}\nGROUP BY 1, 2, 3\nORDER BY 1, 2, 3",
        period_start(window.unit)
    );
    let mut any_cell = BTreeSet::new();
    for request in requests {
        let acts = codes_condition(&request.codes)?;
        any_cell.insert(and(
            &dyad_condition(&request.dyad, "source", "target"),
            &acts,
        ));
    }
    let any_cell: Vec<String> = any_cell.into_iter().collect();
    let files = format!(
        "SELECT file, COUNT(*) AS n_rows\nFROM events\nWHERE {base}\n  AND ({})\nGROUP BY 1\nORDER BY 1",
        any_cell.join("\n    OR ")
    );
    Ok(EventsSql { text, files, sums })
}

/// The statement for all requests that sum trade; each of `requests` must be of trade.
pub(crate) fn trade_sql(requests: &[&CellRequest], window: Window) -> TradeSql {
    // The source exports. As it reports the flow itself it is the reporter of an export; as the
    // target reports it, it is the partner of an import.
    let exporter = "CASE WHEN flow = 'export' THEN reporter ELSE partner END";
    let importer = "CASE WHEN flow = 'export' THEN partner ELSE reporter END";
    let patterns: Vec<&DyadPattern> = requests.iter().map(|request| &request.dyad).collect();
    let (by_source, by_target) = buckets(&patterns, "exporter", "importer");
    let value = format!("CAST(value_usd AS DECIMAL(20, {VALUE_SCALE}))");
    let base = trade_where(window);
    let total = "(commodity IS NULL OR commodity IN ('', 'TOTAL'))";
    let text = format!(
        "-- v0: value that the source reports as exports; v1: that the target reports as imports; n0, n1: their rows\n\
         SELECT\n  {} AS first_day,\n  {by_source} AS by_source,\n  {by_target} AS by_target,\n  \
         SUM(CASE WHEN flow = 'export' AND {total} THEN {value} END) AS v0,\n  \
         COUNT(CASE WHEN flow = 'export' AND {total} THEN 1 END) AS n0,\n  \
         SUM(CASE WHEN flow = 'import' AND {total} THEN {value} END) AS v1,\n  \
         COUNT(CASE WHEN flow = 'import' AND {total} THEN 1 END) AS n1,\n  \
         COUNT(CASE WHEN NOT {total} THEN 1 END) AS n_detail\n\
         FROM (\n  SELECT *, {exporter} AS exporter, {importer} AS importer\n  FROM trade\n) AS flows\n\
         WHERE {base}\nGROUP BY 1, 2, 3\nORDER BY 1, 2, 3",
        period_start(window.unit)
    );
    let any_cell: BTreeSet<String> = requests
        .iter()
        .map(|request| trade_condition(request))
        .collect();
    let any_cell: Vec<String> = any_cell.into_iter().collect();
    let files = format!(
        "SELECT file, COUNT(*) AS n_rows\nFROM trade\nWHERE {base}\n  AND ({})\nGROUP BY 1\nORDER BY 1",
        any_cell.join("\n    OR ")
    );
    TradeSql { text, files }
}

/// The rows of one cell, in order of date, file and line; at most `limit`.
pub(crate) fn rows_sql(
    request: &CellRequest,
    window: Window,
    limit: usize,
) -> Result<String, SeriesError> {
    // SQL's numbers of rows are signed.
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    if is_trade(request.measure) {
        let (source, target) = if request.measure == Measure::ExportsReported {
            ("reporter", "partner")
        } else {
            ("partner", "reporter")
        };
        return Ok(format!(
            "SELECT date, {source} AS source, {target} AS target, CAST(NULL AS VARCHAR) AS source_name, \
             CAST(NULL AS VARCHAR) AS target_name, commodity AS code, CAST(1 AS BIGINT) AS n, \
             value_usd AS value, file, line\nFROM trade\nWHERE {}\n  AND {}\n\
             ORDER BY date, file, line\nLIMIT {limit}",
            trade_where(window),
            trade_condition(request)
        ));
    }
    let value = if request.measure == Measure::GoldsteinSum {
        "goldstein * n"
    } else {
        "CAST(n AS DOUBLE)"
    };
    let mut condition = and(
        &dyad_condition(&request.dyad, "source", "target"),
        &codes_condition(&request.codes)?,
    );
    if request.measure == Measure::GoldsteinSum {
        condition = and(&condition, "goldstein IS NOT NULL");
    }
    Ok(format!(
        "SELECT date, source, target, source_name, target_name, code, n, {value} AS value, file, line\n\
         FROM events\nWHERE {}\n  AND {condition}\nORDER BY date, file, line, code\nLIMIT {limit}",
        events_where(window)
    ))
}

pub(crate) fn period_start(unit: PeriodUnit) -> String {
    let unit = match unit {
        PeriodUnit::Week => "week",
        PeriodUnit::Month => "month",
        PeriodUnit::Quarter => "quarter",
    };
    format!("CAST(date_trunc('{unit}', date) AS DATE)")
}

/// Rows of any request: both sides known states, not a state's act toward itself, at least one
/// event, a period that fits, within the window. (A comparison with null keeps no row.)
pub(crate) fn events_where(window: Window) -> String {
    format!("source <> target AND n > 0{}", window_where(window))
}

fn trade_where(window: Window) -> String {
    format!(
        "reporter <> partner AND value_usd IS NOT NULL AND flow IN ('export', 'import'){}",
        window_where(window)
    )
}

pub(crate) fn window_where(window: Window) -> String {
    let periods: Vec<String> = fitting_periods(window.unit)
        .iter()
        .map(|period| format!("'{period}'"))
        .collect();
    let mut text = format!("\n  AND period IN ({})", periods.join(", "));
    if let Some(from) = window.from {
        let _ = write!(text, "\n  AND date >= DATE '{from}'");
    }
    if let Some(to) = window.to {
        let _ = write!(text, "\n  AND date <= DATE '{to}'");
    }
    text
}

/// The expressions that keep the named states apart and put all others together as `*`.
fn buckets(patterns: &[&DyadPattern], source: &str, target: &str) -> (String, String) {
    let named = |column: &str, codes: BTreeSet<&str>| {
        if codes.is_empty() {
            return "'*'".to_owned();
        }
        let codes: Vec<String> = codes.iter().map(|code| format!("'{code}'")).collect();
        format!(
            "CASE WHEN {column} IN ({}) THEN {column} ELSE '*' END",
            codes.join(", ")
        )
    };
    (
        named(
            source,
            patterns
                .iter()
                .filter_map(|pattern| pattern.source.as_ref().map(crate::ActorCode::as_str))
                .collect(),
        ),
        named(
            target,
            patterns
                .iter()
                .filter_map(|pattern| pattern.target.as_ref().map(crate::ActorCode::as_str))
                .collect(),
        ),
    )
}

fn dyad_condition(pattern: &DyadPattern, source: &str, target: &str) -> String {
    let side = |column: &str, code: &Option<crate::ActorCode>| {
        code.as_ref()
            .map_or("TRUE".to_owned(), |code| format!("{column} = '{code}'"))
    };
    and(
        &side(source, &pattern.source),
        &side(target, &pattern.target),
    )
}

fn trade_condition(request: &CellRequest) -> String {
    let (flow, source, target) = if request.measure == Measure::ExportsReported {
        ("export", "reporter", "partner")
    } else {
        ("import", "partner", "reporter")
    };
    let dyad = dyad_condition(&request.dyad, source, target);
    format!("({dyad} AND flow = '{flow}' AND (commodity IS NULL OR commodity IN ('', 'TOTAL')))")
}

/// Which rows a code set holds, in brackets; `TRUE` for every event.
pub(crate) fn codes_condition(codes: &CodeSet) -> Result<String, SeriesError> {
    let mut any = Vec::new();
    let roots: BTreeSet<&str> = codes
        .codes
        .iter()
        .filter(|code| is_root(code))
        .map(CameoCode::as_str)
        .collect();
    if !roots.is_empty() {
        any.push(one_of("root", roots));
    }
    let leaves: BTreeSet<&CameoCode> = codes.codes.iter().filter(|code| !is_root(code)).collect();
    any.extend(leaves.iter().map(|code| format!("code LIKE '{code}%'")));
    if !codes.quads.is_empty() {
        let quads: BTreeSet<String> = codes
            .quads
            .iter()
            .map(|quad| quad.number().to_string())
            .collect();
        let quads: Vec<String> = quads.into_iter().collect();
        any.push(format!("quad IN ({})", quads.join(", ")));
    }
    let mut all = match any.len() {
        0 => "TRUE".to_owned(),
        1 => any.remove(0),
        _ => format!("({})", any.join(" OR ")),
    };
    let except: BTreeSet<&CameoCode> = codes.except.iter().collect();
    for code in except {
        let outside = if is_root(code) {
            format!("(root IS NULL OR root <> '{code}')")
        } else {
            format!("(code IS NULL OR code NOT LIKE '{code}%')")
        };
        all = and(&all, &outside);
    }
    if !codes.source_sectors.is_empty() {
        let mut any = Vec::new();
        let sectors: BTreeSet<&str> = codes.source_sectors.iter().map(String::as_str).collect();
        for sector in sectors {
            any.push(sector_condition(sector)?);
        }
        all = and(&all, &format!("({})", any.join(" OR ")));
    }
    Ok(all)
}

/// `state` is the state itself, which the store writes as an empty list.
fn sector_condition(sector: &str) -> Result<String, SeriesError> {
    let valid = !sector.is_empty()
        && sector
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !valid {
        return Err(SeriesError::Sector {
            name: sector.to_owned(),
        });
    }
    let listed = format!("(';' || source_sectors || ';') LIKE '%;{sector};%'");
    Ok(if sector == "state" {
        format!("source_sectors = '' OR {listed}")
    } else {
        listed
    })
}

pub(crate) fn is_root(code: &CameoCode) -> bool {
    code.as_str().len() == 2
}

fn one_of(column: &str, values: BTreeSet<&str>) -> String {
    let values: Vec<String> = values
        .into_iter()
        .map(|value| format!("'{value}'"))
        .collect();
    format!("{column} IN ({})", values.join(", "))
}

pub(crate) fn and(first: &str, second: &str) -> String {
    match (first, second) {
        ("TRUE", other) | (other, "TRUE") => other.to_owned(),
        _ => format!("{first} AND {second}"),
    }
}

/// A name within a comment must not end the comment.
fn one_line(text: &str) -> String {
    text.split(char::is_whitespace)
        .collect::<Vec<_>>()
        .join(" ")
}
