//! Figures that trusted peers give, retyped with their source.

mod china_dprk;
mod nile;
mod noise;
mod size;
mod synthetic;
