//! How loud a recording is: EBU R 128, by ITU-R BS.1770-4.

use ebur128::{Channel, EbuR128, Mode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::decode::{AudioFormat, round_ms};

/// The absolute gate of BS.1770-4, in LUFS: what is quieter isn't programme.
pub const ABSOLUTE_GATE_LUFS: f64 = -70.0;

/// What a meter can't do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LoudnessError {
    /// A format that can't be metered.
    #[error("{channels} channels at {sample_rate} Hz can't be metered")]
    Format {
        /// Frames a second.
        sample_rate: u32,
        /// Samples a frame.
        channels: usize,
    },
    /// Samples that don't make whole frames.
    #[error("{samples} samples don't make frames of {channels} channels")]
    TornFrame {
        /// How many samples.
        samples: usize,
        /// Samples a frame.
        channels: usize,
    },
}

impl LoudnessError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Format { .. } => "use 1 to 8 channels at 8 to 192 kHz",
            Self::TornFrame { .. } => "give whole frames, interleaved",
        }
    }
}

/// Whether there is a loudness at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audibility {
    /// There is.
    Measured,
    /// No block of 400 ms is above −70 LUFS: there is nothing to measure.
    Silent,
    /// The recording is shorter than one block of 400 ms.
    TooShort,
}

/// The loudness of a recording. Figures are `null` where there is none (see `audibility`), never
/// infinite. Levels to a hundredth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Loudness {
    /// Whether there is a loudness.
    pub audibility: Audibility,
    /// Integrated loudness, in LUFS: mean of blocks of 400 ms above −70 LUFS and above 10 LU below
    /// their mean (BS.1770-4).
    pub integrated_lufs: Option<f64>,
    /// Loudness range, in LU (EBU Tech 3342). It needs blocks of 3 s.
    pub range_lu: Option<f64>,
    /// The greatest momentary loudness (400 ms, every 100 ms; EBU Tech 3341), in LUFS.
    pub momentary_max_lufs: Option<f64>,
    /// The greatest short-term loudness (3 s, every second), in LUFS.
    pub short_term_max_lufs: Option<f64>,
    /// True peak, in dBTP: the greatest sample after oversampling to at least 96 kHz and, below
    /// 96 kHz, by four (BS.1770-4, annex 2).
    pub true_peak_dbtp: Option<f64>,
    /// When it is reached, in seconds, to a tenth.
    pub true_peak_at_seconds: Option<f64>,
    /// The greatest sample, in dBFS.
    pub sample_peak_dbfs: Option<f64>,
    /// Short-term loudness, in LUFS, to a tenth: value i is of the 3 s that end at i + 1 seconds. The
    /// first two, and those below −70 LUFS, are `null`.
    pub short_term_lufs: Vec<Option<f64>>,
    /// Each second on its own; what levelling works on. Not written.
    #[serde(skip)]
    pub(crate) seconds: Vec<Second>,
}

/// One second of a recording, or what is left of one at the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Second {
    /// Its loudness without gate, in LUFS, where it is above −70.
    pub(crate) lufs: Option<f64>,
    /// Its true peak as a factor of full scale.
    pub(crate) peak: f64,
}

/// A meter that samples are fed to as they are decoded. It holds 3 s of sound and some 40 bytes a
/// second of recording.
pub struct LoudnessMeter {
    ebu: EbuR128,
    channels: usize,
    /// Frames in 100 ms, and how many of the present 100 ms have come.
    tick_frames: usize,
    n_in_tick: usize,
    n_ticks: u64,
    n_frames: u64,
    sample_rate: u32,
    momentary_max: f64,
    short_term_max: f64,
    peak: f64,
    peak_tick: u64,
    second_peak: f64,
    short_term: Vec<Option<f64>>,
    seconds: Vec<Second>,
}

