//! A source in one line, in a form of our own: author, year, title, where, when.

use super::date::DatePoint;
use super::item::{Item, Name};

/// The source for a list of sources, in plain text and always in this order: names (year): title
/// \[genre\]. Container volume(issue), pages. Number. Edition, version. Event, place. Place: publisher. Date.
/// DOI, or address with the day it was looked up. Archive.
///
/// What isn't known is left out, but the year: `n.d.`. Marks that a processor would turn into italics
/// and the like are taken out. It follows no publisher's style; for one, give the library to a
/// citation processor.
///
/// ```
/// let text = r#"[{"id": 1, "type": "post-weblog", "title": "Talks in <i>London</i>",
///     "author": [{"family": "Cathcart", "given": "Adam"}], "container-title": "Sino-NK",
///     "issued": {"date-parts": [[2013, 7, 31]]}, "URL": "https://sinonk.com"}]"#;
/// let library = yalu_evidence::csl::read_csl(text).map_err(|faults| faults[0].clone())?;
/// assert_eq!(
///     yalu_evidence::csl::reference(&library.items[0]),
///     "Cathcart, Adam (2013): Talks in London. Sino-NK. 31 July 2013. https://sinonk.com"
/// );
/// # Ok::<(), yalu_evidence::csl::CslFault>(())
/// ```
pub fn reference(item: &Item) -> String {
    let (names, role) = makers(item);
    let title = item.stated("title").map(plain);
    let year = year(item);
    let genre = item
        .stated("genre")
        .map(|genre| format!(" [{}]", plain(genre)));
    let titled = format!(
        "{}{}",
        title.as_deref().unwrap_or(""),
        genre.unwrap_or_default()
    );
    let head = match (names.is_empty(), title.is_none()) {
        (true, true) => format!("{} ({year})", item.id),
        (true, false) => format!("{titled} ({year})"),
        (false, true) => format!("{}{role} ({year}){titled}", listed(names)),
        (false, false) => format!("{}{role} ({year}): {titled}", listed(names)),
    };
    let mut line = String::new();
    let parts = [
        Some(head),
        container(item),
        number(item),
        edition(item),
        event(item),
    ];
    let later = [published(item), dated(item), address(item), archive(item)];
    for part in parts.into_iter().chain(later).flatten() {
        let gap = match line.chars().next_back() {
            None => "",
            Some('.' | '?' | '!') => " ",
            Some(_) => ". ",
        };
        line.push_str(gap);
        line.push_str(&part);
    }
    // A stop after an address would be taken for a part of it.
    let last = line.rsplit(' ').next().unwrap_or("");
    let stopped = last.ends_with(['.', '?', '!']) || last.contains("://");
    line + if stopped { "" } else { "." }
}

/// The source in a sentence: `Cathcart 2013`, `Cathcart and Ward 2013`, `Cathcart et al. 2013`; who
/// published it or a short title where nobody is named.
pub fn short(item: &Item) -> String {
    format!("{} {}", lead(item), year(item))
}

/// [`short`] of many, with `2013a`, `2013b` where two would be alike, in the order given.
pub fn shorts(items: &[Item]) -> Vec<String> {
    let plain: Vec<String> = items.iter().map(short).collect();
    let alike = |text: &String| plain.iter().filter(|other| *other == text).count();
    (plain.iter().enumerate())
        .map(|(at, text)| {
            if alike(text) == 1 {
                return text.clone();
            }
            let before = plain[..at].iter().filter(|other| *other == text).count();
            format!("{text}{}", letters(before))
        })
        .collect()
}

/// a to z, then aa, ab and so on.
fn letters(mut at: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'a' + (at % 26) as u8));
        if at < 26 {
            break;
        }
        at = at / 26 - 1;
    }
    letters.iter().rev().collect()
}

/// Who made it, and what to add after their names.
fn makers(item: &Item) -> (&[Name], &'static str) {
    match (&item.author[..], &item.editor[..]) {
        ([], []) => (&[], ""),
        ([], [one]) => (std::slice::from_ref(one), " (ed.)"),
        ([], several) => (several, " (eds)"),
        (authors, _) => (authors, ""),
    }
}

fn listed(names: &[Name]) -> String {
    match names {
        [] => String::new(),
        [one] => one.inverted(),
        [first, last] => format!("{}, and {}", first.inverted(), last.whole()),
        [first, second, last] => {
            let (first, second) = (first.inverted(), second.whole());
            format!("{first}, {second}, and {}", last.whole())
        }
        [first, ..] => format!("{}, et al.", first.inverted()),
    }
}

