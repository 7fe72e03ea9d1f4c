//! Figures that trusted peers give, retyped with their source.

mod china_dprk;
mod counterfactual;
mod nile;
mod noise;
mod placebo;
mod size;
