//! From codings to a council: issues with their scales, and every value as far as it is known.

use std::path::Path;

use yalu_council::{ActorEstimate, Council, Draft, Estimate, Issue, StakeEstimate};

use super::coded::{Coding, Codings};
use super::keys::{CoderDraw, Structure, StructureIssue, StructureMember};
use crate::csv_file::problem;
use crate::diagnostic::{Problem, did_you_mean};

/// What the draws are made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Everything that any coder says, together: its centre is the council that is told round by
    /// round.
    pub whole: Draft,
    /// What is drawn from, in turn: the whole, or each coder's picture.
    pub pictures: Vec<Draft>,
}

impl Panel {
    /// The council of the central values.
    ///
    /// # Errors
    /// Where they are none; a panel that was assembled has been tried.
    pub fn centre(&self) -> Result<Council, yalu_council::CouncilError> {
        self.whole.centre()
    }
}

/// The issues of a council: those of the dossier, then those that the file brings.
pub fn issues_of(structure: &Structure, codings: &Codings) -> Vec<StructureIssue> {
    let mut issues = structure.issues.clone();
    for id in &codings.own_issues {
        if !issues.iter().any(|issue| issue.id == *id) {
            issues.push(plain_issue(id, 0.0, 100.0));
        }
    }
    issues
}

/// An issue of which only the scale is known.
pub(crate) fn plain_issue(id: &str, low: f64, high: f64) -> StructureIssue {
    StructureIssue {
        id: id.to_owned(),
        title: id.to_owned(),
        low,
        high,
        low_label: String::new(),
        high_label: String::new(),
        status_quo: None,
        threshold: None,
        threshold_label: None,
        meaning: String::new(),
    }
}

/// Puts the codings together.
///
/// # Errors
/// Every value that doesn't fit its issue, at its row and column; actors without a capability; issues
/// and members that the other side doesn't know.
pub fn assemble(structure: &Structure, codings: &Codings) -> Result<Panel, Vec<Problem>> {
    let issues = issues_of(structure, codings);
    let mut assembler = Assembler {
        structure,
        codings,
        issues,
        problems: Vec::new(),
    };
    assembler.check();
    if !assembler.problems.is_empty() {
        return Err(assembler.problems);
    }
    let coders = codings.coders();
    let whole = assembler.draft(&coders);
    let pictures = match structure.coders {
        CoderDraw::WholeCoder if coders.len() > 1 => coders
            .iter()
            .map(|coder| assembler.draft(&[coder]))
            .collect(),
        _ => vec![whole.clone()],
    };
    let fault = |error: yalu_council::DraftError| {
        vec![problem(
            &codings.path,
            "actors.council",
            None,
            error.to_string(),
        )]
    };
    let pictures = pictures
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map_err(fault)?;
    Ok(Panel {
        whole: whole.map_err(fault)?,
        pictures,
    })
}

struct Assembler<'a> {
    structure: &'a Structure,
    codings: &'a Codings,
    issues: Vec<StructureIssue>,
    problems: Vec<Problem>,
}

