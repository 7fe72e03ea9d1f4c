//! What-ifs: `--set actor.salience=80`.

use yalu_council::Estimate;

use super::coded::Codings;
use super::value::{FORMS, parse_value};
use crate::diagnostic::did_you_mean;

/// Why a what-if isn't one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SetError {
    /// It isn't of the form.
    #[error("`{text}` is no what-if; write actor.salience=80 or actor.issue.position=40..60")]
    Form {
        /// The text.
        text: String,
    },
    /// The actor has no row.
    #[error("no such actor: `{actor}`{hint}")]
    Actor {
        /// The name.
        actor: String,
        /// The nearest, in words.
        hint: String,
    },
    /// The actor has no row on the issue.
    #[error("`{actor}` has no stake in `{issue}`{hint}")]
    Issue {
        /// The actor.
        actor: String,
        /// The issue.
        issue: String,
        /// The nearest, in words.
        hint: String,
    },
    /// It is none of position, salience and capability.
    #[error("`{name}` is none of position, salience and capability")]
    Attribute {
        /// The name.
        name: String,
    },
    /// A position must say on which issue, where there are several.
    #[error("`{actor}` has a position on each of {issues}; write {actor}.{first}.position")]
    WhichIssue {
        /// The actor.
        actor: String,
        /// Its issues.
        issues: String,
        /// The first of them.
        first: String,
    },
    /// The value is none, or can't be.
    #[error("`{text}` in `{set}`: {reason}")]
    Value {
        /// The whole.
        set: String,
        /// The value.
        text: String,
        /// Why.
        reason: String,
    },
}

/// Puts a value in the place of every coder's, as `actor.salience=80` or `actor.issue.position=40..60`.
///
/// Names are taken as they stand in the file; an actor whose name has a dot is found all the same.
/// A salience without an issue is set on all of the actor's issues; a position needs its issue where
/// there are several.
///
/// # Errors
/// [`SetError`].
pub fn apply_set(codings: &mut Codings, set: &str) -> Result<(), SetError> {
    let form = || SetError::Form {
        text: set.to_owned(),
    };
    let (place, text) = set.split_once('=').ok_or_else(form)?;
    let (path, attribute) = place.trim().rsplit_once('.').ok_or_else(form)?;
    let (actor, issue) = find(codings, path)?;
    let unit = match attribute {
        "position" | "capability" => 1.0,
        "salience" => 0.01,
        name => {
            return Err(SetError::Attribute {
                name: name.to_owned(),
            });
        }
    };
    let value = parse_value(text, unit).map_err(|error| SetError::Value {
        set: set.to_owned(),
        text: text.trim().to_owned(),
        reason: format!("{error}; {FORMS}"),
    })?;
    check(set, text, attribute, &value)?;
    if attribute == "position" && issue.is_none() {
        only_one_issue(codings, &actor)?;
    }
    for row in codings.rows.iter_mut().filter(|row| row.actor == actor) {
        if issue.as_ref().is_none_or(|issue| row.issue == *issue) {
            match attribute {
                "position" => row.position = value.clone(),
                "salience" => row.salience = value.clone(),
                _ => row.capability = Some(value.clone()),
            }
        }
    }
    Ok(())
}

/// The actor, and the issue where one is named.
fn find(codings: &Codings, path: &str) -> Result<(String, Option<String>), SetError> {
    let actors = codings.actors();
    if actors.contains(&path) {
        return Ok((path.to_owned(), None));
    }
    let longest = actors
        .iter()
        .filter_map(|actor| Some((*actor, path.strip_prefix(actor)?.strip_prefix('.')?)))
        .max_by_key(|(actor, _)| actor.len());
    let Some((actor, issue)) = longest else {
        let name = path.split('.').next().unwrap_or(path).to_owned();
        let hint = hint(&name, actors.iter().copied());
        return Err(SetError::Actor { actor: name, hint });
    };
    let mut issues = codings
        .rows
        .iter()
        .filter(|row| row.actor == actor)
        .map(|row| row.issue.as_str());
    if issues.clone().any(|known| known == issue) {
        return Ok((actor.to_owned(), Some(issue.to_owned())));
    }
    let hint = hint(issue, &mut issues);
    Err(SetError::Issue {
        actor: actor.to_owned(),
        issue: issue.to_owned(),
        hint,
    })
}

fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    did_you_mean(name, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

fn check(set: &str, text: &str, attribute: &str, value: &Estimate) -> Result<(), SetError> {
    let (low, high) = value.bounds();
    let reason = match attribute {
        "salience" if low < 0.0 || high > 1.0 => "a salience is from 0 to 100",
        "capability" if low < 0.0 => "a capability isn't negative",
        _ => return Ok(()),
    };
    Err(SetError::Value {
        set: set.to_owned(),
        text: text.trim().to_owned(),
        reason: reason.to_owned(),
    })
}

fn only_one_issue(codings: &Codings, actor: &str) -> Result<(), SetError> {
    let mut issues: Vec<&str> = Vec::new();
    for row in codings.rows.iter().filter(|row| row.actor == actor) {
        if !issues.contains(&row.issue.as_str()) {
            issues.push(&row.issue);
        }
    }
    if issues.len() < 2 {
        return Ok(());
    }
    let first = issues[0].to_owned();
    Err(SetError::WhichIssue {
        actor: actor.to_owned(),
        issues: issues.join(", "),
        first,
    })
}
