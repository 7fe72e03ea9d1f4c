//! What an author sends, and what may be wrong with it.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::place::{CommentId, Place};
use crate::secret::SecretToken;
use crate::text::{clean_name, clean_text, folded, is_blank};

/// The most characters of a name.
pub const MOST_NAME: usize = 80;
/// The most bytes of an e-mail address (RFC 5321).
pub const MOST_EMAIL: usize = 254;
/// The most characters of a text.
pub const MOST_TEXT: usize = 10_000;

/// A comment as its author sent it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Where it is to stand.
    pub place: Place,
    /// The comment that it answers.
    pub reply_to: Option<CommentId>,
    /// The author's name.
    pub name: String,
    /// The author's e-mail, never shown.
    pub email: Option<String>,
    /// The text, in Markdown ([`crate::markdown`]).
    pub text: String,
    /// The author's token: one of an earlier comment, so that all stand under one, or one that was made
    /// with the form, so that a form that is sent twice shows the same. Without it a new one is drawn.
    pub token: Option<SecretToken>,
    /// The field that people don't see. Whoever fills it in is a program.
    pub trap: String,
    /// How long the form was open, in seconds, as its form token says
    /// ([`FormTokens::check`](crate::access::FormTokens::check)).
    pub form_seconds: Option<f64>,
}

/// What came with a draft: kept for some days ([`Settings::keep_origin_days`]), for moderators and the
/// spam service alone.
///
/// [`Settings::keep_origin_days`]: super::Settings::keep_origin_days
#[derive(Debug, Clone)]
pub struct Origin {
    /// The address that it came from.
    pub address: IpAddr,
    /// The header `User-Agent`.
    pub user_agent: String,
    /// The header `Referer`.
    pub referrer: String,
    /// The address of the page that it stands under.
    pub permalink: String,
    /// When that page was last changed.
    pub place_modified: Option<Timestamp>,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The author's name.
    Name,
    /// The author's e-mail.
    Email,
    /// The text.
    Text,
    /// Where it is to stand: a fault of the page, not of the author.
    Place,
}

/// What is wrong with a draft, in words for its author.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DraftFault {
    /// No name that anybody could see.
    #[error("A name is needed")]
    NameMissing,
    /// A long name.
    #[error("The name has {n} characters; {MOST_NAME} are the most")]
    NameTooLong {
        /// How many it has.
        n: usize,
    },
    /// A line break or another control character in the name.
    #[error("The name has a character that can't be shown")]
    NameControl,
    /// A long e-mail address.
    #[error("The e-mail address has {n} characters; {MOST_EMAIL} are the most")]
    EmailTooLong {
        /// How many bytes it has.
        n: usize,
    },
    /// Something that can't be an e-mail address.
    #[error("This doesn't look like an e-mail address")]
    EmailImplausible,
    /// No text that anybody could see.
    #[error("A text is needed")]
    TextMissing,
    /// A long text.
    #[error("The text has {n} characters; {MOST_TEXT} are the most")]
    TextTooLong {
        /// How many it has.
        n: usize,
    },
    /// A control character other than line feed and tab.
    #[error("The text has a character that can't be shown, in line {line}")]
    TextControl {
        /// Where, counted from 1.
        line: usize,
    },
    /// A place without a name, or with one that is none.
    #[error("This comment has no place to stand")]
    PlaceUnsound,
}

impl DraftFault {
    /// The field to be mended.
    pub fn field(&self) -> Field {
        match self {
            Self::NameMissing | Self::NameTooLong { .. } | Self::NameControl => Field::Name,
            Self::EmailTooLong { .. } | Self::EmailImplausible => Field::Email,
            Self::TextMissing | Self::TextTooLong { .. } | Self::TextControl { .. } => Field::Text,
            Self::PlaceUnsound => Field::Place,
        }
    }
}

/// A draft that may be stored.
#[derive(Debug)]
pub(super) struct Sound {
    pub(super) name: String,
    pub(super) name_folded: String,
    pub(super) email: Option<String>,
    pub(super) email_folded: Option<String>,
    pub(super) text: String,
    pub(super) text_folded: String,
}

impl Draft {
    /// What is wrong with it: every fault at once, in the order of the form.
    pub fn faults(&self) -> Vec<DraftFault> {
        self.sound().err().unwrap_or_default()
    }

