//! Where decoded samples belong in time.

use symphonia::core::formats::Track;
use symphonia::core::packet::Packet;

use super::edits::Edits;
use super::engine::Codec;

/// A difference of a container's times that is rounding, in seconds.
const TOLERANCE_SECONDS: f64 = 0.005;

/// Puts samples in their place: cuts off what isn't meant to be heard, and finds gaps.
///
/// Frames are counted from the first that is heard; what comes before has negative numbers.
#[derive(Debug)]
pub(crate) struct Timeline {
    channels: usize,
    sample_rate: u32,
    /// Seconds a tick of the container.
    tick_seconds: f64,
    /// The container's frame that is heard first.
    origin: i64,
    /// The same before anything was read.
    first_origin: i64,
    /// Whether the first packet's time is taken for the start, whatever it is.
    floating: bool,
    /// Whether the first packet comes after a jump.
    jumped: bool,
    /// The first frame that isn't heard any more.
    end: Option<i64>,
    /// Frames at the end that may be an encoder's padding.
    hold: usize,
    promised: Option<u64>,
    /// Whether a packet's marked trims have been cut off by the decoder.
    trims: bool,
    /// Frames still to be dropped at the start of a later stream.
    drop: usize,
    /// The next decoded frame; nothing before the first packet.
    position: Option<i64>,
    expected_ticks: Option<i64>,
    held: Vec<f32>,
    /// The next frame to hand out.
    handed: u64,
    /// Silent frames that come before anything else.
    pub(crate) silence: u64,
}

impl Timeline {
    /// The timeline of a track, and how many frames its header promises. `counts` says whether there
    /// is a header that counts: a bare stream has its length guessed.
    pub(crate) fn of(
        track: &Track,
        codec: Codec,
        edits: Option<Edits>,
        counts: bool,
        sample_rate: u32,
        channels: usize,
    ) -> (Self, Option<u64>) {
        let rate = f64::from(sample_rate);
        let frames = |seconds: f64| (seconds * rate).round() as i64;
        let tick_seconds = track.time_base.map_or(1.0 / rate, |base| {
            f64::from(base.numer.get()) / f64::from(base.denom.get())
        });
        let in_frames = |ticks: u64| (ticks as f64 * tick_seconds * rate).round() as u64;
        let whole = track
            .num_frames
            .or(track.duration.map(|d| in_frames(d.get())));
        let lead = edits.map_or(0, |edits| frames(edits.empty_seconds));
        let start = edits.map_or(0, |edits| frames(edits.start_seconds));
        let pre_skip = match codec {
            Codec::Opus => i64::from(track.delay.unwrap_or(0)),
            _ => 0,
        };
        let lasts = edits.and_then(|edits| edits.duration_seconds).map(frames);
        let promised = match codec {
            _ if !counts => None,
            Codec::Mp3 => track.num_frames,
            // Ogg has no header with a length: what the demuxer says is what it found at the end.
            Codec::Vorbis | Codec::Opus => None,
            _ => {
                let whole = whole.filter(|&n| n > 0);
                let rest = whole.map(|n| n.saturating_sub(start.max(0) as u64));
                let heard = match (lasts, rest) {
                    (Some(lasts), Some(rest)) => Some((lasts.max(0) as u64).min(rest)),
                    (_, rest) => rest,
                };
                heard.map(|n| n + lead.max(0) as u64)
            }
        };
        let hold = match codec {
            Codec::Mp3 if counts => track.padding.unwrap_or(0) as usize,
            _ => 0,
        };
        let timeline = Self {
            channels,
            sample_rate,
            tick_seconds,
            origin: start + pre_skip - lead,
            first_origin: start + pre_skip - lead,
            floating: matches!(codec, Codec::Vorbis | Codec::Opus | Codec::Flac),
            jumped: false,
            end: lasts.map(|n| n + lead),
            hold,
            promised,
            trims: codec != Codec::Mp3,
            drop: 0,
            position: None,
            expected_ticks: None,
            held: Vec::new(),
            handed: 0,
            silence: 0,
        };
        (timeline, promised)
    }

    fn frames(&self, ticks: i64) -> i64 {
        (ticks as f64 * self.tick_seconds * f64::from(self.sample_rate)).round() as i64
    }

    /// The next frame to hand out.
    pub(crate) fn handed(&self) -> u64 {
        self.handed
    }

