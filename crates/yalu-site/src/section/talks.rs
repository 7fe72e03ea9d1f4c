//! Recorded talks: what was said where, the player, the transcript.

mod player;

use askama::Template;
use yalu_dossier::assessment::Assessment;
use yalu_dossier::evidence::EvidenceRecord;
use yalu_dossier::evidence::talk_record::{CueRecord, TalkRecord};

use crate::anchor::anchor;
use crate::format;
use crate::link::clock;
use crate::section::moment::{MomentLink, player_file};

use player::PlayerPart;

/// A claim that leads into a talk.
#[derive(Debug)]
pub(crate) struct ClaimLink {
    pub(crate) id: String,
    pub(crate) to: String,
}

/// A place in a talk.
#[derive(Debug)]
pub(crate) struct CuePart {
    pub(crate) id: String,
    pub(crate) link: MomentLink,
    /// `14:45 to 26:30`.
    pub(crate) times: String,
    pub(crate) title: String,
    pub(crate) speaker: String,
    pub(crate) claims: Vec<ClaimLink>,
}

/// A passage of a transcript.
#[derive(Debug)]
pub(crate) struct PassagePart {
    pub(crate) link: MomentLink,
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) speaker: String,
    pub(crate) text: String,
}

/// A talk.
#[derive(Debug)]
pub(crate) struct TalkPart {
    pub(crate) anchor: String,
    pub(crate) title: String,
    pub(crate) facts: String,
    pub(crate) speakers: Vec<String>,
    pub(crate) source: String,
    pub(crate) source_words: String,
    pub(crate) held: String,
    pub(crate) note: String,
    pub(crate) player: Option<PlayerPart>,
    pub(crate) no_player: String,
    pub(crate) cues: Vec<CuePart>,
    pub(crate) claims: Vec<ClaimLink>,
    pub(crate) passages: Vec<PassagePart>,
    pub(crate) n_passages: String,
}

/// The section of a dossier that names talks.
#[derive(Debug, Template)]
#[template(path = "talks.html")]
pub(crate) struct TalksSection {
    talks: Vec<TalkPart>,
    interactive: bool,
}

impl TalksSection {
    /// `None` where no talk was given by the as-of date.
    pub(crate) fn of(assessment: &Assessment, interactive: bool) -> Option<Self> {
        let record = assessment.evidence.as_ref()?;
        (!record.talks.is_empty()).then(|| Self {
            talks: record
                .talks
                .iter()
                .map(|talk| talk_part(talk, record))
                .collect(),
            interactive,
        })
    }

    /// Whether a transcript can be searched.
    pub(crate) fn has_transcript(&self) -> bool {
        self.talks.iter().any(|talk| !talk.passages.is_empty())
    }

    /// Whether the page plays a recording: the policy and the script are for those that do.
    pub(crate) fn plays(&self) -> bool {
        self.talks.iter().any(|talk| talk.player.is_some())
    }
}

fn talk_part(talk: &TalkRecord, record: &EvidenceRecord) -> TalkPart {
    let known = record.sources.iter().find(|one| one.id == talk.source);
    let player = player_file(talk).and_then(|file| PlayerPart::of(talk, file));
    TalkPart {
        anchor: anchor("talk", &talk.id),
        title: talk.title.clone(),
        facts: facts(talk),
        speakers: talk
            .speakers
            .iter()
            .map(|one| match &one.affiliation {
                Some(of) => format!("{} ({of})", one.name),
                None => one.name.clone(),
            })
            .collect(),
        source: known.map_or_else(String::new, |one| anchor("source", &one.id)),
        source_words: known.map_or_else(|| talk.source.clone(), |one| one.short.clone()),
        held: talk.held.clone().unwrap_or_default(),
        note: talk.note.clone().unwrap_or_default(),
        no_player: if player.is_some() {
            String::new()
        } else {
            no_player(talk)
        },
        player,
        cues: talk
            .cues
            .iter()
            .enumerate()
            .map(|(place, cue)| cue_part(talk, cue, place, record))
            .collect(),
        claims: talk
            .claims
            .iter()
            .map(|id| claim_link(id, record))
            .collect(),
        passages: passages(talk),
        n_passages: format::plural(talk.transcript.len() as u64, "passage", "passages"),
    }
}

fn facts(talk: &TalkRecord) -> String {
    let mut parts = vec![talk.date_words.clone()];
    parts.extend(talk.place.clone());
    parts.extend(talk.event.clone());
    parts.extend(talk.duration_s.map(clock));
    parts.push(talk.file.clone());
    parts.join(" · ")
}

/// Why nothing can be played.
fn no_player(talk: &TalkRecord) -> String {
    let held = talk.held.as_ref().map_or_else(String::new, |who| {
        format!(" Held: {}.", who.trim_end_matches('.'))
    });
    match &talk.recording {
        Some(recording) => format!("The recording ({}) isn’t at hand.{held}", recording.file),
        None => format!("No recording at hand.{held}"),
    }
}

pub(super) fn speaker_name(talk: &TalkRecord, id: Option<&String>) -> String {
    let Some(id) = id else {
        return String::new();
    };
    let known = talk.speakers.iter().find(|one| one.id == *id);
    known.map_or_else(|| id.clone(), |one| one.name.clone())
}

fn claim_link(id: &str, record: &EvidenceRecord) -> ClaimLink {
    let known = record.claims.iter().any(|one| one.id == id);
    ClaimLink {
        id: id.to_owned(),
        to: if known {
            anchor("claim", id)
        } else {
            String::new()
        },
    }
}

/// Claims of which a moment lies within a stretch of the talk: the end isn't part of it.
fn claims_within(talk: &TalkRecord, cue: &CueRecord, record: &EvidenceRecord) -> Vec<ClaimLink> {
    let within = |start: f64| start >= cue.start_s && cue.end_s.is_none_or(|end| start < end);
    record
        .claims
        .iter()
        .filter(|claim| {
            let mut moments = claim.cites.iter().filter_map(|cite| cite.moment.as_ref());
            moments.any(|moment| moment.talk == talk.id && within(moment.start_s))
        })
        .map(|claim| claim_link(&claim.id, record))
        .collect()
}

fn cue_part(talk: &TalkRecord, cue: &CueRecord, place: usize, record: &EvidenceRecord) -> CuePart {
    let about = if cue.approximate { "about " } else { "" };
    let times = match cue.end_s {
        Some(end) => format!("{about}{} to {}", cue.at, clock(end)),
        None => format!("{about}{} on", cue.at),
    };
    CuePart {
        id: format!("{}-cue-{}", anchor("talk", &talk.id), place + 1),
        link: MomentLink::in_talk(talk, cue.start_s, cue.end_s),
        times,
        title: cue.title.clone(),
        speaker: speaker_name(talk, cue.speaker.as_ref()),
        claims: claims_within(talk, cue, record),
    }
}

fn passages(talk: &TalkRecord) -> Vec<PassagePart> {
    talk.transcript
        .iter()
        .map(|one| PassagePart {
            link: MomentLink::in_talk(talk, one.start_s, Some(one.end_s)),
            start: crate::link::seconds(one.start_s),
            end: crate::link::seconds(one.end_s),
            speaker: speaker_name(talk, one.speaker.as_ref()),
            text: one.text.clone(),
        })
        .collect()
}
