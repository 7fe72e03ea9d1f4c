//! `[publication]`: what an image's readers and makers are owed, and what can't be published.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use yalu_dossier::diagnostic::Problem;
use yalu_dossier::load::{Dossier, load_dossier};

use crate::made_up::{Series, dossier, month, write};

const KEYS: &str = r#"[model]
trimming = 0.15

[publication]
byline = "A. Analyst"
date = "2020-02-01"
updated = "2020-03-01"
address = "https://briefs.example.org/made-up"
discussion = "https://forum.example.org/42"

[[publication.images]]
file = "bridge.png"
alt = "A bridge over a wide river"
caption = "The bridge."
credit = "A. Photographer"
source = "https://photos.example.org/1"
"#;

fn boxed(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes()[..], &name, content].concat()
}

/// The head of a PNG (W3C PNG, 11.2.1), which is all that is read of it.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    [&b"\x89PNG\r\n\x1a\n\0\0\0\x0d"[..], &header, &[0; 4]].concat()
}

/// A folder with the made-up dossier, `from` of its keys replaced by `to`.
fn folder(from: &str, to: &str) -> TempDir {
    let indicator = "kind = \"event_rate\"\ngroup = \"acts\"\nexposure = \"none\"\nexposure_reason = \"made up\"";
    let mut series = Series::new();
    series.cell("acts,events,CHN,PRK", month, vec![3.0; 120]);
    assert!(KEYS.contains(from), "{from}");
    let keys = KEYS.replacen(from, to, 1);
    let text = dossier("2019-12-31", "month", indicator, &keys);
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[("dossier.toml", &text), ("series.csv", &series.0)],
    );
    fs::write(dir.path().join("bridge.png"), png(1200, 630)).unwrap();
    fs::write(dir.path().join("notes.png"), "no image at all").unwrap();
    fs::write(dir.path().join("drawing.svg"), "<svg/>").unwrap();
    dir
}

fn loaded(dir: &TempDir) -> Result<Dossier, Vec<Problem>> {
    load_dossier(dir.path()).map_err(|problems| problems.0)
}

#[test]
fn images_are_measured() {
    let dossier = loaded(&folder("", "")).unwrap();
    assert_eq!(dossier.image_sizes, [Some([1200, 630])]);

    // The other kinds, by their heads alone: JPEG (T.81, B.2.2), WebP (RFC 9649), AVIF (ISO 23008-12).
    let jpeg = b"\xff\xd8\xff\xc0\0\x0b\x08\x02\x76\x04\xb0\x01\x01\x11\0\xff\xd9".to_vec();
    let mut webp = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
    webp.extend([0xaf, 0x04, 0, 0x75, 0x02, 0, 0, 0, 0, 0]);
    let spatial = [
        0_u32.to_be_bytes(),
        1200_u32.to_be_bytes(),
        630_u32.to_be_bytes(),
    ]
    .concat();
    let properties = boxed(*b"iprp", &boxed(*b"ipco", &boxed(*b"ispe", &spatial)));
    let meta = boxed(*b"meta", &[&[0; 4][..], &properties].concat());
    let avif = [boxed(*b"ftyp", b"avif\0\0\0\0avifmif1"), meta].concat();
    for (name, bytes) in [
        ("bridge.jpg", jpeg),
        ("bridge.webp", webp),
        ("bridge.avif", avif),
    ] {
        let dir = folder("bridge.png", name);
        fs::write(dir.path().join(name), bytes).unwrap();
        let dossier = loaded(&dir).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        assert_eq!(dossier.image_sizes, [Some([1200, 630])], "{name}");
    }
}

#[test]
fn what_cant_be_published_is_said_at_its_line() {
    // What is replaced, by what; the fault's key, parts of its message and mend, and what its line holds.
    let cases = [
        (
            "credit = \"A. Photographer\"",
            "credit = \"  \"",
            "credit",
            "has no credit",
            "who made it",
            "credit =",
        ),
        (
            "alt = \"A bridge over a wide river\"",
            "alt = \"\"",
            "alt",
            "has no alt",
            "doesn't see it",
            "alt =",
        ),
        (
            "caption = \"The bridge.\"",
            "caption = \"\"",
            "caption",
            "has no caption",
            "below it",
            "caption =",
        ),
        (
            "file = \"bridge.png\"",
            "file = \"brigde.png\"",
            "file",
            "isn't in the dossier's folder",
            "put it there",
            "brigde",
        ),
        (
            "file = \"bridge.png\"",
            "file = \"notes.png\"",
            "file",
            "can't be read as an image",
            "save it anew",
            "notes",
        ),
        (
            "file = \"bridge.png\"",
            "file = \"drawing.svg\"",
            "file",
            "no image that every browser draws",
            "PNG",
            "drawing",
        ),
        (
            "file = \"bridge.png\"",
            "file = \"../bridge.png\"",
            "file",
            "../bridge.png",
            "",
            "../bridge",
        ),
        (
            "source = \"https://photos",
            "source = \"javascript:photos",
            "source",
            "no web address",
            "https://",
            "javascript",
        ),
        (
            "date = \"2020-02-01\"",
            "date = \"2020-02-31\"",
            "date",
            "2020-02-31",
            "",
            "2020-02-31",
        ),
        (
            "address = \"https://briefs",
            "address = \"briefs",
            "address",
            "no web address",
            "https://example.org",
            "address =",
        ),
        (
            "discussion = \"https://forum",
            "discussion = \"forum",
            "discussion",
            "no web address",
            "where readers discuss",
            "discussion =",
        ),
    ];
    for (from, to, key, message, mend, mark) in cases {
        let dir = folder(from, to);
        let faults = loaded(&dir).expect_err(to);
        assert_eq!(faults.len(), 1, "{to}: {faults:#?}");
        let fault = &faults[0];
        assert!(fault.message.contains(message), "{to}: {fault}");
        assert!(
            fault.mend.as_deref().unwrap_or_default().contains(mend),
            "{to}: {fault}"
        );
        assert_eq!(
            fault.file.file_name(),
            Some(Path::new("dossier.toml").as_os_str())
        );
        let name = fault.key.as_deref().unwrap_or_default();
        assert!(
            name.starts_with("publication.") && name.ends_with(key),
            "{to}: {name}"
        );
        let text = fs::read_to_string(dir.path().join("dossier.toml")).unwrap();
        let line = text.lines().nth(fault.line.unwrap() - 1).unwrap();
        assert!(
            line.contains(mark),
            "{to}: line {:?} is `{line}`",
            fault.line
        );
    }
}

#[test]
fn an_image_without_a_credit_is_no_dossier() {
    let faults = loaded(&folder("credit = \"A. Photographer\"\n", "")).unwrap_err();
    assert!(
        faults
            .iter()
            .any(|fault| fault.to_string().contains("credit")),
        "{faults:#?}"
    );
}
