//! Settings in addresses and in forms.

use yalu_dossier::workbench::{Choices, Setting, SettingError};

/// The longest query that is read.
const LONGEST: usize = 8_000;

/// A query as it arrived.
pub(crate) struct Asked {
    /// The setting, with the dossier's own choices taken out.
    pub(crate) setting: Setting,
    /// Whether the address says it in another way than ours.
    pub(crate) is_roundabout: bool,
}

/// The pairs of a query.
pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

/// Reads a query. A form's field `set.ACTOR…` is the same as `set=ACTOR…`.
pub(crate) fn read(query: Option<&str>, choices: &Choices) -> Result<Asked, SettingError> {
    let query = query.unwrap_or_default();
    if query.len() > LONGEST {
        return Err(SettingError::TooLong { most: LONGEST });
    }
    let pairs: Vec<(String, String)> = pairs(query)
        .into_iter()
        .map(|(key, value)| match key.strip_prefix("set.") {
            Some(_) if value.trim().is_empty() => ("set".to_owned(), String::new()),
            Some(place) => ("set".to_owned(), format!("{place}={}", value.trim())),
            None => (key, value),
        })
        .collect();
    let setting = Setting::from_pairs(
        pairs
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str())),
    )?;
    setting.check(choices)?;
    let setting = setting.canonical(choices);
    let ours = setting.query();
    Ok(Asked {
        is_roundabout: ours.trim_start_matches('?') != query,
        setting,
    })
}
