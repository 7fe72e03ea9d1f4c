//! Figures that trusted peers give, retyped with their source.

mod china_dprk;
mod f_tests;
mod fluctuation;
mod nile;
mod noise;
mod size;
mod stability;
