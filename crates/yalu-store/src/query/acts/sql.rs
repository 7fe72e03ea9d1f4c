//! The SQL of acts by actor: one row per period, actor and counterpart, and per file.

use super::super::error::SeriesError;
use super::super::sql::{and, codes_condition, period_start, window_where};
use super::super::view::Window;
use super::ActsQuery;

pub(super) fn acts_sql(query: &ActsQuery, window: Window) -> Result<String, SeriesError> {
    let (state, target) = (&query.dyad.source, &query.dyad.target);
    let codes = codes_condition(&query.codes)?;
    let outward = format!("target = '{target}'");
    let counted = if codes == "TRUE" {
        "TRUE".to_owned()
    } else {
        format!("(target = '{state}' OR {codes})")
    };
    // How fine the rows are is asked of all rows of the dyad, and only where a code could be too
    // fine for them.
    let needs_grain = !query.codes.codes.is_empty() || !query.codes.except.is_empty();
    let (grain, rows) = if needs_grain {
        let grain = format!(
            ",\n  COUNT(CASE WHEN {outward} AND code <> root THEN 1 END) AS n_leaf,\n  \
             COUNT(CASE WHEN {outward} AND root IS NOT NULL AND (code IS NULL OR code = root) THEN 1 END) AS n_root_only,\n  \
             COUNT(CASE WHEN {outward} AND root IS NULL AND code IS NULL AND quad IS NOT NULL THEN 1 END) AS n_quad_only"
        );
        (grain, "TRUE".to_owned())
    } else {
        (String::new(), counted.clone())
    };
    let dyad = format!("source = '{state}'\n  AND target IN ('{target}', '{state}')");
    // What the target calls its own actors is of no matter, and would only make more rows.
    let within = |column: &str| format!("CASE WHEN target = '{state}' THEN {column} END");
    Ok(format!(
        "-- acts of {state} toward {target} by who acts, and acts within {state} by who acts toward whom\n\
         SELECT\n  {} AS first_day,\n  target,\n  source_name,\n  source_sectors,\n  source_person,\n  \
         {} AS inner_name,\n  {} AS inner_sectors,\n  {} AS inner_person,\n  file,\n  \
         SUM(CASE WHEN {counted} THEN n END) AS acts{grain}\n\
         FROM events\nWHERE {}{}\nGROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9",
        period_start(window.unit),
        within("target_name"),
        within("target_sectors"),
        within("target_person"),
        and(&format!("{dyad}\n  AND n > 0"), &rows),
        window_where(window),
    ))
}
