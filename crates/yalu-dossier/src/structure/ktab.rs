//! Scenarios of KTAB's spatial model, as its programs read and write them.
//!
//! CSV: a line with name, description and the numbers of actors and issues; a line of column names;
//! then a line an actor: name, description, power, and a position and a salience for each issue, all
//! from 0 to 100. Lines may end in a comma. XML: the same with the model's options, where an empty
//! element means 0 as it does there.

use std::fmt::Write as _;
use std::path::Path;

use yalu_council::{Council, Estimate};

use super::coded::{Coding, Codings};
use super::fields::{Field, Fields, Record};
use super::spatial_keys::SpatialKeys;
use crate::csv_file::problem;
use crate::diagnostic::Problem;

/// A scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Who wants what; the issues are the file's own, from 0 to 100.
    pub codings: Codings,
    /// The seed of an XML scenario.
    pub seed: Option<u64>,
}

/// Whether the first line is a scenario's: a name, a description, two whole numbers.
pub(crate) fn looks_like_csv(fields: &Fields) -> bool {
    let count = |field: Option<&Field>| field.is_some_and(|f| f.text.parse::<usize>().is_ok());
    fields.records.first().is_some_and(|record| {
        (4..=5).contains(&record.fields.len())
            && count(record.fields.get(2))
            && count(record.fields.get(3))
    })
}

/// Reads a CSV scenario.
pub(crate) fn read_csv(fields: &Fields) -> Result<Scenario, Vec<Problem>> {
    let first = &fields.records[0];
    let number = |place: usize| first.fields[place].text.parse::<usize>().unwrap_or(0);
    let (actors, issues) = (number(2), number(3));
    let mut reader = CsvReader {
        fields,
        problems: Vec::new(),
    };
    let Some(header) = fields.records.get(1) else {
        let message = "the scenario has no line of column names".to_owned();
        return Err(vec![problem(&fields.path, "ktab.header", Some(1), message)]);
    };
    let width = 3 + 2 * issues;
    reader.width(header, width);
    if fields.records.len() - 2 != actors {
        let message = format!(
            "the first line says {actors} actors, and {} follow",
            fields.records.len() - 2
        );
        let mend = Some("correct the number, or the rows".to_owned());
        let column = first.fields[2].column;
        reader
            .problems
            .push(fields.problem_at("ktab.count", first.line, column, message, mend));
    }
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    let own_issues: Vec<String> = (0..issues)
        .map(|k| issue_name(&header.fields[3 + 2 * k].text))
        .collect();
    let mut codings = Codings {
        path: fields.path.clone(),
        own_issues: own_issues.clone(),
        ..Codings::default()
    };
    for record in &fields.records[2..] {
        if reader.width(record, width) {
            reader.actor(record, &own_issues, &mut codings);
        }
    }
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    Ok(Scenario {
        name: first.fields[0].text.clone(),
        description: first.fields[1].text.clone(),
        codings,
        seed: None,
    })
}

/// The name of an issue from the name of its position's column.
fn issue_name(column: &str) -> String {
    let name = column.trim();
    match name.strip_suffix("Position").map(str::trim_end) {
        Some(short) if !short.is_empty() => short.to_owned(),
        _ => name.to_owned(),
    }
}

struct CsvReader<'a> {
    fields: &'a Fields,
    problems: Vec<Problem>,
}

impl CsvReader<'_> {
    /// Whether a line has a scenario's fields; a last empty one, after a comma, doesn't count.
    fn width(&mut self, record: &Record, width: usize) -> bool {
        let got = record.fields.len();
        let trailing = got == width + 1 && record.fields[width].text.is_empty();
        if got == width || trailing {
            return true;
        }
        let column = record.fields[got.min(width) - 1].column;
        let message = format!("{got} fields where the scenario's issues ask for {width}");
        let mend =
            Some("name, description, power, then position and salience for each issue".to_owned());
        let fault = self
            .fields
            .problem_at("ktab.width", record.line, column, message, mend);
        self.problems.push(fault);
        false
    }

    fn actor(&mut self, record: &Record, issues: &[String], codings: &mut Codings) {
        let name = record.fields[0].text.clone();
        if name.is_empty() {
            self.fault(record, 0, "the actor has no name".to_owned(), None);
        }
        if codings.descriptions.contains_key(&name) {
            let mend = Some("two actors need two names".to_owned());
            self.fault(record, 0, format!("actor `{name}` stands twice"), mend);
        }
        codings
            .descriptions
            .insert(name.clone(), record.fields[1].text.clone());
        let capability = self.number(record, 2, "power", f64::INFINITY);
        let mut spent = 0.0;
        for (k, issue) in issues.iter().enumerate() {
            let position = self.number(record, 3 + 2 * k, "position", 100.0);
            let salience = self.number(record, 4 + 2 * k, "salience", 100.0);
            spent += salience.unwrap_or(0.0);
            let (Some(position), Some(salience), Some(capability)) =
                (position, salience, capability)
            else {
                continue;
            };
            codings.rows.push(Coding {
                actor: name.clone(),
                issue: issue.clone(),
                position: exact(position),
                salience: exact(salience / 100.0),
                capability: Some(exact(capability)),
                coder: String::new(),
                source: String::new(),
                note: String::new(),
                line: record.line as u64,
                columns: [3 + 2 * k, 4 + 2 * k, 2].map(|place| record.fields[place].column),
            });
        }
        if spent > 100.0 + 1e-9 {
            let mend =
                Some("an actor has no more than 100 to spend on all issues together".to_owned());
            self.fault(record, 4, format!("the saliences sum to {spent}"), mend);
        }
    }

    fn number(&mut self, record: &Record, place: usize, what: &str, most: f64) -> Option<f64> {
        let text = &record.fields[place].text;
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && (0.0..=most).contains(&number) => Some(number),
            Ok(number) if number.is_finite() => {
                let bound = if most.is_finite() {
                    format!("outside 0 to {most}")
                } else {
                    "negative".to_owned()
                };
                self.fault(record, place, format!("{what} `{text}` is {bound}"), None);
                None
            }
            _ => {
                self.fault(record, place, format!("{what} `{text}` is no number"), None);
                None
            }
        }
    }

    fn fault(&mut self, record: &Record, place: usize, message: String, mend: Option<String>) {
        let column = record.fields[place].column;
        let fault = self
            .fields
            .problem_at("ktab.value", record.line, column, message, mend);
        self.problems.push(fault);
    }
}

