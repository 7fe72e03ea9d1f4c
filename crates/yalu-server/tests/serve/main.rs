//! The server as browsers, programs and attackers meet it: over a socket, by the public interface.

#![allow(clippy::unwrap_used, reason = "tests stop at the first fault")]

mod abuse;
mod client;
mod discussion;
mod pages;
mod site;
