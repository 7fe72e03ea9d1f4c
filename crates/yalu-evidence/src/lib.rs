//! Evidence: sources, locators, competing hypotheses, uncertain dates, a ledger of commitments.
