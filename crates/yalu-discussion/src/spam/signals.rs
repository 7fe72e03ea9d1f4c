//! Hints in one comment.

use unicode_script::{Script, UnicodeScript as _};

use super::{Reason, Signals};

/// Hosts that hide where a link leads.
const SHORTENERS: &[&str] = &[
    "adf.ly",
    "bit.ly",
    "buff.ly",
    "clck.ru",
    "cutt.ly",
    "goo.gl",
    "goo.su",
    "is.gd",
    "ow.ly",
    "rb.gy",
    "rebrand.ly",
    "s.id",
    "shorturl.at",
    "t.co",
    "t.ly",
    "tiny.cc",
    "tinyurl.com",
    "u.to",
    "v.gd",
    "vk.cc",
];
/// Faster than this nobody reads and writes.
const HASTE_SECONDS: f64 = 3.0;
/// A text this long for each link is more than its links.
const CHARACTERS_PER_LINK: usize = 200;

impl Signals<'_> {
    pub(super) fn reasons(&self) -> Vec<Reason> {
        let hosts = hosts(self.text);
        [
            self.is_trapped
                .then(|| reason(1.0, "the field that people don't see is filled in")),
            self.haste(),
            self.links(hosts.len()),
            shortener(&hosts),
            (!hosts_of_name(self.name).is_empty()).then(|| reason(0.8, "a link in the name")),
            self.repeats(),
            capitals(self.text),
            mixed_scripts(self.name, self.text),
            self.learnt(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn haste(&self) -> Option<Reason> {
        let seconds = self
            .form_seconds
            .filter(|&seconds| seconds < HASTE_SECONDS)?;
        let weight = if seconds < 1.0 { 0.8 } else { 0.6 };
        Some(reason(
            weight,
            format!("the form was sent after {seconds:.1} s"),
        ))
    }

    fn links(&self, n_links: usize) -> Option<Reason> {
        let beyond = n_links.checked_sub(1).filter(|&beyond| beyond > 0)?;
        let mut weight = (0.2 * beyond as f64).min(0.8);
        let n_characters = self.text.chars().count();
        if n_characters >= n_links * CHARACTERS_PER_LINK {
            weight /= 2.0;
        }
        Some(reason(
            weight,
            format!("{n_links} links in {n_characters} characters"),
        ))
    }

    fn repeats(&self) -> Option<Reason> {
        let weight = match self.n_repeats {
            0 => return None,
            1 => 0.4,
            2 => 0.7,
            _ => 0.9,
        };
        let times = match self.n_repeats {
            1 => "once".to_owned(),
            n => format!("{n} times"),
        };
        Some(reason(
            weight,
            format!("the same text was sent {times} before"),
        ))
    }

    fn learnt(&self) -> Option<Reason> {
        let probability = self.words.filter(|&probability| probability > 0.5)?;
        Some(reason(
            0.9 * (2.0 * probability - 1.0),
            format!(
                "its words are those of what was spam here, to {:.0} %",
                100.0 * probability
            ),
        ))
    }
}

fn reason(weight: f64, words: impl Into<String>) -> Reason {
    Reason {
        weight,
        words: words.into(),
    }
}

/// The hosts of all addresses in a text, in lower case, in order.
pub(super) fn hosts(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut hosts = Vec::new();
    let mut rest = lower.as_str();
    while let Some(at) = ["http://", "https://", "www."]
        .iter()
        .filter_map(|mark| rest.find(mark))
        .min()
    {
        rest = &rest[at..];
        let after = rest.split_once("://").filter(|_| !rest.starts_with("www."));
        let host = after.map_or(rest, |(_, after)| after);
        let end = host
            .find(|one: char| !one.is_alphanumeric() && !"-.".contains(one))
            .unwrap_or(host.len());
        let name = host[..end].trim_start_matches("www.").trim_end_matches('.');
        if name.contains('.') {
            hosts.push(name.to_owned());
        }
        rest = &host[end..];
    }
    hosts
}

/// An address in a name, also without its scheme.
fn hosts_of_name(name: &str) -> Vec<String> {
    let mut found = hosts(name);
    let endings = [
        ".com", ".net", ".org", ".ru", ".info", ".xyz", ".top", ".shop", ".online",
    ];
    let bare = name
        .split_whitespace()
        .map(str::to_lowercase)
        .filter(|word| endings.iter().any(|ending| word.ends_with(ending)));
    found.extend(bare);
    found
}

fn shortener(hosts: &[String]) -> Option<Reason> {
    let host = hosts
        .iter()
        .find(|host| SHORTENERS.contains(&host.as_str()))?;
    Some(reason(
        0.4,
        format!("a link to {host}, which hides where it leads"),
    ))
}

fn capitals(text: &str) -> Option<Reason> {
    let n_upper = text.chars().filter(|one| one.is_uppercase()).count();
    let n_cased = n_upper + text.chars().filter(|one| one.is_lowercase()).count();
    let share = n_upper as f64 / n_cased.max(1) as f64;
    (n_cased >= 20 && share > 0.6).then(|| {
        reason(
            0.3,
            format!("{:.0} % of its letters are capitals", 100.0 * share),
        )
    })
}

/// Words that look like Latin ones and aren't: letters of a script that has the same shapes.
fn mixed_scripts(name: &str, text: &str) -> Option<Reason> {
    let mixes = |word: &&str| {
        let has = |script| word.chars().any(|one| one.script() == script);
        // A unit such as µm is no trick: its sign is of no script.
        has(Script::Latin) && (has(Script::Cyrillic) || has(Script::Greek))
    };
    let is_end = |one: char| !one.is_alphanumeric();
    let mixed: Vec<&str> = [name, text]
        .into_iter()
        .flat_map(|part| part.split(is_end))
        .filter(mixes)
        .collect();
    let weight = match mixed.len() {
        0 => return None,
        1 => 0.3,
        _ => 0.6,
    };
    let first = mixed[0];
    Some(reason(
        weight,
        format!("{} word(s) mix scripts, such as {first}", mixed.len()),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::score;
    use super::*;

    fn signals(text: &str) -> Signals<'_> {
        Signals {
            name: "Ann",
            text,
            is_trapped: false,
            form_seconds: Some(30.0),
            n_repeats: 0,
            words: None,
        }
    }

    fn scored(text: &str) -> f64 {
        score(&signals(text)).score
    }

    #[test]
    fn a_plain_comment_scores_nothing() {
        assert_eq!(
            score(&signals(
                "The break of 2006 is the missile test, see https://un.org/x."
            ))
            .reasons,
            []
        );
    }

    #[test]
    fn the_trap_is_certain() {
        let trapped = Signals {
            is_trapped: true,
            ..signals("x")
        };
        assert!(score(&trapped).score >= 1.0);
    }

    #[test]
    fn hints_add_up() {
        let hasty = Signals {
            form_seconds: Some(0.5),
            n_repeats: 1,
            ..signals("x")
        };
        assert!((score(&hasty).score - (1.0 - 0.2 * 0.6)).abs() < 1e-12);
    }

    #[test]
    fn links_weigh_by_length() {
        let two = "http://a.com https://b.com";
        assert!((scored(two) - 0.2).abs() < 1e-12);
        let long = format!("{two} {}", "words ".repeat(80));
        assert!((scored(&long) - 0.1).abs() < 1e-12);
        assert!((scored(&"www.a.com ".repeat(50)) - 0.8).abs() < 1e-12);
        assert!((scored("see https://bit.ly/x") - 0.4).abs() < 1e-12);
    }

    #[test]
    fn hosts_are_found_in_any_text() {
        assert_eq!(
            hosts(
                "HTTP://A.com/x www.b.org, [c](https://www.c.de?q) http:// https://ü.example www.é"
            ),
            ["a.com", "b.org", "c.de", "ü.example"]
        );
        assert_eq!(hosts("www.www.www. http://http://"), [""; 0]);
    }

    #[test]
    fn capitals_and_scripts() {
        assert!((scored("THIS IS ALL IN CAPITALS, ISN'T IT") - 0.3).abs() < 1e-12);
        assert!(scored("USA, DPRK, PRC") < 1e-12, "too few letters");
        // The second letter is Cyrillic.
        assert!((scored("p\u{430}ypal") - 0.3).abs() < 1e-12);
        assert!(scored("Москва and Beijing, Ελλάδα, 5 µm") < 1e-12);
    }
}
