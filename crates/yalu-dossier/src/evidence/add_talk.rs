//! A recording taken into a dossier: measured, put where the dossier finds it, written down.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use yalu_media::{
    MeasureError, MeasureOptions, MediaTime, Progress, Recording, Target, measure, speaker_changes,
};

use super::keys::{EvidenceKeys, TalkFile};
use super::talks::{RECORDING_ENDING, longest, media_talk};
use crate::check::leads_inside;
use crate::csv_file::read_text;
use crate::diagnostic::{Problem, Problems};
use crate::toml_file::parse_toml;

/// What is to be taken in.
#[derive(Debug, Clone)]
pub struct TalkRequest<'a> {
    /// The recording.
    pub file: &'a Path,
    /// The dossier's folder.
    pub dossier: &'a Path,
    /// The talk's id; none takes the file's name.
    pub id: Option<&'a str>,
    /// For a talk that has no file yet: its title.
    pub title: Option<&'a str>,
    /// Its day, as an EDTF date.
    pub date: Option<&'a str>,
    /// Its source, by id in the library.
    pub source: Option<&'a str>,
    /// What the gain is for.
    pub target: Target,
}

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub struct AddedTalk {
    /// The talk's id.
    pub id: String,
    /// The talk's file.
    pub talk: PathBuf,
    /// Whether that file is new.
    pub is_new: bool,
    /// The recording, where the dossier finds it.
    pub audio: PathBuf,
    /// Whether it was copied there.
    pub copied: bool,
    /// What was measured.
    pub recording: Recording,
}

/// Why a recording can't be taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddTalkError {
    /// The dossier says nothing of talks.
    #[error("the dossier has no [evidence] with talks")]
    NoTalks,
    /// A name that is no id.
    #[error("`{id}` is no id of a talk")]
    Id {
        /// The name.
        id: String,
    },
    /// A new talk of which too little is said.
    #[error("talk `{id}` is new, and its {missing} isn't said")]
    Missing {
        /// The talk.
        id: String,
        /// What is missing.
        missing: &'static str,
    },
    /// The talk has another recording.
    #[error("talk `{id}` has another recording, `{held}`")]
    OtherRecording {
        /// The talk.
        id: String,
        /// Its recording.
        held: String,
    },
    /// The talk's file has faults.
    #[error(transparent)]
    Talk(#[from] Problems),
    /// The recording can't be measured.
    #[error("{file}: {source}")]
    Measure {
        /// The recording.
        file: String,
        /// Why.
        #[source]
        source: MeasureError,
    },
    /// A file can't be written.
    #[error("{} can't be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl AddTalkError {
    /// What to do about it.
    pub fn mend(&self) -> Option<String> {
        match self {
            Self::NoTalks => Some(
                "add [evidence] with sources = \"sources.json\" and talks = \"talks\"".to_owned(),
            ),
            Self::Id { .. } => Some(
                "name one with --id: small letters, digits, hyphens and underscores".to_owned(),
            ),
            Self::Missing { .. } => {
                Some("give --title, --date and --source; the rest can be written later".to_owned())
            }
            Self::OtherRecording { id, .. } => Some(format!(
                "change `recording` in the talk's file, or take another id than {id}"
            )),
            Self::Measure { source, .. } => Some(source.mend().to_owned()),
            Self::Talk(_) | Self::Write { .. } => None,
        }
    }

    /// Whether the machine failed, and not what was asked of it.
    pub fn is_machine(&self) -> bool {
        matches!(self, Self::Write { .. })
    }
}

/// Where a talk's files stand.
struct Places {
    id: String,
    /// The talk's file.
    talk: PathBuf,
    /// The recording, relative to the dossier.
    audio: String,
    /// Whether it must be copied there.
    copied: bool,
}

/// Measures a recording and writes down what was measured beside the talk's file, which is made where it
/// isn't there yet. A recording outside the dossier is copied in. Nothing is written before the whole
/// recording was measured.
///
/// # Errors
/// [`AddTalkError`].
pub fn add_talk(
    keys: Option<&EvidenceKeys>,
    request: &TalkRequest<'_>,
    progress: impl FnMut(Progress),
) -> Result<AddedTalk, AddTalkError> {
    let folder = keys
        .and_then(|keys| keys.talks.as_deref())
        .ok_or(AddTalkError::NoTalks)?;
    let places = places(request, folder)?;
    let known = known_talk(&places.talk)?;
    check_request(request, &places, known.as_ref())?;
    let options = MeasureOptions {
        target: request.target,
        boundaries: known.as_ref().map_or(Vec::new(), boundaries),
        ..MeasureOptions::default()
    };
    let recording =
        measure(request.file, &options, progress).map_err(|source| AddTalkError::Measure {
            file: request.file.display().to_string(),
            source,
        })?;
    write(request, &places, known.as_ref(), &recording)?;
    Ok(AddedTalk {
        is_new: known.is_none(),
        audio: request.dossier.join(&places.audio),
        id: places.id,
        talk: places.talk,
        copied: places.copied,
        recording,
    })
}

fn places(request: &TalkRequest<'_>, folder: &str) -> Result<Places, AddTalkError> {
    let stem = || {
        request
            .file
            .file_stem()
            .map(|stem| stem.to_string_lossy().to_lowercase())
    };
    let id = request
        .id
        .map(str::to_owned)
        .or_else(stem)
        .unwrap_or_default();
    let sound = !id.is_empty()
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if !sound {
        return Err(AddTalkError::Id { id });
    }
    let folder = folder.trim_end_matches('/');
    let inside = inside_of(request.dossier, request.file).filter(|name| leads_inside(name));
    let ending = request.file.extension().map_or(String::new(), |ending| {
        format!(".{}", ending.to_string_lossy())
    });
    Ok(Places {
        talk: request.dossier.join(folder).join(format!("{id}.toml")),
        copied: inside.is_none(),
        audio: inside.unwrap_or_else(|| format!("{folder}/{id}{ending}")),
        id,
    })
}

