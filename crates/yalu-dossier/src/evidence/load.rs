//! Reads the files that `[evidence]` names, and checks them against each other.

use std::collections::BTreeMap;
use std::path::Path;

use yalu_evidence::bibtex::read_bibtex;
use yalu_evidence::csl::{CslFault, Item, Library, read_csl};

use super::csv_lines::CsvLines;
use super::keys::{ClaimsFile, EvidenceKeys};
use super::talks::{LoadedTalk, load_talks};
use crate::check::Checker;
use crate::check::claims::{Known, check as check_claims};
use crate::csv_file::read_text;
use crate::diagnostic::{Problem, Problems};
use crate::spec::DossierSpec;
use crate::toml_file::{Step, parse_toml};

/// Evidence that was read and found sound.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedEvidence {
    /// The sources.
    pub library: Library,
    /// The claims file.
    pub(crate) claims: Option<LoadedClaims>,
    /// The talks, in the order of their files' names.
    pub talks: Vec<LoadedTalk>,
}

/// A claims file with places.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LoadedClaims {
    pub(crate) file: ClaimsFile,
    /// The line of each claim.
    pub(crate) lines: Vec<usize>,
    /// The CSV files that claims rest on.
    pub(crate) rows: BTreeMap<String, CsvLines>,
}

impl LoadedEvidence {
    /// The claims with what they say, by id, whenever they became known.
    pub fn claim_texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let claims = self.claims.iter().flat_map(|loaded| &loaded.file.claims);
        claims.map(|claim| (claim.id.as_str(), claim.text.as_str()))
    }

    /// A source by its id.
    pub(crate) fn source(&self, id: &str) -> Option<&Item> {
        self.library.get(id)
    }
}

/// Reads a dossier's evidence.
///
/// # Errors
/// Every fault found in the library, the claims file and the talks.
pub(crate) fn load_evidence(
    dir: &Path,
    spec: &DossierSpec,
    keys: &EvidenceKeys,
) -> Result<LoadedEvidence, Vec<Problem>> {
    let library = read_library(&dir.join(&keys.sources))?;
    let ids: Vec<&str> = library.items.iter().map(|item| item.id.as_str()).collect();
    let mut problems = Vec::new();
    let talks = match &keys.talks {
        Some(folder) => load_talks(dir, folder, &ids).unwrap_or_else(|faults| {
            problems.extend(faults);
            Vec::new()
        }),
        None => Vec::new(),
    };
    let claims = match &keys.claims {
        Some(name) => match read_claims(dir, name, spec, &ids, &talks) {
            Ok(claims) => Some(claims),
            Err(Problems(faults)) => {
                problems.extend(faults);
                None
            }
        },
        None => None,
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(LoadedEvidence {
        library,
        claims,
        talks,
    })
}

/// Reads a library: CSL-JSON, or BibTeX where its name ends in `.bib`.
fn read_library(path: &Path) -> Result<Library, Vec<Problem>> {
    let text = read_text(path).map_err(|fault| vec![fault])?;
    let is_bib = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("bib"));
    if is_bib {
        return read_bib(path, &text);
    }
    read_csl(&text).map_err(|faults| {
        faults
            .into_iter()
            .map(|fault| of_csl(path, &fault))
            .collect()
    })
}

fn of_csl(path: &Path, fault: &CslFault) -> Problem {
    Problem {
        code: "sources.csl",
        message: match &fault.item {
            Some(item) => format!("source `{item}`: {}", fault.error),
            None => fault.error.to_string(),
        },
        file: path.to_owned(),
        line: Some(fault.position.line),
        column: Some(fault.position.column),
        key: fault.item.clone(),
        span: None,
        mend: Some(fault.mend()),
    }
}

/// BibTeX as a library. What CSL has no place for is kept under `custom.bibtex` of its item.
fn read_bib(path: &Path, text: &str) -> Result<Library, Vec<Problem>> {
    let import = read_bibtex(text).map_err(|faults| {
        faults
            .iter()
            .map(|fault| Problem {
                code: "sources.bibtex",
                message: match &fault.entry {
                    Some(entry) => format!("entry `{entry}`: {}", fault.error),
                    None => fault.error.to_string(),
                },
                file: path.to_owned(),
                line: Some(fault.position.line),
                column: Some(fault.position.column),
                key: fault.entry.clone(),
                span: None,
                mend: Some(fault.mend().to_owned()),
            })
            .collect::<Vec<_>>()
    })?;
    Ok(Library {
        items: import.items,
        notices: Vec::new(),
    })
}

fn read_claims(
    dir: &Path,
    name: &str,
    spec: &DossierSpec,
    sources: &[&str],
    talks: &[LoadedTalk],
) -> Result<LoadedClaims, Problems> {
    let path = dir.join(name);
    let text = read_text(&path).map_err(|fault| Problems(vec![fault]))?;
    let mut files: BTreeMap<String, Result<CsvLines, String>> = BTreeMap::new();
    let mut lines = Vec::new();
    let structure = spec.structure.as_ref();
    let actors: Vec<&str> = structure.map_or(Vec::new(), |one| {
        one.members
            .iter()
            .map(|member| member.id.as_str())
            .collect()
    });
    let issues: Vec<&str> = structure.map_or(Vec::new(), |one| {
        one.issues.iter().map(|issue| issue.id.as_str()).collect()
    });
    let indicators: Vec<&str> = spec.indicators.iter().map(|one| one.id.as_str()).collect();
    let lengths: BTreeMap<String, f64> = talks
        .iter()
        .filter_map(|talk| Some((talk.keys.source.clone(), talk.length_s()?)))
        .collect();
    let file = parse_toml::<ClaimsFile>(&path, &text, |source, file, problems| {
        for name in file
            .claims
            .iter()
            .flat_map(|claim| &claim.cites)
            .filter_map(|cite| cite.file.as_ref())
        {
            if is_inside(name) && !files.contains_key(name) {
                files.insert(name.clone(), CsvLines::read(&dir.join(name)));
            }
        }
        for idx in 0..file.claims.len() {
            lines.push(source.line(&[Step::Key("claims".to_owned()), Step::Item(idx)]));
        }
        check_claims(
            &mut Checker { source, problems },
            file,
            &Known {
                sources,
                actors: &actors,
                issues: &issues,
                indicators: &indicators,
                lengths: &lengths,
                files: &files,
            },
        );
    })?;
    let rows = files
        .into_iter()
        .filter_map(|(name, lines)| Some((name, lines.ok()?)))
        .collect();
    Ok(LoadedClaims { file, lines, rows })
}

/// Whether a name stays within the dossier's folder.
fn is_inside(name: &str) -> bool {
    crate::check::leads_inside(name)
}
