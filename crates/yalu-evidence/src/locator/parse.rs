//! From the author's text to places.

use super::time::{TimeSpan, parse_clock};
use super::{Label, Locator, Place, RowSpan};
use std::str::FromStr;
use thiserror::Error;

/// What wasn't understood in a locator. Columns count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LocatorError {
    /// There is nothing in it.
    #[error("the locator is empty")]
    Empty,
    /// There is nothing between two semicolons, or after the last.
    #[error("column {column}: nothing stands beside a semicolon")]
    EmptyPart {
        /// Where.
        column: usize,
    },
    /// A number doesn't say what it counts.
    #[error("column {column}: `{found}` doesn't say what it counts")]
    NoLabel {
        /// Where.
        column: usize,
        /// What stands there.
        found: String,
    },
    /// A word isn't known to count anything.
    #[error("column {column}: `{found}` isn't a kind of place")]
    UnknownLabel {
        /// Where.
        column: usize,
        /// The word.
        found: String,
    },
    /// Nothing follows a label.
    #[error("column {column}: no number follows `{label}`")]
    NoNumber {
        /// Where it should stand.
        column: usize,
        /// The label as written.
        label: String,
    },
    /// What follows a label isn't a number or a range.
    #[error("column {column}: `{found}` isn't a number or a range")]
    Number {
        /// Where.
        column: usize,
        /// What stands there.
        found: String,
    },
    /// A range ends before it begins.
    #[error("column {column}: the range runs backwards, from {from} to {to}")]
    Backwards {
        /// Where.
        column: usize,
        /// Its first number.
        from: String,
        /// Its last number.
        to: String,
    },
    /// What follows `t=` isn't a time.
    #[error("column {column}: `{found}` isn't a time")]
    Time {
        /// Where.
        column: usize,
        /// What stands there.
        found: String,
    },
    /// A span of time doesn't end after it starts.
    #[error("column {column}: the span ends at {end}, not after its start at {start}")]
    EmptySpan {
        /// Where.
        column: usize,
        /// Its start.
        start: String,
        /// Its end.
        end: String,
    },
    /// What follows `row` isn't a row or a range of rows.
    #[error("column {column}: `{found}` isn't a row or a range of rows")]
    Row {
        /// Where.
        column: usize,
        /// What stands there.
        found: String,
    },
}

impl LocatorError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Empty => "write a place such as `p. 12`, or leave the key out",
            Self::EmptyPart { .. } => "take the semicolon away, or write a place such as `p. 12`",
            Self::NoLabel { .. } => "say what it counts: `p. 12`, `t=14:45` or `rows 12-15`",
            Self::UnknownLabel { .. } => {
                "use p., para., ch., sec., fig., tab., n., l., rows or t=; join places by `;`"
            }
            Self::NoNumber { .. } => "write the number after it, such as `p. 12`",
            Self::Number { .. } => "write `12`, `xii`, `4.1`, `12-15` or several with commas",
            Self::Backwards { .. } => "write both ends in full, the smaller first: `112-115`",
            Self::Time { .. } => {
                "write minutes and seconds `14:45`, hours `1:33:13` or seconds `885`, and a comma \
                 before the end: `t=14:45,16:00`"
            }
            Self::EmptySpan { .. } => "write the end after the start, or leave it out",
            Self::Row { .. } => {
                "count rows from 1, the header too: `row 12`, `rows 12-15`, `rows 12-*`"
            }
        }
    }
}

/// A piece of the text and where it begins, in characters from 1.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    column: usize,
}

impl<'a> Piece<'a> {
    /// Without blanks at both ends.
    fn trimmed(self) -> Self {
        let start = self.text.trim_start();
        let cut = self.text.chars().count() - start.chars().count();
        let column = self.column + cut;
        let text = start.trim_end();
        Piece { text, column }
    }

    /// What follows the first `bytes` bytes.
    fn after(self, bytes: usize) -> Self {
        let (before, text) = self.text.split_at(bytes);
        let column = self.column + before.chars().count();
        Piece { text, column }
    }

