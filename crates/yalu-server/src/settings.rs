//! What an operator may set: `site.toml`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Settings of a site. Every key has a default that suits a reader at home.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSettings {
    /// The name of the site.
    pub title: Option<String>,
    /// The address under which readers reach it, `https://example.org`: for feeds and citations, and so
    /// that cookies are kept to encrypted connections.
    pub address: Option<String>,
    /// The file of the discussion; without one there is none.
    pub discussion: Option<PathBuf>,
    /// Days after which addresses and browsers of authors are forgotten.
    pub keep_origin_days: Option<u32>,
    /// Days after which refused comments and spam are deleted.
    pub keep_rejected_days: Option<u32>,
    /// Days after a dossier's publication from which on no comment is taken; one whose `[publication]`
    /// has no date stays open.
    pub close_after_days: Option<u32>,
    /// Shows comments at once where one of the same author, by token and e-mail, was shown before.
    pub show_known_authors: bool,
    /// Whom readers write to about their data: shown on the page that says what is stored.
    pub contact: Option<String>,
    /// Addresses of proxies that may say whose request they pass on (`X-Forwarded-For`).
    pub proxies: Vec<std::net::IpAddr>,
    /// A spam service that speaks Akismet's protocol.
    pub akismet: Option<AkismetKeys>,
}

/// Where comments are checked for spam.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AkismetKeys {
    /// The file that holds the key: a key has no place among settings that are shown around.
    pub key_file: PathBuf,
    /// The server; Akismet's own where none is named.
    pub server: Option<String>,
    /// The address that the key is registered for.
    pub blog: String,
    /// Says that comments are tests, which the service doesn't learn from.
    #[serde(default)]
    pub is_test: bool,
}

/// Why settings can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file can't be read.
    #[error("{} can't be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It isn't settings.
    #[error("{}: {what}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        what: String,
    },
}

impl SiteSettings {
    /// Reads a file of settings. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// [`SettingsError`], with the line.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|source| SettingsError::Read {
            path: path.to_owned(),
            source,
        })?;
        let wrong = |what: String| SettingsError::Toml {
            path: path.to_owned(),
            what,
        };
        let mut settings: Self =
            toml::from_str(&text).map_err(|error| wrong(error.to_string().trim().to_owned()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        settings.discussion = settings.discussion.map(|file| folder.join(file));
        if let Some(akismet) = &mut settings.akismet {
            akismet.key_file = folder.join(&akismet.key_file);
        }
        if let Some(address) = &settings.address {
            let web = address.starts_with("https://") || address.starts_with("http://");
            let plain = address
                .chars()
                .all(|char| !char.is_whitespace() && !char.is_control());
            if !web || !plain || address.contains(['?', '#', '"', '<']) {
                return Err(wrong(format!(
                    "`address` is no web address: `{address}`; write https://example.org"
                )));
            }
        }
        settings.address = settings
            .address
            .map(|address| address.trim_end_matches('/').to_owned());
        Ok(settings)
    }

    /// Whether readers come by encrypted connections.
    pub(crate) fn is_encrypted(&self) -> bool {
        let address = self.address.as_deref();
        address.is_some_and(|address| address.starts_with("https://"))
    }
}
