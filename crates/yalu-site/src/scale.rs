//! Scales from figures to places on a chart, and their ticks.

/// How figures are spaced along a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Linear,
    Log,
    /// By the square root, which keeps zero at the end and shows small counts beside spikes.
    Root,
}

/// A scale.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    domain: (f64, f64),
    range: (f64, f64),
    spacing: Spacing,
}

impl Scale {
    pub(crate) fn linear(domain: (f64, f64), range: (f64, f64)) -> Self {
        let domain = if domain.1 > domain.0 {
            domain
        } else {
            (domain.0, domain.0 + 1.0)
        };
        Self {
            domain,
            range,
            spacing: Spacing::Linear,
        }
    }

    /// The ends of `domain` must be above zero; where they aren't the scale runs from 0.1 to 10.
    pub(crate) fn log(domain: (f64, f64), range: (f64, f64)) -> Self {
        let sound = domain.0 > 0.0 && domain.1 > domain.0 && domain.1.is_finite();
        Self {
            domain: if sound { domain } else { (0.1, 10.0) },
            range,
            spacing: Spacing::Log,
        }
    }

    /// A square-root scale from zero.
    pub(crate) fn root(high: f64, range: (f64, f64)) -> Self {
        let high = if high > 0.0 && high.is_finite() {
            high
        } else {
            1.0
        };
        Self {
            domain: (0.0, high),
            range,
            spacing: Spacing::Root,
        }
    }

    /// The place of a figure; beyond the ends it stays at the end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let (low, high) = self.domain;
        let value = value.clamp(low, high);
        let spaced = |value: f64| match self.spacing {
            Spacing::Linear => value,
            Spacing::Log => value.ln(),
            Spacing::Root => value.sqrt(),
        };
        let share = (spaced(value) - spaced(low)) / (spaced(high) - spaced(low));
        self.range.0 + share * (self.range.1 - self.range.0)
    }

    /// Whether a figure lies within the ends.
    pub(crate) fn holds(&self, value: f64) -> bool {
        value >= self.domain.0 && value <= self.domain.1
    }

    /// About `n` round ticks within the domain.
    pub(crate) fn ticks(&self, n: usize) -> Vec<f64> {
        match self.spacing {
            Spacing::Linear => linear_ticks(self.domain, n),
            Spacing::Log => log_ticks(self.domain, n),
            Spacing::Root => root_ticks(self.domain.1, n),
        }
    }
}

/// A step of 1, 2 or 5 times a power of ten that cuts `span` into about `n`.
fn round_step(span: f64, n: usize) -> f64 {
    let raw = span / n.max(1) as f64;
    let power = 10f64.powi(raw.log10().floor() as i32);
    let share = raw / power;
    let step = if share < 1.5 {
        1.0
    } else if share < 3.5 {
        2.0
    } else if share < 7.5 {
        5.0
    } else {
        10.0
    };
    step * power
}

fn linear_ticks((low, high): (f64, f64), n: usize) -> Vec<f64> {
    let span = high - low;
    if !(span > 0.0 && span.is_finite()) {
        return vec![low];
    }
    let step = round_step(span, n);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|idx| idx as f64 * step).collect()
}

fn log_ticks((low, high): (f64, f64), n: usize) -> Vec<f64> {
    let all = |steps: &[f64]| -> Vec<f64> {
        let first = low.log10().floor() as i32;
        let last = high.log10().ceil() as i32;
        (first..=last)
            .flat_map(|power| steps.iter().map(move |step| step * 10f64.powi(power)))
            .filter(|tick| *tick >= low * 0.999 && *tick <= high * 1.001)
            .collect()
    };
    let candidates: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
    for steps in candidates {
        let ticks = all(steps);
        if ticks.len() <= n + 1 {
            return ticks;
        }
    }
    let ticks = all(&[1.0]);
    let every = ticks.len().div_ceil(n.max(1)).max(1);
    ticks.into_iter().step_by(every).collect()
}

