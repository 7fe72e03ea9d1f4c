//! Figures of other programs, a module for each.

mod spatial;
