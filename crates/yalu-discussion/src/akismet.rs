//! A client of Akismet, and of any server that speaks its protocol.
//!
//! Each call is a POST of a form to `/1.1/…` below a base address, with the key in the form. The answer
//! is one word, and headers say more. Whatever else comes (a page, nothing, a redirect, a status other
//! than 200, too many bytes, bytes that are no text) is a [`ServiceError`] that names it.
//!
//! # Source
//! Akismet, *API documentation*, <https://akismet.com/developers/>: verify-key, comment-check,
//! submit-spam, submit-ham, errors.

use std::fmt;
use std::io::Read as _;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ureq::Agent;
use ureq::http::{HeaderMap, Response};

use crate::service::{Alert, Answer, ServiceError, SpamService, Submission, Verdict};

/// The most bytes of an answer that are read.
pub const MOST_BYTES: u64 = 64 * 1024;
/// How many characters of an unexpected answer are quoted.
const MOST_QUOTED: usize = 80;

/// Where the service is, and for whom it is asked. `Debug` hides the key.
#[derive(Clone)]
pub struct AkismetOptions {
    /// The address before `/1.1/`.
    pub base: String,
    /// The key.
    pub key: String,
    /// The address of the site's front page, with which the key goes.
    pub blog: String,
    /// The languages of the site, such as `en` or `en, ko`.
    pub lang: Option<String>,
    /// Says that these are tests: the service doesn't learn from them.
    pub is_test: bool,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long a whole call may take, with connecting and all bytes of the answer.
    pub timeout: Duration,
}

impl AkismetOptions {
    /// Akismet itself, with 5 s to connect and 10 s in all.
    pub fn new(key: impl Into<String>, blog: impl Into<String>) -> Self {
        Self {
            base: "https://rest.akismet.com".to_owned(),
            key: key.into(),
            blog: blog.into(),
            lang: None,
            is_test: false,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(10),
        }
    }
}

impl fmt::Debug for AkismetOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AkismetOptions")
            .field("base", &self.base)
            .field("blog", &self.blog)
            .field("lang", &self.lang)
            .field("is_test", &self.is_test)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A client of one server.
#[derive(Debug)]
pub struct Akismet {
    options: AkismetOptions,
    agent: Agent,
}

/// Names and values of a form.
type Form = Vec<(String, String)>;

