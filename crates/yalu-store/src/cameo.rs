//! CAMEO: codes, wordings and Goldstein scores.
