//! The council: issues with their scales, actors with what they want, can do and care about.
//!
//! Every model of this crate reads a [`Council`], whose numbers are points. Ranges and codings of
//! several experts become points by a draw.

use thiserror::Error;

/// A question that is decided, as a line from one end to the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// Its short name, unique in the council.
    pub id: String,
    /// The position at one end of the line, in the issue's own units.
    pub low: f64,
    /// The position at the other end; greater than `low`.
    pub high: f64,
    /// Where the policy stands if nothing is decided (the reference point), where it is known.
    pub status_quo: Option<f64>,
}

impl Issue {
    /// The length of the scale, in the issue's units.
    pub fn range(&self) -> f64 {
        self.high - self.low
    }
}

/// What one actor wants on one issue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stake {
    /// The outcome it works for, in the issue's units.
    pub position: f64,
    /// How much of what it has it would spend on this issue, in [0, 1].
    pub salience: f64,
    /// Its capability on this issue, where that differs from its capability at large.
    pub capability: Option<f64>,
}

/// One who has a say.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    /// Its short name, unique in the council.
    pub id: String,
    /// What it could bring to bear on the others; not negative, in any unit that all share.
    pub capability: f64,
    /// Its stake in each issue, in the order of the council's issues; none where it takes no part.
    pub stakes: Vec<Option<Stake>>,
    /// Whether nothing is decided against it.
    pub veto: bool,
    /// Its attitude to risk, for the models that take one: the exponent `r` of the challenge model,
    /// from 0.5 (averse) to 2 (acceptant). None lets the model infer it.
    pub risk: Option<f64>,
}

/// Which value of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attribute {
    /// Its position on an issue.
    Position,
    /// Its salience on an issue.
    Salience,
    /// Its capability.
    Capability,
}

/// Issues and actors that fit together.
#[derive(Debug, Clone, PartialEq)]
pub struct Council {
    issues: Vec<Issue>,
    actors: Vec<Actor>,
}

/// What is wrong with a council.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CouncilError {
    /// There is nothing to decide.
    #[error("the council has no issue")]
    NoIssue,
    /// Nobody decides.
    #[error("the council has no actor")]
    NoActor,
    /// Two issues have one name.
    #[error("issue {id:?} stands twice: {first} and {second}")]
    DuplicateIssue {
        /// The name.
        id: String,
        /// Index of the first.
        first: usize,
        /// Index of the second.
        second: usize,
    },
    /// Two actors have one name.
    #[error("actor {id:?} stands twice: {first} and {second}")]
    DuplicateActor {
        /// The name.
        id: String,
        /// Index of the first.
        first: usize,
        /// Index of the second.
        second: usize,
    },
    /// A scale has no length, or runs backwards.
    #[error("the scale of issue {issue:?} runs from {low} to {high}")]
    EmptyScale {
        /// The issue.
        issue: String,
        /// Its low end.
        low: f64,
        /// Its high end.
        high: f64,
    },
    /// A status quo lies off its scale.
    #[error("the status quo of issue {issue:?} is {value}, off its scale {low} to {high}")]
    StatusQuoOffScale {
        /// The issue.
        issue: String,
        /// The status quo.
        value: f64,
        /// The scale's low end.
        low: f64,
        /// The scale's high end.
        high: f64,
    },
    /// An actor has another number of stakes than there are issues.
    #[error("actor {actor:?} has {got} stakes for {issues} issues")]
    Stakes {
        /// The actor.
        actor: String,
        /// Its stakes.
        got: usize,
        /// The issues.
        issues: usize,
    },
    /// A position lies off its scale.
    #[error("actor {actor:?} has position {value} on {issue:?}, off its scale {low} to {high}")]
    PositionOffScale {
        /// The actor.
        actor: String,
        /// The issue.
        issue: String,
        /// The position.
        value: f64,
        /// The scale's low end.
        low: f64,
        /// The scale's high end.
        high: f64,
    },
    /// A salience lies outside [0, 1].
    #[error("actor {actor:?} has salience {value} on {issue:?}, outside 0 to 1")]
    Salience {
        /// The actor.
        actor: String,
        /// The issue.
        issue: String,
        /// The salience.
        value: f64,
    },
    /// A capability is negative or no number.
    #[error("actor {actor:?} has capability {value}")]
    Capability {
        /// The actor.
        actor: String,
        /// The capability.
        value: f64,
    },
    /// A risk exponent is no positive number.
    #[error("actor {actor:?} has risk exponent {value}")]
    Risk {
        /// The actor.
        actor: String,
        /// The exponent.
        value: f64,
    },
    /// Nobody has any weight on an issue.
    #[error("no actor has both capability and salience on issue {issue:?}")]
    NoWeight {
        /// The issue.
        issue: String,
    },
}

