//! Which part of an MP4 track is presented: its edit list (ISO/IEC 14496-12, `elst`).
//!
//! AAC begins with a frame or two of silence that only makes the first overlap whole. The container
//! says where the sound begins; the demuxer that is used here doesn't look, so this does. Only the
//! few boxes on the way are read, whatever sizes are promised.

use std::io::{Read, Seek, SeekFrom};

/// What a track's edit list asks for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Edits {
    /// Where in the media the presentation begins, in seconds.
    pub(crate) start_seconds: f64,
    /// How long the presentation lasts after that, in seconds, where it says so.
    pub(crate) duration_seconds: Option<f64>,
    /// Silence before it, in seconds.
    pub(crate) empty_seconds: f64,
    /// Edits after the first that aren't followed.
    pub(crate) n_ignored: u32,
}

struct BoxHeader {
    kind: [u8; 4],
    /// Where it begins in the file.
    at: u64,
    /// Where the content begins and ends in the file.
    start: u64,
    end: u64,
}

/// The boxes within a range of the file.
fn boxes<R: Read + Seek>(file: &mut R, start: u64, end: u64) -> Vec<BoxHeader> {
    // No track of a talk has more boxes at one level; a forged file must not keep us here.
    const MOST: usize = 4096;
    let mut found = Vec::new();
    let mut at = start;
    while at + 8 <= end && found.len() < MOST {
        let Some((kind, content, size)) = header(file, at, end) else {
            break;
        };
        let stop = at.saturating_add(size).min(end);
        found.push(BoxHeader {
            kind,
            at,
            start: content,
            end: stop,
        });
        at = stop;
    }
    found
}

fn header<R: Read + Seek>(file: &mut R, at: u64, end: u64) -> Option<([u8; 4], u64, u64)> {
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut head = [0; 8];
    file.read_exact(&mut head).ok()?;
    let size = u64::from(u32::from_be_bytes(head[..4].try_into().ok()?));
    let kind = head[4..].try_into().ok()?;
    match size {
        0 => Some((kind, at + 8, end - at)),
        1 => {
            let mut large = [0; 8];
            file.read_exact(&mut large).ok()?;
            let size = u64::from_be_bytes(large);
            (size >= 16).then_some((kind, at + 16, size))
        }
        8.. => Some((kind, at + 8, size)),
        _ => None,
    }
}

fn child<R: Read + Seek>(file: &mut R, parent: &BoxHeader, kind: [u8; 4]) -> Option<BoxHeader> {
    boxes(file, parent.start, parent.end)
        .into_iter()
        .find(|one| one.kind == kind)
}

/// Where the last box at the top says that it ends: past the end of a file that was cut off.
pub(crate) fn claimed_end<R: Read + Seek>(file: &mut R, len: u64) -> u64 {
    let last = boxes(file, 0, len).pop();
    let mut size = |at: &BoxHeader| header(file, at.at, len).map(|(_, _, size)| size);
    let claimed = last
        .as_ref()
        .and_then(|last| Some(last.at.saturating_add(size(last)?)));
    claimed.unwrap_or(len).max(len)
}

