//! States and the codes that data sets give them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::types::ActorCode;

const TABLE: &str = include_str!("../data/countries.csv");

/// How a column names states.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CountryScheme {
    /// ISO 3166-1 alpha-3.
    Iso3,
    /// ISO 3166-1 alpha-2.
    Iso2,
    /// ISO 3166-1 numeric.
    IsoNumeric,
    /// CAMEO's three letters.
    Cameo,
    /// Correlates of War abbreviations.
    CowAbbrev,
    /// Correlates of War numbers.
    CowNumber,
    /// UN Comtrade's reporter numbers.
    Comtrade,
    /// Names in English.
    Name,
}

/// Every scheme, in the order in which a tie is broken.
const SCHEMES: [CountryScheme; 8] = [
    CountryScheme::Iso3,
    CountryScheme::Cameo,
    CountryScheme::CowAbbrev,
    CountryScheme::Name,
    CountryScheme::Iso2,
    CountryScheme::IsoNumeric,
    CountryScheme::Comtrade,
    CountryScheme::CowNumber,
];

/// Whether a text names `state` under any scheme on a date.
pub(crate) fn names_state(text: &str, state: &ActorCode, date: Date) -> bool {
    SCHEMES
        .iter()
        .any(|&scheme| resolve(scheme, text, date).is_ok_and(|found| found == *state))
}

/// Why a text names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CountryError {
    /// A region or an organisation.
    #[error("`{text}` is not a state")]
    NotAState {
        /// The text.
        text: String,
    },
    /// Nothing known.
    #[error("`{text}` is no {} of a state{}", scheme_name(*scheme), did_you_mean(*scheme, text))]
    Unknown {
        /// The text.
        text: String,
        /// What it was taken for.
        scheme: CountryScheme,
    },
}

struct Country {
    code: ActorCode,
    name: &'static str,
    to: Option<Date>,
}

struct Tables {
    countries: Vec<Country>,
    by_code: BTreeMap<&'static str, usize>,
    by_scheme: BTreeMap<CountryScheme, BTreeMap<String, usize>>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        countries: Vec::new(),
        by_code: BTreeMap::new(),
        by_scheme: BTreeMap::new(),
    };
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    for record in reader.records() {
        let record = record.expect("the table that ships is well formed");
        let idx = tables.countries.len();
        let text = |column: usize| record.get(column).unwrap_or_default();
        // The table lives as long as the program: its few names may as well.
        let iso3: &'static str = Box::leak(text(0).to_owned().into_boxed_str());
        let name: &'static str = Box::leak(text(1).to_owned().into_boxed_str());
        tables.countries.push(Country {
            code: iso3
                .parse()
                .expect("the table that ships has alpha-3 codes"),
            name,
            to: text(10).parse().ok(),
        });
        tables.by_code.insert(iso3, idx);
        let mut add = |scheme: CountryScheme, key: String| {
            if !key.is_empty() {
                tables
                    .by_scheme
                    .entry(scheme)
                    .or_default()
                    .entry(key)
                    .or_insert(idx);
            }
        };
        add(CountryScheme::Iso3, iso3.to_owned());
        add(CountryScheme::Iso2, text(2).to_owned());
        add(CountryScheme::IsoNumeric, number(text(3)));
        for code in text(4).split(' ') {
            add(CountryScheme::Cameo, code.to_owned());
        }
        for code in text(5).split(' ') {
            add(CountryScheme::CowAbbrev, code.to_owned());
        }
        add(CountryScheme::CowNumber, number(text(6)));
        add(CountryScheme::Comtrade, number(text(3)));
        for code in text(7).split(' ') {
            add(CountryScheme::Comtrade, number(code));
        }
        add(CountryScheme::Name, folded(name));
        for alias in text(8).split('|') {
            add(CountryScheme::Name, folded(alias));
        }
    }
    tables
});

/// A number without leading zeros.
fn number(text: &str) -> String {
    let trimmed = text.trim_start_matches('0');
    if trimmed.is_empty() && !text.is_empty() {
        "0".to_owned()
    } else {
        trimmed.to_owned()
    }
}

