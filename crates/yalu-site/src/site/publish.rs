//! A dossier as a folder of pages that needs no server.

use yalu_dossier::assessment::Assessment;
use yalu_dossier::export::series_table;
use yalu_dossier::load::Dossier;
use yalu_dossier::workbench::{Choices, EvolutionPoint, Near};

use super::{
    ASSETS, Around, DateLink, FeedEntry, FeedLink, Page, PageLinks, RenderedPage, SiteLink, asset,
    atom, escaped, neighbours, publication_view, render_page, sitemap, whole_files,
};
use crate::export::{Export, ExportLinks};
use crate::report::{ReportError, ReportOptions, render_report};

/// Only the folder's own files, also where it is opened without a server.
const POLICY: &str = "default-src 'none'; script-src 'self' file:; style-src 'self' file: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src 'self' file: data: blob:; media-src 'self' file:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// Why a site can't be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// A page can't be drawn.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A file can't be written.
    #[error("{file} can't be written: {source}")]
    Write {
        /// The file, relative to the site.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A table can't be written as Parquet.
    #[error("{file} can't be written as Parquet: {what}")]
    Parquet {
        /// The file.
        file: String,
        /// What the writer said.
        what: String,
    },
    /// The assessment can't be written as JSON.
    #[error("the assessment can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// One date of a site.
#[derive(Debug, Clone)]
pub struct PublishedDate {
    /// The assessment as of it.
    pub assessment: Assessment,
    /// The verdict with one choice moved.
    pub near: Vec<Near>,
}

/// What a site is made of.
#[derive(Debug, Clone, Copy)]
pub struct Published<'a> {
    /// The dossier.
    pub dossier: &'a Dossier,
    /// What could be asked of it.
    pub choices: &'a Choices,
    /// Its dates, ascending; the last is the front page.
    pub dates: &'a [PublishedDate],
    /// How the verdict evolved.
    pub evolution: &'a [EvolutionPoint],
}

/// Takes a file of the site: its path, with `/`, and its bytes.
pub type Writer<'a> = dyn FnMut(&str, &[u8]) -> std::io::Result<()> + 'a;

/// Writes a site: `index.html`, a folder a date, what charts and tables hold, styles and scripts, a
/// feed, and a map of whole addresses where the dossier says its own. The same input gives the same
/// bytes. Images and recordings are the caller's to copy (`images/`, `DATE/talks/`).
///
/// # Errors
/// [`PublishError`].
pub fn publish(published: &Published<'_>, write: &mut Writer<'_>) -> Result<(), PublishError> {
    let mut site = Site { published, write };
    for name in ASSETS {
        if let Some(asset) = asset(name)? {
            site.put(&format!("assets/{name}"), &asset.bytes)?;
        }
    }
    for date in published.dates {
        site.date(date)?;
    }
    if let Some(last) = published.dates.last() {
        let front = render_page(&last.assessment, Page::Verdict, &site.around(last, ""))?;
        site.put("index.html", front.html.as_bytes())?;
    }
    site.feed()?;
    site.map()
}

struct Site<'a, 'w> {
    published: &'a Published<'a>,
    write: &'a mut Writer<'w>,
}

impl Site<'_, '_> {
    fn put(&mut self, file: &str, bytes: &[u8]) -> Result<(), PublishError> {
        (self.write)(file, bytes).map_err(|source| PublishError::Write {
            file: file.to_owned(),
            source,
        })
    }

    /// The address of the site, without a slash at its end; empty where nobody says.
    fn address(&self) -> String {
        let keys = self.published.dossier.spec.publication.as_ref();
        let address = keys.and_then(|keys| keys.address.clone());
        address.map_or_else(String::new, |one| one.trim_end_matches('/').to_owned())
    }

    /// Where a page stands: in the folder of its date, or (`up` empty) at the front.
    fn around(&self, of: &PublishedDate, up: &str) -> Around {
        let date = &of.assessment.as_of;
        let folder = if up.is_empty() {
            format!("{date}/")
        } else {
            String::new()
        };
        let address = self.address();
        let publication = publication_view(self.published.dossier, &format!("{up}images/"));
        let discussion = publication.iter().map(|one| one.discussion.clone());
        let discussion = discussion.filter(|href| !href.is_empty());
        Around {
            assets: format!("{up}assets/"),
            home: (!up.is_empty()).then(|| SiteLink {
                text: "Front page".to_owned(),
                href: format!("{up}index.html"),
                here: false,
            }),
            pages: PageLinks {
                before: folder.clone(),
                index: "index.html".to_owned(),
                ending: ".html".to_owned(),
                after: String::new(),
            },
            files: whole_files(&folder, ""),
            exports: ExportLinks {
                before: format!("{folder}data/"),
                after: String::new(),
            },
            evolution: self.published.evolution.to_vec(),
            dates: self
                .days()
                .map(|day| DateLink {
                    date: day.to_owned(),
                    href: format!("{up}{day}/index.html"),
                })
                .collect(),
            more: self
                .days()
                .map(|day| SiteLink {
                    text: format!("as of {day}"),
                    href: format!("{up}{day}/index.html"),
                    here: day == date && !up.is_empty(),
                })
                .chain(discussion.map(|href| SiteLink {
                    text: "Discussion".to_owned(),
                    href,
                    here: false,
                }))
                .collect(),
            // In a folder nothing else can be asked, so that none of them leads anywhere.
            neighbours: neighbours(&of.near, self.published.choices, &of.assessment, |_| {
                String::new()
            }),
            publication,
            feeds: vec![FeedLink {
                title: "Assessments".to_owned(),
                href: format!("{up}feed.atom"),
            }],
            canonical: (!address.is_empty()).then(|| {
                if up.is_empty() {
                    format!("{address}/")
                } else {
                    format!("{address}/{date}/")
                }
            }),
            policy: Some(POLICY),
            ..Around::default()
        }
    }

