//! Records of an assessment as a table: a column a key, in the records' own order.

use serde::Serialize;
use serde_json::Value;
use yalu_dossier::export::{Column, ExportTable};

/// Records as rows. A record within one gives columns `outer_inner`, an interval `name_low` and
/// `name_high`, a list of words one column joined by `; `, any other list its JSON.
pub(crate) fn records<T: Serialize>(
    title: impl Into<String>,
    rows: impl IntoIterator<Item = T>,
) -> ExportTable {
    let flat: Vec<Vec<(String, Value)>> = rows
        .into_iter()
        .map(|row| {
            let mut cells = Vec::new();
            flatten(
                "",
                serde_json::to_value(row).unwrap_or(Value::Null),
                &mut cells,
            );
            cells
        })
        .collect();
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in flat.iter().flatten() {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut table = ExportTable::new(title);
    for name in names {
        let values: Vec<&Value> = flat
            .iter()
            .map(|row| {
                let found = row.iter().find(|(known, _)| known == name);
                found.map_or(&Value::Null, |(_, value)| value)
            })
            .collect();
        table = table.with(name, column(&values));
    }
    table
}

fn flatten(name: &str, value: Value, into: &mut Vec<(String, Value)>) {
    let below = |inner: &str| {
        if name.is_empty() {
            inner.to_owned()
        } else {
            format!("{name}_{inner}")
        }
    };
    match value {
        Value::Object(fields) => {
            for (inner, value) in fields {
                flatten(&below(&inner), value, into);
            }
        }
        Value::Array(values) => {
            if let ([low, high], true) = (values.as_slice(), values.iter().all(Value::is_number)) {
                into.push((below("low"), low.clone()));
                into.push((below("high"), high.clone()));
            } else if values.iter().all(Value::is_string) {
                let words: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                into.push((name.to_owned(), Value::from(words.join("; "))));
            } else {
                into.push((
                    name.to_owned(),
                    Value::from(Value::Array(values).to_string()),
                ));
            }
        }
        plain => into.push((name.to_owned(), plain)),
    }
}

fn column(values: &[&Value]) -> Column {
    let all = |is: fn(&Value) -> bool| values.iter().all(|one| one.is_null() || is(one));
    let known = values.iter().any(|one| !one.is_null());
    if known && all(|one| one.is_i64() || one.is_u64()) {
        Column::Whole(values.iter().map(|one| one.as_i64()).collect())
    } else if known && all(Value::is_number) {
        Column::Number(values.iter().map(|one| one.as_f64()).collect())
    } else {
        let text = |one: &&Value| match one {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Column::Text(values.iter().map(|one| Some(text(one))).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_become_columns() {
        let table = records(
            "T",
            [
                json!({ "at": "2010-05", "effect": 3.5, "interval": [2, 5], "n": 4, "why": ["a", "b"] }),
                json!({ "at": null, "effect": 1, "interval": null, "n": null, "inner": { "p": 0.5 } }),
            ],
        );
        let csv = String::from_utf8(table.to_csv()).expect("UTF-8");
        assert_eq!(
            csv,
            "at,effect,interval_low,interval_high,n,why,interval,inner_p\n2010-05,3.5,2,5,4,a; b,,\n,1,,,,,,0.5\n"
        );
    }
}
