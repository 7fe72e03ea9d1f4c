//! Who makes the policy, drawn: actors on an issue, models side by side, rounds, and what an outcome
//! hangs on.

mod actors;
mod indices;
mod issue_axis;
mod labels;
mod models;
mod tracks;

pub(crate) use actors::actors_chart;
pub(crate) use indices::indices_chart;
pub(crate) use models::{models_chart, outcome_on};
pub(crate) use tracks::tracks_chart;
