//! Actors as sides of a row, each name understood once a day.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::record::Side;
use crate::actors::{self, ActorRef};
use crate::countries::{CountryScheme, resolve};

/// A memory of names already understood. Names mean different things on different dates, so it
/// holds those of one date: files are mostly in order of date.
#[derive(Debug, Default)]
pub(crate) struct Sides {
    date: Option<Date>,
    known: HashMap<Vec<String>, Arc<Side>>,
}

impl Sides {
    fn get(
        &mut self,
        date: Date,
        key: &[&str],
        understand: impl FnOnce() -> (ActorRef, String),
    ) -> Arc<Side> {
        if self.date != Some(date) {
            self.known.clear();
            self.date = Some(date);
        }
        let key: Vec<String> = key.iter().map(|&part| part.to_owned()).collect();
        Arc::clone(self.known.entry(key).or_insert_with(|| {
            let (actor, name) = understand();
            Arc::new(Side {
                country: actor.country,
                sectors: actor.sectors.join(";"),
                name,
                person: actor.person,
            })
        }))
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
