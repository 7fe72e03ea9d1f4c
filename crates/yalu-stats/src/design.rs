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
    /// No column at all, or columns without a row.
    #[error("a design needs at least one column and one row")]
    Empty,
}

/// Whether every value is the same figure, bit for bit but for the sign of zero.
pub(crate) fn all_equal(values: &[f64]) -> bool {
    values
        .windows(2)
        .all(|pair| pair[0].total_cmp(&pair[1]).is_eq() || pair[0].abs() + pair[1].abs() == 0.0)
}

/// A regression design of n rows and k named columns: [`Design::intercept`] begins one with a level,
/// [`Design::new`] takes any columns.
///
/// ```
/// use yalu_stats::Design;
///
/// let design = Design::intercept(3).with("trend", vec![0.0, 1.0, 2.0])?;
/// assert_eq!(design.n_columns(), 2);
/// let without_level = Design::new([("trend", vec![0.0, 1.0, 2.0])])?;
/// assert_eq!(without_level.names(), ["trend"]);
/// # Ok::<(), yalu_stats::DesignError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    n_rows: usize,
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl Design {
    /// The design of these named columns, in their order; a level only where one of them is.
    ///
    /// # Errors
    /// [`DesignError`] where there is no column or no row, lengths differ or a value isn't finite.
    pub fn new<N: Into<String>>(
        columns: impl IntoIterator<Item = (N, Vec<f64>)>,
    ) -> Result<Self, DesignError> {
        let mut design: Option<Self> = None;
        for (name, column) in columns {
            let empty = || Self {
                n_rows: column.len(),
                names: Vec::new(),
                columns: Vec::new(),
            };
            design = Some(design.take().unwrap_or_else(empty).with(name, column)?);
        }
        design
            .filter(|design| design.n_rows > 0)
            .ok_or(DesignError::Empty)
    }

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

    /// Whether a column is the same figure, not zero, in every row.
    pub(crate) fn is_constant(&self, idx: usize) -> bool {
        let column = &self.columns[idx];
        column
            .first()
            .is_some_and(|first| *first != 0.0 && all_equal(column))
    }

    /// X·b.
    pub(crate) fn times(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.n_rows];
        for (column, b) in self.columns.iter().zip(coefficients) {
            crate::linalg::axpy(*b, column, &mut product);
        }
        product
    }

    /// X·b + offset, into `sum`.
    pub(crate) fn predict(&self, coefficients: &[f64], offset: &[f64], sum: &mut [f64]) {
        sum.copy_from_slice(offset);
        for (column, b) in self.columns.iter().zip(coefficients) {
            crate::linalg::axpy(*b, column, sum);
        }
    }
}