/// A name in small letters without accents, apostrophes and punctuation.
pub(crate) fn folded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars() {
        let plain = match letter {
            'à'..='å' | 'À'..='Å' | 'ā' | 'ă' => 'a',
            'ç' | 'Ç' | 'č' => 'c',
            'è'..='ë' | 'È'..='Ë' | 'ė' | 'ẹ' => 'e',
            'ì'..='ï' | 'Ì'..='Ï' | 'ı' | 'İ' => 'i',
            'ñ' | 'Ñ' => 'n',
            'ò'..='ö' | 'Ò'..='Ö' | 'ọ' | 'Ọ' => 'o',
            'ù'..='ü' | 'Ù'..='Ü' => 'u',
            'ğ' => 'g',
            'ş' | 'ṣ' => 's',
            '\'' | '’' => continue,
            other => other,
        };
        if plain.is_alphanumeric() {
            out.extend(plain.to_lowercase());
        } else if !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// CAMEO's codes of regions, which aren't states.
const REGIONS: [&str; 22] = [
    "AFR", "ASA", "BLK", "CAS", "CAU", "CFR", "CRB", "EAF", "EEU", "EUR", "LAM", "MDT", "MEA",
    "NAF", "NMR", "PGS", "SAF", "SAM", "SAS", "SCN", "SEA", "WST",
];

/// The state that a text names under a scheme on a date.
///
/// States that ended and their heirs share codes in some schemes: the date says which is meant.
///
/// # Errors
/// [`CountryError`] where the text names a region, or nothing known.
pub fn resolve(scheme: CountryScheme, text: &str, date: Date) -> Result<ActorCode, CountryError> {
    let text = text.trim();
    let key = match scheme {
        CountryScheme::Name => folded(text),
        CountryScheme::IsoNumeric | CountryScheme::CowNumber | CountryScheme::Comtrade => {
            number(text)
        }
        _ => text.to_ascii_uppercase(),
    };
    let found = TABLES
        .by_scheme
        .get(&scheme)
        .and_then(|table| table.get(&key));
    let Some(&idx) = found else {
        if scheme == CountryScheme::Cameo && (REGIONS.contains(&key.as_str()) || key == "WAF") {
            return Err(CountryError::NotAState {
                text: text.to_owned(),
            });
        }
        return Err(CountryError::Unknown {
            text: text.to_owned(),
            scheme,
        });
    };
    Ok(heir(&TABLES.countries[idx], date))
}

/// The state that took over where the one named had ended by `date`.
fn heir(country: &Country, date: Date) -> ActorCode {
    let mut code = country.code.clone();
    let mut to = country.to;
    while to.is_some_and(|to| date > to) {
        let next = match code.as_str() {
            "YUG" => "SCG",
            "SCG" => "SRB",
            "SUN" => "RUS",
            "CSK" => "CZE",
            "DDR" => "DEU",
            _ => break,
        };
        code = next.parse().expect("alpha-3 codes");
        to = TABLES
            .by_code
            .get(next)
            .and_then(|&idx| TABLES.countries[idx].to);
    }
    code
}

/// A scheme's name, in words.
pub(crate) fn scheme_name(scheme: CountryScheme) -> &'static str {
    match scheme {
        CountryScheme::Iso3 => "ISO alpha-3 code",
        CountryScheme::Iso2 => "ISO alpha-2 code",
        CountryScheme::IsoNumeric => "ISO number",
        CountryScheme::Cameo => "CAMEO code",
        CountryScheme::CowAbbrev => "Correlates of War abbreviation",
        CountryScheme::CowNumber => "Correlates of War number",
        CountryScheme::Comtrade => "Comtrade number",
        CountryScheme::Name => "name",
    }
}

/// The nearest name as a question. Only asked for when an error is shown: most names that name no
/// state are persons and bodies, and no error at all.
fn did_you_mean(scheme: CountryScheme, text: &str) -> String {
    if scheme != CountryScheme::Name {
        return String::new();
    }
    nearest(&folded(text)).map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

fn nearest(key: &str) -> Option<String> {
    TABLES
        .by_scheme
        .get(&CountryScheme::Name)?
        .iter()
        .map(|(name, idx)| (strsim::jaro_winkler(key, name), *idx))
        .filter(|(nearness, _)| *nearness > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, idx)| TABLES.countries[idx].name.to_owned())
}