/// The first bytes of a box, at most `most`.
fn content<R: Read + Seek>(file: &mut R, of: &BoxHeader, most: u64) -> Option<Vec<u8>> {
    let len = (of.end.checked_sub(of.start)?).min(most);
    file.seek(SeekFrom::Start(of.start)).ok()?;
    let mut bytes = vec![0; usize::try_from(len).ok()?];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// The field of a full box after version, flags, and the two dates, whose width the version sets.
fn after_dates(bytes: &[u8]) -> Option<u32> {
    u32_at(bytes, if *bytes.first()? == 1 { 20 } else { 12 })
}

/// The edit lists of a file's tracks, by the tracks' ids. A track without one, or with one that isn't
/// well formed, isn't there.
pub(crate) fn read_edits<R: Read + Seek>(file: &mut R, len: u64) -> Vec<(u32, Edits)> {
    let movie = boxes(file, 0, len)
        .into_iter()
        .find(|one| &one.kind == b"moov");
    let Some(moov) = movie else {
        return Vec::new();
    };
    let Some(movie_scale) =
        child(file, &moov, *b"mvhd").and_then(|mvhd| after_dates(&content(file, &mvhd, 32)?))
    else {
        return Vec::new();
    };
    boxes(file, moov.start, moov.end)
        .into_iter()
        .filter(|one| &one.kind == b"trak")
        .filter_map(|trak| track_edits(file, &trak, movie_scale))
        .collect()
}

fn track_edits<R: Read + Seek>(
    file: &mut R,
    trak: &BoxHeader,
    movie_scale: u32,
) -> Option<(u32, Edits)> {
    let tkhd = child(file, trak, *b"tkhd")?;
    let id = after_dates(&content(file, &tkhd, 32)?)?;
    let mdia = child(file, trak, *b"mdia")?;
    let mdhd = child(file, &mdia, *b"mdhd")?;
    let media_scale = after_dates(&content(file, &mdhd, 32)?)?;
    let edts = child(file, trak, *b"edts")?;
    let elst = child(file, &edts, *b"elst")?;
    // 64 entries of 20 bytes are more than are looked at.
    let list = content(file, &elst, 8 + 64 * 20)?;
    Some((id, parse_list(&list, movie_scale, media_scale)?))
}

fn parse_list(list: &[u8], movie_scale: u32, media_scale: u32) -> Option<Edits> {
    if movie_scale == 0 || media_scale == 0 {
        return None;
    }
    let long = *list.first()? == 1;
    let n_entries = u32_at(list, 4)?;
    let mut edits = Edits::default();
    let mut n_real = 0;
    for index in 0..n_entries.min(64) as usize {
        let (duration, media_time) = if long {
            let at = 8 + index * 20;
            (u64_at(list, at)?, u64_at(list, at + 8)? as i64)
        } else {
            let at = 8 + index * 12;
            let time = u32_at(list, at + 4)? as i32;
            (u64::from(u32_at(list, at)?), i64::from(time))
        };
        let seconds = duration as f64 / f64::from(movie_scale);
        if n_real > 0 {
            edits.n_ignored += 1;
        } else if media_time < 0 {
            edits.empty_seconds += seconds;
        } else {
            n_real += 1;
            edits.start_seconds = media_time as f64 / f64::from(media_scale);
            // A fragmented file doesn't know its end when it writes this, and writes 0.
            edits.duration_seconds = (duration > 0).then_some(seconds);
        }
    }
    edits.n_ignored = edits.n_ignored.max(n_entries.saturating_sub(64));
    (n_real > 0).then_some(edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(u32, i32)]) -> Vec<u8> {
        let mut bytes = vec![0; 4];
        bytes.extend((entries.len() as u32).to_be_bytes());
        for (duration, time) in entries {
            bytes.extend(duration.to_be_bytes());
            bytes.extend(time.to_be_bytes());
            bytes.extend([0, 1, 0, 0]);
        }
        bytes
    }

    #[test]
    fn an_edit_says_where_the_sound_begins_and_how_long_it_lasts() {
        let edits = parse_list(&list(&[(5000, 1024)]), 1000, 44_100).unwrap();
        assert!((edits.start_seconds - 1024.0 / 44_100.0).abs() < 1e-12);
        assert_eq!(edits.duration_seconds, Some(5.0));
        assert_eq!(edits.n_ignored, 0);
    }

    #[test]
    fn an_empty_edit_is_silence_and_further_edits_are_counted() {
        let edits = parse_list(&list(&[(500, -1), (1000, 0), (1000, 48_000)]), 1000, 48_000);
        let edits = edits.unwrap();
        assert_eq!((edits.empty_seconds, edits.n_ignored), (0.5, 1));
    }

    #[test]
    fn a_list_that_promises_more_than_it_holds_is_none() {
        let mut bytes = list(&[(5000, 1024)]);
        bytes[7] = 9;
        assert_eq!(parse_list(&bytes, 1000, 44_100), None);
        assert_eq!(parse_list(&list(&[(1, 0)]), 0, 44_100), None);
    }
}
