//! Times of cues: sounds that were put at known times are found there.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use yalu_media::Decoder;

use crate::programs::{ffmpeg, has};

/// When the tones begin, in seconds.
const ONSETS: [f64; 5] = [0.5, 5.25, 14.75, 26.5, 39.9];
const SECONDS: usize = 41;
const RATE: usize = 44_100;

/// Faint noise with tones of 80 ms, as a WAV.
fn tones(folder: &Path) -> PathBuf {
    let path = folder.join("tones.wav");
    let file = std::fs::File::create(&path).unwrap();
    let format = yalu_media::WavFormat::Pcm16 { seed: 3 };
    let mut writer = yalu_media::WavWriter::new(file, RATE as u32, 2, format).unwrap();
    let samples: Vec<f32> = (0..SECONDS * RATE)
        .flat_map(|i| {
            let time = i as f64 / RATE as f64;
            let on = ONSETS
                .iter()
                .any(|&onset| (onset..onset + 0.08).contains(&time));
            let tone = 0.5 * (std::f64::consts::TAU * 2000.0 * time).sin();
            [if on { tone as f32 } else { 0.0 }; 2]
        })
        .collect();
    writer.write(&samples).unwrap();
    writer.finish().unwrap();
    path
}

fn decoded(path: &Path) -> Vec<f32> {
    let mut decoder = Decoder::open(path).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = decoder.next_block().unwrap() {
        assert_eq!(block.start_frame as usize * 2, samples.len());
        samples.extend_from_slice(block.samples);
    }
    samples
}

/// The first sample at half the tone's level from a time on, in seconds.
fn onset(samples: &[f32], rate: usize, from: f64) -> f64 {
    let first = (from * rate as f64) as usize * 2;
    let found = samples[first..]
        .iter()
        .position(|sample| sample.abs() > 0.2);
    (first + found.unwrap()) as f64 / 2.0 / rate as f64
}

/// File, options, and how far the onset may be off in the decoded stream, in seconds. What a lossy
/// codec smears is a few milliseconds; what has no header with the encoder's delay is late by that.
const CODED: [(&str, &[&str], f64); 9] = [
    ("tones.wav", &[], 0.0002),
    ("tones.flac", &["-c:a", "flac"], 0.0002),
    ("tones.mp3", &["-c:a", "libmp3lame", "-b:a", "128k"], 0.005),
    ("vbr.mp3", &["-c:a", "libmp3lame", "-q:a", "5"], 0.005),
    (
        "bare.mp3",
        &["-c:a", "libmp3lame", "-q:a", "5", "-write_xing", "0"],
        0.03,
    ),
    ("tones.m4a", &["-c:a", "aac"], 0.005),
    ("tones.aac", &["-c:a", "aac"], 0.05),
    ("tones.ogg", &["-c:a", "libvorbis"], 0.005),
    ("tones.opus", &["-c:a", "libopus", "-b:a", "64k"], 0.005),
];

#[test]
fn sounds_are_found_at_their_times_in_every_format() {
    if !has("ffmpeg") {
        return;
    }
    let folder = TempDir::new().unwrap();
    tones(folder.path());
    for (file, options, within) in CODED {
        if !options.is_empty() {
            ffmpeg(
                folder.path(),
                &[&["-i", "tones.wav"], options, &[file]].concat(),
            );
        }
        let path = folder.path().join(file);
        let rate = Decoder::open(&path).unwrap().format().sample_rate as usize;
        let samples = decoded(&path);
        let mut worst = 0.0_f64;
        for expected in ONSETS {
            let off = onset(&samples, rate, expected - 0.2) - expected;
            assert!(off.abs() < within, "{file}: {off:+.4} s at {expected} s");
            worst = worst.max(off.abs());
        }
        eprintln!("{file}: onsets off by at most {worst:.4} s");
        seeks_land(file, &path, rate, &samples);
    }
}

/// Whatever a seek gives is what stands there in the stream that was read from the start.
fn seeks_land(file: &str, path: &Path, rate: usize, samples: &[f32]) {
    let mut decoder = Decoder::open(path).unwrap();
    // Forward, backward, and into the first half-second, where there is nothing to roll in on.
    for seconds in [14.75, 39.9, 5.25, 0.5, 0.0, 26.5, 12.3456] {
        decoder.seek_to(seconds).unwrap();
        let first = (seconds * rate as f64).round() as usize;
        let mut heard = Vec::new();
        let mut at = first;
        while heard.len() < rate {
            let Some(block) = decoder.next_block().unwrap() else {
                break;
            };
            assert_eq!(block.start_frame as usize, at, "{file} at {seconds}");
            at += block.samples.len() / 2;
            heard.extend_from_slice(block.samples);
        }
        let there = &samples[first * 2..first * 2 + heard.len()];
        let off = heard
            .iter()
            .zip(there)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        // Opus predicts from what went before and converges within the pre-roll, others are exact.
        let most = if Path::new(file).extension().is_some_and(|it| it == "opus") {
            0.02
        } else {
            1e-4
        };
        assert!(off < most, "{file} at {seconds} s is off by {off}");
    }
    let error = decoder.seek_to(100.0).unwrap_err();
    assert!(error.to_string().contains("past the end"), "{error}");
    assert!(decoder.seek_to(f64::NAN).is_err());
    decoder.seek_to(1.0).unwrap();
    assert_eq!(
        decoder.next_block().unwrap().unwrap().start_frame as usize,
        rate
    );
}

#[test]
fn a_seek_in_a_chained_file_goes_by_the_whole() {
    if !has("ffmpeg") {
        return;
    }
    let folder = TempDir::new().unwrap();
    tones(folder.path());
    for (file, codec) in [("chained.ogg", "libvorbis"), ("chained.opus", "libopus")] {
        ffmpeg(folder.path(), &["-i", "tones.wav", "-c:a", codec, file]);
        let path = folder.path().join(file);
        let once = std::fs::read(&path).unwrap();
        std::fs::write(&path, once.repeat(2)).unwrap();
        let mut decoder = Decoder::open(&path).unwrap();
        let rate = decoder.format().sample_rate as usize;
        for seconds in [41.0 + 5.25, 5.25] {
            decoder.seek_to(seconds - 0.1).unwrap();
            let mut heard = Vec::new();
            while heard.len() < rate {
                heard.extend_from_slice(decoder.next_block().unwrap().unwrap().samples);
            }
            let off = onset(&heard, rate, 0.0) - 0.1;
            assert!(off.abs() < 0.005, "{file}: {off} at {seconds}");
        }
    }
}

#[test]
fn an_edit_list_says_where_the_sound_begins() {
    if !has("ffmpeg") {
        return;
    }
    let folder = TempDir::new().unwrap();
    tones(folder.path());
    // A picture track and a start in the middle: the container keeps the cut as an edit.
    ffmpeg(
        folder.path(),
        &["-i", "tones.wav", "-c:a", "aac", "whole.m4a"],
    );
    ffmpeg(
        folder.path(),
        &["-ss", "3", "-i", "whole.m4a", "-c", "copy", "cut.m4a"],
    );
    let samples = decoded(&folder.path().join("cut.m4a"));
    let off = onset(&samples, RATE, 2.0) - 2.25;
    // ffmpeg cuts at whole packets of 23 ms.
    assert!(off.abs() < 0.03, "{off}");
}
