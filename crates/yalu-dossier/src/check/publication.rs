//! What `[publication]` must say beyond its types.

use std::path::Path;

use super::{Checker, key};
use crate::spec::DossierSpec;
use crate::toml_file::Step;

/// Endings of images that every browser draws and none runs.
const ENDINGS: [&str; 5] = ["png", "jpg", "jpeg", "webp", "avif"];

/// Checks `[publication]`.
pub(super) fn check(checker: &mut Checker<'_>, spec: &DossierSpec) {
    let Some(publication) = &spec.publication else {
        return;
    };
    let dir = checker
        .source
        .path
        .parent()
        .unwrap_or(Path::new(""))
        .to_owned();
    let at = |name: &str| vec![key("publication"), key(name)];
    let days = [
        ("date", &publication.date),
        ("updated", &publication.updated),
    ];
    for (name, day) in days {
        if let Some(day) = day {
            checker.date(&at(name), day);
        }
    }
    if let Some(address) = &publication.address
        && !is_web(address)
    {
        checker.fault(
            "publication.address",
            &at("address"),
            format!("`{address}` is no web address"),
            Some("write https://example.org/my-dossier".to_owned()),
        );
    }
    if let Some(discussion) = &publication.discussion
        && !is_web(discussion)
    {
        checker.fault(
            "publication.discussion",
            &at("discussion"),
            format!("`{discussion}` is no web address"),
            Some("write where readers discuss it, https://…, or leave the key out".to_owned()),
        );
    }
    for (idx, image) in publication.images.iter().enumerate() {
        let at = |name: &str| {
            vec![
                key("publication"),
                key("images"),
                Step::Item(idx),
                key(name),
            ]
        };
        let owed = [
            (
                "alt",
                &image.alt,
                "say what it shows, for who doesn't see it",
            ),
            ("caption", &image.caption, "say what is said below it"),
            (
                "credit",
                &image.credit,
                "say who made it, or whose it is; without that it isn't published",
            ),
        ];
        for (name, text, mend) in owed {
            if text.trim().is_empty() {
                checker.fault(
                    "publication.image",
                    &at(name),
                    format!("the image {} has no {name}", image.file),
                    Some(mend.to_owned()),
                );
            }
        }
        if let Some(source) = &image.source
            && !is_web(source)
        {
            checker.fault(
                "publication.image",
                &at("source"),
                format!("`{source}` is no web address"),
                Some("write https://…, or leave the key out".to_owned()),
            );
        }
        let before = checker.problems.len();
        checker.file(&at("file"), &image.file);
        if checker.problems.len() > before {
            continue;
        }
        let ending = image.file.rsplit_once('.').map_or("", |(_, ending)| ending);
        if !ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) {
            checker.fault(
                "publication.image",
                &at("file"),
                format!("{} is no image that every browser draws", image.file),
                Some("save it as PNG, JPEG, WebP or AVIF".to_owned()),
            );
        } else if !dir.join(&image.file).is_file() {
            checker.fault(
                "publication.image",
                &at("file"),
                format!("{} isn't in the dossier's folder", image.file),
                Some("put it there, or leave the image out".to_owned()),
            );
        } else if let Err(error) = image.size(&dir) {
            checker.fault(
                "publication.image",
                &at("file"),
                format!("{} can't be read as an image: {error}", image.file),
                Some("open it in a viewer and save it anew as PNG, JPEG, WebP or AVIF".to_owned()),
            );
        }
    }
}

/// Whether an address leads to the web and nowhere else.
fn is_web(address: &str) -> bool {
    let web = address.starts_with("https://") || address.starts_with("http://");
    web && !address
        .chars()
        .any(|char| char.is_whitespace() || char.is_control() || matches!(char, '"' | '<' | '>'))
}
