//! Bai and Perron's tests for the number of breaks.

use super::critical::{CriticalValues, D_MAX_BREAKS, Level, Tables};
use super::error::PartitionError;
use super::model::{MinSegment, RegimeModel, Rows, regimes};
use super::partial::single_partial_break;
use super::regimes::{Assumptions, Fitted};
use super::select::{Partitions, partitions_of};

/// sup F of m breaks against none.
#[derive(Debug, Clone, PartialEq)]
pub struct SupFOfCount {
    /// The breaks with the least sum of squares, at which F is taken.
    pub breaks: Vec<usize>,
    /// The statistic.
    pub statistic: f64,
    /// Its critical values; none where so many breaks aren't tabulated for the trimming.
    pub critical: Option<CriticalValues>,
}

/// sup F of one break more within the regimes of the best l breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct NextBreakTest {
    /// Breaks under the null, l.
    pub n_breaks: usize,
    /// The largest F over the regimes; none where no regime has room for another break (mbreaks
    /// prints 0).
    pub statistic: Option<f64>,
    /// Where that break is.
    pub new_break: Option<usize>,
    /// Critical values; none beyond the table.
    pub critical: Option<CriticalValues>,
}

/// Bai and Perron's tests.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakTests {
    /// The best partitions, with their information criteria.
    pub partitions: Partitions,
    /// sup F(m) against none, m = 1 and up.
    pub sup_f: Vec<SupFOfCount>,
    /// The largest sup F over at most five breaks.
    pub ud_max: f64,
    /// Its critical values.
    pub ud_max_critical: CriticalValues,
    /// The largest weighted sup F over at most five breaks, at the asked level: weights make the
    /// marginal p-values alike, so they depend on the level.
    pub wd_max: f64,
    /// WDmax at 10, 5, 2.5 and 1 %.
    pub wd_max_by_level: [f64; 4],
    /// Critical values of WDmax, each for the statistic of its own level.
    pub wd_max_critical: CriticalValues,
    /// sup F(l + 1 | l), l = 0 and up.
    pub next_break: Vec<NextBreakTest>,
    /// The breaks that the sequential procedure finds one by one at the asked level, each in the
    /// regimes of those before it, until a test no longer rejects.
    pub sequential: Vec<usize>,
    /// Each of those dated again between its neighbours (Bai 1997), which makes intervals valid.
    pub repartitioned: Vec<usize>,
    /// Whether the sequential procedure stops before its first break although UDmax rejects: two
    /// shifts that cancel hide from a test of one break.
    pub sequential_misses: bool,
    /// The number that Bai and Perron recommend: none where UDmax doesn't reject; otherwise the
    /// first m ≥ 1 from which on no sup F(l + 1 | l), l ≥ m, rejects.
    pub recommended: usize,
    /// The level of the last four.
    pub level: f64,
}

