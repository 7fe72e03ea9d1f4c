//! Which dyads a border is held against, and the sums that they need.

use std::collections::BTreeSet;

use jiff::civil::Date;
use yalu_store::contiguity::{borders, land_neighbours};
use yalu_store::series::CellRequest;
use yalu_store::{ActorCode, Dyad, Month};

use crate::borders::keys::{BorderDomain, BorderRule, Borders};
use crate::borders::record::{BorderMember, MemberOrigin};
use crate::cells::{RequestError, Requests, parse_actor, uses_exposure};
use crate::pipeline::actor_name;
use crate::spec::{DossierSpec, Exposure, Indicator, IndicatorKind, Role};
use crate::specification::Specification;

/// A dyad of the comparison set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Member {
    pub(crate) dyad: Dyad,
    pub(crate) origin: MemberOrigin,
    /// Why the dossier leaves it out.
    pub(crate) left_out: Option<String>,
}

impl Member {
    pub(crate) fn record(&self) -> BorderMember {
        BorderMember {
            dyad: self.dyad.to_string(),
            source_name: actor_name(self.dyad.source.as_str()),
            target_name: actor_name(self.dyad.target.as_str()),
            origin: self.origin,
            left_out: self.left_out.clone(),
        }
    }

    /// Its pair as a dossier writes it.
    pub(crate) fn pair(&self) -> [String; 2] {
        [self.dyad.source.to_string(), self.dyad.target.to_string()]
    }
}

/// The dyad in words: `Russia → Belarus`.
pub(crate) fn dyad_name(dyad: &Dyad) -> String {
    format!(
        "{} → {}",
        actor_name(dyad.source.as_str()),
        actor_name(dyad.target.as_str())
    )
}

/// The dyad in question, in words.
pub(crate) fn dyad_name_of(spec: &DossierSpec) -> String {
    format!(
        "{} → {}",
        actor_name(&spec.question.source),
        actor_name(&spec.question.target)
    )
}

/// The comparison set: neighbours on `on`, in order of their codes, then dyads by hand.
pub(crate) fn members(
    spec: &DossierSpec,
    keys: &Borders,
    on: Date,
) -> Result<Vec<Member>, RequestError> {
    let source = parse_actor("question.source", &spec.question.source)?;
    let neighbours = match keys.rule {
        Some(BorderRule::LandNeighbours) => land_neighbours(&source, on),
        None => Vec::new(),
    };
    set(spec, keys, &source, neighbours)
}

/// The same with every neighbour that the source had on any day from the data's first day on:
/// whatever date is asked about, its sums are there.
pub(crate) fn members_ever(
    spec: &DossierSpec,
    keys: &Borders,
) -> Result<Vec<Member>, RequestError> {
    let source = parse_actor("question.source", &spec.question.source)?;
    let from = spec
        .data
        .from
        .as_deref()
        .and_then(|text| text.parse::<Month>().ok())
        .map(Month::first_day)
        .or_else(|| {
            let begins = spec
                .data
                .coverage
                .iter()
                .map(|one| one.from.parse::<Date>());
            begins.filter_map(Result::ok).min()
        });
    let neighbours: BTreeSet<ActorCode> = match keys.rule {
        None => BTreeSet::new(),
        Some(BorderRule::LandNeighbours) => borders()
            .iter()
            .filter(|border| from.is_none_or(|from| border.to.is_none_or(|to| to >= from)))
            .filter_map(|border| {
                if border.a == source {
                    Some(border.b.clone())
                } else if border.b == source {
                    Some(border.a.clone())
                } else {
                    None
                }
            })
            .collect(),
    };
    set(spec, keys, &source, neighbours.into_iter().collect())
}

/// Codes of the neighbours that the rule finds on any of those days.
pub(crate) fn neighbours_ever(spec: &DossierSpec) -> Result<Vec<String>, RequestError> {
    let Some(keys) = &spec.borders else {
        return Ok(Vec::new());
    };
    Ok(members_ever(spec, keys)?
        .into_iter()
        .filter(|one| one.origin == MemberOrigin::LandNeighbour)
        .map(|one| one.dyad.target.to_string())
        .collect())
}

