//! Who may do what: moderators' passwords and sessions, form tokens, limits.

mod forms;
mod limits;
mod password;
mod sessions;

pub use forms::{FORM_AGE, FormTokenError, FormTokens};
pub use limits::{Limit, Limits, LimitsOptions, TryAgain, network};
pub use password::{
    FEWEST_CHARACTERS, PasswordError, PasswordGate, hash_password, verify_password,
};
pub use sessions::{AccessError, SESSION_AGE, SESSION_IDLE, Session};
