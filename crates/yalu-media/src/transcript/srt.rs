//! SRT, as SubRip and most tools write it. There is no standard.

use super::{CueFaultKind, CueTimes, Transcript, TranscriptError, clock, lines};
use crate::time::MediaTime;

fn time(text: &str) -> Option<MediaTime> {
    clock(text, &[',', '.'])
}

pub(super) fn parse(text: &str) -> Result<Transcript, TranscriptError> {
    let lines = lines(text);
    let mut transcript = Transcript::default();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        at = block(&lines, at, &mut transcript);
    }
    transcript.finished(lines.len())
}

/// Reads a block that begins at a line; gives the line after it.
fn block(lines: &[&str], at: usize, transcript: &mut Transcript) -> usize {
    let full = |line: &&&str| !line.trim().is_empty();
    let is_time = |index: usize| lines.get(index).is_some_and(|line| line.contains("-->"));
    let (id, times) = match (is_time(at), is_time(at + 1)) {
        (true, _) => (None, at),
        (false, true) => (Some(lines[at].trim()), at + 1),
        (false, false) => {
            let text = lines[at].chars().take(40).collect();
            transcript.fault(at + 1, CueFaultKind::NoTimes { text });
            return at + lines[at..].iter().take_while(full).count();
        }
    };
    let end = times + 1 + lines[times + 1..].iter().take_while(full).count();
    match CueTimes::parse(lines[times], times + 1, time) {
        Ok(cue) => {
            let text = plain(&lines[times + 1..end].join("\n"));
            transcript.add(&cue, id, vec![(None, text)]);
        }
        Err(kind) => transcript.fault(times + 1, kind),
    }
    end
}

/// Text without the tags that SRT files have: `<i>`, `<font …>`, `{\an8}`. Another `<` is text.
fn plain(text: &str) -> String {
    const TAGS: [&str; 5] = ["i", "b", "u", "s", "font"];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let close = if rest.starts_with('<') { '>' } else { '}' };
        let is_tag = |inside: &str| match close {
            '>' => {
                let name = inside.trim_start_matches('/').split_whitespace().next();
                name.is_some_and(|name| TAGS.contains(&name.to_ascii_lowercase().as_str()))
            }
            _ => inside.starts_with('\\'),
        };
        match rest[1..].split_once(close) {
            Some((inside, after)) if is_tag(inside) => rest = after,
            _ => {
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}