/// The name of a file relative to a folder that it lies in.
fn inside_of(folder: &Path, file: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let file = file.canonicalize().ok()?;
    let inside = file.strip_prefix(folder).ok()?;
    Some(inside.to_str()?.replace('\\', "/"))
}

fn known_talk(path: &Path) -> Result<Option<TalkFile>, Problems> {
    if !path.is_file() {
        return Ok(None);
    }
    let one = |fault: Problem| Problems(vec![fault]);
    let text = read_text(path).map_err(one)?;
    parse_toml::<TalkFile>(path, &text, |_, _, _| {}).map(Some)
}

fn check_request(
    request: &TalkRequest<'_>,
    places: &Places,
    known: Option<&TalkFile>,
) -> Result<(), AddTalkError> {
    let Some(talk) = known else {
        let said = [
            ("title", request.title),
            ("date", request.date),
            ("source", request.source),
        ];
        return match said.iter().find(|(_, value)| value.is_none()) {
            Some((missing, _)) => Err(AddTalkError::Missing {
                id: places.id.clone(),
                missing,
            }),
            None => Ok(()),
        };
    };
    match &talk.recording {
        Some(held) if *held != places.audio => Err(AddTalkError::OtherRecording {
            id: places.id.clone(),
            held: held.clone(),
        }),
        _ => Ok(()),
    }
}

/// Where the speaker changes, by the cues that the talk's file has. Cues that can't be placed are left
/// to `yalu check`.
fn boundaries(talk: &TalkFile) -> Vec<f64> {
    let mut with_recording = talk.clone();
    with_recording.recording.get_or_insert_default();
    let placed = media_talk(&with_recording)
        .place(longest())
        .unwrap_or_default();
    speaker_changes(&placed)
        .into_iter()
        .filter(|seconds| MediaTime::from_seconds(*seconds).is_ok())
        .collect()
}

fn write(
    request: &TalkRequest<'_>,
    places: &Places,
    known: Option<&TalkFile>,
    recording: &Recording,
) -> Result<(), AddTalkError> {
    let folder = places.talk.parent().unwrap_or(request.dossier);
    fs::create_dir_all(folder).map_err(|source| AddTalkError::Write {
        path: folder.to_owned(),
        source,
    })?;
    if places.copied {
        let to = request.dossier.join(&places.audio);
        in_place(&to, |partial| fs::copy(request.file, partial).map(|_| ()))?;
    }
    let mut json = serde_json::to_string_pretty(recording).expect("a record of plain values");
    json.push('\n');
    let beside = places.talk.with_extension(RECORDING_ENDING);
    in_place(&beside, |partial| fs::write(partial, &json))?;
    let text = match known {
        None => Some(skeleton(request, places)),
        Some(talk) if talk.recording.is_none() => {
            let text = read_text(&places.talk).map_err(|fault| Problems(vec![fault]))?;
            Some(with_recording(&text, &places.audio))
        }
        Some(_) => None,
    };
    match text {
        Some(text) => in_place(&places.talk, |partial| fs::write(partial, &text)),
        None => Ok(()),
    }
}

/// Writes beside a file and renames, so that a reader sees the old one or the new one.
fn in_place(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), AddTalkError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    write(&partial)
        .and_then(|()| fs::rename(&partial, path))
        .map_err(|source| AddTalkError::Write {
            path: path.to_owned(),
            source,
        })
}

/// A TOML string of any text.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn skeleton(request: &TalkRequest<'_>, places: &Places) -> String {
    format!(
        "title = {}\n# The day of the talk, not of the post; EDTF.\ndate = {}\nsource = {}\nrecording = {}\n\n\
         # Who speaks when. A cue ends where the next begins.\n\
         # [[speakers]]\n# id = \"smith\"\n# name = \"Jane Smith\"\n# affiliation = \"Her institute\"\n\n\
         # [[cues]]\n# at = \"0:00\"\n# speaker = \"smith\"\n# title = \"What she speaks of\"\n",
        quoted(request.title.unwrap_or_default()),
        quoted(request.date.unwrap_or_default()),
        quoted(request.source.unwrap_or_default()),
        quoted(&places.audio),
    )
}

/// A talk's text with the key `recording`, before its first table.
fn with_recording(text: &str, audio: &str) -> String {
    let key = format!("recording = {}\n", quoted(audio));
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            return format!("{}{key}\n{}", &text[..at], &text[at..]);
        }
        at += line.len();
    }
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    format!("{text}{gap}{key}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_recording_is_named_before_the_first_table_and_nothing_else_changes() {
        let text = "title = \"a [b]\"\ndate = \"2013\"\n\n[[speakers]]\nid = \"x\"\n";
        let with = with_recording(text, "talks/a \"b\".mp3");
        let value: toml::Table = with.parse().unwrap();
        assert_eq!(value["recording"].as_str(), Some("talks/a \"b\".mp3"));
        assert_eq!(value["speakers"][0]["id"].as_str(), Some("x"));
        assert_eq!(
            with.replace("recording = 'talks/a \"b\".mp3'\n\n", ""),
            text
        );
        let bare = with_recording("title = \"a\"", "x.wav")
            .parse::<toml::Table>()
            .unwrap();
        assert_eq!(bare["recording"].as_str(), Some("x.wav"));
    }
}
