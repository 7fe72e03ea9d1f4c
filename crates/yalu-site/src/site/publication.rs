//! What makes a page a publication: who, when, images with their credit, how it is cited.

use askama::Template;
use serde_json::{Value, json};
use yalu_dossier::assessment::Assessment;
use yalu_dossier::load::Dossier;

use super::Around;
use crate::names;
use crate::report::ReportError;
use crate::svg::escape;

/// An image with what a reader is owed about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownImage {
    /// Its address.
    pub href: String,
    /// What it shows, for who doesn't see it.
    pub alt: String,
    /// What is said below it.
    pub caption: String,
    /// Who made it.
    pub credit: String,
    /// The licence; empty where none is said.
    pub licence: String,
    /// Where it is from; empty where nobody says.
    pub source: String,
    /// Width and height in pixels, where they are known.
    pub size: Option<[u32; 2]>,
}

/// What is said of a publication.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicationView {
    /// By whom.
    pub byline: String,
    /// When it was published, YYYY-MM-DD; empty where nobody says.
    pub date: String,
    /// When it was changed last.
    pub updated: String,
    /// What it says, in a paragraph; empty where nobody says.
    pub summary: String,
    /// Who publishes it.
    pub publisher: String,
    /// Under what licence.
    pub licence: String,
    /// Where it is discussed elsewhere; empty where nobody says.
    pub discussion: String,
    /// Images, the first one on cards.
    pub images: Vec<ShownImage>,
}

/// The name of an image's file on a site: its number and ending, whatever the dossier calls it.
pub fn image_name(idx: usize, file: &str) -> String {
    let ending = file.rsplit_once('.').map_or("png", |(_, ending)| ending);
    format!("image-{}.{}", idx + 1, ending.to_ascii_lowercase())
}

/// What a dossier says of its publication; nothing where it says nothing. `images` is what stands
/// before an image's name.
pub fn publication_view(dossier: &Dossier, images: &str) -> Option<PublicationView> {
    let keys = dossier.spec.publication.as_ref()?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Some(PublicationView {
        byline: match &keys.byline {
            Some(byline) => byline.clone(),
            None => dossier.spec.question.authors.join(", "),
        },
        date: text(&keys.date),
        updated: text(&keys.updated),
        summary: text(&keys.summary),
        publisher: text(&keys.publisher),
        licence: text(&keys.licence),
        discussion: text(&keys.discussion),
        images: keys
            .images
            .iter()
            .enumerate()
            .map(|(idx, image)| ShownImage {
                href: format!("{images}{}", image_name(idx, &image.file)),
                alt: image.alt.clone(),
                caption: image.caption.clone(),
                credit: image.credit.clone(),
                licence: text(&image.licence),
                source: text(&image.source),
                size: dossier.image_sizes.get(idx).copied().flatten(),
            })
            .collect(),
    })
}

/// What a reference manager needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Citation {
    /// The title.
    pub title: String,
    /// The authors.
    pub authors: Vec<String>,
    /// The date, YYYY-MM-DD; empty where nobody says.
    pub date: String,
    /// Who publishes it.
    pub publisher: String,
    /// What it says.
    pub description: String,
    /// Its whole address; empty where the site has none.
    pub url: String,
    /// The whole address of an image; empty for none.
    pub image: String,
    /// The licence.
    pub licence: String,
    /// When it was changed last.
    pub updated: String,
}

/// Elements of a head by which a page is cited and shown on cards: Highwire's, Open Graph's, and a
/// `ScholarlyArticle` of schema.org.
pub fn citation_head(citation: &Citation) -> String {
    let mut head = String::new();
    let mut meta = |attribute: &str, name: &str, content: &str| {
        if !content.is_empty() {
            head.push_str(&format!(
                "<meta {attribute}=\"{name}\" content=\"{}\">\n",
                escape(content)
            ));
        }
    };
    meta("name", "citation_title", &citation.title);
    for author in &citation.authors {
        meta("name", "citation_author", author);
    }
    meta(
        "name",
        "citation_publication_date",
        &citation.date.replace('-', "/"),
    );
    meta("name", "citation_publisher", &citation.publisher);
    // By this reference managers tell a report from a journal's article.
    meta(
        "name",
        "citation_technical_report_institution",
        &citation.publisher,
    );
    meta("name", "citation_abstract", &citation.description);
    meta("name", "citation_language", "en");
    meta("name", "citation_public_url", &citation.url);
    meta("property", "og:type", "article");
    meta("property", "og:title", &citation.title);
    meta("property", "og:description", &citation.description);
    meta("property", "og:url", &citation.url);
    meta("property", "og:image", &citation.image);
    meta("property", "og:site_name", &citation.publisher);
    meta("property", "article:published_time", &citation.date);
    meta("property", "article:modified_time", &citation.updated);
    let card = if citation.image.is_empty() {
        "summary"
    } else {
        "summary_large_image"
    };
    meta("name", "twitter:card", card);
    let people: Vec<Value> = citation
        .authors
        .iter()
        .map(|name| json!({ "@type": "Person", "name": name }))
        .collect();
    let mut article = json!({
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": citation.title,
        "author": people,
        "inLanguage": "en",
    });
    let optional = [
        ("datePublished", &citation.date),
        ("dateModified", &citation.updated),
        ("abstract", &citation.description),
        ("url", &citation.url),
        ("image", &citation.image),
        ("license", &citation.licence),
    ];
    for (key, value) in optional {
        if !value.is_empty() {
            article[key] = json!(value);
        }
    }
    if !citation.publisher.is_empty() {
        article["publisher"] = json!({ "@type": "Organization", "name": citation.publisher });
    }
    let text = article.to_string().replace('<', "\\u003c");
    head.push_str(&format!(
        "<script type=\"application/ld+json\">{text}</script>\n"
    ));
    head
}

