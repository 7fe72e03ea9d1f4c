//! From a comment's text to HTML that can stand in any page.
//!
//! CommonMark, less what strangers shouldn't write: raw HTML is shown as the text that it is, images
//! become links, headings bold paragraphs; links lead to http, https or mailto. The parser's events
//! pass a whitelist of elements, and the writer knows nothing else, so that no element, attribute or
//! scheme beyond these can come out whatever the parser does.
//!
//! Written are `p`, `br`, `hr`, `em`, `strong`, `code`, `pre`, `blockquote`, `ul`, `ol` with `start`,
//! `li`, and `a` with `href` and `rel`.

mod href;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

pub use href::safe_href;

/// The most bytes of HTML that a comment becomes. A text that would become more, by repeating a long
/// reference, is shown as it was typed.
pub const MOST_HTML_BYTES: usize = 128 * 1024;
/// How deep quotes and lists, and how deep emphasis, may stand within one another. Deeper ones lose
/// their marks and keep their text.
pub const MOST_NESTED: usize = 8;
/// What every link carries: it is a reader's, not ours.
pub const LINK_REL: &str = "nofollow ugc noopener noreferrer";

/// What may be written. Everything else that Markdown has is its text alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Paragraph,
    Heading,
    Quote,
    Code,
    Unordered,
    Ordered,
    Item,
    Emphasis,
    Strong,
    Link,
    /// Nothing is written for it; what it holds is.
    Nothing,
}

impl Element {
    fn end(self) -> &'static str {
        match self {
            Self::Paragraph => "</p>\n",
            Self::Heading => "</strong></p>\n",
            Self::Quote => "</blockquote>\n",
            Self::Code => "</code></pre>\n",
            Self::Unordered => "</ul>\n",
            Self::Ordered => "</ol>\n",
            Self::Item => "</li>\n",
            Self::Emphasis => "</em>",
            Self::Strong => "</strong>",
            Self::Link => "</a>",
            Self::Nothing => "",
        }
    }

    fn is_container(self) -> bool {
        matches!(self, Self::Quote | Self::Unordered | Self::Ordered)
    }

    fn is_inline(self) -> bool {
        matches!(self, Self::Emphasis | Self::Strong)
    }
}

/// A comment's text as HTML.
///
/// ```
/// use yalu_discussion::markdown::render;
///
/// assert_eq!(render("*So* <b>it</b> is"), "<p><em>So</em> &lt;b&gt;it&lt;/b&gt; is</p>\n");
/// assert_eq!(render("[x](javascript:alert(1))"), "<p>x</p>\n");
/// ```
pub fn render(text: &str) -> String {
    let mut writer = Writer::default();
    for event in Parser::new_ext(text, Options::empty()) {
        writer.write(event);
        if writer.html.len() > MOST_HTML_BYTES {
            return as_typed(text);
        }
    }
    writer.html
}

/// The text as it was typed, in paragraphs.
fn as_typed(text: &str) -> String {
    let mut html = String::new();
    for paragraph in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
        html.push_str("<p>");
        push_escaped(&mut html, paragraph);
        html.push_str("</p>\n");
    }
    html
}

#[derive(Default)]
struct Writer {
    html: String,
    open: Vec<Element>,
}

impl Writer {
    fn write(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => {
                let element = self.start(tag);
                self.open.push(element);
            }
            Event::End(_) => {
                if let Some(element) = self.open.pop() {
                    self.html.push_str(element.end());
                }
            }
            Event::Code(code) => {
                self.html.push_str("<code>");
                push_escaped(&mut self.html, &code);
                self.html.push_str("</code>");
            }
            Event::SoftBreak => self.html.push('\n'),
            Event::HardBreak => self.html.push_str("<br>\n"),
            Event::Rule => self.html.push_str("<hr>\n"),
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => push_escaped(&mut self.html, &text),
            Event::TaskListMarker(_) => {}
        }
    }

    /// Writes an element's start, or none; gives what has to be closed.
    fn start(&mut self, tag: Tag<'_>) -> Element {
        let element = match tag {
            Tag::Paragraph | Tag::HtmlBlock => Element::Paragraph,
            Tag::Heading { .. } => Element::Heading,
            Tag::BlockQuote(_) => Element::Quote,
            Tag::CodeBlock(_) => Element::Code,
            Tag::List(None) => Element::Unordered,
            Tag::List(Some(first)) => return self.start_ordered(first),
            // An item without its list would be no HTML.
            Tag::Item => {
                if matches!(
                    self.open.last(),
                    Some(Element::Unordered | Element::Ordered)
                ) {
                    Element::Item
                } else {
                    self.html.push('\n');
                    Element::Nothing
                }
            }
            Tag::Emphasis => Element::Emphasis,
            Tag::Strong => Element::Strong,
            Tag::Link {
                link_type: LinkType::Email,
                dest_url,
                ..
            } => return self.start_link(&format!("mailto:{dest_url}")),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                return self.start_link(&dest_url);
            }
            _ => Element::Nothing,
        };
        if self.is_too_deep(element) {
            return Element::Nothing;
        }
        self.html.push_str(match element {
            Element::Paragraph => "<p>",
            Element::Heading => "<p><strong>",
            Element::Quote => "<blockquote>\n",
            Element::Code => "<pre><code>",
            Element::Unordered => "<ul>\n",
            Element::Ordered => "<ol>\n",
            Element::Item => "<li>",
            Element::Emphasis => "<em>",
            Element::Strong => "<strong>",
            Element::Link | Element::Nothing => "",
        });
        element
    }

    fn start_ordered(&mut self, first: u64) -> Element {
        if self.is_too_deep(Element::Ordered) {
            return Element::Nothing;
        }
        if first == 1 {
            self.html.push_str("<ol>\n");
        } else {
            self.html.push_str(&format!("<ol start=\"{first}\">\n"));
        }
        Element::Ordered
    }

    /// A link that may be followed; otherwise, and within another link, its text alone.
    fn start_link(&mut self, address: &str) -> Element {
        let Some(href) = safe_href(address).filter(|_| !self.open.contains(&Element::Link)) else {
            return Element::Nothing;
        };
        self.html.push_str("<a href=\"");
        push_escaped(&mut self.html, &href);
        self.html.push_str("\" rel=\"");
        self.html.push_str(LINK_REL);
        self.html.push_str("\">");
        Element::Link
    }

    fn is_too_deep(&self, element: Element) -> bool {
        let among = |is: fn(Element) -> bool| {
            is(element) && self.open.iter().filter(|&&one| is(one)).count() >= MOST_NESTED
        };
        among(Element::is_container) || among(Element::is_inline)
    }
}

