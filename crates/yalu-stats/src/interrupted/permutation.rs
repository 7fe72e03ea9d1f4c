//! Permutation inference over event dates: would dates that are no events have shown as much?

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::InterruptedError;
use super::events::{EventStudy, event_design};
use crate::glm::fit_glm;

/// Tries per placebo before the rules count as impossible.
const TRIES: usize = 10_000;
/// More sets than anyone needs, and than memory should hold.
const MOST_SETS: usize = 1_000_000;

/// Which dates may stand in for the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceboRules {
    /// Periods before a date that belong to its window; windows must lie within the series.
    pub leads: usize,
    /// Periods after it.
    pub lags: usize,
    /// Placebo windows keep clear of the true events' windows.
    pub clear_of_events: bool,
    /// Each placebo has the phase of its event in a cycle of this many periods: 12 for months.
    pub season: Option<usize>,
    /// All dates move together around the series, so that their spacing stays.
    pub keep_spacing: bool,
    /// Up to so many sets of dates are enumerated; where there are more, so many are drawn.
    pub most: usize,
    /// The seed of the draw.
    pub seed: u64,
}

/// Sets of placebo dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placebos {
    /// Each as many dates as there are events, in rising order; none is the observed set.
    pub sets: Vec<Vec<usize>>,
    /// Whether these are all sets that the rules allow.
    pub exact: bool,
}

/// Which statistics count as more extreme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeds {
    /// Larger ones.
    Above,
    /// Smaller ones.
    Below,
    /// Those further from zero.
    Either,
}

/// What a set of dates is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventStatistic {
    /// The mean response over event times `first` to `last`.
    Mean {
        /// The first.
        first: usize,
        /// The last.
        last: usize,
    },
    /// The response furthest from zero over them, as a distance.
    MaxAbs {
        /// The first.
        first: usize,
        /// The last.
        last: usize,
    },
}

/// A permutation test.
#[derive(Debug, Clone, PartialEq)]
pub struct PermutationTest {
    /// The statistic of the observed dates.
    pub observed: f64,
    /// (1 + placebos at least as extreme) / (1 + placebos): never 0.
    pub p_value: f64,
    /// Placebo sets.
    pub n_placebos: usize,
    /// Those at least as extreme, ties and failures included.
    pub n_exceeding: usize,
    /// Placebo sets whose statistic couldn't be computed; they count as at least as extreme.
    pub n_failed: usize,
    /// Whether the placebos are all that the rules allow.
    pub exact: bool,
    /// The smallest p-value that so few placebos can give.
    pub smallest_p: f64,
    /// The placebos' statistics, failures left out.
    pub placebo_statistics: Vec<f64>,
}

/// Enumerates the placebo dates that the rules allow, or draws them where they are more than
/// `rules.most`: each date uniformly among those of its season, until the windows keep clear of the
/// true ones and of each other. Placebos need be no further apart than the closest events are.
///
/// # Errors
/// [`InterruptedError`] where no event is declared, one lies outside the series or is declared
/// twice, a setting is zero, or no dates satisfy the rules.
///
/// # Source
/// Fisher (1935), The Design of Experiments; the shift of all dates together after Politis and Romano
/// (1992), in LePage and Billard, Exploring the Limits of Bootstrap, 263–270.
///
/// ```
/// use yalu_stats::{PlaceboRules, placebo_dates};
///
/// let rules = PlaceboRules {
///     leads: 1,
///     lags: 2,
///     clear_of_events: true,
///     season: None,
///     keep_spacing: false,
///     most: 500,
///     seed: 1,
/// };
/// let placebos = placebo_dates(24, &[10], &rules)?;
/// assert!(placebos.exact);
/// assert_eq!(placebos.sets.len(), 14);
/// # Ok::<(), yalu_stats::InterruptedError>(())
/// ```
pub fn placebo_dates(
    n_periods: usize,
    events: &[usize],
    rules: &PlaceboRules,
) -> Result<Placebos, InterruptedError> {
    let mut sorted = events.to_vec();
    sorted.sort_unstable();
    if sorted.is_empty() {
        return Err(InterruptedError::Nothing { what: "event" });
    }
    if let Some(&at) = sorted.iter().find(|&&at| at >= n_periods) {
        return Err(InterruptedError::OutsideSeries {
            name: "event".to_owned(),
            at,
            last: n_periods.saturating_sub(1),
        });
    }
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(InterruptedError::RepeatedEvent { at: pair[0] });
    }
    for (what, value) in [
        ("the most placebo sets", rules.most),
        ("the length of the season", rules.season.unwrap_or(1)),
    ] {
        if value == 0 {
            return Err(InterruptedError::Setting {
                what,
                got: 0.0,
                wanted: "it must be at least 1",
            });
        }
    }
    if rules.most > MOST_SETS {
        return Err(InterruptedError::Setting {
            what: "the most placebo sets",
            got: rules.most as f64,
            wanted: "it must be at most 1,000,000",
        });
    }
    let finder = Finder::new(n_periods, &sorted, rules);
    let placebos = if rules.keep_spacing {
        finder.shifted()
    } else {
        match finder.enumerated() {
            Some(sets) => Placebos { sets, exact: true },
            None => finder.drawn()?,
        }
    };
    if placebos.sets.is_empty() {
        return Err(finder.impossible());
    }
    Ok(placebos)
}

