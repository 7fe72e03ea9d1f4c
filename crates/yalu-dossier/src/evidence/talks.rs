//! Talks: read and checked.

use std::fs;
use std::path::Path;

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use yalu_evidence::edtf::{Edtf, parse_edtf};
use yalu_media::{
    Attribution, Cue, MediaTime, PlacedCue, Recording, Speaker, Talk, Transcript, attribute,
};

use super::keys::TalkFile;
use crate::check::talks::check;
use crate::check::{Checker, leads_inside};
use crate::csv_file::{problem, read_text};
use crate::diagnostic::{Problem, Problems};
use crate::toml_file::parse_toml;

/// What a talk's measured recording is called beside its file.
pub(crate) const RECORDING_ENDING: &str = "recording.json";

/// A talk that was read and found sound.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedTalk {
    /// The name of its file without ending.
    pub id: String,
    /// The file, relative to the dossier.
    pub file: String,
    /// What the file says.
    pub keys: TalkFile,
    /// When it was given.
    pub date: Edtf,
    /// How much later in the recording at hand everything is than cues say, in seconds.
    pub offset_s: f64,
    /// The recording as it was measured.
    pub recording: Option<LoadedRecording>,
    /// Speakers and cues.
    pub talk: Talk,
    /// The cues in the time of the recording, where its length is known.
    pub placed: Option<Vec<PlacedCue>>,
    /// The transcript, each passage with who says it.
    pub transcript: Option<(Transcript, Vec<Attribution>)>,
}

impl LoadedTalk {
    /// The file of a recording as pages name it, relative to them.
    pub fn player_file(&self, recording: &LoadedRecording) -> String {
        let ending = recording.file.rsplit_once('.');
        let ending = ending.map_or("audio", |(_, ending)| ending);
        format!("talks/{}.{}", self.id, ending.to_ascii_lowercase())
    }
}

/// A recording that was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedRecording {
    /// What was measured.
    pub measured: Recording,
    /// The file, relative to the dossier.
    pub file: String,
    /// Whether the file is at hand.
    pub at_hand: bool,
}

impl LoadedTalk {
    /// The last second that a cue or claim can name, in the time of the edit that cues are of; where the
    /// length is known.
    pub(crate) fn length_s(&self) -> Option<f64> {
        match &self.recording {
            Some(recording) => Some(recording.measured.duration_seconds - self.offset_s),
            None => declared_length(&self.keys).map(MediaTime::seconds),
        }
    }

    /// Whether it was surely given by a date.
    pub(crate) fn given_by(&self, as_of: Date) -> bool {
        self.date.latest().is_some_and(|day| day <= as_of)
    }

    /// The words of its transcript, where there is one.
    pub(crate) fn transcript_text(&self) -> Option<String> {
        let (transcript, _) = self.transcript.as_ref()?;
        let texts: Vec<&str> = transcript
            .passages
            .iter()
            .map(|one| one.text.as_str())
            .collect();
        Some(texts.join("\n"))
    }
}

/// Longer than any recording that is read.
pub(crate) fn longest() -> MediaTime {
    MediaTime::from_ms(u64::from(yalu_media::MOST_HOURS) * 3_600_000)
}

fn declared_length(keys: &TalkFile) -> Option<MediaTime> {
    keys.duration.as_deref()?.parse().ok()
}

/// Seconds of an offset, which may have a minus sign.
pub(crate) fn offset_seconds(text: &str) -> Option<f64> {
    let (sign, time) = match text.trim().strip_prefix(['-', '−']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.trim()),
    };
    Some(sign * time.parse::<MediaTime>().ok()?.seconds())
}

/// Speakers and cues of a file; cues are named by their numbers, from 1. A time that isn't one counts as
/// the beginning; the check has named it.
pub(crate) fn media_talk(keys: &TalkFile) -> Talk {
    Talk {
        title: keys.title.clone(),
        speakers: keys
            .speakers
            .iter()
            .map(|one| Speaker {
                id: one.id.clone(),
                name: one.name.clone(),
                affiliation: one.affiliation.clone(),
            })
            .collect(),
        cues: keys
            .cues
            .iter()
            .enumerate()
            .map(|(idx, cue)| Cue {
                id: (idx + 1).to_string(),
                start: cue.at.parse().unwrap_or_default(),
                end: cue.end.as_deref().and_then(|end| end.parse().ok()),
                speaker: cue.speaker.clone(),
                title: cue.title.clone(),
            })
            .collect(),
        // Without a recording at hand there is no other time to move to.
        offset_seconds: match keys.recording {
            Some(_) => keys
                .offset
                .as_deref()
                .and_then(offset_seconds)
                .unwrap_or(0.0),
            None => 0.0,
        },
    }
}

/// Reads every talk of a folder, in the order of their names.
///
/// # Errors
/// Every fault found.
pub(crate) fn load_talks(
    dir: &Path,
    folder: &str,
    sources: &[&str],
) -> Result<Vec<LoadedTalk>, Vec<Problem>> {
    let path = dir.join(folder);
    let unreadable = |message: String| {
        let mut fault = problem(&path, "talks.folder", None, message);
        fault.mend =
            Some("name a folder in the dossier that holds a .toml for each talk".to_owned());
        vec![fault]
    };
    if !leads_inside(folder) {
        return Err(unreadable("leads out of the dossier's folder".to_owned()));
    }
    let entries =
        fs::read_dir(&path).map_err(|error| unreadable(format!("can't be read: {error}")))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            Path::new(name)
                .extension()
                .is_some_and(|ending| ending == "toml")
        })
        .collect();
    names.sort();
    let mut talks = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        match load_talk(dir, folder, &name, sources) {
            Ok(talk) => {
                problems.extend(of_another(dir, &talks, &talk));
                talks.push(talk);
            }
            Err(Problems(faults)) => problems.extend(faults),
        }
    }
    if problems.is_empty() {
        Ok(talks)
    } else {
        Err(problems)
    }
}

