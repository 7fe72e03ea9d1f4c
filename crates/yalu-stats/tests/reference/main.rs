//! Figures that trusted peers give, retyped with their source.

mod bai_perron;
mod boston;
mod china_dprk;
mod nile;
mod noise;
mod partial_change;
mod partition_rules;
mod phillips_curve;
mod size;
