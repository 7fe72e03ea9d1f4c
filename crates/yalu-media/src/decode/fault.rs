//! What was wrong in a file that could be decoded all the same.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::MediaTime;

/// How many times of corrupt packets are kept; all are counted.
pub const MOST_TIMES: usize = 100;

/// Something in a recording that an analyst should know before trusting it. Times are in seconds
/// of the decoded sound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// The file's name says another container than its content.
    ExtensionDiffers {
        /// The extension.
        extension: String,
        /// What the file really is.
        container: String,
    },
    /// Packets that can't be decoded. Each is replaced by as much silence, so that later times stay
    /// right.
    CorruptPackets {
        /// How many.
        count: u64,
        /// How much was replaced by silence, in seconds.
        silenced_seconds: f64,
        /// When, up to [`MOST_TIMES`] of them.
        at_seconds: Vec<f64>,
    },
    /// Bytes between frames that belong to none: damage, or another file's header in between. What
    /// they held is lost, and later times may come early by as much.
    SkippedBytes {
        /// How many places.
        count: u64,
        /// How many bytes in all.
        bytes: u64,
        /// Where, up to [`MOST_TIMES`] of them.
        at_seconds: Vec<f64>,
    },
    /// Sound is missing in the middle by the container's own times; silence stands in its place.
    Gap {
        /// How many places.
        count: u64,
        /// How much in all, in seconds.
        silenced_seconds: f64,
        /// Where, up to [`MOST_TIMES`] of them.
        at_seconds: Vec<f64>,
    },
    /// The file ends before its header says.
    Truncated {
        /// What the header promises, in seconds.
        promised_seconds: f64,
        /// What was decoded, in seconds.
        decoded_seconds: f64,
        /// The difference.
        missing_seconds: f64,
    },
    /// The stream has no mark of its end, so that its end is cut off; how much is missing can't be
    /// told.
    NoEndMark {
        /// What was decoded, in seconds.
        decoded_seconds: f64,
    },
    /// The file goes on after its header's end, as files do that were joined.
    LongerThanPromised {
        /// What the header promises, in seconds.
        promised_seconds: f64,
        /// What was decoded, in seconds.
        decoded_seconds: f64,
    },
    /// Several streams one after the other in one file (a chained Ogg); they are read as one.
    Chained {
        /// When each stream after the first begins, up to [`MOST_TIMES`] of them.
        at_seconds: Vec<f64>,
        /// How many streams there are.
        streams: u64,
    },
    /// The sampling rate or the channels change. Nothing after is measured.
    FormatChange {
        /// When.
        at_seconds: f64,
        /// The new sampling rate in Hz.
        sample_rate: u32,
        /// The new number of channels.
        channels: u16,
    },
    /// The file doesn't say how much silence its encoder put in front. Times may be late by up to
    /// about `late_seconds`, as they are in any player.
    UnknownEncoderDelay {
        /// What is usual for the codec, in seconds.
        late_seconds: f64,
    },
    /// The container cuts the sound up in more ways than are followed here; only the first cut is.
    EditsIgnored {
        /// How many cuts aren't followed.
        count: u32,
    },
    /// More than two channels, and the file doesn't say which is which: WAV's usual order is taken.
    ChannelsAssumed {
        /// How many channels.
        channels: u16,
    },
    /// Samples that are no numbers (a broken floating-point WAV); each counts as silence.
    NotNumbers {
        /// How many.
        count: u64,
    },
}

/// A count with the first times, which becomes one fault at the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    pub(crate) count: u64,
    pub(crate) amount: u64,
    at_seconds: Vec<f64>,
}

impl Places {
    pub(crate) fn add(&mut self, at_seconds: f64, amount: u64) {
        self.count += 1;
        self.amount += amount;
        if self.at_seconds.len() < MOST_TIMES {
            self.at_seconds.push(round_ms(at_seconds));
        }
    }

    pub(crate) fn times(&self) -> Vec<f64> {
        self.at_seconds.clone()
    }
}

/// Rounds to milliseconds, so that records are short and stable.
pub(crate) fn round_ms(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}

impl fmt::Display for Fault {
    /// A sentence for a reader.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::ExtensionDiffers {
                extension,
                container,
            } => {
                format!("The file’s name ends in .{extension}, but it is {container}.")
            }
            Self::CorruptPackets {
                count,
                silenced_seconds,
                at_seconds,
            } => format!(
                "{count} pieces can’t be decoded and are silent ({silenced_seconds:.1} s in all; first at {}).",
                first(at_seconds)
            ),
            Self::SkippedBytes {
                count,
                bytes,
                at_seconds,
            } => format!(
                "{bytes} bytes in {count} places belong to no sound (first at {}); later times may come early.",
                first(at_seconds)
            ),
            Self::Gap {
                count,
                silenced_seconds,
                at_seconds,
            } => format!(
                "Sound is missing in {count} places ({silenced_seconds:.1} s in all; first at {}); silence stands there.",
                first(at_seconds)
            ),
            Self::Truncated {
                promised_seconds,
                decoded_seconds,
                missing_seconds,
            } => format!(
                "The file ends early: its header promises {}, and {} are there; {missing_seconds:.1} s are missing.",
                clock(*promised_seconds),
                clock(*decoded_seconds)
            ),
            Self::NoEndMark { decoded_seconds } => format!(
                "The file has no mark of its end after {}: how much is missing can’t be told.",
                clock(*decoded_seconds)
            ),
            Self::LongerThanPromised {
                promised_seconds,
                decoded_seconds,
            } => format!(
                "The file is longer ({}) than its header says ({}).",
                clock(*decoded_seconds),
                clock(*promised_seconds)
            ),
            Self::Chained { streams, .. } => {
                format!(
                    "The file holds {streams} recordings one after the other; they are read as one."
                )
            }
            Self::FormatChange { at_seconds, .. } => format!(
                "Sampling rate or channels change at {}: nothing after is measured.",
                clock(*at_seconds)
            ),
            Self::UnknownEncoderDelay { late_seconds } => format!(
                "The file doesn’t say how much silence its encoder put first: times may be late by up to {late_seconds:.3} s."
            ),
            Self::EditsIgnored { count } => {
                format!("{count} cuts that the file asks for aren’t followed.")
            }
            Self::ChannelsAssumed { channels } => {
                format!("The file doesn’t say which of its {channels} channels is which.")
            }
            Self::NotNumbers { count } => {
                format!("{count} samples are no numbers and count as silence.")
            }
        };
        f.write_str(&words)
    }
}

fn first(at_seconds: &[f64]) -> String {
    at_seconds
        .first()
        .map_or_else(|| "an unknown time".to_owned(), |seconds| clock(*seconds))
}

fn clock(seconds: f64) -> String {
    MediaTime::from_seconds(seconds.round())
        .map_or_else(|_| format!("{seconds:.0} s"), |time| time.to_string())
}
