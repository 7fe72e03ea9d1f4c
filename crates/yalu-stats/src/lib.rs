//! The statistics of policy shifts: count regression with an exposure, tests for a break at an
//! unknown date, its date and size with intervals, whether a level lasted, and many tests at once.
//!
//! Pure numerics: no files, no clock, no threads; every random draw comes from a seed that the
//! caller gives. Series are regular: their periods follow each other, and missing ones are left out
//! by the caller. Break indices are the 0-based *last* period of the old level (R counts from 1).

pub mod breaks;
mod design;
mod glm;
mod hac;
mod linalg;
mod many;
mod regressors;
mod serial;
mod simulate;
pub mod synthetic;

pub use breaks::{
    Bootstrap, BreakError, DatedBreaks, Dating, DurabilityTest, EndOfSampleTest, Search,
    ShiftEstimate, ShiftModel, SupFTest, date_breaks, durability_test, end_of_sample_test,
    estimate_shift, fit_regimes, sup_f_test,
};
pub use design::{Design, DesignError};
pub use glm::{Family, GlmError, GlmFit, fit_glm};
pub use hac::{Covariance, WaldTest, robust_covariance, wald_test};
pub use many::{ManyError, benjamini_hochberg};
pub use regressors::{harmonics, lagged, pulse_response};
pub use serial::{ArOne, fit_ar_one};

/// The standard normal distribution function.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * statrs::function::erf::erfc(-z / std::f64::consts::SQRT_2)
}
