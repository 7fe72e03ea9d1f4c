//! Markdown of strangers, read back by a parser of HTML: only a few elements may be there.
#![allow(clippy::unwrap_used, reason = "tests stop at the first fault")]

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::prelude::*;
use yalu_discussion::markdown::{LINK_REL, MOST_HTML_BYTES, render};

/// What is wrong with some HTML, as a browser would see it in the middle of a page.
fn breaches(html: &str) -> Vec<String> {
    let page = format!(
        "<!doctype html><title>t</title><body><main><div id=in>{html}</div><div id=after></div></main>"
    );
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    let mut found = Vec::new();
    let mut outside = 0;
    walk(&dom.document, false, &mut outside, &mut found);
    // The comment is in its place, and what follows it isn't in it.
    if outside != 2 {
        found.push(format!("{outside} places beside one another"));
    }
    found
}

fn walk(node: &Handle, is_inside: bool, n_outside: &mut usize, found: &mut Vec<String>) {
    let mut inside = is_inside;
    match &node.data {
        NodeData::Element { name, attrs, .. } => {
            let tag = &*name.local;
            let attrs = attrs.borrow();
            let marks = |id: &str| {
                attrs
                    .iter()
                    .any(|one| &*one.name.local == "id" && &*one.value == id)
            };
            if tag == "div" && (marks("in") || marks("after")) {
                if is_inside {
                    found.push("a place within a comment".to_owned());
                }
                let parent = node.parent.take();
                let above = parent.as_ref().and_then(std::rc::Weak::upgrade);
                node.parent.set(parent);
                let is_in_main = above.is_some_and(|above| {
                    matches!(&above.data, NodeData::Element { name, .. } if &*name.local == "main")
                });
                *n_outside += usize::from(is_in_main);
                inside = marks("in");
            } else if is_inside {
                if &*name.ns != "http://www.w3.org/1999/xhtml" || !TAGS.contains(&tag) {
                    found.push(format!("<{tag}>"));
                }
                for attr in attrs.iter() {
                    if !may_have(tag, &attr.name.local, &attr.value) {
                        found.push(format!("<{tag} {}={:?}>", &*attr.name.local, &*attr.value));
                    }
                }
                if tag == "a" && attrs.len() != 2 {
                    found.push("a link without href and rel".to_owned());
                }
            }
        }
        NodeData::Text { contents } if is_inside => {
            let bad = |one: char| {
                (one.is_control() && one != '\n' && one != '\t')
                    || matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            if contents.borrow().contains(bad) {
                found.push(format!("text {:?}", &*contents.borrow()));
            }
        }
        NodeData::Comment { .. } | NodeData::ProcessingInstruction { .. } if is_inside => {
            found.push("a comment or an instruction".to_owned());
        }
        _ => {}
    }
    for child in node.children.borrow().iter() {
        walk(child, inside, n_outside, found);
    }
}

const TAGS: &[&str] = &[
    "p",
    "br",
    "hr",
    "em",
    "strong",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
];

fn may_have(tag: &str, name: &str, value: &str) -> bool {
    match (tag, name) {
        ("a", "rel") => value == LINK_REL,
        // As a browser reads it: control characters and space at either end, tabs and line ends go.
        ("a", "href") => {
            let read: String = value
                .trim_matches(|one: char| one <= ' ')
                .chars()
                .filter(|one| !matches!(one, '\t' | '\n' | '\r'))
                .collect();
            read == value
                && ["http://", "https://", "mailto:"]
                    .iter()
                    .any(|scheme| read.starts_with(scheme))
                && read.is_ascii()
                && !read.contains(|one: char| "\"<>\\`{}| ".contains(one))
        }
        ("ol", "start") => value.parse::<u32>().is_ok(),
        _ => false,
    }
}

fn unescaped(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.chars();
    while let Some(one) = rest.next() {
        if one != '\\' {
            text.push(one);
            continue;
        }
        match rest.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('f') => text.push('\u{c}'),
            Some('0') => text.push('\0'),
            Some('x') => text.push(hex(&mut rest, 2)),
            Some('u') => text.push(hex(&mut rest, 4)),
            Some(other) => text.push(other),
            None => text.push('\\'),
        }
    }
    text
}

