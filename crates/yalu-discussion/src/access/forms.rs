//! Form tokens: that a form was made here, for this browser, and when.

use std::fmt;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use thiserror::Error;

use crate::secret::{SecretError, from_base64url, random, to_base64url};
use crate::store::{Discussion, from_ms, to_ms};

/// How long a form may stay open.
pub const FORM_AGE: Duration = Duration::from_hours(24);

/// How far a clock may be behind the one that made the form.
const SKEW_MS: i64 = 5_000;
const TIME_BYTES: usize = 8;
const SALT_BYTES: usize = 12;
const MAC_BYTES: usize = 32;

/// Why a form isn't taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormTokenError {
    /// It wasn't made here, or for another purpose or browser.
    #[error("this form wasn't made for you here; load the page again")]
    Wrong,
    /// It has been open for too long.
    #[error("this form is older than a day; load the page again")]
    Expired,
}

/// Makes and checks form tokens with the discussion's key.
///
/// A token is bound to a purpose, such as `comment` or `approve`, and to a secret that the browser sends
/// by itself: its session, or a cookie that was set with the form. Another site can make a browser send
/// a form, but can't know a token for its secret (HMAC-based token pattern, OWASP CSRF Prevention Cheat
/// Sheet).
#[derive(Clone)]
pub struct FormTokens {
    key: [u8; 32],
}

impl fmt::Debug for FormTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormTokens(…)")
    }
}

impl FormTokens {
    /// A token for a form.
    ///
    /// # Errors
    /// [`SecretError::NoRandomness`].
    pub fn issue(
        &self,
        purpose: &str,
        secret: &str,
        now: Timestamp,
    ) -> Result<String, SecretError> {
        let mut bytes = to_ms(now).to_be_bytes().to_vec();
        bytes.extend(random::<SALT_BYTES>()?);
        let mac = self.mac(&bytes, purpose, secret);
        bytes.extend(mac);
        Ok(to_base64url(&bytes))
    }

    /// How long the form of a token was open, if it was made for this purpose and secret.
    ///
    /// # Errors
    /// [`FormTokenError`].
    pub fn check(
        &self,
        token: &str,
        purpose: &str,
        secret: &str,
        now: Timestamp,
    ) -> Result<Duration, FormTokenError> {
        let bytes = from_base64url(token)
            .filter(|bytes| bytes.len() == TIME_BYTES + SALT_BYTES + MAC_BYTES)
            .ok_or(FormTokenError::Wrong)?;
        let (signed, mac) = bytes.split_at(TIME_BYTES + SALT_BYTES);
        if !bool::from(self.mac(signed, purpose, secret).ct_eq(mac)) {
            return Err(FormTokenError::Wrong);
        }
        let mut made = [0; TIME_BYTES];
        made.copy_from_slice(&signed[..TIME_BYTES]);
        let age_ms = to_ms(now) - to_ms(from_ms(i64::from_be_bytes(made)));
        if age_ms < -SKEW_MS {
            return Err(FormTokenError::Wrong);
        }
        let age = Duration::from_millis(age_ms.max(0) as u64);
        if age > FORM_AGE {
            return Err(FormTokenError::Expired);
        }
        Ok(age)
    }

    fn mac(&self, signed: &[u8], purpose: &str, secret: &str) -> [u8; MAC_BYTES] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(signed);
        // Lengths first: `ab` with `c` isn't `a` with `bc`.
        for part in [purpose, secret] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

impl Discussion {
    /// Form tokens of this discussion; all processes that have the file open take one another's.
    pub fn form_tokens(&self) -> FormTokens {
        FormTokens {
            key: self.keys.form,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_purpose_secret_key_and_day() {
        let tokens = FormTokens { key: [1; 32] };
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let after = |seconds: i64| from_ms(to_ms(now) + seconds * 1000);
        let token = tokens.issue("comment", "cookie", now).unwrap();
        let check = |token: &str, purpose, secret, at| tokens.check(token, purpose, secret, at);
        assert_eq!(
            check(&token, "comment", "cookie", after(40)),
            Ok(Duration::from_secs(40))
        );
        assert_eq!(
            check(&token, "comment", "cookie", after(-2)),
            Ok(Duration::ZERO)
        );
        for wrong in [
            check(&token, "approve", "cookie", now),
            check(&token, "comment", "other", now),
            check(&token, "commen", "tcookie", now),
            check(&token[1..], "comment", "cookie", now),
            check("", "comment", "cookie", now),
            check(&token, "comment", "cookie", after(-60)),
            FormTokens { key: [2; 32] }.check(&token, "comment", "cookie", now),
        ] {
            assert_eq!(wrong, Err(FormTokenError::Wrong));
        }
        assert_eq!(
            check(&token, "comment", "cookie", after(86_401)),
            Err(FormTokenError::Expired)
        );
        // Each letter counts.
        for idx in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[idx] = if other[idx] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert_eq!(
                check(&other, "comment", "cookie", now),
                Err(FormTokenError::Wrong)
            );
        }
    }
}
