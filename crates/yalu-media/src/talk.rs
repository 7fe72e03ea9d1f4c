//! Who speaks when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::time::{MediaFragment, MediaTime};

/// Somebody who speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Speaker {
    /// A short name that cues use.
    pub id: String,
    /// The full name.
    pub name: String,
    /// Where the speaker is from, such as an institute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affiliation: Option<String>,
}

/// A passage of a talk, [start, end): its end is the first moment that isn't of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cue {
    /// A short name that claims cite.
    pub id: String,
    /// Where it begins.
    pub start: MediaTime,
    /// Where it ends; left out, it lasts to the next cue, or to the end of the recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<MediaTime>,
    /// Who speaks: an id of a speaker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub title: String,
}

/// A talk: its speakers and cues.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Who speaks.
    #[serde(default)]
    pub speakers: Vec<Speaker>,
    /// What is said when, in any order.
    #[serde(default)]
    pub cues: Vec<Cue>,
    /// What is added to the times of cues to get times in this recording, in seconds, where they are of
    /// another edit: 12 where this one has an intro of 12 s that the other lacks. May be negative.
    #[serde(default)]
    pub offset_seconds: f64,
}

/// A cue in the time of the recording at hand, with its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacedCue {
    /// Its short name.
    pub id: String,
    /// Where it begins.
    pub start: MediaTime,
    /// Where it ends, exclusive.
    pub end: MediaTime,
    /// Who speaks.
    pub speaker: Option<String>,
    /// What it is about.
    pub title: String,
}

impl PlacedCue {
    /// Its address within the recording's.
    pub fn fragment(&self) -> MediaFragment {
        MediaFragment {
            start: self.start,
            end: Some(self.end),
        }
    }

    /// Whether a time is within it: its start is, its end isn't.
    pub fn holds(&self, time: MediaTime) -> bool {
        (self.start..self.end).contains(&time)
    }
}

/// What is wrong with a talk. Times are as the talk's author wrote them, without the offset.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CueError {
    /// A cue that ends where it begins, or before.
    #[error("cue `{id}` ends at {end}, which isn't after its start {start}")]
    EndNotAfterStart {
        /// The cue.
        id: String,
        /// Its start.
        start: MediaTime,
        /// Its end.
        end: MediaTime,
    },
    /// A cue that begins or ends past the end of the recording.
    #[error("cue `{id}` reaches {time}{with_offset}, past the end of the recording at {duration}")]
    PastEnd {
        /// The cue.
        id: String,
        /// Its start or end.
        time: MediaTime,
        /// The offset in words, where there is one.
        with_offset: String,
        /// How long the recording is.
        duration: MediaTime,
    },
    /// A cue that the offset puts before the start.
    #[error(
        "cue `{id}` at {time} with the offset of {offset_seconds} s is before the start of the recording"
    )]
    BeforeStart {
        /// The cue.
        id: String,
        /// Its start.
        time: MediaTime,
        /// The offset.
        offset_seconds: f64,
    },
    /// Two cues at once.
    #[error("cue `{id}` begins at {start}, before cue `{other}` ends at {other_end}")]
    Overlap {
        /// The later cue.
        id: String,
        /// Its start.
        start: MediaTime,
        /// The earlier cue.
        other: String,
        /// Its end.
        other_end: MediaTime,
    },
    /// Two cues or two speakers with one id.
    #[error("two {what} have the id `{id}`")]
    SameId {
        /// `cues` or `speakers`.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// A cue of a speaker who isn't listed.
    #[error("cue `{id}` is of speaker `{speaker}`, who isn't listed")]
    UnknownSpeaker {
        /// The cue.
        id: String,
        /// The speaker's id.
        speaker: String,
    },
    /// An offset that is no number.
    #[error("`offset_seconds` is {offset_seconds}, not a number of seconds")]
    Offset {
        /// The offset.
        offset_seconds: f64,
    },
}

impl CueError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::EndNotAfterStart { .. } => {
                "give the end as a time, not a length, or leave it out to last to the next cue"
            }
            Self::PastEnd { .. } | Self::BeforeStart { .. } => {
                "if the times are of another edit of the recording, set `offset_seconds`"
            }
            Self::Overlap { .. } => "let the earlier cue end where the later begins",
            Self::SameId { .. } => "give each an id of its own",
            Self::UnknownSpeaker { .. } => "list the speaker, or mend the id",
            Self::Offset { .. } => "give seconds, such as 12 or -3.5",
        }
    }
}

