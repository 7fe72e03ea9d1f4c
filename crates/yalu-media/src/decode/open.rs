//! From a file to its demuxer: what it is, by content.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::edits::{Edits, claimed_end, read_edits};
use super::engine::{Codec, Engine};
use super::error::DecodeError;
use super::fault::{Fault, Places};
use super::sniff::{Container, Looks, looks};
use super::source::{Media, Source};
use super::walk;

/// A file that was recognised, before anything is decoded.
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) n_bytes: u64,
    pub(crate) container: Container,
    pub(crate) codec: Codec,
    pub(crate) track: OpenTrack,
    pub(crate) reader: Box<dyn FormatReader>,
    pub(crate) bytes_read: Arc<AtomicU64>,
    pub(crate) edits: Option<Edits>,
    pub(crate) skipped: Places,
    /// Whether there is a header that says how long the sound is; otherwise that is a guess.
    pub(crate) counts: bool,
    pub(crate) faults: Vec<Fault>,
}

/// The track that is decoded, and its decoder.
pub(crate) struct OpenTrack {
    pub(crate) track: Track,
    pub(crate) params: AudioCodecParameters,
    pub(crate) engine: Engine,
}

/// The file's name and its content.
pub(crate) fn file(path: &Path) -> Result<(String, File), DecodeError> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = name.to_string_lossy().into_owned();
    match File::open(path) {
        Ok(file) => Ok((name, file)),
        Err(source) => Err(DecodeError::Read {
            name,
            at_seconds: 0.0,
            source,
        }),
    }
}

/// What is learnt from the bytes alone.
struct Surveyed {
    n_bytes: u64,
    base: u64,
    looks: Looks,
    skipped: Places,
    counted: bool,
}

fn survey(media: &mut dyn Media) -> io::Result<Surveyed> {
    let mut media = media;
    let n_bytes = media.seek(SeekFrom::End(0))?;
    let base = walk::sound_start(&mut media)?.min(n_bytes);
    media.seek(SeekFrom::Start(base))?;
    let mut head = Vec::new();
    (&mut media).take(512).read_to_end(&mut head)?;
    let mut looks = looks(&head);
    if base > 0 && looks == Looks::Unknown {
        // What follows a player's tag is an MP3 with some padding, most of the time.
        looks = Looks::Ours(Container::Mp3);
    }
    let parse: Option<walk::Parse> = match looks {
        Looks::Ours(Container::Mp3) => Some(walk::mp3_frame),
        Looks::Ours(Container::Adts) => Some(walk::adts_frame),
        _ => None,
    };
    let skipped = match parse {
        Some(parse) => walk::walk(&mut media, n_bytes, parse)?,
        None => Places::default(),
    };
    media.seek(SeekFrom::Start(base))?;
    Ok(Surveyed {
        n_bytes,
        base,
        looks,
        skipped,
        counted: walk::counts_frames(&head),
    })
}

/// Recognises a recording.
pub(crate) fn open(mut media: Box<dyn Media>, name: String) -> Result<Opened, DecodeError> {
    let surveyed = match survey(media.as_mut()) {
        Ok(surveyed) => surveyed,
        Err(source) => {
            return Err(DecodeError::Read {
                name,
                at_seconds: 0.0,
                source,
            });
        }
    };
    let n_bytes = surveyed.n_bytes;
    refuse(&name, n_bytes, surveyed.looks)?;
    // The track is chosen after the file is given away, so the edit lists of all are read before.
    let is_mp4 = surveyed.looks == Looks::Ours(Container::Mp4);
    let (edits, claimed) = if is_mp4 {
        (
            read_edits(&mut media, n_bytes),
            claimed_end(&mut media, n_bytes),
        )
    } else {
        (Vec::new(), n_bytes)
    };
    if let Err(source) = media.seek(SeekFrom::Start(surveyed.base)) {
        return Err(DecodeError::Read {
            name,
            at_seconds: 0.0,
            source,
        });
    }
    let (source, bytes_read) = Source::new(media, surveyed.base, n_bytes, claimed);
    let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
    let reader = probe(&name, surveyed.looks, stream)?;
    let short_name = reader.format_info().short_name;
    let Some(container) = Container::of_format(short_name) else {
        return Err(DecodeError::UnsupportedContainer {
            name,
            container: reader.format_info().long_name,
        });
    };
    let (track, codec) = choose(&name, container, reader.as_ref())?;
    let edits = edits.into_iter().find(|(id, _)| *id == track.track.id);
    Ok(Opened {
        faults: extension_fault(&name, container).into_iter().collect(),
        name,
        n_bytes,
        container,
        codec,
        edits: edits.map(|(_, edits)| edits),
        track,
        reader,
        bytes_read,
        skipped: surveyed.skipped,
        counts: match container {
            Container::Mp3 => surveyed.counted,
            Container::Adts => false,
            _ => true,
        },
    })
}

fn refuse(name: &str, n_bytes: u64, looks: Looks) -> Result<(), DecodeError> {
    let name = name.to_owned();
    match looks {
        _ if n_bytes == 0 => Err(DecodeError::Empty { name }),
        Looks::Other(container) => Err(DecodeError::UnsupportedContainer { name, container }),
        Looks::Not(looks_like) => Err(DecodeError::NotAudio { name, looks_like }),
        Looks::Ours(_) | Looks::Unknown => Ok(()),
    }
}

/// Finds the demuxer that fits.
pub(crate) fn probe(
    name: &str,
    looks: Looks,
    stream: MediaSourceStream<'static>,
) -> Result<Box<dyn FormatReader>, DecodeError> {
    let probed = symphonia::default::get_probe().probe(
        &Hint::new(),
        stream,
        FormatOptions::default(),
        MetadataOptions::default(),
    );
    probed.map_err(|error| {
        let name = name.to_owned();
        match (looks, error) {
            (Looks::Ours(container), error) => DecodeError::BadHeader {
                name,
                container: container.name(),
                reason: error.to_string(),
            },
            (_, Error::IoError(source)) if source.kind() != io::ErrorKind::UnexpectedEof => {
                DecodeError::Read {
                    name,
                    at_seconds: 0.0,
                    source,
                }
            }
            _ => DecodeError::NotAudio {
                name,
                looks_like: "nothing known",
            },
        }
    })
}

/// Chooses the track to decode: the one marked as the default, else the first that has sound.
pub(crate) fn choose(
    name: &str,
    container: Container,
    reader: &dyn FormatReader,
) -> Result<(OpenTrack, Codec), DecodeError> {
    let chosen = reader.default_track(TrackType::Audio);
    let params = chosen.and_then(|track| track.codec_params.as_ref()?.audio());
    let (Some(track), Some(params)) = (chosen, params) else {
        return Err(DecodeError::NoAudioTrack {
            name: name.to_owned(),
            container: container.name(),
            n_tracks: reader.tracks().len(),
        });
    };
    match Engine::new(params) {
        Ok((engine, codec)) => {
            let track = OpenTrack {
                track: track.clone(),
                params: params.clone(),
                engine,
            };
            Ok((track, codec))
        }
        Err((codec, reason)) => Err(DecodeError::UnsupportedCodec {
            name: name.to_owned(),
            codec,
            reason,
        }),
    }
}

fn extension_fault(name: &str, container: Container) -> Option<Fault> {
    let extension = Path::new(name).extension()?.to_str()?.to_lowercase();
    let fits = container.extensions().contains(&extension.as_str());
    (!fits).then(|| Fault::ExtensionDiffers {
        extension,
        container: container.name().to_owned(),
    })
}
