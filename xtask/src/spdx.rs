//! Licence expressions: `MIT OR Apache-2.0`, `(MIT OR Apache-2.0) AND Unicode-3.0`.
//!
//! `/` is read as OR, as packages of old write it. AND binds closer than OR. `WITH` makes an id of
//! its own: `Apache-2.0 WITH LLVM-exception`.

use anyhow::{Result, bail};

/// Whether `expression` can be met with licences of `allowed` alone.
pub(crate) fn is_met(expression: &str, allowed: &[String]) -> Result<bool> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader {
        words: &words,
        next: 0,
        allowed,
    };
    let met = reader.any()?;
    if reader.next != words.len() {
        bail!("`{expression}` isn't a licence expression");
    }
    Ok(met)
}

struct Reader<'a> {
    words: &'a [&'a str],
    next: usize,
    allowed: &'a [String],
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let here = self
            .words
            .get(self.next)
            .is_some_and(|one| one.eq_ignore_ascii_case(word));
        self.next += usize::from(here);
        here
    }

    fn any(&mut self) -> Result<bool> {
        let mut met = self.all()?;
        while self.take("OR") {
            met |= self.all()?;
        }
        Ok(met)
    }

    fn all(&mut self) -> Result<bool> {
        let mut met = self.one()?;
        while self.take("AND") {
            met &= self.one()?;
        }
        Ok(met)
    }

    fn one(&mut self) -> Result<bool> {
        if self.take("(") {
            let met = self.any()?;
            if !self.take(")") {
                bail!("a parenthesis isn't closed in `{}`", self.words.join(" "));
            }
            return Ok(met);
        }
        let Some(id) = self.words.get(self.next) else {
            bail!("a licence is missing in `{}`", self.words.join(" "));
        };
        self.next += 1;
        let mut id = (*id).to_owned();
        if self.take("WITH") {
            let Some(exception) = self.words.get(self.next) else {
                bail!("an exception is missing in `{}`", self.words.join(" "));
            };
            self.next += 1;
            id = format!("{id} WITH {exception}");
        }
        Ok(self.allowed.contains(&id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_by_what_is_allowed() {
        let allowed: Vec<String> = ["MIT", "Apache-2.0", "Unicode-3.0"]
            .map(str::to_owned)
            .to_vec();
        for (expression, met) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT/Apache-2.0", true),
            ("MIT OR LGPL-2.1-or-later", true),
            ("MIT AND LGPL-2.1-or-later", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(GPL-2.0 OR Zlib) AND MIT", false),
            ("Apache-2.0 WITH LLVM-exception", false),
            ("GPL-2.0 OR MIT AND Zlib", false),
        ] {
            assert_eq!(
                is_met(expression, &allowed).expect("an expression"),
                met,
                "{expression}"
            );
        }
        for broken in ["", "MIT OR", "(MIT", "MIT MIT"] {
            assert!(is_met(broken, &allowed).is_err(), "{broken}");
        }
    }
}
