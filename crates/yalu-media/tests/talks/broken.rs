//! Files that are broken, or none at all.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use yalu_media::{
    Audibility, DecodeError, Decoder, Fault, MeasureError, MeasureOptions, Recording, WavFormat,
    WavWriter, measure, measure_media,
};

use crate::made::talk;
use crate::programs::{ffmpeg, has};

fn error(name: &str, bytes: &[u8]) -> DecodeError {
    let bytes = Cursor::new(bytes.to_vec());
    match measure_media(bytes, name, &MeasureOptions::default(), |_| {}) {
        Err(MeasureError::Decode(error)) => error,
        other => panic!("{name}: {other:?}"),
    }
}

fn measured(name: &str, bytes: Vec<u8>) -> Recording {
    measure_media(Cursor::new(bytes), name, &MeasureOptions::default(), |_| {}).unwrap()
}

fn wav(samples: &[f32], format: WavFormat) -> Vec<u8> {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), 48_000, 1, format).unwrap();
    writer.write(samples).unwrap();
    writer.finish().unwrap().0.into_inner()
}

fn tone(seconds: usize) -> Vec<f32> {
    let sine = |i: usize| (i as f32 * 0.05).sin() * 0.25;
    (0..seconds * 48_000).map(sine).collect()
}

#[test]
fn what_is_no_recording_is_a_named_fault() {
    assert!(matches!(error("talk.mp3", b""), DecodeError::Empty { .. }));
    let text = error(
        "talk.mp3",
        "This is the transcript, not the talk.\n"
            .repeat(99)
            .as_bytes(),
    );
    assert_eq!(
        text.to_string(),
        "`talk.mp3` holds no sound that is known here: it looks like text"
    );
    assert!(!text.mend().is_empty());
    assert!(matches!(
        error("talk.mp3", b"%PDF-1.7 ..."),
        DecodeError::NotAudio { .. }
    ));
    assert!(matches!(
        error("a.webm", b"\x1a\x45\xdf\xa3...."),
        DecodeError::UnsupportedContainer { .. }
    ));
    let noise: Vec<u8> = (0..50_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let error = error("noise.mp3", &noise);
    assert!(
        matches!(
            error,
            DecodeError::NotAudio { .. }
                | DecodeError::NothingDecoded { .. }
                | DecodeError::BadHeader { .. }
        ),
        "{error}"
    );
    let missing = measure(
        Path::new("/no/such/talk.mp3"),
        &MeasureOptions::default(),
        |_| {},
    );
    assert!(matches!(
        missing,
        Err(MeasureError::Decode(DecodeError::Read { .. }))
    ));
}

#[test]
fn a_wav_without_sound_or_with_silence_is_told_apart() {
    let empty = wav(&[], WavFormat::Float32);
    assert!(matches!(
        error("empty.wav", &empty),
        DecodeError::NothingDecoded { .. }
    ));
    let silent = measured("silent.wav", wav(&vec![0.0; 96_000], WavFormat::Float32));
    assert_eq!(silent.loudness.audibility, Audibility::Silent);
    assert_eq!((silent.gain, silent.levelling), (None, None));
    let short = measured("short.wav", wav(&tone(1)[..4_800], WavFormat::Float32));
    assert_eq!(short.loudness.audibility, Audibility::TooShort);
    assert_eq!(short.n_frames, 4_800);
    assert!(!serde_json::to_string(&short).unwrap().contains("inf"));
}

#[test]
fn a_header_that_promises_four_gigabytes_is_not_believed() {
    let mut bytes = wav(&tone(1)[..512], WavFormat::Pcm16 { seed: 1 });
    bytes[4..8].copy_from_slice(&0xffff_0024_u32.to_le_bytes());
    bytes[40..44].copy_from_slice(&0xffff_0000_u32.to_le_bytes());
    assert_eq!(bytes.len(), 44 + 1024);
    let recording = measured("lies.wav", bytes);
    assert_eq!(recording.n_frames, 512);
    let [
        Fault::Truncated {
            promised_seconds,
            missing_seconds,
            ..
        },
    ] = recording.faults[..]
    else {
        panic!("{:?}", recording.faults);
    };
    assert!(
        (promised_seconds - 44_738.56).abs() < 0.1,
        "{promised_seconds}"
    );
    assert!((promised_seconds - missing_seconds - 512.0 / 48_000.0).abs() < 0.002);
}

#[test]
fn samples_that_are_no_numbers_are_silence_and_counted() {
    let mut samples = tone(2);
    samples[1000] = f32::NAN;
    samples[1001] = f32::INFINITY;
    let recording = measured("nan.wav", wav(&samples, WavFormat::Float32));
    assert_eq!(recording.faults, [Fault::NotNumbers { count: 2 }]);
    assert!(recording.loudness.integrated_lufs.unwrap().is_finite());
}

#[test]
fn an_extension_that_lies_is_said() {
    let Some(talk) = talk() else { return };
    let bytes = std::fs::read(talk.folder().join("talk.mp3")).unwrap();
    let recording = measured("talk.wav", bytes.clone());
    assert_eq!(
        recording.faults,
        [Fault::ExtensionDiffers {
            extension: "wav".to_owned(),
            container: "MP3".to_owned()
        }]
    );
    assert_eq!(measured("TALK.MP3", bytes).faults, []);
}

#[test]
fn a_picture_in_front_of_an_mp3_changes_nothing() {
    let Some(talk) = talk() else { return };
    let bytes = std::fs::read(talk.folder().join("talk.mp3")).unwrap();
    // A tag of 3 MiB in which an MP3 seems to begin again and again, as in pictures.
    let size = 3 << 20_u32;
    let mut tagged = b"ID3\x04\0\0".to_vec();
    tagged.extend([21, 14, 7, 0].map(|shift| (size >> shift) as u8 & 0x7f));
    tagged.extend([0xff, 0xfb, 0x90, 0x64].repeat(size as usize / 4));
    // The file's own tag may stand behind it.
    tagged.extend(&bytes);
    let (plain, tagged) = (measured("talk.mp3", bytes), measured("talk.mp3", tagged));
    assert_eq!(tagged.faults, []);
    assert_eq!((tagged.n_frames, tagged.gain), (plain.n_frames, plain.gain));
}

#[test]
fn joined_mp3s_are_longer_than_the_first_ones_header_promises() {
    let Some(talk) = talk() else { return };
    let bytes = std::fs::read(talk.folder().join("talk.mp3")).unwrap();
    let recording = measured("talk.mp3", bytes.repeat(2));
    assert!((recording.duration_seconds - 2.0 * talk.seconds).abs() < 0.1);
    let longer = |fault: &Fault| matches!(fault, Fault::LongerThanPromised { .. });
    assert!(
        recording.faults.iter().any(longer),
        "{:?}",
        recording.faults
    );
}

/// The first part of a file.
fn cut(path: &Path, share: f64) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    bytes[..(bytes.len() as f64 * share) as usize].to_vec()
}