/// A talk whose source is that of one before: a time in that source would lead to either.
fn of_another(dir: &Path, talks: &[LoadedTalk], talk: &LoadedTalk) -> Option<Problem> {
    let other = talks
        .iter()
        .find(|other| other.keys.source == talk.keys.source)?;
    let mut fault = problem(
        &dir.join(&talk.file),
        "talks.source",
        None,
        format!(
            "source `{}` is also that of talk `{}`",
            talk.keys.source, other.id
        ),
    );
    fault.key = Some("source".to_owned());
    fault.mend = Some("give each talk an item of its own in the library".to_owned());
    Some(fault)
}

fn load_talk(
    dir: &Path,
    folder: &str,
    name: &str,
    sources: &[&str],
) -> Result<LoadedTalk, Problems> {
    let file = format!("{}/{name}", folder.trim_end_matches('/'));
    let path = dir.join(&file);
    let text = read_text(&path).map_err(|fault| Problems(vec![fault]))?;
    let mut recording = None;
    let keys = parse_toml::<TalkFile>(&path, &text, |source, keys, problems| {
        match load_recording(dir, &path, keys) {
            Ok(loaded) => recording = loaded,
            Err(fault) => problems.push(*fault),
        }
        let length = recording
            .as_ref()
            .and_then(|one| MediaTime::from_seconds(one.measured.duration_seconds).ok());
        check(&mut Checker { source, problems }, keys, sources, length);
    })?;
    let talk = media_talk(&keys);
    let length = recording.as_ref().map_or_else(
        || declared_length(&keys),
        |one| MediaTime::from_seconds(one.measured.duration_seconds).ok(),
    );
    let placed = length.and_then(|length| talk.place(length).ok());
    let transcript = match &keys.transcript {
        Some(name) => {
            let read = load_transcript(&dir.join(name)).map_err(|fault| Problems(vec![*fault]))?;
            let cues = placed.as_deref().unwrap_or_default();
            let by = attribute(&read, &talk.speakers, cues);
            Some((read, by))
        }
        None => None,
    };
    let date = parse_edtf(&keys.date).expect("a date that was checked");
    Ok(LoadedTalk {
        id: name.trim_end_matches(".toml").to_owned(),
        file,
        date,
        offset_s: talk.offset_seconds,
        recording,
        talk,
        placed,
        transcript,
        keys,
    })
}

/// The measured recording beside a talk's file; none where the talk has no recording.
fn load_recording(
    dir: &Path,
    talk: &Path,
    keys: &TalkFile,
) -> Result<Option<LoadedRecording>, Box<Problem>> {
    let Some(file) = keys.recording.as_ref().filter(|name| leads_inside(name)) else {
        return Ok(None);
    };
    let beside = talk.with_extension(RECORDING_ENDING);
    let audio = dir.join(file);
    let again = "run `yalu talk add` with the recording";
    let fault = |path: &Path, message: String| {
        let mut fault = problem(path, "talks.recording", None, message);
        fault.mend = Some(again.to_owned());
        Box::new(fault)
    };
    if !beside.is_file() {
        return Err(fault(
            talk,
            format!(
                "`{file}` hasn't been measured: there is no {}",
                beside.display()
            ),
        ));
    }
    let text = read_text(&beside).map_err(Box::new)?;
    let measured: Recording = serde_json::from_str(&text).map_err(|error| {
        let mut fault = fault(
            &beside,
            format!("isn't what `yalu talk add` writes: {error}"),
        );
        (fault.line, fault.column) = (Some(error.line()), Some(error.column()));
        fault
    })?;
    let at_hand = audio.is_file();
    if at_hand {
        let sha256 =
            sha256_of(&audio).map_err(|error| fault(&audio, format!("can't be read: {error}")))?;
        if sha256 != measured.sha256 {
            return Err(fault(
                &audio,
                "isn't the recording that was measured: its hash differs, so cues may lie elsewhere".to_owned(),
            ));
        }
    }
    Ok(Some(LoadedRecording {
        measured,
        file: file.clone(),
        at_hand,
    }))
}

/// A file's SHA-256 in hexadecimal, read in pieces.
fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let mut file = fs::File::open(path)?;
    let mut piece = vec![0; 1 << 16];
    loop {
        let n = std::io::Read::read(&mut file, &mut piece)?;
        if n == 0 {
            return Ok(crate::load::hex(&hash.finalize()));
        }
        hash.update(&piece[..n]);
    }
}

fn load_transcript(path: &Path) -> Result<Transcript, Box<Problem>> {
    let bytes = fs::read(path).map_err(|error| {
        Box::new(problem(
            path,
            "talks.transcript",
            None,
            format!("can't be read: {error}"),
        ))
    })?;
    let transcript = Transcript::read(&bytes).map_err(|error| {
        let mut fault = problem(path, "talks.transcript", None, error.to_string());
        fault.mend = Some(error.mend().to_owned());
        Box::new(fault)
    })?;
    // A broken passage would be missing from every search without a word.
    match transcript.faults.first() {
        None => Ok(transcript),
        Some(first) => {
            let more = transcript.faults.len() - 1;
            let mut fault = problem(
                path,
                "talks.transcript",
                Some(first.line as u64),
                match more {
                    0 => first.kind.to_string(),
                    more => format!("{}, and {more} more like it", first.kind),
                },
            );
            fault.mend = Some("mend the passage, or take it out".to_owned());
            Err(Box::new(fault))
        }
    }
}
