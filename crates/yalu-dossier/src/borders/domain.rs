//! Where a border lies among its source's borders in one domain of policy: level and trend.

use jiff::civil::Date;
use yalu_stats::synthetic::rank_p_value;
use yalu_stats::{Covariance, Design, Family, fit_glm, normal_quantile, robust_covariance};
use yalu_store::{Dyad, Month};

use crate::borders::entries::BorderEntry;
use crate::borders::keys::{BorderDomain, Borders};
use crate::borders::members::{Member, domain_indicator, indicator_cells, own_borders};
use crate::borders::paths::{Steps, covered_counts, period_figures, pool_periods};
use crate::borders::record::{BorderLikeness, DomainBorder, DomainRecord, Placing};
use crate::cells::{RequestError, Requests};
use crate::curve::median;
use crate::pipeline::{actor_name, trace};
use crate::prepare::{Inputs, PER_EXPOSURE, unit_name};
use crate::reasons::{figure, p_words};
use crate::spec::{Exposure, PeriodKey};
use crate::words::percent;

/// The fewest steps for a trend.
const MIN_STEPS: usize = 6;
/// The fewest entries of a file that a border needs.
const MIN_ENTRIES: u32 = 3;

/// A border's counts over the steps, or why it has none.
type Counts = Result<(Vec<f64>, Vec<f64>), String>;

/// An estimate on the log scale with its standard error.
#[derive(Debug, Clone, Copy)]
struct Estimate {
    value: f64,
    se: f64,
}

/// Level and trend of one border.
#[derive(Debug, Clone, Copy)]
struct Course {
    level: Estimate,
    trend: Estimate,
}

/// Places the border in question among the source's others.
pub(crate) fn place(
    inputs: &Inputs<'_>,
    keys: &Borders,
    domain: &BorderDomain,
    entries: &[BorderEntry],
    members: &[Member],
    as_of: Date,
    command: &str,
) -> Result<DomainRecord, RequestError> {
    let dyads = own_borders(inputs.spec, members)?;
    let requests = Requests::new(inputs.spec);
    let mut cells = Vec::new();
    if domain.group.is_some() {
        for dyad in &dyads {
            cells.extend(indicator_cells(
                &requests,
                inputs.spec,
                &domain_indicator(domain, pair(dyad)),
            )?);
        }
    }
    cells.dedup();
    let mut record = DomainRecord {
        id: domain.id.clone(),
        title: domain.title.clone(),
        meaning: meaning(inputs, domain),
        caution: domain.caution.clone(),
        unit: unit(inputs, domain),
        answer: BorderLikeness::CannotTell,
        headline: String::new(),
        reasons: Vec::new(),
        steps: Vec::new(),
        borders: Vec::new(),
        level: None,
        trend: None,
        p_value: None,
        trace: trace(inputs, &cells, command),
    };
    let Some(steps) = window_steps(inputs, keys, domain) else {
        return Ok(refuse(
            record,
            &format!(
                "its window holds fewer than {MIN_STEPS} steps of {} months that are known by {as_of}",
                keys.pool
            ),
        ));
    };
    record.steps = steps.labels(inputs.frame);
    let mut courses = Vec::new();
    for dyad in &dyads {
        let counts = if domain.entries.is_some() {
            Ok(entry_counts(inputs, entries, dyad, &steps, as_of))
        } else {
            act_counts(inputs, domain, dyad, &steps)?
        };
        let needed = if domain.entries.is_some() {
            MIN_ENTRIES
        } else {
            keys.min_events.max(1)
        };
        let (border, course) = describe(inputs, keys, dyad, counts, needed, &steps);
        record.borders.push(border);
        courses.push(course);
    }
    Ok(answer(inputs, keys, record, &courses, &steps))
}

fn pair(dyad: &Dyad) -> [String; 2] {
    [dyad.source.to_string(), dyad.target.to_string()]
}

