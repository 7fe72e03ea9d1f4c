//! Dossiers assessed as users do: from files, by the public interface.

#![allow(clippy::unwrap_used, reason = "tests stop at the first fault")]

mod as_of;
mod borders;
mod check;
mod determinism;
mod evidence;
mod flagship;
mod kinds;
mod made_up;
mod publication;
mod scan;
mod structure;
mod workbench;
