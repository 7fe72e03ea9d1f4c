//! Who makes the policy: the actors file, the council made of it, and what models of group decision
//! say of it.
//!
//! [`keys`] is what the dossier says, [`record`] what comes out. `fields`, `value`, `actors_file` and
//! [`ktab`] read; `assemble` makes a council whose values are as uncertain as the file says; `models`
//! knows which model can run on it; `run` runs them; `answer` makes the record and its sentences.

mod actors_file;
mod answer;
mod assemble;
mod coded;
mod fields;
pub mod keys;
pub mod ktab;
mod models;
pub mod record;
mod run;
mod set;
pub mod spatial_keys;
mod value;
mod words;

pub use actors_file::{parse_actors, read_actors};
pub(crate) use answer::actor_records;
pub use answer::{StructureInput, simulate_structure};
pub use assemble::{Panel, assemble, issues_from_positions, issues_of};
pub use coded::{Coding, Codings};
pub use keys::{
    ChallengeKeys, ChallengeReading, CoderDraw, DecisionRule, EnsembleKey, ModelKey, Structure,
    StructureIssue, StructureMember,
};
pub use models::model_title;
pub use record::StructureRecord;
pub use set::{SetError, apply_set};
pub use spatial_keys::SpatialKeys;
