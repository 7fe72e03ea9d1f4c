//! Which format a file has, told from its beginning.

use super::error::FileError;
use super::input::Layout;

/// The formats that can be ingested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// ICEWS events as published: 20 tab-separated columns with a header.
    Icews,
    /// ICEWS events as tuples of source, event text, target and day, or of their ids.
    IcewsTuples,
    /// GDELT 1.0 or 2.0 event exports: 57, 58 or 61 tab-separated columns without a header.
    Gdelt,
    /// Counts of events by dyad and month or year, a column for each CAMEO root or quad class.
    DyadCounts,
    /// Trade with the columns of UN Comtrade.
    Comtrade,
    /// Any table, with its columns described in a mapping.
    Mapped,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] = [
        Self::Icews,
        Self::IcewsTuples,
        Self::Gdelt,
        Self::DyadCounts,
        Self::Comtrade,
        Self::Mapped,
    ];

    /// How it is written on the command line and in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Icews => "icews",
            Self::IcewsTuples => "icews-tuples",
            Self::Gdelt => "gdelt",
            Self::DyadCounts => "dyad-counts",
            Self::Comtrade => "comtrade",
            Self::Mapped => "mapped",
        }
    }
}

/// What the beginning of a file shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sniffed {
    pub(crate) format: Option<Format>,
    pub(crate) layout: Layout,
    /// The fields of the first row.
    pub(crate) first: Vec<String>,
    /// The beginning of the first line, fit to be shown.
    pub(crate) excerpt: String,
    /// Whether it is Parquet.
    pub(crate) parquet: bool,
}

/// Looks at the first bytes of a file.
///
/// # Errors
/// [`FileError`] where they aren't text of rows.
pub(crate) fn sniff(head: &[u8]) -> Result<Sniffed, FileError> {
    if head.trim_ascii().is_empty() {
        return Err(FileError::Empty);
    }
    if head.starts_with(b"PAR1") {
        return Ok(Sniffed {
            format: None,
            layout: Layout::TAB,
            first: Vec::new(),
            excerpt: "PAR1".to_owned(),
            parquet: true,
        });
    }
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err(FileError::Binary { what: "UTF-16" });
    }
    if head.contains(&0) {
        return Err(FileError::Binary {
            what: "it holds zero bytes",
        });
    }
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let line = head
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or_default();
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(line);
    let text = std::str::from_utf8(line).map_or_else(|_| text.into_owned(), str::to_owned);
    let odd = text
        .chars()
        .filter(|letter| letter.is_control() && *letter != '\t' && *letter != '\r')
        .count();
    let excerpt: String = text.chars().take(80).flat_map(char::escape_debug).collect();
    let unrecognised = |found| FileError::Unrecognised {
        found,
        first: excerpt.clone(),
    };
    if odd > 0 {
        return Err(unrecognised(Some("its lines hold control characters")));
    }
    if text.trim_start().starts_with(['{', '[']) {
        return Err(unrecognised(Some("it looks like JSON")));
    }
    if text.trim_start().starts_with('<') {
        return Err(unrecognised(Some("it looks like HTML or XML")));
    }
    if text.contains('\t') {
        let first: Vec<String> = text.split('\t').map(|one| one.trim().to_owned()).collect();
        let mut format = by_tabs(&first);
        let mut layout = Layout::TAB;
        if format.is_none() {
            format = by_header(&first);
            layout.quotes = true;
        }
        return Ok(Sniffed {
            format,
            layout,
            first,
            excerpt,
            parquet: false,
        });
    }
    let delimiter = if text.matches(';').count() > text.matches(',').count() {
        b';'
    } else {
        b','
    };
    let mut first = Vec::new();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    if let Some(Ok(record)) = reader.records().next() {
        first = record.iter().map(|one| one.trim().to_owned()).collect();
    }
    Ok(Sniffed {
        format: by_header(&first),
        layout: Layout {
            delimiter,
            quotes: true,
        },
        first,
        excerpt,
        parquet: false,
    })
}

fn by_tabs(first: &[String]) -> Option<Format> {
    let has = |name: &str| first.iter().any(|one| one.eq_ignore_ascii_case(name));
    if has("Event ID") && has("Source Name") && has("Target Name") {
        return Some(Format::Icews);
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match first.len() {
        57 | 58 | 61 if digits(&first[0]) && first[1].len() == 8 && digits(&first[1]) => {
            Some(Format::Gdelt)
        }
        4 | 5 if first[..4].iter().all(|one| digits(one)) => Some(Format::IcewsTuples),
        4 if is_day(&first[3]) => Some(Format::IcewsTuples),
        _ => None,
    }
}

fn is_day(text: &str) -> bool {
    super::record::parse_day(text, false).is_ok()
}

/// Whether a file is a list of names and ids, as tuples of ids need it.
pub(crate) fn is_lookup_list(first: &[String]) -> bool {
    first.len() == 2 && first[1].parse::<u64>().is_ok() && first[0].parse::<f64>().is_err()
}

fn by_header(first: &[String]) -> Option<Format> {
    if super::trade::recognises(first) {
        return Some(Format::Comtrade);
    }
    super::counts::recognises(first).then_some(Format::DyadCounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(text: &str) -> Option<Format> {
        sniff(text.as_bytes()).expect("text").format
    }

    #[test]
    fn each_format_shows_itself() {
        assert_eq!(
            format("Event ID\tEvent Date\tSource Name\tTarget Name\n"),
            Some(Format::Icews)
        );
        assert_eq!(format("1\t2\t3\t24\t-1\n"), Some(Format::IcewsTuples));
        assert_eq!(
            format("China\tConsult\tNorth Korea\t2008-07-25\n"),
            Some(Format::IcewsTuples)
        );
        let gdelt = format!("564111644\t20060731{}", "\tx".repeat(56));
        assert_eq!(format(&gdelt), Some(Format::Gdelt));
        assert_eq!(
            format("source,target,year,month,root10,root16\n"),
            Some(Format::DyadCounts)
        );
        assert_eq!(
            format(
                "\"refYear\",\"refMonth\",\"reporterISO\",\"partnerISO\",\"flowCode\",\"cmdCode\",\"primaryValue\"\n"
            ),
            Some(Format::Comtrade)
        );
        assert_eq!(format("a,b,c\n1,2,3\n"), None);
    }

    #[test]
    fn what_is_no_table_is_said_to_be_none() {
        let fault = |bytes: &[u8]| sniff(bytes).expect_err("no table").to_string();
        assert_eq!(fault(b" \n"), "is empty");
        assert!(fault(b"\x89PNG\x00\x00").contains("zero bytes"));
        assert!(fault(b"\xff\xfea\x00").contains("UTF-16"));
        assert!(fault(b"{\"a\": 1}").contains("JSON"));
        assert!(fault(b"1979\x01BWA\x01043\n").contains("control characters"));
    }
}
