//! Recordings of days.

use std::io::{self, Read, Seek, SeekFrom};
use std::process::Command;

use yalu_media::{DecodeError, Decoder, MOST_HOURS, MeasureOptions, measure_media};

const RATE: u64 = 8_000;

/// A WAV of 8 kHz, one channel, 16 bits, that is made as it is read: hours of it take no room.
struct Made {
    header: Vec<u8>,
    n_bytes: u64,
    at: u64,
}

impl Made {
    fn hours(hours: u64) -> Self {
        let n_data = hours * 3600 * RATE * 2;
        let size = u32::try_from(n_data).unwrap();
        let mut header = b"RIFF".to_vec();
        header.extend((size + 36).to_le_bytes());
        header.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        header.extend((RATE as u32).to_le_bytes());
        header.extend((RATE as u32 * 2).to_le_bytes());
        header.extend(b"\x02\0\x10\0data");
        header.extend(size.to_le_bytes());
        Self {
            header,
            n_bytes: n_data + 44,
            at: 0,
        }
    }

    fn byte(&self, at: u64) -> u8 {
        match self.header.get(at as usize) {
            Some(&byte) => byte,
            // The high byte of each sample is a saw of 62 Hz, the low one 0.
            None if at.is_multiple_of(2) => 0,
            None => ((at >> 2) as u8 & 0x3f).wrapping_sub(32),
        }
    }
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = (buffer.len() as u64).min(self.n_bytes.saturating_sub(self.at)) as usize;
        for (i, byte) in buffer[..n].iter_mut().enumerate() {
            *byte = self.byte(self.at + i as u64);
        }
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Made {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.n_bytes.saturating_add_signed(by),
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

const CHILD: &str = "YALU_MEDIA_DAY";

/// Memory is a process's, so that a day is measured in one of its own.
#[test]
fn a_day_of_sound_is_measured_in_little_memory() {
    if std::env::var_os(CHILD).is_some() {
        let day = measure_media(
            Made::hours(24),
            "day.wav",
            &MeasureOptions::default(),
            |_| {},
        )
        .unwrap();
        assert_eq!(day.n_frames, 86_400 * RATE);
        assert_eq!(day.loudness.short_term_lufs.len(), 86_400);
        assert_eq!(day.waveform.rms.len(), 1000);
        assert!(!day.levelling.unwrap().needed);
        return;
    }
    let program = std::env::current_exe().unwrap();
    let script = "\"$0\" --exact long::a_day_of_sound_is_measured_in_little_memory & child=$!; peak=0; \
        while kill -0 $child 2>/dev/null; do grep VmHWM /proc/$child/status 2>/dev/null; sleep 0.2; done; wait $child";
    let output = Command::new("sh")
        .args(["-c", script])
        .arg(&program)
        .env(CHILD, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let kib = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("VmHWM:")?
                .split_whitespace()
                .next()?
                .parse::<u64>()
                .ok()
        })
        .max();
    // Off Linux there is no such account; the measurement itself was made.
    let Some(kib) = kib else { return };
    eprintln!("a day of sound: at most {kib} KiB");
    assert!(kib < 100 * 1024, "{kib} KiB");
}

#[test]
fn what_is_longer_than_two_days_is_refused() {
    let mut decoder = Decoder::read(Made::hours(u64::from(MOST_HOURS) + 1), "archive.wav").unwrap();
    let error = loop {
        match decoder.next_block() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the end came first"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, DecodeError::TooLong { .. }));
    assert!((decoder.seconds() - f64::from(MOST_HOURS) * 3600.0).abs() < 10.0);
}