fn lead(item: &Item) -> String {
    match makers(item).0 {
        [] => {}
        [one] => return one.short(),
        [first, last] => return format!("{} and {}", first.short(), last.short()),
        [first, ..] => return format!("{} et al.", first.short()),
    }
    let title = || item.stated("title-short").or_else(|| item.stated("title"));
    let said = title().or_else(|| item.stated("publisher"));
    said.map_or_else(|| item.id.clone(), plain)
}

fn year(item: &Item) -> String {
    let date = item.issued.as_ref().or(item.event_date.as_ref());
    date.map_or_else(|| "n.d.".to_owned(), super::Date::year_words)
}

fn container(item: &Item) -> Option<String> {
    let title = item.stated("container-title").map(plain);
    let volume = item.stated("volume").map(|v| {
        if title.is_some() {
            v.into()
        } else {
            format!("vol. {v}")
        }
    });
    let issue = item.stated("issue").map(|issue| format!("({issue})"));
    let counted = format!(
        "{}{}",
        volume.unwrap_or_default(),
        issue.unwrap_or_default()
    );
    let page = item.stated("page").map(|page| {
        let several = page.contains(['-', '–', ',']);
        format!("{} {page}", if several { "pp." } else { "p." })
    });
    let named = [title.unwrap_or_default(), counted];
    let named: Vec<String> = named.into_iter().filter(|text| !text.is_empty()).collect();
    let mut parts = vec![named.join(" ")];
    if !item.author.is_empty() && !item.editor.is_empty() {
        let editors: Vec<String> = item.editor.iter().map(Name::whole).collect();
        parts.push(format!("edited by {}", editors.join(", ")));
    }
    parts.extend(page);
    parts.retain(|part| !part.is_empty());
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn number(item: &Item) -> Option<String> {
    let series = item.stated("collection-title").map(plain);
    let within = item
        .stated("collection-number")
        .map(|number| format!(" {number}"));
    let series = series.map(|series| format!("{series}{}", within.unwrap_or_default()));
    let number = item.stated("number").map(|number| format!("No. {number}"));
    match (series, number) {
        (Some(series), Some(number)) => Some(format!("{series}. {number}")),
        (series, number) => series.or(number),
    }
}

fn edition(item: &Item) -> Option<String> {
    let edition = item.stated("edition").map(|edition| {
        let counted = edition.bytes().all(|b| b.is_ascii_digit());
        format!("{}{edition}", if counted { "Edition " } else { "" })
    });
    let version = item
        .stated("version")
        .map(|version| format!("Version {version}"));
    joined([edition, version], ". ")
}

fn joined(parts: [Option<String>; 2], between: &str) -> Option<String> {
    let said: Vec<String> = parts.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(between))
}

fn event(item: &Item) -> Option<String> {
    let title = item.stated("event-title").map(plain);
    // Zotero gives books an event's place, too: that of the publisher.
    let place = item.stated("event-place");
    let place =
        place.filter(|place| title.is_some() || item.stated("publisher-place") != Some(place));
    joined([title, place.map(plain)], ", ")
}

fn published(item: &Item) -> Option<String> {
    let of = |variable| item.stated(variable).map(plain);
    joined([of("publisher-place"), of("publisher")], ": ")
}

fn dated(item: &Item) -> Option<String> {
    let date = item.issued.as_ref().or(item.event_date.as_ref())?;
    date.full_words()
}

fn address(item: &Item) -> Option<String> {
    if let Some(doi) = item.stated("DOI") {
        let bare = doi.trim_start_matches("doi:").trim();
        return Some(if bare.contains("://") {
            bare.to_owned()
        } else {
            format!("https://doi.org/{bare}")
        });
    }
    let url = item.stated("URL")?;
    let seen = item.accessed.as_ref().and_then(|date| {
        date.full_words()
            .or_else(|| date.start().map(DatePoint::words))
    });
    Some(seen.map_or_else(|| url.to_owned(), |seen| format!("{url} (accessed {seen})")))
}

fn archive(item: &Item) -> Option<String> {
    let of = |variable| item.stated(variable).map(plain);
    let kept = joined([of("archive"), of("archive_location")], ", ")?;
    Some(format!("Archived: {kept}"))
}

/// A text without the marks of CSL's rich text, in one line.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let tag = tail
            .find('>')
            .map(|end| &tail[..=end])
            .filter(|tag| is_mark(tag));
        let step = tag.map_or(1, str::len);
        if tag.is_none() {
            out.push('<');
        }
        rest = &tail[step..];
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_mark(tag: &str) -> bool {
    let inside = tag.trim_start_matches(['<', '/']).trim_end_matches('>');
    let name = inside.split(char::is_whitespace).next().unwrap_or("");
    let sound = !inside.contains('<');
    sound && matches!(name, "i" | "b" | "sub" | "sup" | "sc" | "span")
}
