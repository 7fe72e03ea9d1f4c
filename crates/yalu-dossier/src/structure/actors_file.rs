//! The actors file: a row for each actor, issue and coder.

use std::path::Path;

use yalu_council::Estimate;

use super::coded::{Coding, Codings};
use super::fields::{Field, Fields, Record, text_of};
use super::ktab;
use super::value::{FORMS, parse_value};
use crate::csv_file::problem;
use crate::diagnostic::Problem;

/// The most actors of one council: coalitions, rounds and pages are made for fewer.
const MOST_ACTORS: usize = 500;

/// Reads an actors file: ours, or a scenario of KTAB.
///
/// # Errors
/// Every fault, each at its row and column.
pub fn read_actors(path: &Path) -> Result<Codings, Vec<Problem>> {
    let bytes = std::fs::read(path).map_err(|error| {
        let mut fault = problem(path, "file.read", None, format!("can't be read: {error}"));
        fault.mend = Some("name a dossier's folder, or an actors file".to_owned());
        vec![fault]
    })?;
    let text = text_of(path, bytes).map_err(|fault| vec![fault])?;
    parse_actors(path, &text)
}

/// Reads an actors file's text; `path` stands in the faults.
///
/// # Errors
/// As [`read_actors`].
pub fn parse_actors(path: &Path, text: &str) -> Result<Codings, Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('<') {
        return ktab::parse_xml(path, text).map(|scenario| scenario.codings);
    }
    let fields = Fields::parse(path, text).map_err(|fault| vec![fault])?;
    if fields.records.is_empty() {
        let mut fault = problem(path, "actors.empty", None, "the file is empty".to_owned());
        fault.mend = Some(format!("its first line is: {}", COLUMNS.join(",")));
        return Err(vec![fault]);
    }
    if ktab::looks_like_csv(&fields) {
        return ktab::read_csv(&fields).map(|scenario| scenario.codings);
    }
    if let Some(columns) = PeerColumns::find(&fields) {
        return Rows::new(&fields).peer(&columns);
    }
    Rows::new(&fields).read()
}

const COLUMNS: [&str; 8] = [
    "actor",
    "issue",
    "position",
    "salience",
    "capability",
    "coder",
    "source",
    "note",
];

/// The columns of the tables that the expected-utility programs share: one issue, a row an actor,
/// `Actor,Capability,Position,Salience` in any order (or `Stakeholder`, `Resources`).
struct PeerColumns {
    actor: usize,
    capability: usize,
    position: usize,
    salience: usize,
}

impl PeerColumns {
    fn find(fields: &Fields) -> Option<Self> {
        let any = |names: [&str; 2]| names.iter().find_map(|name| fields.column(name));
        if fields.column("issue").is_some() {
            return None;
        }
        Some(Self {
            actor: any(["actor", "stakeholder"])?,
            capability: any(["capability", "resources"])?,
            position: fields.column("position")?,
            salience: fields.column("salience")?,
        })
    }
}

struct Rows<'a> {
    fields: &'a Fields,
    problems: Vec<Problem>,
}

impl<'a> Rows<'a> {
    fn new(fields: &'a Fields) -> Self {
        Self {
            fields,
            problems: Vec::new(),
        }
    }

    fn fault(
        &mut self,
        code: &'static str,
        record: &Record,
        field: &Field,
        message: String,
        mend: Option<String>,
    ) {
        let fault = self
            .fields
            .problem_at(code, record.line, field.column, message, mend);
        self.problems.push(fault);
    }

