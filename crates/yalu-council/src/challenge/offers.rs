//! What two expectations lead to, and which offer an actor takes.

use super::contest::ROUNDING;
use super::options::{ChallengeOptions, ConflictRule, OfferChoice};
use crate::MoveKind;

/// An offer that an actor can't refuse on its own: it moves on it, or on another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer {
    /// Who makes it.
    pub(super) by: usize,
    pub(super) kind: MoveKind,
    /// Where it leads.
    pub(super) to: f64,
    /// How far that is.
    step: f64,
    /// What the proposer expects: how well it can make the offer stick.
    strength: f64,
    /// The mean of both positions, weighted by the sizes of their expectations.
    blend: f64,
}

/// What the actor at `here` is offered by the one at `there`.
///
/// `attack` is what the actor expects of challenging the other, `threat` what the other expects of
/// challenging it. Scholz et al. (2011), section 6 and equations 35 and 36.
pub(super) fn offer(
    options: &ChallengeOptions,
    by: usize,
    (here, there): (f64, f64),
    (attack, threat): (f64, f64),
) -> Option<Offer> {
    if threat <= ROUNDING || attack.abs() <= ROUNDING {
        return None;
    }
    let (kind, share) = if attack > 0.0 {
        let lost = threat - attack > ROUNDING;
        (lost && options.conflict == ConflictRule::LoserMoves)
            .then_some((MoveKind::Conflict, 1.0))?
    } else if threat >= -attack {
        (MoveKind::Compromise, -attack / threat)
    } else {
        options
            .capitulation
            .then_some((MoveKind::Capitulation, 1.0))?
    };
    let to = if share >= 1.0 {
        there
    } else {
        here + (there - here) * share
    };
    let (a, b) = (attack.abs(), threat.abs());
    Some(Offer {
        by,
        kind,
        to,
        step: (to - here).abs(),
        strength: threat,
        blend: (a * here + b * there) / (a + b),
    })
}

/// Whether the actor takes `new` rather than `old`.
pub(super) fn prefers(choice: OfferChoice, new: &Offer, old: &Offer) -> bool {
    let differ = |a: f64, b: f64| (a - b).abs() > ROUNDING * a.abs().max(b.abs());
    let nearer = differ(new.step, old.step).then_some(new.step < old.step);
    let stronger = differ(new.strength, old.strength).then_some(new.strength > old.strength);
    let lower = new.to < old.to;
    match choice {
        OfferChoice::LeastMove => nearer.or(stronger).unwrap_or(lower),
        OfferChoice::Strongest => stronger.or(nearer).unwrap_or(lower),
        OfferChoice::LowestCompromise if new.kind != old.kind => rank(new.kind) < rank(old.kind),
        OfferChoice::LowestCompromise if new.kind == MoveKind::Compromise => new.blend < old.blend,
        OfferChoice::LowestCompromise => new.step < old.step,
    }
}

fn rank(kind: MoveKind) -> u8 {
    match kind {
        MoveKind::Conflict => 0,
        MoveKind::Compromise => 1,
        _ => 2,
    }
}
