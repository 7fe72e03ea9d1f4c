//! From a recording to blocks of samples, packet by packet, with times that are right.
//!
//! # Time
//! Time 0 is the first sample that is meant to be heard: what an encoder put in front (the LAME
//! tag's delay, Vorbis' and Opus' pre-roll, an MP4's edit list) is cut off, as players do, and so is
//! what it put behind. What can't be decoded is replaced by as much silence. So frame `n` of the
//! stream is heard at `n / sample_rate` seconds, in every container.
//!
//! # Memory
//! A packet and a block, whatever the length of the file; an MP4's tables besides (4 bytes a packet).

mod edits;
mod engine;
mod error;
mod fault;
mod layout;
mod notes;
mod open;
mod sniff;
mod source;
mod timeline;
mod walk;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatReader, SeekMode, SeekTo};
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

pub use engine::Codec;
use engine::Engine;
pub use error::{DecodeError, HIGHEST_RATE, LOWEST_RATE, MOST_CHANNELS, MOST_HOURS};
use fault::Places;
pub(crate) use fault::round_ms;
pub use fault::{Fault, MOST_TIMES};
use notes::Notes;
use open::{Opened, choose};
pub use sniff::Container;
pub use source::Media;
use timeline::Timeline;

/// What a recording is, by its header.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioFormat {
    /// The container.
    pub container: Container,
    /// The codec.
    pub codec: Codec,
    /// Frames a second, in Hz.
    pub sample_rate: u32,
    /// Samples a frame.
    pub channels: u16,
    /// How long the header says that the recording is, in seconds, where it says so. A guess from
    /// the bit rate isn't taken for a promise.
    pub promised_seconds: Option<f64>,
    /// The bytes of the file.
    pub n_bytes: u64,
    /// What each channel is, in the order of a frame.
    pub(crate) roles: Vec<ebur128::Channel>,
}

/// Some frames of a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block<'a> {
    /// The number of the first frame, counted from the start of the recording.
    pub start_frame: u64,
    /// Samples, interleaved: frame by frame, one for each channel. Full scale is 1; lossy codecs
    /// can go beyond. Never a NaN.
    pub samples: &'a [f32],
}

/// A recording as a stream of blocks.
pub struct Decoder {
    name: String,
    format: AudioFormat,
    reader: Option<Box<dyn FormatReader>>,
    engine: Engine,
    track_id: u32,
    timeline: Timeline,
    bytes_read: Arc<AtomicU64>,
    decoded: Vec<f32>,
    block: Vec<f32>,
    state: State,
    notes: Notes,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Next {
    /// A packet.
    #[default]
    Packet,
    /// Decoded samples, after what silence there is before them.
    Decoded,
    /// What was held back: nothing more comes from the packets.
    Held,
    /// Nothing.
    End,
}

/// Where the stream stands.
#[derive(Debug, Default)]
struct State {
    next: Next,
    /// Whether the block holds frames already, after a seek.
    ready: bool,
    /// Errors in a row from the container.
    n_failed: u32,
    /// Whether the demuxer has come to its end; some can't be asked for more after that.
    exhausted: bool,
}

/// A container that fails so often in a row has nothing more to give.
const MOST_FAILURES: u32 = 1_000;

/// Silence comes in blocks of this many frames.
const SILENT_FRAMES: u64 = 4_096;

impl Decoder {
    /// Opens a file. What it is is told by its content; an extension that says otherwise is a
    /// [`Fault`].
    ///
    /// # Errors
    /// [`DecodeError`] where the file can't be read, is empty, holds no sound, or sound that isn't
    /// decoded here.
    pub fn open(path: &Path) -> Result<Self, DecodeError> {
        let (name, file) = open::file(path)?;
        Self::read(file, &name)
    }

    /// Reads a recording from anything that can be read from any place. `name` is for messages; its
    /// extension is compared with the content.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn read(media: impl Media + 'static, name: &str) -> Result<Self, DecodeError> {
        Self::new(open::open(Box::new(media), name.to_owned())?)
    }

