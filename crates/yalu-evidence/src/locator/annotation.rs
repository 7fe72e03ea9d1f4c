//! A claim's citation as a Web Annotation.

use super::{Label, Locator, Place, Quote, RowSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

/// Media Fragments URI 1.0, for times.
const MEDIA_FRAGMENTS: &str = "http://www.w3.org/TR/media-frags/";
/// RFC 7111, for rows of CSV.
const CSV_FRAGMENTS: &str = "http://tools.ietf.org/rfc/rfc7111";
/// RFC 8118, for pages of PDF; it replaced RFC 3778, which the model of 2017 names.
const PDF_FRAGMENTS: &str = "http://tools.ietf.org/rfc/rfc8118";

/// Why an annotation was made, of the Web Annotation Vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the vocabulary's own words")]
pub enum Motivation {
    Assessing,
    Bookmarking,
    Classifying,
    Commenting,
    Describing,
    Editing,
    Highlighting,
    Identifying,
    Linking,
    Moderating,
    Questioning,
    Replying,
    Tagging,
}

/// What is needed to tie a claim to where it stands in a source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Annotation<'a> {
    /// The annotation's own address or URN.
    pub id: &'a str,
    /// Why it was made: `Linking` for a citation.
    pub motivation: Motivation,
    /// The claim in words.
    pub claim: &'a str,
    /// The source's address or URN, without a fragment.
    pub source: &'a str,
    /// The number printed on the first page of the source's PDF, 1 where that isn't said: the
    /// fragment `page=` counts the file's pages, a locator those printed.
    pub first_page: u32,
    /// Where in the source.
    pub locator: Option<&'a Locator>,
    /// What the source says there.
    pub quote: Option<&'a Quote>,
}

/// Why there is no annotation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnnotationError {
    /// An address isn't one.
    #[error("the {what} `{found}` isn't an address or URN")]
    Address {
        /// `id` or `source`.
        what: &'static str,
        /// What stands there.
        found: String,
    },
    /// The source's address has a fragment already.
    #[error("the source `{found}` already points into the document")]
    Fragment {
        /// The address.
        found: String,
    },
    /// There is no claim.
    #[error("the claim is empty")]
    NoClaim,
    /// There is nothing in the quote.
    #[error("the quote is empty")]
    NoQuote,
    /// A page comes before the first.
    #[error("page {page} comes before the source's first, {first}")]
    BeforeFirst {
        /// The page.
        page: u32,
        /// The first.
        first: u32,
    },
}

impl AnnotationError {
    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Address { .. } => "write a full address or a URN, such as `urn:yalu:claim-3`",
            Self::Fragment { .. } => "cut it at `#`, and write the place as a locator",
            Self::NoClaim => "write what is claimed",
            Self::NoQuote => "write the words quoted, or leave the key out",
            Self::BeforeFirst { .. } => "check the locator against the source's first page",
        }
    }
}

impl Annotation<'_> {
    /// The annotation as JSON-LD.
    ///
    /// Each place that a standard has fragments for becomes a target of its own; other places stand
    /// in a second body, in the locator's words. A quote refines the place where there is one, but
    /// stands beside a time: a recording has no text. Where there are several places, or none with a
    /// fragment, the quote is a target of its own. Pages `12-15` become a range that ends before the
    /// page after the last.
    ///
    /// # Errors
    /// [`AnnotationError`] where an address isn't one, or a text is empty.
    ///
    /// # Source
    /// W3C Recommendation *Web Annotation Data Model*, 23 February 2017, sections 3.2 and 4.
    pub fn to_json(&self) -> Result<Value, AnnotationError> {
        self.check()?;
        let mut body = vec![json!({
            "type": "TextualBody",
            "value": self.claim,
            "format": "text/plain",
            "purpose": self.motivation,
        })];
        if let Some(locator) = self.locator {
            body.push(json!({
                "type": "TextualBody",
                "value": locator.to_string(),
                "format": "text/plain",
                "purpose": "describing",
            }));
        }
        Ok(json!({
            "@context": "http://www.w3.org/ns/anno.jsonld",
            "id": self.id,
            "type": "Annotation",
            "motivation": self.motivation,
            "body": one_or_all(body),
            "target": one_or_all(self.targets()?),
        }))
    }

    fn check(&self) -> Result<(), AnnotationError> {
        for (what, found) in [("id", self.id), ("source", self.source)] {
            if !is_address(found) {
                let found = found.to_owned();
                return Err(AnnotationError::Address { what, found });
            }
        }
        if self.source.contains('#') {
            let found = self.source.to_owned();
            return Err(AnnotationError::Fragment { found });
        }
        if self.claim.trim().is_empty() {
            return Err(AnnotationError::NoClaim);
        }
        if self
            .quote
            .is_some_and(|quote| quote.exact.trim().is_empty())
        {
            return Err(AnnotationError::NoQuote);
        }
        Ok(())
    }

    fn targets(&self) -> Result<Vec<Value>, AnnotationError> {
        let places = self.locator.map_or(&[][..], Locator::places);
        let mut selectors = Vec::new();
        for place in places {
            if let Some(selector) = place_selector(place, self.first_page)? {
                selectors.push((matches!(place, Place::Time(_)), selector));
            }
        }
        let quote = self.quote.map(quote_selector);
        let mut targets = Vec::new();
        match (&mut selectors[..], quote) {
            ([(is_time, only)], Some(quote)) if *is_time => {
                targets.push(self.part(&json!([only, quote])));
            }
            ([(_, only)], Some(quote)) => {
                only["refinedBy"] = quote;
                targets.push(self.part(only));
            }
            (several, quote) => {
                let all = several.iter().map(|(_, selector)| selector.clone());
                targets.extend(all.chain(quote).map(|selector| self.part(&selector)));
            }
        }
        if targets.is_empty() {
            targets.push(json!(self.source));
        }
        Ok(targets)
    }

    fn part(&self, selector: &Value) -> Value {
        json!({"type": "SpecificResource", "source": self.source, "selector": selector})
    }
}

