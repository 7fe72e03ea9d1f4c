//! The bytes of a recording, counted as they are read.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use symphonia::core::io::MediaSource;

/// Where the bytes of a recording come from: a file, or anything that can be read from any place.
pub trait Media: Read + Seek + Send + Sync {}

impl<T: Read + Seek + Send + Sync> Media for T {}

/// A recording's bytes from `base` on, as the demuxer sees them: tags of players in front aren't
/// its business.
pub(crate) struct Source {
    inner: Box<dyn Media>,
    base: u64,
    len: u64,
    /// Where the end is said to be: past the real one where a file was cut off.
    claimed_len: u64,
    at: Arc<AtomicU64>,
}

impl Source {
    pub(crate) fn new(
        inner: Box<dyn Media>,
        base: u64,
        len: u64,
        claimed_len: u64,
    ) -> (Self, Arc<AtomicU64>) {
        let at = Arc::new(AtomicU64::new(0));
        let source = Self {
            inner,
            base,
            len,
            claimed_len,
            at: Arc::clone(&at),
        };
        (source, at)
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.at.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(place) => SeekFrom::Start(place.saturating_add(self.base)),
            // An MP4's demuxer skips a box that reaches past the end, and with it all the sound of a
            // file that was cut off. It asks for the end this way.
            SeekFrom::End(by) => SeekFrom::Start(self.claimed_len.saturating_add_signed(by)),
            SeekFrom::Current(by) => SeekFrom::Current(by),
        };
        let place = self.inner.seek(to)?;
        let place = place
            .checked_sub(self.base)
            .ok_or(io::Error::from(io::ErrorKind::InvalidInput))?;
        self.at.store(place, Ordering::Relaxed);
        Ok(place)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len.saturating_sub(self.base))
    }
}
