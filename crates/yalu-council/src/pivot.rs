//! The pivot: the smallest change of one actor's value that carries the outcome across a threshold.

use crate::council::{Attribute, Council};

/// A value that would turn the outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pivot {
    /// Whose.
    pub actor: usize,
    /// Which value.
    pub attribute: Attribute,
    /// What it is now.
    pub from: f64,
    /// The nearest value at which the outcome stands on the other side of the threshold; none where
    /// no value within reach does it.
    pub to: Option<f64>,
    /// The outcome there.
    pub outcome: Option<f64>,
}

/// What is asked: which issue, and across which outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PivotOptions {
    /// The issue whose outcome must cross, and on which position and salience are changed.
    pub issue: usize,
    /// The outcome to cross, in the issue's units. An outcome at the threshold counts as above it.
    pub threshold: f64,
    /// How many values are tried on either side of the present one.
    pub steps: usize,
    /// How far a capability is tried: up to this many times the greatest of the council.
    pub capability_reach: f64,
}

impl PivotOptions {
    /// 100 values a side, capabilities up to ten times the greatest.
    pub fn new(issue: usize, threshold: f64) -> Self {
        Self {
            issue,
            threshold,
            steps: 100,
            capability_reach: 10.0,
        }
    }
}

/// How often the first step that turns the outcome is halved.
const HALVINGS: usize = 40;

/// Finds the pivot of one actor's value.
///
/// `outcome` runs a model and gives the issue's outcome, or nothing where the changed council has
/// none. The present value's neighbourhood is tried in equal steps outward on both sides as far as
/// the value can go (position: the scale; salience: 0 to 1; capability: 0 to the reach); the first
/// step that crosses is narrowed by halving. Outcomes of models with rounds can jump to and fro, so
/// that a crossing narrower than a step can be missed; one that is returned was seen to cross.
///
/// # Errors
/// What `outcome` returns.
///
/// # Panics
/// Where there is no such actor or issue.
pub fn pivot<E>(
    council: &Council,
    actor: usize,
    attribute: Attribute,
    options: &PivotOptions,
    mut outcome: impl FnMut(&Council) -> Result<Option<f64>, E>,
) -> Result<Option<Pivot>, E> {
    let PivotOptions {
        issue,
        threshold,
        steps,
        ..
    } = *options;
    let Some(from) = council.value(actor, issue, attribute) else {
        return Ok(None);
    };
    let Some(now) = outcome(council)? else {
        return Ok(None);
    };
    let above = now >= threshold;
    let mut turned_at = |value: f64| -> Result<Option<f64>, E> {
        let Ok(changed) = council.with(actor, issue, attribute, value) else {
            return Ok(None);
        };
        Ok(outcome(&changed)?.filter(|o| (*o >= threshold) != above))
    };
    let (least, most) = reach(council, attribute, options);
    let mut best: Option<(f64, f64)> = None;
    for end in [least, most] {
        let mut before = from;
        for step in 1..=steps {
            let value = from + (end - from) * step as f64 / steps as f64;
            if best.is_some_and(|(to, _)| (to - from).abs() <= (before - from).abs()) {
                break;
            }
            if let Some(there) = turned_at(value)? {
                let found = narrow(before, value, there, &mut turned_at)?;
                if best.is_none_or(|(to, _)| (found.0 - from).abs() < (to - from).abs()) {
                    best = Some(found);
                }
                break;
            }
            before = value;
        }
    }
    let (to, outcome) = best.unzip();
    Ok(Some(Pivot {
        actor,
        attribute,
        from,
        to,
        outcome,
    }))
}

/// How far a value can go.
fn reach(council: &Council, attribute: Attribute, options: &PivotOptions) -> (f64, f64) {
    match attribute {
        Attribute::Position => {
            let issue = &council.issues()[options.issue];
            (issue.low, issue.high)
        }
        Attribute::Salience => (0.0, 1.0),
        Attribute::Capability => {
            let capabilities = council.on(options.issue).capabilities;
            let greatest = capabilities.iter().copied().fold(0.0, f64::max);
            (0.0, options.capability_reach * greatest)
        }
    }
}

/// Halves the step between a value that doesn't turn the outcome and one that does.
fn narrow<E>(
    mut still: f64,
    mut turned: f64,
    mut outcome: f64,
    turned_at: &mut impl FnMut(f64) -> Result<Option<f64>, E>,
) -> Result<(f64, f64), E> {
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(still, turned);
        match turned_at(middle)? {
            Some(there) => (turned, outcome) = (middle, there),
            None => still = middle,
        }
    }
    Ok((turned, outcome))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compromise::{weighted_mean, weighted_median};
    use crate::council::{Actor, Issue, Stake};

    fn council() -> Council {
        let issue = Issue {
            id: "tariff".into(),
            low: 0.0,
            high: 100.0,
            status_quo: None,
        };
        let actor = |id: &str, capability, position, salience| Actor {
            id: id.into(),
            capability,
            stakes: vec![Some(Stake {
                position,
                salience,
                capability: None,
            })],
            veto: false,
            risk: None,
        };
        let actors = vec![
            actor("a", 2.0, 20.0, 1.0),
            actor("b", 1.0, 80.0, 0.5),
            actor("c", 1.0, 50.0, 0.5),
        ];
        Council::new(vec![issue], actors).unwrap()
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the search asks for outcomes that may fail"
    )]
    fn mean(council: &Council) -> Result<Option<f64>, ()> {
        Ok(Some(weighted_mean(&council.on(0))))
    }

    #[test]
    fn the_pivots_of_a_mean_are_those_of_its_equation() {
        // Weights 2, ½, ½: the mean is (40 + 40 + 25)/3 = 35. For 40, a must go to 27.5, b would
        // have to go to 110, which is off the scale; a's weight must fall to w in
        // (20w + 65)/(w + 1) = 40, w = 1.25: salience 0.625 or capability 1.25.
        let council = council();
        let options = PivotOptions::new(0, 40.0);
        let find = |actor, attribute| {
            pivot(&council, actor, attribute, &options, mean)
                .unwrap()
                .unwrap()
        };
        let near =
            |pivot: Pivot, to: f64| assert!((pivot.to.unwrap() - to).abs() < 1e-9, "{pivot:?}");
        near(find(0, Attribute::Position), 27.5);
        near(find(0, Attribute::Salience), 0.625);
        near(find(0, Attribute::Capability), 1.25);
        assert_eq!(find(1, Attribute::Position).to, None);
        // b: (65 + 80w)/(2.5 + w) = 40 at w = 0.875, beyond a salience of... 0.875 of 1.
        near(find(1, Attribute::Salience), 0.875);
        near(find(1, Attribute::Capability), 1.75);
    }

    #[test]
    fn a_median_turns_at_a_jump_and_the_value_returned_crosses() {
        let council = council();
        let median = |council: &Council| Ok::<_, ()>(Some(weighted_median(&council.on(0))));
        let options = PivotOptions::new(0, 50.0);
        let found = pivot(&council, 0, Attribute::Capability, &options, median)
            .unwrap()
            .unwrap();
        // With weight below 1 = ½ + ½ a has no half of the total any more.
        assert!((found.to.unwrap() - 1.0).abs() < 1e-9);
        assert!((found.outcome.unwrap() - 50.0).abs() < 1e-12);
    }

    #[test]
    fn a_value_that_turns_nothing_has_no_pivot() {
        let council = council();
        let options = PivotOptions::new(0, 95.0);
        let found = pivot(&council, 2, Attribute::Salience, &options, mean)
            .unwrap()
            .unwrap();
        assert_eq!((found.to, found.outcome), (None, None));
    }
}
