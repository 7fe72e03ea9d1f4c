//! Where a bare stream of frames (MP3, ADTS) is broken.
//!
//! Such a stream has no times of its own: a demuxer that loses a frame looks for the next one and
//! goes on, and nobody learns of it. This walks from header to header beforehand, and notes what
//! lies between frames with the time at which it does.

use std::io::{self, Read, Seek, SeekFrom};

use super::fault::Places;

/// A frame's length in bytes, its samples a channel, its sampling rate.
type Frame = (u64, u64, u32);

/// Reads a frame's header from its first bytes, where they are one.
pub(crate) type Parse = fn([u8; 8]) -> Option<Frame>;

/// The header of an MPEG layer 3 frame (ISO/IEC 11172-3, 13818-3).
pub(crate) fn mp3_frame(head: [u8; 8]) -> Option<Frame> {
    const KBPS_1: [u64; 16] = [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
    ];
    const KBPS_2: [u64; 16] = [
        0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
    ];
    if head[0] != 0xff || head[1] & 0xe6 != 0xe2 {
        return None;
    }
    let version = head[1] >> 3 & 3;
    let rate = [44_100, 48_000, 32_000, 0][usize::from(head[2] >> 2 & 3)];
    let (rate, samples, kbps) = match version {
        3 => (rate, 1152, KBPS_1),
        2 => (rate / 2, 576, KBPS_2),
        0 => (rate / 4, 576, KBPS_2),
        _ => return None,
    };
    let bits = kbps[usize::from(head[2] >> 4)] * 1000;
    if bits == 0 || rate == 0 {
        return None;
    }
    let padding = u64::from(head[2] >> 1 & 1);
    Some((
        samples / 8 * bits / u64::from(rate) + padding,
        samples,
        rate,
    ))
}

/// The header of an ADTS frame (ISO/IEC 13818-7).
pub(crate) fn adts_frame(head: [u8; 8]) -> Option<Frame> {
    const RATES: [u32; 13] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
        8_000, 7_350,
    ];
    if head[0] != 0xff || head[1] & 0xf6 != 0xf0 {
        return None;
    }
    let rate = *RATES.get(usize::from(head[2] >> 2 & 15))?;
    let len = u64::from(head[3] & 3) << 11 | u64::from(head[4]) << 3 | u64::from(head[5] >> 5);
    let blocks = u64::from(head[6] & 3) + 1;
    (len > 7).then_some((len, blocks * 1024, rate))
}

/// Whether the first frame of an MP3 is no sound but a header that counts the frames (Xing, Info,
/// VBRI). `first` is the start of the stream.
pub(crate) fn counts_frames(first: &[u8]) -> bool {
    let mono = first.get(3).is_some_and(|byte| byte >> 6 == 3);
    let version_1 = first.get(1).is_some_and(|byte| byte >> 3 & 3 == 3);
    let xing = match (version_1, mono) {
        (true, false) => 36,
        (true, true) | (false, false) => 21,
        (false, true) => 13,
    };
    let tag = |at: usize| first.get(at..at + 4);
    matches!(tag(xing), Some(b"Xing" | b"Info")) || tag(36) == Some(b"VBRI")
}

/// Walks the whole stream. Tags before and behind the frames are no damage.
pub(crate) fn walk<R: Read + Seek>(file: &mut R, len: u64, parse: Parse) -> io::Result<Places> {
    let end = sound_end(file, len)?;
    let mut at = sound_start(file)?;
    let mut skipped = Places::default();
    let mut window = Window::new(file);
    let (mut samples, mut rate) = (0, 0);
    let mut started = false;
    while at + 8 <= end {
        let frame = window.head(at)?.and_then(parse);
        if let Some((size, n, hz)) = frame.filter(|_| rate == 0 || frame_rate(frame) == rate) {
            (at, samples, rate, started) = (at + size, samples + n, hz, true);
            continue;
        }
        let resumed = resume(&mut window, at + 1, end, rate, parse)?;
        if started {
            let seconds = samples as f64 / f64::from(rate.max(1));
            skipped.add(seconds, resumed - at);
        }
        at = resumed;
    }
    Ok(skipped)
}

fn frame_rate(frame: Option<Frame>) -> u32 {
    frame.map_or(0, |(_, _, rate)| rate)
}

