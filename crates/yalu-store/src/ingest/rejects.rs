//! Rows that were left out, each with its line and why.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::input::Row;
use super::parts::rejects_folder;
use super::record::Reject;
use crate::store::StoreError;

/// Collects the rows of one file that are left out. Nothing is written where there are none.
pub(crate) struct Rejects {
    path: PathBuf,
    partial: PathBuf,
    out: Option<csv::Writer<BufWriter<File>>>,
    pub(crate) n: u64,
    /// Those that speak against the file.
    pub(crate) n_unexpected: u64,
    pub(crate) first: Option<(u64, String)>,
    reasons: BTreeMap<String, u64>,
}

/// Different reasons that are counted one by one; all others are counted together.
const MAX_REASONS: usize = 1_000;

impl Rejects {
    /// `name` and `sha256` are those of the file.
    pub(crate) fn new(dir: &Path, name: &str, sha256: &str) -> Self {
        let safe: String = name
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() || "._-".contains(letter) {
                    letter
                } else {
                    '_'
                }
            })
            .collect();
        let path = rejects_folder(dir).join(format!("{safe}.{}.csv", &sha256[..12]));
        Self {
            partial: path.with_extension("csv.new"),
            path,
            out: None,
            n: 0,
            n_unexpected: 0,
            first: None,
            reasons: BTreeMap::new(),
        }
    }

    fn fail(&self, source: std::io::Error) -> StoreError {
        StoreError::Write {
            path: self.partial.clone(),
            source,
        }
    }

    pub(crate) fn add(
        &mut self,
        member: &str,
        row: &Row<'_>,
        reject: Reject,
    ) -> Result<(), StoreError> {
        self.n += 1;
        if !reject.expected {
            self.n_unexpected += 1;
            self.first
                .get_or_insert_with(|| (row.line, reject.reason.clone()));
        }
        if self.out.is_none() {
            let folder = self.partial.parent().expect("it lies in a folder");
            fs::create_dir_all(folder).map_err(|error| self.fail(error))?;
            let file = File::create(&self.partial).map_err(|error| self.fail(error))?;
            let mut out = csv::Writer::from_writer(BufWriter::new(file));
            out.write_record(["member", "line", "reason", "row"])
                .map_err(|error| self.fail(error.into()))?;
            self.out = Some(out);
        }
        let text = row.fields.iter().collect::<Vec<_>>().join("\t");
        let record = [member, &row.line.to_string(), &reject.reason, &text];
        let out = self.out.as_mut().expect("it was just made");
        if let Err(error) = out.write_record(record) {
            return Err(self.fail(error.into()));
        }
        let reason =
            if self.reasons.len() < MAX_REASONS || self.reasons.contains_key(&reject.reason) {
                reject.reason
            } else {
                "other reasons".to_owned()
            };
        *self.reasons.entry(reason).or_default() += 1;
        Ok(())
    }

    /// The reasons, the most frequent first.
    pub(crate) fn reasons(&self) -> Vec<(String, u64)> {
        let mut reasons: Vec<(String, u64)> = self
            .reasons
            .iter()
            .map(|(reason, n)| (reason.clone(), *n))
            .collect();
        reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        reasons
    }

    /// Puts the file in its place; its path, where there is one.
    pub(crate) fn keep(mut self) -> Result<Option<PathBuf>, StoreError> {
        let Some(mut out) = self.out.take() else {
            return Ok(None);
        };
        out.flush()
            .and_then(|()| fs::rename(&self.partial, &self.path))
            .map_err(|error| self.fail(error))?;
        Ok(Some(self.path))
    }

    /// Removes what was written.
    pub(crate) fn discard(mut self) {
        if self.out.take().is_some() {
            let _ = fs::remove_file(&self.partial);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_and_rows_kept_with_their_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut rejects = Rejects::new(folder.path(), "a b.tab", &"0".repeat(64));
        let fields = csv::StringRecord::from(vec!["x", "y,z"]);
        for line in [3, 9] {
            let row = Row {
                line,
                fields: &fields,
                recoded: false,
            };
            rejects
                .add("a b.tab", &row, Reject::new("no code"))
                .expect("added");
        }
        assert_eq!(rejects.reasons(), [("no code".to_owned(), 2)]);
        assert_eq!(rejects.first, Some((3, "no code".to_owned())));
        let path = rejects.keep().expect("kept").expect("a file");
        assert_eq!(
            std::fs::read_to_string(path).expect("text"),
            "member,line,reason,row\na b.tab,3,no code,\"x\ty,z\"\na b.tab,9,no code,\"x\ty,z\"\n"
        );
    }
}
