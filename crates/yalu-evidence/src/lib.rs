//! Evidence: sources, locators, competing hypotheses, uncertain dates, a ledger of commitments.
//!
//! Pure: text in, values out. Reading files, the clock and the terminal are others' work.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "tests stop at the first fault")
)]

pub mod admiralty;
pub mod bibtex;
pub mod csl;
pub mod edtf;
pub mod era;
pub mod ledger;
pub mod locator;
pub mod matrix;