/// The scheme that explains most of a column's distinct values; nothing where none explains half.
/// Between schemes that explain as many, the first of ISO alpha-3, CAMEO, Correlates of War, names,
/// ISO alpha-2 and the numbers is taken.
pub fn detect<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<CountryScheme> {
    let values: Vec<&str> = values
        .into_iter()
        .filter(|value| !value.trim().is_empty())
        .collect();
    let date = jiff::civil::date(2000, 1, 1);
    let explained = |scheme| {
        values
            .iter()
            .filter(|value| resolve(scheme, value, date).is_ok())
            .count()
    };
    let mut best = None;
    for scheme in SCHEMES {
        let n = explained(scheme);
        if best.is_none_or(|(most, _)| n > most) {
            best = Some((n, scheme));
        }
    }
    best.filter(|(n, _)| n * 2 > values.len())
        .map(|(_, scheme)| scheme)
}

/// The days after which a name may mean another state.
pub(crate) fn last_days() -> impl Iterator<Item = Date> {
    TABLES.countries.iter().filter_map(|country| country.to)
}

/// A state's short name in English.
pub fn name_of(code: &ActorCode) -> Option<&'static str> {
    TABLES
        .by_code
        .get(code.as_str())
        .map(|&idx| TABLES.countries[idx].name)
}

/// The alpha-3 code that a mistaken one most likely stands for: that of another scheme.
pub fn suggestion(text: &str) -> Option<&'static str> {
    let date = jiff::civil::date(2000, 1, 1);
    [
        CountryScheme::CowAbbrev,
        CountryScheme::Cameo,
        CountryScheme::Iso2,
        CountryScheme::Name,
    ]
    .into_iter()
    .find_map(|scheme| resolve(scheme, text, date).ok())
    .and_then(|code| {
        TABLES
            .by_code
            .get_key_value(code.as_str())
            .map(|(code, _)| *code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn code(scheme: CountryScheme, text: &str, year: i16) -> String {
        resolve(scheme, text, date(year, 6, 1)).map_or_else(|error| error.to_string(), String::from)
    }

    #[test]
    fn each_scheme_names_the_koreas_its_own_way() {
        assert_eq!(code(CountryScheme::CowAbbrev, "ROK", 2010), "KOR");
        assert_eq!(code(CountryScheme::Cameo, "KOR", 2010), "KOR");
        assert_eq!(code(CountryScheme::CowNumber, "731", 2010), "PRK");
        assert_eq!(code(CountryScheme::Iso2, "KP", 2010), "PRK");
        assert_eq!(code(CountryScheme::Comtrade, "408", 2010), "PRK");
        assert_eq!(
            code(CountryScheme::Name, "Korea, Dem. People's Rep.", 2010),
            "PRK"
        );
        assert_eq!(code(CountryScheme::Comtrade, "490", 2010), "TWN");
    }

    #[test]
    fn the_date_says_which_state_a_code_means() {
        assert_eq!(code(CountryScheme::CowAbbrev, "YUG", 1999), "YUG");
        assert_eq!(code(CountryScheme::CowAbbrev, "YUG", 2004), "SCG");
        assert_eq!(code(CountryScheme::Name, "Yugoslavia", 2010), "SRB");
        assert_eq!(code(CountryScheme::CowAbbrev, "USR", 1992), "RUS");
        assert_eq!(code(CountryScheme::Name, "Soviet Union", 1990), "SUN");
    }

    #[test]
    fn schemes_are_told_from_the_values() {
        assert_eq!(
            detect(["CHN", "ROK", "PRK", "UKG"]),
            Some(CountryScheme::CowAbbrev)
        );
        assert_eq!(
            detect(["CHN", "KOR", "PRK", "GBR"]),
            Some(CountryScheme::Iso3)
        );
        assert_eq!(
            detect(["China", "South Korea", "Côte d’Ivoire"]),
            Some(CountryScheme::Name)
        );
        assert_eq!(detect(["156", "408", "842"]), Some(CountryScheme::Comtrade));
        assert_eq!(detect(["xx", "yy"]), None);
    }

    #[test]
    fn regions_and_typing_errors_are_told_apart() {
        let day = date(2010, 1, 1);
        assert!(matches!(
            resolve(CountryScheme::Cameo, "AFR", day),
            Err(CountryError::NotAState { .. })
        ));
        let error = resolve(CountryScheme::Name, "Nort Korea", day).expect_err("a typing error");
        assert!(
            error.to_string().contains("did you mean `North Korea`"),
            "{error}"
        );
        assert_eq!(suggestion("ROK"), Some("KOR"));
    }
}
