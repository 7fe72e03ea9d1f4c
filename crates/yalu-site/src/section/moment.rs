//! A link to a moment of a talk: played from there where the recording is at hand.

use yalu_dossier::evidence::EvidenceRecord;
use yalu_dossier::evidence::record::Moment;
use yalu_dossier::evidence::talk_record::TalkRecord;

use crate::anchor::anchor;
use crate::link::{clock, file_beside, media_fragment, seconds};

/// A link to a moment.
#[derive(Debug)]
pub(crate) struct MomentLink {
    /// `14:45`.
    pub(crate) at: String,
    /// The talk's title.
    pub(crate) title: String,
    /// The talk's fragment name.
    pub(crate) talk: String,
    /// Its recording with a media fragment, beside the page; empty where it isn't at hand.
    pub(crate) file: String,
    /// Where it begins, in seconds.
    pub(crate) start: String,
}

impl MomentLink {
    /// `None` where the talk isn't in the record.
    pub(crate) fn of(moment: &Moment, record: &EvidenceRecord) -> Option<Self> {
        let talk = record.talks.iter().find(|talk| talk.id == moment.talk)?;
        Some(Self::in_talk(talk, moment.start_s, moment.end_s))
    }

    /// A stretch of a talk.
    pub(crate) fn in_talk(talk: &TalkRecord, start_s: f64, end_s: Option<f64>) -> Self {
        let file = player_file(talk);
        Self {
            at: clock(start_s),
            title: talk.title.clone(),
            talk: anchor("talk", &talk.id),
            file: file.map_or_else(String::new, |file| {
                format!("{file}{}", media_fragment(start_s, end_s))
            }),
            start: seconds(start_s),
        }
    }
}

/// The recording's address beside the page, where the page can play it.
pub(crate) fn player_file(talk: &TalkRecord) -> Option<String> {
    let recording = talk.recording.as_ref().filter(|one| one.at_hand)?;
    file_beside(&recording.player_file)
}
