//! A writer of SVG: few shapes, classes for colour, every text escaped.

use std::fmt::Write as _;

/// Text for element content or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A coordinate with one decimal at most.
pub(crate) fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// Where a text stands against its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// An SVG drawing under way.
#[derive(Debug)]
pub(crate) struct Svg {
    width: f64,
    height: f64,
    body: String,
}

impl Svg {
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            body: String::new(),
        }
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let _ = write!(
            self.body,
            r#"<path class="{class}" d="M{} {}L{} {}"/>"#,
            coordinate(from.0),
            coordinate(from.1),
            coordinate(to.0),
            coordinate(to.1),
        );
    }

    pub(crate) fn rect(&mut self, at: (f64, f64), size: (f64, f64), class: &str) {
        let _ = write!(
            self.body,
            r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}"/>"#,
            coordinate(at.0),
            coordinate(at.1),
            coordinate(size.0.max(0.0)),
            coordinate(size.1.max(0.0)),
        );
    }

    /// A path; nothing where `d` is empty.
    pub(crate) fn path(&mut self, d: &str, class: &str) {
        if !d.is_empty() {
            let _ = write!(self.body, r#"<path class="{class}" d="{d}"/>"#);
        }
    }

    /// A path with a title that shows on hover.
    pub(crate) fn titled_path(&mut self, d: &str, class: &str, title: &str) {
        let _ = write!(
            self.body,
            r#"<path class="{class}" d="{d}"><title>{}</title></path>"#,
            escape(title)
        );
    }

    pub(crate) fn text(&mut self, at: (f64, f64), anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let _ = write!(
            self.body,
            r#"<text class="{class}" x="{}" y="{}"{anchor}>{}</text>"#,
            coordinate(at.0),
            coordinate(at.1),
            escape(text)
        );
    }

    /// A drawing that stands elsewhere on the page, moved and stretched. `id` and `transform` must
    /// hold nothing that needs escaping.
    pub(crate) fn copy(&mut self, id: &str, transform: &str) {
        let _ = write!(self.body, r##"<use href="#{id}""##);
        if !transform.is_empty() {
            let _ = write!(self.body, r#" transform="{transform}""#);
        }
        self.body.push_str("/>");
    }

    /// The shapes as a group that [`Svg::copy`] can show.
    pub(crate) fn finish_group(self, id: &str, class: &str) -> String {
        format!(r#"<g id="{id}" class="{class}">{}</g>"#, self.body)
    }

    /// The whole element. `id` must be the only one of its name on the page.
    pub(crate) fn finish(self, id: &str, class: &str, title: &str, description: &str) -> String {
        format!(
            r#"<svg class="{class}" role="img" aria-labelledby="{id}-t" aria-describedby="{id}-d" viewBox="0 0 {} {}"><title id="{id}-t">{}</title><desc id="{id}-d">{}</desc>{}</svg>"#,
            coordinate(self.width),
            coordinate(self.height),
            escape(title),
            escape(description),
            self.body
        )
    }

    /// The whole element where the text beside it says the same.
    pub(crate) fn finish_hidden(self, class: &str) -> String {
        format!(
            r#"<svg class="{class}" aria-hidden="true" focusable="false" viewBox="0 0 {} {}">{}</svg>"#,
            coordinate(self.width),
            coordinate(self.height),
            self.body
        )
    }
}

/// A disc as a path.
pub(crate) fn disc((x, y): (f64, f64), radius: f64) -> String {
    let (r, across) = (coordinate(radius), coordinate(radius * 2.0));
    format!(
        "M{} {}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0Z",
        coordinate(x - radius),
        coordinate(y)
    )
}

/// Half a disc as a path: the half to the left of its straight side, or the one to the right.
pub(crate) fn half_disc((x, y): (f64, f64), radius: f64, left: bool) -> String {
    let (r, across) = (coordinate(radius), coordinate(radius * 2.0));
    format!(
        "M{} {}a{r} {r} 0 0 {} 0 {across}Z",
        coordinate(x),
        coordinate(y - radius),
        u8::from(!left)
    )
}

/// About how wide a text is at a font size; generous, so that labels don't touch.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.58
}

/// A text cut to a width, with an ellipsis.
pub(crate) fn fit_text(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let n = (width / (size * 0.58)).floor().max(2.0) as usize - 1;
    let cut: String = text.chars().take(n).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let mut svg = Svg::new(10.0, 10.0);
        svg.text((1.0, 2.0), Anchor::Start, "label", "<script>\"'&");
        let out = svg.finish("a", "chart", "</title>", "<");
        assert!(!out.contains("<script>"));
        assert!(out.contains("&lt;script&gt;&quot;&#39;&amp;"));
        assert!(out.contains("&lt;/title&gt;"));
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!(coordinate(3.0), "3");
        assert_eq!(coordinate(3.16), "3.2");
        assert_eq!(coordinate(-0.01), "0");
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(fit_text("short", 10.0, 100.0), "short");
        let cut = fit_text("a rather long label", 10.0, 60.0);
        assert!(cut.ends_with('…') && text_width(&cut, 10.0) <= 60.0);
    }
}