struct Finder<'a> {
    n_periods: usize,
    events: &'a [usize],
    rules: &'a PlaceboRules,
    /// For each period whether it may be a date.
    allowed: Vec<bool>,
    /// How far apart placebo dates must be.
    gap: usize,
    /// The events by season, earliest first within each, and each one's candidate dates.
    by_phase: Vec<(usize, Vec<usize>)>,
}

impl<'a> Finder<'a> {
    fn new(n_periods: usize, events: &'a [usize], rules: &'a PlaceboRules) -> Self {
        let width = rules.leads.saturating_add(rules.lags).saturating_add(1);
        let allowed: Vec<bool> = (0..n_periods)
            .map(|date| {
                let inside = date >= rules.leads && rules.lags < n_periods - date;
                let clear = !rules.clear_of_events
                    || events.iter().all(|event| event.abs_diff(date) >= width);
                inside && clear
            })
            .collect();
        let closest = events.windows(2).map(|pair| pair[1] - pair[0]).min();
        let gap = closest.map_or(1, |closest| closest.min(width));
        let season = rules.season.unwrap_or(1);
        let mut phases: Vec<usize> = events.iter().map(|event| event % season).collect();
        phases.sort_unstable();
        let by_phase = phases
            .into_iter()
            .map(|phase| {
                let dates = (0..n_periods)
                    .filter(|&date| allowed[date] && date % season == phase)
                    .collect();
                (phase, dates)
            })
            .collect();
        Self {
            n_periods,
            events,
            rules,
            allowed,
            gap,
            by_phase,
        }
    }

    fn impossible(&self) -> InterruptedError {
        let mut rule = format!(
            "{} dates with {} leads and {} lags in {} periods",
            self.events.len(),
            self.rules.leads,
            self.rules.lags,
            self.n_periods
        );
        if self.rules.clear_of_events {
            rule.push_str(", clear of the events' windows");
        }
        if let Some(season) = self.rules.season {
            rule.push_str(&format!(", in the same phase of {season} periods"));
        }
        if self.rules.keep_spacing {
            rule.push_str(", with the events' spacing");
        }
        InterruptedError::NoPlacebo { rule }
    }

    fn shifted(&self) -> Placebos {
        let season = self.rules.season.unwrap_or(1);
        let mut sets: Vec<Vec<usize>> = (1..self.n_periods)
            .filter_map(|shift| {
                let mut dates = Vec::with_capacity(self.events.len());
                for &event in self.events {
                    let date = (event + shift) % self.n_periods;
                    // A date that goes around the end keeps its phase only where whole seasons do.
                    if !self.allowed[date] || date % season != event % season {
                        return None;
                    }
                    dates.push(date);
                }
                dates.sort_unstable();
                (dates != self.events).then_some(dates)
            })
            .collect();
        let exact = sets.len() <= self.rules.most;
        if !exact {
            // A partial Fisher-Yates shuffle: a draw without replacement.
            let mut rng = ChaCha8Rng::seed_from_u64(self.rules.seed);
            for place in 0..self.rules.most {
                let other = rng.random_range(place..sets.len());
                sets.swap(place, other);
            }
            sets.truncate(self.rules.most);
        }
        Placebos { sets, exact }
    }

    /// All sets; none where they are more than `most`, or where finding them takes too long.
    fn enumerated(&self) -> Option<Vec<Vec<usize>>> {
        let m = self.by_phase.len();
        let budget = 200 * self.rules.most + 100_000;
        let mut steps = 0_usize;
        let mut sets = Vec::new();
        // Depth-first: `next[i]` is the candidate to try next for the i-th event.
        let mut next = vec![0_usize; m];
        let mut chosen: Vec<usize> = Vec::with_capacity(m);
        loop {
            let level = chosen.len();
            let candidates = &self.by_phase[level].1;
            steps += 1;
            if steps > budget {
                return None;
            }
            if next[level] >= candidates.len() {
                if level == 0 {
                    return Some(sets);
                }
                chosen.pop();
                continue;
            }
            let date = candidates[next[level]];
            next[level] += 1;
            if chosen.iter().any(|other| other.abs_diff(date) < self.gap) {
                continue;
            }
            if level + 1 < m {
                // Within a season dates rise, so that no set comes twice.
                let same = self.by_phase[level].0 == self.by_phase[level + 1].0;
                next[level + 1] = if same { next[level] } else { 0 };
                chosen.push(date);
                continue;
            }
            let mut set = chosen.clone();
            set.push(date);
            set.sort_unstable();
            if set != self.events {
                sets.push(set);
                if sets.len() > self.rules.most {
                    return None;
                }
            }
        }
    }

