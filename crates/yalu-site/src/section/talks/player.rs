//! The player of a recording: what the page shows of it, and what its script is told.

use serde_json::json;
use yalu_dossier::evidence::talk_record::{RecordingRecord, TalkRecord};

use super::speaker_name;
use crate::anchor::anchor;
use crate::chart::waveform;
use crate::format;
use crate::table::{Cell, Table};

/// A stretch of the recording under the waveform.
#[derive(Debug, PartialEq)]
pub(crate) struct Band {
    /// Where it begins and how wide it is, in per cent of the length.
    pub(crate) left: String,
    pub(crate) width: String,
    pub(crate) label: String,
    /// Every second one looks different.
    pub(crate) odd: bool,
}

/// A player.
#[derive(Debug)]
pub(crate) struct PlayerPart {
    pub(crate) file: String,
    pub(crate) media_type: String,
    pub(crate) label: String,
    pub(crate) waveform: String,
    pub(crate) cues: Vec<Band>,
    pub(crate) speakers: Vec<Band>,
    pub(crate) gain_words: String,
    pub(crate) figures: Table,
    pub(crate) levelling: String,
    pub(crate) faults: Vec<String>,
    /// What the script needs, safe inside a script element.
    pub(crate) data: String,
}

impl PlayerPart {
    /// `None` where the record holds no recording.
    pub(super) fn of(talk: &TalkRecord, file: String) -> Option<Self> {
        let recording = talk.recording.as_ref()?;
        let length = length_s(talk, recording);
        Some(Self {
            file,
            media_type: recording.media_type.clone(),
            label: format!("Player: {}", talk.title),
            waveform: waveform(&recording.waveform),
            cues: cue_bands(talk, length),
            speakers: speaker_bands(talk, length),
            gain_words: gain_words(recording),
            figures: figures(talk, recording),
            levelling: recording.levelling.clone().unwrap_or_default(),
            faults: recording.faults.clone(),
            data: data(talk, recording, length),
        })
    }
}

/// The length on which bands are laid: the talk's, else as far as anything of it reaches.
fn length_s(talk: &TalkRecord, recording: &RecordingRecord) -> f64 {
    let reach = talk
        .cues
        .iter()
        .map(|cue| cue.end_s.unwrap_or(cue.start_s))
        .chain(talk.transcript.iter().map(|one| one.end_s))
        .chain(recording.curve.iter().map(|point| point.t_s))
        .fold(1.0, f64::max);
    talk.duration_s
        .filter(|length| *length > 0.0)
        .unwrap_or(reach)
}

fn band(from: f64, to: f64, length: f64, label: String, odd: bool) -> Band {
    let share = |at: f64| (at / length * 100.0).clamp(0.0, 100.0);
    Band {
        left: format!("{:.3}", share(from)),
        width: format!("{:.3}", (share(to) - share(from)).max(0.0)),
        label,
        odd,
    }
}

fn cue_bands(talk: &TalkRecord, length: f64) -> Vec<Band> {
    talk.cues
        .iter()
        .enumerate()
        .map(|(place, cue)| {
            let label = format!("{} {}", place + 1, cue.title);
            band(
                cue.start_s,
                cue.end_s.unwrap_or(length),
                length,
                label,
                place % 2 == 1,
            )
        })
        .collect()
}

/// Who speaks: by the transcript's passages where they say so, else by the cues. Stretches of one
/// speaker that follow on each other are one.
fn speaker_bands(talk: &TalkRecord, length: f64) -> Vec<Band> {
    let passages: Vec<(f64, f64, &String)> = talk
        .transcript
        .iter()
        .filter_map(|one| Some((one.start_s, one.end_s, one.speaker.as_ref()?)))
        .collect();
    let stretches = if passages.is_empty() {
        talk.cues
            .iter()
            .filter_map(|cue| {
                Some((
                    cue.start_s,
                    cue.end_s.unwrap_or(length),
                    cue.speaker.as_ref()?,
                ))
            })
            .collect()
    } else {
        passages
    };
    let mut joined: Vec<(f64, f64, &String)> = Vec::new();
    for (from, to, speaker) in stretches {
        match joined.last_mut() {
            // Pauses between passages of one speaker are his too.
            Some(last) if last.2 == speaker => last.1 = to,
            _ => joined.push((from, to, speaker)),
        }
    }
    joined
        .into_iter()
        .enumerate()
        .map(|(place, (from, to, id))| {
            band(
                from,
                to,
                length,
                speaker_name(talk, Some(id)),
                place % 2 == 1,
            )
        })
        .collect()
}

