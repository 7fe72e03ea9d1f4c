//! The spatial model's options, by the names that KTAB gives them: in the dossier, and in scenarios
//! written for KTAB.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yalu_council::{
    BargainForm, Choice, Commitment, CondorcetOptions, Council, Interpolation, PceForm,
    RiskEstimate, RiskRange, SpatialOptions, VictoryModel, VotingRule,
};

/// The spatial model's options, by KTAB's names. Left out, what a KTAB scenario says of it, else
/// KTAB's own default. The page docs/methods/spatial-model.md has the equations.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SpatialKeys {
    /// How differences in utility become votes (`VotingRule`; default `Prop`).
    pub voting_rule: Option<KtabVotingRule>,
    /// How strengths become odds (`VictoryProbModel`; default `Linear`).
    pub victory: Option<KtabVictory>,
    /// How pairs become one distribution (`PCEModel`; default `Conditional`).
    pub pce: Option<KtabPce>,
    /// Which bargain is taken (`StateTransitions`; default `Deterministic`).
    pub transitions: Option<KtabTransitions>,
    /// The range of inferred attitudes to risk (`BigRRange`; default `Mid`).
    pub risk_range: Option<KtabRiskRange>,
    /// How well the attitudes of others are judged (`BigRAdjust`; default `OneThird`).
    pub risk_adjust: Option<KtabRiskAdjust>,
    /// What third parties risk (`ThirdPartyCommit`; default `SemiCommit`).
    pub third_party: Option<KtabThirdParty>,
    /// How bargains divide the way (`InterVecBrgn`; default `S2P2`).
    pub interpolation: Option<KtabInterpolation>,
    /// Whose odds go into a bargain (`BargnModel`; default `InitOnlyInterp`).
    pub bargaining: Option<KtabBargaining>,
}

/// An enumeration of KTAB's names with what each means to the model.
macro_rules! ktab_names {
    ($(#[$doc:meta])* $name:ident -> $target:ty { $($(#[$inner:meta])* $variant:ident => $value:expr,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$inner])* $variant,)+
        }

        impl $name {
            fn meant(self) -> $target {
                match self {
                    $(Self::$variant => $value,)+
                }
            }
        }
    };
}

ktab_names! {
    /// How differences in utility become votes.
    KtabVotingRule -> VotingRule {
        /// All the weight, whatever the difference.
        Binary => VotingRule::Binary,
        /// Four fifths in proportion, one fifth whatever the difference.
        PropBin => VotingRule::ProportionalBinary,
        /// In proportion.
        Prop => VotingRule::Proportional,
        /// Half in proportion, half by the cube.
        PropCbc => VotingRule::ProportionalCubic,
        /// By the cube.
        Cubic => VotingRule::Cubic,
        /// Losses count by half more than gains.
        ASymProsp => VotingRule::AsymmetricProspect,
    }
}

ktab_names! {
    /// How strengths become odds.
    KtabVictory -> VictoryModel {
        /// In proportion to strength.
        Linear => VictoryModel::Linear,
        /// To its square.
        Square => VictoryModel::Square,
        /// To its fourth power.
        Quartic => VictoryModel::Quartic,
        /// To its eighth power.
        Octic => VictoryModel::Octic,
        /// An edge of a tenth decides.
        Binary => VictoryModel::Binary,
    }
}

ktab_names! {
    /// How pairs become one distribution.
    KtabPce -> PceForm {
        /// The chance of beating all others, given that one does.
        Conditional => PceForm::Conditional,
        /// A Markov chain whose challenges follow incentives.
        MarkovIncentive => PceForm::MarkovIncentive,
        /// A Markov chain in which every option challenges alike.
        MarkovUniform => PceForm::MarkovUniform,
    }
}

ktab_names! {
    /// Which bargain is taken.
    KtabTransitions -> Choice {
        /// The likeliest.
        Deterministic => Choice::Likeliest,
        /// One drawn by its probability.
        Stochastic => Choice::Drawn,
    }
}

ktab_names! {
    /// The range of inferred attitudes to risk.
    KtabRiskRange -> RiskRange {
        /// From 0 to 1.
        Min => RiskRange::Min,
        /// From −½ to 1.
        Mid => RiskRange::Mid,
        /// From −1 to 1.
        Max => RiskRange::Max,
    }
}

ktab_names! {
    /// How well the attitudes of others are judged.
    KtabRiskAdjust -> RiskEstimate {
        /// As one's own.
        None => RiskEstimate::No,
        /// A third of the way to theirs.
        OneThird => RiskEstimate::OneThird,
        /// Half of the way.
        Half => RiskEstimate::Half,
        /// Two thirds of the way.
        TwoThirds => RiskEstimate::TwoThirds,
        /// As they are.
        Full => RiskEstimate::Full,
    }
}

ktab_names! {
    /// What third parties risk.
    KtabThirdParty -> Commitment {
        /// Nothing: they keep their position either way.
        NoCommit => Commitment::No,
        /// Their position if the side they took loses.
        SemiCommit => Commitment::Semi,
        /// Their position either way.
        FullCommit => Commitment::Full,
    }
}

