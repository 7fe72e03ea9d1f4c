//! `[publication]` as the dossier's author writes it: what makes a site of it citable.

use std::path::Path;

use imagesize::ImageError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who publishes the assessment, when, with which images. `yalu publish` and `yalu serve` show it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Publication {
    /// The by-line, as it is printed. Left out, the question's authors.
    pub byline: Option<String>,
    /// The day of publication, YYYY-MM-DD.
    pub date: Option<String>,
    /// The day of the last change, YYYY-MM-DD.
    pub updated: Option<String>,
    /// What it says, in a paragraph: on the first page, in feeds and on cards.
    pub summary: Option<String>,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// The licence of the text, by name.
    pub licence: Option<String>,
    /// Where the site will be, `https://example.org/china-dprk`: feeds, the sitemap and citations need
    /// whole addresses. Links between pages don't.
    pub address: Option<String>,
    /// Where readers discuss it, a web address: a site of files can't take comments itself. `yalu serve`
    /// with a discussion of its own leads there instead.
    pub discussion: Option<String>,
    /// Images of the first page, the first one also on cards.
    pub images: Vec<PublicationImage>,
}

/// An image, with what its readers and its maker are owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationImage {
    /// The file (PNG, JPEG, WebP or AVIF), relative to the dossier.
    pub file: String,
    /// What it shows, for who doesn't see it.
    pub alt: String,
    /// What is said below it.
    pub caption: String,
    /// Who made it, or whose it is. An image without a credit isn't published.
    pub credit: String,
    /// Its licence, by name.
    #[serde(default)]
    pub licence: Option<String>,
    /// The address where it is from.
    #[serde(default)]
    pub source: Option<String>,
}

impl PublicationImage {
    /// Width and height in pixels, from the head of the file in the dossier's folder `dir`.
    ///
    /// # Errors
    /// [`ImageError`] where the file can't be read, or is no image of a kind that is published.
    pub fn size(&self, dir: &Path) -> Result<[u32; 2], ImageError> {
        let size = imagesize::size(dir.join(&self.file))?;
        Ok([size.width, size.height].map(|side| u32::try_from(side).unwrap_or(u32::MAX)))
    }
}
