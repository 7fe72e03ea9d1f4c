//! `yalu publish`: a folder of pages that needs no server.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Folder;

const KEYS: &str = r#"
[publication]
byline = "A. Analyst"
date = "2020-02-01"
summary = "It has <shifted> & lasted."
publisher = "The institute"
licence = "CC BY 4.0"
address = "https://briefs.example.org/made-up/"
discussion = "https://forum.example.org/42"

[[publication.images]]
file = "bridge.png"
alt = "A bridge over a wide river"
caption = "The bridge."
credit = "A. Photographer"
licence = "CC BY-SA 4.0"
"#;

/// The head of a PNG of 1200 by 630 (W3C PNG, 11.2.1).
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x04\xb0\0\0\x02\x76\x08\x02\0\0\0\0\0\0\0";

fn folder() -> Folder {
    let folder = Folder::with_dossier();
    let text = folder.read("dossier/dossier.toml");
    folder.write("dossier/dossier.toml", &format!("{text}{KEYS}"));
    fs::write(folder.path("dossier/bridge.png"), PNG).expect("a file of the test");
    folder
}

/// Every file of a site, by its path with `/`.
fn files(site: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![site.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the site") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(site).expect("a path of the site");
            let name = name.to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read(&path).expect("a file of the site"));
        }
    }
    files
}

fn text<'a>(files: &'a BTreeMap<String, Vec<u8>>, name: &str) -> &'a str {
    let bytes = files.get(name).unwrap_or_else(|| panic!("no {name}"));
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn a_site_is_written_and_is_the_same_on_any_number_of_threads() {
    let folder = folder();
    let dates = ["--as-of", "2018-12-31", "--as-of", "2019-12-31"];
    let publish = |out: &str, threads: &str| {
        let mut args = vec!["publish", "dossier", "--out", out, "--threads", threads];
        args.extend(dates);
        let output = folder.output(&args);
        assert!(output.status.success(), "{output:?}");
        files(&folder.path(out))
    };
    let site = publish("one", "1");
    let again = publish("two", "3");
    assert_eq!(
        site.keys().collect::<Vec<_>>(),
        again.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &site {
        assert!(again[name] == *bytes, "{name} differs");
    }

    let front = text(&site, "index.html");
    for expected in [
        "By A. Analyst · 2020-02-01",
        "It has &lt;shifted&gt; &amp; lasted.",
        "<img src=\"images/image-1.png\" alt=\"A bridge over a wide river\" width=\"1200\" height=\"630\">",
        "Credit: A. Photographer, CC BY-SA 4.0",
        "href=\"https://forum.example.org/42\"",
        "id=\"turning\"",
        "id=\"evolution\"",
        "<link rel=\"canonical\" href=\"https://briefs.example.org/made-up/\">",
        "<meta name=\"citation_publication_date\" content=\"2020/02/01\">",
        "<meta name=\"citation_technical_report_institution\" content=\"The institute\">",
        "<meta property=\"og:image\" content=\"https://briefs.example.org/made-up/images/image-1.png\">",
        "\"@type\":\"ScholarlyArticle\"",
    ] {
        assert!(front.contains(expected), "the front page lacks {expected}");
    }
    assert_eq!(site["images/image-1.png"], PNG);
    for date in ["2018-12-31", "2019-12-31"] {
        for page in [
            "index",
            "indicators",
            "responsiveness",
            "borders",
            "data",
            "method",
            "report",
        ] {
            let html = text(&site, &format!("{date}/{page}.html"));
            assert!(html.starts_with("<!doctype html>"), "{date}/{page}");
            // A policy without unsafe-inline holds where no script and no style stands in a page.
            if page != "report" {
                assert!(
                    !html.contains("style=") && !html.contains("<style"),
                    "{date}/{page}"
                );
            }
        }
        for file in ["assessment.json", "series.csv", "series.parquet"] {
            assert!(
                site.contains_key(&format!("{date}/{file}")),
                "{date}/{file}"
            );
        }
    }
    let charts = site
        .keys()
        .filter(|name| Path::new(name).extension().is_some_and(|one| one == "svg"))
        .count();
    assert!(charts > 4, "{charts} charts");
}

#[test]
fn feed_and_map_are_xml_with_whole_addresses() {
    let folder = folder();
    let output = folder.output(&["publish", "dossier", "--out", "site", "--no-evolution"]);
    assert!(output.status.success(), "{output:?}");
    let site = files(&folder.path("site"));
    let feed = text(&site, "feed.atom");
    let feed = roxmltree::Document::parse(feed).expect("well-formed XML");
    let all = |name: &str| -> Vec<String> {
        let found = feed
            .descendants()
            .filter(|one| one.has_tag_name(("http://www.w3.org/2005/Atom", name)));
        found
            .map(|one| one.text().unwrap_or_default().to_owned())
            .collect()
    };
    // RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have.
    assert_eq!(all("id").len(), 2);
    assert_eq!(all("updated"), ["2020-02-01T00:00:00Z"; 2]);
    assert_eq!(all("name"), ["A. Analyst"]);
    let links: Vec<&str> = feed
        .descendants()
        .filter_map(|one| one.attribute("href"))
        .collect();
    assert_eq!(links.len(), 3);
    let at = "https://briefs.example.org/made-up/";
    assert!(links.iter().all(|href| href.starts_with(at)), "{links:?}");

    let map = roxmltree::Document::parse(text(&site, "sitemap.xml")).expect("well-formed XML");
    let places: Vec<&str> = map
        .descendants()
        .filter(|one| one.tag_name().name() == "loc")
        .filter_map(|one| one.text())
        .collect();
    assert!(places.len() > 6, "{places:?}");
    for place in places {
        let file = place.strip_prefix(at).unwrap_or_else(|| panic!("{place}"));
        let file = if file.is_empty() || file.ends_with('/') {
            format!("{file}index.html")
        } else {
            file.to_owned()
        };
        assert!(site.contains_key(&file), "{place} leads nowhere");
    }
}

#[test]
fn without_a_credit_nothing_is_written() {
    let folder = folder();
    folder.edit(
        "dossier/dossier.toml",
        "credit = \"A. Photographer\"",
        "credit = \"\"",
    );
    let output = folder.output(&["publish", "dossier", "--out", "site"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("the image bridge.png has no credit"),
        "{said}"
    );
    assert!(
        said.contains("dossier.toml") && said.contains("who made it"),
        "{said}"
    );
    assert!(!folder.path("site").exists());
}