impl Talk {
    /// Puts the cues in the time of a recording of `duration`, in order, each with its end.
    ///
    /// An end up to half a second past the recording's is the recording's: people round.
    ///
    /// # Errors
    /// All that is wrong, not just the first: see [`CueError`].
    pub fn place(&self, duration: MediaTime) -> Result<Vec<PlacedCue>, Vec<CueError>> {
        let mut errors = self.check_ids();
        if !self.offset_seconds.is_finite() || self.offset_seconds.abs() > 1e7 {
            errors.push(CueError::Offset {
                offset_seconds: self.offset_seconds,
            });
            return Err(errors);
        }
        let mut cues: Vec<&Cue> = self.cues.iter().collect();
        cues.sort_by_key(|cue| cue.start);
        errors.extend(cues.windows(2).filter_map(|pair| overlap(pair[0], pair[1])));
        let mut placed = Vec::new();
        for (i, cue) in cues.iter().enumerate() {
            let next = cues.get(i + 1).map(|next| next.start);
            match self.place_one(cue, next, duration) {
                Ok(one) => placed.push(one),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(placed)
        } else {
            Err(errors)
        }
    }

    fn check_ids(&self) -> Vec<CueError> {
        let mut errors = Vec::new();
        errors.extend(twice(self.speakers.iter().map(|one| &one.id), "speakers"));
        errors.extend(twice(self.cues.iter().map(|one| &one.id), "cues"));
        for cue in &self.cues {
            let Some(speaker) = &cue.speaker else {
                continue;
            };
            if !self.speakers.iter().any(|one| &one.id == speaker) {
                errors.push(CueError::UnknownSpeaker {
                    id: cue.id.clone(),
                    speaker: speaker.clone(),
                });
            }
        }
        errors
    }

    fn place_one(
        &self,
        cue: &Cue,
        next: Option<MediaTime>,
        duration: MediaTime,
    ) -> Result<PlacedCue, CueError> {
        const ROUNDING_MS: u64 = 500;
        let id = || cue.id.clone();
        if let Some(end) = cue.end.filter(|&end| end <= cue.start) {
            let start = cue.start;
            return Err(CueError::EndNotAfterStart {
                id: id(),
                start,
                end,
            });
        }
        let moved = |time: MediaTime| {
            let by_ms = (self.offset_seconds * 1e3).round() as i64;
            time.moved(by_ms).ok_or_else(|| CueError::BeforeStart {
                id: id(),
                time,
                offset_seconds: self.offset_seconds,
            })
        };
        let past = |time: MediaTime| CueError::PastEnd {
            id: id(),
            time,
            with_offset: match self.offset_seconds {
                0.0 => String::new(),
                offset => format!(" (with the offset of {offset} s)"),
            },
            duration,
        };
        let start = moved(cue.start)?;
        if start >= duration {
            return Err(past(cue.start));
        }
        let end = match cue.end.or(next) {
            None => duration,
            Some(end) => {
                let placed = moved(end)?;
                let most = MediaTime::from_ms(duration.ms() + ROUNDING_MS);
                if cue.end.is_some() && placed > most {
                    return Err(past(end));
                }
                placed.min(duration)
            }
        };
        Ok(PlacedCue {
            id: id(),
            start,
            end,
            speaker: cue.speaker.clone(),
            title: cue.title.clone(),
        })
    }
}

/// The cue that holds a time, of cues in order.
pub fn cue_at(cues: &[PlacedCue], time: MediaTime) -> Option<&PlacedCue> {
    let next = cues.partition_point(|cue| cue.start <= time);
    cues[..next].last().filter(|cue| cue.holds(time))
}

/// Where the speaker changes, in seconds: boundaries for [`crate::level`].
pub fn speaker_changes(cues: &[PlacedCue]) -> Vec<f64> {
    let mut changes = Vec::new();
    for pair in cues.windows(2) {
        if pair[0].speaker != pair[1].speaker {
            changes.push(pair[1].start.seconds());
        }
    }
    changes
}

fn overlap(earlier: &Cue, later: &Cue) -> Option<CueError> {
    // Two cues at one start overlap whatever their ends.
    let other_end = earlier.end.unwrap_or(later.start);
    (other_end > later.start || earlier.start == later.start).then(|| CueError::Overlap {
        id: later.id.clone(),
        start: later.start,
        other: earlier.id.clone(),
        other_end,
    })
}

fn twice<'a>(ids: impl Iterator<Item = &'a String>, what: &'static str) -> Vec<CueError> {
    let mut ids: Vec<&String> = ids.collect();
    ids.sort();
    let pairs = ids.windows(2).filter(|pair| pair[0] == pair[1]);
    pairs
        .map(|pair| CueError::SameId {
            what,
            id: pair[0].clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(id: &str, start: &str, end: Option<&str>, speaker: Option<&str>) -> Cue {
        Cue {
            id: id.to_owned(),
            start: start.parse().unwrap(),
            end: end.map(|end| end.parse().unwrap()),
            speaker: speaker.map(str::to_owned),
            title: String::new(),
        }
    }

    /// The panel of 2013: an hour and a bit, two speakers with known starts.
    fn panel() -> Talk {
        let speaker = |id: &str, name: &str| Speaker {
            id: id.to_owned(),
            name: name.to_owned(),
            affiliation: None,
        };
        Talk {
            speakers: vec![
                speaker("cathcart", "Adam Cathcart"),
                speaker("nbm", "Nathan Beauchamp-Mustafaga"),
            ],
            cues: vec![
                cue("policy", "26:30", None, Some("nbm")),
                cue("dandong", "14:45", None, Some("cathcart")),
            ],
            ..Talk::default()
        }
    }

    fn hour() -> MediaTime {
        "1:02:00".parse().unwrap()
    }

    #[test]
    fn cues_last_to_the_next_and_are_half_open() {
        let cues = panel().place(hour()).unwrap();
        assert_eq!(cues[0].fragment().to_string(), "t=885,1590");
        assert_eq!(cues[1].end, hour());
        let at = |text: &str| cue_at(&cues, text.parse().unwrap()).map(|cue| cue.id.as_str());
        assert_eq!(at("14:44.999"), None);
        assert_eq!(at("14:45"), Some("dandong"));
        assert_eq!(at("26:29.999"), Some("dandong"));
        assert_eq!(at("26:30"), Some("policy"));
        assert_eq!(at("1:02:00"), None);
        assert_eq!(speaker_changes(&cues), [1590.0]);
    }

    #[test]
    fn a_cue_past_the_end_is_a_named_fault() {
        let errors = panel().place("20:00".parse().unwrap()).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert!(matches!(&errors[0], CueError::PastEnd { id, .. } if id == "policy"));
        assert_eq!(
            errors[0].to_string(),
            "cue `policy` reaches 26:30, past the end of the recording at 20:00"
        );
    }

    #[test]
    fn an_offset_moves_cues_of_another_edit() {
        let mut talk = panel();
        talk.offset_seconds = 12.5;
        assert_eq!(
            talk.place(hour()).unwrap()[0].start.to_string(),
            "14:57.500"
        );
        talk.offset_seconds = -1000.0;
        let errors = talk.place(hour()).unwrap_err();
        assert!(matches!(&errors[0], CueError::BeforeStart { id, .. } if id == "dandong"));
        talk.offset_seconds = f64::NAN;
        assert!(matches!(
            talk.place(hour()).unwrap_err()[0],
            CueError::Offset { .. }
        ));
    }

    #[test]
    fn all_faults_are_gathered() {
        let mut talk = panel();
        talk.cues = vec![
            cue("a", "1:00", Some("0:50"), Some("nobody")),
            cue("b", "2:00", Some("4:00"), None),
            cue("b", "3:00", Some("5:00"), None),
            cue("c", "1:01:00", Some("1:03:00"), None),
        ];
        let errors = talk.place(hour()).unwrap_err();
        let has = |is: fn(&CueError) -> bool| errors.iter().any(is);
        assert!(has(|error| matches!(
            error,
            CueError::EndNotAfterStart { .. }
        )));
        assert!(has(|error| matches!(
            error,
            CueError::UnknownSpeaker { .. }
        )));
        assert!(has(|error| matches!(
            error,
            CueError::SameId { what: "cues", .. }
        )));
        assert!(has(|error| matches!(error, CueError::Overlap { .. })));
        assert!(has(|error| matches!(error, CueError::PastEnd { .. })));
        assert_eq!(errors.len(), 5);
    }

    #[test]
    fn cues_that_meet_do_not_overlap() {
        let mut talk = panel();
        talk.cues = vec![
            cue("a", "1:00", Some("2:00"), None),
            cue("b", "2:00", Some("3:00"), None),
        ];
        assert!(talk.place(hour()).is_ok());
        talk.cues[1].start = talk.cues[0].start;
        assert!(talk.place(hour()).is_err());
    }

    #[test]
    fn an_end_that_was_rounded_up_is_the_recordings() {
        let mut talk = panel();
        talk.cues = vec![cue("all", "0", Some("1:02:00"), None)];
        let duration = MediaTime::from_ms(3_719_600);
        assert_eq!(talk.place(duration).unwrap()[0].end, duration);
        assert!(talk.place(MediaTime::from_ms(3_719_400)).is_err());
    }
}
