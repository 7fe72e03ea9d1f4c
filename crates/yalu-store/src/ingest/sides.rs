//! Actors as sides of a row, each name understood once a day.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::record::Side;
use crate::actors::{self, ActorRef};
use crate::countries::{CountryScheme, resolve};

/// A memory of names already understood. A name may mean another thing on another date, but only
/// from one of the days on which a state ended or a leader came or went.
#[derive(Debug, Default)]
pub(crate) struct Sides {
    known: HashMap<String, Vec<(usize, Arc<Side>)>>,
    key: String,
}

/// Names beyond which the memory begins anew.
const MAX_NAMES: usize = 1 << 17;

impl Sides {
    fn get(
        &mut self,
        date: Date,
        key: &[&str],
        understand: impl FnOnce() -> (ActorRef, String),
    ) -> Arc<Side> {
        let era = actors::era_of(date);
        self.key.clear();
        for part in key {
            self.key.push_str(part);
            self.key.push('\u{1f}');
        }
        if let Some(meanings) = self.known.get(self.key.as_str())
            && let Some((_, side)) = meanings.iter().find(|(of, _)| *of == era)
        {
            return Arc::clone(side);
        }
        let (actor, name) = understand();
        let side = Arc::new(Side {
            country: actor.country,
            sectors: actor.sectors.join(";"),
            name,
            person: actor.person,
        });
        if self.known.len() >= MAX_NAMES {
            self.known.clear();
        }
        self.known
            .entry(self.key.clone())
            .or_default()
            .push((era, Arc::clone(&side)));
        side
    }

    /// An actor by an ICEWS name alone.
    pub(crate) fn by_name(&mut self, name: &str, date: Date) -> Arc<Side> {
        self.get(date, &[name], || {
            (actors::parse_name(name, date), name.to_owned())
        })
    }

    /// An actor by ICEWS's three columns: name, sectors, country.
    pub(crate) fn by_columns(
        &mut self,
        name: &str,
        sectors: Option<&str>,
        country: Option<&str>,
        date: Date,
    ) -> Arc<Side> {
        let key = [
            name,
            sectors.unwrap_or_default(),
            country.unwrap_or_default(),
        ];
        self.get(date, &key, || {
            let mut actor = actors::parse_name(name, date);
            if let Some(text) = country {
                // The column is the coder's word; the name is the fallback where it names no state.
                if let Ok(code) = resolve(CountryScheme::Name, text, date) {
                    actor.country = Some(code);
                }
            }
            if let Some(text) = sectors {
                actor.sectors = actors::parse_icews_sectors(text);
            }
            (actor, name.to_owned())
        })
    }

    /// An actor by CAMEO's codes.
    pub(crate) fn by_cameo(
        &mut self,
        name: &str,
        country: &str,
        roles: &[&str],
        date: Date,
    ) -> Arc<Side> {
        let mut key = vec![name, country];
        key.extend_from_slice(roles);
        self.get(date, &key, || {
            (
                actors::parse_cameo_actor(country, roles, date),
                name.to_owned(),
            )
        })
    }

    /// A state by its code or name under a scheme, with sectors that are given.
    pub(crate) fn by_scheme(
        &mut self,
        scheme: CountryScheme,
        text: &str,
        sectors: Option<&str>,
        date: Date,
    ) -> Arc<Side> {
        self.get(date, &[text, sectors.unwrap_or_default()], || {
            let mut actor = if scheme == CountryScheme::Name {
                actors::parse_name(text, date)
            } else {
                ActorRef {
                    country: resolve(scheme, text, date).ok(),
                    ..ActorRef::default()
                }
            };
            if let Some(text) = sectors {
                actor.sectors = actors::parse_icews_sectors(text);
            }
            (actor, text.to_owned())
        })
    }
}