/// The next place where a frame begins that another follows, or `end`.
fn resume<R: Read + Seek>(
    window: &mut Window<'_, R>,
    from: u64,
    end: u64,
    rate: u32,
    parse: Parse,
) -> io::Result<u64> {
    for at in from..end {
        let Some(first) = window.head(at)?.and_then(parse) else {
            continue;
        };
        if rate != 0 && first.2 != rate {
            continue;
        }
        let next = at + first.0;
        let follows = window.head(next)?.and_then(parse);
        if next >= end.saturating_sub(8) || frame_rate(follows) == first.2 {
            return Ok(at);
        }
    }
    Ok(end)
}

/// Past the ID3v2 tags in front.
pub(crate) fn sound_start<R: Read + Seek>(file: &mut R) -> io::Result<u64> {
    let mut at = 0;
    loop {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 10];
        if file.read_exact(&mut head).is_err() || &head[..3] != b"ID3" {
            return Ok(at);
        }
        let size = head[6..10]
            .iter()
            .fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
        let footer = if head[5] & 0x10 != 0 { 10 } else { 0 };
        at += 10 + size + footer;
    }
}

/// Before the ID3v1 and APE tags behind.
fn sound_end<R: Read + Seek>(file: &mut R, len: u64) -> io::Result<u64> {
    let mut end = len;
    let mut tail = [0; 32];
    if end >= 128 {
        file.seek(SeekFrom::Start(end - 128))?;
        file.read_exact(&mut tail[..3])?;
        if &tail[..3] == b"TAG" {
            end -= 128;
        }
    }
    if end >= 32 {
        file.seek(SeekFrom::Start(end - 32))?;
        file.read_exact(&mut tail)?;
        if &tail[..8] == b"APETAGEX" {
            let size = u32::from_le_bytes([tail[12], tail[13], tail[14], tail[15]]);
            let header = if tail[23] & 0x80 != 0 { 32 } else { 0 };
            end = end.saturating_sub(u64::from(size) + header);
        }
    }
    Ok(end)
}

/// A buffer over the file that jumps of a frame mostly stay within.
struct Window<'a, R> {
    file: &'a mut R,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a, R: Read + Seek> Window<'a, R> {
    const SIZE: u64 = 1 << 16;

    fn new(file: &'a mut R) -> Self {
        Self {
            file,
            start: 0,
            bytes: Vec::new(),
        }
    }

    /// The eight bytes at a place; nothing where the file ends before.
    fn head(&mut self, at: u64) -> io::Result<Option<[u8; 8]>> {
        if at < self.start || at + 8 > self.start + self.bytes.len() as u64 {
            self.file.seek(SeekFrom::Start(at))?;
            self.bytes.clear();
            let mut part = self.file.by_ref().take(Self::SIZE);
            part.read_to_end(&mut self.bytes)?;
            self.start = at;
        }
        let from = (at - self.start) as usize;
        let head = self.bytes.get(from..from + 8);
        Ok(head.and_then(|head| head.try_into().ok()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A frame of 128 kbit/s at 44.1 kHz: 417 bytes, 1152 samples.
    fn frame() -> Vec<u8> {
        let mut bytes = vec![0; 417];
        bytes[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x64]);
        bytes
    }

    fn walked(bytes: Vec<u8>) -> Places {
        let len = bytes.len() as u64;
        walk(&mut Cursor::new(bytes), len, mp3_frame).unwrap()
    }

    #[test]
    fn a_header_gives_length_samples_and_rate() {
        let head = [0xff, 0xfb, 0x90, 0x64, 0, 0, 0, 0];
        assert_eq!(mp3_frame(head), Some((417, 1152, 44_100)));
        assert_eq!(mp3_frame([0; 8]), None);
    }

    #[test]
    fn whole_frames_and_tags_are_no_damage() {
        let mut bytes = b"ID3\x04\0\0\0\0\0\x05hello".to_vec();
        bytes.extend(frame().repeat(10));
        let mut tag = b"TAG".to_vec();
        tag.resize(128, 0);
        bytes.extend(tag);
        assert_eq!(walked(bytes).count, 0);
    }

    #[test]
    fn bytes_between_frames_are_found_with_their_time() {
        let mut bytes = frame().repeat(100);
        bytes.extend([7; 1000]);
        bytes.extend(frame().repeat(10));
        let skipped = walked(bytes);
        assert_eq!((skipped.count, skipped.amount), (1, 1000));
        assert_eq!(skipped.times(), [2.612]);
    }
}