impl LoudnessMeter {
    /// A meter for a recording.
    ///
    /// # Errors
    /// [`LoudnessError::Format`] where the format can't be metered; whatever a
    /// [`crate::Decoder`] has can.
    pub fn new(format: &AudioFormat) -> Result<Self, LoudnessError> {
        Self::of_roles(format.sample_rate, &format.roles)
    }

    pub(crate) fn of_roles(sample_rate: u32, roles: &[Channel]) -> Result<Self, LoudnessError> {
        let channels = roles.len();
        let mode = Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::SAMPLE_PEAK;
        let ebu = EbuR128::new(channels as u32, sample_rate, mode).and_then(|mut ebu| {
            ebu.set_channel_map(roles)?;
            Ok(ebu)
        });
        let ebu = ebu.map_err(|_| LoudnessError::Format {
            sample_rate,
            channels,
        })?;
        Ok(Self {
            ebu,
            channels,
            tick_frames: (sample_rate as usize).div_ceil(10),
            n_in_tick: 0,
            n_ticks: 0,
            n_frames: 0,
            sample_rate,
            momentary_max: f64::NEG_INFINITY,
            short_term_max: f64::NEG_INFINITY,
            peak: 0.0,
            peak_tick: 0,
            second_peak: 0.0,
            short_term: Vec::new(),
            seconds: Vec::new(),
        })
    }

    /// Takes in frames, interleaved.
    ///
    /// # Errors
    /// [`LoudnessError::TornFrame`] where they aren't whole.
    pub fn add(&mut self, samples: &[f32]) -> Result<(), LoudnessError> {
        if !samples.len().is_multiple_of(self.channels) {
            return Err(self.torn(samples.len()));
        }
        let mut rest = samples;
        while !rest.is_empty() {
            let n = (self.tick_frames - self.n_in_tick).min(rest.len() / self.channels);
            let (now, later) = rest.split_at(n * self.channels);
            self.feed(now)?;
            self.n_in_tick += n;
            self.n_frames += n as u64;
            if self.n_in_tick == self.tick_frames {
                self.n_in_tick = 0;
                self.tick();
            }
            rest = later;
        }
        Ok(())
    }

    fn torn(&self, samples: usize) -> LoudnessError {
        LoudnessError::TornFrame {
            samples,
            channels: self.channels,
        }
    }

    fn feed(&mut self, samples: &[f32]) -> Result<(), LoudnessError> {
        if self.ebu.add_frames_f32(samples).is_err() {
            return Err(self.torn(samples.len()));
        }
        let peaks = (0..self.channels as u32).filter_map(|i| self.ebu.prev_true_peak(i).ok());
        let peak = peaks.fold(0.0, f64::max);
        if peak > self.peak {
            (self.peak, self.peak_tick) = (peak, self.n_ticks);
        }
        self.second_peak = self.second_peak.max(peak);
        Ok(())
    }

    /// After each 100 ms.
    fn tick(&mut self) {
        self.n_ticks += 1;
        if self.n_ticks >= 4 {
            let momentary = self.ebu.loudness_momentary().unwrap_or(f64::NEG_INFINITY);
            self.momentary_max = self.momentary_max.max(momentary);
        }
        if !self.n_ticks.is_multiple_of(10) {
            return;
        }
        self.end_second(1000);
        let short_term = match self.n_ticks {
            30.. => self.ebu.loudness_shortterm().ok().and_then(audible),
            _ => None,
        };
        self.short_term_max = self
            .short_term_max
            .max(short_term.unwrap_or(f64::NEG_INFINITY));
        self.short_term
            .push(short_term.map(|lufs| rounded(lufs, 10.0)));
    }

    fn end_second(&mut self, window_ms: u32) {
        let lufs = self.ebu.loudness_window(window_ms).ok().and_then(audible);
        self.seconds.push(Second {
            lufs,
            peak: std::mem::take(&mut self.second_peak),
        });
    }

