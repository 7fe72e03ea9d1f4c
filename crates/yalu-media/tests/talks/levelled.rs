//! A talk of which the first part is 12 dB louder is levelled.

use std::fs::File;
use std::path::Path;

use yalu_media::{
    Levelling, MeasureOptions, RenderPlan, Rendered, WavFormat, measure, render_levelled,
};

use crate::made::talk;
use crate::programs::ebur128;

fn rendered(from: &Path, to: &Path, levelling: &Levelling, format: WavFormat) -> Rendered {
    let plan = RenderPlan {
        gain_db: levelling.gain.gain_db,
        curve: levelling.curve.clone(),
        target: levelling.gain.target,
        format,
    };
    render_levelled(from, &plan, || File::create(to)).unwrap()
}

#[test]
fn both_parts_are_alike_after_levelling_and_the_whole_is_at_the_target() {
    let Some(talk) = talk() else { return };
    for (file, format, target_lufs) in [
        ("talk.wav", WavFormat::Float32, -16.0),
        ("talk.mp3", WavFormat::Pcm16 { seed: 2013 }, -16.0),
        ("talk.opus", WavFormat::Pcm16 { seed: 2013 }, -16.0),
        ("talk.flac", WavFormat::Pcm16 { seed: 2013 }, -20.0),
    ] {
        let path = talk.folder().join(file);
        let before = std::fs::read(&path).unwrap();
        let mut options = MeasureOptions::default();
        options.target.integrated_lufs = target_lufs;
        let recording = measure(&path, &options, |_| {}).unwrap();
        let levelling = recording.levelling.unwrap();
        assert!(
            levelling.needed && levelling.parts.len() == 2,
            "{:?}",
            levelling.parts
        );
        let cut = levelling.parts[0].end_seconds;
        assert!(
            (cut - talk.first_seconds).abs() < 2.0,
            "{cut} for {}",
            talk.first_seconds
        );

        let name = format!("levelled.{file}.wav");
        let out = talk.folder().join(&name);
        let rendered = rendered(&path, &out, &levelling, format);
        assert_eq!(
            std::fs::read(&path).unwrap(),
            before,
            "the recording itself changed"
        );
        assert_eq!(rendered.n_frames, recording.n_frames);
        assert!(rendered.loudness.true_peak_dbtp.unwrap() < -0.98);
        assert_eq!(rendered.n_clipped, 0);

        let (start, end) = (talk.first_seconds, talk.seconds);
        let first = ebur128(talk.folder(), &name, Some((0.0, start))).integrated;
        let second = ebur128(talk.folder(), &name, Some((start, end))).integrated;
        let whole = ebur128(talk.folder(), &name, None);
        let ours = measure(&out, &MeasureOptions::default(), |_| {}).unwrap();
        let integrated = ours.loudness.integrated_lufs.unwrap();
        eprintln!(
            "{file}: parts at {first:.2} and {second:.2} LUFS, whole {:.2} (ours {integrated:.2}), predicted {:.2}, peak {:.2} (bound {:.2}), {} dB",
            whole.integrated,
            levelling.gain.integrated_after_lufs,
            whole.true_peak,
            levelling.gain.true_peak_after_dbtp,
            rendered.gain_db,
        );
        assert!((first - second).abs() < 2.0, "{file}: {first} and {second}");
        let predicted = levelling.gain.integrated_after_lufs;
        assert!(
            (whole.integrated - predicted).abs() < 0.5,
            "{file}: {}",
            whole.integrated
        );
        assert!((integrated - whole.integrated).abs() < 0.1);
        assert!(levelling.gain.limited_by_peak || (whole.integrated - target_lufs).abs() < 0.5);
        // These voices have peaks 15 dB above their loudness: −16 LUFS is out of reach, −20 isn't.
        assert_eq!(levelling.gain.limited_by_peak, target_lufs > -17.0);
        // What a player without the curve would need is stated too.
        assert!(whole.true_peak < levelling.gain.true_peak_after_dbtp + 0.2);
        assert!(
            !ours.levelling.unwrap().needed,
            "a levelled talk needs no levelling"
        );
    }
}

#[test]
fn a_talk_of_one_level_is_left_as_it_is() {
    let Some(talk) = talk() else { return };
    let recording = measure(
        &talk.folder().join("loud.wav"),
        &MeasureOptions::default(),
        |_| {},
    );
    let levelling = recording.unwrap().levelling.unwrap();
    assert!(!levelling.needed);
    assert!(levelling.curve.points.is_empty());
}

#[test]
fn a_peak_that_is_too_high_lowers_the_gain() {
    let Some(talk) = talk() else { return };
    let path = talk.folder().join("talk.flac");
    let recording = measure(&path, &MeasureOptions::default(), |_| {}).unwrap();
    let plan = RenderPlan {
        gain_db: 40.0,
        curve: yalu_media::GainCurve::default(),
        target: yalu_media::Target::default(),
        format: WavFormat::Float32,
    };
    let out = talk.folder().join("too-loud.wav");
    let rendered = render_levelled(&path, &plan, || File::create(&out)).unwrap();
    let allowed = -1.0 - recording.loudness.true_peak_dbtp.unwrap();
    assert!(
        (rendered.gain_db - allowed).abs() < 0.02,
        "{} for {allowed}",
        rendered.gain_db
    );
    assert!((ebur128(talk.folder(), "too-loud.wav", None).true_peak + 1.0).abs() < 0.2);
}

#[test]
fn the_gain_is_what_ffmpegs_loudness_asks_for() {
    let Some(talk) = talk() else { return };
    let wanted = |file: &str| {
        let recording = measure(
            &talk.folder().join(file),
            &MeasureOptions::default(),
            |_| {},
        );
        recording.unwrap().gain.unwrap().wanted_db
    };
    assert!((wanted("talk.wav") - wanted("talk.flac")).abs() < 1e-9);
    for file in ["talk.wav", "talk.mp3", "talk.m4a", "talk.ogg"] {
        let asked = -16.0 - ebur128(talk.folder(), file, None).integrated;
        // Both figures are rounded to a hundredth somewhere.
        assert!((wanted(file) - asked).abs() < 0.02, "{file}: {asked}");
    }
}