fn meaning(inputs: &Inputs<'_>, domain: &BorderDomain) -> String {
    match (&domain.group, &domain.entries) {
        (Some(group), _) => inputs
            .spec
            .groups
            .get(group)
            .map_or(String::new(), |group| group.meaning.clone()),
        (None, Some(file)) => format!("Entries of {file}, a line each, with their sources there."),
        (None, None) => String::new(),
    }
}

fn unit(inputs: &Inputs<'_>, domain: &BorderDomain) -> String {
    if domain.entries.is_some() {
        return "entries per year".to_owned();
    }
    let source = &inputs.spec.question.source;
    match domain.exposure.unwrap_or(Exposure::None) {
        Exposure::DyadTotal => "events per 1,000 of the dyad’s own".to_owned(),
        Exposure::SourceTotal => format!("events per 1,000 of {source} → any"),
        Exposure::WorldTotal => "events per 1,000 in the world".to_owned(),
        Exposure::None => format!("events per {}", unit_name(inputs.frame.unit)),
    }
}

/// Whole steps of the domain's window; nothing where they are too few.
fn window_steps(inputs: &Inputs<'_>, keys: &Borders, domain: &BorderDomain) -> Option<Steps> {
    let frame = inputs.frame;
    let pool = pool_periods(inputs.spec.data.period, keys.pool);
    let month = |text: &String| text.parse::<Month>().ok();
    let (mut begin, mut end) = (0, frame.periods.len());
    if let Some([from, to]) = &domain.window {
        let (from, to) = (month(from)?.first_day(), month(to)?.last_day());
        begin = frame.periods.iter().position(|one| one.first_day >= from)?;
        end = frame.periods.iter().rposition(|one| one.last_day <= to)? + 1;
    }
    if end <= begin {
        return None;
    }
    let steps = Steps::back_from(end, begin, pool);
    (steps.n >= MIN_STEPS).then_some(steps)
}

fn act_counts(
    inputs: &Inputs<'_>,
    domain: &BorderDomain,
    dyad: &Dyad,
    steps: &Steps,
) -> Result<Counts, RequestError> {
    let indicator = domain_indicator(domain, pair(dyad));
    Ok(match period_figures(inputs, &indicator)? {
        Err(fact) => Err(fact.to_string()),
        Ok(figures) => match &figures.exposure {
            None => Err("it has no counts".to_owned()),
            Some(exposure) => {
                covered_counts(&figures, exposure, steps).map_err(|fact| fact.to_string())
            }
        },
    })
}

/// Entries by step; the exposure is time, so that the rate is by the year.
fn entry_counts(
    inputs: &Inputs<'_>,
    entries: &[BorderEntry],
    dyad: &Dyad,
    steps: &Steps,
    as_of: Date,
) -> (Vec<f64>, Vec<f64>) {
    let frame = inputs.frame;
    let counts = (0..steps.n)
        .map(|step| {
            let periods = steps.periods(step);
            let (from, to) = (
                frame.periods[periods.start].first_day,
                frame.periods[periods.end - 1].last_day,
            );
            entries
                .iter()
                .filter(|one| one.border == dyad.target && one.last_day <= as_of)
                .filter(|one| from <= one.last_day && one.last_day <= to)
                .count() as f64
        })
        .collect();
    let exposure = step_years(inputs, steps) * PER_EXPOSURE;
    (counts, vec![exposure; steps.n])
}

fn step_years(inputs: &Inputs<'_>, steps: &Steps) -> f64 {
    let per_year = match inputs.spec.data.period {
        PeriodKey::Week => 365.25 / 7.0,
        PeriodKey::Month => 12.0,
        PeriodKey::Quarter => 4.0,
    };
    steps.pool as f64 / per_year
}

