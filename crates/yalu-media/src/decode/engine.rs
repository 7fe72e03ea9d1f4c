//! From a packet to samples.

use opus_pure::{OpusDecoder, OpusMSDecoder};
use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_FLAC, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

/// How the sound is coded.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Codec {
    /// MPEG-1 and MPEG-2 layer 3.
    Mp3,
    /// AAC, low complexity.
    Aac,
    /// Vorbis.
    Vorbis,
    /// Opus.
    Opus,
    /// FLAC.
    Flac,
    /// Uncompressed samples, whole or floating-point, A-law and µ-law included.
    Pcm,
}

impl Codec {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mp3 => "MP3",
            Self::Aac => "AAC",
            Self::Vorbis => "Vorbis",
            Self::Opus => "Opus",
            Self::Flac => "FLAC",
            Self::Pcm => "PCM",
        }
    }

    fn of(id: AudioCodecId) -> Option<Self> {
        match id {
            CODEC_ID_MP3 => Some(Self::Mp3),
            CODEC_ID_AAC => Some(Self::Aac),
            CODEC_ID_VORBIS => Some(Self::Vorbis),
            CODEC_ID_OPUS => Some(Self::Opus),
            CODEC_ID_FLAC => Some(Self::Flac),
            _ => symphonia::default::get_codecs()
                .get_audio_decoder(id)
                .filter(|decoder| decoder.codec.info.short_name.starts_with("pcm"))
                .map(|_| Self::Pcm),
        }
    }
}

/// What a packet became.
pub(crate) struct Decoded {
    pub(crate) sample_rate: u32,
    pub(crate) channels: usize,
    /// The frame of the packet with which the samples begin: what the decoder left out in front.
    pub(crate) n_left_out: u64,
}

pub(crate) enum Engine {
    Symphonia {
        decoder: Box<dyn AudioDecoder>,
        /// Whether it cuts off what a packet is marked to be trimmed by.
        trims: bool,
    },
    Opus {
        decoder: Opus,
        channels: usize,
    },
}

/// An Opus stream of one or two channels, or of several coupled ones (RFC 7845, mapping family 1).
pub(crate) enum Opus {
    Plain(Box<OpusDecoder>),
    Surround(OpusMSDecoder),
}

const OPUS_RATE: u32 = 48_000;
/// 120 ms, the longest packet that Opus has.
const OPUS_MOST_FRAMES: usize = 5_760;

impl Engine {
    /// A decoder for a track. `Err` says what is unsupported.
    pub(crate) fn new(params: &AudioCodecParameters) -> Result<(Self, Codec), (String, String)> {
        let codec = Codec::of(params.codec)
            .ok_or_else(|| (params.codec.to_string(), "the codec is unknown".to_owned()))?;
        let unsupported = |reason: String| (codec.name().to_owned(), reason);
        if codec == Codec::Opus {
            let opus = Self::opus(params).map_err(unsupported)?;
            return Ok((opus, codec));
        }
        // symphonia 0.6.1 decodes Vorbis of more than two channels wrongly: some come out up to 6 dB
        // off, without an error. A refusal is better than a wrong figure.
        let n_channels = params.channels.as_ref().map_or(0, Channels::count);
        if codec == Codec::Vorbis && n_channels > 2 {
            let reason = format!("it has {n_channels} channels, and 2 are decoded rightly");
            return Err(unsupported(reason));
        }
        // An MP3 without a header has its length guessed from its first frames. A decoder that
        // trims by the guess would cut off the end, so the trimming is done in `Decoder`.
        let trims = codec != Codec::Mp3;
        let options = AudioDecoderOptions::default().gapless(trims);
        symphonia::default::get_codecs()
            .make_audio_decoder(params, &options)
            .map(|decoder| (Self::Symphonia { decoder, trims }, codec))
            .map_err(|error| unsupported(error.to_string()))
    }

    fn opus(params: &AudioCodecParameters) -> Result<Self, String> {
        let head = params.extra_data.as_deref().unwrap_or_default();
        let channels = usize::from(head.get(9).copied().unwrap_or(2));
        let family = head.get(18).copied().unwrap_or(0);
        let decoder = if family == 0 {
            OpusDecoder::new(OPUS_RATE as i32, channels).map(|one| Opus::Plain(Box::new(one)))
        } else {
            OpusMSDecoder::new(OPUS_RATE as i32, channels, family).map(Opus::Surround)
        };
        let decoder = decoder.map_err(|error| error.to_string())?;
        Ok(Self::Opus { decoder, channels })
    }

    /// Decodes a packet into `samples`, interleaved; what was in it goes.
    pub(crate) fn decode(
        &mut self,
        packet: &Packet,
        samples: &mut Vec<f32>,
    ) -> Result<Decoded, Error> {
        samples.clear();
        match self {
            Self::Symphonia { decoder, trims } => {
                let buffer = decoder.decode(packet)?;
                buffer.copy_to_vec_interleaved(samples);
                let spec = buffer.spec();
                Ok(Decoded {
                    sample_rate: spec.rate(),
                    channels: spec.channels().count(),
                    n_left_out: if *trims { packet.trim_start.get() } else { 0 },
                })
            }
            Self::Opus { decoder, channels } => {
                let channels = *channels;
                samples.resize(OPUS_MOST_FRAMES * channels, 0.0);
                let decoded = match decoder {
                    Opus::Plain(one) => one.decode(&packet.data, OPUS_MOST_FRAMES, samples),
                    Opus::Surround(many) => many.decode(&packet.data, OPUS_MOST_FRAMES, samples),
                };
                let n_frames = decoded.map_err(|_| Error::DecodeError("opus: invalid packet"))?;
                let skip = (packet.trim_start.get() as usize).min(n_frames);
                let keep = n_frames.saturating_sub(packet.trim_end.get() as usize);
                samples.truncate(keep.max(skip) * channels);
                samples.drain(..skip * channels);
                to_wave_order(samples, channels);
                Ok(Decoded {
                    sample_rate: OPUS_RATE,
                    channels,
                    n_left_out: skip as u64,
                })
            }
        }
    }

    /// Forgets what went before, for after a seek.
    pub(crate) fn reset(&mut self) -> bool {
        match self {
            Self::Symphonia { decoder, .. } => {
                decoder.reset();
                true
            }
            Self::Opus { decoder, .. } => match decoder {
                Opus::Plain(one) => one.reset_state().is_ok(),
                Opus::Surround(many) => many.reset_state().is_ok(),
            },
        }
    }
}

/// Opus has its channels in the order of Vorbis (RFC 7845, 5.1.1.2); all else here, WAV's order.
fn to_wave_order(samples: &mut [f32], channels: usize) {
    let order: &[usize] = match channels {
        3 => &[0, 2, 1],
        5 => &[0, 2, 1, 3, 4],
        6 => &[0, 2, 1, 5, 3, 4],
        7 => &[0, 2, 1, 6, 5, 3, 4],
        8 => &[0, 2, 1, 7, 5, 6, 3, 4],
        _ => return,
    };
    let mut frame = [0.0; 8];
    for one in samples.chunks_exact_mut(channels) {
        for (to, &from) in order.iter().enumerate() {
            frame[to] = one[from];
        }
        one.copy_from_slice(&frame[..channels]);
    }
}