    /// The figures of all that was taken in.
    pub fn finish(mut self) -> Loudness {
        let n_rest = self.n_frames - self.seconds.len() as u64 * self.tick_frames as u64 * 10;
        if n_rest > 0 {
            let rest_ms = (n_rest * 1000)
                .div_ceil(u64::from(self.sample_rate))
                .min(1000);
            self.end_second(rest_ms as u32);
        }
        let integrated = self.ebu.loudness_global().ok().and_then(audible);
        let audibility = match integrated {
            Some(_) => Audibility::Measured,
            None if self.n_ticks < 4 => Audibility::TooShort,
            None => Audibility::Silent,
        };
        let channels = 0..self.channels as u32;
        let sample_peak = channels
            .filter_map(|i| self.ebu.sample_peak(i).ok())
            .fold(0.0, f64::max);
        let range = self.ebu.loudness_range().ok();
        let has_range = self.short_term_max > f64::NEG_INFINITY && integrated.is_some();
        let level = |lufs: f64| audible(lufs).map(|lufs| rounded(lufs, 100.0));
        Loudness {
            audibility,
            integrated_lufs: integrated.map(|lufs| rounded(lufs, 100.0)),
            range_lu: range.filter(|_| has_range).map(|lu| rounded(lu, 100.0)),
            momentary_max_lufs: level(self.momentary_max),
            short_term_max_lufs: level(self.short_term_max),
            true_peak_dbtp: decibels(self.peak),
            true_peak_at_seconds: (self.peak > 0.0).then(|| round_ms(self.peak_tick as f64 / 10.0)),
            sample_peak_dbfs: decibels(sample_peak),
            short_term_lufs: self.short_term,
            seconds: self.seconds,
        }
    }
}

/// A loudness above the absolute gate.
fn audible(lufs: f64) -> Option<f64> {
    (lufs.is_finite() && lufs > ABSOLUTE_GATE_LUFS).then_some(lufs)
}

/// A factor in decibels, to a hundredth; nothing for 0.
pub(crate) fn decibels(factor: f64) -> Option<f64> {
    (factor > 0.0).then(|| rounded(20.0 * factor.log10(), 100.0))
}

