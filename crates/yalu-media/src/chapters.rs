//! Chapters of a recording, for podcast players and browsers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::talk::{PlacedCue, Talk};
use crate::time::MediaTime;
use crate::transcript::escape;

/// The media type of JSON chapters.
pub const CHAPTERS_MEDIA_TYPE: &str = "application/json+chapters";

/// The version of JSON chapters that is written.
pub const CHAPTERS_VERSION: &str = "1.2.0";

/// Keys that the format doesn't define; they are kept.
pub type OtherKeys = serde_json::Map<String, serde_json::Value>;

/// JSON chapters 1.2.0 of the podcast namespace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Chapters {
    /// The version of the format.
    pub version: String,
    /// The title of the recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The podcast that it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub podcast_name: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The file that the chapters are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// Whether places of chapters are shown with a route between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waypoints: Option<bool>,
    /// The chapters, in order of their starts.
    pub chapters: Vec<Chapter>,
    /// Other keys.
    #[serde(flatten)]
    pub other: OtherKeys,
}

/// A chapter.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Chapter {
    /// Where it begins, in seconds.
    pub start_time: f64,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The address of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub img: Option<String>,
    /// The address of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether it is listed; left out, it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toc: Option<bool>,
    /// Where it ends, in seconds, exclusive; left out, it lasts to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<f64>,
    /// Where it happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Other keys.
    #[serde(flatten)]
    pub other: OtherKeys,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Its name.
    pub name: String,
    /// A geo address (RFC 5870), such as `geo:40.1,124.4`.
    pub geo: String,
    /// An object of OpenStreetMap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub osm: Option<String>,
    /// Other keys.
    #[serde(flatten)]
    pub other: OtherKeys,
}

/// What is wrong with chapters.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ChaptersError {
    /// No JSON, or not of this form.
    #[error("the chapters can't be read at line {line}, column {column}: {reason}")]
    Json {
        /// Where.
        line: usize,
        /// Where.
        column: usize,
        /// What the reader says.
        reason: String,
    },
    /// Another version.
    #[error("the chapters are of version `{version}`; 1 is read")]
    Version {
        /// The version.
        version: String,
    },
    /// A time that is none.
    #[error("chapter {number} has {key} {seconds}, which is no time")]
    NoTime {
        /// Which, from 1.
        number: usize,
        /// `startTime` or `endTime`.
        key: &'static str,
        /// The value.
        seconds: f64,
    },
    /// A chapter that begins before the one before it.
    #[error("chapter {number} begins at {start}, before chapter {} at {previous}", number - 1)]
    NotInOrder {
        /// Which, from 1.
        number: usize,
        /// Its start.
        start: MediaTime,
        /// The start of the one before.
        previous: MediaTime,
    },
    /// A chapter that ends where it begins, or before.
    #[error("chapter {number} ends at {end}, which isn't after its start {start}")]
    EndNotAfterStart {
        /// Which, from 1.
        number: usize,
        /// Its start.
        start: MediaTime,
        /// Its end.
        end: MediaTime,
    },
}

impl ChaptersError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Json { .. } => "see the form in the podcast namespace's JSON chapters 1.2",
            Self::Version { .. } => "write the chapters as version 1.2.0",
            Self::NoTime { .. } => "give seconds, 0 or more",
            Self::NotInOrder { .. } => "put the chapters in order of their starts",
            Self::EndNotAfterStart { .. } => "give the end as a time, or leave it out",
        }
    }
}

impl Chapters {
    /// The chapters of a talk.
    pub fn of(talk: &Talk, cues: &[PlacedCue], file_name: Option<&str>) -> Self {
        let chapter = |cue: &PlacedCue| Chapter {
            start_time: cue.start.seconds(),
            title: Some(label(talk, cue)),
            end_time: Some(cue.end.seconds()),
            ..Chapter::default()
        };
        Self {
            version: CHAPTERS_VERSION.to_owned(),
            title: Some(talk.title.clone()).filter(|title| !title.is_empty()),
            author: None,
            podcast_name: None,
            description: None,
            file_name: file_name.map(str::to_owned),
            waypoints: None,
            chapters: cues.iter().map(chapter).collect(),
            other: OtherKeys::new(),
        }
    }

    /// Reads JSON chapters and checks them.
    ///
    /// # Errors
    /// [`ChaptersError`], the first that is met.
    pub fn parse(text: &str) -> Result<Self, ChaptersError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let chapters: Self = serde_json::from_str(text).map_err(|error| ChaptersError::Json {
            line: error.line(),
            column: error.column(),
            reason: error.to_string(),
        })?;
        chapters.check()?;
        Ok(chapters)
    }

    /// Checks version, times and order.
    ///
    /// # Errors
    /// [`ChaptersError`], the first that is met.
    pub fn check(&self) -> Result<(), ChaptersError> {
        if self.version.split('.').next() != Some("1") {
            return Err(ChaptersError::Version {
                version: self.version.clone(),
            });
        }
        let mut previous = MediaTime::ZERO;
        for (i, chapter) in self.chapters.iter().enumerate() {
            let number = i + 1;
            let time = |key, seconds| {
                MediaTime::from_seconds(seconds).map_err(|_| ChaptersError::NoTime {
                    number,
                    key,
                    seconds,
                })
            };
            let start = time("startTime", chapter.start_time)?;
            if start < previous {
                return Err(ChaptersError::NotInOrder {
                    number,
                    start,
                    previous,
                });
            }
            previous = start;
            if let Some(seconds) = chapter.end_time {
                let end = time("endTime", seconds)?;
                if end <= start {
                    return Err(ChaptersError::EndNotAfterStart { number, start, end });
                }
            }
        }
        Ok(())
    }

    /// As JSON, indented, with a line break at the end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The chapters of a talk as WebVTT, for a `track` of kind `chapters`.
