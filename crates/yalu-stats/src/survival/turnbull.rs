//! The law of durations that are known within bounds only.

use super::SurvivalError;

/// What is known of one duration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum KnownDuration {
    /// Exactly this.
    At(f64),
    /// Within these two, both of which it may be.
    Between {
        /// The least.
        low: f64,
        /// The greatest.
        high: f64,
    },
    /// After the first and not after the second: seen not to have happened, then to have happened.
    /// This is what R's `interval2` means.
    SeenBetween {
        /// When it hadn't happened.
        after: f64,
        /// When it had.
        by: f64,
    },
    /// After this: it hadn't happened then, and no more is known.
    After(f64),
}

/// A stretch of time that holds a mass; where in it the mass lies isn't determined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MassRegion {
    /// Its beginning.
    pub low: f64,
    /// Its end; none where it has none.
    pub high: Option<f64>,
    /// Whether `low` itself is left out.
    pub low_open: bool,
    /// The share of durations in it.
    pub mass: f64,
}

/// Between what a quantile lies, as far as the estimate tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileBounds {
    /// Not before this.
    pub low: f64,
    /// Not after this; none where no time is known by which the share had the event.
    pub high: Option<f64>,
}

/// The maximum-likelihood estimate of a law from bounded durations.
#[derive(Debug, Clone, PartialEq)]
pub struct Turnbull {
    /// The stretches with a mass, by time. Elsewhere there is none.
    pub regions: Vec<MassRegion>,
    /// The maximum of the log-likelihood.
    pub log_likelihood: f64,
    /// How far it may be below the maximum, at most.
    pub gap: f64,
    /// How many iterations it took.
    pub iterations: usize,
}

/// The iterations after which the maximum counts as out of reach.
const MOST_ITERATIONS: usize = 200_000;
/// How far the log-likelihood may be from its maximum, for each subject.
const GAP: f64 = 1e-11;
/// Halvings of the step of an exchange.
const HALVINGS: usize = 60;
/// A gradient within this share of n is taken to be at its bound.
const AT_BOUND: f64 = 1e-6;
/// A mass below this, where the gradient says that there should be none, is none.
const NO_MASS: f64 = 1e-7;

/// The nonparametric maximum-likelihood estimate from durations within bounds.
///
/// Only stretches from a beginning to the next end can hold a mass; the masses maximise
/// Σ log Σⱼ αᵢⱼ pⱼ. Each iteration makes a step of self-consistency (EM), then moves mass from the
/// worst stretch to the best as far as that helps (vertex exchange). It stops by the conditions of
/// Karush, Kuhn and Tucker: with gradients dⱼ = Σ αᵢⱼ/Pᵢ, the log-likelihood is at most max dⱼ − n
/// below its maximum.
///
/// The masses are the only ones that fit best: each stretch ends where some subject's bounds end, so
/// that it is the last of that subject's run, the matrix α has full column rank, and the
/// log-likelihood is strictly concave. Where within its stretch a mass lies is not determined.
///
/// There are no intervals: no simple law is known for them. With exact and right-censored durations
/// only, this is the Kaplan-Meier estimate.
///
/// # Errors
/// [`SurvivalError`] for no subjects, bounds that hold no duration, or a maximum that wasn't reached.
///
/// # Source
/// Peto (1973), Applied Statistics 22, 86–91; Turnbull (1976), Journal of the Royal Statistical
/// Society B 38, 290–295; Gentleman and Geyer (1994), Biometrika 81, 618–623
/// (conditions); Böhning, Schlattmann and Dietz (1996), Biometrika 83, 462–466 (vertex exchange).
pub fn turnbull(known: &[KnownDuration]) -> Result<Turnbull, SurvivalError> {
    if known.is_empty() {
        return Err(SurvivalError::NoSubjects);
    }
    let spans = known
        .iter()
        .enumerate()
        .map(|(place, one)| Span::new(place, *one))
        .collect::<Result<Vec<_>, _>>()?;
    let stretches = stretches(&spans);
    let mut model = Model::new(&spans, &stretches);
    let (iterations, gap) = model.maximise()?;
    model.clear_traces();
    let regions = stretches
        .iter()
        .zip(&model.mass)
        .filter(|(_, mass)| **mass > 0.0)
        .map(|(stretch, &mass)| MassRegion {
            low: stretch.start.0,
            high: Some(stretch.end.0).filter(|end| end.is_finite()),
            low_open: stretch.start.1 == OPEN_START,
            mass,
        })
        .collect();
    Ok(Turnbull {
        regions,
        log_likelihood: model.fitted.iter().map(|p| p.ln()).sum(),
        gap,
        iterations,
    })
}

