//! The pages of a site: one assessment over several pages, for a server and for a folder of files.
//!
//! [`render_page`] draws one page of an assessment, [`layout`] any other page in the same frame.
//! [`Around`] says where a page stands: how its links are written, which dates and settings lead where.
//! What a server computes (a setting, the discussion) comes in as plain values, so that the same pages
//! stand in a folder.
//!
//! # Invariants
//! - No style and no script stands in a page: a policy without `unsafe-inline` holds.
//! - Every link to another part of the assessment leads to the page that has it.

mod assets;
mod controls;
mod evolution;
mod page;
mod publication;
mod publish;
mod relink;

use askama::Template;
use yalu_dossier::assessment::{Assessment, Rung};
use yalu_dossier::workbench::EvolutionPoint;

pub use assets::{ASSETS, Asset, asset};
pub use controls::{
    ActorRow, CodesField, Controls, DonorField, Neighbour, StakeField, exposure_words, neighbours,
};
pub use page::Page;
pub use publication::{
    Citation, FeedEntry, PublicationView, ShownImage, atom, citation_head, image_name,
    publication_view, sitemap,
};
pub use publish::{PublishError, Published, PublishedDate, Writer, publish};

use crate::export::{DiscussLinks, Export, ExportLinks, with_exports};
use crate::names;
use crate::report::ReportError;

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteLink {
    /// The words.
    pub text: String,
    /// The address.
    pub href: String,
    /// Whether it is the page that is open.
    pub here: bool,
}

/// A date that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateLink {
    /// The date, YYYY-MM-DD.
    pub date: String,
    /// The address; empty where the date can't be opened here.
    pub href: String,
}

/// A feed that the page belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLink {
    /// Its title.
    pub title: String,
    /// Its address.
    pub href: String,
}

/// How addresses of an assessment's pages are made.
#[derive(Debug, Clone, Default)]
pub struct PageLinks {
    /// What stands before a page's name.
    pub before: String,
    /// The name of the verdict's page: empty on a server.
    pub index: String,
    /// What stands behind a page's name: `.html` in a folder.
    pub ending: String,
    /// What stands behind that: the setting.
    pub after: String,
}

impl PageLinks {
    /// The address of a page.
    pub fn to(&self, page: Page) -> String {
        let name = if page == Page::Verdict {
            self.index.clone()
        } else {
            format!("{}{}", page.slug(), self.ending)
        };
        let address = format!("{}{name}{}", self.before, self.after);
        // An address that is empty is the page itself.
        if address.is_empty() {
            "./".to_owned()
        } else {
            address
        }
    }
}

/// Where a page stands.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// What stands before the name of a style or script.
    pub assets: String,
    /// The way up: to a list of dossiers, or to the front page.
    pub home: Option<SiteLink>,
    /// The other pages of the assessment.
    pub pages: PageLinks,
    /// Further pages beside the assessment's own: the discussion, files to take along.
    pub more: Vec<SiteLink>,
    /// The whole assessment as files.
    pub files: Vec<SiteLink>,
    /// Where the figures of charts and tables are.
    pub exports: ExportLinks,
    /// Where findings and claims are discussed; nothing where they aren't.
    pub discussion: Option<DiscussLinks>,
    /// How the verdict evolved.
    pub evolution: Vec<EvolutionPoint>,
    /// Dates and where they lead.
    pub dates: Vec<DateLink>,
    /// What a reader may set; nothing in a folder.
    pub controls: Option<Controls>,
    /// The verdict under settings near the one shown.
    pub neighbours: Vec<Neighbour>,
    /// What a reader must know of this very page.
    pub notices: Vec<String>,
    /// Whether more of the page is being computed.
    pub waits: bool,
    /// Who published it when, with images.
    pub publication: Option<PublicationView>,
    /// Feeds.
    pub feeds: Vec<FeedLink>,
    /// Where the page hears that the dossier changed.
    pub live: Option<String>,
    /// The address that a page should be known by, where the site has one.
    pub canonical: Option<String>,
    /// Whether a file opened from a folder must work: scripts are then the folder's own.
    pub policy: Option<&'static str>,
}

/// A page and what can be taken along from it.
#[derive(Debug, Clone)]
pub struct RenderedPage {
    /// The page.
    pub html: String,
    /// What stands behind its charts and tables.
    pub exports: Vec<Export>,
}

#[derive(Template)]
#[template(path = "site/layout.html")]
struct Layout<'a> {
    shell: &'a Shell,
    body: &'a str,
}

/// The frame of a page.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// The title of the window.
    pub title: String,
    /// What a search engine or a card says of the page.
    pub description: String,
    /// What stands before the name of a style or script.
    pub assets: String,
    /// The way up.
    pub home: Option<SiteLink>,
    /// The line above the heading.
    pub kicker: String,
    /// The heading.
    pub heading: String,
    /// The sentence below it.
    pub lead: String,
    /// By whom, when, of what.
    pub byline: String,
    /// The pages beside this one.
    pub pages: Vec<SiteLink>,
    /// Further pages.
    pub more: Vec<SiteLink>,
    /// Files to take along.
    pub files: Vec<SiteLink>,
    /// Feeds.
    pub feeds: Vec<FeedLink>,
    /// Where the page hears of changes.
    pub live: Option<String>,
    /// Whether Plotly is needed.
    pub plotly: bool,
    /// Whether talks are played.
    pub player: bool,
    /// The policy, where no server says it.
    pub policy: Option<&'static str>,
    /// Elements of the head as markup: citation, cards.
    pub head: String,
    /// The address that the page should be known by.
    pub canonical: Option<String>,
    /// The line at the end.
    pub colophon: String,
    /// Whether search engines are asked not to list the page.
    pub unlisted: bool,
}

