//! Least-cost partitions of a series into regimes, after Bai and Perron.
//!
//! All or some coefficients of a regression change at unknown dates. [`optimal_partitions`] finds
//! the dates with the least residual sum of squares for every number of breaks,
//! [`optimal_count_partitions`] those with the least deviance of counts, [`break_tests`] has
//! Bai and Perron's tests for how many there are, [`date_intervals`] Bai's (1997) intervals.
//!
//! A break is the 0-based last period of the regime before it (R's breakpoint minus 1).
//!
//! ```
//! use yalu_stats::{
//!     Assumptions, DateIntervalOptions, Design, RegimeModel, break_tests, date_intervals,
//! };
//!
//! let noise = |t: i32| f64::from(t * 61 % 29) / 29.0;
//! let y: Vec<f64> = (0..90).map(|t| noise(t) + if t < 40 { 0.0 } else { 1.0 }).collect();
//! let design = Design::intercept(90);
//! let model = RegimeModel { y: &y, design: &design, fixed: &[] };
//! let tests = break_tests(&model, 0.15, 4, Assumptions::default(), 0.05)?;
//! assert_eq!(tests.sequential, [39]);
//! let interval = &date_intervals(&model, &tests.sequential, DateIntervalOptions::default())?[0];
//! println!("{interval:?}, UDmax {:.1}", tests.ud_max);
//! # Ok::<(), yalu_stats::PartitionError>(())
//! ```

mod count_fit;
mod counts;
mod critical;
mod deviances;
mod dynamic;
mod error;
mod f_tests;
mod givens;
mod hac;
mod interval;
mod model;
mod ols;
mod partial;
mod regimes;
mod select;

pub use counts::{
    CountLaw, CountPartition, CountPartitions, CountRegime, UnfittedSegment,
    optimal_count_partitions,
};
pub use critical::CriticalValues;
pub(in crate::breaks) use dynamic::least_cost_partitions;
pub use error::PartitionError;
pub use f_tests::{BreakTests, NextBreakTest, SupFOfCount, break_tests};
pub use interval::{DateInterval, DateIntervalOptions, DateNoise, date_intervals};
pub use model::{MinSegment, RegimeModel};
pub use regimes::{Assumptions, RegimeFit, SerialCorrelation, fit_partition};
pub use select::{ChosenCounts, Partition, Partitions, optimal_partitions};