pub fn chapters_vtt(talk: &Talk, cues: &[PlacedCue]) -> String {
    let mut text = "WEBVTT\n".to_owned();
    for cue in cues {
        let (start, end) = (cue.start.to_vtt(), cue.end.to_vtt());
        let id = cue.id.replace("-->", "→").replace(['\r', '\n'], " ");
        text.push_str(&format!(
            "\n{id}\n{start} --> {end}\n{}\n",
            escape(&label(talk, cue))
        ));
    }
    text
}

/// The title of a cue, or its speaker, or its id.
fn label(talk: &Talk, cue: &PlacedCue) -> String {
    let id = cue.speaker.as_ref();
    let speaker = id.and_then(|id| talk.speakers.iter().find(|one| &one.id == id));
    match (speaker, cue.title.is_empty()) {
        (Some(speaker), false) => format!("{}: {}", speaker.name, cue.title),
        (Some(speaker), true) => speaker.name.clone(),
        (None, false) => cue.title.clone(),
        (None, true) => cue.id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::{Cue, Speaker};

    fn talk() -> (Talk, Vec<PlacedCue>) {
        let talk = Talk {
            title: "IISS panel".to_owned(),
            speakers: vec![Speaker {
                id: "ac".to_owned(),
                name: "Adam Cathcart".to_owned(),
                affiliation: None,
            }],
            cues: vec![Cue {
                id: "dandong".to_owned(),
                start: MediaTime::from_ms(885_250),
                end: None,
                speaker: Some("ac".to_owned()),
                title: "Dandong & <the> border".to_owned(),
            }],
            offset_seconds: 0.0,
        };
        let cues = talk.place(MediaTime::from_ms(3_720_000)).unwrap();
        (talk, cues)
    }

    #[test]
    fn chapters_of_a_talk_are_read_back() {
        let (talk, cues) = talk();
        let chapters = Chapters::of(&talk, &cues, Some("panel.mp3"));
        let text = chapters.to_json();
        assert!(text.contains("\"startTime\": 885.25"), "{text}");
        assert!(text.contains("\"version\": \"1.2.0\""));
        assert_eq!(Chapters::parse(&text), Ok(chapters));
    }

    #[test]
    fn chapters_as_vtt_are_escaped() {
        let (talk, cues) = talk();
        assert_eq!(
            chapters_vtt(&talk, &cues),
            "WEBVTT\n\ndandong\n00:14:45.250 --> 01:02:00.000\n\
             Adam Cathcart: Dandong &amp; &lt;the&gt; border\n"
        );
    }

    #[test]
    fn keys_that_the_format_lacks_are_kept() {
        let text = r#"{"version":"1.2.0","app":1,"chapters":[{"startTime":0,"x:y":{"z":[1]}},
            {"startTime":94,"title":"Q&A","toc":false,"location":{"name":"Dandong","geo":"geo:40.1,124.4"}}]}"#;
        let chapters = Chapters::parse(text).unwrap();
        assert_eq!(chapters.other["app"], 1);
        let again: serde_json::Value = serde_json::from_str(&chapters.to_json()).unwrap();
        assert_eq!(again["chapters"][0]["x:y"]["z"][0], 1);
        assert_eq!(again["chapters"][1]["location"]["name"], "Dandong");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let fault = |text: &str| Chapters::parse(text).unwrap_err();
        assert!(matches!(fault("{"), ChaptersError::Json { line: 1, .. }));
        assert!(matches!(
            fault(r#"{"version":"1.2.0"}"#),
            ChaptersError::Json { .. }
        ));
        let of = |chapters: &str| format!(r#"{{"version":"1.2.0","chapters":[{chapters}]}}"#);
        assert!(matches!(fault(&of("{}")), ChaptersError::Json { .. }));
        assert!(matches!(
            fault(&of(r#"{"startTime":-1}"#)),
            ChaptersError::NoTime {
                number: 1,
                key: "startTime",
                ..
            }
        ));
        assert!(matches!(
            fault(&of(r#"{"startTime":9},{"startTime":8}"#)),
            ChaptersError::NotInOrder { number: 2, .. }
        ));
        assert!(matches!(
            fault(&of(r#"{"startTime":9,"endTime":9}"#)),
            ChaptersError::EndNotAfterStart { number: 1, .. }
        ));
        assert!(matches!(
            fault(r#"{"version":"2.0","chapters":[]}"#),
            ChaptersError::Version { .. }
        ));
    }
}
