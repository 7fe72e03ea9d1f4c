//! What is said in a recording, with its times: WebVTT and SRT.

mod align;
mod search;
mod srt;
mod vtt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use align::{Attribution, SpokenBy, attribute};
pub use search::{Hit, search};
pub(crate) use vtt::escape;

use crate::time::{MediaFragment, MediaTime};

/// A passage of a transcript, [start, end), said by one voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Passage {
    /// The id of its cue, where it has one. Two passages of a cue with two voices share it.
    pub id: Option<String>,
    /// Where it begins.
    pub start: MediaTime,
    /// Where it ends, exclusive.
    pub end: MediaTime,
    /// Who is said to speak (WebVTT's `<v Name>`).
    pub voice: Option<String>,
    /// What is said, without tags; lines are kept apart.
    pub text: String,
    /// The line of the file at which its cue's times stand, from 1.
    pub line: usize,
}

impl Passage {
    /// Its address within the recording's.
    pub fn fragment(&self) -> MediaFragment {
        MediaFragment {
            start: self.start,
            end: Some(self.end),
        }
    }
}

/// A transcript as it was read, with what couldn't be.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transcript {
    /// The passages, in the order of the file.
    pub passages: Vec<Passage>,
    /// Cues that couldn't be read, and what else is odd. The rest stands all the same.
    pub faults: Vec<CueFault>,
}

/// A cue that couldn't be read, with its line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {kind}")]
pub struct CueFault {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub kind: CueFaultKind,
}

/// What is wrong with a cue.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CueFaultKind {
    /// A time that can't be read.
    #[error("`{text}` is no time of a cue")]
    Time {
        /// What stands there.
        text: String,
    },
    /// A cue that ends where it begins, or before.
    #[error("the cue ends at {end}, which isn't after its start {start}")]
    EndNotAfterStart {
        /// Its start.
        start: MediaTime,
        /// Its end.
        end: MediaTime,
    },
    /// Lines that belong to no cue.
    #[error("no cue has times for `{text}`")]
    NoTimes {
        /// The first of the lines.
        text: String,
    },
    /// A cue without text.
    #[error("the cue has no text")]
    NoText,
    /// A cue that begins before the one before it. It is kept.
    #[error("the cue begins at {start}, before the one before it at {previous}")]
    NotInOrder {
        /// Its start.
        start: MediaTime,
        /// The start of the one before.
        previous: MediaTime,
    },
}

/// A file that is no transcript.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TranscriptError {
    /// A file named as WebVTT that doesn't begin with `WEBVTT`.
    #[error("line 1 is `{line}`, not `WEBVTT`")]
    NoSignature {
        /// The first line, shortened.
        line: String,
    },
    /// Not one cue.
    #[error("the transcript has no cue in its {n_lines} lines")]
    NoCue {
        /// How many lines it has.
        n_lines: usize,
    },
    /// Bytes that are no UTF-8.
    #[error("the transcript isn't UTF-8: byte {at} can't be read")]
    NotUtf8 {
        /// The first byte that isn't, from 0.
        at: usize,
    },
}

impl TranscriptError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::NoSignature { .. } => "put `WEBVTT` and an empty line first, or name it `.srt`",
            Self::NoCue { .. } => {
                "give cues such as `00:14:45.000 --> 00:14:50.000` with text below"
            }
            Self::NotUtf8 { .. } => "save the file as UTF-8",
        }
    }
}

impl Transcript {
    /// Reads WebVTT or SRT, told apart by the signature `WEBVTT`.
    ///
    /// # Errors
    /// [`TranscriptError`] where it isn't UTF-8 or has no cue at all. A broken cue is a
    /// [`CueFault`] beside the others.
    pub fn read(bytes: &[u8]) -> Result<Self, TranscriptError> {
        let text = std::str::from_utf8(bytes).map_err(|error| TranscriptError::NotUtf8 {
            at: error.valid_up_to(),
        })?;
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        if bare.starts_with("WEBVTT") {
            Self::parse_vtt(text)
        } else {
            Self::parse_srt(text)
        }
    }

    /// Reads WebVTT.
    ///
    /// # Errors
    /// [`TranscriptError`] where the signature is missing or there is no cue.
    pub fn parse_vtt(text: &str) -> Result<Self, TranscriptError> {
        vtt::parse(text)
    }

