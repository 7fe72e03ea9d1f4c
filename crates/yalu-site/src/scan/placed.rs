//! Dates of a scan as places among its periods, so that nothing later has to doubt them.

use std::collections::{BTreeMap, BTreeSet};

use yalu_dossier::scan::report::{DyadBreak, DyadScan, ScanOutcome, ScanReport};

use crate::anchor::anchor;
use crate::time::parse_span;

/// Where a scan's report contradicts itself, so that no page can be drawn from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanPageError {
    /// A period isn't a year, quarter, month, week or day.
    #[error("`{period}` among the scan's periods is no year, quarter, month, week or day")]
    Period {
        /// The period as written.
        period: String,
    },
    /// A series hasn't one figure a period.
    #[error("{series} has {got} figures for {needed} periods")]
    Length {
        /// Whose series.
        series: String,
        /// Its figures.
        got: usize,
        /// The scan's periods.
        needed: usize,
    },
    /// A date of a dyad isn't one of the scan's periods.
    #[error("the dyad {dyad} names `{period}` ({place}), which isn't among the scan's periods")]
    Date {
        /// The dyad.
        dyad: String,
        /// Where it is named.
        place: &'static str,
        /// The period as written.
        period: String,
    },
    /// The main break of a dyad isn't among its breaks.
    #[error("the dyad {dyad} names break {main} as its main one, but has {n_breaks} breaks")]
    Main {
        /// The dyad.
        dyad: String,
        /// The index that it names, from 0.
        main: u32,
        /// Its breaks.
        n_breaks: usize,
    },
    /// A dyad stands twice.
    #[error("the dyad {dyad} stands twice in the scan")]
    Twice {
        /// The dyad.
        dyad: String,
    },
}

/// A break's first period and the interval of it, as indices of periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlacedBreak {
    pub(super) at: usize,
    pub(super) interval: [usize; 2],
}

/// A dyad whose dates are known to be among the scan's periods.
#[derive(Debug)]
pub(super) struct PlacedDyad<'a> {
    pub(super) dyad: &'a DyadScan,
    /// The fragment name of its part.
    pub(super) anchor: String,
    pub(super) breaks: Vec<PlacedBreak>,
    /// First and last period of each level.
    pub(super) levels: Vec<[usize; 2]>,
}

impl PlacedDyad<'_> {
    /// The break that the outcome speaks of.
    pub(super) fn main(&self) -> Option<&DyadBreak> {
        self.dyad
            .main
            .and_then(|main| self.dyad.breaks.get(main as usize))
    }

    /// Whether its levels moved beyond chance.
    pub(super) fn is_discovery(&self) -> bool {
        matches!(
            self.dyad.outcome,
            ScanOutcome::Lasting | ScanOutcome::Emerging | ScanOutcome::Faded
        )
    }
}

/// `USA:IRQ`, or `USA:IRQ (GOV)` for a sector of the source.
fn dyad_name(dyad: &DyadScan) -> String {
    match &dyad.sector {
        None => format!("{}:{}", dyad.source, dyad.target),
        Some(sector) => format!("{}:{} ({sector})", dyad.source, dyad.target),
    }
}

/// `dyad-USA-IRQ`; a hyphen inside a code is written out, so that different dyads stay different.
fn dyad_anchor(dyad: &DyadScan) -> String {
    let mut name = "dyad".to_owned();
    for part in [Some(&dyad.source), Some(&dyad.target), dyad.sector.as_ref()]
        .into_iter()
        .flatten()
    {
        // `anchor` puts one hyphen before the part; those inside it are the part's own.
        let fragment = anchor("", part);
        name.push('-');
        name.push_str(&fragment[1..].replace('-', "~2d~"));
    }
    name
}

/// Every dyad of a report with its dates as places.
pub(super) fn place(report: &ScanReport) -> Result<Vec<PlacedDyad<'_>>, ScanPageError> {
    let n = report.periods.len();
    let mut places = BTreeMap::new();
    for (idx, period) in report.periods.iter().enumerate() {
        if parse_span(period).is_none() {
            return Err(ScanPageError::Period {
                period: period.clone(),
            });
        }
        places.insert(period.as_str(), idx);
    }
    same_length("the world's total", report.world.len(), n)?;
    let mut taken = BTreeSet::new();
    let mut placed = Vec::with_capacity(report.dyads.len());
    for dyad in &report.dyads {
        let one = place_dyad(dyad, &places, n)?;
        if !taken.insert(one.anchor.clone()) {
            return Err(ScanPageError::Twice {
                dyad: dyad_name(dyad),
            });
        }
        placed.push(one);
    }
    Ok(placed)
}

fn same_length(series: &str, got: usize, needed: usize) -> Result<(), ScanPageError> {
    if got == needed {
        Ok(())
    } else {
        Err(ScanPageError::Length {
            series: series.to_owned(),
            got,
            needed,
        })
    }
}

fn place_dyad<'a>(
    dyad: &'a DyadScan,
    places: &BTreeMap<&str, usize>,
    n: usize,
) -> Result<PlacedDyad<'a>, ScanPageError> {
    same_length(
        &format!("the dyad {}", dyad_name(dyad)),
        dyad.counts.len(),
        n,
    )?;
    let find = |period: &String, place: &'static str| {
        places
            .get(period.as_str())
            .copied()
            .ok_or_else(|| ScanPageError::Date {
                dyad: dyad_name(dyad),
                place,
                period: period.clone(),
            })
    };
    if let Some(main) = dyad.main
        && main as usize >= dyad.breaks.len()
    {
        return Err(ScanPageError::Main {
            dyad: dyad_name(dyad),
            main,
            n_breaks: dyad.breaks.len(),
        });
    }
    let breaks = dyad
        .breaks
        .iter()
        .map(|one| {
            Ok(PlacedBreak {
                at: find(&one.at, "a break")?,
                interval: [
                    find(&one.interval[0], "a break's interval")?,
                    find(&one.interval[1], "a break's interval")?,
                ],
            })
        })
        .collect::<Result<Vec<_>, ScanPageError>>()?;
    let levels = dyad
        .levels
        .iter()
        .map(|one| {
            Ok([
                find(&one.periods[0], "a level")?,
                find(&one.periods[1], "a level")?,
            ])
        })
        .collect::<Result<Vec<_>, ScanPageError>>()?;
    Ok(PlacedDyad {
        dyad,
        anchor: dyad_anchor(dyad),
        breaks,
        levels,
    })
}