    /// When the next decoded frame is heard, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.position.unwrap_or(0).max(0) as f64 / f64::from(self.sample_rate)
    }

    /// Whether no packet has been placed since a jump.
    pub(crate) fn is_lost(&self) -> bool {
        self.jumped && self.position.is_none()
    }

    /// The container's time at which `seconds` is heard.
    pub(crate) fn ticks_at(&self, seconds: f64) -> i64 {
        let frame = seconds * f64::from(self.sample_rate) + self.origin as f64;
        (frame / f64::from(self.sample_rate) / self.tick_seconds).floor() as i64
    }

    /// How many frames a packet lasts, from its start to what is trimmed off its end.
    pub(crate) fn frames_of(&self, packet: &Packet) -> u64 {
        let ticks = if self.trims {
            packet.dur.saturating_add(packet.trim_start)
        } else {
            packet.block_dur()
        };
        self.frames(i64::try_from(ticks.get()).unwrap_or(i64::MAX))
            .max(0) as u64
    }

    /// Takes note of a packet's time. Returns how many frames are missing before it.
    pub(crate) fn meet(&mut self, packet: &Packet, n_left_out: u64) -> u64 {
        let ticks = packet.pts.get().saturating_add(n_left_out as i64);
        let length = i64::try_from(packet.block_dur().get()).unwrap_or(i64::MAX);
        let expected = self
            .expected_ticks
            .replace(packet.pts.get().saturating_add(length));
        let start = self.frames(ticks).saturating_sub(self.origin);
        let least = (TOLERANCE_SECONDS * f64::from(self.sample_rate)) as i64;
        match (self.position, expected) {
            (None, _) => self.first(start),
            (Some(position), None) => {
                self.origin += start - position;
                0
            }
            (Some(_), Some(expected)) => {
                let gap = self.frames(packet.pts.get().saturating_sub(expected));
                if gap > least { gap as u64 } else { 0 }
            }
        }
    }

    /// Places the first packet. Returns how much silence comes before it.
    fn first(&mut self, start: i64) -> u64 {
        if self.jumped || start <= 0 {
            self.position = Some(start);
            self.handed = start.max(0) as u64;
            return 0;
        }
        self.position = Some(0);
        if self.floating {
            self.origin += start;
            return 0;
        }
        start as u64
    }

    /// Appends to `block` what of `samples` is heard and known not to be padding.
    pub(crate) fn place(&mut self, samples: &[f32], block: &mut Vec<f32>) {
        let mut samples = samples;
        let n_dropped = self.drop.min(samples.len() / self.channels);
        self.drop -= n_dropped;
        samples = &samples[n_dropped * self.channels..];
        let n_frames = (samples.len() / self.channels) as i64;
        let position = self.position.unwrap_or(0);
        self.position = Some(position.saturating_add(n_frames));
        let first = (-position).clamp(0, n_frames);
        let last = match self.end {
            Some(end) => end.saturating_sub(position).clamp(first, n_frames),
            None => n_frames,
        };
        let heard = &samples[first as usize * self.channels..last as usize * self.channels];
        if self.hold == 0 {
            block.extend_from_slice(heard);
            self.handed += (heard.len() / self.channels) as u64;
            return;
        }
        self.held.extend_from_slice(heard);
        let n_free = (self.held.len() / self.channels).saturating_sub(self.hold);
        block.extend(self.held.drain(..n_free * self.channels));
        self.handed += n_free as u64;
    }

    /// At the end: what was held back is padding only where the file has its full length.
    pub(crate) fn flush(&mut self, block: &mut Vec<f32>) {
        let n_held = (self.held.len() / self.channels) as u64;
        let total = self.handed + n_held;
        let keep = match self.promised {
            Some(promised) if total <= promised + self.hold as u64 => total.min(promised),
            _ => total,
        };
        let n_kept = keep.saturating_sub(self.handed).min(n_held);
        block.extend_from_slice(&self.held[..n_kept as usize * self.channels]);
        self.handed += n_kept;
        self.held.clear();
    }

    /// A further stream follows on.
    pub(crate) fn join(&mut self, track: &Track, codec: Codec) {
        self.expected_ticks = None;
        self.drop = match codec {
            Codec::Opus => track.delay.unwrap_or(0) as usize,
            _ => 0,
        };
    }

    /// Forgets where the stream is: the next packet's time says so, after a jump, or it is the first.
    pub(crate) fn restart(&mut self, jumped: bool) {
        self.jumped = jumped;
        if !jumped {
            self.origin = self.first_origin;
        }
        self.position = None;
        self.expected_ticks = None;
        self.held.clear();
        self.handed = 0;
        self.silence = 0;
        self.drop = 0;
    }
}
