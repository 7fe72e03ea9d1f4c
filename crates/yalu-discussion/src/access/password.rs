//! Passwords, as argon2id keeps them.

use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;

use crate::secret::{SecretError, random};

/// The fewest characters that a password may have (NIST SP 800-63B asks for 8 at least).
pub const FEWEST_CHARACTERS: usize = 10;
/// The most bytes, so that nobody sends a book to be hashed.
const MOST_BYTES: usize = 1_000;
/// How many passwords are compared at once: each takes 19 MiB and a core.
const MOST_AT_ONCE: usize = 2;
/// How many more may wait.
const MOST_WAITING: usize = 16;
/// How long one waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Why a password isn't hashed or compared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// A short password.
    #[error("a password has at least {FEWEST_CHARACTERS} characters, this one {n}")]
    TooShort {
        /// How many it has.
        n: usize,
    },
    /// A very long password.
    #[error("a password has at most {MOST_BYTES} bytes, this one {n}")]
    TooLong {
        /// How many it has.
        n: usize,
    },
    /// No salt could be drawn.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A stored hash that is none.
    #[error("the stored hash of the password is damaged")]
    DamagedHash,
    /// Too many passwords are being compared.
    #[error("too many log-ins at once; try again in a moment")]
    Busy,
}

/// OWASP's first choice of parameters for argon2id (Password Storage Cheat Sheet, 2024): 19 MiB, two
/// passes, one lane.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("these parameters are within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A password's hash as PHC text, with a salt of its own.
///
/// # Errors
/// [`PasswordError::TooShort`], [`PasswordError::TooLong`], [`PasswordError::Secret`].
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    let n = password.chars().count();
    if n < FEWEST_CHARACTERS {
        return Err(PasswordError::TooShort { n });
    }
    if password.len() > MOST_BYTES {
        return Err(PasswordError::TooLong { n: password.len() });
    }
    hash(password, &random::<16>()?)
}

fn hash(password: &str, salt: &[u8; 16]) -> Result<String, PasswordError> {
    let hash: PasswordHash = argon2()
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(|_| PasswordError::DamagedHash)?;
    Ok(hash.to_string())
}

/// Whether a password is that of a hash. Without a hash, since there is no such user, it takes the same
/// time to say no.
///
/// # Errors
/// [`PasswordError::DamagedHash`].
pub fn verify_password(password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    if password.len() > MOST_BYTES {
        return Ok(false);
    }
    let text = match hash {
        Some(hash) => hash,
        None => {
            NOBODY.get_or_init(|| self::hash("nobody's password", &[0x59; 16]).unwrap_or_default())
        }
    };
    let parsed = PasswordHash::new(text).map_err(|_| PasswordError::DamagedHash)?;
    let matches = argon2()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok();
    Ok(matches && hash.is_some())
}

/// Lets two comparisons through at once, so that log-ins can't take the machine.
#[derive(Debug, Default)]
pub struct PasswordGate {
    state: Mutex<GateState>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct GateState {
    n_inside: usize,
    n_waiting: usize,
}

impl PasswordGate {
    /// Does something expensive when it is its turn.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] where many wait already, or it isn't its turn within 5 seconds.
    pub fn pass<T>(&self, work: impl FnOnce() -> T) -> Result<T, PasswordError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.n_inside >= MOST_AT_ONCE {
            if state.n_waiting >= MOST_WAITING {
                return Err(PasswordError::Busy);
            }
            state.n_waiting += 1;
            let (waited, timeout) = self
                .freed
                .wait_timeout_while(state, LONGEST_WAIT, |state| state.n_inside >= MOST_AT_ONCE)
                .unwrap_or_else(PoisonError::into_inner);
            state = waited;
            state.n_waiting -= 1;
            if timeout.timed_out() {
                return Err(PasswordError::Busy);
            }
        }
        state.n_inside += 1;
        drop(state);
        let _leaves = Leaves(self);
        Ok(work())
    }
}

/// Makes room again, also after a panic.
struct Leaves<'a>(&'a PasswordGate);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.n_inside -= 1;
        drop(state);
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_password_is_told_from_others() {
        let hash = hash_password("correct horse").unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(verify_password("correct horse", Some(&hash)).unwrap());
        assert!(!verify_password("correct house", Some(&hash)).unwrap());
        assert_ne!(hash_password("correct horse").unwrap(), hash);
        assert!(!verify_password("nobody's password", None).unwrap());
        assert_eq!(
            verify_password("x", Some("$argon2id$nonsense")),
            Err(PasswordError::DamagedHash)
        );
        assert_eq!(
            hash_password("short"),
            Err(PasswordError::TooShort { n: 5 })
        );
    }

    #[test]
    fn a_wrong_user_takes_the_time_of_a_wrong_password() {
        let hash = hash_password("correct horse").unwrap();
        verify_password("first", None).unwrap();
        let least = |hash: Option<&str>| {
            (0..5)
                .map(|_| {
                    let start = Instant::now();
                    verify_password("some guess", hash).unwrap();
                    start.elapsed().as_secs_f64()
                })
                .fold(f64::INFINITY, f64::min)
        };
        let (wrong, nobody) = (least(Some(&hash)), least(None));
        assert!((0.5..2.0).contains(&(nobody / wrong)), "{nobody} {wrong}");
    }

    #[test]
    fn two_at_most_are_inside() {
        let (gate, inside, most) = (
            PasswordGate::default(),
            AtomicUsize::new(0),
            AtomicUsize::new(0),
        );
        let n_busy = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..30 {
                scope.spawn(|| {
                    let passed = gate.pass(|| {
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        thread::sleep(Duration::from_millis(20));
                        inside.fetch_sub(1, Ordering::SeqCst);
                    });
                    n_busy.fetch_add(usize::from(passed.is_err()), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), MOST_AT_ONCE);
        assert!(n_busy.load(Ordering::SeqCst) <= 30 - MOST_AT_ONCE - MOST_WAITING);
    }
}
