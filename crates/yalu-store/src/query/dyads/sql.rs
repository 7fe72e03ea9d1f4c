//! The SQL of a panel: one row per period, source and target, and per list of sectors if asked.

use super::super::error::SeriesError;
use super::super::sql::{and, codes_condition, events_where, period_start};
use super::super::view::Window;
use super::DyadQuery;
use crate::series::CodeSet;

/// The statements of a panel.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DyadsSql {
    pub(super) text: String,
    /// Lists the files of the rows that count.
    pub(super) files: String,
}

pub(super) fn dyads_sql(query: &DyadQuery, window: Window) -> Result<DyadsSql, SeriesError> {
    let counted = codes_condition(&query.codes)?;
    let exposure = codes_condition(&query.exposure)?;
    let either = if counted == "TRUE" || exposure == "TRUE" {
        "TRUE".to_owned()
    } else if counted == exposure {
        counted.clone()
    } else {
        format!("({counted} OR {exposure})")
    };
    let base = events_where(window);
    // How fine the rows are is asked of all rows, and only where a code could be too fine for them.
    let needs_grain = [&query.codes, &query.exposure].into_iter().any(names_code);
    let (grain, rows) = if needs_grain {
        let grain = ",\n  COUNT(CASE WHEN code <> root THEN 1 END) AS n_leaf,\n  \
             COUNT(CASE WHEN root IS NOT NULL AND (code IS NULL OR code = root) THEN 1 END) AS n_root_only,\n  \
             COUNT(CASE WHEN root IS NULL AND code IS NULL AND quad IS NOT NULL THEN 1 END) AS n_quad_only";
        (grain, base.clone())
    } else {
        ("", and(&base, &either))
    };
    let (sectors, keys) = if query.by_sector {
        (",\n  source_sectors", "1, 2, 3, 4")
    } else {
        ("", "1, 2, 3")
    };
    let text = format!(
        "-- acts: events that are counted; exposure: events that they are set against\n\
         SELECT\n  {} AS first_day,\n  source,\n  target{sectors},\n  \
         {} AS acts,\n  {} AS n_rows,\n  {} AS exposure{grain}\n\
         FROM events\nWHERE {rows}\nGROUP BY {keys}",
        period_start(window.unit),
        sum("SUM", "n", &counted),
        sum("COUNT", "1", &counted),
        sum("SUM", "n", &exposure),
    );
    let files = format!(
        "SELECT file\nFROM events\nWHERE {}\nGROUP BY 1\nORDER BY 1",
        and(&base, &either)
    );
    Ok(DyadsSql { text, files })
}

fn sum(function: &str, what: &str, condition: &str) -> String {
    if condition == "TRUE" {
        format!("{function}({what})")
    } else {
        format!("{function}(CASE WHEN {condition} THEN {what} END)")
    }
}

fn names_code(codes: &CodeSet) -> bool {
    !codes.codes.is_empty() || !codes.except.is_empty()
}