fn hex(rest: &mut std::str::Chars<'_>, n_digits: usize) -> char {
    let digits: String = rest.take(n_digits).collect();
    char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
}

fn payloads() -> Vec<String> {
    include_str!("corpus/xss.txt")
        .lines()
        // The heading of the file.
        .skip(2)
        .map(unescaped)
        .collect()
}

fn assert_harmless(text: &str) {
    let html = render(text);
    let found = breaches(&html);
    assert!(found.is_empty(), "{text:?}\nbecame {html}\nwith {found:?}");
    assert!(html.len() <= MOST_HTML_BYTES);
}

#[test]
fn the_check_itself_finds_what_is_wrong() {
    for bad in [
        "<script>x</script>",
        "<p onclick=x>y</p>",
        "<a href=\"java\tscript:x\" rel=\"\">y</a>",
        "</div></main>",
        "<!-- x -->",
        "<svg></svg>",
        "<ol start=x></ol>",
        "<div>",
        "<a href=https://x.example>y</a>",
    ] {
        assert!(!breaches(bad).is_empty(), "{bad}");
    }
    assert_eq!(breaches("<p>x</p>"), [""; 0]);
}

#[test]
fn no_payload_of_the_corpus_gets_through() {
    let payloads = payloads();
    assert!(payloads.len() >= 150, "{}", payloads.len());
    for payload in &payloads {
        assert_harmless(payload);
    }
}

#[test]
fn nor_within_each_of_markdowns_marks() {
    for payload in payloads() {
        for (before, after) in [
            ("> ", ""),
            ("- ", ""),
            ("1. x\n   ", ""),
            ("# ", ""),
            ("*", "*"),
            ("**", "**"),
            ("`", "`"),
            ("```\n", "\n```"),
            ("[", "](https://a.example)"),
            ("[x](", ")"),
            ("[x](<", ">)"),
            ("[x](https://a.example \"", "\")"),
            ("![", "](https://a.example)"),
            ("![x](", ")"),
            ("<", ">"),
            ("<https://a.example/", ">"),
            ("[r]: ", "\n\n[r]"),
            ("[r]: <", ">\n\n[r]"),
            ("x\n\n", "\n\ny"),
            ("    ", ""),
        ] {
            assert_harmless(&format!("{before}{payload}{after}"));
        }
    }
}

#[test]
fn nor_two_side_by_side() {
    let payloads = payloads();
    for (idx, payload) in payloads.iter().enumerate() {
        let next = &payloads[(idx * 7 + 1) % payloads.len()];
        assert_harmless(&format!("{payload}{next}"));
        assert_harmless(&format!("{payload}\n{next}"));
    }
}

/// Pieces of which trouble is made.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<",
        ">",
        "</",
        "/>",
        "\"",
        "'",
        "`",
        "``",
        "[",
        "]",
        "(",
        ")",
        "](",
        "][",
        "!",
        "![",
        "*",
        "**",
        "_",
        "\\",
        "&",
        ";",
        "&lt;",
        "&#x3c;",
        "&quot;",
        "#",
        "- ",
        "1. ",
        "> ",
        "\n",
        "\n\n",
        "    ",
        "\t",
        "```",
        "~~~",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "script",
        "img",
        "svg",
        "a",
        " onclick=",
        "href=",
        "src=",
        "javascript:",
        "https://a.example",
        "mailto:a@b.c",
        "data:",
        "alert(1)",
        "x",
        " ",
        "=",
        "---",
        ":",
        "[r]: ",
        "\0",
        "\u{202e}",
        "é",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn no_mixture_of_pieces_gets_through(text in pieces()) {
        let html = render(&text);
        let found = breaches(&html);
        prop_assert!(found.is_empty(), "{html}\n{found:?}");
    }

    #[test]
    fn no_text_gets_through(text in "(?s).{0,300}") {
        let html = render(&text);
        let found = breaches(&html);
        prop_assert!(found.is_empty(), "{html}\n{found:?}");
    }
}
