//! Names of persons and bodies.

use super::fault::{BibtexError, Loss};
use crate::csl::Name;
use biblatex::{ChunksExt as _, ChunksRef, Person};

/// The names of a field, and whether `and others` stands at their end.
pub(super) fn names(
    field: &str,
    chunks: ChunksRef<'_>,
) -> Result<(Vec<Name>, Vec<Loss>), BibtexError> {
    let fault = || BibtexError::EmptyName {
        field: field.to_owned(),
    };
    let persons: Vec<Person> = chunks.parse().map_err(|_| fault())?;
    let (mut names, mut losses) = (Vec::new(), Vec::new());
    for person in persons {
        let bare = person.given_name.is_empty() && person.prefix.is_empty();
        if bare && person.name == "others" {
            losses.push(Loss::Others {
                field: field.to_owned(),
            });
            continue;
        }
        let name = name(&person);
        if name.whole().trim().is_empty() {
            return Err(fault());
        }
        names.push(name);
    }
    Ok((names, losses))
}

fn name(person: &Person) -> Name {
    let said = |text: &str| {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then_some(line)
    };
    let mut name = Name {
        family: said(&person.name),
        given: said(&person.given_name),
        suffix: said(&person.suffix),
        ..Name::default()
    };
    // Only `useprefix=false` says that a particle may be dropped; BibTeX can't say it, and a short
    // citation without it, `Meer` for `van der Meer`, would name somebody else.
    match person.use_prefix {
        Some(false) => name.dropping_particle = said(&person.prefix),
        _ => name.non_dropping_particle = said(&person.prefix),
    }
    // One part alone is a body, or somebody with one name: either is printed as it stands.
    if name.given.is_none() && name.non_dropping_particle.is_none() && name.suffix.is_none() {
        name.literal = name.family.take();
    }
    name
}
