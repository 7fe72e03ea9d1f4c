//! What a talk's file must say beyond its types.

use yalu_evidence::edtf::parse_edtf;
use yalu_media::{CueError, MediaTime};

use super::{Checker, at, key};
use crate::evidence::{TalkFile, longest, media_talk, offset_seconds};
use crate::toml_file::Step;

/// Checks a talk. `sources`: the library's ids; `length`: of the recording, where it was measured.
pub(crate) fn check(
    checker: &mut Checker<'_>,
    talk: &TalkFile,
    sources: &[&str],
    length: Option<MediaTime>,
) {
    if let Err(error) = parse_edtf(&talk.date) {
        let mend = Some(error.mend().to_owned());
        checker.fault("talks.date", &at("date"), error.to_string(), mend);
    }
    checker.reference(
        &at("source"),
        "source",
        &talk.source,
        sources.iter().copied(),
    );
    for (name, file) in [
        ("recording", &talk.recording),
        ("transcript", &talk.transcript),
    ] {
        if let Some(file) = file {
            checker.file(&at(name), file);
        }
    }
    if talk.recording.is_none()
        && talk
            .held
            .as_deref()
            .is_none_or(|text| text.trim().is_empty())
    {
        checker.fault(
            "talks.held",
            &at("title"),
            "there is no recording, and nobody says where it is held".to_owned(),
            Some(
                "add held = \"who holds it, and where\", or the recording with `yalu talk add`"
                    .to_owned(),
            ),
        );
    }
    checker.unique("speakers", talk.speakers.iter().map(|one| one.id.as_str()));
    for (idx, speaker) in talk.speakers.iter().enumerate() {
        checker.id(&[key("speakers"), Step::Item(idx), key("id")], &speaker.id);
    }
    let before = checker.problems.len();
    check_times(checker, talk);
    // What lies where can be asked only of times that are times.
    if checker.problems.len() > before {
        return;
    }
    let length = length.or_else(|| talk.duration.as_deref()?.parse().ok());
    if let Err(errors) = media_talk(talk).place(length.unwrap_or_else(longest)) {
        for error in errors {
            cue_fault(checker, &error);
        }
    }
}

fn check_times(checker: &mut Checker<'_>, talk: &TalkFile) {
    if let Some(text) = &talk.duration {
        time(checker, &at("duration"), text);
    }
    if let Some(text) = &talk.offset
        && offset_seconds(text).is_none()
    {
        checker.fault(
            "talks.time",
            &at("offset"),
            format!("`{text}` is no time"),
            Some("write \"0:12\" where the recording at hand is later, \"-0:12\" where it is earlier".to_owned()),
        );
    }
    for (idx, cue) in talk.cues.iter().enumerate() {
        let place = |name: &str| [key("cues"), Step::Item(idx), key(name)];
        time(checker, &place("at"), &cue.at);
        if let Some(end) = &cue.end {
            time(checker, &place("end"), end);
        }
    }
}

fn time(checker: &mut Checker<'_>, place: &[Step], text: &str) {
    if let Err(error) = text.parse::<MediaTime>() {
        let mend = Some(error.mend().to_owned());
        checker.fault("talks.time", place, error.to_string(), mend);
    }
}

fn cue_fault(checker: &mut Checker<'_>, error: &CueError) {
    let (id, name) = match error {
        CueError::EndNotAfterStart { id, .. } => (id, "end"),
        CueError::UnknownSpeaker { id, .. } => (id, "speaker"),
        CueError::PastEnd { id, .. }
        | CueError::BeforeStart { id, .. }
        | CueError::Overlap { id, .. } => (id, "at"),
        _ => {
            let mend = Some(error.mend().to_owned());
            checker.fault("talks.cue", &at("cues"), error.to_string(), mend);
            return;
        }
    };
    // Cues are named by their numbers, from 1.
    let idx = id
        .parse::<usize>()
        .map_or(0, |number| number.saturating_sub(1));
    let place = [key("cues"), Step::Item(idx), key(name)];
    let mend = Some(error.mend().to_owned());
    checker.fault("talks.cue", &place, error.to_string(), mend);
}
