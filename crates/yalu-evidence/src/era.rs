//! Leaders' eras.

use jiff::civil::Date;

/// A leader's time in office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Era {
    /// The state's code.
    pub state: String,
    /// The leader.
    pub leader: String,
    /// The first day.
    pub from: Date,
    /// Other days that could be meant.
    pub also: Vec<Date>,
}