    /// Its parts between separators of one byte.
    fn split(self, separator: char) -> impl Iterator<Item = Piece<'a>> {
        let mut column = self.column;
        self.text.split(separator).map(move |text| {
            let piece = Piece { text, column };
            column += text.chars().count() + 1;
            piece
        })
    }
}

impl FromStr for Locator {
    type Err = LocatorError;

    /// Reads what an author writes; several places are joined by `;`, several numbers of one label by
    /// commas.
    ///
    /// ```
    /// use yalu_evidence::locator::Locator;
    ///
    /// let locator: Locator = "pages 12, 15–17; t=885,16:00".parse()?;
    /// assert_eq!(locator.to_string(), "p. 12; pp. 15-17; t=14:45,16:00");
    /// # Ok::<(), yalu_evidence::locator::LocatorError>(())
    /// ```
    ///
    /// # Errors
    /// [`LocatorError`] names the first thing that wasn't understood, and where it stands.
    fn from_str(text: &str) -> Result<Self, LocatorError> {
        if text.trim().is_empty() {
            return Err(LocatorError::Empty);
        }
        let mut places = Vec::new();
        for piece in (Piece { text, column: 1 }).split(';') {
            let part = piece.trimmed();
            if part.text.is_empty() {
                let column = piece.column;
                return Err(LocatorError::EmptyPart { column });
            }
            parse_part(part, &mut places)?;
        }
        Ok(Self { places })
    }
}

fn parse_part(part: Piece<'_>, places: &mut Vec<Place>) -> Result<(), LocatorError> {
    let label_bytes = (part.text.char_indices())
        .find(|(_, c)| !(c.is_alphabetic() || matches!(c, '¶' | '§')))
        .map_or(part.text.len(), |(at, _)| at);
    let dotted = part.text[label_bytes..].starts_with('.');
    let label = &part.text[..label_bytes + usize::from(dotted)];
    let rest = part.after(label.len()).trimmed();
    let lower = label.to_lowercase();
    if label.is_empty() {
        return Err(LocatorError::NoLabel {
            column: part.column,
            found: part.text.to_owned(),
        });
    }
    let equals = rest.text.starts_with('=');
    match lower.as_str() {
        "t" | "time" if equals => {
            places.push(Place::Time(parse_time(rest.after(1).trimmed())?));
            return Ok(());
        }
        "row" | "rows" => {
            let rest = if equals {
                rest.after(1).trimmed()
            } else {
                rest
            };
            return parse_rows(label, rest, places);
        }
        _ => {}
    }
    let known = (Label::ALL.into_iter()).find(|known| known.forms().contains(&lower.as_str()));
    let Some(known) = known else {
        return Err(LocatorError::UnknownLabel {
            column: part.column,
            found: label.to_owned(),
        });
    };
    check_number(label, rest)?;
    for piece in rest.split(',') {
        places.push(parse_numbered(known, piece.trimmed())?);
    }
    Ok(())
}

fn check_number(label: &str, rest: Piece<'_>) -> Result<(), LocatorError> {
    if rest.text.is_empty() {
        return Err(LocatorError::NoNumber {
            column: rest.column,
            label: label.to_owned(),
        });
    }
    Ok(())
}

/// Both ends of a range, by a hyphen or a dash; one where there is none.
fn ends(text: &str) -> (&str, Option<&str>) {
    let dash = text
        .char_indices()
        .find(|(_, c)| matches!(c, '-' | '–' | '—'));
    dash.map_or((text, None), |(at, c)| {
        let to = &text[at + c.len_utf8()..];
        (text[..at].trim_end(), Some(to.trim_start()))
    })
}

fn parse_numbered(label: Label, piece: Piece<'_>) -> Result<Place, LocatorError> {
    let (from, to) = ends(piece.text);
    if !(is_number(from) && to.is_none_or(is_number)) {
        return Err(LocatorError::Number {
            column: piece.column,
            found: piece.text.to_owned(),
        });
    }
    if to.is_some_and(|to| descends(from, to)) {
        return Err(LocatorError::Backwards {
            column: piece.column,
            from: from.to_owned(),
            to: to.unwrap_or_default().to_owned(),
        });
    }
    Ok(Place::Numbered {
        label,
        from: from.to_owned(),
        to: to.filter(|to| *to != from).map(str::to_owned),
    })
}