/// Zero, the top, and figures of 1, 2 or 5 times a power of ten that stand far enough apart.
fn root_ticks(high: f64, n: usize) -> Vec<f64> {
    let gap = high.sqrt() / (n as f64 + 4.0);
    let top_power = high.log10().ceil() as i32;
    let mut ticks = vec![high];
    let mut last = high.sqrt();
    for power in (top_power - 4..=top_power).rev() {
        for step in [5.0, 2.0, 1.0] {
            let tick = step * 10f64.powi(power);
            let place = tick.sqrt();
            if place >= gap && last - place >= gap {
                ticks.push(tick);
                last = place;
            }
        }
    }
    ticks.push(0.0);
    ticks.reverse();
    ticks
}

/// The smallest round figure that is no less than `value`, for the top of an axis from zero.
pub(crate) fn round_up(value: f64, n_ticks: usize) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return 1.0;
    }
    let step = round_step(value, n_ticks);
    (value / step - 1e-9).ceil() * step
}

/// A tick's label: as many decimals as the step between ticks needs.
pub(crate) fn tick_label(value: f64, ticks: &[f64]) -> String {
    let step = ticks
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(f64::INFINITY, f64::min);
    let digits = if step.is_finite() && step > 0.0 {
        (-(step.log10() + 1e-9).floor()).clamp(0.0, 6.0) as usize
    } else {
        0
    };
    let text = format!("{:.digits$}", value.abs());
    let text = if digits == 0 {
        crate::format::exact(value.abs().round())
    } else {
        text
    };
    if value < -1e-12 {
        format!("−{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn linear_scale_maps_ends_to_ends() {
        let scale = Scale::linear((0.0, 10.0), (100.0, 0.0));
        assert!(near(scale.at(0.0), 100.0));
        assert!(near(scale.at(10.0), 0.0));
        assert!(near(scale.at(2.5), 75.0));
        assert!(near(scale.at(99.0), 0.0), "beyond the end stays at the end");
    }

    #[test]
    fn log_scale_puts_one_in_the_middle_of_its_inverses() {
        let scale = Scale::log((0.1, 10.0), (0.0, 200.0));
        assert!(near(scale.at(1.0), 100.0));
    }

    #[test]
    fn a_constant_series_has_a_scale() {
        let scale = Scale::linear((3.0, 3.0), (0.0, 10.0));
        assert!(scale.at(3.0).is_finite());
        assert!(Scale::log((0.0, 0.0), (0.0, 1.0)).at(1.0).is_finite());
    }

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(
            linear_ticks((0.0, 100.0), 5),
            vec![0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
        );
        assert_eq!(linear_ticks((-1.0, 1.0), 4).len(), 5);
        assert_eq!(log_ticks((0.4, 6.0), 6), vec![0.5, 1.0, 2.0, 5.0]);
        assert_eq!(
            log_ticks((0.01, 1000.0), 6),
            vec![0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]
        );
    }

    #[test]
    fn root_scale_keeps_zero_and_gives_small_figures_room() {
        let scale = Scale::root(400.0, (0.0, 100.0));
        assert!(near(scale.at(0.0), 0.0));
        assert!(near(scale.at(100.0), 50.0));
        assert_eq!(
            scale.ticks(5),
            vec![0.0, 5.0, 20.0, 50.0, 100.0, 200.0, 400.0]
        );
    }

    #[test]
    fn tops_are_round() {
        assert!(near(round_up(147.0, 4), 150.0));
        assert!(near(round_up(0.0, 4), 1.0));
    }

    #[test]
    fn labels_have_the_decimals_that_the_step_needs() {
        let ticks = [0.0, 0.5, 1.0];
        assert_eq!(tick_label(0.5, &ticks), "0.5");
        assert_eq!(tick_label(-0.5, &ticks), "−0.5");
        assert_eq!(tick_label(2000.0, &[0.0, 1000.0, 2000.0]), "2,000");
    }
}
