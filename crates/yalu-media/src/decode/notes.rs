//! What was wrong with a recording, while it is decoded.

use super::fault::{Fault, Places, round_ms};

/// What was wrong, while it is counted.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) faults: Vec<Fault>,
    pub(super) corrupt: Places,
    pub(super) gaps: Places,
    pub(super) skipped: Places,
    pub(super) streams: Places,
    pub(super) n_not_numbers: u64,
    pub(super) cut_off: bool,
    pub(super) n_packets: u64,
}

impl Notes {
    /// The counts as faults.
    pub(super) fn faults(&self, sample_rate: u32) -> Vec<Fault> {
        let mut faults = self.faults.clone();
        let seconds = |frames: u64| round_ms(frames as f64 / f64::from(sample_rate));
        if self.corrupt.count > 0 {
            faults.push(Fault::CorruptPackets {
                count: self.corrupt.count,
                silenced_seconds: seconds(self.corrupt.amount),
                at_seconds: self.corrupt.times(),
            });
        }
        if self.skipped.count > 0 {
            faults.push(Fault::SkippedBytes {
                count: self.skipped.count,
                bytes: self.skipped.amount,
                at_seconds: self.skipped.times(),
            });
        }
        if self.gaps.count > 0 {
            faults.push(Fault::Gap {
                count: self.gaps.count,
                silenced_seconds: seconds(self.gaps.amount),
                at_seconds: self.gaps.times(),
            });
        }
        if self.streams.count > 0 {
            faults.push(Fault::Chained {
                at_seconds: self.streams.times(),
                streams: self.streams.count + 1,
            });
        }
        if self.n_not_numbers > 0 {
            faults.push(Fault::NotNumbers {
                count: self.n_not_numbers,
            });
        }
        faults
    }
}