    /// The rows below the header that have as many fields as it.
    fn rows(&mut self) -> Vec<&'a Record> {
        let width = self.fields.records[0].fields.len();
        let mut sound = Vec::new();
        for record in &self.fields.records[1..] {
            if record.fields.len() == width {
                sound.push(record);
                continue;
            }
            let last = record.fields[record.fields.len().min(width) - 1].clone();
            let message = format!(
                "{} fields where the header has {width}",
                record.fields.len()
            );
            let mend = Some("a field with a comma needs quotes".to_owned());
            self.fault("file.csv", record, &last, message, mend);
        }
        if self.fields.records.len() == 1 {
            let message = "there is no row below the header".to_owned();
            self.problems
                .push(problem(&self.fields.path, "actors.empty", Some(1), message));
        }
        sound
    }

    fn value(&mut self, record: &Record, field: &Field, name: &str, unit: f64) -> Option<Estimate> {
        match parse_value(&field.text, unit) {
            Ok(value) => Some(value),
            Err(error) => {
                let message = format!("in column {name}: {error}");
                self.fault(
                    "actors.value",
                    record,
                    field,
                    message,
                    Some(FORMS.to_owned()),
                );
                None
            }
        }
    }

    /// A salience, written from 0 to 100, or a capability: with the bounds that need no scale.
    fn salience(&mut self, record: &Record, field: &Field, unit: f64) -> Option<Estimate> {
        let value = self.value(record, field, "salience", unit)?;
        let (low, high) = value.bounds();
        if low < 0.0 || high > 1.0 + 1e-12 {
            let message = format!("salience `{}` is outside 0 to {}", field.text, 1.0 / unit);
            let mend = "100 is an actor that would spend all it has on this issue, 0 one that doesn't care";
            self.fault(
                "actors.salience",
                record,
                field,
                message,
                Some(mend.to_owned()),
            );
            return None;
        }
        Some(value)
    }

    fn capability(&mut self, record: &Record, field: &Field) -> Option<Estimate> {
        let value = self.value(record, field, "capability", 1.0)?;
        if value.bounds().0 < 0.0 {
            let message = format!("capability `{}` is negative", field.text);
            let mend = "0 is an actor without any; write a share, an index or a vote count";
            self.fault(
                "actors.capability",
                record,
                field,
                message,
                Some(mend.to_owned()),
            );
            return None;
        }
        Some(value)
    }

    fn name(&mut self, record: &Record, field: &Field, what: &str) -> Option<String> {
        if field.text.is_empty() {
            self.fault(
                "actors.name",
                record,
                field,
                format!("the {what} has no name"),
                None,
            );
            return None;
        }
        Some(field.text.clone())
    }

    fn read(mut self) -> Result<Codings, Vec<Problem>> {
        let mut columns = [0; 5];
        for (place, name) in COLUMNS[..5].iter().enumerate() {
            match self.fields.column(name) {
                Some(index) => columns[place] = index,
                None => self.problems.push(self.fields.missing_column(name)),
            }
        }
        let known = |name: &str| {
            COLUMNS
                .iter()
                .any(|column| column.eq_ignore_ascii_case(name))
        };
        for field in &self.fields.records[0].fields {
            if !known(&field.text) {
                let message = format!("no such column: `{}`", field.text);
                let mend = Some(format!("the columns are {}", COLUMNS.join(", ")));
                let fault = self
                    .fields
                    .problem_at("file.column", 1, field.column, message, mend);
                self.problems.push(fault);
            }
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let optional = ["coder", "source", "note"].map(|name| self.fields.column(name));
        let mut codings = Codings {
            path: self.fields.path.clone(),
            ..Codings::default()
        };
        for record in self.rows() {
            let field = |place: usize| &record.fields[columns[place]];
            let text = |place: usize| {
                optional[place].map_or_else(String::new, |index| record.fields[index].text.clone())
            };
            let actor = self.name(record, field(0), "actor");
            let issue = self.name(record, field(1), "issue");
            let position = self.value(record, field(2), "position", 1.0);
            let salience = self.salience(record, field(3), 0.01);
            let capability = if field(4).text.is_empty() {
                Some(None)
            } else {
                self.capability(record, field(4)).map(Some)
            };
            let (Some(actor), Some(issue), Some(position), Some(salience), Some(capability)) =
                (actor, issue, position, salience, capability)
            else {
                continue;
            };
            let coding = Coding {
                actor,
                issue,
                position,
                salience,
                capability,
                coder: text(0),
                source: text(1),
                note: text(2),
                line: record.line as u64,
                columns: [2, 3, 4].map(|place| field(place).column),
            };
            self.twice(&codings, &coding, record, field(0));
            codings.rows.push(coding);
        }
        self.finish(codings)
    }

    /// A table of one issue, whose id is `outcome`.
    fn peer(mut self, columns: &PeerColumns) -> Result<Codings, Vec<Problem>> {
        let mut codings = Codings {
            path: self.fields.path.clone(),
            ..Codings::default()
        };
        let unit = self.peer_salience_unit(columns);
        for record in self.rows() {
            let field = |index: usize| &record.fields[index];
            let actor = self.name(record, field(columns.actor), "actor");
            let position = self.value(record, field(columns.position), "position", 1.0);
            let salience = self.salience(record, field(columns.salience), unit);
            let capability = self.capability(record, field(columns.capability));
            let (Some(actor), Some(position), Some(salience), Some(capability)) =
                (actor, position, salience, capability)
            else {
                continue;
            };
            let coding = Coding {
                actor,
                issue: "outcome".to_owned(),
                position,
                salience,
                capability: Some(capability),
                coder: String::new(),
                source: String::new(),
                note: String::new(),
                line: record.line as u64,
                columns: [columns.position, columns.salience, columns.capability]
                    .map(|index| field(index).column),
            };
            self.twice(&codings, &coding, record, field(columns.actor));
            codings.rows.push(coding);
        }
        self.finish(codings)
    }

    /// Whether the saliences of a table run to 1 or to 100: to 1 if none is greater.
    fn peer_salience_unit(&self, columns: &PeerColumns) -> f64 {
        let greater = self.fields.records[1..].iter().any(|record| {
            let field = record.fields.get(columns.salience);
            field
                .and_then(|field| field.text.parse::<f64>().ok())
                .is_some_and(|v| v > 1.0)
        });
        if greater { 0.01 } else { 1.0 }
    }

    /// An actor that one coder codes twice on one issue.
    fn twice(&mut self, codings: &Codings, coding: &Coding, record: &Record, field: &Field) {
        let mut before = codings.of(&coding.actor, &coding.issue);
        let Some(first) = before.find(|row| row.coder == coding.coder) else {
            return;
        };
        let by = match coding.coder.as_str() {
            "" => String::new(),
            coder => format!(" by {coder}"),
        };
        let message = format!(
            "actor `{}` is coded twice on `{}`{by}: first on line {}",
            coding.actor, coding.issue, first.line
        );
        let mend = "two actors need two names; two opinions need two coders in a column `coder`";
        self.fault(
            "actors.twice",
            record,
            field,
            message,
            Some(mend.to_owned()),
        );
    }

    fn finish(mut self, codings: Codings) -> Result<Codings, Vec<Problem>> {
        let actors = codings.actors().len();
        if actors > MOST_ACTORS {
            let message = format!("{actors} actors; at most {MOST_ACTORS} can be in one council");
            self.problems
                .push(problem(&self.fields.path, "actors.many", None, message));
        }
        if self.problems.is_empty() {
            Ok(codings)
        } else {
            Err(self.problems)
        }
    }
}
