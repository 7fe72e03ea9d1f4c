//! Every format, held to ffmpeg.

use std::path::Path;

use tempfile::TempDir;
use yalu_media::{Audibility, Container, Fault, MeasureOptions, Recording, measure};

use crate::made::{CODED, talk};
use crate::programs::{Peer, ebur128, ffmpeg, has, run};

pub(crate) fn measured(path: &Path) -> Recording {
    measure(path, &MeasureOptions::default(), |_| {}).unwrap()
}

/// Holds our figures to ffmpeg's.
///
/// Loudness: both are BS.1770-4; ffmpeg rounds blocks to 0.01 LU. True peak: ffmpeg oversamples to
/// 192 kHz with its resampler, we by four with a filter of 49 taps; both may miss a crest by some
/// hundredths. Range: ffmpeg takes a 3 s block every 100 ms, we every second, as Tech 3342 asks at
/// least: over few blocks the percentiles differ.
fn hold(file: &str, ours: &Recording, peer: Peer) {
    let loudness = &ours.loudness;
    let off = |ours: Option<f64>, peer: f64| ours.unwrap() - peer;
    let integrated = off(loudness.integrated_lufs, peer.integrated);
    let true_peak = off(loudness.true_peak_dbtp, peer.true_peak);
    let range = off(loudness.range_lu, peer.range);
    eprintln!(
        "{file}: ours less ffmpeg's: I {integrated:+.3} LU, TP {true_peak:+.3} dB, LRA {range:+.2} LU"
    );
    assert!(integrated.abs() < 0.1, "{file}: {integrated}");
    assert!(true_peak.abs() < 0.2, "{file}: {true_peak}");
    // A talk of a minute has some sixty of our blocks: a percentile lies between two of them.
    assert!(range.abs() < 0.3, "{file}: {range}");
}

#[test]
fn every_format_is_measured_as_ffmpeg_measures_it() {
    let Some(talk) = talk() else { return };
    for (file, _) in CODED {
        let recording = measured(&talk.folder().join(file));
        hold(file, &recording, ebur128(talk.folder(), file, None));
        // AAC without a container has its encoder's delay in front.
        let late = if file == "talk.aac" { 0.05 } else { 0.0015 };
        assert!(
            (recording.duration_seconds - talk.seconds).abs() < late,
            "{file}: {}",
            recording.duration_seconds
        );
        let harmless = recording
            .faults
            .iter()
            .all(|fault| matches!(fault, Fault::UnknownEncoderDelay { .. }));
        assert!(harmless, "{file}: {:?}", recording.faults);
        assert_eq!(recording.faults.is_empty(), file != "talk.aac");
    }
}

#[test]
fn every_sampling_rate_is_measured_as_ffmpeg_measures_it() {
    let Some(talk) = talk() else { return };
    for rate in ["8000", "11025", "16000", "48000", "96000", "192000"] {
        let file = format!("{rate}.wav");
        ffmpeg(
            talk.folder(),
            &[
                "-i",
                "talk.wav",
                "-t",
                "20",
                "-ar",
                rate,
                "-c:a",
                "pcm_s24le",
                &file,
            ],
        );
        let recording = measured(&talk.folder().join(&file));
        assert_eq!(recording.sample_rate.to_string(), rate);
        hold(&file, &recording, ebur128(talk.folder(), &file, None));
    }
}

#[test]
fn surround_has_the_weights_of_bs_1770() {
    if !(has("ffmpeg") && has("sox")) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let tones = "sine=f=1000:d=8,pan=5.1(side)|FL=0.1*c0|FR=0.1*c0|FC=0.2*c0|LFE=0.9*c0|SL=0.3*c0|SR=0.05*c0";
    for (file, codec) in [
        ("six.wav", "pcm_s16le"),
        ("six.flac", "flac"),
        ("six.opus", "libopus"),
    ] {
        let layout = ["-f", "lavfi", "-i", tones, "-c:a", codec, "-ar", "48000"];
        // The reference encoder of Opus couples channels in its own layout for 5.1.
        let layout = if file == "six.opus" {
            [
                &layout[..],
                &["-af", "aformat=channel_layouts=5.1", "-mapping_family", "1"],
            ]
            .concat()
        } else {
            layout.to_vec()
        };
        ffmpeg(folder.path(), &[&layout[..], &[file]].concat());
        let recording = measured(&folder.path().join(file));
        assert_eq!(recording.channels, 6);
        hold(file, &recording, ebur128(folder.path(), file, None));
    }
}

/// The Vorbis decoder that is used gives wrong levels beyond two channels, and no error.
#[test]
fn vorbis_of_more_than_two_channels_is_refused() {
    if !has("ffmpeg") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let tone = ["-f", "lavfi", "-i", "sine=d=1,pan=5.1|FL=c0|BL=c0|BR=c0"];
    ffmpeg(
        folder.path(),
        &[&tone[..], &["-c:a", "libvorbis", "six.ogg"]].concat(),
    );
    let error = yalu_media::Decoder::open(&folder.path().join("six.ogg"))
        .err()
        .unwrap();
    assert!(
        matches!(error, yalu_media::DecodeError::UnsupportedCodec { .. }),
        "{error}"
    );
}

#[test]
fn a_chained_ogg_is_one_recording() {
    let Some(talk) = talk() else { return };
    for file in ["talk.ogg", "talk.opus"] {
        let once = std::fs::read(talk.folder().join(file)).unwrap();
        let path = talk.folder().join(format!("chained.{file}"));
        std::fs::write(&path, once.repeat(2)).unwrap();
        let recording = measured(&path);
        assert!((recording.duration_seconds - 2.0 * talk.seconds).abs() < 0.002);
        let [
            Fault::Chained {
                streams: 2,
                at_seconds,
            },
        ] = &recording.faults[..]
        else {
            panic!("{:?}", recording.faults);
        };
        assert!(
            (at_seconds[0] - talk.seconds).abs() < 0.03,
            "{at_seconds:?}"
        );
        let alone = measured(&talk.folder().join(file))
            .loudness
            .integrated_lufs
            .unwrap();
        assert!((recording.loudness.integrated_lufs.unwrap() - alone).abs() < 0.02);
    }
}

#[test]
fn a_recording_is_the_same_record_each_time_and_reads_back() {
    let Some(talk) = talk() else { return };
    let path = talk.folder().join("talk.mp3");
    let mut last = yalu_media::Progress {
        bytes: 0,
        n_bytes: 0,
        seconds: 0.0,
    };
    let recording = measure(&path, &MeasureOptions::default(), |progress| {
        assert!(progress.seconds > last.seconds && progress.bytes >= last.bytes);
        last = progress;
    });
    let recording = recording.unwrap();
    assert!(last.bytes as f64 > 0.9 * last.n_bytes as f64);
    assert_eq!(recording.container, Container::Mp3);
    assert_eq!(recording.loudness.audibility, Audibility::Measured);
    assert_eq!(recording.waveform.rms.len(), 1000);
    let sum = run(talk.folder(), "sha256sum", &["talk.mp3"]);
    assert!(sum.starts_with(&recording.sha256));
    let json = serde_json::to_string(&recording).unwrap();
    assert_eq!(json, serde_json::to_string(&measured(&path)).unwrap());
    // Ten kilobytes of waveform, the rest some 8 bytes a second.
    assert!(json.len() < 25_000, "{}", json.len());
    let back: Recording = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
}
