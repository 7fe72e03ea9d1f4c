//! The discussion under a published assessment: comments, their moderation, spam, access.
//!
//! A library for whoever serves pages; it has no server and no pages of its own, and knows no dossiers.
//! A comment stands at a [`Place`]: a dossier, or a finding or claim of it. The time is always given by
//! the caller.
//!
//! Begin with [`Discussion`]: [`open`](Discussion::open) a file, [`submit`](Discussion::submit) a
//! [`Draft`], [`moderate`](Discussion::moderate) what is in the [`queue`](Discussion::queue), read a
//! [`thread`](Discussion::thread).
//!
//! ```
//! use jiff::Timestamp;
//! use yalu_discussion::{
//!     Action, CommentState, Discussion, Draft, Origin, Page, Place, Settings,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let discussion = Discussion::open(folder.path().join("discussion.db"), Settings::default())?;
//! let now: Timestamp = "2026-03-01T12:00:00Z".parse()?;
//!
//! let place = Place::part("china-dprk", "indicator", "influence");
//! let draft = Draft {
//!     place: place.clone(),
//!     reply_to: None,
//!     name: "Ann".to_owned(),
//!     email: None,
//!     text: "Why is the break *before* the test?".to_owned(),
//!     token: None,
//!     trap: String::new(),
//!     form_seconds: Some(40.0),
//! };
//! let origin = Origin {
//!     address: "192.0.2.1".parse()?,
//!     user_agent: "Mozilla/5.0".to_owned(),
//!     referrer: String::new(),
//!     permalink: "https://example.org/china-dprk".to_owned(),
//!     place_modified: None,
//! };
//! let receipt = discussion.submit(&draft, &origin, now)?;
//! assert_eq!(receipt.state, CommentState::Held);
//!
//! discussion.moderate(Action::Approve, &[receipt.id], "mod", now)?;
//! let thread = discussion.thread(&place, Page::first(50))?;
//! assert_eq!(thread.comments[0].html, "<p>Why is the break <em>before</em> the test?</p>\n");
//! # Ok(())
//! # }
//! ```
//!
//! | module | holds |
//! | --- | --- |
//! | [`Discussion`] and what is beside it | the file: comments, threads, decisions, persons, retention |
//! | [`markdown`] | from a text to HTML that can do no harm |
//! | [`spam`] | the local score |
//! | [`service`], [`akismet`], [`outbox`] | a spam service: what it is asked, Akismet's client, the queue |
//! | [`access`] | passwords, sessions, form tokens, limits |
//!
//! **What is kept of an author**, and for how long: name, e-mail and text until they or a moderator
//! delete them; address, agent and referrer for 30 days; refused comments and spam for 30 days. Nobody
//! but moderators sees an e-mail or an address. An author has no account but a secret token.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "tests stop at the first fault")
)]

pub mod access;
pub mod akismet;
pub mod markdown;
pub mod outbox;
mod place;
mod secret;
pub mod service;
pub mod spam;
#[cfg(any(test, feature = "stand-in"))]
pub mod stand_in;
mod store;
mod text;

pub use place::{CommentId, Place, Target};
pub use secret::{SecretError, SecretToken};
pub use store::*;
