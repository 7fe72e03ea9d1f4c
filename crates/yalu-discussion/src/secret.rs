//! Secrets: drawn from the system, shown once, stored as hashes.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// Why there is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The system gives no randomness. Nothing can be done without.
    #[error("the system gave no random bytes")]
    NoRandomness,
    /// A text that no secret was ever written as.
    #[error("a secret has {} letters, digits, `-` and `_`", SecretToken::LETTERS)]
    Malformed,
}

/// Fills an array with random bytes of the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| SecretError::NoRandomness)?;
    Ok(bytes)
}

/// The SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// 256 random bits that show who somebody is: the author of comments, or a session.
///
/// Written as 43 letters of base64url. Only its SHA-256 is stored, so that whoever reads the database
/// can't act for anybody; a fast hash is enough, since nobody can guess 256 bits. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretToken([u8; 32]);

impl SecretToken {
    /// How long its text is.
    pub const LETTERS: usize = 43;

    /// A new one.
    ///
    /// # Errors
    /// [`SecretError::NoRandomness`].
    pub fn generate() -> Result<Self, SecretError> {
        random().map(Self)
    }

    /// Its text, to be shown to its holder and to nobody else.
    pub fn reveal(&self) -> String {
        to_base64url(&self.0)
    }

    /// What is stored of it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        sha256(&self.0)
    }
}

impl FromStr for SecretToken {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        from_base64url(text.trim())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or(SecretError::Malformed)
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretToken(…)")
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64url without padding (RFC 4648, section 5).
pub(crate) fn to_base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut bits = 0_u32;
        for idx in 0..3 {
            bits = bits << 8 | u32::from(chunk.get(idx).copied().unwrap_or(0));
        }
        for idx in 0..=chunk.len() {
            let letter = bits >> (18 - 6 * idx) & 63;
            text.push(char::from(ALPHABET[letter as usize]));
        }
    }
    text
}

/// The bytes of a text in base64url; none where it isn't the one text of some bytes.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut n_bits) = (0_u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|&one| one == letter)?;
        bits = bits << 6 | value as u32;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits & 255) as u8);
            bits &= (1 << n_bits) - 1;
        }
    }
    // Bits that are left over must be few and zero, or two texts would mean one secret.
    (n_bits < 6 && bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_from_its_text() {
        let secret = SecretToken::generate().unwrap();
        let text = secret.reveal();
        assert_eq!(text.len(), SecretToken::LETTERS);
        assert_eq!(text.parse::<SecretToken>().unwrap(), secret);
        assert_ne!(SecretToken::generate().unwrap(), secret);
    }

    #[test]
    fn base64url_is_that_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(to_base64url(bytes.as_bytes()), text);
            assert_eq!(from_base64url(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(from_base64url("Zh"), None, "bits that are left over");
        assert_eq!(from_base64url("Z"), None);
        assert_eq!(from_base64url("Zm+v"), None);
    }

    #[test]
    fn a_secret_is_not_printed() {
        let secret = SecretToken::generate().unwrap();
        assert_eq!(format!("{secret:?}"), "SecretToken(…)");
        assert_eq!("".parse::<SecretToken>(), Err(SecretError::Malformed));
    }
}