fn describe(
    inputs: &Inputs<'_>,
    keys: &Borders,
    dyad: &Dyad,
    counts: Counts,
    needed: u32,
    steps: &Steps,
) -> (DomainBorder, Option<Course>) {
    let mut border = DomainBorder {
        dyad: dyad.to_string(),
        name: actor_name(dyad.target.as_str()),
        n_events: 0.0,
        rates: vec![None; steps.n],
        level: None,
        level_interval: None,
        trend: None,
        trend_interval: None,
        left_out: None,
    };
    let (counts, exposure) = match counts {
        Ok(counts) => counts,
        Err(reason) => {
            border.left_out = Some(reason);
            return (border, None);
        }
    };
    border.n_events = counts.iter().sum();
    border.rates = counts
        .iter()
        .zip(&exposure)
        .map(|(count, exposure)| (*exposure > 0.0).then(|| count / exposure * PER_EXPOSURE))
        .collect();
    if border.n_events < f64::from(needed) {
        border.left_out = Some(format!(
            "{:.0} in the window; at least {needed} are needed",
            border.n_events
        ));
        return (border, None);
    }
    // A step in which the dyad did nothing at all has no rate; the others still have.
    let known: Vec<usize> = (0..steps.n).filter(|&step| exposure[step] > 0.0).collect();
    if known.len() < MIN_STEPS {
        border.left_out = Some(format!(
            "it has exposure in {} of {} steps; at least {MIN_STEPS} are needed",
            known.len(),
            steps.n
        ));
        return (border, None);
    }
    let of = |values: &[f64]| -> Vec<f64> { known.iter().map(|&step| values[step]).collect() };
    let years: Vec<f64> = known
        .iter()
        .map(|&step| step as f64 * step_years(inputs, steps))
        .collect();
    match course(&of(&counts), &of(&exposure), &years) {
        Err(reason) => {
            border.left_out = Some(reason);
            (border, None)
        }
        Ok(course) => {
            let z = normal_quantile(1.0 - keys.level / 2.0);
            let ends = |one: Estimate| {
                [
                    (one.value - z * one.se).exp(),
                    (one.value + z * one.se).exp(),
                ]
            };
            border.level = Some(course.level.value.exp());
            border.level_interval = Some(ends(course.level));
            border.trend = Some(course.trend.value.exp());
            border.trend_interval = Some(ends(course.trend));
            (border, Some(course))
        }
    }
}

/// Quasi-Poisson fits with the exposure as offset: the level alone, and the level with a trend.
fn course(counts: &[f64], exposure: &[f64], years: &[f64]) -> Result<Course, String> {
    let offset: Vec<f64> = exposure
        .iter()
        .map(|one| (one / PER_EXPOSURE).ln())
        .collect();
    let middle = years.iter().sum::<f64>() / years.len() as f64;
    let level = Design::intercept(counts.len());
    let trend = level
        .clone()
        .with(
            "year".to_owned(),
            years.iter().map(|year| year - middle).collect(),
        )
        .map_err(|error| error.to_string())?;
    let estimate = |design: &Design, column: usize| -> Result<Estimate, String> {
        let fit = fit_glm(counts, &offset, design, Family::QuasiPoisson)
            .map_err(|error| error.to_string())?;
        let covariance = robust_covariance(&fit, design, counts, Covariance::PrewhitenedQs)
            .map_err(|error| error.to_string())?;
        let at = column * design.n_columns() + column;
        // A robust variance can fall below the model's own by chance; the larger is the honest one.
        Ok(Estimate {
            value: fit.coefficients[column],
            se: covariance[at].max(fit.covariance[at]).sqrt(),
        })
    };
    Ok(Course {
        level: estimate(&level, 0)?,
        trend: estimate(&trend, 1)?,
    })
}

fn refuse(mut record: DomainRecord, why: &str) -> DomainRecord {
    record.answer = BorderLikeness::CannotTell;
    record.headline = format!("Can’t tell whether it is like any border: {why}.");
    record.reasons = vec![record.headline.clone()];
    record
}

/// A figure of the border in question and of the others, on the log scale.
struct Among {
    own: Estimate,
    others: Vec<f64>,
}

impl Among {
    fn of(courses: &[Course], part: impl Fn(&Course) -> Estimate) -> Self {
        Self {
            own: part(&courses[0]),
            others: courses[1..].iter().map(|one| part(one).value).collect(),
        }
    }