/// Puts a body into the frame. The body is markup and must be safe.
///
/// # Errors
/// [`ReportError`] where the template can't be filled.
pub fn layout(shell: &Shell, body: &str) -> Result<String, ReportError> {
    Ok(Layout { shell, body }.render()?)
}

/// Draws one page of an assessment.
///
/// # Errors
/// [`ReportError`] where a template or a chart's data can't be written.
pub fn render_page(
    assessment: &Assessment,
    page: Page,
    around: &Around,
) -> Result<RenderedPage, ReportError> {
    let (body, exports) = with_exports(around.exports.clone(), around.discussion.clone(), || {
        page::body(assessment, page, around)
    });
    let body = relink::relink(&body?, page, &around.pages);
    let dossier = &assessment.dossier;
    let mut pages: Vec<SiteLink> = Page::ALL
        .into_iter()
        .filter(|one| one.is_in(assessment))
        .map(|one| SiteLink {
            text: one.title().to_owned(),
            href: around.pages.to(one),
            here: one == page,
        })
        .collect();
    if pages.iter().filter(|one| one.here).count() == 0 {
        pages[0].here = true;
    }
    let verdict = names::rung_name(assessment.verdict.rung);
    let shell = Shell {
        title: match page {
            Page::Verdict => format!("{}, as of {}", dossier.title, assessment.as_of),
            other => format!(
                "{}: {}, as of {}",
                other.title(),
                dossier.title,
                assessment.as_of
            ),
        },
        description: format!("{verdict}. {}", assessment.verdict.headline),
        assets: around.assets.clone(),
        home: around.home.clone(),
        kicker: format!("{} → {}", dossier.source_name, dossier.target_name),
        heading: dossier.title.clone(),
        lead: dossier.question.clone(),
        byline: byline(assessment, around),
        pages,
        more: around.more.clone(),
        files: around.files.clone(),
        feeds: around.feeds.clone(),
        live: around.live.clone(),
        plotly: body.contains("data-plot"),
        player: body.contains("class=\"player\"") || body.contains("class=\"data transcript\""),
        policy: around.policy,
        head: publication::head(assessment, around),
        canonical: around.canonical.clone(),
        colophon: format!(
            "Made by Yalu {} from the dossier {}. The same dossier, data and seed give the same figures.",
            assessment.yalu_version, dossier.id
        ),
        unlisted: assessment.setting.is_some(),
    };
    Ok(RenderedPage {
        html: layout(&shell, &body)?,
        exports,
    })
}

fn byline(assessment: &Assessment, around: &Around) -> String {
    let dossier = &assessment.dossier;
    let mut parts = Vec::new();
    match &around.publication {
        Some(publication) => {
            if !publication.byline.is_empty() {
                parts.push(format!("By {}", publication.byline));
            }
            if !publication.date.is_empty() {
                parts.push(publication.date.clone());
            }
        }
        None if !dossier.authors.is_empty() => parts.push(dossier.authors.join(", ")),
        None => {}
    }
    parts.push(format!("as of {}", assessment.as_of));
    parts.push(format!(
        "data {} to {}",
        assessment.data.periods[0], assessment.data.periods[1]
    ));
    parts.join(" · ")
}

/// The whole assessment as files; `before` and `after` are what stands round their names.
pub fn whole_files(before: &str, after: &str) -> Vec<SiteLink> {
    [
        ("the assessment (JSON)", "assessment.json"),
        ("its series (CSV)", "series.csv"),
        ("its series (Parquet)", "series.parquet"),
        ("all of it in a single file (HTML)", "report.html"),
    ]
    .into_iter()
    .map(|(text, file)| SiteLink {
        text: text.to_owned(),
        href: format!("{before}{file}{after}"),
        here: false,
    })
    .collect()
}

/// Text as markup.
pub fn escaped(text: &str) -> String {
    crate::svg::escape(text)
}

/// An id of a dossier as it stands in fragment names.
pub fn fragment(id: &str) -> String {
    let name = crate::anchor::anchor("", id);
    name[1..].to_owned()
}

/// A verdict in a list of dossiers.
#[derive(Debug, Clone)]
pub struct ListedDossier {
    /// The title.
    pub title: String,
    /// The question.
    pub question: String,
    /// Where it leads.
    pub href: String,
    /// As of when.
    pub as_of: String,
    /// The verdict; nothing where it isn't computed yet, or can't be.
    pub rung: Option<Rung>,
    /// The verdict in a sentence, or why there is none.
    pub headline: String,
    /// The probability in words; empty where there is none.
    pub probability: String,
    /// How many comments are shown.
    pub comments: u64,
}

impl ListedDossier {
    pub(crate) fn rung_class(&self) -> &'static str {
        self.rung.map_or("rung-too-little", names::rung_class)
    }

    pub(crate) fn rung_sign(&self) -> &'static str {
        self.rung.map_or("…", names::rung_sign)
    }

    pub(crate) fn rung_name(&self) -> &'static str {
        self.rung.map_or("Not known", names::rung_name)
    }
}

#[derive(Template)]
#[template(path = "site/list.html")]
struct List<'a> {
    dossiers: &'a [ListedDossier],
}

/// The list of dossiers, as the body of a page.
///
/// # Errors
/// [`ReportError`] where the template can't be filled.
pub fn list_body(dossiers: &[ListedDossier]) -> Result<String, ReportError> {
    Ok(List { dossiers }.render()?)
}
