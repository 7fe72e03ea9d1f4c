//! Figures that trusted peers give, retyped with their source.

mod bai_perron;
mod boston;
mod china_dprk;
mod comparisons;
mod counterfactual;
mod covariance;
mod distributed_lags;
mod event_dates;
mod f_tests;
mod fluctuation;
mod interrupted;
mod many_tests;
mod nile;
mod noise;
mod online;
mod partial_change;
mod partition_rules;
mod phillips_curve;
mod placebo;
mod regression;
mod regression_data;
mod regression_faults;
mod segmentation;
mod segmentation_laws;
mod size;
mod stability;
