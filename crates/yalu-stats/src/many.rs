//! Many tests at once.

/// Why p-values can't be adjusted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ManyError {
    /// A p-value outside [0, 1].
    #[error("p-value {value} at place {place} is not within 0 and 1")]
    OutOfRange {
        /// The place, from 0.
        place: usize,
        /// The value.
        value: f64,
    },
}

/// Benjamini-Hochberg adjusted p-values, in the order given: rejecting those up to q holds the
/// false-discovery rate at q under independence or positive dependence.
///
/// # Errors
/// [`ManyError::OutOfRange`] where a p-value isn't one.
///
/// # Source
/// Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300.
///
/// ```
/// let q = yalu_stats::benjamini_hochberg(&[0.01, 0.04, 0.03])?;
/// assert_eq!(q, [0.03, 0.04, 0.04]);
/// # Ok::<(), yalu_stats::ManyError>(())
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Result<Vec<f64>, ManyError> {
    if let Some(place) = p_values.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(ManyError::OutOfRange {
            place,
            value: p_values[place],
        });
    }
    let n = p_values.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![0.0; n];
    let mut least = 1.0_f64;
    for (rank, &place) in order.iter().enumerate().rev() {
        least = least.min(p_values[place] * n as f64 / (rank + 1) as f64);
        adjusted[place] = least;
    }
    Ok(adjusted)
}
