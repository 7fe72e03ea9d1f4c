//! Evidence: sources, locators, competing hypotheses, uncertain dates, a ledger of commitments.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "tests stop at the first fault")
)]

pub mod edtf;
pub mod era;
pub mod ledger;
