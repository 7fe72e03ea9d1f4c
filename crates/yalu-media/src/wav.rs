//! Writing WAV files, sample by sample.

use std::io::{self, Seek, SeekFrom, Write};

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WavFormat {
    /// 16 bits, with triangular dither of two steps (Lipshitz, Wannamaker and Vanderkooy 1992): the
    /// rounding becomes a steady hiss 96 dB down and follows no signal.
    Pcm16 {
        /// The seed of the dither.
        seed: u64,
    },
    /// 32-bit floating point, exact.
    Float32,
}

/// Why a WAV can't be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WavError {
    /// The place can't be written to.
    #[error("the WAV can't be written: {0}")]
    Write(#[from] io::Error),
    /// More than WAV's sizes can count.
    #[error("the WAV would be {n_bytes} bytes or more; the format ends at 4 GiB")]
    TooLarge {
        /// How many it had become.
        n_bytes: u64,
    },
}

impl WavError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Write(_) => "see that the folder is there, may be written to, and has room",
            Self::TooLarge { .. } => "render 16 bits, or a part of the recording",
        }
    }
}

/// Writes a WAV. The sizes in its header are right only after [`WavWriter::finish`].
pub struct WavWriter<W> {
    out: W,
    dither: Option<ChaCha8Rng>,
    n_data: u64,
    n_clipped: u64,
    bytes: Vec<u8>,
}

const HEADER_BYTES: u64 = 44;

impl<W: Write + Seek> WavWriter<W> {
    /// Begins a WAV of `channels` at `sample_rate` Hz.
    ///
    /// # Errors
    /// [`WavError::Write`] where the place can't be written to.
    pub fn new(
        mut out: W,
        sample_rate: u32,
        channels: u16,
        format: WavFormat,
    ) -> Result<Self, WavError> {
        let (tag, bits) = match format {
            WavFormat::Pcm16 { .. } => (1_u16, 16_u16),
            WavFormat::Float32 => (3, 32),
        };
        let align = channels * (bits / 8);
        let mut header = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        header.extend(tag.to_le_bytes());
        header.extend(channels.to_le_bytes());
        header.extend(sample_rate.to_le_bytes());
        header.extend((sample_rate * u32::from(align)).to_le_bytes());
        header.extend(align.to_le_bytes());
        header.extend(bits.to_le_bytes());
        header.extend(b"data\0\0\0\0");
        out.write_all(&header)?;
        Ok(Self {
            out,
            dither: match format {
                WavFormat::Pcm16 { seed } => Some(ChaCha8Rng::seed_from_u64(seed)),
                WavFormat::Float32 => None,
            },
            n_data: 0,
            n_clipped: 0,
            bytes: Vec::new(),
        })
    }

    /// Writes frames, interleaved. In 16 bits, what is beyond full scale is cut off and counted.
    ///
    /// # Errors
    /// [`WavError`] where the place is full or the file would pass 4 GiB.
    pub fn write(&mut self, samples: &[f32]) -> Result<(), WavError> {
        self.bytes.clear();
        for &sample in samples {
            match &mut self.dither {
                None => self.bytes.extend(sample.to_le_bytes()),
                Some(rng) => {
                    let noise = rng.random::<f64>() - rng.random::<f64>();
                    let value = (f64::from(sample) * 32_768.0 + noise).round();
                    self.n_clipped += u64::from(!(-32_768.0..=32_767.0).contains(&value));
                    let value = value.clamp(-32_768.0, 32_767.0) as i16;
                    self.bytes.extend(value.to_le_bytes());
                }
            }
        }
        self.n_data += self.bytes.len() as u64;
        if self.n_data + HEADER_BYTES > u64::from(u32::MAX) {
            return Err(WavError::TooLarge {
                n_bytes: self.n_data + HEADER_BYTES,
            });
        }
        self.out.write_all(&self.bytes)?;
        Ok(())
    }

    /// Puts the sizes into the header. Returns the place, and how many samples were cut off.
    ///
    /// # Errors
    /// [`WavError::Write`] where the place can't be written to.
    pub fn finish(mut self) -> Result<(W, u64), WavError> {
        self.out.seek(SeekFrom::Start(4))?;
        self.out
            .write_all(&((self.n_data + HEADER_BYTES - 8) as u32).to_le_bytes())?;
        self.out.seek(SeekFrom::Start(HEADER_BYTES - 4))?;
        self.out.write_all(&(self.n_data as u32).to_le_bytes())?;
        self.out.flush()?;
        Ok((self.out, self.n_clipped))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn written(format: WavFormat, samples: &[f32]) -> (Vec<u8>, u64) {
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), 48_000, 1, format).unwrap();
        writer.write(samples).unwrap();
        let (out, n_clipped) = writer.finish().unwrap();
        (out.into_inner(), n_clipped)
    }

    #[test]
    fn the_header_has_the_sizes() {
        let (bytes, _) = written(WavFormat::Float32, &[0.25; 10]);
        assert_eq!(bytes.len(), 84);
        assert_eq!(bytes[4..8], 76_u32.to_le_bytes());
        assert_eq!(bytes[40..44], 40_u32.to_le_bytes());
        assert_eq!(bytes[44..48], 0.25_f32.to_le_bytes());
    }

    #[test]
    fn dither_is_the_same_for_a_seed_and_averages_out() {
        let tenth = 0.1 / 32_768.0;
        let (bytes, n_clipped) = written(WavFormat::Pcm16 { seed: 7 }, &vec![tenth; 40_000]);
        assert_eq!(
            bytes,
            written(WavFormat::Pcm16 { seed: 7 }, &vec![tenth; 40_000]).0
        );
        assert_ne!(
            bytes,
            written(WavFormat::Pcm16 { seed: 8 }, &vec![tenth; 40_000]).0
        );
        assert_eq!(n_clipped, 0);
        let values = bytes[44..]
            .chunks(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
        let mean = values.map(f64::from).sum::<f64>() / 40_000.0;
        // The error has a variance of a quarter of a step squared: the mean, of 0.0025.
        assert!((mean - 0.1).abs() < 0.0125, "{mean}");
    }

    #[test]
    fn what_is_beyond_full_scale_is_cut_off_and_counted() {
        let (bytes, n_clipped) = written(WavFormat::Pcm16 { seed: 1 }, &[1.5, -1.5, 0.0]);
        assert_eq!(n_clipped, 2);
        assert_eq!(bytes[44..46], i16::MAX.to_le_bytes());
    }
}
