//! Links within an assessment that lead to another of its pages.

use super::{Page, PageLinks};

const LINK: &str = "href=\"#";

/// The markup with each `#name` that stands on another page led there. Only our own templates wrote
/// it: a text of a dossier is escaped, so that `href="#` is a link of ours.
pub(super) fn relink(html: &str, page: Page, pages: &PageLinks) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    while let Some(at) = rest.find(LINK) {
        let (before, after) = rest.split_at(at);
        let after = &after[LINK.len()..];
        let end = after.find('"').unwrap_or(after.len());
        let (name, behind) = after.split_at(end);
        out.push_str(before);
        out.push_str("href=\"");
        if let Some(other) = Page::of_fragment(name).filter(|one| *one != page) {
            out.push_str(&crate::svg::escape(&pages.to(other)));
        }
        out.push('#');
        out.push_str(name);
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_leads_to_its_page() {
        let pages = PageLinks {
            before: "/d/a/".to_owned(),
            after: "?level=0.1&horizon=12".to_owned(),
            ..PageLinks::default()
        };
        let html =
            r##"<a href="#indicator-x">x</a><a href="#verdict">v</a><a href="#r12-2013-01">r</a>"##;
        assert_eq!(
            relink(html, Page::Verdict, &pages),
            r##"<a href="/d/a/indicators?level=0.1&amp;horizon=12#indicator-x">x</a><a href="#verdict">v</a><a href="/d/a/data?level=0.1&amp;horizon=12#r12-2013-01">r</a>"##
        );
    }
}
