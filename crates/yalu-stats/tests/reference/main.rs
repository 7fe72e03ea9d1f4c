//! Figures that trusted peers give, retyped with their source.

mod nile;