/// sup F(m), UDmax, WDmax, sup F(l + 1 | l) and the sequential procedure.
///
/// `trimming` is the share of the periods that a regime has at least, one of those that are
/// tabulated: 0.05, 0.10, 0.15, 0.20, 0.25; `level` one of 0.10, 0.05, 0.025, 0.01. At most ten
/// coefficients can change. F is taken at the breaks with the least sum of squares, whatever
/// the covariance, as Bai and Perron do.
///
/// With the default assumptions it asks for errors that a VAR(1) and a kernel describe; regimes of
/// fewer than some ten periods give such covariances no ground to stand on.
///
/// # Errors
/// [`PartitionError`] as [`super::optimal_partitions`]; where trimming, level or the number of
/// coefficients isn't tabulated; where a covariance doesn't exist.
///
/// # Source
/// Bai and Perron (1998), Econometrica 66, 47–78; (2003), Journal of Applied Econometrics 18, 1–22;
/// critical values (2003), Econometrics Journal 6, 72–78, as in R mbreaks 1.0.1.
pub fn break_tests(
    model: &RegimeModel<'_>,
    trimming: f64,
    max_breaks: usize,
    assumptions: Assumptions,
    level: f64,
) -> Result<BreakTests, PartitionError> {
    let rows = Rows::new(model)?;
    assumptions.check(rows.p)?;
    let at_level = Level::new(level)?;
    let tables = Tables::new(trimming, rows.q)?;
    let segment = MinSegment::Share(trimming).periods(rows.n(), rows.q + rows.p)?;
    if max_breaks == 0 {
        return Err(PartitionError::NoBreak);
    }
    let partitions = partitions_of(&rows, segment, max_breaks)?;
    let sup_f = partitions.by_count[1..]
        .iter()
        .map(|one| {
            Ok(SupFOfCount {
                breaks: one.breaks.clone(),
                statistic: Fitted::new(&rows, &one.breaks)?.sup_f(&rows, assumptions)?,
                critical: tables.sup_f(one.breaks.len()),
            })
        })
        .collect::<Result<Vec<_>, PartitionError>>()?;
    let Some(first) = sup_f.first() else {
        // Every division is singular: say where.
        return Err(Fitted::new(&rows, &[segment - 1])
            .err()
            .unwrap_or(PartitionError::NoBreak));
    };
    let ud_max = sup_f
        .iter()
        .take(D_MAX_BREAKS)
        .map(|one| one.statistic)
        .fold(0.0, f64::max);
    let weighted = |level: Level| -> f64 {
        let one = tables.sup_f(1).map_or(1.0, |value| value.at(level));
        sup_f
            .iter()
            .take(D_MAX_BREAKS)
            .filter_map(|f| Some(one / f.critical?.at(level) * f.statistic))
            .fold(0.0, f64::max)
    };
    let wd_max_by_level = Level::all().map(weighted);
    let wd_max = weighted(at_level);
    let mut next_break = vec![NextBreakTest {
        n_breaks: 0,
        statistic: Some(first.statistic),
        new_break: first.breaks.first().copied(),
        critical: tables.next_break(0),
    }];
    for one in &sup_f[..sup_f.len() - 1] {
        let found = best_addition(&rows, &one.breaks, segment, assumptions)?;
        next_break.push(NextBreakTest {
            n_breaks: one.breaks.len(),
            statistic: found.map(|(f, _)| f),
            new_break: found.map(|(_, at)| at),
            critical: tables.next_break(one.breaks.len()),
        });
    }
    let rejects = |test: &NextBreakTest| match (test.statistic, test.critical) {
        (Some(statistic), Some(critical)) => statistic >= critical.at(at_level),
        _ => false,
    };
    let ud_rejects = ud_max >= tables.ud_max().at(at_level);
    let recommended = if ud_rejects {
        next_break
            .iter()
            .skip(1)
            .filter(|one| rejects(one))
            .map(|one| one.n_breaks + 1)
            .next_back()
            .unwrap_or(1)
    } else {
        0
    };
    let sequential = one_by_one(&rows, segment, max_breaks, assumptions, tables, at_level)?;
    let repartitioned = repartition(&rows, segment, &sequential);
    Ok(BreakTests {
        sup_f,
        ud_max,
        ud_max_critical: tables.ud_max(),
        wd_max,
        wd_max_by_level,
        wd_max_critical: tables.wd_max(),
        next_break,
        sequential_misses: sequential.is_empty() && ud_rejects,
        sequential,
        repartitioned,
        recommended,
        level,
        partitions,
    })
}

/// The regime whose own best break has the largest F, and that break; none where none has room.
fn best_addition(
    rows: &Rows,
    breaks: &[usize],
    segment: usize,
    assumptions: Assumptions,
) -> Result<Option<(f64, usize)>, PartitionError> {
    let mut found: Option<(f64, usize)> = None;
    for (first, last) in regimes(breaks, rows.n()) {
        let regime = rows.stretch(first, last);
        let Some((at, _)) = single_partial_break(&regime, segment) else {
            continue;
        };
        let f = Fitted::new(&regime, &[at])?.sup_f(&regime, assumptions)?;
        if found.is_none_or(|(largest, _)| f > largest) {
            found = Some((f, first + at));
        }
    }
    Ok(found)
}

/// Breaks added one by one while the next is significant.
fn one_by_one(
    rows: &Rows,
    segment: usize,
    max_breaks: usize,
    assumptions: Assumptions,
    tables: Tables,
    level: Level,
) -> Result<Vec<usize>, PartitionError> {
    let mut breaks = Vec::new();
    while breaks.len() < max_breaks {
        let Some(critical) = tables.next_break(breaks.len()) else {
            break;
        };
        match best_addition(rows, &breaks, segment, assumptions)? {
            Some((f, at)) if f >= critical.at(level) => {
                breaks.push(at);
                breaks.sort_unstable();
            }
            _ => break,
        }
    }
    Ok(breaks)
}

/// Each break dated again between the neighbours that it had.
fn repartition(rows: &Rows, segment: usize, breaks: &[usize]) -> Vec<usize> {
    (0..breaks.len())
        .map(|place| {
            let first = place.checked_sub(1).map_or(0, |before| breaks[before] + 1);
            let last = breaks.get(place + 1).copied().unwrap_or(rows.n() - 1);
            single_partial_break(&rows.stretch(first, last), segment)
                .map_or(breaks[place], |(at, _)| first + at)
        })
        .collect()
}
