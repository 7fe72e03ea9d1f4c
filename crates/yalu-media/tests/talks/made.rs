//! Recordings that are made for the tests.

use std::path::Path;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::programs::{all, ffmpeg, run};

/// What the panel says. Ours: the words don't matter, their rhythm does.
const WORDS: [&str; 6] = [
    "Good evening, and welcome to this panel on the border between China and North Korea.",
    "I would like to begin with the bridges at Dandong, and with what crosses them in a usual month.",
    "Trade figures are mirror figures: one side reports, and the other side keeps silent.",
    "A policy may look as if it shifts when it only answers a test, or the pressure that follows one.",
    "Which ministry gains when sanctions are enforced, and which province pays the price for that?",
    "The floods of the river come back every few years, and so do the plans for a zone on its islands.",
];

/// How long the first part of the talk is, in seconds, to a tenth.
pub(crate) struct Talk {
    folder: TempDir,
    pub(crate) first_seconds: f64,
    pub(crate) seconds: f64,
}

impl Talk {
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Each way of coding the talk: the file, and ffmpeg's options.
pub(crate) const CODED: [(&str, &[&str]); 9] = [
    ("talk.wav", &[]),
    ("talk.flac", &["-c:a", "flac"]),
    ("talk.mp3", &["-c:a", "libmp3lame", "-b:a", "128k"]),
    ("vbr.mp3", &["-c:a", "libmp3lame", "-q:a", "4"]),
    ("talk.m4a", &["-c:a", "aac", "-b:a", "128k"]),
    ("talk.aac", &["-c:a", "aac", "-b:a", "128k"]),
    ("talk.ogg", &["-c:a", "libvorbis", "-q:a", "4"]),
    ("talk.opus", &["-c:a", "libopus", "-b:a", "48k"]),
    (
        "mono.mp3",
        &[
            "-c:a",
            "libmp3lame",
            "-b:a",
            "64k",
            "-ac",
            "1",
            "-ar",
            "22050",
        ],
    ),
];

/// Two voices, 44.1 kHz, two channels; the first 12 dB louder than the second, by sox's gain on parts
/// of equal loudness. Made once; nothing without the programs.
pub(crate) fn talk() -> Option<&'static Talk> {
    static TALK: OnceLock<Option<Talk>> = OnceLock::new();
    TALK.get_or_init(|| all().then(make)).as_ref()
}

fn make() -> Talk {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let loud = voice(at, "loud", &["-v", "en-us+m3", "-s", "150"], -18.0);
    let quiet = voice(at, "quiet", &["-v", "en-gb+f2", "-s", "165"], -30.0);
    run(at, "sox", &["-D", "loud.wav", "quiet.wav", "talk.wav"]);
    for (file, options) in CODED.iter().skip(1) {
        ffmpeg(at, &[&["-i", "talk.wav"], *options, &[*file]].concat());
    }
    Talk {
        folder,
        first_seconds: loud,
        seconds: loud + quiet,
    }
}

/// A voice at a loudness, in LUFS; how long it speaks.
fn voice(at: &Path, name: &str, options: &[&str], lufs: f64) -> f64 {
    let text = WORDS.join(" ");
    run(
        at,
        "espeak-ng",
        &[options, &["-w", "raw.wav", &text]].concat(),
    );
    run(
        at,
        "sox",
        &[
            "-D", "raw.wav", "-r", "44100", "-c", "2", "-b", "24", "even.wav", "gain", "-n", "-12",
        ],
    );
    let gain = format!(
        "{:.3}",
        lufs - crate::programs::ebur128(at, "even.wav", None).integrated
    );
    let file = format!("{name}.wav");
    run(
        at,
        "sox",
        &["-D", "even.wav", "-b", "16", &file, "gain", &gain],
    );
    let seconds = run(at, "soxi", &["-D", &file]);
    seconds.trim().parse().unwrap()
}
