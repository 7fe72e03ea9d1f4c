//! Talks: read, checked, and written down.

use std::fs;
use std::path::Path;

use jiff::civil::Date;
use yalu_evidence::edtf::{Edtf, parse_edtf};

use super::keys::TalkFile;
use super::record::ClaimRecord;
use super::talk_record::{CueRecord, SpeakerRecord, TalkRecord};
use crate::check::talks::{check, clock_seconds, offset_seconds};
use crate::check::{Checker, leads_inside};
use crate::csv_file::{problem, read_text};
use crate::diagnostic::{Problem, Problems};
use crate::toml_file::parse_toml;

/// A talk that was read and found sound.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LoadedTalk {
    /// The name of its file without ending.
    pub(crate) id: String,
    /// The file, relative to the dossier.
    pub(crate) file: String,
    pub(crate) keys: TalkFile,
    pub(crate) date: Edtf,
    /// How much later in the recording at hand everything is than cues say.
    pub(crate) offset_s: f64,
}

impl LoadedTalk {
    /// Its length in the time of the cues, where it is known.
    pub(crate) fn length_s(&self) -> Option<f64> {
        self.keys.duration.as_deref().and_then(clock_seconds)
    }

    /// Whether it was surely given by a date.
    pub(crate) fn given_by(&self, as_of: Date) -> bool {
        self.date.latest().is_some_and(|day| day <= as_of)
    }

    /// The words of its transcript, where there is one.
    pub(crate) fn transcript_text(&self) -> Option<String> {
        None
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
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    let mut talks = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        match load_talk(dir, folder, &name, sources) {
            Ok(talk) => talks.push(talk),
            Err(Problems(faults)) => problems.extend(faults),
        }
    }
    if problems.is_empty() {
        Ok(talks)
    } else {
        Err(problems)
    }
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
    let keys = parse_toml::<TalkFile>(&path, &text, |source, keys, problems| {
        check(&mut Checker { source, problems }, keys, sources);
    })?;
    let date = parse_edtf(&keys.date).expect("a date that was checked");
    Ok(LoadedTalk {
        id: name.trim_end_matches(".toml").to_owned(),
        file,
        date,
        offset_s: keys
            .offset
            .as_deref()
            .and_then(offset_seconds)
            .unwrap_or(0.0),
        keys,
    })
}

/// A talk as the record has it. `claims`: those that are known.
pub(crate) fn talk_record(talk: &LoadedTalk, claims: &[ClaimRecord]) -> TalkRecord {
    let keys = &talk.keys;
    TalkRecord {
        id: talk.id.clone(),
        title: keys.title.clone(),
        date: keys.date.clone(),
        date_words: talk.date.words(),
        place: keys.place.clone(),
        event: keys.event.clone(),
        source: keys.source.clone(),
        held: keys.held.clone(),
        note: keys.note.clone(),
        duration_s: talk.length_s(),
        speakers: keys
            .speakers
            .iter()
            .map(|one| SpeakerRecord {
                id: one.id.clone(),
                name: one.name.clone(),
                affiliation: one.affiliation.clone(),
            })
            .collect(),
        cues: cues(talk),
        recording: None,
        transcript: Vec::new(),
        claims: claims
            .iter()
            .filter(|claim| {
                claim.cites.iter().any(|cite| {
                    cite.moment
                        .as_ref()
                        .is_some_and(|moment| moment.talk == talk.id)
                })
            })
            .map(|claim| claim.id.clone())
            .collect(),
        file: talk.file.clone(),
    }
}

/// Cues with their ends: each that names none ends where the next begins.
fn cues(talk: &LoadedTalk) -> Vec<CueRecord> {
    let keys = &talk.keys;
    let here = |text: &str| clock_seconds(text).map(|seconds| seconds + talk.offset_s);
    keys.cues
        .iter()
        .enumerate()
        .filter_map(|(idx, cue)| {
            let next = keys.cues.get(idx + 1).and_then(|next| here(&next.at));
            let end_s = cue
                .end
                .as_deref()
                .and_then(here)
                .or(next)
                .or_else(|| talk.length_s().map(|length| length + talk.offset_s));
            Some(CueRecord {
                start_s: here(&cue.at)?,
                end_s,
                at: cue.at.clone(),
                approximate: cue.approximate,
                speaker: cue.speaker.clone(),
                title: cue.title.clone(),
            })
        })
        .collect()
}