#[test]
fn a_truncated_file_says_how_much_is_missing() {
    let Some(talk) = talk() else { return };
    ffmpeg(
        talk.folder(),
        &[
            "-i",
            "talk.wav",
            "-c:a",
            "aac",
            "-movflags",
            "+faststart",
            "front.m4a",
        ],
    );
    for file in ["talk.wav", "talk.flac", "talk.mp3", "vbr.mp3", "front.m4a"] {
        let recording = measured(file, cut(&talk.folder().join(file), 0.6));
        let truncated = recording.faults.iter().find_map(|fault| match fault {
            Fault::Truncated {
                promised_seconds,
                decoded_seconds,
                missing_seconds,
            } => Some((*promised_seconds, *decoded_seconds, *missing_seconds)),
            _ => None,
        });
        let (promised, decoded, missing) =
            truncated.unwrap_or_else(|| panic!("{file}: {:?}", recording.faults));
        assert!(
            (promised - talk.seconds).abs() < 0.002,
            "{file}: {promised}"
        );
        assert!((promised - decoded - missing).abs() < 0.0015);
        assert!(
            (0.4..0.8).contains(&(decoded / promised)),
            "{file}: {decoded} of {promised}"
        );
    }
    // Ogg has no length in front: what is cut off can't be told, but that it is can.
    for file in ["talk.ogg", "talk.opus"] {
        let recording = measured(file, cut(&talk.folder().join(file), 0.6));
        assert!(
            matches!(recording.faults[..], [Fault::NoEndMark { .. }]),
            "{file}: {:?}",
            recording.faults
        );
    }
    // An MP4 whose tables are behind the sound can't be read without them.
    let error = error("talk.m4a", &cut(&talk.folder().join("talk.m4a"), 0.6));
    assert!(matches!(error, DecodeError::BadHeader { .. }), "{error}");
}