impl Assembler<'_> {
    fn check(&mut self) {
        for row in &self.codings.rows {
            self.check_row(row);
        }
        let actors = self.codings.actors();
        for member in &self.structure.members {
            self.check_member(member, &actors);
        }
        for issue in self.issues.clone() {
            if !self.codings.rows.iter().any(|row| row.issue == issue.id) {
                let message = format!("no row speaks of issue `{}`", issue.id);
                self.problems
                    .push(problem(&self.codings.path, "actors.issue", None, message));
            }
        }
        for actor in actors {
            let mut rows = self.codings.rows.iter().filter(|row| row.actor == actor);
            let first = rows.clone().next().map(|row| (row.line, row.columns[2]));
            if let Some((line, column)) = first
                && rows.all(|row| row.capability.is_none())
            {
                let message = format!("actor `{actor}` has no capability in any of its rows");
                self.fault(line, column, "actors.capability", message, None);
            }
        }
        if self.structure.coders == CoderDraw::WholeCoder {
            self.check_coders();
        }
    }

    fn check_row(&mut self, row: &Coding) {
        let Some(issue) = self.issues.iter().find(|issue| issue.id == row.issue) else {
            let known = self.issues.iter().map(|issue| issue.id.as_str());
            let mend = did_you_mean(&row.issue, known.clone()).map_or_else(
                || format!("the issues are {}", known.collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("no such issue: `{}`", row.issue);
            self.fault(row.line, 1, "actors.issue", message, Some(mend));
            return;
        };
        let (low, high) = row.position.bounds();
        if low < issue.low || high > issue.high {
            let value = if low < issue.low { low } else { high };
            let message = format!(
                "position {value} of `{}` is off the scale of `{}`, {} to {}",
                row.actor, row.issue, issue.low, issue.high
            );
            let mend = "correct the position, or the scale in the dossier";
            self.fault(
                row.line,
                row.columns[0],
                "actors.position",
                message,
                Some(mend.to_owned()),
            );
        }
    }

    fn check_member(&mut self, member: &StructureMember, actors: &[&str]) {
        if actors.contains(&member.id.as_str()) {
            return;
        }
        let mut fault = problem(
            &self.codings.path,
            "actors.member",
            None,
            format!(
                "the dossier's structure.members names `{}`, who has no row here",
                member.id
            ),
        );
        fault.mend = did_you_mean(&member.id, actors.iter().copied())
            .map(|near| format!("did you mean `{near}`?"));
        self.problems.push(fault);
    }

    /// Drawing whole coders needs each to have coded whatever another did.
    fn check_coders(&mut self) {
        let coders = self.codings.coders();
        for actor in self.codings.actors() {
            for issue in self.codings.issues() {
                let rows: Vec<&Coding> = self.codings.of(actor, issue).collect();
                let Some(first) = rows.first() else { continue };
                let absent = coders
                    .iter()
                    .find(|coder| rows.iter().all(|row| row.coder != **coder));
                if let Some(coder) = absent {
                    let message =
                        format!("`{coder}` hasn't coded `{actor}` on `{issue}`, as others have");
                    let mend = "add the row, or draw each value by itself: coders = \"each_value\"";
                    let (line, column) = (first.line, first.columns[0]);
                    self.fault(line, column, "actors.coder", message, Some(mend.to_owned()));
                }
            }
        }
    }

    fn fault(
        &mut self,
        line: u64,
        column: usize,
        code: &'static str,
        message: String,
        mend: Option<String>,
    ) {
        let mut fault = problem(&self.codings.path, code, Some(line), message);
        fault.column = Some(column);
        fault.mend = mend;
        self.problems.push(fault);
    }

    fn draft(&self, coders: &[&str]) -> Result<Draft, yalu_council::DraftError> {
        let issues = self.issues.iter().map(|issue| Issue {
            id: issue.id.clone(),
            low: issue.low,
            high: issue.high,
            status_quo: issue.status_quo,
        });
        let actors = self.codings.actors();
        let actors = actors
            .into_iter()
            .filter_map(|actor| self.actor(actor, coders));
        Draft::new(issues.collect(), actors.collect())
    }

    fn actor(&self, actor: &str, coders: &[&str]) -> Option<ActorEstimate> {
        let rows = |issue: &str| -> Vec<&Coding> {
            coders
                .iter()
                .filter_map(|coder| {
                    self.codings
                        .of(actor, issue)
                        .find(|row| row.coder == *coder)
                })
                .collect()
        };
        let by_issue: Vec<Vec<&Coding>> = self.issues.iter().map(|issue| rows(&issue.id)).collect();
        let capabilities: Vec<Option<Estimate>> = by_issue
            .iter()
            .map(|rows| mixture(rows.iter().map(|row| self.capability(row))))
            .collect();
        let at_large = capabilities.iter().flatten().next()?.clone();
        let one = capabilities
            .iter()
            .flatten()
            .all(|capability| *capability == at_large);
        let stakes = by_issue.iter().zip(capabilities).map(|(rows, capability)| {
            Some(StakeEstimate {
                position: mixture(rows.iter().map(|row| Some(row.position.clone())))?,
                salience: mixture(rows.iter().map(|row| Some(row.salience.clone())))?,
                capability: capability.filter(|_| !one),
            })
        });
        let member = self
            .structure
            .members
            .iter()
            .find(|member| member.id == actor);
        Some(ActorEstimate {
            id: actor.to_owned(),
            capability: at_large,
            stakes: stakes.collect(),
            veto: member.is_some_and(|member| member.veto),
            risk: member.and_then(|member| member.risk),
        })
    }

    /// The capability that a row's coder gives: in the row, or in the first of its others.
    fn capability(&self, row: &Coding) -> Option<Estimate> {
        let same = |other: &&Coding| other.actor == row.actor && other.capability.is_some();
        let others = || self.codings.rows.iter().filter(same);
        row.capability
            .clone()
            .or_else(|| {
                others()
                    .find(|other| other.coder == row.coder)?
                    .capability
                    .clone()
            })
            .or_else(|| others().next()?.capability.clone())
    }
}

/// Several codings of one value: one of them, each as likely; equal ones are one.
fn mixture(values: impl Iterator<Item = Option<Estimate>>) -> Option<Estimate> {
    let values: Option<Vec<Estimate>> = values.collect();
    let values = values?;
    let first = values.first()?;
    if values.iter().all(|value| value == first) {
        return Some(first.clone());
    }
    Estimate::one_of(values).ok()
}

/// The scale of each issue of a file that stands alone: the least and the greatest position.
///
/// # Errors
/// Where all positions of an issue are one.
pub fn issues_from_positions(
    path: &Path,
    codings: &Codings,
) -> Result<Vec<StructureIssue>, Vec<Problem>> {
    let mut issues = Vec::new();
    for id in codings.issues() {
        if codings.own_issues.iter().any(|own| own == id) {
            continue;
        }
        let bounds = codings
            .rows
            .iter()
            .filter(|row| row.issue == id)
            .map(|row| row.position.bounds());
        let (low, high) = bounds.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (l, h)| {
            (low.min(l), high.max(h))
        });
        if low >= high {
            let message =
                format!("every position on `{id}` is {low}, so that its scale isn't known");
            let mut fault = problem(path, "actors.scale", None, message);
            fault.mend =
                Some("write a dossier whose [structure] says the issue's low and high".to_owned());
            return Err(vec![fault]);
        }
        let mut issue = plain_issue(id, low, high);
        "The scale runs from the least to the greatest position in the file"
            .clone_into(&mut issue.meaning);
        issues.push(issue);
    }
    Ok(issues)
}
