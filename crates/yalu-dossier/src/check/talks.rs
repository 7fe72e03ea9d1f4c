//! What a talk's file must say beyond its types.

use yalu_evidence::edtf::parse_edtf;
use yalu_evidence::locator::Locator;

use super::{Checker, at, key};
use crate::evidence::TalkFile;
use crate::toml_file::Step;

/// Seconds of a time, `14:45` or `1:04:30.5`; none where it isn't one.
pub(crate) fn clock_seconds(text: &str) -> Option<f64> {
    let locator: Locator = format!("t={text}").parse().ok()?;
    let span = locator.times().next()?;
    let alone = locator.places().len() == 1 && span.end_ms().is_none();
    alone.then(|| span.start_ms() as f64 / 1000.0)
}

/// Seconds of a time that may have a minus sign.
pub(crate) fn offset_seconds(text: &str) -> Option<f64> {
    match text.strip_prefix(['-', '−']) {
        Some(rest) => clock_seconds(rest).map(|seconds| -seconds),
        None => clock_seconds(text),
    }
}

/// Checks a talk. `sources`: the library's ids.
pub(crate) fn check(checker: &mut Checker<'_>, talk: &TalkFile, sources: &[&str]) {
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
    for (name, text, read) in [
        (
            "duration",
            &talk.duration,
            clock_seconds as fn(&str) -> Option<f64>,
        ),
        ("offset", &talk.offset, offset_seconds),
    ] {
        if let Some(text) = text
            && read(text).is_none()
        {
            time_fault(checker, &at(name), text);
        }
    }
    checker.unique("speakers", talk.speakers.iter().map(|one| one.id.as_str()));
    for (idx, speaker) in talk.speakers.iter().enumerate() {
        checker.id(&[key("speakers"), Step::Item(idx), key("id")], &speaker.id);
    }
    check_cues(checker, talk);
}

fn time_fault(checker: &mut Checker<'_>, place: &[Step], text: &str) {
    checker.fault(
        "talks.time",
        place,
        format!("`{text}` is not a time"),
        Some("write minutes and seconds, \"14:45\", or hours too, \"1:04:30\"".to_owned()),
    );
}

/// Cues are in order, within the talk, and half-open.
fn check_cues(checker: &mut Checker<'_>, talk: &TalkFile) {
    let speakers: Vec<&str> = talk.speakers.iter().map(|one| one.id.as_str()).collect();
    let length = talk.duration.as_deref().and_then(clock_seconds);
    let mut last: Option<(f64, f64)> = None;
    for (idx, cue) in talk.cues.iter().enumerate() {
        let place = |name: &str| [key("cues"), Step::Item(idx), key(name)];
        if let Some(speaker) = &cue.speaker {
            checker.reference(
                &place("speaker"),
                "speaker",
                speaker,
                speakers.iter().copied(),
            );
        }
        let Some(start) = clock_seconds(&cue.at) else {
            time_fault(checker, &place("at"), &cue.at);
            continue;
        };
        let end = match &cue.end {
            None => start,
            Some(text) => match clock_seconds(text) {
                Some(end) if end > start => end,
                Some(_) => {
                    let message =
                        format!("the cue ends at {text}, not after it begins at {}", cue.at);
                    let mend = Some("correct one of them, or leave the end out".to_owned());
                    checker.fault("talks.cue", &place("end"), message, mend);
                    start
                }
                None => {
                    time_fault(checker, &place("end"), text);
                    start
                }
            },
        };
        if let Some(length) = length
            && (start >= length || end > length)
        {
            past_end(
                checker,
                &place("at"),
                &cue.at,
                talk.duration.as_deref().unwrap_or_default(),
            );
        }
        if let Some((earlier, earlier_end)) = last
            && (start <= earlier || start < earlier_end)
        {
            checker.fault(
                "talks.cue",
                &place("at"),
                format!("the cue at {} begins before the one above it ends", cue.at),
                Some("write cues in order; the end of a cue isn’t part of it".to_owned()),
            );
        }
        last = Some((start, end));
    }
}

/// A cue past the end of a talk.
pub(crate) fn past_end(checker: &mut Checker<'_>, place: &[Step], cue: &str, length: &str) {
    checker.fault(
        "talks.cue",
        place,
        format!("the cue at {cue} lies past the end of the talk, which is {length} long"),
        Some(
            "give a time within the talk; where the recording is another edit, set its offset"
                .to_owned(),
        ),
    );
}
