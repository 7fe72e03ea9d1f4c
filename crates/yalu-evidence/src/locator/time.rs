//! Spans of a recording, as Media Fragments have them.

/// A span of a recording, half-open: from its start up to its end, which isn't part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSpan {
    start_ms: u64,
    end_ms: Option<u64>,
}

impl TimeSpan {
    /// From `start_ms` up to `end_ms`, in milliseconds from the beginning; without an end it goes to
    /// the recording's end. Nothing where the end isn't after the start.
    pub fn new(start_ms: u64, end_ms: Option<u64>) -> Option<Self> {
        let sound = end_ms.is_none_or(|end| end > start_ms);
        sound.then_some(Self { start_ms, end_ms })
    }

    /// Its start, in milliseconds.
    pub fn start_ms(self) -> u64 {
        self.start_ms
    }

    /// Its end, in milliseconds, not part of it; none where it goes to the recording's end.
    pub fn end_ms(self) -> Option<u64> {
        self.end_ms
    }

    /// Whether an instant is in it.
    pub fn contains(self, at_ms: u64) -> bool {
        at_ms >= self.start_ms && self.end_ms.is_none_or(|end| at_ms < end)
    }

    /// The fragment of Media Fragments URI 1.0, in seconds: `t=885,960`.
    pub fn fragment(self) -> String {
        let end = self.end_ms.map(|end| format!(",{}", seconds(end)));
        format!("t={}{}", seconds(self.start_ms), end.unwrap_or_default())
    }

    /// Both ends as a clock shows them: `14:45,16:00`.
    pub(super) fn clock(self, separator: &str) -> String {
        let end = self.end_ms.map(|end| format!("{separator}{}", clock(end)));
        format!("{}{}", clock(self.start_ms), end.unwrap_or_default())
    }
}

fn fraction(ms: u64) -> String {
    match ms % 1000 {
        0 => String::new(),
        rest => format!(".{rest:03}").trim_end_matches('0').to_owned(),
    }
}

fn seconds(ms: u64) -> String {
    format!("{}{}", ms / 1000, fraction(ms))
}

fn clock(ms: u64) -> String {
    let (minutes, seconds) = (ms / 60_000, ms / 1000 % 60);
    let rest = fraction(ms);
    if minutes < 60 {
        format!("{minutes}:{seconds:02}{rest}")
    } else {
        format!("{}:{:02}:{seconds:02}{rest}", minutes / 60, minutes % 60)
    }
}

/// Reads `885`, `885.5`, `14:45`, `1:33:13.25` as milliseconds; nothing where it is none of these,
/// where minutes or seconds pass 59, or where it has more than three decimals.
pub(super) fn parse_clock(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| -> Option<u64> {
        let plain = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse().ok()).flatten()
    };
    let sixty = |part: &str| digits(part).filter(|n| *n < 60 && part.len() == 2);
    let parts: Vec<&str> = whole.split(':').collect();
    let seconds = match parts[..] {
        [seconds] => digits(seconds)?,
        [minutes, seconds] => {
            let minutes = digits(minutes).filter(|n| *n < 60)?;
            minutes * 60 + sixty(seconds)?
        }
        [hours, minutes, seconds] => {
            let hours = digits(hours)?.checked_mul(3600)?;
            hours.checked_add(sixty(minutes)? * 60 + sixty(seconds)?)?
        }
        _ => return None,
    };
    if decimals.len() > 3 {
        return None;
    }
    let ms = digits(&format!("{decimals:0<3}"))?;
    seconds
        .checked_mul(1000)?
        .checked_add(ms)
        .filter(|_| !decimals.is_empty())
}
