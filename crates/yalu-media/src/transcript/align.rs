//! Who says a passage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{Passage, Transcript};
use crate::loudness::rounded;
use crate::talk::{PlacedCue, Speaker};

/// How a passage's speaker is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpokenBy {
    /// The transcript names the speaker.
    Voice,
    /// The speaker's cues overlap the passage the most.
    Overlap,
    /// The transcript names somebody who isn't among the speakers, or more than one could be.
    UnknownVoice,
    /// Nobody is named and no speaker's cue overlaps.
    Nobody,
}

/// Who says a passage, and how that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    /// The speaker's id.
    pub speaker: Option<String>,
    /// How it is known.
    pub by: SpokenBy,
    /// The share of the passage that the speaker's cues overlap, in [0, 1], to a thousandth; 1 where
    /// the transcript names the speaker.
    pub share: f64,
}

/// Attributes each passage: by the voice that the transcript names, else by the speaker whose cues
/// overlap it the longest (the earlier of two that do equally).
///
/// A voice is a speaker's id, name, or last name where only one has it, whatever case and accents.
pub fn attribute(
    transcript: &Transcript,
    speakers: &[Speaker],
    cues: &[PlacedCue],
) -> Vec<Attribution> {
    let one = |passage: &Passage| match &passage.voice {
        Some(voice) => by_voice(voice, speakers),
        None => by_overlap(passage, cues),
    };
    transcript.passages.iter().map(one).collect()
}

fn by_voice(voice: &str, speakers: &[Speaker]) -> Attribution {
    let voice = plain(voice);
    let is = |name: &str| plain(name) == voice;
    let whole = speakers.iter().find(|one| is(&one.id) || is(&one.name));
    let mut by_last = speakers
        .iter()
        .filter(|one| one.name.split_whitespace().next_back().is_some_and(is));
    let found = match (whole, by_last.next(), by_last.next()) {
        (Some(speaker), _, _) | (None, Some(speaker), None) => Some(speaker.id.clone()),
        _ => None,
    };
    Attribution {
        by: if found.is_some() {
            SpokenBy::Voice
        } else {
            SpokenBy::UnknownVoice
        },
        share: if found.is_some() { 1.0 } else { 0.0 },
        speaker: found,
    }
}

fn by_overlap(passage: &Passage, cues: &[PlacedCue]) -> Attribution {
    // Few speakers: a list in order of appearance keeps ties in order.
    let mut totals: Vec<(&str, u64)> = Vec::new();
    for cue in cues {
        let Some(speaker) = cue.speaker.as_deref() else {
            continue;
        };
        let start = cue.start.max(passage.start).ms();
        let overlap = cue.end.min(passage.end).ms().saturating_sub(start);
        match totals.iter_mut().find(|(id, _)| *id == speaker) {
            Some((_, total)) => *total += overlap,
            None => totals.push((speaker, overlap)),
        }
    }
    let most = totals.iter().rev().max_by_key(|(_, total)| *total);
    let length = passage.end.ms().saturating_sub(passage.start.ms());
    match most.filter(|(_, total)| *total > 0 && length > 0) {
        Some((speaker, total)) => Attribution {
            speaker: Some((*speaker).to_owned()),
            by: SpokenBy::Overlap,
            share: rounded(*total as f64 / length as f64, 1000.0),
        },
        None => Attribution {
            speaker: None,
            by: SpokenBy::Nobody,
            share: 0.0,
        },
    }
}

fn plain(name: &str) -> String {
    let letters = name.nfkd().filter(|&c| !is_combining_mark(c));
    let lower: String = letters.flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}