/// Adds a text as it is read in HTML, in content as in an attribute. Characters that are no text, or
/// that turn the direction of what follows, are left out: an entity can write them past any check of
/// the source.
fn push_escaped(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' | '\t' => html.push(character),
            _ if character.is_control() || crate::text::overrides_direction(character) => {}
            _ => html.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn marks_become_elements() {
        assert_eq!(
            render("# A\n\n> q\n\n1. x\n2. y\n\n- z\n\n`c`\n\n---"),
            "<p><strong>A</strong></p>\n<blockquote>\n<p>q</p>\n</blockquote>\n<ol>\n<li>x</li>\n\
             <li>y</li>\n</ol>\n<ul>\n<li>z</li>\n</ul>\n<p><code>c</code></p>\n<hr>\n"
        );
        assert_eq!(render("7. x"), "<ol start=\"7\">\n<li>x</li>\n</ol>\n");
        assert_eq!(render("    a<b"), "<pre><code>a&lt;b</code></pre>\n");
    }

    #[test]
    fn links_lead_out_of_the_page_only() {
        let rel = LINK_REL;
        assert_eq!(
            render("[x](https://a.example/?a=1&b='2' \"t\")"),
            format!(
                "<p><a href=\"https://a.example/?a=1&amp;b=&#39;2&#39;\" rel=\"{rel}\">x</a></p>\n"
            )
        );
        assert_eq!(render("[x](/admin) [y](#z) [z](data:,x)"), "<p>x y z</p>\n");
        assert_eq!(render("https://a.example"), "<p>https://a.example</p>\n");
        assert_eq!(
            render("<a@b.example>"),
            format!("<p><a href=\"mailto:a@b.example\" rel=\"{rel}\">a@b.example</a></p>\n")
        );
    }

    #[test]
    fn an_image_becomes_a_link_and_never_one_within_a_link() {
        assert_eq!(
            render("![alt](https://a.example/x.png)"),
            format!("<p><a href=\"https://a.example/x.png\" rel=\"{LINK_REL}\">alt</a></p>\n")
        );
        assert_eq!(
            render("[![alt <https://c.example>](https://a.example)](https://b.example)"),
            format!(
                "<p><a href=\"https://b.example\" rel=\"{LINK_REL}\">alt https://c.example</a></p>\n"
            )
        );
    }

    #[test]
    fn depth_is_bounded() {
        let html = render(&format!("{}deep", "> ".repeat(3_000)));
        assert_eq!(html.matches("<blockquote>").count(), MOST_NESTED);
        assert!(html.contains("deep"));
        let html = render(&format!("{}x", "- ".repeat(2_000)));
        assert_eq!(html.matches("<ul>").count(), MOST_NESTED);
        assert_eq!(html.matches("<li>").count(), MOST_NESTED);
        let html = render(&format!(
            "{}x{}",
            "*a **b ".repeat(50),
            " b** a*".repeat(50)
        ));
        let (mut depth, mut deepest) = (0_usize, 0);
        for tag in html.split('<') {
            depth += usize::from(tag.starts_with("em>") || tag.starts_with("strong>"));
            depth -= usize::from(tag.starts_with("/em>") || tag.starts_with("/strong>"));
            deepest = deepest.max(depth);
        }
        assert_eq!((depth, deepest), (0, MOST_NESTED));
    }

    #[test]
    fn a_text_that_would_swell_is_shown_as_typed() {
        // The parser itself bounds what references become.
        let references = format!(
            "[a]: https://a.example/{}\n\n{}",
            "x".repeat(5_000),
            "[a] ".repeat(1_200)
        );
        assert!(render(&references).len() <= MOST_HTML_BYTES);
        let links = "<a@b>".repeat(2_000);
        assert!(render(&links[..1_000]).contains("mailto:"));
        assert_eq!(render(&links), as_typed(&links));
    }

    #[test]
    fn no_input_of_a_comments_length_takes_long() {
        for unit in [
            "[",
            "![",
            "](",
            "`",
            "*",
            "_ ",
            "**a",
            "<",
            "<a ",
            "<!--",
            "<![CDATA[",
            "&",
            "> ",
            "- ",
            "1. ",
            "[a](",
            "a**b",
            "\\",
            "[a]: x\n",
            "> - ",
            "`` ` ",
            "<?",
            "\n\n",
            "* \n",
            "[a][",
            "<a@",
            "a\n=\n",
            "~~~\n",
            "\t",
            "[](<",
            "*a _b",
            "![[]()",
        ] {
            let text = unit.repeat(10_000 / unit.len());
            let start = Instant::now();
            let html = render(&text);
            let took = start.elapsed();
            assert!(html.len() <= MOST_HTML_BYTES, "{unit:?}");
            assert!(took.as_millis() < 1_000, "{unit:?} took {took:?}");
        }
    }
}