impl Council {
    /// Puts issues and actors together.
    ///
    /// # Errors
    /// [`CouncilError`] names the first thing that doesn't fit.
    pub fn new(issues: Vec<Issue>, actors: Vec<Actor>) -> Result<Self, CouncilError> {
        if issues.is_empty() {
            return Err(CouncilError::NoIssue);
        }
        if actors.is_empty() {
            return Err(CouncilError::NoActor);
        }
        for (second, issue) in issues.iter().enumerate() {
            check_issue(issue)?;
            if let Some(first) = issues[..second].iter().position(|i| i.id == issue.id) {
                let id = issue.id.clone();
                return Err(CouncilError::DuplicateIssue { id, first, second });
            }
        }
        for (second, actor) in actors.iter().enumerate() {
            if let Some(first) = actors[..second].iter().position(|a| a.id == actor.id) {
                let id = actor.id.clone();
                return Err(CouncilError::DuplicateActor { id, first, second });
            }
            check_actor(actor, &issues)?;
        }
        let council = Self { issues, actors };
        for k in 0..council.issues.len() {
            let weight: f64 = council.on(k).weights().iter().sum();
            if weight <= 0.0 {
                let issue = council.issues[k].id.clone();
                return Err(CouncilError::NoWeight { issue });
            }
        }
        Ok(council)
    }

    /// The issues, in order.
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// The actors, in order.
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// An actor's value on an issue; nothing where it has no stake in it. A capability is the one that
    /// counts on the issue.
    ///
    /// # Panics
    /// Where there is no such actor or issue.
    pub fn value(&self, actor: usize, issue: usize, attribute: Attribute) -> Option<f64> {
        let actor = &self.actors[actor];
        let stake = actor.stakes[issue]?;
        Some(match attribute {
            Attribute::Position => stake.position,
            Attribute::Salience => stake.salience,
            Attribute::Capability => stake.capability.unwrap_or(actor.capability),
        })
    }

    /// The council with one value changed. A capability changes where it counts on the issue: at
    /// large, unless the actor has one for this issue.
    ///
    /// # Errors
    /// [`CouncilError`] where the value can't be, or leaves nobody with a say. A stake that the actor
    /// doesn't have isn't changed.
    ///
    /// # Panics
    /// Where there is no such actor or issue.
    pub fn with(
        &self,
        actor: usize,
        issue: usize,
        attribute: Attribute,
        value: f64,
    ) -> Result<Self, CouncilError> {
        let mut changed = self.clone();
        let Actor {
            capability, stakes, ..
        } = &mut changed.actors[actor];
        if let Some(stake) = &mut stakes[issue] {
            match attribute {
                Attribute::Position => stake.position = value,
                Attribute::Salience => stake.salience = value,
                Attribute::Capability => *stake.capability.as_mut().unwrap_or(capability) = value,
            }
        }
        Self::new(changed.issues, changed.actors)
    }

    /// The council with every capability multiplied by `factor`.
    ///
    /// # Errors
    /// [`CouncilError::Capability`] where one would be negative or no number.
    pub fn scaled(&self, factor: f64) -> Result<Self, CouncilError> {
        let mut scaled = self.clone();
        for actor in &mut scaled.actors {
            actor.capability *= factor;
            for stake in actor.stakes.iter_mut().flatten() {
                stake.capability = stake.capability.map(|capability| capability * factor);
            }
        }
        Self::new(scaled.issues, scaled.actors)
    }

    /// A council of all its actors that decides one issue only; those without a stake in it keep none.
    ///
    /// # Errors
    /// Never for an issue of this council; [`CouncilError`] all the same, since a council is made.
    ///
    /// # Panics
    /// Where there is no such issue.
    pub fn alone(&self, issue: usize) -> Result<Self, CouncilError> {
        let actors = self.actors.iter().map(|actor| Actor {
            stakes: vec![actor.stakes[issue]],
            ..actor.clone()
        });
        Self::new(vec![self.issues[issue].clone()], actors.collect())
    }

