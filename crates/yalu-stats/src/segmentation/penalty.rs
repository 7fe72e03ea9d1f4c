//! What a break has to save.

use super::{Cost, SegmentationError};

/// How a break is charged. All but [`Penalty::Manual`] are in units of −2 log-likelihood and are
/// multiplied by the cost's noise variance ([`Cost::noise`]; 1 for likelihood costs). n periods, p
/// parameters of a segment; a break costs its segment's parameters and its own date.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Penalty {
    /// This much per break, in the units of the cost.
    Manual(f64),
    /// Akaike: 2(p + 1). Far too lenient for change points.
    Aic,
    /// Schwarz (BIC, SIC): (p + 1) log n.
    Bic,
    /// Hannan and Quinn: 2(p + 1) log log n.
    HannanQuinn,
    /// Zhang and Siegmund's (2007) modified BIC: 2 log n per break for its date, and p log nᵢ for
    /// each segment of nᵢ periods. Their p is 1, and their criterion this less log n.
    Mbic,
    /// The modified BIC as R's changepoint minimises it: (p + 2) log n per break, and log nᵢ for
    /// each segment: stricter than the paper.
    MbicOfChangepoint,
    /// `multiple` × (p + 1)/2 × log n, times the long-run variance of the noise instead of its
    /// variance: what BIC (a multiple of 2) becomes under serial correlation.
    Robust {
        /// The multiple of log n for a cost with one parameter; 2 to 3 are usual.
        multiple: f64,
    },
}

/// A penalty in the units of the cost: a segmentation into m + 1 segments of n₀ … nₘ periods is
/// charged `per_break`·m + `log_length`·Σ log nᵢ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SegmentPenalty {
    /// For each break.
    pub per_break: f64,
    /// For each segment, times the log of its periods; 0 for all but the modified BIC.
    pub log_length: f64,
}

impl SegmentPenalty {
    /// What segments of these lengths are charged.
    pub fn of(&self, lengths: impl IntoIterator<Item = usize>) -> f64 {
        let (mut count, mut logs) = (0_usize, 0.0);
        for length in lengths {
            count += 1;
            logs += (length as f64).ln();
        }
        self.per_break * count.saturating_sub(1) as f64 + self.log_length * logs
    }
}

impl Penalty {
    /// The penalty in the units of a cost.
    ///
    /// # Errors
    /// [`SegmentationError::Penalty`] where it is negative or not a finite number.
    ///
    /// # Source
    /// Yao (1988), Statistics & Probability Letters 6, 181–189 (BIC); Zhang and Siegmund (2007),
    /// Biometrics 63, 22–32; serial correlation: Lavielle and Moulines (2000), Journal of Time
    /// Series Analysis 21, 33–59.
    pub fn resolve<C: Cost>(self, cost: &C) -> Result<SegmentPenalty, SegmentationError> {
        let log_n = (cost.n() as f64).ln();
        let p = cost.n_parameters() as f64;
        let (per_break, log_length) = match self {
            Self::Manual(value) => (value, 0.0),
            Self::Robust { multiple } => {
                let noise = cost.noise();
                let long_run = noise.variance * noise.long_run_ratio;
                (multiple * (p + 1.0) / 2.0 * log_n * long_run, 0.0)
            }
            Self::Aic | Self::Bic | Self::HannanQuinn | Self::Mbic | Self::MbicOfChangepoint => {
                let (per_break, log_length) = match self {
                    Self::Aic => (2.0 * (p + 1.0), 0.0),
                    Self::HannanQuinn => (2.0 * (p + 1.0) * log_n.ln().max(0.0), 0.0),
                    Self::Mbic => (2.0 * log_n, p),
                    Self::MbicOfChangepoint => ((p + 2.0) * log_n, 1.0),
                    _ => ((p + 1.0) * log_n, 0.0),
                };
                let unit = cost.noise().variance;
                (per_break * unit, log_length * unit)
            }
        };
        if !per_break.is_finite() || per_break < 0.0 || !log_length.is_finite() {
            return Err(SegmentationError::Penalty { value: per_break });
        }
        Ok(SegmentPenalty {
            per_break,
            log_length,
        })
    }
}