/// A number that was found finite.
fn exact(value: f64) -> Estimate {
    Estimate::exact(value).unwrap_or_else(|_| unreachable!("the reader refuses what isn't finite"))
}

/// Reads an XML scenario; `path` stands in the faults.
pub(crate) fn parse_xml(path: &Path, text: &str) -> Result<Scenario, Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = roxmltree::Document::parse(text).map_err(|error| {
        let place = error.pos();
        let mut fault = problem(
            path,
            "ktab.xml",
            Some(u64::from(place.row)),
            error.to_string(),
        );
        fault.column = Some(place.col as usize);
        vec![fault]
    })?;
    let mut reader = XmlReader {
        path,
        document: &document,
        problems: Vec::new(),
    };
    let scenario = reader.scenario(document.root_element());
    match scenario {
        Some(scenario) if reader.problems.is_empty() => Ok(scenario),
        _ => Err(reader.problems),
    }
}

type Node<'a> = roxmltree::Node<'a, 'a>;

struct XmlReader<'a> {
    path: &'a Path,
    document: &'a roxmltree::Document<'a>,
    problems: Vec<Problem>,
}

impl<'a> XmlReader<'a> {
    fn fault(&mut self, node: Node<'_>, message: String) {
        let place = self.document.text_pos_at(node.range().start);
        let mut fault = problem(self.path, "ktab.xml", Some(u64::from(place.row)), message);
        fault.column = Some(place.col as usize);
        self.problems.push(fault);
    }

