//! The models against the figures of other programs.

mod challenge;
mod compromise;
mod exchange;