    /// Distances from the middle of all in their spread: the own one first.
    fn distances(&self) -> Vec<f64> {
        let all: Vec<f64> = std::iter::once(self.own.value)
            .chain(self.others.iter().copied())
            .collect();
        let middle = median(&all).unwrap_or(f64::NAN);
        let away: Vec<f64> = all.iter().map(|one| (one - middle).abs()).collect();
        let spread = median(&away).unwrap_or(f64::NAN);
        away.iter()
            .map(|one| if *one == 0.0 { 0.0 } else { one / spread })
            .collect()
    }

    /// The rank, and the interval of the others' order statistics whose coverage is at least 1 − 2·level
    /// (their whole range where none reaches it).
    fn placing(&self, level: f64, z: f64, bound: f64, span: f64) -> Placing {
        let mut sorted = self.others.clone();
        sorted.sort_by(f64::total_cmp);
        let all = (sorted.len() + 1) as f64;
        let mut k = 1;
        while 2 * (k + 1) < sorted.len()
            && (all - 2.0 * (k + 1) as f64) / all >= 1.0 - 2.0 * level - 1e-9
        {
            k += 1;
        }
        let below = sorted.iter().filter(|one| **one < self.own.value).count() as f64;
        let ties = sorted
            .iter()
            .filter(|one| one.total_cmp(&self.own.value).is_eq())
            .count() as f64;
        let middle = median(&sorted).unwrap_or(f64::NAN);
        let away = self.own.value - middle;
        let half = z * self.own.se;
        Placing {
            rank: 1.0 + below + ties / 2.0,
            of: sorted.len() as u32 + 1,
            others_median: middle.exp(),
            range: [sorted[k - 1].exp(), sorted[sorted.len() - k].exp()],
            coverage: (all - 2.0 * k as f64) / all,
            ratio: away.exp(),
            near_median: (away.abs() + half) * span <= bound,
        }
    }
}

fn answer(
    inputs: &Inputs<'_>,
    keys: &Borders,
    mut record: DomainRecord,
    courses: &[Option<Course>],
    steps: &Steps,
) -> DomainRecord {
    if courses[0].is_none() {
        let why = record.borders[0].left_out.clone().unwrap_or_default();
        return refuse(record, &format!("the border itself can’t be placed: {why}"));
    }
    let known: Vec<Course> = courses.iter().flatten().copied().collect();
    let m = known.len() - 1;
    let needed = (1.0 / keys.level - 1e-9).ceil() as usize - 1;
    if m < needed.max(2) {
        return refuse(
            record,
            &format!(
                "{m} other borders can be placed; with fewer than {} no border can be called unlike at level {}",
                needed.max(2),
                keys.level
            ),
        );
    }
    let z = normal_quantile(1.0 - keys.level / 2.0);
    let bound = inputs.spec.verdict.equivalence_ratio.ln();
    let span = step_years(inputs, steps) * steps.n as f64;
    let level = Among::of(&known, |one| one.level);
    let trend = Among::of(&known, |one| one.trend);
    let (of_level, of_trend) = (level.distances(), trend.distances());
    let far: Vec<f64> = of_level
        .iter()
        .zip(&of_trend)
        .map(|(level, trend)| level.max(*trend))
        .collect();
    let p = rank_p_value(far[0], &far[1..]);
    let level_place = level.placing(keys.level, z, bound, 1.0);
    let trend_place = trend.placing(keys.level, z, bound, span);
    let inside = |interval: Option<[f64; 2]>, place: &Placing| {
        interval.is_some_and(|[low, high]| place.range[0] <= low && high <= place.range[1])
    };
    let own = &record.borders[0];
    let (level_inside, trend_inside) = (
        inside(own.level_interval, &level_place),
        inside(own.trend_interval, &trend_place),
    );
    record.answer = if p <= keys.level + 1e-9 {
        BorderLikeness::Unlike
    } else if level_inside && trend_inside {
        BorderLikeness::LikeAnyBorder
    } else {
        BorderLikeness::CannotTell
    };
    let by_level = of_level[0] >= of_trend[0];
    let target = record.borders[0].name.clone();
    let part = if by_level { "level" } else { "trend" };
    record.headline = match record.answer {
        BorderLikeness::Unlike => format!(
            "Unlike the others: by its {part} the border with {target} lies farther from the middle than {} of {m} other borders.",
            far[1..].iter().filter(|one| **one < far[0]).count()
        ),
        BorderLikeness::LikeAnyBorder => format!(
            "Like any border: level and trend of the border with {target} lie among those of {m} others, their intervals included."
        ),
        BorderLikeness::CannotTell => format!(
            "Can’t tell whether it is like any border: the border with {target} isn’t shown to lie apart (p {}), nor does the interval of its {} lie among the others.",
            p_words(p),
            match (level_inside, trend_inside) {
                (false, false) => "level or of its trend",
                (false, true) => "level",
                _ => "trend",
            }
        ),
    };
    let mut reasons = vec![record.headline.clone()];
    reasons.push(placing_words("Level", &record, &level_place, true));
    reasons.push(placing_words(
        "Trend per year",
        &record,
        &trend_place,
        false,
    ));
    reasons.push(format!(
        "Over level and trend together {} of {m} other borders lie at least as far from the middle (p {}; with so many p can’t be below {}).",
        far[1..].iter().filter(|one| **one >= far[0]).count(),
        p_words(p),
        p_words(1.0 / (m + 1) as f64),
    ));
    record.reasons = reasons;
    record.p_value = Some(p);
    record.level = Some(level_place);
    record.trend = Some(trend_place);
    record
}