    fn new(opened: Opened) -> Result<Self, DecodeError> {
        let mut faults = opened.faults;
        let track = opened.track;
        let params = &track.params;
        let channels = params.channels.clone().unwrap_or_default();
        let (mut roles, named) = layout::roles(&channels);
        let mut sample_rate = params.sample_rate.unwrap_or(0);
        if let Engine::Opus { channels, .. } = &track.engine {
            sample_rate = 48_000;
            if roles.len() != *channels {
                roles = layout::by_count(*channels);
            }
        }
        check_format(&opened.name, sample_rate, roles.len())?;
        let n_channels = roles.len() as u16;
        if !named {
            faults.push(Fault::ChannelsAssumed {
                channels: n_channels,
            });
        }
        let (timeline, promised) = Timeline::of(
            &track.track,
            opened.codec,
            opened.edits,
            opened.counts,
            sample_rate,
            roles.len(),
        );
        let delay_known = opened.edits.is_some() || track.track.delay.is_some();
        faults.extend(delay_fault(opened.codec, delay_known, sample_rate));
        if let Some(count) = opened.edits.map(|edits| edits.n_ignored).filter(|&n| n > 0) {
            faults.push(Fault::EditsIgnored { count });
        }
        Ok(Self {
            format: AudioFormat {
                container: opened.container,
                codec: opened.codec,
                sample_rate,
                channels: n_channels,
                promised_seconds: promised.map(|frames| frames as f64 / f64::from(sample_rate)),
                n_bytes: opened.n_bytes,
                roles,
            },
            name: opened.name,
            track_id: track.track.id,
            engine: track.engine,
            reader: Some(opened.reader),
            timeline,
            bytes_read: opened.bytes_read,
            decoded: Vec::new(),
            block: Vec::new(),
            state: State::default(),
            notes: Notes {
                faults,
                skipped: opened.skipped,
                ..Notes::default()
            },
        })
    }

    /// What the recording is.
    pub fn format(&self) -> &AudioFormat {
        &self.format
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes of the file the decoder stands past: for a bar of progress.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
            .load(Ordering::Relaxed)
            .min(self.format.n_bytes)
    }

    /// How many frames have been handed out (or passed over by a seek).
    pub fn n_frames(&self) -> u64 {
        self.timeline.handed()
    }

    /// The same in seconds: after the last block, how long the recording is.
    pub fn seconds(&self) -> f64 {
        self.n_frames() as f64 / f64::from(self.format.sample_rate)
    }

