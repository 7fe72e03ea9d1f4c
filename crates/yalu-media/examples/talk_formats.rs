//! Writes a talk's chapters and a transcript into a folder, for `tests/formats/vtt_chapters.mjs`.

use std::path::PathBuf;

use yalu_media::{Chapters, Cue, MediaTime, Passage, Speaker, Talk, Transcript, chapters_vtt};

fn main() -> std::io::Result<()> {
    let folder: PathBuf = std::env::args_os()
        .nth(1)
        .unwrap_or_else(|| ".".into())
        .into();
    let cue = |id: &str, seconds: u64, speaker: Option<&str>, title: &str| Cue {
        id: id.to_owned(),
        start: MediaTime::from_ms(seconds * 1000),
        end: None,
        speaker: speaker.map(str::to_owned),
        title: title.to_owned(),
    };
    let talk = Talk {
        title: "A panel & its <questions>".to_owned(),
        speakers: vec![Speaker {
            id: "ac".to_owned(),
            name: "Adam Cathcart".to_owned(),
            affiliation: Some("Sino-NK".to_owned()),
        }],
        cues: vec![
            cue("opening", 0, None, "Opening --> first"),
            cue("dandong", 885, Some("ac"), "Dandong & <the> border"),
            cue("questions", 3000, None, ""),
        ],
        offset_seconds: 0.0,
    };
    let cues = talk
        .place(MediaTime::from_ms(3_720_000))
        .unwrap_or_default();
    let passage = |start: u64, voice: Option<&str>, text: &str| Passage {
        id: None,
        start: MediaTime::from_ms(start),
        end: MediaTime::from_ms(start + 4_500),
        voice: voice.map(str::to_owned),
        text: text.to_owned(),
        line: start as usize,
    };
    let transcript = Transcript {
        passages: vec![
            passage(
                885_000,
                Some("Adam Cathcart"),
                "A border is sometimes\njust a border, R&D < 5 --> 6",
            ),
            passage(356_400_000, None, "After 99 hours: 鸭绿江"),
        ],
        faults: Vec::new(),
    };
    let chapters = Chapters::of(&talk, &cues, Some("panel.mp3"));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("chapters.json"), chapters.to_json())?;
    std::fs::write(folder.join("chapters.vtt"), chapters_vtt(&talk, &cues))?;
    std::fs::write(folder.join("transcript.vtt"), transcript.to_vtt())
}
