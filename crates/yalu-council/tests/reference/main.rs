//! The models against the figures of other programs, a module for each.

mod challenge;
mod compromise;
mod every;
mod exchange;
mod spatial;
