//! Reading the shared reference cases.

use serde_json::Value;

/// A file of a shared case; nothing where the cases aren't there.
#[expect(
    clippy::disallowed_methods,
    reason = "a test reads the peers' figures; the crate itself reads nothing"
)]
pub(crate) fn shared_text(case: &str, file: &str) -> Option<String> {
    let path = yalu_testing::shared_reference()?.join(case).join(file);
    Some(std::fs::read_to_string(path).expect("a file of the case"))
}

/// The same as JSON.
pub(crate) fn shared_json(case: &str, file: &str) -> Option<Value> {
    Some(serde_json::from_str(&shared_text(case, file)?).expect("JSON"))
}

/// The rows of figures below a table's head.
pub(crate) fn shared_rows(case: &str, file: &str) -> Option<Vec<Vec<f64>>> {
    let text = shared_text(case, file)?;
    let rows = text.lines().skip(1).filter(|line| !line.is_empty());
    Some(
        rows.map(|line| {
            line.split(',')
                .map(|cell| cell.trim().parse().expect("a figure"))
                .collect()
        })
        .collect(),
    )
}

/// The same by column.
pub(crate) fn shared_columns(case: &str, file: &str) -> Option<Vec<Vec<f64>>> {
    let rows = shared_rows(case, file)?;
    Some(
        (0..rows[0].len())
            .map(|column| rows.iter().map(|row| row[column]).collect())
            .collect(),
    )
}