#[test]
fn damage_in_the_middle_is_told_with_its_time_and_later_times_stay_right() {
    let Some(talk) = talk() else { return };
    for (file, exact) in [
        ("talk.mp3", false),
        ("talk.m4a", true),
        ("talk.ogg", true),
        ("talk.opus", true),
        ("talk.flac", true),
        ("talk.aac", false),
    ] {
        let mut bytes = std::fs::read(talk.folder().join(file)).unwrap();
        let whole = measured(file, bytes.clone());
        let middle = bytes.len() / 2;
        bytes[middle..middle + 3000].fill(0x55);
        let recording = measured(file, bytes);
        let times: Vec<f64> = recording.faults.iter().flat_map(times).collect();
        assert!(
            !times.is_empty(),
            "{file}: nothing is said: {:?}",
            recording.faults
        );
        let share = times[0] / talk.seconds;
        assert!(
            (0.3..0.7).contains(&share),
            "{file}: {:?}",
            recording.faults
        );
        let shift = (whole.duration_seconds - recording.duration_seconds).abs();
        eprintln!("{file}: {:?}, shorter by {shift:.3} s", recording.faults);
        assert!(shift < if exact { 0.05 } else { 0.5 }, "{file}: {shift}");
    }
}

fn times(fault: &Fault) -> Vec<f64> {
    match fault {
        Fault::CorruptPackets { at_seconds, .. }
        | Fault::SkippedBytes { at_seconds, .. }
        | Fault::Gap { at_seconds, .. } => at_seconds.clone(),
        _ => Vec::new(),
    }
}

#[test]
fn no_damage_makes_the_decoder_panic_or_give_a_nan() {
    let Some(talk) = talk() else { return };
    let mut state = 20_130_212_u64;
    let mut random = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    ffmpeg(
        talk.folder(),
        &[
            "-i",
            "talk.wav",
            "-t",
            "4",
            "-c:a",
            "aac",
            "-movflags",
            "+faststart",
            "four.m4a",
        ],
    );
    for (name, codec) in [
        ("four.mp3", "libmp3lame"),
        ("four.ogg", "libvorbis"),
        ("four.opus", "libopus"),
        ("four.flac", "flac"),
        ("four.aac", "aac"),
        ("four.wav", "pcm_s16le"),
    ] {
        ffmpeg(
            talk.folder(),
            &["-i", "talk.wav", "-t", "4", "-c:a", codec, name],
        );
    }
    for file in [
        "four.mp3",
        "four.ogg",
        "four.opus",
        "four.flac",
        "four.aac",
        "four.wav",
        "four.m4a",
    ] {
        let whole = std::fs::read(talk.folder().join(file)).unwrap();
        let mut n_read = 0;
        for round in 0..60 {
            let mut bytes = whole.clone();
            // Half of the rounds hit the header, where sizes and counts stand.
            let reach = if round % 2 == 0 {
                bytes.len()
            } else {
                bytes.len().min(2000)
            };
            for _ in 0..=round % 7 {
                bytes[random() % reach] = random() as u8;
            }
            if round % 5 == 4 {
                bytes.truncate(random() % whole.len());
            }
            let Ok(mut decoder) = Decoder::read(Cursor::new(bytes), file) else {
                continue;
            };
            while let Ok(Some(block)) = decoder.next_block() {
                n_read += 1;
                assert!(block.samples.iter().all(|sample| sample.is_finite()));
                // A forged time may ask for hours of silence; that it streams is tested elsewhere.
                if block.start_frame > 48_000 * 60 {
                    break;
                }
            }
            let _ = decoder.faults();
        }
        assert!(n_read > 100, "{file}: hardly anything was read");
    }
}

#[test]
fn a_film_without_sound_has_no_audio_track() {
    if !has("ffmpeg") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let path: PathBuf = folder.path().join("film.mp4");
    ffmpeg(
        folder.path(),
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc=d=1:s=64x64",
            "-c:v",
            "mpeg4",
            "film.mp4",
        ],
    );
    let error = Decoder::open(&path).err().unwrap();
    assert!(matches!(error, DecodeError::NoAudioTrack { .. }), "{error}");
}

#[test]
fn a_film_with_sound_is_measured_by_its_sound() {
    let Some(talk) = talk() else { return };
    ffmpeg(
        talk.folder(),
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc=d=9:s=64x64",
            "-i",
            "talk.wav",
            "-t",
            "9",
            "-c:v",
            "mpeg4",
            "-c:a",
            "aac",
            "film.mp4",
        ],
    );
    let recording = measure(
        &talk.folder().join("film.mp4"),
        &MeasureOptions::default(),
        |_| {},
    )
    .unwrap();
    assert!(
        (recording.duration_seconds - 9.0).abs() < 0.03,
        "{}",
        recording.duration_seconds
    );
    assert_eq!(recording.faults, []);
}