pub(crate) fn rounded(value: f64, per_unit: f64) -> f64 {
    // Adding zero turns -0 into 0.
    (value * per_unit).round() / per_unit + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metered(sample_rate: u32, roles: &[Channel], samples: &[f32]) -> Loudness {
        let mut meter = LoudnessMeter::of_roles(sample_rate, roles).unwrap();
        for block in samples.chunks(999 * roles.len()) {
            meter.add(block).unwrap();
        }
        meter.finish()
    }

    fn sine(
        sample_rate: u32,
        hertz: f64,
        amplitude: f64,
        seconds: f64,
        channels: usize,
    ) -> Vec<f32> {
        let n_frames = (seconds * f64::from(sample_rate)) as usize;
        let step = std::f64::consts::TAU * hertz / f64::from(sample_rate);
        (0..n_frames)
            .flat_map(|i| {
                std::iter::repeat_n((amplitude * (i as f64 * step).sin()) as f32, channels)
            })
            .collect()
    }

    const STEREO: [Channel; 2] = [Channel::Left, Channel::Right];

    /// EBU Tech 3341, case 1: a stereo sine of 1 kHz at −23 dBFS is at −23 LUFS.
    #[test]
    fn the_first_case_of_tech_3341_is_met() {
        for sample_rate in [8_000, 44_100, 48_000, 96_000, 192_000] {
            let samples = sine(sample_rate, 1000.0, 10_f64.powf(-23.0 / 20.0), 20.0, 2);
            let loudness = metered(sample_rate, &STEREO, &samples);
            let integrated = loudness.integrated_lufs.unwrap();
            // At 8 kHz the K filter, which is defined at 48 kHz, is warped near a quarter of the rate.
            let tolerance = if sample_rate == 8_000 { 0.2 } else { 0.1 };
            assert!(
                (integrated + 23.0).abs() < tolerance,
                "{sample_rate}: {integrated}"
            );
            assert!((loudness.true_peak_dbtp.unwrap() + 23.0).abs() < 0.2);
            assert_eq!(loudness.range_lu, Some(0.0));
            assert_eq!(loudness.short_term_lufs.len(), 20);
            assert_eq!(loudness.short_term_lufs[1], None);
        }
    }

    /// EBU Tech 3341, case 5: −26, −20 and −26 dBFS of 20, 20.1 and 20 s are at −23 LUFS.
    #[test]
    fn the_fifth_case_of_tech_3341_is_met() {
        let part = |dbfs: f64, seconds| sine(48_000, 1000.0, 10_f64.powf(dbfs / 20.0), seconds, 2);
        let samples = [part(-26.0, 20.0), part(-20.0, 20.1), part(-26.0, 20.0)].concat();
        let integrated = metered(48_000, &STEREO, &samples).integrated_lufs.unwrap();
        assert!((integrated + 23.0).abs() < 0.1, "{integrated}");
    }

    /// EBU Tech 3342, case 1: −20 and −30 dBFS of 20 s each have a range of 10 LU.
    #[test]
    fn the_first_case_of_tech_3342_is_met() {
        let part = |dbfs: f64| sine(48_000, 1000.0, 10_f64.powf(dbfs / 20.0), 20.0, 2);
        let range = metered(48_000, &STEREO, &[part(-20.0), part(-30.0)].concat()).range_lu;
        assert!((range.unwrap() - 10.0).abs() < 1.0, "{range:?}");
    }

    #[test]
    fn one_channel_is_counted_once() {
        let stereo = metered(48_000, &STEREO, &sine(48_000, 1000.0, 0.1, 5.0, 2));
        let mono = metered(
            48_000,
            &[Channel::Center],
            &sine(48_000, 1000.0, 0.1, 5.0, 1),
        );
        let lower = stereo.integrated_lufs.unwrap() - mono.integrated_lufs.unwrap();
        assert!((lower - 3.01).abs() < 0.02, "{lower}");
    }

    #[test]
    fn silence_has_no_loudness_and_no_number_that_is_none() {
        let loudness = metered(48_000, &STEREO, &vec![0.0; 96_000 * 5]);
        assert_eq!(loudness.audibility, Audibility::Silent);
        assert_eq!(loudness.integrated_lufs, None);
        assert_eq!((loudness.range_lu, loudness.true_peak_dbtp), (None, None));
        let nothing = metered(48_000, &STEREO, &[]);
        assert_eq!(nothing.audibility, Audibility::TooShort);
        assert!(nothing.short_term_lufs.is_empty());
    }

    #[test]
    fn the_peak_between_samples_is_found_with_its_time() {
        // A sine of a quarter of the rate whose samples all miss its crest by 45 degrees.
        let mut samples = vec![0.0; 48_000];
        samples.extend((0..4_800).map(|i| [0.5, 0.5, -0.5, -0.5][i % 4]));
        let loudness = metered(48_000, &[Channel::Center], &samples);
        assert_eq!(loudness.sample_peak_dbfs, Some(-6.02));
        let true_peak = loudness.true_peak_dbtp.unwrap();
        // The onset itself rings; the crest of the steady tone is 3 dB above its samples.
        assert!((-3.2..-2.0).contains(&true_peak), "{true_peak}");
        assert_eq!(loudness.true_peak_at_seconds, Some(1.0));
    }

    #[test]
    fn half_a_frame_is_a_fault() {
        let mut meter = LoudnessMeter::of_roles(48_000, &STEREO).unwrap();
        let error = meter.add(&[0.0; 3]).unwrap_err();
        assert_eq!(
            error,
            LoudnessError::TornFrame {
                samples: 3,
                channels: 2
            }
        );
    }
}