impl Akismet {
    /// A client. Nothing is sent yet.
    pub fn new(options: AkismetOptions) -> Self {
        let config = Agent::config_builder()
            .timeout_connect(Some(options.connect_timeout))
            .timeout_global(Some(options.timeout))
            // A redirect of a form would send it, with the key, to somebody else.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // The worker asks seldom, and a connection kept open is a connection that broke meanwhile.
            .max_idle_connections(0)
            .user_agent(concat!("Yalu/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: config.new_agent(),
            options,
        }
    }

    /// Whether the service takes the key for the site.
    ///
    /// # Errors
    /// [`ServiceError`] where there is no answer; a key that isn't taken is `false`.
    pub fn verify_key(&self) -> Result<bool, ServiceError> {
        let form = vec![
            ("key".to_owned(), self.options.key.clone()),
            ("blog".to_owned(), self.options.blog.clone()),
        ];
        let said = self.call("verify-key", form)?;
        match said.word.as_str() {
            "valid" => Ok(true),
            "invalid" => Ok(false),
            other => Err(unexpected(other, "`valid` or `invalid`")),
        }
    }

    fn form(&self, submission: &Submission) -> Form {
        let options = &self.options;
        let (trap_name, trap_value) = &submission.trap;
        let time = |time: Timestamp| Some(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let comment_type = if submission.is_reply {
            "reply"
        } else {
            "comment"
        };
        let fields = [
            ("api_key", text(&options.key)),
            ("blog", text(&options.blog)),
            ("user_ip", text(&submission.address)),
            ("user_agent", text(&submission.user_agent)),
            ("referrer", text(&submission.referrer)),
            ("permalink", text(&submission.permalink)),
            ("comment_type", text(comment_type)),
            ("comment_author", text(&submission.author)),
            ("comment_author_email", submission.email.clone()),
            ("comment_content", text(&submission.text)),
            ("comment_date_gmt", time(submission.written)),
            (
                "comment_post_modified_gmt",
                submission.place_modified.and_then(time),
            ),
            ("blog_lang", options.lang.clone()),
            ("blog_charset", text("UTF-8")),
            ("is_test", options.is_test.then(|| "1".to_owned())),
            ("honeypot_field_name", text(trap_name)),
            (
                "recheck_reason",
                submission.recheck_reason.map(str::to_owned),
            ),
        ];
        let mut form: Form = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        // The field goes by its own name, which must not stand for another.
        if !trap_name.is_empty() && form.iter().all(|(name, _)| name != trap_name) {
            form.push((trap_name.clone(), trap_value.clone()));
        }
        form
    }

    fn call(&self, path: &str, form: Form) -> Result<Said, ServiceError> {
        let address = format!("{}/1.1/{path}", self.options.base.trim_end_matches('/'));
        let start = Instant::now();
        let fail = |error| self.failure(&error);
        let mut response = self.agent.post(&address).send_form(form).map_err(fail)?;
        let headers = response.headers().clone();
        let status = response.status().as_u16();
        if status != 200 {
            return Err(ServiceError::Status {
                status,
                retry_after: seconds(&headers, "retry-after"),
            });
        }
        let bytes = self.read(&mut response, start)?;
        let Ok(text) = String::from_utf8(bytes) else {
            return Err(unexpected_what("bytes that are no UTF-8", ANSWERS));
        };
        Ok(Said {
            word: text.trim().to_owned(),
            headers,
        })
    }

    fn read(
        &self,
        response: &mut Response<ureq::Body>,
        start: Instant,
    ) -> Result<Vec<u8>, ServiceError> {
        let mut bytes = Vec::new();
        let mut reader = response.body_mut().as_reader();
        let mut buffer = [0; 4096];
        loop {
            let n = reader
                .read(&mut buffer)
                .map_err(|error| self.failure(&ureq::Error::from(error)))?;
            if n == 0 {
                return Ok(bytes);
            }
            bytes.extend_from_slice(&buffer[..n]);
            if bytes.len() as u64 > MOST_BYTES {
                return Err(unexpected_what("more than 64 KiB", ANSWERS));
            }
            if start.elapsed() > self.options.timeout {
                return Err(self.timed_out());
            }
        }
    }

    fn timed_out(&self) -> ServiceError {
        ServiceError::TimedOut {
            seconds: self.options.timeout.as_secs(),
        }
    }

    fn failure(&self, error: &ureq::Error) -> ServiceError {
        match error {
            ureq::Error::Timeout(_) => self.timed_out(),
            error => ServiceError::Unreachable {
                // No library should quote a form. If one does, the key isn't in it.
                what: self.without_key(&error.to_string()),
            },
        }
    }

    fn without_key(&self, text: &str) -> String {
        if self.options.key.is_empty() {
            text.to_owned()
        } else {
            text.replace(&self.options.key, "…")
        }
    }

    fn unexpected(&self, word: &str, expected: &'static str) -> ServiceError {
        unexpected(&self.without_key(word), expected)
    }

    fn refused(&self, said: &Said) -> ServiceError {
        let help = header(&said.headers, "x-akismet-debug-help");
        ServiceError::KeyRefused {
            help: help.map_or_else(
                || "it gives no reason".to_owned(),
                |help| self.without_key(&help),
            ),
        }
    }
}

const ANSWERS: &str = "`true`, `false` or `invalid`";

impl SpamService for Akismet {
    fn name(&self) -> &'static str {
        "Akismet"
    }

    fn check(&self, submission: &Submission) -> Result<Answer, ServiceError> {
        let said = self.call("comment-check", self.form(submission))?;
        let verdict = match said.word.as_str() {
            "true" => Verdict::Spam,
            "false" => Verdict::Ham,
            "invalid" => return Err(self.refused(&said)),
            other => return Err(self.unexpected(other, ANSWERS)),
        };
        let alert = header(&said.headers, "x-akismet-alert-code").map(|code| Alert {
            code,
            message: header(&said.headers, "x-akismet-alert-msg").unwrap_or_default(),
        });
        Ok(Answer {
            verdict,
            discard: header(&said.headers, "x-akismet-pro-tip").as_deref() == Some("discard"),
            recheck_after: seconds(&said.headers, "x-akismet-recheck-after"),
            alert,
        })
    }

    fn tell(&self, submission: &Submission, verdict: Verdict) -> Result<(), ServiceError> {
        let path = match verdict {
            Verdict::Spam => "submit-spam",
            Verdict::Ham => "submit-ham",
        };
        let said = self.call(path, self.form(submission))?;
        match said.word.as_str() {
            "Thanks for making the web a better place." => Ok(()),
            "invalid" => Err(self.refused(&said)),
            other => Err(self.unexpected(other, "its thanks")),
        }
    }
}

struct Said {
    word: String,
    headers: HeaderMap,
}

fn unexpected_what(got: &str, expected: &'static str) -> ServiceError {
    ServiceError::Unexpected {
        got: got.to_owned(),
        expected,
    }
}

/// Quotes the beginning of what came.
fn unexpected(word: &str, expected: &'static str) -> ServiceError {
    if word.is_empty() {
        return unexpected_what("nothing", expected);
    }
    let mut quoted: String = word
        .chars()
        .map(|one| if one.is_control() { ' ' } else { one })
        .take(MOST_QUOTED)
        .collect();
    if word.chars().count() > MOST_QUOTED {
        quoted.push('…');
    }
    unexpected_what(&format!("`{quoted}`"), expected)
}

/// A header's text, if short of what a log can bear.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty()).then(|| value.chars().take(300).collect())
}

/// A header that counts seconds.
fn seconds(headers: &HeaderMap, name: &str) -> Option<Duration> {
    header(headers, name)?.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests;
