//! Addresses that lead off the page: only those that a reader can mean to follow.

/// A web address, where it is one. Anything else that a library may hold (`javascript:`, `data:`, a
/// path) is no link: the page's policy allows its own script, so such an address would run.
pub(crate) fn web_address(url: &str) -> Option<String> {
    let url = url.trim();
    let lower = url.to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://");
    let plain = url
        .chars()
        .all(|char| !char.is_whitespace() && !char.is_control());
    (web && plain).then(|| url.to_owned())
}

/// The path of a file beside the page, as an address: each part encoded. `None` for what would lead
/// elsewhere.
pub(crate) fn file_beside(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let stays = parts
        .iter()
        .all(|part| !part.is_empty() && *part != "." && *part != "..");
    stays.then(|| {
        // A first part with a colon would be read as a scheme; encoded it is a name.
        parts
            .iter()
            .map(|part| encoded(part))
            .collect::<Vec<_>>()
            .join("/")
    })
}

/// A part of a path with everything but unreserved characters encoded.
fn encoded(part: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A media fragment: `#t=885,1590`, the end not part of it.
pub(crate) fn media_fragment(start_s: f64, end_s: Option<f64>) -> String {
    match end_s {
        Some(end) => format!("#t={},{}", seconds(start_s), seconds(end)),
        None => format!("#t={}", seconds(start_s)),
    }
}

/// Seconds with no more than milliseconds, and no zeros behind.
pub(crate) fn seconds(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A time of a recording as a reader says it: `14:45`, `1:02:03`. Parts of a second are left out.
pub(crate) fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).floor() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(
            web_address(" https://a.org/b#c ").as_deref(),
            Some("https://a.org/b#c")
        );
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//a.org",
            "a.html",
            "https://a b",
            "",
        ] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_file_stays_beside_the_page() {
        assert_eq!(
            file_beside("talks/a b.mp3").as_deref(),
            Some("talks/a%20b.mp3")
        );
        assert_eq!(
            file_beside("javascript:x").as_deref(),
            Some("javascript%3Ax")
        );
        for bad in ["/etc/a.mp3", "../a.mp3", "a//b.mp3", "", "talks/./a.mp3"] {
            assert_eq!(file_beside(bad), None, "{bad}");
        }
    }

    #[test]
    fn times_are_said_as_readers_say_them() {
        assert_eq!(media_fragment(885.0, Some(1590.5)), "#t=885,1590.5");
        assert_eq!(media_fragment(0.0, None), "#t=0");
        assert_eq!(clock(885.9), "14:45");
        assert_eq!(clock(3723.0), "1:02:03");
    }
}
