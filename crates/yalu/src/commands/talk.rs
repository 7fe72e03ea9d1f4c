//! `yalu talk`.

use std::fs::{self, File};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use yalu_dossier::evidence::{LoadedTalk, TalkRequest, add_talk};
use yalu_dossier::load::{Dossier, dossier_keys, load_dossier_without_series};
use yalu_media::{
    Chapters, GainCurve, MeasureOptions, MediaTime, Progress, Recording, RenderPlan, Target,
    WavFormat, chapters_vtt, measure, render_levelled, search,
};

use super::assess::whole;
use crate::cli::Talk;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(what: &Talk, printer: &Printer) -> Result<(), Failure> {
    match what {
        Talk::Add {
            file,
            to,
            id,
            title,
            date,
            source,
            target,
        } => add(
            &TalkRequest {
                file,
                dossier: to,
                id: id.as_deref(),
                title: title.as_deref(),
                date: date.as_deref(),
                source: source.as_deref(),
                target: target_of(*target)?,
            },
            printer,
        ),
        Talk::Measure { file, target } => measure_one(file, target_of(*target)?, printer),
        Talk::Search { dossier, text } => search_all(dossier, text, printer),
        Talk::Export {
            dossier,
            talk,
            out,
            levelled,
        } => export(dossier, talk, out, *levelled, printer),
    }
}

fn target_of(lufs: f64) -> Result<Target, Failure> {
    if !(-70.0..=0.0).contains(&lufs) {
        return Err(Failure::Input {
            message: format!("a loudness of {lufs} LUFS can't be aimed at"),
            mend: Some("give --target from -70 to 0; podcasts have -16, broadcasts -23".to_owned()),
        });
    }
    Ok(Target {
        integrated_lufs: lufs,
        ..Target::default()
    })
}

/// A bar that follows a measurement, where one would be seen.
fn bar(printer: &Printer, name: &str) -> impl FnMut(Progress) {
    let bar = printer.shows_bars().then(|| {
        let bar = ProgressBar::new(100).with_message(name.to_owned());
        let style = ProgressStyle::with_template("{msg} {bar:30} {percent} %");
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    });
    move |progress: Progress| {
        if let Some(bar) = &bar {
            bar.set_position(progress.bytes * 100 / progress.n_bytes.max(1));
        }
    }
}

