//! What a data set covers: what was said of it, or what its files show.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::mapping::DatasetCard;
use crate::series::CoverageChange;
use crate::store::{DatasetRecord, Manifest};

/// Days without a file's rows that don't count as a gap between files.
const GAP_DAYS: i32 = 3;

/// Sets a data set's coverage anew after a file was added or a card was given.
///
/// Where the card says from when to when, that is the coverage, and silence within it means that
/// nothing happened. Otherwise it runs from the first to the last day of the files, and days that lie
/// between two files are gaps: missing, not zero.
pub(crate) fn renew(manifest: &mut Manifest, name: &str, card: Option<&DatasetCard>) {
    let Some(set) = manifest.datasets.iter_mut().find(|set| set.name == name) else {
        return;
    };
    if let Some(card) = card {
        set.declared_from = card.from.or(set.declared_from);
        set.declared_to = card.to.or(set.declared_to);
        if card.subset.is_some() {
            set.coverage.subset.clone_from(&card.subset);
        }
        for change in &card.changes {
            if !set.coverage.changes.contains(change) {
                set.coverage.changes.push(change.clone());
            }
        }
    }
    let mut spans: Vec<[Date; 2]> = set
        .files
        .iter()
        .flat_map(|file| file.spans.iter().copied())
        .collect();
    spans.sort_unstable();
    let declared = [set.declared_from, set.declared_to];
    if let Some([first, _]) = spans.first().copied() {
        let last = spans.iter().map(|span| span[1]).max().unwrap_or(first);
        set.coverage.from = declared[0].unwrap_or(first);
        set.coverage.to = declared[1].unwrap_or(last);
    }
    set.coverage.gaps = gaps(&spans)
        .into_iter()
        .filter(|gap| {
            let inside = |day: Date| {
                declared[0].is_some_and(|from| from <= day)
                    && declared[1].is_some_and(|to| day <= to)
            };
            !(inside(gap[0]) && inside(gap[1]))
        })
        .collect();
    for change in known_changes(set) {
        let inside = set.coverage.from < change.date && change.date <= set.coverage.to;
        if inside
            && !set
                .coverage
                .changes
                .iter()
                .any(|one| one.date == change.date)
        {
            set.coverage.changes.push(change);
        }
    }
    set.coverage.changes.sort_by_key(|change| change.date);
}

/// Days as spans; those that lie a few days apart are one.
pub(crate) fn runs(days: &BTreeSet<Date>) -> Vec<[Date; 2]> {
    let mut runs: Vec<[Date; 2]> = Vec::new();
    for &day in days {
        match runs.last_mut() {
            Some(run) if run[1].until(day).map_or(0, |span| span.get_days()) <= GAP_DAYS => {
                run[1] = day;
            }
            _ => runs.push([day, day]),
        }
    }
    runs
}

/// Days between spans, which are in order.
fn gaps(spans: &[[Date; 2]]) -> Vec<[Date; 2]> {
    let mut gaps = Vec::new();
    let mut last: Option<Date> = None;
    for [from, to] in spans {
        if let Some(last) = last {
            let days = last.until(*from).map_or(0, |span| span.get_days());
            if days > GAP_DAYS {
                gaps.push([last.saturating_add(1.day()), from.saturating_sub(1.day())]);
            }
        }
        last = Some(last.map_or(*to, |last| last.max(*to)));
    }
    gaps
}

/// Changes of the source base that are known of a format's data.
///
/// # Source
/// GDELT: its own announcements of the daily files (April 2013) and of version 2.0 (February 2015).
/// ICEWS: the number of events by day, which rises about 2001.
fn known_changes(set: &DatasetRecord) -> Vec<CoverageChange> {
    let has = |format: &str| set.files.iter().any(|file| file.format == format);
    let mut changes = Vec::new();
    let mut add = |date: Date, note: &str| {
        changes.push(CoverageChange {
            date,
            note: note.to_owned(),
        });
    };
    if has("gdelt") {
        add(
            date(2013, 4, 1),
            "daily files, filed by the day on which an event was found, take the place of monthly ones",
        );
        add(
            date(2015, 2, 19),
            "GDELT 2.0: a file each quarter of an hour, more sources, machine translation",
        );
    }
    if has("icews") || has("icews-tuples") {
        add(date(2001, 1, 1), "the source base widens");
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_between_files_are_gaps_and_short_silence_is_not() {
        let spans = [
            [date(2018, 6, 1), date(2018, 6, 2)],
            [date(2018, 6, 5), date(2018, 6, 30)],
            [date(2018, 8, 1), date(2018, 8, 31)],
            [date(2018, 8, 10), date(2018, 8, 12)],
        ];
        assert_eq!(gaps(&spans), [[date(2018, 7, 1), date(2018, 7, 31)]]);
    }
}