    /// The next frames; nothing at the end.
    ///
    /// # Errors
    /// [`DecodeError::Read`] where the file can't be read on, [`DecodeError::TooLong`] past
    /// [`MOST_HOURS`], [`DecodeError::NothingDecoded`] at the end of a file that gave no frame.
    pub fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
        loop {
            if !std::mem::take(&mut self.state.ready) {
                self.block.clear();
                self.step()?;
            }
            let n_frames = (self.block.len() / self.format.roles.len()) as u64;
            if n_frames > 0 {
                if self.seconds() > f64::from(MOST_HOURS) * 3600.0 {
                    let name = self.name.clone();
                    return Err(DecodeError::TooLong { name });
                }
                self.replace_what_is_no_number();
                return Ok(Some(Block {
                    start_frame: self.n_frames() - n_frames,
                    samples: &self.block,
                }));
            }
            if self.state.next == Next::End {
                return self.end();
            }
        }
    }

    /// One step: some silence, or what waits, or a packet, or at the end what was held back.
    fn step(&mut self) -> Result<(), DecodeError> {
        if self.timeline.silence > 0 {
            let n_frames = self.timeline.silence.min(SILENT_FRAMES);
            self.timeline.silence -= n_frames;
            let silence = vec![0.0; n_frames as usize * self.format.roles.len()];
            self.timeline.place(&silence, &mut self.block);
            return Ok(());
        }
        match self.state.next {
            Next::Packet => match self.next_packet()? {
                Some(packet) => self.take(&packet),
                None => self.state.next = Next::Held,
            },
            Next::Decoded => {
                self.timeline.place(&self.decoded, &mut self.block);
                self.state.next = Next::Packet;
            }
            Next::Held => {
                self.timeline.flush(&mut self.block);
                self.state.next = Next::End;
            }
            Next::End => {}
        }
        Ok(())
    }

    fn replace_what_is_no_number(&mut self) {
        for sample in &mut self.block {
            if !sample.is_finite() {
                *sample = 0.0;
                self.notes.n_not_numbers += 1;
            }
        }
    }

    /// The next packet of the track; nothing at the end, whole or torn.
    fn next_packet(&mut self) -> Result<Option<Packet>, DecodeError> {
        loop {
            let Some(reader) = self.reader.as_mut() else {
                return Ok(None);
            };
            match reader.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track_id => {
                    self.state.n_failed = 0;
                    self.notes.n_packets += 1;
                    return Ok(Some(packet));
                }
                Ok(Some(_)) => {}
                Ok(None) => {
                    self.state.exhausted = true;
                    return Ok(None);
                }
                Err(Error::ResetRequired) => {
                    if !self.next_stream()? {
                        return Ok(None);
                    }
                }
                Err(Error::IoError(source)) => match source.kind() {
                    std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidInput => {
                        self.notes.cut_off = true;
                        return Ok(None);
                    }
                    _ => {
                        return Err(DecodeError::Read {
                            name: self.name.clone(),
                            at_seconds: self.seconds(),
                            source,
                        });
                    }
                },
                Err(_) => {
                    self.state.n_failed += 1;
                    if self.state.n_failed > MOST_FAILURES {
                        self.notes.cut_off = true;
                        return Ok(None);
                    }
                    let at_seconds = self.timeline.seconds();
                    if self.state.n_failed == 1 {
                        self.notes.skipped.add(at_seconds, 0);
                    }
                }
            }
        }
    }

    /// Goes on with the next stream of a chained file; false where its format differs.
    fn next_stream(&mut self) -> Result<bool, DecodeError> {
        let Some(reader) = self.reader.as_ref() else {
            return Ok(false);
        };
        let (track, _) = choose(&self.name, self.format.container, reader.as_ref())?;
        let channels = track.params.channels.clone().unwrap_or_default().count() as u16;
        let sample_rate = match track.engine {
            Engine::Opus { .. } => 48_000,
            Engine::Symphonia { .. } => track.params.sample_rate.unwrap_or(0),
        };
        let at_seconds = self.timeline.seconds();
        if (sample_rate, channels) != (self.format.sample_rate, self.format.channels) {
            self.notes.faults.push(Fault::FormatChange {
                at_seconds: round_ms(at_seconds),
                sample_rate,
                channels,
            });
            return Ok(false);
        }
        self.notes.streams.add(at_seconds, 0);
        self.track_id = track.track.id;
        self.engine = track.engine;
        self.timeline.join(&track.track, self.format.codec);
        Ok(true)
    }

    /// Decodes a packet and puts it in its place. What can't be decoded, or has another format, is
    /// as much silence.
    fn take(&mut self, packet: &Packet) {
        let decoded = self.engine.decode(packet, &mut self.decoded);
        let ours = (self.format.sample_rate, self.format.roles.len());
        let (n_left_out, n_silent) = match decoded {
            Ok(it) if self.decoded.is_empty() || (it.sample_rate, it.channels) == ours => {
                (it.n_left_out, 0)
            }
            _ => (0, self.timeline.frames_of(packet)),
        };
        // After a jump Vorbis' first packet gives nothing: it only begins the overlap.
        if self.decoded.is_empty() && n_silent == 0 && self.timeline.is_lost() {
            return;
        }
        let gap = self.timeline.meet(packet, n_left_out);
        if gap > 0 {
            self.notes.gaps.add(self.timeline.seconds(), gap);
        }
        if n_silent > 0 {
            self.notes.corrupt.add(self.timeline.seconds(), n_silent);
            self.decoded.clear();
        }
        self.timeline.silence = gap.saturating_add(n_silent);
        self.state.next = Next::Decoded;
    }

    fn end(&self) -> Result<Option<Block<'_>>, DecodeError> {
        if self.n_frames() == 0 && self.notes.corrupt.count >= self.notes.n_packets {
            return Err(DecodeError::NothingDecoded {
                name: self.name.clone(),
                container: self.format.container.name(),
                n_corrupt: self.notes.corrupt.count,
            });
        }
        Ok(None)
    }

    /// What was wrong so far; what a file lacks at its end is known only after the last block.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.notes.faults(self.format.sample_rate);
        faults.extend(self.end_fault());
        faults
    }

    /// Whether the file ended where its header says.
    fn end_fault(&self) -> Option<Fault> {
        // Some headers count in thousandths of a second.
        const LEAST_SECONDS: f64 = 0.005;
        if self.state.next != Next::End {
            return None;
        }
        let decoded_seconds = round_ms(self.seconds());
        let promised = self.format.promised_seconds.map(round_ms);
        match promised {
            Some(promised_seconds) if promised_seconds - decoded_seconds > LEAST_SECONDS => {
                Some(Fault::Truncated {
                    promised_seconds,
                    decoded_seconds,
                    missing_seconds: round_ms(promised_seconds - decoded_seconds),
                })
            }
            Some(promised_seconds) if decoded_seconds - promised_seconds > LEAST_SECONDS => {
                Some(Fault::LongerThanPromised {
                    promised_seconds,
                    decoded_seconds,
                })
            }
            None if self.notes.cut_off => Some(Fault::NoEndMark { decoded_seconds }),
            _ => None,
        }
    }

    /// Goes to a time: the next block begins with the frame that is heard then (the nearest one).
    /// Faults that are met on the way are counted again.
    ///
    /// # Errors
    /// [`DecodeError::NoTime`] and [`DecodeError::PastEnd`], and those of [`Self::next_block`].
    pub fn seek_to(&mut self, seconds: f64) -> Result<(), DecodeError> {
        // Decoders need what went before: Opus 80 ms, MP3 up to nine frames (RFC 7845, 4.6).
        const PRE_ROLL_SECONDS: f64 = 0.5;
        if !(0.0..=f64::from(MOST_HOURS) * 3600.0).contains(&seconds) {
            return Err(DecodeError::NoTime { seconds });
        }
        let target = (seconds * f64::from(self.format.sample_rate)).round() as u64;
        let early = (seconds - PRE_ROLL_SECONDS).max(0.0);
        if self.state.exhausted {
            self.rewind()?;
        }
        // In a chained file the container knows the times of one stream only.
        let jumped = self.notes.streams.count == 0 && early > 0.0 && self.jump(early);
        if !jumped {
            self.rewind()?;
        }
        self.pass_over(seconds, target)
    }

    fn jump(&mut self, seconds: f64) -> bool {
        let Some(reader) = self.reader.as_mut() else {
            return false;
        };
        let to = SeekTo::Timestamp {
            ts: Timestamp::new(self.timeline.ticks_at(seconds)),
            track_id: self.track_id,
        };
        if reader.seek(SeekMode::Accurate, to).is_err() || !self.engine.reset() {
            return false;
        }
        self.timeline.restart(true);
        self.state = State::default();
        true
    }

    /// Opens the recording anew, from the bytes that the demuxer gives back.
    fn rewind(&mut self) -> Result<(), DecodeError> {
        let Some(reader) = self.reader.take() else {
            return Ok(());
        };
        let mut stream = reader.into_inner();
        let again = std::io::Seek::seek(&mut stream, std::io::SeekFrom::Start(0));
        let failed = |source| DecodeError::Read {
            name: self.name.clone(),
            at_seconds: 0.0,
            source,
        };
        again.map_err(failed)?;
        let reader = open::probe(
            &self.name,
            sniff::Looks::Ours(self.format.container),
            stream,
        )?;
        let (track, _) = choose(&self.name, self.format.container, reader.as_ref())?;
        self.timeline.restart(false);
        self.track_id = track.track.id;
        self.engine = track.engine;
        self.reader = Some(reader);
        self.state = State::default();
        self.notes.streams = Places::default();
        Ok(())
    }

    /// Decodes up to the frame `target`, which becomes the first of the next block.
    fn pass_over(&mut self, seconds: f64, target: u64) -> Result<(), DecodeError> {
        let channels = self.format.roles.len();
        while self.state.next != Next::End {
            self.block.clear();
            self.step()?;
            let n_after = self.n_frames().saturating_sub(target) as usize;
            let n_frames = self.block.len() / channels;
            if n_after > 0 && n_frames > 0 {
                self.block
                    .drain(..n_frames.saturating_sub(n_after) * channels);
                self.state.ready = true;
                return Ok(());
            }
        }
        Err(DecodeError::PastEnd {
            name: self.name.clone(),
            seconds,
            duration_seconds: self.seconds(),
        })
    }
}

fn check_format(name: &str, sample_rate: u32, channels: usize) -> Result<(), DecodeError> {
    if (LOWEST_RATE..=HIGHEST_RATE).contains(&sample_rate)
        && (1..=usize::from(MOST_CHANNELS)).contains(&channels)
    {
        return Ok(());
    }
    Err(DecodeError::BeyondFormat {
        name: name.to_owned(),
        sample_rate,
        channels,
    })
}

/// What an MP3 without a LAME tag or an AAC without an edit list leaves open.
fn delay_fault(codec: Codec, delay_known: bool, sample_rate: u32) -> Option<Fault> {
    // LAME's own delay with a decoder's, and the usual pre-roll of AAC encoders.
    let frames = match codec {
        Codec::Mp3 if !delay_known => 1105,
        Codec::Aac if !delay_known => 2112,
        _ => return None,
    };
    Some(Fault::UnknownEncoderDelay {
        late_seconds: round_ms(f64::from(frames) / f64::from(sample_rate)),
    })
}