ktab_names! {
    /// How bargains divide the way.
    KtabInterpolation -> Interpolation {
        /// By salience times odds.
        S1P1 => Interpolation::S1P1,
        /// By the squares of both.
        S2P2 => Interpolation::S2P2,
        /// By the square of salience and the margin of the odds.
        S2PMax => Interpolation::S2PMax,
    }
}

ktab_names! {
    /// Whose odds go into a bargain.
    KtabBargaining -> BargainForm {
        /// The initiator’s.
        InitOnlyInterp => BargainForm::Initiator,
        /// Two bargains, one by each side’s.
        InitRcvrInterp => BargainForm::Both,
        /// Both sides’, weighted by power.
        PWCompInterp => BargainForm::PowerWeighted,
    }
}

impl SpatialKeys {
    /// What these keys say, and `other` where they say nothing.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self {
            voting_rule: self.voting_rule.or(other.voting_rule),
            victory: self.victory.or(other.victory),
            pce: self.pce.or(other.pce),
            transitions: self.transitions.or(other.transitions),
            risk_range: self.risk_range.or(other.risk_range),
            risk_adjust: self.risk_adjust.or(other.risk_adjust),
            third_party: self.third_party.or(other.third_party),
            interpolation: self.interpolation.or(other.interpolation),
            bargaining: self.bargaining.or(other.bargaining),
        }
    }

    /// Takes one option of a scenario; an option that isn't known by this name is passed over.
    ///
    /// # Errors
    /// What the value is none of.
    pub(crate) fn take(&mut self, option: &str, value: &str) -> Result<(), String> {
        match option {
            "VotingRule" => self.voting_rule = Some(named(value)?),
            "VictoryProbModel" => self.victory = Some(named(value)?),
            "PCEModel" => self.pce = Some(named(value)?),
            "StateTransitions" => self.transitions = Some(named(value)?),
            "BigRRange" => self.risk_range = Some(named(value)?),
            "BigRAdjust" => self.risk_adjust = Some(named(value)?),
            "ThirdPartyCommit" => self.third_party = Some(named(value)?),
            "InterVecBrgn" => self.interpolation = Some(named(value)?),
            "BargnModel" => self.bargaining = Some(named(value)?),
            _ => {}
        }
        Ok(())
    }

    /// The model's options. `accommodation`: how ideals follow positions, by actor, reference and
    /// weight; those not named follow themselves.
    pub(crate) fn options(
        &self,
        council: &Council,
        accommodation: &[(String, String, f64)],
    ) -> SpatialOptions {
        let plain = SpatialOptions::default();
        SpatialOptions {
            election: CondorcetOptions {
                voting: self
                    .voting_rule
                    .map_or(plain.election.voting, KtabVotingRule::meant),
                victory: self
                    .victory
                    .map_or(plain.election.victory, KtabVictory::meant),
                form: self.pce.map_or(plain.election.form, KtabPce::meant),
            },
            risk_range: self
                .risk_range
                .map_or(plain.risk_range, KtabRiskRange::meant),
            risk_estimate: self
                .risk_adjust
                .map_or(plain.risk_estimate, KtabRiskAdjust::meant),
            commitment: self
                .third_party
                .map_or(plain.commitment, KtabThirdParty::meant),
            interpolation: self
                .interpolation
                .map_or(plain.interpolation, KtabInterpolation::meant),
            bargains: self
                .bargaining
                .map_or(plain.bargains, KtabBargaining::meant),
            choice: self
                .transitions
                .map_or(plain.choice, KtabTransitions::meant),
            accommodation: matrix(council, accommodation),
            ..SpatialOptions::default()
        }
    }

    /// Whether a run is drawn, so that two seeds differ.
    pub(crate) fn is_drawn(&self) -> bool {
        self.transitions == Some(KtabTransitions::Stochastic)
    }

    /// The options that were chosen, in words; nothing where all are KTAB's defaults.
    pub(crate) fn words(&self) -> Option<String> {
        let value = serde_json::to_value(self).ok()?;
        let chosen: Vec<String> = value
            .as_object()?
            .iter()
            .filter_map(|(key, value)| Some(format!("{key} {}", value.as_str()?)))
            .collect();
        (!chosen.is_empty()).then(|| chosen.join(", "))
    }
}

/// The enumeration's value of this name.
fn named<T: for<'a> Deserialize<'a>>(name: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(name.to_owned()))
        .map_err(|error| error.to_string())
}

fn matrix(council: &Council, pairs: &[(String, String, f64)]) -> Option<Vec<Vec<f64>>> {
    if pairs.is_empty() {
        return None;
    }
    let n = council.actors().len();
    let place = |id: &str| council.actors().iter().position(|actor| actor.id == id);
    let row = |i: usize| (0..n).map(|j| f64::from(u8::from(i == j))).collect();
    let mut matrix: Vec<Vec<f64>> = (0..n).map(row).collect();
    for (actor, reference, weight) in pairs {
        if let (Some(i), Some(j)) = (place(actor), place(reference)) {
            matrix[i][j] = *weight;
        }
    }
    Some(matrix)
}
