//! The statistics of policy shifts: regression of counts and figures, structural breaks, interrupted
//! series and event studies, synthetic controls and structural counterfactuals, durations, many
//! tests.
//!
//! Pure numerics: no files, no clock, no threads; every random draw comes from a seed that the
//! caller gives. Series are regular: their periods follow each other, and missing ones are left out
//! by the caller. Break indices are the 0-based *last* period of the old level (R counts from 1).
//! The crate's README has an example of each family; they run as its tests.

mod bootstrap;
pub mod breaks;
pub mod counterfactual;
mod covariance;
mod decomposition;
mod design;
mod effect;
mod equivalence;
pub mod fluctuation;
mod glm;
mod gls;
pub mod interrupted;
mod laws;
mod level_grid;
mod linalg;
mod many;
pub mod online;
mod regressors;
mod samples;
pub mod scan;
pub mod segmentation;
mod serial;
mod simulate;
pub mod survival;
pub mod synthetic;
mod updating;

pub use bootstrap::{
    BlockLengths, BootstrapDistribution, Resampling, ResamplingError, block_lengths,
    bootstrap_distribution,
};
pub use breaks::partition::{
    Assumptions, BreakTests, ChosenCounts, CountLaw, CountPartition, CountPartitions, CountRegime,
    CriticalValues, DateInterval, DateIntervalOptions, DateNoise, MinSegment, NextBreakTest,
    Partition, PartitionError, Partitions, RegimeFit, RegimeModel, SerialCorrelation, SupFOfCount,
    UnfittedSegment, break_tests, date_intervals, fit_partition, optimal_count_partitions,
    optimal_partitions,
};
pub use breaks::{
    Aggregation, Bootstrap, BootstrapAggregate, BootstrapFTest, BootstrapFTestError, BreakError,
    BreakStatistic, Candidates, DatedBreaks, Dating, DurabilityTest, EndOfSampleTest, FStatistics,
    FTest, FTestError, FTestOptions, KnownBreaks, ResidualsFrom, Search, ShiftEstimate, ShiftModel,
    SupFTest, bootstrap_f_test, date_breaks, durability_test, end_of_sample_test, estimate_shift,
    f_statistics, fit_regimes, hansen_p_value, known_breaks, sup_f_test,
};
pub use counterfactual::{
    Control, Counterfactual, CounterfactualError, CounterfactualModel, Sampling, Selection, Trend,
    prior_sensitivity, structural_counterfactual,
};
pub use covariance::{
    Bandwidth, BandwidthColumns, Covariance, CovarianceError, FixedBTest, Hac, Kernel,
    Prewhitening, RobustCovariance, WaldTest, fixed_b_test, robust, robust_covariance, wald_test,
};
pub use design::{Design, DesignError};
pub use effect::{
    CliffsDelta, RateRatio, StandardisedDifference, cliffs_delta, cohens_d, cohens_d_paired,
    glass_delta, rate_ratio, standardised_difference_of_series,
};
pub use equivalence::{
    Equivalence, EquivalenceVerdict, NonInferiority, Variances, Worse, non_inferiority,
    tost_coefficient, tost_one_sample, tost_paired, tost_rate_ratio, tost_two_samples,
};
pub use fluctuation::{
    Fluctuation, FluctuationError, FluctuationFunctional, FluctuationProcess, FluctuationTest,
    LimitProcess, fluctuation_process, score_process,
};
pub use glm::{
    Family, GlmError, GlmFit, OlsFit, Regression, Term, ThetaOrigin, fit_glm, fit_ols, terms,
};
pub use gls::{GlsFit, fit_gls_ar1, gls_at_rho};
pub use interrupted::{
    CumulativeEffect, DecayChoice, DynamicFit, ErrorSource, Estimate, EventCumulative,
    EventReference, EventResponse, EventStatistic, EventStudy, EventStudyFit, Exceeds,
    InterruptedError, InterruptedFit, InterruptedModel, Interruption, LagChoice, LagCriterion,
    LagFit, LagForm, LagModel, LagRow, LagSample, PeriodEffect, PermutationTest, PlaceboRules,
    Placebos, PreTrendTest, Shape, TermEffect, choose_decay, choose_lags, distributed_lags,
    dynamic_lags, event_permutation, event_statistic, event_study, fit_interrupted,
    permutation_test, placebo_dates, trend,
};
pub use laws::noncentral_t_cdf;
pub use many::{Adjusted, Adjustment, ManyError, PiZero, adjust_p_values, benjamini_hochberg};
pub use regressors::{harmonics, lagged, pulse_response};
pub use samples::CompareError;
pub use serial::{ArOne, fit_ar_one};

/// The standard normal distribution function, to full precision.
pub fn normal_cdf(z: f64) -> f64 {
    laws::normal_sf(-z)
}

/// The standard normal quantile: −∞ at 0, ∞ at 1.
pub fn normal_quantile(share: f64) -> f64 {
    -std::f64::consts::SQRT_2 * statrs::function::erf::erfc_inv(2.0 * share)
}

/// The README's examples, run as doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