    fn drawn(&self) -> Result<Placebos, InterruptedError> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.rules.seed);
        let mut sets = Vec::with_capacity(self.rules.most);
        let mut failures = 0;
        while sets.len() < self.rules.most {
            let mut dates: Vec<usize> = Vec::with_capacity(self.events.len());
            for (_, candidates) in &self.by_phase {
                if candidates.is_empty() {
                    return Err(self.impossible());
                }
                let date = candidates[rng.random_range(0..candidates.len())];
                if dates.iter().any(|other| other.abs_diff(date) < self.gap) {
                    break;
                }
                dates.push(date);
            }
            dates.sort_unstable();
            if dates.len() == self.events.len() && dates != self.events {
                sets.push(dates);
                failures = 0;
            } else {
                failures += 1;
                if failures > TRIES {
                    return Err(self.impossible());
                }
            }
        }
        Ok(Placebos { sets, exact: false })
    }
}

/// Compares a statistic of the observed dates with that of placebo dates. A placebo whose statistic
/// fails or isn't finite counts as at least as extreme.
///
/// # Errors
/// What the statistic of the observed dates gives, or [`InterruptedError`] where that isn't a
/// finite number or there are no placebos.
///
/// # Source
/// Phipson and Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9(1), 39,
/// for the p-value.
pub fn permutation_test<E: From<InterruptedError>>(
    observed: &[usize],
    placebos: &Placebos,
    exceeds: Exceeds,
    mut statistic: impl FnMut(&[usize]) -> Result<f64, E>,
) -> Result<PermutationTest, E> {
    if placebos.sets.is_empty() {
        return Err(InterruptedError::Nothing {
            what: "placebo date",
        }
        .into());
    }
    let value = statistic(observed)?;
    if !value.is_finite() {
        return Err(InterruptedError::Statistic { value }.into());
    }
    let extremity = |value: f64| match exceeds {
        Exceeds::Above => value,
        Exceeds::Below => -value,
        Exceeds::Either => value.abs(),
    };
    // Ties that differ by rounding are ties.
    let threshold = extremity(value) - 1e-12 * value.abs();
    let n_placebos = placebos.sets.len();
    let (mut n_exceeding, mut n_failed) = (0, 0);
    let mut placebo_statistics = Vec::with_capacity(n_placebos);
    for dates in &placebos.sets {
        match statistic(dates) {
            Ok(one) if one.is_finite() => {
                n_exceeding += usize::from(extremity(one) >= threshold);
                placebo_statistics.push(one);
            }
            _ => {
                n_failed += 1;
                n_exceeding += 1;
            }
        }
    }
    let of = (1 + n_placebos) as f64;
    Ok(PermutationTest {
        observed: value,
        p_value: (1 + n_exceeding) as f64 / of,
        n_placebos,
        n_exceeding,
        n_failed,
        exact: placebos.exact,
        smallest_p: 1.0 / of,
        placebo_statistics,
    })
}

/// A statistic of an event study's point estimates at other dates.
///
/// # Errors
/// [`InterruptedError`] as [`super::event_study`]; event times of the statistic beyond the lags.
///
/// # Source
/// As [`super::event_study`].
pub fn event_statistic(
    study: &EventStudy<'_>,
    dates: &[usize],
    statistic: EventStatistic,
) -> Result<f64, InterruptedError> {
    let (first, last) = match statistic {
        EventStatistic::Mean { first, last } | EventStatistic::MaxAbs { first, last } => {
            (first, last)
        }
    };
    if first > last || last > study.lags {
        return Err(InterruptedError::Setting {
            what: "the last event time of the statistic",
            got: last as f64,
            wanted: "it must be at least the first and at most the number of lags",
        });
    }
    let placed = EventStudy {
        events: dates,
        ..*study
    };
    let (design, event_times) = event_design(&placed)?;
    let fit = fit_glm(study.y, study.offset, &design, study.family)?;
    let n_base = study.base.n_columns();
    let responses = event_times
        .iter()
        .zip(&fit.coefficients[n_base..])
        .filter(|(event_time, _)| (first as i64..=last as i64).contains(event_time))
        .map(|(_, response)| *response);
    Ok(match statistic {
        EventStatistic::Mean { .. } => responses.sum::<f64>() / (last - first + 1) as f64,
        EventStatistic::MaxAbs { .. } => responses.fold(0.0, |most, one| most.max(one.abs())),
    })
}

/// Permutation inference for an event study: its statistic against that at placebo dates.
///
/// # Errors
/// As [`placebo_dates`] and [`event_statistic`].
///
/// # Source
/// As [`permutation_test`].
pub fn event_permutation(
    study: &EventStudy<'_>,
    rules: &PlaceboRules,
    statistic: EventStatistic,
    exceeds: Exceeds,
) -> Result<PermutationTest, InterruptedError> {
    let placebos = placebo_dates(study.base.n_rows(), study.events, rules)?;
    permutation_test(study.events, &placebos, exceeds, |dates| {
        event_statistic(study, dates, statistic)
    })
}
