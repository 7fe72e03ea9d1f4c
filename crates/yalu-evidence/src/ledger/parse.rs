//! From rows to entries.

use std::collections::BTreeMap;

use super::check::check_entries;
use super::entry::{Amount, Entry, EntryKind, ObstacleType, Project, PromiseForm, Stage};
use super::fault::{Column, LedgerFault, LedgerFaultKind};
use super::rows::{Row, read_rows};
use crate::edtf::{Edtf, parse_edtf};

const KINDS: [&str; 3] = ["promise", "step", "obstacle"];

/// Reads a ledger: CSV in UTF-8 with the header [`COLUMNS`](super::COLUMNS), one row an entry.
/// Blanks around cells and empty rows are let be; entries keep their order and their lines.
///
/// # Errors
/// All faults at once, by line: in form, in names that aren't declared in `projects` and
/// `obstacle_types`, and between entries (a step before its promise, one after it was abandoned).
///
/// ```
/// use yalu_evidence::ledger::{ObstacleType, Project, ProjectKind, parse_ledger};
///
/// let zone = Project {
///     id: "hwanggumphyong".into(),
///     title: "Hwanggumphyong".into(),
///     place: "Sinuiju".into(),
///     kind: ProjectKind::Zone,
///     meaning: "a zone run by both states".into(),
/// };
/// let text = "\
/// project,kind,id,of,stage,date,by,amount,unit,obstacle,source,at,known,note
/// hwanggumphyong,promise,hw-1,,agreement,2010-12,CHN;PRK,,,,thompson2011,,,two islands
/// hwanggumphyong,step,,hw-1,ground_broken,2011-06-08,CHN;PRK,,,,kcna,,,
/// ";
/// let entries = parse_ledger(text, &[zone], &[]).unwrap();
/// assert_eq!(entries[1].line, 3);
///
/// let faults = parse_ledger(&text.replace("ground_broken", "ground-broken"), &[], &[]).unwrap_err();
/// assert_eq!(faults.len(), 3); // the project of two lines isn't declared, and the stage is none
/// assert_eq!(faults[2].mend(), "did you mean `ground_broken`?");
/// ```
pub fn parse_ledger(
    text: &str,
    projects: &[Project],
    obstacle_types: &[ObstacleType],
) -> Result<Vec<Entry>, Vec<LedgerFault>> {
    let (rows, mut faults) = read_rows(text);
    let names = Names {
        projects: projects.iter().map(|one| one.id.as_str()).collect(),
        obstacles: obstacle_types.iter().map(|one| one.id.as_str()).collect(),
    };
    let mut first_lines = BTreeMap::new();
    let mut entries = Vec::new();
    for row in rows {
        if let Some(&first_line) = first_lines.get(&row.cells) {
            let kind = LedgerFaultKind::DuplicateRow { first_line };
            faults.push(LedgerFault {
                line: row.line,
                column: None,
                kind,
            });
            continue;
        }
        entries.push(Reader::new(&row, &mut faults).entry(&names));
        first_lines.insert(row.cells, row.line);
    }
    check_entries(&entries, &mut faults);
    faults.sort_by_key(|fault| (fault.line, fault.column));
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(entries.into_iter().filter_map(Draft::finish).collect())
}

struct Names<'a> {
    projects: Vec<&'a str>,
    obstacles: Vec<&'a str>,
}

/// An entry as far as its row could be read: checks between entries use what there is, so that one
/// fault doesn't hide others.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) line: usize,
    pub(super) project: String,
    pub(super) kind: Option<EntryKind>,
    pub(super) date: Option<Edtf>,
    by: Vec<String>,
    amount: Option<Amount>,
    source: String,
    at: String,
    pub(super) known: Option<Edtf>,
    note: String,
}

