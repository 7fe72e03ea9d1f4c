//! Files as other programs write them, and standards as others wrote them down.

#![allow(clippy::unwrap_used, reason = "tests stop at the first fault")]

mod schema;
mod zotero;