    pub(super) fn sound(&self) -> Result<Sound, Vec<DraftFault>> {
        let mut faults = Vec::new();
        let name = clean_name(&self.name);
        if self.name.trim().contains(char::is_control) {
            faults.push(DraftFault::NameControl);
        } else if is_blank(&name) {
            faults.push(DraftFault::NameMissing);
        }
        let n = name.chars().count();
        if n > MOST_NAME {
            faults.push(DraftFault::NameTooLong { n });
        }

        let email = self.email.as_deref().map(str::trim);
        let email = email.filter(|email| !email.is_empty());
        if let Some(email) = email {
            if email.len() > MOST_EMAIL {
                faults.push(DraftFault::EmailTooLong { n: email.len() });
            } else if !is_plausible_email(email) {
                faults.push(DraftFault::EmailImplausible);
            }
        }

        let text = clean_text(&self.text);
        let n = text.chars().count();
        if is_blank(&text) {
            faults.push(DraftFault::TextMissing);
        } else if n > MOST_TEXT {
            faults.push(DraftFault::TextTooLong { n });
        }
        let control = |one: char| one.is_control() && one != '\n' && one != '\t';
        if let Some(line) = text.split('\n').position(|line| line.contains(control)) {
            faults.push(DraftFault::TextControl { line: line + 1 });
        }

        if !self.place.is_sound() {
            faults.push(DraftFault::PlaceUnsound);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Sound {
            name_folded: folded(&name),
            name,
            email_folded: email.map(folded),
            email: email.map(str::to_owned),
            text_folded: folded(&text),
            text,
        })
    }
}

/// Whether mail could be sent there: one `@`, something before it, names with a dot after it.
fn is_plausible_email(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else {
        return false;
    };
    let bad = |one: char| {
        one.is_whitespace() || one.is_control() || "()<>[],;:\\\"@".contains(one) || is_hidden(one)
    };
    (1..=64).contains(&local.len())
        && !email.replacen('@', "", 1).contains(bad)
        && domain.contains('.')
        && domain.split('.').all(|name| {
            !name.is_empty() && !name.starts_with('-') && !name.ends_with('-') && name.len() <= 63
        })
}

fn is_hidden(one: char) -> bool {
    is_blank(one.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn draft(name: &str, email: &str, text: &str) -> Draft {
        Draft {
            place: Place::dossier("china-dprk"),
            reply_to: None,
            name: name.to_owned(),
            email: Some(email.to_owned()),
            text: text.to_owned(),
            token: None,
            trap: String::new(),
            form_seconds: None,
        }
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let mut bad = draft(" \u{202e}", "x@y", "a\nb\0");
        bad.place = Place::dossier("");
        let faults = bad.faults();
        let fields: Vec<Field> = faults.iter().map(DraftFault::field).collect();
        assert_eq!(
            fields,
            [Field::Name, Field::Email, Field::Text, Field::Place]
        );
        let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(words[0], "A name is needed");
        assert_eq!(
            words[2],
            "The text has a character that can't be shown, in line 2"
        );
    }

    #[test]
    fn lengths_are_of_characters() {
        assert_eq!(
            draft(&"ü".repeat(80), "", &"語".repeat(10_000)).faults(),
            []
        );
        assert_eq!(
            draft(&"ü".repeat(81), "", &"語".repeat(10_001)).faults(),
            [
                DraftFault::NameTooLong { n: 81 },
                DraftFault::TextTooLong { n: 10_001 }
            ]
        );
    }

    #[test]
    fn names_with_control_characters_are_refused_and_tricks_cleaned() {
        assert_eq!(draft("a\nb", "", "x").faults(), [DraftFault::NameControl]);
        let sound = draft("A\u{202e}nn  B", "", "x\r\ny\rz\t").sound().unwrap();
        assert_eq!(
            (sound.name.as_str(), sound.text.as_str()),
            ("Ann B", "x\ny\nz")
        );
    }

    #[test]
    fn emails_are_plausible() {
        for good in [
            "a@b.example",
            "a.b+c@d-e.example",
            "ü@müller.example",
            " a@b.de ",
            "",
        ] {
            assert_eq!(draft("A", good, "x").faults(), [], "{good}");
        }
        for bad in [
            "a",
            "@b.c",
            "a@b",
            "a@b..c",
            "a@@b.c",
            "a b@c.d",
            "a@b.c\nd",
            "a@.c",
            "<a@b.c>",
            "a@-b.c",
            "a\u{200b}@b.c",
            "a,b@c.d",
        ] {
            assert_eq!(
                draft("A", bad, "x").faults(),
                [DraftFault::EmailImplausible],
                "{bad:?}"
            );
        }
        let long = format!("{}@{}.example", "a".repeat(60), "b.".repeat(100));
        assert!(matches!(
            draft("A", &long, "x").faults()[..],
            [DraftFault::EmailTooLong { .. }]
        ));
    }

    proptest! {
        #[test]
        fn what_is_sound_stays_so(name in ".*", email in ".*", text in "(?s).*") {
            if let Ok(sound) = draft(&name, &email, &text).sound() {
                prop_assert!(!sound.name.contains(char::is_control));
                prop_assert!(!sound.name.chars().any(crate::text::turns_direction));
                prop_assert!((1..=MOST_NAME).contains(&sound.name.chars().count()));
                prop_assert!((1..=MOST_TEXT).contains(&sound.text.chars().count()));
                prop_assert!(!sound.text.contains(['\0', '\r']));
                let again = draft(&sound.name, sound.email.as_deref().unwrap_or(""), &sound.text);
                let again = again.sound().unwrap();
                prop_assert_eq!(&again.name, &sound.name);
                prop_assert_eq!(&again.text, &sound.text);
                prop_assert_eq!(&again.email, &sound.email);
            }
        }
    }
}
