//! WebVTT (W3C, 2019).

use super::{CueFaultKind, CueTimes, Passage, Transcript, TranscriptError, clock, lines};
use crate::time::MediaTime;

fn time(text: &str) -> Option<MediaTime> {
    // The standard wants two digits of hours or more.
    let short = text.split(':').count() == 3 && text.find(':') == Some(1);
    clock(text, &['.']).filter(|_| !short)
}

pub(super) fn parse(text: &str) -> Result<Transcript, TranscriptError> {
    let lines = lines(text);
    let first = lines.first().copied().unwrap_or_default();
    let signed = first
        .strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    if !signed {
        return Err(TranscriptError::NoSignature {
            line: first.chars().take(40).collect(),
        });
    }
    let mut transcript = Transcript::default();
    // The header goes on to the first empty line, unless a cue begins at once.
    let mut at = 1;
    while at < lines.len() && !lines[at].is_empty() && !lines[at].contains("-->") {
        at += 1;
    }
    while at < lines.len() {
        if lines[at].is_empty() {
            at += 1;
            continue;
        }
        at = block(&lines, at, &mut transcript);
    }
    transcript.finished(lines.len())
}

/// Reads a block that begins at a line; gives the line after it.
fn block(lines: &[&str], at: usize, transcript: &mut Transcript) -> usize {
    let end_of = |from: usize| {
        let rest = lines[from..].iter();
        from + rest.take_while(|line| !line.is_empty()).count()
    };
    let keyword = |word: &str| {
        lines[at]
            .strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    };
    let is_time = |index: usize| lines.get(index).is_some_and(|line| line.contains("-->"));
    let (id, times) = match (is_time(at), is_time(at + 1)) {
        (true, _) => (None, at),
        (false, true) => (Some(lines[at]), at + 1),
        (false, false) => {
            if !(keyword("NOTE") || keyword("STYLE") || keyword("REGION")) {
                let text = lines[at].chars().take(40).collect();
                transcript.fault(at + 1, CueFaultKind::NoTimes { text });
            }
            return end_of(at);
        }
    };
    // A line with an arrow begins a new cue even without an empty line before.
    let text = lines[times + 1..].iter();
    let n_text = text
        .take_while(|line| !line.is_empty() && !line.contains("-->"))
        .count();
    let end = times + 1 + n_text;
    match CueTimes::parse(lines[times], times + 1, time) {
        Ok(cue) => transcript.add(&cue, id, spans(&lines[times + 1..end].join("\n"))),
        Err(kind) => transcript.fault(times + 1, kind),
    }
    end
}

/// The text of a cue by voice, without tags and with entities resolved.
fn spans(payload: &str) -> Vec<(Option<String>, String)> {
    let mut spans = vec![(None, String::new())];
    let mut rest = payload;
    while let Some(open) = rest.find('<') {
        push(&mut spans, &rest[..open]);
        // A tag that isn't closed runs to the end, as in browsers.
        let inside = &rest[open + 1..];
        let (tag, after) = inside.split_once('>').unwrap_or((inside, ""));
        if let Some(name) = voice(tag) {
            spans.push((Some(name), String::new()));
        } else if tag == "/v" {
            spans.push((None, String::new()));
        }
        rest = after;
    }
    push(&mut spans, rest);
    spans
}

fn push(spans: &mut [(Option<String>, String)], text: &str) {
    if let Some((_, last)) = spans.last_mut() {
        last.push_str(&unescape(text));
    }
}

/// The name in `v Name` or `v.loud Name`.
fn voice(tag: &str) -> Option<String> {
    let rest = tag.strip_prefix('v')?;
    let name = match rest.chars().next()? {
        '.' => rest.split_once(char::is_whitespace)?.1,
        c if c.is_whitespace() => rest,
        _ => return None,
    };
    let name = unescape(name)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    (!name.is_empty()).then_some(name)
}

const ENTITIES: [(&str, &str); 8] = [
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", "\u{a0}"),
    ("&lrm;", "\u{200e}"),
    ("&rlm;", "\u{200f}"),
    ("&quot;", "\""),
    ("&apos;", "'"),
];

/// Resolves entities; what is none stays as it is.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let named = ENTITIES.iter().find(|(name, _)| rest.starts_with(name));
        if let Some((name, is)) = named {
            out.push_str(is);
            rest = &rest[name.len()..];
        } else if let Some((is, len)) = numeric(rest) {
            out.push(is);
            rest = &rest[len..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// `&#8217;` or `&#x2019;`, with its length.
fn numeric(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix("&#")?;
    let (digits, _) = body.split_once(';')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let is = char::from_u32(code).filter(|&c| c != '\0')?;
    Some((is, "&#;".len() + digits.len()))
}

/// Text that stands in a cue as it is. A line that is empty would end the cue and is left out.
pub(crate) fn escape(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let lines = text
        .split(['\r', '\n'])
        .filter(|line| !line.trim().is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn write(passages: &[Passage]) -> String {
    let mut out = "WEBVTT\n".to_owned();
    let mut at = 0;
    while at < passages.len() {
        let first = &passages[at];
        // Passages of one cue with several voices are written as one again.
        let same = passages[at..].iter().take_while(|one| {
            (one.line, one.start, one.end, &one.id)
                == (first.line, first.start, first.end, &first.id)
        });
        let n = same.count();
        out.push('\n');
        if let Some(id) = &first.id {
            out.push_str(&id.replace("-->", "→").replace(['\r', '\n'], " "));
            out.push('\n');
        }
        out.push_str(&format!(
            "{} --> {}\n",
            first.start.to_vtt(),
            first.end.to_vtt()
        ));
        for passage in &passages[at..at + n] {
            let text = escape(&passage.text);
            match &passage.voice {
                Some(voice) => {
                    let voice = escape(voice).replace('\n', " ");
                    let close = if n > 1 { "</v>" } else { "" };
                    out.push_str(&format!("<v {voice}>{text}{close}\n"));
                }
                None => out.push_str(&format!("{text}\n")),
            }
        }
        at += n;
    }
    out
}
