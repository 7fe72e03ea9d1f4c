//! A picture of a recording: least, greatest and root-mean-square sample of each of a fixed number
//! of bins, made while the recording is decoded and its length isn't known.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many bins a waveform has unless told otherwise.
pub const DEFAULT_BINS: usize = 1_000;

/// Fine bins for each final one, at least, so that edges fall within an eighth of a bin.
const FINE: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Bin {
    min: f32,
    max: f32,
    sum_squares: f64,
}

impl Bin {
    const EMPTY: Self = Self {
        min: f32::INFINITY,
        max: f32::NEG_INFINITY,
        sum_squares: 0.0,
    };

    fn add(&mut self, sample: f32) {
        self.min = self.min.min(sample);
        self.max = self.max.max(sample);
        self.sum_squares += f64::from(sample) * f64::from(sample);
    }

    fn join(&mut self, other: &Self, share: f64) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum_squares += other.sum_squares * share;
    }
}

/// Takes in samples and keeps at most 16 fine bins for each bin of the picture, whatever the length:
/// when they are full, each two become one.
#[derive(Debug, Clone)]
pub struct WaveformBuilder {
    n_bins: usize,
    channels: usize,
    fine_frames: u64,
    fine: Vec<Bin>,
    present: Bin,
    n_in_present: u64,
}

impl WaveformBuilder {
    /// For a picture of `n_bins` bins (at least one) of frames of `channels` samples (at least one).
    pub fn new(n_bins: usize, channels: u16) -> Self {
        Self {
            n_bins: n_bins.max(1),
            channels: usize::from(channels.max(1)),
            fine_frames: 1,
            fine: Vec::new(),
            present: Bin::EMPTY,
            n_in_present: 0,
        }
    }

    /// Takes in frames, interleaved. All channels go into one picture.
    pub fn add(&mut self, samples: &[f32]) {
        for frame in samples.chunks_exact(self.channels) {
            for &sample in frame {
                self.present.add(sample);
            }
            self.n_in_present += 1;
            if self.n_in_present == self.fine_frames {
                self.fine
                    .push(std::mem::replace(&mut self.present, Bin::EMPTY));
                self.n_in_present = 0;
                if self.fine.len() == 2 * FINE * self.n_bins {
                    self.halve();
                }
            }
        }
    }

    fn halve(&mut self) {
        let pairs = self.fine.chunks(2).map(|pair| {
            let mut one = pair[0];
            pair[1..].iter().for_each(|other| one.join(other, 1.0));
            one
        });
        self.fine = pairs.collect();
        self.fine_frames *= 2;
    }

    /// The picture. A recording with fewer frames than bins has a bin for each frame.
    pub fn finish(mut self) -> Waveform {
        let n_frames = self.fine.len() as u64 * self.fine_frames + self.n_in_present;
        if self.n_in_present > 0 {
            self.fine.push(self.present);
        }
        let n_bins = (self.n_bins as u64).min(n_frames);
        let bins = (0..n_bins).map(|i| {
            let (start, end) = (i * n_frames / n_bins, (i + 1) * n_frames / n_bins);
            (self.between(start, end, n_frames), end - start)
        });
        let mut waveform = Waveform::default();
        for (bin, n) in bins {
            let mean = bin.sum_squares / (n * self.channels as u64) as f64;
            waveform.min.push(to_i8(bin.min));
            waveform.max.push(to_i8(bin.max));
            waveform
                .rms
                .push((mean.sqrt() * 127.0).round().clamp(0.0, 255.0) as u8);
        }
        waveform
    }

    /// All fine bins that touch the frames `start..end`; of the squares, the share within.
    fn between(&self, start: u64, end: u64, n_frames: u64) -> Bin {
        let mut bin = Bin::EMPTY;
        let first = start / self.fine_frames;
        let last = end.div_ceil(self.fine_frames);
        for index in first..last {
            let from = index * self.fine_frames;
            let to = (from + self.fine_frames).min(n_frames);
            let within = to.min(end).saturating_sub(from.max(start));
            if let Some(fine) = self.fine.get(index as usize).filter(|_| to > from) {
                bin.join(fine, within as f64 / (to - from) as f64);
            }
        }
        bin
    }
}

fn to_i8(sample: f32) -> i8 {
    (sample * 127.0).round().clamp(-128.0, 127.0) as i8
}

/// The picture: three rows of equal length. Full scale is 127; what goes beyond is cut off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waveform {
    /// The least sample of each bin.
    pub min: Vec<i8>,
    /// The greatest sample of each bin.
    pub max: Vec<i8>,
    /// The root of the mean square of each bin.
    pub rms: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(samples: &[f32], n_bins: usize, channels: u16) -> Waveform {
        let mut builder = WaveformBuilder::new(n_bins, channels);
        for block in samples.chunks(7 * usize::from(channels)) {
            builder.add(block);
        }
        builder.finish()
    }

    #[test]
    fn each_bin_has_its_least_greatest_and_root_mean_square() {
        let samples = [[1.0, -1.0].repeat(512), [0.5, -0.5].repeat(512)].concat();
        let waveform = drawn(&samples, 2, 1);
        assert_eq!(
            (waveform.min, waveform.max),
            (vec![-127, -64], vec![127, 64])
        );
        assert_eq!(waveform.rms, [127, 64]);
    }

    #[test]
    fn a_long_recording_is_held_in_few_bins() {
        let mut builder = WaveformBuilder::new(10, 1);
        for _ in 0..1000 {
            builder.add(&[0.25; 1001]);
        }
        assert!(builder.fine.len() <= 160);
        let waveform = builder.finish();
        assert_eq!(waveform.rms, [32; 10]);
    }

    #[test]
    fn a_recording_shorter_than_the_bins_has_a_bin_a_frame() {
        assert_eq!(drawn(&[0.0, 1.0, -1.0, 0.0], 1000, 2).max, [127, 0]);
        assert_eq!(drawn(&[], 1000, 2), Waveform::default());
    }

    proptest! {
        #[test]
        fn no_extreme_is_lost(samples in prop::collection::vec(-1.0_f32..1.0, 1..3000), n_bins in 1_usize..20) {
            let waveform = drawn(&samples, n_bins, 1);
            let greatest = samples.iter().copied().fold(f32::MIN, f32::max);
            let least = samples.iter().copied().fold(f32::MAX, f32::min);
            prop_assert_eq!(waveform.max.iter().copied().max(), Some(to_i8(greatest)));
            prop_assert_eq!(waveform.min.iter().copied().min(), Some(to_i8(least)));
            prop_assert_eq!(waveform.rms.len(), n_bins.min(samples.len()));
        }
    }
}