    /// The dates, ascending.
    fn days(&self) -> impl DoubleEndedIterator<Item = &str> {
        let dates = self.published.dates.iter();
        dates.map(|one| one.assessment.as_of.as_str())
    }

    fn date(&mut self, of: &PublishedDate) -> Result<(), PublishError> {
        let assessment = &of.assessment;
        let date = &assessment.as_of;
        for page in Page::ALL.into_iter().filter(|one| one.is_in(assessment)) {
            let mut around = self.around(of, "../");
            around.exports.before = format!("data/{}-", page.slug());
            if let Some(address) = &mut around.canonical
                && page != Page::Verdict
            {
                address.push_str(&format!("{}.html", page.slug()));
            }
            let name = match page {
                Page::Verdict => "index.html".to_owned(),
                other => format!("{}.html", other.slug()),
            };
            let RenderedPage { html, exports } = render_page(assessment, page, &around)?;
            self.put(&format!("{date}/{name}"), html.as_bytes())?;
            for export in &exports {
                self.export(
                    &format!("{date}/data/{}-{}", page.slug(), export.name),
                    export,
                )?;
            }
        }
        let mut json = serde_json::to_vec_pretty(assessment)?;
        json.push(b'\n');
        self.put(&format!("{date}/assessment.json"), &json)?;
        let series = series_table(assessment);
        self.put(&format!("{date}/series.csv"), &series.to_csv())?;
        let file = format!("{date}/series.parquet");
        let bytes = series.to_parquet().map_err(|error| PublishError::Parquet {
            file: file.clone(),
            what: error.to_string(),
        })?;
        self.put(&file, &bytes)?;
        let report = render_report(assessment, &ReportOptions { interactive: true })?;
        self.put(&format!("{date}/report.html"), report.as_bytes())
    }

    fn export(&mut self, stem: &str, export: &Export) -> Result<(), PublishError> {
        self.put(&format!("{stem}.csv"), &export.table.to_csv())?;
        self.put(&format!("{stem}.json"), &export.table.to_json())?;
        let file = format!("{stem}.parquet");
        let bytes = export
            .table
            .to_parquet()
            .map_err(|error| PublishError::Parquet {
                file: file.clone(),
                what: error.to_string(),
            })?;
        self.put(&file, &bytes)?;
        match &export.svg {
            Some(svg) => self.put(&format!("{stem}.svg"), svg.as_bytes()),
            None => Ok(()),
        }
    }

    fn feed(&mut self) -> Result<(), PublishError> {
        let (dossier, address) = (self.published.dossier, self.address());
        let id = if address.is_empty() {
            format!("urn:yalu:{}", dossier.spec.question.id)
        } else {
            address.clone()
        };
        let publication = publication_view(dossier, "images/");
        let author = publication.as_ref().map(|one| one.byline.clone());
        let author = author.unwrap_or_else(|| dossier.spec.question.authors.join(", "));
        let entries: Vec<FeedEntry> = self
            .published
            .dates
            .iter()
            .rev()
            .map(|date| &date.assessment)
            .map(|one| FeedEntry {
                id: format!("{id}/{}/", one.as_of),
                title: format!("{}, as of {}", one.dossier.title, one.as_of),
                href: if address.is_empty() {
                    format!("{}/index.html", one.as_of)
                } else {
                    format!("{address}/{}/", one.as_of)
                },
                updated: match &publication {
                    Some(view) if !view.updated.is_empty() => format!("{}T00:00:00Z", view.updated),
                    Some(view) if !view.date.is_empty() => format!("{}T00:00:00Z", view.date),
                    _ => format!("{}T00:00:00Z", one.as_of),
                },
                author: author.clone(),
                html: escaped(&one.verdict.headline),
            })
            .collect();
        let (own, home) = if address.is_empty() {
            ("feed.atom".to_owned(), "index.html".to_owned())
        } else {
            (format!("{address}/feed.atom"), format!("{address}/"))
        };
        let feed = atom(&id, &dossier.spec.question.title, &own, &home, &entries);
        self.put("feed.atom", feed.as_bytes())
    }

    fn map(&mut self) -> Result<(), PublishError> {
        let address = self.address();
        if address.is_empty() {
            return Ok(());
        }
        let keys = self.published.dossier.spec.publication.as_ref();
        let day = keys.and_then(|keys| keys.updated.clone().or_else(|| keys.date.clone()));
        let day = day.unwrap_or_default();
        let mut pages = vec![(format!("{address}/"), day.clone())];
        for one in self.published.dates.iter().map(|date| &date.assessment) {
            for page in Page::ALL.into_iter().filter(|page| page.is_in(one)) {
                let name = match page {
                    Page::Verdict => String::new(),
                    other => format!("{}.html", other.slug()),
                };
                pages.push((format!("{address}/{}/{name}", one.as_of), day.clone()));
            }
        }
        self.put("sitemap.xml", sitemap(&pages).as_bytes())?;
        let robots = format!("User-agent: *\nAllow: /\nSitemap: {address}/sitemap.xml\n");
        self.put("robots.txt", robots.as_bytes())
    }
}