/// A list of one is written as its one entry, as the model's examples do.
fn one_or_all(mut all: Vec<Value>) -> Value {
    if all.len() == 1 {
        return all.remove(0);
    }
    Value::Array(all)
}

fn fragment(standard: &str, value: &str) -> Value {
    json!({"type": "FragmentSelector", "conformsTo": standard, "value": value})
}

fn quote_selector(quote: &Quote) -> Value {
    let mut selector = json!({"type": "TextQuoteSelector", "exact": quote.exact});
    for (key, side) in [("prefix", &quote.prefix), ("suffix", &quote.suffix)] {
        if let Some(side) = side {
            selector[key] = json!(side);
        }
    }
    selector
}

/// The selector of a place, nothing where no standard has a fragment for it.
fn place_selector(place: &Place, first_page: u32) -> Result<Option<Value>, AnnotationError> {
    Ok(Some(match place {
        Place::Time(span) => fragment(MEDIA_FRAGMENTS, &span.fragment()),
        Place::Rows(rows) => fragment(CSV_FRAGMENTS, &row_fragment(*rows)),
        Place::Numbered {
            label: Label::Page,
            from,
            to,
        } => {
            let number = |text: &str| text.parse::<u32>().ok().filter(|page| *page < u32::MAX);
            let (Some(from), Some(to)) = (number(from), number(to.as_ref().unwrap_or(from))) else {
                // Roman and other numbers don't say which page of the file they are.
                return Ok(None);
            };
            pages(from, to, first_page)?
        }
        Place::Numbered { .. } => return Ok(None),
    }))
}

fn row_fragment(rows: RowSpan) -> String {
    match (rows.first, rows.last) {
        (first, Some(last)) if first == last => format!("row={first}"),
        (first, Some(last)) => format!("row={first}-{last}"),
        (first, None) => format!("row={first}-*"),
    }
}

/// Printed pages as pages of the file, whose first has the number `first`.
fn pages(from: u32, to: u32, first: u32) -> Result<Value, AnnotationError> {
    let in_file = |page: u32| {
        let before = AnnotationError::BeforeFirst { page, first };
        page.checked_sub(first)
            .map(|n| n + 1)
            .filter(|n| *n > 0)
            .ok_or(before)
    };
    let of = |page| fragment(PDF_FRAGMENTS, &format!("page={page}"));
    let start = in_file(from)?;
    if from == to {
        return Ok(of(start));
    }
    Ok(json!({
        "type": "RangeSelector",
        "startSelector": of(start),
        "endSelector": of(in_file(to)?.saturating_add(1)),
    }))
}

/// Whether a text is an absolute IRI, as far as its form tells: a scheme, a colon, something without
/// blanks and the characters that no address has.
fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let bare = |c: char| {
        !c.is_whitespace()
            && !c.is_control()
            && !matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
    };
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(word)
        && !rest.is_empty()
        && rest.chars().all(bare)
}