fn placing_words(what: &str, record: &DomainRecord, place: &Placing, level: bool) -> String {
    let own = &record.borders[0];
    let (value, interval) = if level {
        (own.level, own.level_interval)
    } else {
        (own.trend, own.trend_interval)
    };
    let sign = if level { "" } else { "×" };
    let words = |value: f64| format!("{sign}{}", figure(value));
    let [low, high] = interval.unwrap_or([f64::NAN; 2]);
    format!(
        "{what}: {} ({} to {}){}, rank {} of {}; the others’ median is {}, and {} to {} would hold one more border like them in {} of cases; ×{} of the median{}.",
        words(value.unwrap_or(f64::NAN)),
        words(low),
        words(high),
        if level {
            format!(" {}", record.unit)
        } else {
            String::new()
        },
        place.rank,
        place.of,
        words(place.others_median),
        words(place.range[0]),
        words(place.range[1]),
        percent(place.coverage),
        figure(place.ratio),
        if place.near_median {
            ", and equivalent to it"
        } else {
            ""
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(own: f64, others: &[f64]) -> Among {
        Among {
            own: Estimate {
                value: own,
                se: 0.1,
            },
            others: others.to_vec(),
        }
    }

    #[test]
    fn the_range_of_thirteen_others_covers_six_sevenths() {
        let others: Vec<f64> = (0..13).map(f64::from).collect();
        let place = among(20.0, &others).placing(0.1, 1.645, 0.4, 1.0);
        assert!((place.coverage - 12.0 / 14.0).abs() < 1e-12);
        assert!((place.range[0] - 1.0).abs() < 1e-12 && (place.range[1].ln() - 12.0).abs() < 1e-9);
        assert!((place.rank - 14.0).abs() < 1e-12);
        assert!(!place.near_median);
    }

    #[test]
    fn many_others_give_an_inner_interval_of_at_least_the_coverage_asked_for() {
        let others: Vec<f64> = (0..40).map(f64::from).collect();
        let place = among(19.6, &others).placing(0.1, 1.645, 0.4, 1.0);
        assert!(place.coverage >= 0.8 && place.coverage < 0.86);
        assert!(place.near_median);
    }

    #[test]
    fn the_farthest_from_the_middle_has_the_largest_distance() {
        let far = among(9.0, &[0.0, 1.0, 2.0, 3.0]).distances();
        assert!(far[1..].iter().all(|one| *one < far[0]));
        let same = among(1.0, &[1.0, 1.0, 1.0]).distances();
        assert!(same.iter().all(|one| *one == 0.0));
    }
}