    /// The council on one issue alone: those who take part, and what they bring.
    ///
    /// # Panics
    /// Where there is no such issue.
    pub fn on(&self, issue: usize) -> Bench {
        let Issue {
            low,
            high,
            status_quo,
            ..
        } = self.issues[issue];
        let mut bench = Bench {
            low,
            high,
            status_quo,
            ..Bench::default()
        };
        for (index, actor) in self.actors.iter().enumerate() {
            if let Some(stake) = actor.stakes[issue] {
                bench.actors.push(index);
                bench.positions.push(stake.position);
                bench.saliences.push(stake.salience);
                bench
                    .capabilities
                    .push(stake.capability.unwrap_or(actor.capability));
                bench.vetoes.push(actor.veto);
                bench.risks.push(actor.risk);
            }
        }
        bench
    }
}

/// Those who take part in one issue, column by column; all columns have one length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bench {
    /// The scale's low end.
    pub low: f64,
    /// The scale's high end.
    pub high: f64,
    /// Where the policy stands if nothing is decided.
    pub status_quo: Option<f64>,
    /// Which of the council's actors each is.
    pub actors: Vec<usize>,
    /// Positions, in the issue's units.
    pub positions: Vec<f64>,
    /// Saliences, in [0, 1].
    pub saliences: Vec<f64>,
    /// Capabilities on this issue.
    pub capabilities: Vec<f64>,
    /// Who has a veto.
    pub vetoes: Vec<bool>,
    /// Attitudes to risk that were given.
    pub risks: Vec<Option<f64>>,
}

impl Bench {
    /// How many take part.
    pub fn len(&self) -> usize {
        self.actors.len()
    }

    /// Whether nobody takes part.
    pub fn is_empty(&self) -> bool {
        self.actors.is_empty()
    }

    /// Capability times salience, each actor's weight on the issue.
    pub fn weights(&self) -> Vec<f64> {
        self.capabilities
            .iter()
            .zip(&self.saliences)
            .map(|(c, s)| c * s)
            .collect()
    }
}

fn check_issue(issue: &Issue) -> Result<(), CouncilError> {
    let Issue { low, high, .. } = *issue;
    // Written so that a value that is no number fails too.
    if !(low.is_finite() && high.is_finite() && low < high) {
        return Err(CouncilError::EmptyScale {
            issue: issue.id.clone(),
            low,
            high,
        });
    }
    if let Some(value) = issue.status_quo
        && !(low..=high).contains(&value)
    {
        let issue = issue.id.clone();
        return Err(CouncilError::StatusQuoOffScale {
            issue,
            value,
            low,
            high,
        });
    }
    Ok(())
}

fn check_actor(actor: &Actor, issues: &[Issue]) -> Result<(), CouncilError> {
    let name = || actor.id.clone();
    if actor.stakes.len() != issues.len() {
        let (got, issues) = (actor.stakes.len(), issues.len());
        return Err(CouncilError::Stakes {
            actor: name(),
            got,
            issues,
        });
    }
    let capabilities = actor.stakes.iter().flatten().filter_map(|s| s.capability);
    for value in std::iter::once(actor.capability).chain(capabilities) {
        if !(value.is_finite() && value >= 0.0) {
            return Err(CouncilError::Capability {
                actor: name(),
                value,
            });
        }
    }
    if let Some(value) = actor.risk
        && !(value.is_finite() && value > 0.0)
    {
        return Err(CouncilError::Risk {
            actor: name(),
            value,
        });
    }
    for (stake, issue) in actor.stakes.iter().zip(issues) {
        let Some(Stake {
            position, salience, ..
        }) = *stake
        else {
            continue;
        };
        let Issue { low, high, .. } = *issue;
        if !(low..=high).contains(&position) {
            let (actor, issue, value) = (name(), issue.id.clone(), position);
            return Err(CouncilError::PositionOffScale {
                actor,
                issue,
                value,
                low,
                high,
            });
        }
        if !(0.0..=1.0).contains(&salience) {
            let (actor, issue, value) = (name(), issue.id.clone(), salience);
            return Err(CouncilError::Salience {
                actor,
                issue,
                value,
            });
        }
    }
    Ok(())
}