fn set(
    spec: &DossierSpec,
    keys: &Borders,
    source: &ActorCode,
    neighbours: Vec<ActorCode>,
) -> Result<Vec<Member>, RequestError> {
    let target = parse_actor("question.target", &spec.question.target)?;
    let mut members: Vec<Member> = neighbours
        .into_iter()
        .filter(|one| *one != target)
        .map(|one| Member {
            left_out: keys.except.get(one.as_str()).cloned(),
            dyad: Dyad {
                source: source.clone(),
                target: one,
            },
            origin: MemberOrigin::LandNeighbour,
        })
        .collect();
    for [from, to] in &keys.dyads {
        let dyad = Dyad {
            source: parse_actor("borders.dyads", from)?,
            target: parse_actor("borders.dyads", to)?,
        };
        let known = members.iter().any(|one| one.dyad == dyad);
        let asked = dyad.source == *source && dyad.target == target;
        if !known && !asked {
            members.push(Member {
                dyad,
                origin: MemberOrigin::Hand,
                left_out: None,
            });
        }
    }
    Ok(members)
}

/// Whether an indicator can be held against other borders: it is tested, about the question's dyad,
/// and its figures exist for other dyads.
pub(crate) fn is_compared(spec: &DossierSpec, indicator: &Indicator) -> bool {
    let own = indicator.dyad.as_ref().is_none_or(|[source, target]| {
        *source == spec.question.source && *target == spec.question.target
    });
    indicator.role != Role::Context && indicator.kind != IndicatorKind::Table && own
}

/// The indicator as if it were about another dyad.
pub(crate) fn for_dyad(indicator: &Indicator, pair: [String; 2]) -> Indicator {
    Indicator {
        dyad: Some(pair),
        ..indicator.clone()
    }
}

/// The sums of one indicator, under the main specification.
pub(crate) fn indicator_cells(
    requests: &Requests<'_>,
    spec: &DossierSpec,
    indicator: &Indicator,
) -> Result<Vec<CellRequest>, RequestError> {
    let mut cells = requests.outcome(indicator, None)?;
    if uses_exposure(indicator.kind) {
        cells.extend(requests.exposure(indicator, Specification::main(spec).exposure(indicator))?);
    }
    Ok(cells)
}

/// A domain as an indicator of one dyad, so that its sums are counted as an indicator's are.
pub(crate) fn domain_indicator(domain: &BorderDomain, pair: [String; 2]) -> Indicator {
    Indicator {
        id: domain.id.clone(),
        title: domain.title.clone(),
        kind: IndicatorKind::EventRate,
        group: domain.group.clone(),
        exposure: Some(domain.exposure.unwrap_or(Exposure::None)),
        exposure_group: domain.exposure_group.clone(),
        exposure_reason: None,
        table: None,
        role: Role::Context,
        direction: crate::spec::Direction::Either,
        caution: domain.caution.clone(),
        equivalence_difference: None,
        dyad: Some(pair),
        group_alternatives: Vec::new(),
    }
}

/// The source's own borders in a set, the one in question first.
pub(crate) fn own_borders(
    spec: &DossierSpec,
    members: &[Member],
) -> Result<Vec<Dyad>, RequestError> {
    let source = parse_actor("question.source", &spec.question.source)?;
    let asked = Dyad {
        source: source.clone(),
        target: parse_actor("question.target", &spec.question.target)?,
    };
    let others = members
        .iter()
        .filter(|one| one.dyad.source == source && one.left_out.is_none())
        .map(|one| one.dyad.clone());
    Ok(std::iter::once(asked).chain(others).collect())
}

/// Every sum that the comparison may need.
pub(crate) fn border_cells(spec: &DossierSpec) -> Result<BTreeSet<CellRequest>, RequestError> {
    let mut cells = BTreeSet::new();
    let Some(keys) = &spec.borders else {
        return Ok(cells);
    };
    let requests = Requests::new(spec);
    let members = members_ever(spec, keys)?;
    for indicator in spec.indicators.iter().filter(|one| is_compared(spec, one)) {
        for member in members.iter().filter(|one| one.left_out.is_none()) {
            cells.extend(indicator_cells(
                &requests,
                spec,
                &for_dyad(indicator, member.pair()),
            )?);
        }
    }
    for domain in keys.domains.iter().filter(|one| one.group.is_some()) {
        for dyad in own_borders(spec, &members)? {
            let pair = [dyad.source.to_string(), dyad.target.to_string()];
            cells.extend(indicator_cells(
                &requests,
                spec,
                &domain_indicator(domain, pair),
            )?);
        }
    }
    Ok(cells)
}
