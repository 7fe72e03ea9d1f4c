//! Addresses that a reader may link to.

/// An address as it can stand in `href`, after escaping; none where it isn't http, https or mailto.
///
/// Characters that no address has are percent-encoded, so that a browser reads the address as it was
/// judged: it would drop a tab or a line break, and take `\` for `/`.
pub fn safe_href(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once(':')?;
    let scheme = ["http", "https", "mailto"]
        .into_iter()
        .find(|known| scheme.eq_ignore_ascii_case(known))?;
    let is_sound = if scheme == "mailto" {
        rest.contains('@')
    } else {
        rest.strip_prefix("//").is_some_and(has_host)
    };
    is_sound.then(|| {
        let mut href = format!("{scheme}:");
        for byte in rest.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte) {
                href.push(char::from(byte));
            } else {
                href.push_str(&format!("%{byte:02X}"));
            }
        }
        href
    })
}

/// Whether a host follows at once: `//` and then a letter or digit of any script, or `[`.
fn has_host(rest: &str) -> bool {
    rest.starts_with(|first: char| first.is_alphanumeric() || first == '[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_schemes_pass() {
        assert_eq!(safe_href("HTTP://a.example").unwrap(), "http://a.example");
        assert_eq!(safe_href("mailto:a@b").unwrap(), "mailto:a@b");
        for bad in [
            "javascript:alert(1)",
            " https://a.example",
            "java\tscript:alert(1)",
            "\u{1}https://a",
            "data:text/html,x",
            "vbscript:x",
            "//a.example",
            "/a",
            "https:a",
            "https:/a",
            "https://",
            "http:\\\\a",
            "https:///a",
            "file:///etc/passwd",
            "mailto:x",
            "",
            ":",
        ] {
            assert_eq!(safe_href(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn what_no_address_has_is_encoded() {
        assert_eq!(
            safe_href("https://a.example/ü \"<>\\\n").unwrap(),
            "https://a.example/%C3%BC%20%22%3C%3E%5C%0A"
        );
    }
}
