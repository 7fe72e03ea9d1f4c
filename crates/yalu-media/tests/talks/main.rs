//! Whole recordings: made with espeak-ng and sox, coded with ffmpeg, and held to ffmpeg's figures.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests stop at the first fault, and say aloud what they skip"
)]

mod broken;
mod formats;
mod levelled;
mod long;
mod made;
mod programs;
mod times;