/// The head of a page of an assessment.
pub(super) fn head(assessment: &Assessment, around: &Around) -> String {
    let verdict = &assessment.verdict;
    let publication = around.publication.clone().unwrap_or_default();
    let url = around.canonical.clone().unwrap_or_default();
    let described = if publication.summary.is_empty() {
        format!("{}. {}", names::rung_name(verdict.rung), verdict.headline)
    } else {
        publication.summary.clone()
    };
    let image = publication.images.first().map_or(String::new(), |image| {
        match url.rsplit_once('/') {
            // A card wants a whole address.
            Some((folder, _)) if !image.href.contains("://") => format!("{folder}/{}", image.href),
            _ => String::new(),
        }
    });
    citation_head(&Citation {
        title: format!("{} (as of {})", assessment.dossier.title, assessment.as_of),
        authors: assessment.dossier.authors.clone(),
        date: publication.date,
        updated: publication.updated,
        publisher: publication.publisher,
        description: described,
        url,
        image,
        licence: publication.licence,
    })
}

#[derive(Template)]
#[template(path = "site/images.html")]
struct Images<'a> {
    publication: &'a PublicationView,
}

/// What the publication says in a paragraph; empty where it says nothing.
pub(super) fn summary(around: &Around) -> String {
    match &around.publication {
        Some(publication) if !publication.summary.is_empty() => {
            format!(
                "<p class=\"summary\">{}</p>\n",
                escape(&publication.summary)
            )
        }
        _ => String::new(),
    }
}

/// The images; empty where there are none.
pub(super) fn images(around: &Around) -> Result<String, ReportError> {
    match &around.publication {
        Some(publication) => Ok(Images { publication }.render()?),
        None => Ok(String::new()),
    }
}

/// Text for XML 1.0, which has no place for control characters.
fn xml(text: &str) -> String {
    let allowed = |char: &char| matches!(char, '\t' | '\n' | '\r') || !char.is_control();
    let held: String = text
        .chars()
        .filter(|char| allowed(char) && !matches!(char, '\u{fffe}' | '\u{ffff}'))
        .collect();
    escape(&held)
}

/// An entry of a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedEntry {
    /// A name that never changes, as an address or a `urn:`.
    pub id: String,
    /// The title.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// When it was changed last, as RFC 3339.
    pub updated: String,
    /// By whom.
    pub author: String,
    /// What it says, as markup that is safe.
    pub html: String,
}

/// A feed as Atom (RFC 4287). `own` is its own address.
pub fn atom(id: &str, title: &str, own: &str, home: &str, entries: &[FeedEntry]) -> String {
    let updated = entries.iter().map(|one| one.updated.as_str()).max();
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<link rel=\"self\" href=\"{}\"/>\n<link href=\"{}\"/>\n",
        xml(id),
        xml(title),
        xml(updated.unwrap_or("1970-01-01T00:00:00Z")),
        xml(own),
        xml(home),
    );
    for one in entries {
        feed.push_str(&format!(
            "<entry>\n<id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<link href=\"{}\"/>\n<author><name>{}</name></author>\n<content type=\"html\">{}</content>\n</entry>\n",
            xml(&one.id),
            xml(&one.title),
            xml(&one.updated),
            xml(&one.href),
            xml(&one.author),
            xml(&one.html),
        ));
    }
    feed.push_str("</feed>\n");
    feed
}

/// A sitemap of whole addresses, each with the day of its last change where one is known.
pub fn sitemap(pages: &[(String, String)]) -> String {
    let mut map = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n".to_owned();
    for (address, day) in pages {
        map.push_str(&format!("<url><loc>{}</loc>", xml(address)));
        if !day.is_empty() {
            map.push_str(&format!("<lastmod>{}</lastmod>", xml(day)));
        }
        map.push_str("</url>\n");
    }
    map.push_str("</urlset>\n");
    map
}
