//! The models against the figures of other programs.

mod challenge;
mod exchange;
