//! Leaders' eras: a dimension of every series, and an alternative to a break at a free date.
//!
//! [`keys`] is what the dossier says, [`record`] what comes out. `divide` lays periods to eras,
//! `alternatives` tests steps at changes of leader, `words` says what follows.

mod alternatives;
mod divide;
pub mod keys;
pub mod record;
mod words;

pub use keys::EraKey;
pub use record::{
    BeyondEras, EraAlternative, EraAnswer, EraBoundary, EraFinding, EraLevel, EraOtherDay,
    EraRecord, EraStep, StateEras,
};

pub(crate) use alternatives::{judge_eras, measure_eras};
pub(crate) use divide::{era_labels, load_eras, state_eras};
