//! Interrupted time series and event studies: what a declared event, or outside pressure, did to a
//! series; by how much in all; and whether dates drawn at random would have shown as much.
//!
//! Periods are 0-based. An interruption at `at` acts from period `at` on: `at` is the *first* period
//! of the new regime (a break index would name the period before).

mod cumulative;
mod decay;
mod dynamic;
mod events;
mod inference;
mod lags;
mod permutation;
mod pretrend;
mod series;
mod terms;

use crate::design::DesignError;
use crate::glm::GlmError;

pub use cumulative::{CumulativeEffect, PeriodEffect};
pub use decay::{DecayChoice, choose_decay};
pub use dynamic::{DynamicFit, dynamic_lags};
pub use events::{
    EventCumulative, EventReference, EventResponse, EventStudy, EventStudyFit, event_study,
};
pub use inference::{ErrorSource, Estimate};
pub use lags::{
    LagChoice, LagCriterion, LagFit, LagForm, LagModel, LagRow, LagSample, choose_lags,
    distributed_lags,
};
pub use permutation::{
    EventStatistic, Exceeds, PermutationTest, PlaceboRules, Placebos, event_permutation,
    event_statistic, permutation_test, placebo_dates,
};
pub use pretrend::PreTrendTest;
pub use series::{InterruptedFit, InterruptedModel, TermEffect, fit_interrupted};
pub use terms::{Interruption, Shape, trend};

/// Why an interrupted series, lags or an event study can't be estimated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InterruptedError {
    /// The fit fails.
    #[error(transparent)]
    Fit(#[from] GlmError),
    /// A column is faulty.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// No interruption or no event is declared.
    #[error("no {what} is declared; there is nothing to estimate")]
    Nothing {
        /// What is missing.
        what: &'static str,
    },
    /// A date outside the series.
    #[error("`{name}` is dated to period {at}, but the series has the periods 0 to {last}")]
    OutsideSeries {
        /// The interruption or event.
        name: String,
        /// Its period.
        at: usize,
        /// The last period.
        last: usize,
    },
    /// An interruption in the first period: nothing to compare with.
    #[error("`{name}` begins in the first period; there is no period before it to compare with")]
    NothingBefore {
        /// The interruption.
        name: String,
    },
    /// Free leads or lags that reach beyond the series.
    #[error(
        "`{name}` at period {at} with {leads} leads and {lags} lags reaches beyond the {n_periods} periods; shorten its window"
    )]
    WindowOutside {
        /// The interruption or event.
        name: String,
        /// Its period.
        at: usize,
        /// Leads.
        leads: usize,
        /// Lags.
        lags: usize,
        /// Periods of the series.
        n_periods: usize,
    },
    /// A figure outside its range.
    #[error("{what} is {got}; {wanted}")]
    Setting {
        /// Which.
        what: &'static str,
        /// What was given.
        got: f64,
        /// What it must be.
        wanted: &'static str,
    },
    /// No interruption of that number, or of that shape.
    #[error("there is no interruption {index} of the kind asked for; {count} are declared")]
    NoSuchTerm {
        /// The index asked for.
        index: usize,
        /// How many are declared.
        count: usize,
    },
    /// A first period past the last, or past the end.
    #[error("periods {from} to {to} are no stretch of a series of {n_periods} periods")]
    Stretch {
        /// The first.
        from: usize,
        /// The last.
        to: usize,
        /// Periods of the series.
        n_periods: usize,
    },
    /// A fit without residuals: there is no error to measure.
    #[error("the model fits every figure exactly; nothing is left to measure an error by")]
    PerfectFit,
    /// Figures whose squares overflow.
    #[error("the figures are too large to be squared; state them in larger units")]
    Range,
    /// A coefficient whose covariance says that it has no error.
    #[error(
        "the standard error of `{name}` comes out as zero; the residuals it rests on are all zero"
    )]
    NoError {
        /// The coefficient.
        name: String,
    },
    /// A pressure series of the wrong length.
    #[error("the pressure has {got} periods, the series has {needed}")]
    PressureLength {
        /// Periods of the series.
        needed: usize,
        /// Periods of the pressure.
        got: usize,
    },
    /// A pressure that isn't a finite number.
    #[error("the pressure is {value} in period {period}; it must be a finite number")]
    PressureNotFinite {
        /// The period.
        period: usize,
        /// The value.
        value: f64,
    },
    /// A pressure that is always zero.
    #[error("the pressure is zero in every period; there is nothing to respond to")]
    NoPressure,
    /// A pressure that never changes.
    #[error("the pressure is {value} in every period; its effect can't be told from the level")]
    ConstantPressure {
        /// The value.
        value: f64,
    },
    /// More lags than the series carries.
    #[error(
        "{lags} lags leave {rows} periods for {columns} coefficients; at least {needed} are needed, so use fewer lags"
    )]
    TooManyLags {
        /// Lags.
        lags: usize,
        /// Periods left.
        rows: usize,
        /// Coefficients.
        columns: usize,
        /// Periods needed.
        needed: usize,
    },
    /// Own lags with a link that isn't the identity.
    #[error("lags of the series itself need the Gaussian family; use distributed lags for counts")]
    NotGaussian,
    /// Own lags under which a response never fades.
    #[error(
        "the largest root of the series' own lags is {root}; a response does not fade, so model differences or a trend"
    )]
    NotFading {
        /// The root's size.
        root: f64,
    },
    /// An event declared twice.
    #[error("two events lie in period {at}; merge them")]
    RepeatedEvent {
        /// The period.
        at: usize,
    },
    /// A reference period that isn't before the events' effect.
    #[error(
        "the reference event time {got} must lie between -{leads} and the last period before the anticipation window of {anticipation}"
    )]
    ReferenceInWindow {
        /// What was given.
        got: i64,
        /// Leads.
        leads: usize,
        /// Periods of anticipation.
        anticipation: usize,
    },
    /// A reference period on which another event acts.
    #[error(
        "period {period}, the reference of the event at {event}, lies in the response window of the event at {other}; take the periods outside all windows as the reference"
    )]
    ReferenceOverlaps {
        /// The event.
        event: usize,
        /// Its reference period.
        period: usize,
        /// The event that acts there.
        other: usize,
    },
    /// An event time that no event has within the series.
    #[error(
        "no event has a period at event time {event_time} within the series; shorten the window"
    )]
    EmptyEventTime {
        /// The event time.
        event_time: i64,
    },
    /// Windows that cover the whole series.
    #[error("the windows of the events cover every period; none is left as a reference")]
    NoReference,
    /// No placebo dates satisfy the rules.
    #[error("no placebo dates satisfy the rules: {rule}; loosen them or use a longer series")]
    NoPlacebo {
        /// The rules.
        rule: String,
    },
    /// A statistic that isn't a number.
    #[error("the statistic of the observed dates is {value}; it must be a finite number")]
    Statistic {
        /// The value.
        value: f64,
    },
}
