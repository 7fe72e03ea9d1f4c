//! What a file is by its first bytes, for messages; the decoding itself probes on its own.

/// The containers that are read, with the extensions that fit each.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Container {
    /// A bare stream of MPEG layer 3 frames.
    Mp3,
    /// A bare stream of AAC frames (ADTS).
    Adts,
    /// ISO base media: MP4, M4A, MOV.
    Mp4,
    /// Ogg.
    Ogg,
    /// FLAC's own.
    Flac,
    /// RIFF WAVE.
    Wav,
}

impl Container {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mp3 => "MP3",
            Self::Adts => "AAC (ADTS)",
            Self::Mp4 => "MP4",
            Self::Ogg => "Ogg",
            Self::Flac => "FLAC",
            Self::Wav => "WAV",
        }
    }

    /// Its media type, as pages and feeds name it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Adts => "audio/aac",
            Self::Mp4 => "audio/mp4",
            Self::Ogg => "audio/ogg",
            Self::Flac => "audio/flac",
            Self::Wav => "audio/wav",
        }
    }

    /// The extensions that fit it, in lower case.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Mp3 => &["mp3"],
            Self::Adts => &["aac", "adts"],
            Self::Mp4 => &["m4a", "mp4", "m4b", "m4v", "mov", "3gp", "m4r"],
            Self::Ogg => &["ogg", "oga", "opus", "ogv", "spx"],
            Self::Flac => &["flac"],
            Self::Wav => &["wav", "wave"],
        }
    }

    pub(crate) fn of_format(short_name: &str) -> Option<Self> {
        Some(match short_name {
            "mp3" | "mp2" | "mp1" => Self::Mp3,
            "aac" | "adts" => Self::Adts,
            "isomp4" => Self::Mp4,
            "ogg" => Self::Ogg,
            "flac" => Self::Flac,
            "wave" => Self::Wav,
            _ => return None,
        })
    }
}

/// What the first bytes of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looks {
    /// One of ours.
    Ours(Container),
    /// A known container that isn't read.
    Other(&'static str),
    /// No sound.
    Not(&'static str),
    /// Nothing that is known.
    Unknown,
}

const OTHERS: &[(&[u8], &str)] = &[
    (b"RF64", "WAV beyond 4 GiB (RF64)"),
    (b"BW64", "WAV beyond 4 GiB (BW64)"),
    (b"riff\x2e\x91", "Sony Wave64"),
    (b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
    (b"\x30\x26\xb2\x75", "Windows Media (ASF)"),
    (b"FORM", "AIFF"),
    (b"caff", "Apple CAF"),
    (b"#!AMR", "AMR"),
    (b".RMF", "RealMedia"),
    (b"MThd", "MIDI"),
    (b".snd", "Sun audio"),
    (b"MAC ", "Monkey's Audio"),
    (b"wvpk", "WavPack"),
    (b"FLV\x01", "Flash video"),
    (b"\x47\x40", "an MPEG transport stream"),
    (b"\x00\x00\x01\xba", "an MPEG programme stream"),
];

const NO_SOUND: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
];

/// What `head`, the first bytes of a file (some hundred suffice), looks like.
pub(crate) fn looks(head: &[u8]) -> Looks {
    let ours = match head {
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'A',
            b'V',
            b'E',
            ..,
        ] => Some(Container::Wav),
        [b'O', b'g', b'g', b'S', ..] => Some(Container::Ogg),
        [b'f', b'L', b'a', b'C', ..] => Some(Container::Flac),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(Container::Mp4),
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Some(Container::Adts),
        [b'I', b'D', b'3', ..] => Some(Container::Mp3),
        [0xff, second, ..] if second & 0xe6 == 0xe2 => Some(Container::Mp3),
        _ => None,
    };
    let find = |list: &[(&[u8], &'static str)]| {
        list.iter()
            .find(|(magic, _)| head.starts_with(magic))
            .map(|&(_, name)| name)
    };
    match (ours, find(OTHERS), find(NO_SOUND)) {
        (Some(container), _, _) => Looks::Ours(container),
        (_, Some(name), _) => Looks::Other(name),
        (_, _, Some(name)) => Looks::Not(name),
        _ if is_text(head) => Looks::Not(if is_markup(head) {
            "a web page"
        } else {
            "text"
        }),
        _ => Looks::Unknown,
    }
}

fn is_text(head: &[u8]) -> bool {
    // The head may end within a character.
    let whole = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !whole.is_empty() && whole.chars().all(|c| !c.is_control() || c.is_whitespace())
}

fn is_markup(head: &[u8]) -> bool {
    let start = String::from_utf8_lossy(head).trim_start().to_lowercase();
    start.starts_with("<!doctype") || start.starts_with("<html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_what_a_file_is() {
        for (head, looks_like) in [
            (&b"RIFF\0\0\0\0WAVEfmt "[..], Looks::Ours(Container::Wav)),
            (b"\0\0\0\x20ftypM4A ", Looks::Ours(Container::Mp4)),
            (b"\xff\xfb\x90\x64", Looks::Ours(Container::Mp3)),
            (b"\xff\xf1\x50\x80", Looks::Ours(Container::Adts)),
            (
                b"RF64\xff\xff\xff\xffWAVE",
                Looks::Other("WAV beyond 4 GiB (RF64)"),
            ),
            (b"%PDF-1.7", Looks::Not("a PDF")),
            (b"<!DOCTYPE html><html>", Looks::Not("a web page")),
            ("Höre".as_bytes(), Looks::Not("text")),
            (&"Hö".as_bytes()[..2], Looks::Not("text")),
            (b"\x01\x02\x03\x04", Looks::Unknown),
        ] {
            assert_eq!(looks(head), looks_like, "{head:?}");
        }
    }
}
