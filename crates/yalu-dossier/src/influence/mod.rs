//! Who within the source makes its policy toward the target? What event data say, and what they
//! can't.
//!
//! [`keys`] is what the dossier says, [`record`] what comes out. `source` asks the store or reads
//! the acts file, `members` finds whose acts are whose, `network` who is central at home, `regress`
//! tests shares over time, `hypotheses` answers claims, `words` says it all in sentences that carry
//! their numbers.

mod check;
mod hypotheses;
pub mod keys;
mod measure;
mod members;
mod network;
pub mod record;
mod regress;
mod source;
#[cfg(test)]
mod tests;
mod words;

pub use check::{Known, check};
pub use keys::{
    InfluenceClaim, InfluenceHypothesis, InfluenceKeys, InfluenceMeasure, InfluenceMember,
};
pub use measure::measure;
pub use record::{
    HypothesisAnswer, HypothesisRecord, HypothesisSide, InfluenceBreak, InfluenceMemberRecord,
    InfluenceRecord, NamedActor, NetworkPlace, NoAnswer, Overlap, RatioRecord, ShareEstimate,
    TrendRecord,
};
pub use source::{acts_query, read_acts};
pub use words::answer_name;

/// Why nothing can be measured: a key holds what [`check`](check()) would have named.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InfluenceError {
    /// Not a date, or not a month.
    #[error("`{text}` in `structure.influence` `{key}` is not a date of its form")]
    Date {
        /// The key.
        key: &'static str,
        /// The text.
        text: String,
    },
    /// A figure outside its range.
    #[error("{key} {got} in `structure.influence` is out of its range")]
    Range {
        /// The key.
        key: &'static str,
        /// The value.
        got: f64,
    },
    /// A hypothesis about nobody.
    #[error("hypothesis `{hypothesis}` is about `{actor}`, which is no member")]
    NoMember {
        /// The hypothesis.
        hypothesis: String,
        /// Its actor.
        actor: String,
    },
}