fn name_of(file: &Path) -> String {
    file.file_name().map_or_else(
        || file.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn add(request: &TalkRequest<'_>, printer: &Printer) -> Result<(), Failure> {
    let keys = dossier_keys(request.dossier)?;
    let added = add_talk(
        keys.evidence.as_ref(),
        request,
        bar(printer, &name_of(request.file)),
    )
    .map_err(|error| match error {
        yalu_dossier::evidence::AddTalkError::Talk(problems) => Failure::Problems(problems),
        other => Failure::of(&other, other.is_machine(), other.mend()),
    })?;
    if printer.json {
        return print_json(&added.recording, printer);
    }
    printer.result(&shown(&added.recording, printer));
    printer.result(&format!(
        "{}{}; talk {} in {}",
        if added.copied {
            "Copied to "
        } else {
            "Recording "
        },
        added.audio.display(),
        added.id,
        added.talk.display()
    ));
    // What the talk's file says is held against the recording only now that its length is known.
    if added.is_new {
        printer.progress("Write speakers and cues into the talk's file, then run `yalu check`");
    }
    Ok(())
}

fn measure_one(file: &Path, target: Target, printer: &Printer) -> Result<(), Failure> {
    let options = MeasureOptions {
        target,
        ..MeasureOptions::default()
    };
    let recording =
        measure(file, &options, bar(printer, &name_of(file))).map_err(|error| Failure::Input {
            message: format!("{}: {error}", file.display()),
            mend: Some(error.mend().to_owned()),
        })?;
    if printer.json {
        return print_json(&recording, printer);
    }
    printer.result(&shown(&recording, printer));
    Ok(())
}

fn print_json(recording: &Recording, printer: &Printer) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(recording).map_err(|error| Failure::Machine {
        message: format!("the recording can't be written as JSON: {error}"),
        mend: None,
    })?;
    printer.result(&text);
    Ok(())
}

fn clock(seconds: f64) -> String {
    MediaTime::from_seconds(seconds.round())
        .map_or_else(|_| format!("{seconds} s"), |time| time.to_string())
}

fn shown(recording: &Recording, printer: &Printer) -> String {
    let mut text = printer.bold(&format!(
        "{}: {}, {}, {} Hz, {}",
        recording.file_name,
        clock(recording.duration_seconds),
        recording.codec.name(),
        recording.sample_rate,
        match recording.channels {
            1 => "mono".to_owned(),
            2 => "stereo".to_owned(),
            n => format!("{n} channels"),
        }
    ));
    let loudness = &recording.loudness;
    match (loudness.integrated_lufs, loudness.true_peak_dbtp) {
        (Some(integrated), Some(peak)) => {
            text.push_str(&format!("\n  Loudness {integrated:.1} LUFS"));
            if let Some(range) = loudness.range_lu {
                text.push_str(&format!(", range {range:.1} LU"));
            }
            text.push_str(&format!(", true peak {peak:.1} dBTP"));
        }
        _ => text.push_str("\n  Silent: nothing is above the gate, so there is no loudness"),
    }
    if let Some(gain) = &recording.gain {
        text.push_str(&format!(
            "\n  Gain {:+.1} dB to {:.1} LUFS{}",
            gain.gain_db,
            gain.integrated_after_lufs,
            if gain.limited_by_peak {
                format!(
                    ", {:.1} LU below the target because a peak would clip",
                    gain.below_target_lu
                )
            } else {
                String::new()
            }
        ));
    }
    match &recording.levelling {
        Some(levelling) if levelling.needed => {
            text.push_str(&format!(
                "\n  Levelled: gain {:+.1} dB to {:.1} LUFS, and by part",
                levelling.gain.gain_db, levelling.gain.integrated_after_lufs
            ));
            for part in &levelling.parts {
                text.push_str(&format!(
                    "\n    {} to {}: {}{:+.1} dB",
                    clock(part.start_seconds),
                    clock(part.end_seconds),
                    part.loudness_lufs
                        .map_or(String::new(), |lufs| format!("{lufs:.1} LUFS, ")),
                    part.shift_db
                ));
            }
        }
        Some(_) => {
            text.push_str("\n  No part is so much louder than the rest that levelling is worth it");
        }
        None => {}
    }
    for fault in &recording.faults {
        text.push_str(&format!("\n  {fault}"));
    }
    text
}

fn talks(dossier: &Dossier) -> &[LoadedTalk] {
    dossier
        .evidence
        .as_ref()
        .map_or(&[], |evidence| &evidence.talks)
}

fn search_all(path: &Path, phrase: &str, printer: &Printer) -> Result<(), Failure> {
    let dossier = load_dossier_without_series(path)?;
    let mut found = Vec::new();
    for talk in talks(&dossier) {
        let Some((transcript, by)) = &talk.transcript else {
            continue;
        };
        for hit in search(transcript, phrase) {
            let passage = &transcript.passages[hit.passage];
            found.push((talk, passage, by[hit.passage].speaker.clone()));
        }
    }
    if printer.json {
        let hits: Vec<_> = found
            .iter()
            .map(|(talk, passage, speaker)| {
                serde_json::json!({
                    "talk": talk.id,
                    "start_s": passage.start.seconds(),
                    "end_s": passage.end.seconds(),
                    "speaker": speaker,
                    "text": passage.text,
                })
            })
            .collect();
        printer.result(&format!("{:#}", serde_json::Value::from(hits)));
        return Ok(());
    }
    for (talk, passage, speaker) in &found {
        printer.result(&format!(
            "{} t={}{}: {}",
            talk.id,
            passage.start,
            speaker
                .as_deref()
                .map_or(String::new(), |speaker| format!(" {speaker}")),
            passage.text.replace('\n', " ")
        ));
    }
    if found.is_empty() {
        let n = talks(&dossier)
            .iter()
            .filter(|talk| talk.transcript.is_some())
            .count();
        printer.progress(&format!("not found in {n} transcripts"));
    }
    Ok(())
}

fn export(
    path: &Path,
    id: &str,
    out: &Path,
    levelled: bool,
    printer: &Printer,
) -> Result<(), Failure> {
    let dossier = load_dossier_without_series(path)?;
    let Some(talk) = talks(&dossier).iter().find(|talk| talk.id == id) else {
        let known: Vec<&str> = talks(&dossier)
            .iter()
            .map(|talk| talk.id.as_str())
            .collect();
        return Err(Failure::Input {
            message: format!("the dossier has no talk `{id}`"),
            mend: Some(if known.is_empty() {
                "it has none; `yalu talk add` takes one in".to_owned()
            } else {
                format!("its talks are {}", known.join(", "))
            }),
        });
    };
    fs::create_dir_all(out).map_err(|error| Failure::write(out, &error))?;
    let mut written = write_beside(talk, out)?;
    if levelled {
        written.push(write_levelled(&dossier, talk, out)?);
    }
    if written.is_empty() {
        return Err(Failure::Input {
            message: format!(
                "talk `{id}` has nothing to write: no length, so no chapters, and no transcript"
            ),
            mend: Some(
                "add its recording with `yalu talk add`, or say how long it is in `duration`"
                    .to_owned(),
            ),
        });
    }
    printer.result(&written.join("\n"));
    Ok(())
}

/// Writes chapters and transcript of a talk, as far as it has them; their paths.
pub(super) fn write_beside(talk: &LoadedTalk, folder: &Path) -> Result<Vec<String>, Failure> {
    let mut files = Vec::new();
    if let Some(placed) = talk.placed.as_ref().filter(|placed| !placed.is_empty()) {
        let name = talk
            .recording
            .as_ref()
            .map(|one| one.measured.file_name.as_str());
        files.push((
            format!("{}.chapters.json", talk.id),
            Chapters::of(&talk.talk, placed, name).to_json(),
        ));
        files.push((
            format!("{}.chapters.vtt", talk.id),
            chapters_vtt(&talk.talk, placed),
        ));
    }
    if let Some((transcript, _)) = &talk.transcript {
        files.push((format!("{}.transcript.vtt", talk.id), transcript.to_vtt()));
    }
    files
        .into_iter()
        .map(|(name, text)| {
            let path = folder.join(name);
            whole(&path, text.as_bytes())?;
            Ok(path.display().to_string())
        })
        .collect()
}

fn write_levelled(dossier: &Dossier, talk: &LoadedTalk, out: &Path) -> Result<String, Failure> {
    let Some(recording) = talk.recording.as_ref().filter(|one| one.at_hand) else {
        return Err(Failure::Input {
            message: format!("the recording of talk `{}` isn't at hand", talk.id),
            mend: Some("put it where the talk's file says, or leave --levelled out".to_owned()),
        });
    };
    let measured = &recording.measured;
    let levelling = measured.levelling.as_ref().filter(|one| one.needed);
    let Some(gain) = levelling.map(|one| one.gain).or(measured.gain) else {
        return Err(Failure::Input {
            message: format!("the recording of talk `{}` is silent", talk.id),
            mend: None,
        });
    };
    let plan = RenderPlan {
        gain_db: gain.gain_db,
        curve: levelling.map_or_else(GainCurve::default, |one| one.curve.clone()),
        target: gain.target,
        format: WavFormat::Pcm16 { seed: 1 },
    };
    let path = out.join(format!("{}.levelled.wav", talk.id));
    let partial = path.with_extension("partial");
    render_levelled(&dossier.dir.join(&recording.file), &plan, || {
        File::create(&partial)
    })
    .map_err(|error| Failure::Input {
        message: format!("{}: {error}", recording.file),
        mend: Some(error.mend().to_owned()),
    })?;
    fs::rename(&partial, &path).map_err(|error| Failure::write(&path, &error))?;
    Ok(path.display().to_string())
}