/// At one time, what begins with it comes first, then what ends with it, then what begins after it.
type Mark = (f64, u8);
const CLOSED_START: u8 = 0;
const END: u8 = 1;
const OPEN_START: u8 = 2;

fn before(a: Mark, b: Mark) -> bool {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).is_le()
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    start: Mark,
    end: Mark,
}

impl Span {
    fn new(place: usize, known: KnownDuration) -> Result<Self, SurvivalError> {
        let (start, end) = match known {
            KnownDuration::At(time) => ((time, CLOSED_START), time),
            KnownDuration::Between { low, high } => ((low, CLOSED_START), high),
            KnownDuration::SeenBetween { after, by } => ((after, OPEN_START), by),
            KnownDuration::After(time) => ((time, OPEN_START), f64::INFINITY),
        };
        let low = start.0 + 0.0;
        if !low.is_finite() || low < 0.0 {
            return Err(SurvivalError::Duration { place, value: low });
        }
        let last = matches!(known, KnownDuration::After(_)) || end.is_finite();
        let holds_one = end > low || (end >= low && start.1 == CLOSED_START);
        if !last || !holds_one {
            return Err(SurvivalError::Bounds {
                place,
                low,
                high: end,
            });
        }
        Ok(Self {
            start: (low, start.1),
            end: (end + 0.0, END),
        })
    }
}

/// The stretches that can hold a mass: from a beginning to an end with nothing between them.
fn stretches(spans: &[Span]) -> Vec<Span> {
    let mut marks: Vec<Mark> = spans
        .iter()
        .flat_map(|span| [span.start, span.end])
        .collect();
    marks.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    marks.dedup();
    marks
        .windows(2)
        .filter(|pair| pair[0].1 != END && pair[1].1 == END)
        .map(|pair| Span {
            start: pair[0],
            end: pair[1],
        })
        .collect()
}

/// The likelihood and where it stands.
struct Model {
    /// For each subject, the half-open run of stretches within its bounds.
    runs: Vec<(usize, usize)>,
    mass: Vec<f64>,
    /// Each subject's probability.
    fitted: Vec<f64>,
    /// Each stretch's gradient.
    gradient: Vec<f64>,
}

impl Model {
    fn new(spans: &[Span], stretches: &[Span]) -> Self {
        let runs = spans
            .iter()
            .map(|span| {
                let first = stretches.partition_point(|one| !before(span.start, one.start));
                let past = stretches.partition_point(|one| before(one.end, span.end));
                (first, past)
            })
            .collect();
        let m = stretches.len();
        let mut model = Self {
            runs,
            mass: vec![1.0 / m as f64; m],
            fitted: vec![0.0; spans.len()],
            gradient: vec![0.0; m],
        };
        model.evaluate();
        model
    }

    fn evaluate(&mut self) {
        self.gradient.fill(0.0);
        for (fitted, &(first, past)) in self.fitted.iter_mut().zip(&self.runs) {
            *fitted = self.mass[first..past].iter().sum();
            for gradient in &mut self.gradient[first..past] {
                *gradient += fitted.recip();
            }
        }
    }

    fn maximise(&mut self) -> Result<(usize, f64), SurvivalError> {
        let n = self.fitted.len() as f64;
        let mut gap = f64::INFINITY;
        for iteration in 0..MOST_ITERATIONS {
            gap = self.gradient.iter().copied().fold(0.0, f64::max) - n;
            if gap <= GAP * n {
                return Ok((iteration, gap.max(0.0)));
            }
            for (mass, gradient) in self.mass.iter_mut().zip(&self.gradient) {
                *mass *= gradient / n;
            }
            self.evaluate();
            self.exchange();
        }
        Err(SurvivalError::NotConverged {
            iterations: MOST_ITERATIONS,
            gap,
        })
    }