    fn child(&mut self, node: Node<'a>, name: &str) -> Option<Node<'a>> {
        let found = node.children().find(|child| child.has_tag_name(name));
        if found.is_none() {
            self.fault(
                node,
                format!("<{}> has no <{name}>", node.tag_name().name()),
            );
        }
        found
    }

    fn text(&mut self, node: Node<'a>, name: &str) -> Option<String> {
        let child = self.child(node, name)?;
        Some(child.text().unwrap_or_default().trim().to_owned())
    }

    fn scenario(&mut self, root: Node<'a>) -> Option<Scenario> {
        if !root.has_tag_name("Scenario") {
            self.fault(
                root,
                format!("<{}> is no KTAB scenario", root.tag_name().name()),
            );
            return None;
        }
        let name = self.text(root, "name")?;
        let description = self.text(root, "desc")?;
        let seed = root.children().find(|child| child.has_tag_name("prngSeed"));
        let seed = seed
            .and_then(|node| node.text())
            .and_then(|text| text.trim().parse().ok());
        let spatial = self.options(root);
        let dimensions = self.child(root, "Dimensions")?;
        let own_issues: Vec<String> = named(dimensions, "dName")
            .map(|node| node.text().unwrap_or_default().trim().to_owned())
            .collect();
        let mut codings = Codings {
            path: self.path.to_owned(),
            own_issues: own_issues.clone(),
            ..Codings::default()
        };
        let actors = self.child(root, "Actors")?;
        for node in named(actors, "Actor") {
            self.actor(node, &own_issues, &mut codings);
        }
        let adjustments = root
            .children()
            .find(|child| child.has_tag_name("IdealAdjustment"));
        codings.accommodation = adjustments.map_or_else(Vec::new, |node| self.accommodation(node));
        codings.spatial = spatial;
        Some(Scenario {
            name,
            description,
            codings,
            seed,
        })
    }

    /// The model's options; none where the scenario leaves them to KTAB.
    fn options(&mut self, root: Node<'a>) -> SpatialKeys {
        let mut keys = SpatialKeys::default();
        let parameters = root
            .children()
            .find(|child| child.has_tag_name("ModelParameters"));
        let elements = parameters.into_iter().flat_map(|node| node.children());
        for element in elements.filter(roxmltree::Node::is_element) {
            let value = element.text().unwrap_or_default().trim();
            if let Err(message) = keys.take(element.tag_name().name(), value) {
                self.fault(element, message);
            }
        }
        keys
    }

    fn actor(&mut self, node: Node<'a>, issues: &[String], codings: &mut Codings) -> Option<()> {
        let name = self.text(node, "name")?;
        if codings.descriptions.contains_key(&name) {
            self.fault(node, format!("actor `{name}` stands twice"));
        }
        let description = self.text(node, "description")?;
        codings.descriptions.insert(name.clone(), description);
        let capability = self.child(node, "capability")?;
        let capability = self.number(capability, "capability", f64::INFINITY)?;
        let positions = self.child(node, "Position")?;
        let positions = self.numbers(positions, "dCoord", issues.len())?;
        let saliences = self.child(node, "Salience")?;
        let saliences = self.numbers(saliences, "dSal", issues.len())?;
        if saliences.iter().sum::<f64>() > 100.0 + 1e-9 {
            self.fault(
                node,
                format!("the saliences of `{name}` sum to more than 100"),
            );
        }
        let place = self.document.text_pos_at(node.range().start);
        for (k, issue) in issues.iter().enumerate() {
            codings.rows.push(Coding {
                actor: name.clone(),
                issue: issue.clone(),
                position: exact(positions[k]),
                salience: exact(saliences[k] / 100.0),
                capability: Some(exact(capability)),
                coder: String::new(),
                source: String::new(),
                note: String::new(),
                line: u64::from(place.row),
                columns: [place.col as usize; 3],
            });
        }
        Some(())
    }

    fn numbers(&mut self, node: Node<'a>, name: &'static str, count: usize) -> Option<Vec<f64>> {
        let nodes: Vec<Node<'a>> = named(node, name).collect();
        if nodes.len() != count {
            let message = format!("{} <{name}> for {count} issues", nodes.len());
            self.fault(node, message);
            return None;
        }
        nodes
            .into_iter()
            .map(|node| self.number(node, name, 100.0))
            .collect()
    }

    /// A number from 0; an empty element is 0.
    fn number(&mut self, node: Node<'a>, what: &str, most: f64) -> Option<f64> {
        let text = node.text().unwrap_or_default().trim();
        let number = if text.is_empty() {
            Ok(0.0)
        } else {
            text.parse::<f64>()
        };
        match number {
            Ok(number) if number.is_finite() && (0.0..=most).contains(&number) => Some(number),
            _ => {
                self.fault(
                    node,
                    format!("{what} `{text}` is no number from 0 to {most}"),
                );
                None
            }
        }
    }

    fn accommodation(&mut self, node: Node<'a>) -> Vec<(String, String, f64)> {
        let mut pairs = Vec::new();
        for pair in named(node, "iaPair") {
            let actor = self.text(pair, "adjustingIdeal");
            let reference = self.text(pair, "referencePos");
            let weight = self
                .child(pair, "adjust")
                .and_then(|n| self.number(n, "adjust", 1.0));
            if let (Some(actor), Some(reference), Some(weight)) = (actor, reference, weight) {
                pairs.push((actor, reference, weight));
            }
        }
        pairs
    }
}

fn named<'a>(node: Node<'a>, name: &'a str) -> impl Iterator<Item = Node<'a>> {
    node.children()
        .filter(move |child| child.has_tag_name(name))
}

/// Writes a council as a CSV scenario, which KTAB reads as it is.
///
/// Positions go from each issue's scale to 0 to 100. Commas and quotes in names become spaces: KTAB
/// doesn't read them back. Actors without a stake in an issue stand at its middle with no salience.
pub fn write_csv(name: &str, description: &str, council: &Council) -> String {
    let plain = |text: &str| text.replace([',', '"', '\n', '\r'], " ");
    let mut text = format!(
        "{},{},{},{}\nActor,Description,Power",
        plain(name),
        plain(description),
        council.actors().len(),
        council.issues().len()
    );
    for issue in council.issues() {
        let _ = write!(text, ",{0} Position,{0} Salience", plain(&issue.id));
    }
    text.push('\n');
    for actor in council.actors() {
        let _ = write!(text, "{},,{}", plain(&actor.id), actor.capability);
        for (stake, issue) in actor.stakes.iter().zip(council.issues()) {
            let (position, salience) = stake.map_or((50.0, 0.0), |stake| {
                (
                    (stake.position - issue.low) / issue.range() * 100.0,
                    stake.salience * 100.0,
                )
            });
            let _ = write!(text, ",{},{}", rounded(position), rounded(salience));
        }
        text.push('\n');
    }
    text
}

/// Ten digits after the point are more than any coding has, and hide the last bits of a division.
fn rounded(value: f64) -> f64 {
    (value * 1e10).round() / 1e10
}