/// Whether it is what sources number with: letters and digits, with points between.
fn is_number(text: &str) -> bool {
    let sound = |part: &str| !part.is_empty() && part.chars().all(char::is_alphanumeric);
    text.split('.').all(sound)
}

/// Whether a range certainly runs backwards: of plain numbers, of numbers with points, of Roman ones.
fn descends(from: &str, to: &str) -> bool {
    let dotted = |text: &str| -> Option<Vec<u64>> {
        text.split('.').map(|part| part.parse().ok()).collect()
    };
    match (dotted(from), dotted(to)) {
        (Some(from), Some(to)) => from > to,
        (None, None) => matches!((roman(from), roman(to)), (Some(a), Some(b)) if a > b),
        _ => false,
    }
}

fn roman(text: &str) -> Option<i64> {
    let digit = |c: char| {
        Some(match c.to_ascii_lowercase() {
            'i' => 1,
            'v' => 5,
            'x' => 10,
            'l' => 50,
            'c' => 100,
            'd' => 500,
            'm' => 1000,
            _ => return None,
        })
    };
    let digits: Vec<i64> = text.chars().map(digit).collect::<Option<_>>()?;
    let mut sum = 0i64;
    for (at, &value) in digits.iter().enumerate() {
        let before_greater = digits.get(at + 1).is_some_and(|next| *next > value);
        sum += if before_greater { -value } else { value };
    }
    Some(sum)
}

fn parse_time(rest: Piece<'_>) -> Result<TimeSpan, LocatorError> {
    let fault = |piece: Piece<'_>| LocatorError::Time {
        column: piece.column,
        found: piece.text.to_owned(),
    };
    let plain = match rest.text.strip_prefix("npt:") {
        Some(_) => rest.after(4),
        None => rest,
    };
    let parts: Vec<Piece<'_>> = plain.split(',').map(Piece::trimmed).collect();
    let time = |piece: Piece<'_>| parse_clock(piece.text).ok_or_else(|| fault(piece));
    let (start, end) = match parts[..] {
        [start] => (time(start)?, None),
        // Without a start it begins at the beginning (Media Fragments, 4.2.1).
        [start, end] if start.text.is_empty() => (0, Some(time(end)?)),
        [start, end] => (time(start)?, Some(time(end)?)),
        _ => return Err(fault(rest)),
    };
    TimeSpan::new(start, end).ok_or_else(|| LocatorError::EmptySpan {
        column: rest.column,
        start: parts[0].text.to_owned(),
        end: parts.last().map_or("", |end| end.text).to_owned(),
    })
}

fn parse_rows(label: &str, rest: Piece<'_>, places: &mut Vec<Place>) -> Result<(), LocatorError> {
    check_number(label, rest)?;
    for piece in rest.split(',') {
        let piece = piece.trimmed();
        places.push(Place::Rows(parse_row(piece)?));
    }
    Ok(())
}

fn parse_row(piece: Piece<'_>) -> Result<RowSpan, LocatorError> {
    let fault = || LocatorError::Row {
        column: piece.column,
        found: piece.text.to_owned(),
    };
    let number = |text: &str| -> Result<u64, LocatorError> {
        let plain = text.bytes().all(|b| b.is_ascii_digit());
        let number = text
            .parse()
            .ok()
            .filter(|n| plain && *n >= 1 && *n < u64::MAX);
        number.ok_or_else(fault)
    };
    let (from, to) = ends(piece.text);
    let first = number(from)?;
    let last = match to {
        None => Some(first),
        Some("*") => None,
        Some(to) => Some(number(to)?),
    };
    RowSpan::new(first, last).ok_or_else(|| LocatorError::Backwards {
        column: piece.column,
        from: from.to_owned(),
        to: to.unwrap_or_default().to_owned(),
    })
}
