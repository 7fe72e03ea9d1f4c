//! The pages of an assessment and what stands on each.

use askama::Template;
use yalu_dossier::assessment::Assessment;

use super::{Around, controls, evolution};
use crate::report::ReportError;
use crate::section::{
    BordersSection, DataSection, EvidenceSection, HypothesesSection, IndicatorSection, LeadersPart,
    LedgerSection, ResponseSection, StructureSection, TalksSection, VerdictSection,
};

/// A page of an assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// The answer.
    Verdict,
    /// Each indicator.
    Indicators,
    /// How indicators answer to events and pressure.
    Responsiveness,
    /// Other borders.
    Borders,
    /// Who makes the policy.
    Structure,
    /// Hypotheses, claims, talks, the ledger, sources.
    Evidence,
    /// The figures and where they are from.
    Data,
    /// How it was computed.
    Method,
}

impl Page {
    /// Every page, in order.
    pub const ALL: [Self; 8] = [
        Self::Verdict,
        Self::Indicators,
        Self::Responsiveness,
        Self::Borders,
        Self::Structure,
        Self::Evidence,
        Self::Data,
        Self::Method,
    ];

    /// Its name in an address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Indicators => "indicators",
            Self::Responsiveness => "responsiveness",
            Self::Borders => "borders",
            Self::Structure => "structure",
            Self::Evidence => "evidence",
            Self::Data => "data",
            Self::Method => "method",
        }
    }

    /// The page of that name.
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.slug() == slug)
    }

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Verdict => "Verdict",
            Self::Indicators => "Indicators",
            Self::Responsiveness => "Responsiveness",
            Self::Borders => "Borders",
            Self::Structure => "Who makes the policy",
            Self::Evidence => "Evidence",
            Self::Data => "Data",
            Self::Method => "Method",
        }
    }

    /// Whether an assessment has anything for it.
    pub fn is_in(self, assessment: &Assessment) -> bool {
        match self {
            Self::Structure => assessment.structure.is_some(),
            Self::Evidence => assessment.evidence.is_some() || assessment.ledger.is_some(),
            _ => true,
        }
    }

    /// The page on which a fragment name stands.
    pub(crate) fn of_fragment(name: &str) -> Option<Self> {
        let first = name.split('-').next().unwrap_or(name);
        Some(match first {
            "verdict" => Self::Verdict,
            "indicators" | "indicator" | "chart" | "curve" | "search" | "leaders" => {
                Self::Indicators
            }
            "response" | "forest" | "pressure" | "events" => Self::Responsiveness,
            "border" if name == "border-series" => Self::Data,
            "borders" | "domain" => Self::Borders,
            "structure" | "issue" | "rounds" | "stand" | "beside" | "hangs" => Self::Structure,
            "hypotheses" | "claims" | "claim" | "sources" | "source" | "talks" | "talk"
            | "ledger" => Self::Evidence,
            "table" | "tables" | "data" | "series" => Self::Data,
            "method" => Self::Method,
            row if row.strip_prefix('r').is_some_and(is_number) => Self::Data,
            _ => return None,
        })
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[derive(Template)]
#[template(path = "site/indicators.html")]
struct Indicators {
    leaders: Option<LeadersPart>,
    indicators: Vec<IndicatorSection>,
}

/// What stands on a page, below its heading.
pub(super) fn body(
    assessment: &Assessment,
    page: Page,
    around: &Around,
) -> Result<String, ReportError> {
    let mut body = controls::notices(assessment, around)?;
    if page == Page::Verdict {
        body.push_str(&super::publication::summary(around));
        body.push_str(&evolution::strip(assessment, around)?);
    }
    body.push_str(&controls::form(around, page)?);
    match page {
        Page::Verdict => {
            body.push_str(&VerdictSection::of(assessment).render()?);
            body.push_str(&super::publication::images(around)?);
            body.push_str(&controls::turning(around)?);
        }
        Page::Indicators => {
            let indicators = assessment
                .indicators
                .iter()
                .map(|finding| IndicatorSection::of(finding, assessment, true))
                .collect::<Result<Vec<_>, _>>()?;
            let leaders = LeadersPart::of(assessment);
            body.push_str(
                &Indicators {
                    leaders,
                    indicators,
                }
                .render()?,
            );
        }
        Page::Responsiveness => {
            body.push_str(&ResponseSection::of(assessment).render()?);
            body.push_str(&EvidenceSection::of(assessment).only_answers().render()?);
        }
        Page::Borders => body.push_str(&BordersSection::of(assessment).render()?),
        Page::Structure => match StructureSection::of(assessment) {
            Some(section) => body.push_str(&section.render()?),
            None => body.push_str(
                "<p class=\"absence\">— the dossier says nothing of who makes the policy.</p>",
            ),
        },
        Page::Evidence => {
            if let Some(section) = HypothesesSection::of(assessment) {
                body.push_str(&section.render()?);
            }
            if let Some(section) = TalksSection::of(assessment, true) {
                body.push_str(&section.render()?);
            }
            if let Some(section) = LedgerSection::of(assessment) {
                body.push_str(&section.render()?);
            }
        }
        Page::Data => {
            body.push_str(&DataSection::of(assessment).only_data().render()?);
            body.push_str(&EvidenceSection::of(assessment).only_tables().render()?);
        }
        Page::Method => body.push_str(&DataSection::of(assessment).only_method().render()?),
    }
    Ok(body)
}
