//! What stands behind a chart or a table, for readers who take it along.
//!
//! While a page of the site is drawn, each chart and table puts its figures into the page's list and
//! writes links to them under itself; a report that stands alone has no list, and so no links.

mod records;

use std::cell::RefCell;
use std::collections::BTreeMap;

use yalu_dossier::export::{Column, ExportTable};

pub(crate) use records::records;

use crate::table::{Cell, Table};

/// What a reader can take along from one chart or table.
#[derive(Debug, Clone)]
pub struct Export {
    /// Its name, the only one of the page.
    pub name: String,
    /// Its figures.
    pub table: ExportTable,
    /// The chart, as an SVG file of its own.
    pub svg: Option<String>,
}

/// How the links of a page's exports are written.
#[derive(Debug, Clone, Default)]
pub struct ExportLinks {
    /// What stands before a file's name.
    pub before: String,
    /// What stands behind its ending: the setting, on a server.
    pub after: String,
}

/// Where readers say something of a finding or a claim, and how much they have said.
#[derive(Debug, Clone, Default)]
pub struct DiscussLinks {
    /// What stands before the fragment name of what is discussed.
    pub before: String,
    /// What stands behind it.
    pub after: String,
    /// Comments shown, by fragment name.
    pub counts: BTreeMap<String, u64>,
}

/// The way to what readers say of one finding or claim.
#[derive(Debug)]
pub(crate) struct DiscussLink {
    pub(crate) href: String,
    count: u64,
}

impl DiscussLink {
    pub(crate) fn words(&self) -> String {
        match self.count {
            0 => "Comment on this".to_owned(),
            1 => "1 comment".to_owned(),
            n => format!("{n} comments"),
        }
    }
}

/// The way to the discussion of what stands under a fragment name; nothing where there is none.
pub(crate) fn discuss(anchor: &str) -> Option<DiscussLink> {
    LIST.with_borrow(|list| {
        let links = list.as_ref()?.discussion.as_ref()?;
        Some(DiscussLink {
            href: format!("{}{anchor}{}", links.before, links.after),
            count: links.counts.get(anchor).copied().unwrap_or(0),
        })
    })
}

/// One link under a chart or table.
#[derive(Debug)]
pub(crate) struct ExportLink {
    pub(crate) label: &'static str,
    pub(crate) href: String,
}

struct List {
    links: ExportLinks,
    discussion: Option<DiscussLinks>,
    taken: BTreeMap<String, usize>,
    exports: Vec<Export>,
}

thread_local! {
    /// The list of the page that is being drawn on this thread.
    static LIST: RefCell<Option<List>> = const { RefCell::new(None) };
}

/// Draws with a list, and gives back what was put into it, in the order of the page.
pub(crate) fn with_exports<T>(
    links: ExportLinks,
    discussion: Option<DiscussLinks>,
    draw: impl FnOnce() -> T,
) -> (T, Vec<Export>) {
    let list = List {
        links,
        discussion,
        taken: BTreeMap::new(),
        exports: Vec::new(),
    };
    LIST.set(Some(list));
    let drawn = draw();
    let exports = LIST.take().map_or_else(Vec::new, |list| list.exports);
    (drawn, exports)
}

/// Puts something into the page's list; the links to it. Empty where no list is kept.
pub(crate) fn put(
    name: &str,
    table: impl FnOnce() -> ExportTable,
    svg: Option<&str>,
) -> Vec<ExportLink> {
    LIST.with_borrow_mut(|list| {
        let Some(list) = list else {
            return Vec::new();
        };
        let name = slug(name);
        let n = list.taken.entry(name.clone()).or_insert(0);
        *n += 1;
        let name = if *n == 1 { name } else { format!("{name}-{n}") };
        let mut formats = vec![("CSV", "csv"), ("JSON", "json"), ("Parquet", "parquet")];
        if svg.is_some() {
            formats.insert(0, ("SVG", "svg"));
        }
        let links = formats
            .into_iter()
            .map(|(label, ending)| ExportLink {
                label,
                href: format!("{}{name}.{ending}{}", list.links.before, list.links.after),
            })
            .collect();
        list.exports.push(Export {
            name,
            table: table(),
            svg: svg.map(alone),
        });
        links
    })
}

