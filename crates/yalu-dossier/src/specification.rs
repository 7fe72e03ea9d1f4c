//! Specifications: one combination of every choice that a model makes, and all of them.

use crate::spec::{DossierSpec, Exposure, FamilyKey, Indicator, IndicatorKind};

/// One combination of choices, the same for every indicator. Choices that an indicator hasn't got
/// (a mean score has no exposure) don't count for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Specification {
    /// The denominator; nothing keeps each indicator's own.
    pub(crate) exposure: Option<Exposure>,
    pub(crate) family: FamilyKey,
    /// 0 is the indicator's own group, 1 its first alternative, and so on.
    pub(crate) group_idx: usize,
    pub(crate) event_decay: f64,
    pub(crate) pressure: Vec<String>,
    pub(crate) pressure_lag: u32,
    pub(crate) trimming: f64,
}

impl Specification {
    /// The dossier's own.
    pub(crate) fn main(spec: &DossierSpec) -> Self {
        Self {
            exposure: None,
            family: spec.model.family,
            group_idx: 0,
            event_decay: spec.model.event_decay,
            pressure: spec.model.pressure.clone(),
            pressure_lag: spec.model.pressure_lag,
            trimming: spec.model.trimming,
        }
    }

    /// The group that an indicator counts under this specification; nothing where it has no such
    /// alternative.
    pub(crate) fn group<'a>(&self, indicator: &'a Indicator) -> Option<&'a str> {
        match self.group_idx {
            0 => Some(indicator.group.as_deref().unwrap_or_default()),
            idx => indicator
                .group_alternatives
                .get(idx - 1)
                .map(String::as_str),
        }
    }

    /// The exposure of an indicator under this specification.
    pub(crate) fn exposure(&self, indicator: &Indicator) -> Exposure {
        let own = indicator.exposure.unwrap_or(match indicator.kind {
            IndicatorKind::EventShare | IndicatorKind::QuadShare => Exposure::DyadTotal,
            _ => Exposure::None,
        });
        match (indicator.kind, self.exposure) {
            (IndicatorKind::EventRate, Some(exposure)) => exposure,
            _ => own,
        }
    }

    /// The same specification with every choice that an indicator hasn't got set to one value, so
    /// that equal fits are recognised as equal.
    pub(crate) fn canonical(&self, indicator: &Indicator, main: &Self) -> Self {
        let mut canonical = self.clone();
        canonical.exposure = Some(self.exposure(indicator));
        if !is_count(indicator.kind) {
            canonical.family = FamilyKey::Gaussian;
        }
        if canonical.pressure.is_empty() {
            canonical.pressure_lag = main.pressure_lag;
        }
        canonical
    }
}

/// Whether an indicator of this kind is modelled as a count.
pub(crate) fn is_count(kind: IndicatorKind) -> bool {
    matches!(
        kind,
        IndicatorKind::EventRate | IndicatorKind::EventShare | IndicatorKind::QuadShare
    )
}

fn or_main<T: Clone + PartialEq>(choices: &[T], main: T) -> Vec<T> {
    let mut all = vec![main];
    for choice in choices {
        if !all.contains(choice) {
            all.push(choice.clone());
        }
    }
    all
}

/// Every combination that the dossier allows, the main one first. Combinations that differ only in
/// the lag of a pressure that isn't in the model count once.
pub(crate) fn all_specifications(spec: &DossierSpec) -> Vec<Specification> {
    let main = Specification::main(spec);
    let exposures: Vec<Option<Exposure>> = or_main(
        &spec
            .curve
            .exposure
            .iter()
            .copied()
            .map(Some)
            .collect::<Vec<_>>(),
        main.exposure,
    );
    let n_groups = if spec.curve.group_alternatives {
        1 + spec
            .indicators
            .iter()
            .map(|one| one.group_alternatives.len())
            .max()
            .unwrap_or(0)
    } else {
        1
    };
    let mut all = Vec::new();
    for exposure in &exposures {
        for family in or_main(&spec.curve.family, main.family) {
            for group_idx in 0..n_groups {
                for event_decay in or_main(&spec.curve.event_decay, main.event_decay) {
                    for pressure in or_main(&spec.curve.pressure, main.pressure.clone()) {
                        for pressure_lag in or_main(&spec.curve.pressure_lag, main.pressure_lag) {
                            if pressure.is_empty() && pressure_lag != main.pressure_lag {
                                continue;
                            }
                            for trimming in or_main(&spec.curve.trimming, main.trimming) {
                                all.push(Specification {
                                    exposure: *exposure,
                                    family,
                                    group_idx,
                                    event_decay,
                                    pressure: pressure.clone(),
                                    pressure_lag,
                                    trimming,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    all
}
