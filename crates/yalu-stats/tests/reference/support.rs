//! Reading the shared reference cases, and holding figures against a peer's.

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

/// A case's input by column, and its figures; none where the shared data aren't there.
pub(crate) fn case(name: &str, figures: &str) -> Option<(Vec<Vec<f64>>, Value)> {
    Some((
        shared_columns(name, "input.csv")?,
        shared_json(name, figures)?,
    ))
}

#[track_caller]
pub(crate) fn near(what: &str, got: f64, peer: f64, relative: f64) {
    assert!(
        (got - peer).abs() <= relative * peer.abs(),
        "{what}: {got}, peer {peer}, relative {:.1e}",
        (got / peer - 1.0).abs()
    );
}

#[track_caller]
pub(crate) fn all_near(what: &str, got: &[f64], peer: &[f64], relative: f64) {
    assert_eq!(got.len(), peer.len(), "{what}");
    for (idx, (got, peer)) in got.iter().zip(peer).enumerate() {
        near(&format!("{what} {idx}"), *got, *peer, relative);
    }
}

pub(crate) fn standard_errors(covariance: &[f64]) -> Vec<f64> {
    let k = covariance.len().isqrt();
    (0..k).map(|idx| covariance[idx * k + idx].sqrt()).collect()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .expect("a list of figures")
        .iter()
        .map(|one| one.as_f64().expect("a figure"))
        .collect()
}
