//! Sources from BibTeX and BibLaTeX, as Zotero and JabRef write them, turned into those of CSL.
//!
//! The reader of the format is the crate `biblatex`; what its fields mean in CSL is decided here.
//! Nothing is lost in silence: a field without a variable is kept under `custom.bibtex`, and each
//! thing that the two formats say differently is a note.
//!
//! # Source
//! Patashnik (1988), *BibTeXing*; Kime, Wemheuer and Lehman (2024), *The biblatex Package* 3.20,
//! chapter 2. Which field becomes which variable: `docs/sources.md`.

mod dates;
mod fault;
mod map;
mod names;
mod parse;
mod tables;
#[cfg(test)]
mod tests;
mod text;

pub use fault::{BibtexError, BibtexFault, Import, ImportNote, Loss};

use crate::csl::Lines;

/// Reads a BibTeX or BibLaTeX file. Entries become items in the file's order, with their citation
/// keys as identifiers; entries of data for others (`@xdata`) don't.
///
/// ```
/// let text = r"@online{c13, author = {Cathcart, Adam}, title = {Talks in {London}},
///     date = {2013-07-31}, url = {https://sinonk.com}, rating = {5}}";
/// let import = yalu_evidence::bibtex::read_bibtex(text).map_err(|faults| faults[0].clone())?;
/// let item = &import.items[0];
/// assert_eq!((item.kind.as_str(), item.title.as_deref()), ("webpage", Some("Talks in London")));
/// let notes: Vec<String> = import.notes.iter().map(ToString::to_string).collect();
/// assert_eq!(
///     notes,
///     [
///         "line 1: entry `c13`: braces that protect capitals in `title` are left out",
///         "line 2: entry `c13`: `rating` has no place in CSL; kept under `custom.bibtex`",
///     ]
/// );
/// # Ok::<(), yalu_evidence::bibtex::BibtexFault>(())
/// ```
///
/// # Errors
/// All faults that can be told, in the order of the text; where the text can't be taken apart at all,
/// the first.
pub fn read_bibtex(text: &str) -> Result<Import, Vec<BibtexFault>> {
    let lines = Lines::new(text);
    let mut import = Import::default();
    let (entries, mut faults) = parse::entries(text, &lines, &mut import.notes)?;
    for entry in entries {
        match map::item(entry, &lines, &mut import.notes) {
            Ok(item) => import.items.extend(item),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() {
        import.notes.sort_by_key(|note| note.line);
        return Ok(import);
    }
    faults.sort_by_key(|fault| fault.position);
    Err(faults)
}
