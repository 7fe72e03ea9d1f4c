//! What would change the verdict: each choice of a dossier moved by itself.

use jiff::civil::Date;

use super::{AskError, Choices, HORIZONS, Setting, Workbench};
use crate::assessment::Rung;

/// The levels that are asked beside the dossier's own.
const LEVELS: [f64; 3] = [0.01, 0.05, 0.1];

/// The verdict under a setting near a date's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// The setting: one choice is another than the dossier's.
    pub setting: Setting,
    /// The verdict's rung.
    pub rung: Rung,
    /// Each indicator.
    pub indicators: Vec<NearIndicator>,
}

/// An indicator under a setting near a date's own.
#[derive(Debug, Clone, PartialEq)]
pub struct NearIndicator {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its rung; nothing where it isn't tested.
    pub rung: Option<Rung>,
}

impl Workbench {
    /// Asks the settings near a date's own: level, horizon, codes and exposure, each moved by itself,
    /// the specification curve with it. What other borders and other actors' values do has sections of
    /// its own.
    ///
    /// # Errors
    /// As [`Workbench::assess`].
    pub fn near(&self, as_of: Date) -> Result<Vec<Near>, AskError> {
        let mut near = Vec::new();
        for setting in around(self.choices(), as_of) {
            let assessment = self.assess(&setting, true)?;
            near.push(Near {
                setting,
                rung: assessment.verdict.rung,
                indicators: assessment
                    .indicators
                    .into_iter()
                    .map(|one| NearIndicator {
                        id: one.id,
                        title: one.title,
                        rung: one.rung,
                    })
                    .collect(),
            });
        }
        Ok(near)
    }
}

/// Each choice of a dossier moved by itself, as of a date.
fn around(choices: &Choices, as_of: Date) -> Vec<Setting> {
    let own = Setting {
        as_of: Some(as_of),
        ..Setting::default()
    };
    let mut all = Vec::new();
    for level in LEVELS {
        all.push(Setting {
            level: Some(level),
            ..own.clone()
        });
    }
    for months in HORIZONS {
        all.push(Setting {
            horizon_months: Some(months),
            ..own.clone()
        });
    }
    for choice in &choices.codes {
        for (group, _) in choice.groups.iter().skip(1) {
            let mut one = own.clone();
            one.codes.insert(choice.indicator.clone(), group.clone());
            all.push(one);
        }
    }
    for exposure in choices.exposures.iter().skip(1) {
        all.push(Setting {
            exposure: Some(*exposure),
            ..own.clone()
        });
    }
    all.into_iter()
        .map(|one| Setting {
            as_of: Some(as_of),
            ..one.canonical(choices)
        })
        .filter(|one| !one.is_own())
        .collect()
}