/// What the switch does.
fn gain_words(recording: &RecordingRecord) -> String {
    let aim = format!("Aims at {} LUFS", format::exact(recording.target_lufs));
    if recording.short_of_target_lu > 0.0 {
        format!(
            "{aim}; stays {} LU below it, since a peak would clip otherwise.",
            format::figure(recording.short_of_target_lu)
        )
    } else {
        format!("{aim}.")
    }
}

/// A figure of loudness: signs and one digit after the point.
fn level(value: Option<f64>, unit: &str) -> String {
    match value.filter(|value| value.is_finite()) {
        None => format::ABSENT.to_owned(),
        Some(value) => {
            let text = format!("{:.1}", value.abs());
            let sign = if value < 0.0 && text != "0.0" {
                "−"
            } else {
                ""
            };
            format!("{sign}{text} {unit}")
        }
    }
}

fn figures(talk: &TalkRecord, recording: &RecordingRecord) -> Table {
    let mut table = Table::new(
        format!("{}: the recording", talk.title),
        &["What", "#Figure"],
    );
    let after = recording
        .integrated_lufs
        .map(|_| recording.target_lufs - recording.short_of_target_lu);
    for (what, figure) in [
        (
            "Loudness before (integrated)",
            level(recording.integrated_lufs, "LUFS"),
        ),
        ("Loudness range", level(recording.range_lu, "LU")),
        ("True peak before", level(recording.true_peak_dbtp, "dBTP")),
        (
            "Gain before levelling",
            level(Some(recording.gain_db), "dB"),
        ),
        (
            "Loudness aimed at, less what peaks forbid",
            level(after, "LUFS"),
        ),
    ] {
        table.row(vec![Cell::text(what), Cell::number(figure)]);
    }
    table.row(vec![Cell::text("Format"), Cell::text(&recording.format)]);
    table.row(vec![Cell::text("File"), Cell::Code(recording.file.clone())]);
    table.row(vec![
        Cell::text("SHA-256"),
        Cell::Code(recording.sha256.clone()),
    ]);
    table
}

/// Cues, gain and waveform's length as JSON that can't close its script element.
fn data(talk: &TalkRecord, recording: &RecordingRecord, length: f64) -> String {
    let talk_anchor = anchor("talk", &talk.id);
    let cues: Vec<serde_json::Value> = talk
        .cues
        .iter()
        .enumerate()
        .map(|(place, cue)| {
            json!({
                "id": format!("{talk_anchor}-cue-{}", place + 1),
                "start": cue.start_s,
                "end": cue.end_s,
                "title": cue.title,
                "speaker": speaker_name(talk, cue.speaker.as_ref()),
            })
        })
        .collect();
    let curve: Vec<[f64; 2]> = recording
        .curve
        .iter()
        .filter(|point| point.t_s.is_finite() && point.gain_db.is_finite())
        .map(|point| [point.t_s, point.gain_db])
        .collect();
    let value = json!({ "length": length, "cues": cues, "curve": curve });
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_lie_where_the_times_are() {
        let found = band(15.0, 45.0, 60.0, "a".to_owned(), false);
        assert_eq!(
            (found.left.as_str(), found.width.as_str()),
            ("25.000", "50.000")
        );
        let beyond = band(50.0, 90.0, 60.0, "b".to_owned(), true);
        assert_eq!(beyond.width, "16.667", "nothing reaches past the end");
    }

    #[test]
    fn loudness_keeps_its_sign_and_unit() {
        assert_eq!(level(Some(-23.04), "LUFS"), "−23.0 LUFS");
        assert_eq!(level(Some(-0.01), "dB"), "0.0 dB");
        assert_eq!(level(None, "dB"), format::ABSENT);
    }
}
