//! The styles and scripts of the site.

use std::borrow::Cow;

use crate::interactive::plotly_source;
use crate::report::{EVIDENCE_STYLE, PLAYER, ReportError, SCRIPT, STYLE};

const SITE_STYLE: &str = include_str!("../../assets/site.css");
const ICON: &str = include_str!("../../assets/icon.svg");
const SITE_SCRIPT: &str = include_str!("../../assets/site.js");

/// A file that pages need.
#[derive(Debug, Clone)]
pub struct Asset {
    /// What it is, for HTTP.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
}

/// The names of all assets.
pub const ASSETS: [&str; 6] = [
    "site.css",
    "site.js",
    "report.js",
    "player.js",
    "plotly.js",
    "icon.svg",
];

/// The asset of a name; nothing where there is none.
///
/// # Errors
/// [`ReportError::PlotlySource`] where the plotly crate no longer has its source.
pub fn asset(name: &str) -> Result<Option<Asset>, ReportError> {
    let style = |bytes: String| Asset {
        content_type: "text/css; charset=utf-8",
        bytes: Cow::Owned(bytes.into_bytes()),
    };
    let script = |bytes: Cow<'static, [u8]>| Asset {
        content_type: "text/javascript; charset=utf-8",
        bytes,
    };
    Ok(Some(match name {
        "site.css" => style(format!("{STYLE}\n{EVIDENCE_STYLE}\n{SITE_STYLE}")),
        "site.js" => script(Cow::Borrowed(SITE_SCRIPT.as_bytes())),
        "report.js" => script(Cow::Borrowed(SCRIPT.as_bytes())),
        "player.js" => script(Cow::Borrowed(PLAYER.as_bytes())),
        "plotly.js" => script(Cow::Owned(plotly_source()?.into_bytes())),
        "icon.svg" => Asset {
            content_type: "image/svg+xml",
            bytes: Cow::Borrowed(ICON.as_bytes()),
        },
        _ => return Ok(None),
    }))
}
