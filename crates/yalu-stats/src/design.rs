//! Design matrices: named columns of equal length.

/// Why a column can't join a design.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DesignError {
    /// A column of another length.
    #[error("column `{column}` has {got} rows, the design has {needed}")]
    Length {
        /// The column.
        column: String,
        /// Rows of the design.
        needed: usize,
        /// Rows of the column.
        got: usize,
    },
    /// A value that isn't a finite number.
    #[error("column `{column}` holds {value} in row {row}; regressors must be finite")]
    NotFinite {
        /// The column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
}

/// A regression design of n rows and k named columns, the first of ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    n_rows: usize,
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl Design {
    /// The design that has a level and nothing else.
    pub fn intercept(n_rows: usize) -> Self {
        Self {
            n_rows,
            names: vec!["level".to_owned()],
            columns: vec![vec![1.0; n_rows]],
        }
    }

    /// The same design with one more column.
    ///
    /// # Errors
    /// [`DesignError`] where the column's length differs or a value isn't finite.
    pub fn with(mut self, name: impl Into<String>, column: Vec<f64>) -> Result<Self, DesignError> {
        let name = name.into();
        if column.len() != self.n_rows {
            return Err(DesignError::Length {
                column: name,
                needed: self.n_rows,
                got: column.len(),
            });
        }
        if let Some(row) = column.iter().position(|value| !value.is_finite()) {
            return Err(DesignError::NotFinite {
                column: name,
                row,
                value: column[row],
            });
        }
        self.names.push(name);
        self.columns.push(column);
        Ok(self)
    }

    /// How many rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// How many columns.
    pub fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// The columns' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Column `idx`.
    ///
    /// # Panics
    /// Where `idx` is not below [`Design::n_columns`].
    pub fn column(&self, idx: usize) -> &[f64] {
        &self.columns[idx]
    }

    /// The rows that `keep` names, in its order.
    pub(crate) fn select(&self, keep: &[usize]) -> Self {
        Self {
            n_rows: keep.len(),
            names: self.names.clone(),
            columns: self
                .columns
                .iter()
                .map(|column| keep.iter().map(|&row| column[row]).collect())
                .collect(),
        }
    }

    /// A design of these columns of `n_rows` finite values each, whatever the first holds.
    pub(crate) fn from_columns(n_rows: usize, columns: Vec<Vec<f64>>) -> Self {
        debug_assert!(columns.iter().all(|column| column.len() == n_rows));
        Self {
            n_rows,
            names: (1..=columns.len())
                .map(|idx| format!("column {idx}"))
                .collect(),
            columns,
        }
    }

    /// The columns that `which` names, in its order.
    pub(crate) fn with_only(&self, which: &[usize]) -> Self {
        Self {
            n_rows: self.n_rows,
            names: which.iter().map(|&idx| self.names[idx].clone()).collect(),
            columns: which.iter().map(|&idx| self.columns[idx].clone()).collect(),
        }
    }

    /// X·b.
    pub(crate) fn times(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.n_rows];
        for (column, b) in self.columns.iter().zip(coefficients) {
            for (sum, value) in product.iter_mut().zip(column) {
                *sum += b * value;
            }
        }
        product
    }
}
