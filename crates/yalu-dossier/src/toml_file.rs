//! A file of TOML that its author wrote: parsed with the place of each key, unknown keys named with
//! their nearest.

use std::collections::BTreeSet;
use std::path::Path;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Problem, Problems, did_you_mean, line_and_column};
use crate::schema::schema_of;

/// The text of a dossier file with its keys' places.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
    pub(crate) root: &'a Spanned<DeTable<'a>>,
}

/// A step on the way to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Item(usize),
}

impl Source<'_> {
    /// The bytes of the value at `steps`; of the nearest one above where it isn't there.
    fn span(&self, steps: &[Step]) -> (usize, usize) {
        let mut span = (0, 0);
        let mut table: Option<&DeTable<'_>> = Some(self.root.get_ref());
        let mut value: Option<&Spanned<DeValue<'_>>> = None;
        for step in steps {
            let next = match step {
                Step::Key(key) => table.and_then(|table| table.get(key.as_str())),
                Step::Item(idx) => value.and_then(|one| one.get_ref().get(*idx)),
            };
            let Some(next) = next else { break };
            span = (next.span().start, next.span().end);
            value = Some(next);
            table = next.get_ref().as_table();
        }
        span
    }

    /// The line, from 1, of the value at `steps`.
    pub(crate) fn line(&self, steps: &[Step]) -> usize {
        line_and_column(self.text, self.span(steps).0).0
    }

    /// A fault at a key.
    pub(crate) fn problem(
        &self,
        code: &'static str,
        steps: &[Step],
        message: String,
        mend: Option<String>,
    ) -> Problem {
        self.problem_at(code, self.span(steps), path_of(steps), message, mend)
    }

    fn problem_at(
        &self,
        code: &'static str,
        span: (usize, usize),
        key: String,
        message: String,
        mend: Option<String>,
    ) -> Problem {
        let (line, column) = line_and_column(self.text, span.0);
        Problem {
            code,
            message,
            file: self.path.to_owned(),
            line: Some(line),
            column: Some(column),
            key: (!key.is_empty()).then_some(key),
            span: Some(span),
            mend,
        }
    }
}

fn path_of(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Key(key) if path.is_empty() => path.push_str(key),
            Step::Key(key) => {
                path.push('.');
                path.push_str(key);
            }
            Step::Item(idx) => {
                path.push('[');
                path.push_str(&idx.to_string());
                path.push(']');
            }
        }
    }
    path
}

/// Parses `text` as a `T`, and has `check` look at it. `path` stands in the faults.
///
/// # Errors
/// [`Problems`]: every fault found; those of `check` only where keys and types are right.
pub(crate) fn parse_toml<T: DeserializeOwned + JsonSchema>(
    path: &Path,
    text: &str,
    check: impl FnOnce(&Source<'_>, &T, &mut Vec<Problem>),
) -> Result<T, Problems> {
    let syntax = |error: &toml::de::Error| {
        let span = error.span().unwrap_or(0..0);
        let (line, column) = line_and_column(text, span.start);
        Problem {
            code: "dossier.toml",
            message: error.message().to_owned(),
            file: path.to_owned(),
            line: Some(line),
            column: Some(column),
            key: None,
            span: Some((span.start, span.end)),
            mend: None,
        }
    };
    let root = DeTable::parse(text).map_err(|error| Problems(vec![syntax(&error)]))?;
    let source = Source {
        path,
        text,
        root: &root,
    };
    let mut problems = Vec::new();
    let schema = schema_of::<T>("");
    unknown_keys(
        &source,
        &schema,
        &schema,
        root.get_ref(),
        &mut Vec::new(),
        &mut problems,
    );
    match toml::from_str::<T>(text) {
        Ok(value) if problems.is_empty() => {
            check(&source, &value, &mut problems);
            if problems.is_empty() {
                Ok(value)
            } else {
                Err(Problems(problems))
            }
        }
        Ok(_) => Err(Problems(problems)),
        Err(error) => {
            // Unknown keys were found above, all of them and with their nearest.
            if !error.message().starts_with("unknown field") || problems.is_empty() {
                problems.push(syntax(&error));
            }
            Err(Problems(problems))
        }
    }
}

/// Follows a `$ref`, and takes the object out of an `anyOf` with null.
fn resolve<'a>(
    root: &'a serde_json::Value,
    schema: &'a serde_json::Value,
) -> &'a serde_json::Value {
    let mut here = schema;
    loop {
        if let Some(reference) = here.get("$ref").and_then(serde_json::Value::as_str) {
            match root.pointer(reference.trim_start_matches('#')) {
                Some(next) => here = next,
                None => return here,
            }
        } else if let Some(any) = here.get("anyOf").and_then(serde_json::Value::as_array) {
            match any
                .iter()
                .find(|one| one.get("type").and_then(|t| t.as_str()) != Some("null"))
            {
                Some(next) => here = next,
                None => return here,
            }
        } else {
            return here;
        }
    }
}

fn unknown_keys(
    source: &Source<'_>,
    root: &serde_json::Value,
    schema: &serde_json::Value,
    table: &DeTable<'_>,
    steps: &mut Vec<Step>,
    problems: &mut Vec<Problem>,
) {
    let schema = resolve(root, schema);
    let properties = schema
        .get("properties")
        .and_then(serde_json::Value::as_object);
    let additional = schema.get("additionalProperties");
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let inner = match (properties.and_then(|all| all.get(name)), additional) {
            (Some(inner), _) => inner,
            (None, Some(inner)) if inner.is_object() => inner,
            _ => {
                let known: BTreeSet<&str> = properties
                    .map(|all| all.keys().map(String::as_str).collect())
                    .unwrap_or_default();
                let near = did_you_mean(name, known.iter().copied());
                steps.push(Step::Key(name.to_owned()));
                problems.push(source.problem_at(
                    "dossier.unknown-key",
                    (key.span().start, key.span().end),
                    path_of(steps),
                    format!("unknown key `{name}`"),
                    Some(match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!(
                            "the keys here are {}",
                            known.into_iter().collect::<Vec<_>>().join(", ")
                        ),
                    }),
                ));
                steps.pop();
                continue;
            }
        };
        steps.push(Step::Key(name.to_owned()));
        match value.get_ref() {
            DeValue::Table(inside) => unknown_keys(source, root, inner, inside, steps, problems),
            DeValue::Array(items) => {
                let item_schema = resolve(root, inner)
                    .get("items")
                    .cloned()
                    .unwrap_or_default();
                for (idx, item) in items.iter().enumerate() {
                    if let DeValue::Table(inside) = item.get_ref() {
                        steps.push(Step::Item(idx));
                        unknown_keys(source, root, &item_schema, inside, steps, problems);
                        steps.pop();
                    }
                }
            }
            _ => {}
        }
        steps.pop();
    }
}