/// Small letters, digits and hyphens, 60 at most: fit for a file's name everywhere.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for char in text.chars().flat_map(char::to_lowercase) {
        if char.is_ascii_alphanumeric() {
            slug.push(char);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == 60 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "table" } else { slug }.to_owned()
}

/// The style of charts, in light colours.
const COLOURS: &str = include_str!("../assets/tokens.css");
const CHARTS: &str = include_str!("../assets/charts.css");

/// A drawing as a file of its own: its name space, and the styles that the page has elsewhere.
fn alone(svg: &str) -> String {
    let dark = COLOURS.find("@media").unwrap_or(COLOURS.len());
    let style = format!("{}{CHARTS}", &COLOURS[..dark]);
    // The page's rules say how wide a drawing stands; a file has a size of its own.
    let size = svg.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| {
        let (width, rest) = rest.split_once(' ')?;
        let (height, _) = rest.split_once('"')?;
        Some(format!(" width=\"{width}\" height=\"{height}\""))
    });
    let size = size.unwrap_or_default();
    svg.replacen(
        "<svg ",
        &format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"{size} "
        ),
        1,
    )
    .replacen("</title>", &format!("</title><style>{style}</style>"), 1)
}

/// A table as the page shows it: words as they stand, a column of plain figures as figures.
pub(crate) fn of_table(table: &Table) -> ExportTable {
    let mut export = ExportTable::new(table.caption.clone());
    for (idx, column) in table.columns.iter().enumerate() {
        let texts: Vec<String> = table
            .rows
            .iter()
            .map(|row| row.cells.get(idx).map_or_else(String::new, cell_text))
            .collect();
        let name = slug(&column.label).replace('-', "_");
        export = export.with(&name, column_of(texts));
    }
    export
}

fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text)
        | Cell::Number(text)
        | Cell::Code(text)
        | Cell::Link { text, .. }
        | Cell::Lines { text, .. }
        | Cell::Bar { text, .. } => text.clone(),
        Cell::Links(links) => {
            let texts: Vec<&str> = links.iter().map(|one| one.text.as_str()).collect();
            texts.join("; ")
        }
    }
}

/// A column of figures where every cell is one, or absent; of words else.
fn column_of(texts: Vec<String>) -> Column {
    let absent = |text: &str| text.is_empty() || text == crate::format::ABSENT;
    let plain = |text: &str| {
        let text: String = text
            .chars()
            .filter(|char| !matches!(char, ',' | '\u{202f}' | '\u{a0}'))
            .map(|char| if char == '\u{2212}' { '-' } else { char })
            .collect();
        text.parse::<f64>().ok().filter(|one| one.is_finite())
    };
    let figures = texts.iter().all(|one| absent(one) || plain(one).is_some());
    if figures && texts.iter().any(|one| !absent(one)) {
        Column::Number(texts.iter().map(|one| plain(one)).collect())
    } else {
        Column::Text(texts.into_iter().map(Some).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_fit_for_files_and_told_apart() {
        assert_eq!(slug("F by date: “the” one → two"), "f-by-date-the-one-two");
        assert_eq!(slug("中国"), "table");
        let links = ExportLinks {
            before: "export/".to_owned(),
            after: "?level=0.1".to_owned(),
        };
        let table = || ExportTable::new("T").number("n", [1.0]);
        let (hrefs, exports) = with_exports(links, None, || {
            put("A b", table, None);
            put(
                "a-b",
                table,
                Some("<svg class=\"c\"><title>t</title></svg>"),
            )
        });
        assert_eq!(hrefs[0].href, "export/a-b-2.svg?level=0.1");
        assert_eq!(exports.len(), 2);
        assert!(exports[1].svg.as_ref().expect("a chart").contains("xmlns"));
        assert!(put("a", table, None).is_empty(), "no list is kept any more");
    }

    #[test]
    fn figures_are_figures_and_words_words() {
        let column =
            |texts: &[&str]| column_of(texts.iter().map(|one| (*one).to_owned()).collect());
        assert_eq!(
            column(&["1,204", "—", "\u{2212}0.5"]),
            Column::Number(vec![Some(1204.0), None, Some(-0.5)])
        );
        assert!(matches!(column(&["×2", "3"]), Column::Text(_)));
        assert!(matches!(column(&["—"]), Column::Text(_)));
    }
}
