//! A talk as the assessment has it.

use yalu_media::Recording;

use super::record::ClaimRecord;
use super::talk_record::{
    CueRecord, GainPoint, PassageRecord, RecordingRecord, SpeakerRecord, TalkRecord,
};
use super::talks::{LoadedRecording, LoadedTalk};

/// A talk as the record has it. `claims`: those that are known.
pub(crate) fn talk_record(talk: &LoadedTalk, claims: &[ClaimRecord]) -> TalkRecord {
    let keys = &talk.keys;
    let declared = talk.length_s().map(|length| length + talk.offset_s);
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
        duration_s: declared,
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
        recording: talk.recording.as_ref().map(|one| recording(talk, one)),
        transcript: passages(talk),
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

/// Cues in order. Where nobody says how long the talk is, the last has no end.
fn cues(talk: &LoadedTalk) -> Vec<CueRecord> {
    let placed = talk
        .placed
        .clone()
        .or_else(|| talk.talk.place(super::talks::longest()).ok());
    let placed = placed.unwrap_or_default();
    let known = talk.placed.is_some();
    placed
        .iter()
        .enumerate()
        .filter_map(|(idx, cue)| {
            let number: usize = cue.id.parse().ok()?;
            let key = talk.keys.cues.get(number - 1)?;
            let is_last = idx + 1 == placed.len();
            Some(CueRecord {
                start_s: cue.start.seconds(),
                end_s: (known || !is_last || key.end.is_some()).then(|| cue.end.seconds()),
                at: cue.start.to_string(),
                approximate: key.approximate,
                speaker: cue.speaker.clone(),
                title: cue.title.clone(),
            })
        })
        .collect()
}

fn passages(talk: &LoadedTalk) -> Vec<PassageRecord> {
    let Some((transcript, by)) = &talk.transcript else {
        return Vec::new();
    };
    transcript
        .passages
        .iter()
        .zip(by)
        .map(|(passage, by)| PassageRecord {
            start_s: passage.start.seconds(),
            end_s: passage.end.seconds(),
            speaker: by.speaker.clone(),
            text: passage.text.clone(),
        })
        .collect()
}

fn recording(talk: &LoadedTalk, loaded: &LoadedRecording) -> RecordingRecord {
    let measured = &loaded.measured;
    let levelled = measured.levelling.as_ref().filter(|one| one.needed);
    // With a levelling the gain that belongs to it, else the plain one.
    let gain = levelled.map(|one| one.gain).or(measured.gain);
    let loudness = &measured.loudness;
    RecordingRecord {
        file: loaded.file.clone(),
        at_hand: loaded.at_hand,
        player_file: talk.player_file(loaded),
        media_type: measured.container.media_type().to_owned(),
        sha256: measured.sha256.clone(),
        format: format!(
            "{}, {} Hz, {}",
            measured.codec.name(),
            measured.sample_rate,
            match measured.channels {
                1 => "mono".to_owned(),
                2 => "stereo".to_owned(),
                n => format!("{n} channels"),
            }
        ),
        integrated_lufs: loudness.integrated_lufs,
        range_lu: loudness.range_lu,
        true_peak_dbtp: loudness.true_peak_dbtp,
        target_lufs: gain.map_or(-16.0, |one| one.target.integrated_lufs),
        gain_db: gain.map_or(0.0, |one| one.gain_db),
        short_of_target_lu: gain.map_or(0.0, |one| one.below_target_lu),
        curve: curve(measured),
        levelling: levelled.map(|one| levelling_words(&one.parts)),
        waveform: measured
            .waveform
            .min
            .iter()
            .zip(&measured.waveform.max)
            .map(|(low, high)| [*low, *high])
            .collect(),
        faults: measured.faults.iter().map(ToString::to_string).collect(),
    }
}

/// Gain and levelling together.
fn curve(measured: &Recording) -> Vec<GainPoint> {
    let (gain, points) = match measured.levelling.as_ref().filter(|one| one.needed) {
        Some(levelling) => (Some(levelling.gain), levelling.curve.points.as_slice()),
        None => (measured.gain, [].as_slice()),
    };
    let fixed = gain.map_or(0.0, |one| one.gain_db);
    if points.is_empty() {
        return vec![GainPoint {
            t_s: 0.0,
            gain_db: fixed,
        }];
    }
    points
        .iter()
        .map(|point| GainPoint {
            t_s: point.seconds,
            gain_db: fixed + point.db,
        })
        .collect()
}

fn clock(seconds: f64) -> String {
    yalu_media::MediaTime::from_seconds(seconds.round())
        .map_or_else(|_| format!("{seconds:.0} s"), |time| time.to_string())
}

fn levelling_words(parts: &[yalu_media::LevelPart]) -> String {
    let shifts: Vec<String> = parts
        .iter()
        .filter(|part| part.shift_db.abs() >= 0.05)
        .map(|part| {
            format!(
                "{} to {}: {:+.1} dB{}",
                clock(part.start_seconds),
                clock(part.end_seconds),
                part.shift_db,
                part.loudness_lufs
                    .map_or(String::new(), |lufs| format!(" (was {lufs:.1} LUFS)"))
            )
        })
        .collect();
    format!(
        "Parts of different loudness are brought together, on top of the gain: {}.",
        shifts.join("; ")
    )
}