    /// Moves mass from the stretch with the least gradient to that with the greatest.
    fn exchange(&mut self) {
        let rank = |a: &usize, b: &usize| self.gradient[*a].total_cmp(&self.gradient[*b]);
        let all = 0..self.mass.len();
        let worst = all.clone().filter(|&j| self.mass[j] > 0.0).min_by(rank);
        let Some((worst, best)) = worst.zip(all.max_by(rank)) else {
            return;
        };
        if worst == best {
            return;
        }
        // The subjects that gain or lose; the derivative falls as more is moved.
        let moved: Vec<(f64, f64)> = self
            .runs
            .iter()
            .zip(&self.fitted)
            .filter_map(|(&(first, past), &fitted)| {
                let holds = |j: usize| f64::from(u8::from(first <= j && j < past));
                let sign = holds(best) - holds(worst);
                (sign != 0.0).then_some((sign, fitted))
            })
            .collect();
        let slope = |step: f64| -> f64 { moved.iter().map(|(s, p)| s / (p + s * step)).sum() };
        let (mut low, mut high) = (0.0, self.mass[worst]);
        let stays = moved.iter().all(|(s, p)| p + s * high > 1e-300);
        if stays && slope(high) >= 0.0 {
            low = high;
        } else {
            for _ in 0..HALVINGS {
                let middle = f64::midpoint(low, high);
                if slope(middle) > 0.0 {
                    low = middle;
                } else {
                    high = middle;
                }
            }
        }
        self.mass[best] += low;
        self.mass[worst] = if low >= self.mass[worst] {
            0.0
        } else {
            self.mass[worst] - low
        };
        self.evaluate();
    }

    /// Takes away traces of mass where the maximum has none.
    fn clear_traces(&mut self) {
        let n = self.fitted.len() as f64;
        let trace =
            |(mass, gradient): (&f64, &f64)| *mass < NO_MASS && *gradient < n * (1.0 - AT_BOUND);
        let traces: Vec<bool> = self.mass.iter().zip(&self.gradient).map(trace).collect();
        for (mass, trace) in self.mass.iter_mut().zip(traces) {
            if trace {
                *mass = 0.0;
            }
        }
        let sum: f64 = self.mass.iter().sum();
        self.mass.iter_mut().for_each(|mass| *mass /= sum);
        self.evaluate();
    }
}

impl Turnbull {
    /// The least and the greatest share that may still wait after `time`.
    pub fn survival_bounds(&self, time: f64) -> (f64, f64) {
        let mass = |keep: &dyn Fn(&MassRegion) -> bool| -> f64 {
            let kept = self.regions.iter().filter(|region| keep(region));
            kept.map(|region| region.mass).sum::<f64>().min(1.0)
        };
        let surely_after =
            mass(&|region| region.low > time || (region.low >= time && region.low_open));
        let maybe_after = mass(&|region| region.high.is_none_or(|high| high > time));
        (surely_after, maybe_after)
    }

    /// Between what the time lies by which a share has had the event.
    ///
    /// # Errors
    /// [`SurvivalError::Share`] where `share` isn't between 0 and 1.
    pub fn quantile_bounds(&self, share: f64) -> Result<QuantileBounds, SurvivalError> {
        if !(share > 0.0 && share < 1.0) {
            return Err(SurvivalError::Share { got: share });
        }
        let mut sum = 0.0;
        let reached = self.regions.iter().find(|region| {
            sum += region.mass;
            sum >= share - 1e-9
        });
        // The masses sum to 1, so that some region is the one.
        let region = reached.or(self.regions.last());
        Ok(QuantileBounds {
            low: region.map_or(0.0, |region| region.low),
            high: region.and_then(|region| region.high),
        })
    }
}