    /// Reads SRT.
    ///
    /// # Errors
    /// [`TranscriptError`] where there is no cue.
    pub fn parse_srt(text: &str) -> Result<Self, TranscriptError> {
        srt::parse(text)
    }

    /// As WebVTT. What is written is read back as the same passages.
    pub fn to_vtt(&self) -> String {
        vtt::write(&self.passages)
    }

    /// All times moved, where the transcript is of another edit. Passages that would begin before the
    /// start are left out and returned beside.
    #[must_use]
    pub fn moved(&self, by_ms: i64) -> (Self, Vec<Passage>) {
        let (mut kept, mut before) = (Self::default(), Vec::new());
        kept.faults.clone_from(&self.faults);
        for passage in &self.passages {
            match (passage.start.moved(by_ms), passage.end.moved(by_ms)) {
                (Some(start), Some(end)) => kept.passages.push(Passage {
                    start,
                    end,
                    ..passage.clone()
                }),
                _ => before.push(passage.clone()),
            }
        }
        (kept, before)
    }

    fn finished(self, n_lines: usize) -> Result<Self, TranscriptError> {
        if self.passages.is_empty() {
            return Err(TranscriptError::NoCue { n_lines });
        }
        Ok(self)
    }

    fn fault(&mut self, line: usize, kind: CueFaultKind) {
        self.faults.push(CueFault { line, kind });
    }

    /// Adds a cue's passages. A cue out of order is noted.
    fn add(&mut self, cue: &CueTimes, id: Option<&str>, spans: Vec<(Option<String>, String)>) {
        let previous = self.passages.last().map(|passage| passage.start);
        if let Some(previous) = previous.filter(|&previous| cue.start < previous) {
            let start = cue.start;
            self.fault(cue.line, CueFaultKind::NotInOrder { start, previous });
        }
        let mut any = false;
        for (voice, text) in spans {
            let text = text.trim().to_owned();
            if text.is_empty() {
                continue;
            }
            any = true;
            self.passages.push(Passage {
                id: id.map(str::to_owned),
                start: cue.start,
                end: cue.end,
                voice,
                text,
                line: cue.line,
            });
        }
        if !any {
            self.fault(cue.line, CueFaultKind::NoText);
        }
    }
}

/// The times of a cue, and the line they stand in.
struct CueTimes {
    start: MediaTime,
    end: MediaTime,
    line: usize,
}

impl CueTimes {
    /// Reads `start --> end settings`.
    fn parse(
        text: &str,
        line: usize,
        time: fn(&str) -> Option<MediaTime>,
    ) -> Result<Self, CueFaultKind> {
        let (left, right) = text.split_once("-->").unwrap_or((text, ""));
        let right = right.split_whitespace().next().unwrap_or_default();
        let read = |text: &str| {
            time(text.trim()).ok_or_else(|| CueFaultKind::Time {
                text: text.trim().to_owned(),
            })
        };
        let (start, end) = (read(left)?, read(right)?);
        if end <= start {
            return Err(CueFaultKind::EndNotAfterStart { start, end });
        }
        Ok(Self { start, end, line })
    }
}

/// Lines without their ends, whatever those are, numbered from 1.
fn lines(text: &str) -> Vec<&str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(['\r', '\n']) {
        lines.push(&rest[..end]);
        let break_len = if rest[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        rest = &rest[end + break_len..];
    }
    lines.push(rest);
    lines
}

/// `[H…H:]MM:SS` with a fraction of three digits behind `point`.
fn clock(text: &str, point: &[char]) -> Option<MediaTime> {
    let (clock, fraction) = text.rsplit_once(point)?;
    let digits = |text: &str, n: std::ops::RangeInclusive<usize>| -> Option<u64> {
        let all = n.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        all.then(|| text.parse().ok()).flatten()
    };
    let fields: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match fields[..] {
        [minutes, seconds] => (0, minutes, seconds),
        [hours, minutes, seconds] => (digits(hours, 1..=4)?, minutes, seconds),
        _ => return None,
    };
    let (minutes, seconds) = (digits(minutes, 2..=2)?, digits(seconds, 2..=2)?);
    let ms = digits(fraction, 3..=3)?;
    (minutes < 60 && seconds < 60)
        .then(|| MediaTime::from_ms(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms))
}

#[cfg(test)]
mod tests;