impl Draft {
    /// The entry; whole where the row had no fault.
    fn finish(self) -> Option<Entry> {
        Some(Entry {
            line: self.line,
            project: self.project,
            kind: self.kind?,
            date: self.date?,
            by: self.by,
            amount: self.amount,
            source: self.source,
            at: self.at,
            known: self.known,
            note: self.note,
        })
    }
}

struct Reader<'a> {
    row: &'a Row,
    faults: &'a mut Vec<LedgerFault>,
}

impl<'a> Reader<'a> {
    fn new(row: &'a Row, faults: &'a mut Vec<LedgerFault>) -> Self {
        Self { row, faults }
    }

    fn cell(&self, column: Column) -> &'a str {
        &self.row.cells[column.index()]
    }

    fn fault(&mut self, column: Column, kind: LedgerFaultKind) {
        self.faults.push(LedgerFault {
            line: self.row.line,
            column: Some(column),
            kind,
        });
    }

    fn entry(mut self, names: &Names) -> Draft {
        if self.required(Column::PROJECT, "every entry").is_some() {
            self.one_of(Column::PROJECT, "project", &names.projects);
        }
        let kind = self.kind(names);
        let date = self
            .required(Column::DATE, "every entry")
            .and_then(|_| self.date(Column::DATE));
        let known = Some(self.cell(Column::KNOWN)).filter(|cell| !cell.is_empty());
        let known = known.and_then(|_| self.date(Column::KNOWN));
        self.required(Column::SOURCE, "every entry");
        Draft {
            line: self.row.line,
            project: self.cell(Column::PROJECT).to_owned(),
            by: self.codes(),
            amount: self.amount(),
            kind,
            date,
            known,
            source: self.cell(Column::SOURCE).to_owned(),
            at: self.cell(Column::AT).to_owned(),
            note: self.cell(Column::NOTE).to_owned(),
        }
    }

    fn kind(&mut self, names: &Names) -> Option<EntryKind> {
        self.required(Column::KIND, "every entry")?;
        match self.one_of(Column::KIND, "kind of entry", &KINDS)? {
            "promise" => self.promise(),
            "step" => self.step(),
            _ => self.obstacle(names),
        }
    }

    fn promise(&mut self) -> Option<EntryKind> {
        const IT: &str = "a promise";
        self.empty(Column::OF, IT);
        self.empty(Column::OBSTACLE, IT);
        self.required(Column::BY, IT);
        let id = self.required(Column::ID, IT);
        let forms = PromiseForm::ALL.map(PromiseForm::name);
        let form = self
            .required(Column::STAGE, IT)
            .and_then(|_| self.one_of(Column::STAGE, "form of a promise", &forms));
        let form = PromiseForm::ALL
            .into_iter()
            .find(|one| Some(one.name()) == form);
        Some(EntryKind::Promise {
            id: id?.to_owned(),
            // Without a form there is a fault and no ledger; its steps still find their promise.
            form: form.unwrap_or(PromiseForm::Announced),
        })
    }

    fn step(&mut self) -> Option<EntryKind> {
        const IT: &str = "a step";
        self.empty(Column::ID, IT);
        self.empty(Column::OBSTACLE, IT);
        let of = self.required(Column::OF, IT);
        let stages = Stage::ALL.map(Stage::name);
        let stage = self
            .required(Column::STAGE, IT)
            .and_then(|_| self.one_of(Column::STAGE, "stage", &stages));
        let stage = Stage::ALL.into_iter().find(|one| Some(one.name()) == stage);
        Some(EntryKind::Step {
            of: of?.to_owned(),
            stage: stage?,
        })
    }

    fn obstacle(&mut self, names: &Names) -> Option<EntryKind> {
        const IT: &str = "an obstacle";
        for column in [Column::ID, Column::STAGE, Column::AMOUNT, Column::UNIT] {
            self.empty(column, IT);
        }
        self.required(Column::OBSTACLE, IT)?;
        let obstacle = self.one_of(Column::OBSTACLE, "type of obstacle", &names.obstacles)?;
        Some(EntryKind::Obstacle {
            of: Some(self.cell(Column::OF).to_owned()).filter(|of| !of.is_empty()),
            obstacle: obstacle.to_owned(),
        })
    }

    fn required(&mut self, column: Column, needed_by: &'static str) -> Option<&'a str> {
        let cell = self.cell(column);
        if cell.is_empty() {
            self.fault(column, LedgerFaultKind::Missing { column, needed_by });
            return None;
        }
        Some(cell)
    }

    fn empty(&mut self, column: Column, kind: &'static str) {
        let value = self.cell(column);
        if !value.is_empty() {
            let value = value.to_owned();
            self.fault(
                column,
                LedgerFaultKind::MustBeEmpty {
                    column,
                    value,
                    kind,
                },
            );
        }
    }

    fn one_of(&mut self, column: Column, what: &'static str, known: &[&str]) -> Option<&'a str> {
        let value = self.cell(column);
        if !known.contains(&value) {
            self.fault(column, unknown(what, value, known));
            return None;
        }
        Some(value)
    }

    fn date(&mut self, column: Column) -> Option<Edtf> {
        match parse_edtf(self.cell(column)) {
            Ok(date) => Some(date),
            Err(fault) => {
                self.fault(column, LedgerFaultKind::Date(fault));
                None
            }
        }
    }

    fn codes(&mut self) -> Vec<String> {
        let value = self.cell(Column::BY);
        if value.is_empty() {
            return Vec::new();
        }
        let codes: Vec<String> = value
            .split(';')
            .map(|code| code.trim().to_owned())
            .collect();
        let is_code = |code: &String| {
            let sign = |c: char| c.is_alphanumeric() || "_-".contains(c);
            !code.is_empty() && code.chars().all(sign)
        };
        let twice = |idx: usize| codes[..idx].contains(&codes[idx]);
        let wrong = (0..codes.len()).find(|&idx| !is_code(&codes[idx]) || twice(idx));
        if let Some(wrong) = wrong {
            let (value, code) = (value.to_owned(), codes[wrong].clone());
            self.fault(Column::BY, LedgerFaultKind::Code { value, code });
        }
        codes
    }

    fn amount(&mut self) -> Option<Amount> {
        let (value, unit) = (self.cell(Column::AMOUNT), self.cell(Column::UNIT));
        match (value.is_empty(), unit.is_empty()) {
            (true, true) => return None,
            (true, false) => {
                self.required(Column::AMOUNT, "a unit");
            }
            (false, true) => {
                self.required(Column::UNIT, "an amount");
            }
            (false, false) => {}
        }
        let plain = value.starts_with(|c: char| c.is_ascii_digit());
        let number = value.parse::<f64>().ok();
        let number = number.filter(|number| plain && number.is_finite() && *number >= 0.0);
        if number.is_none() && !value.is_empty() {
            let value = value.to_owned();
            self.fault(Column::AMOUNT, LedgerFaultKind::Amount { value });
        }
        Some(Amount {
            value: number?,
            unit: unit.to_owned(),
        })
    }
}

/// A name that isn't there, with the one that may have been meant.
pub(super) fn unknown(what: &'static str, value: &str, known: &[&str]) -> LedgerFaultKind {
    const NEAR: f64 = 0.8;
    let similarity = |name: &str| {
        strsim::normalized_damerau_levenshtein(&value.to_lowercase(), &name.to_lowercase())
            .max(strsim::jaro_winkler(&value.to_lowercase(), &name.to_lowercase()) - 0.05)
    };
    let nearest = known
        .iter()
        .map(|name| (similarity(name), *name))
        .filter(|(similarity, _)| *similarity >= NEAR)
        // The first of several that are as near.
        .rev()
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_owned());
    LedgerFaultKind::Unknown {
        what,
        value: value.to_owned(),
        nearest,
        known: known.iter().map(|name| (*name).to_owned()).collect(),
    }
}
