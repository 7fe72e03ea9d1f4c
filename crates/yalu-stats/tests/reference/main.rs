//! Figures that trusted peers give, retyped with their source.

mod china_dprk;
mod covariance;
mod nile;
mod noise;
mod regression;
mod regression_data;
mod regression_faults;
mod regression_size;
mod size;
