//! The scan: every dyad of a store, tested for lasting shifts in one pass.

pub mod report;
