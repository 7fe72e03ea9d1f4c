//! Prefix sums that stay exact where a short segment lies late in a long series.

use super::SegmentationError;

/// The exact sum of two numbers as a rounded sum and its error (Knuth 1969).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// The exact product of two numbers as a rounded product and its error (Dekker 1971).
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let split = |value: f64| {
        let wide = 134_217_729.0 * value;
        let high = wide - (wide - value);
        (high, value - high)
    };
    let product = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    let error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, error)
}

/// Running sums of n terms, each held as an unevaluated pair: the sum of any run of terms comes out
/// as if summed in twice the precision.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prefix {
    high: Vec<f64>,
    low: Vec<f64>,
}

impl Prefix {
    /// Sums of `terms`, each a value and what rounding left out of it.
    fn of_pairs(
        terms: impl ExactSizeIterator<Item = (f64, f64)>,
    ) -> Result<Self, SegmentationError> {
        let n = terms.len();
        let (mut high, mut low) = (Vec::with_capacity(n + 1), Vec::with_capacity(n + 1));
        let (mut sum, mut rest) = (0.0, 0.0);
        high.push(sum);
        low.push(rest);
        for (value, left_out) in terms {
            let (next, error) = two_sum(sum, value);
            (sum, rest) = two_sum(next, rest + error + left_out);
            high.push(sum);
            low.push(rest);
        }
        if sum.is_finite() && rest.is_finite() {
            Ok(Self { high, low })
        } else {
            Err(SegmentationError::TooLarge)
        }
    }

    /// Sums of `terms`.
    pub(crate) fn new(
        terms: impl ExactSizeIterator<Item = f64>,
    ) -> Result<Self, SegmentationError> {
        Self::of_pairs(terms.map(|value| (value, 0.0)))
    }

    /// Sums of products.
    pub(crate) fn of_products(
        pairs: impl ExactSizeIterator<Item = (f64, f64)>,
    ) -> Result<Self, SegmentationError> {
        Self::of_pairs(pairs.map(|(a, b)| two_product(a, b)))
    }

    /// The sum of terms `start` to `end` − 1.
    #[inline]
    pub(crate) fn between(&self, start: usize, end: usize) -> f64 {
        (self.high[end] - self.high[start]) + (self.low[end] - self.low[start])
    }

    /// The sums before each term and after the last, rounded.
    pub(crate) fn rounded(&self) -> &[f64] {
        &self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_terms_behind_a_large_sum_keep_their_digits() {
        let behind = |first: f64| -> Vec<f64> {
            std::iter::once(first)
                .chain((0..1000).map(|_| 0.1))
                .collect()
        };
        // Plain sums would be off by about 1 each: half a unit in the last place of 1e16.
        let prefix = Prefix::new(behind(1e16).into_iter()).expect("finite");
        assert!((prefix.between(1, 1001) - 100.0).abs() < 1e-12);
        // The same of squares.
        let terms = behind(1e8);
        let squares = Prefix::of_products(terms.iter().map(|one| (*one, *one))).expect("finite");
        assert!((squares.between(1, 1001) - 10.0).abs() < 1e-12);
    }
}
