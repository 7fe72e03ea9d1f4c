//! A value in a cell of the actors file: a number, a range, a range with its likeliest value, or one
//! of several.

use yalu_council::{Estimate, EstimateError};

/// Why a cell isn't a value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum ValueError {
    /// A part is no number.
    #[error("`{text}` is no number")]
    Number { text: String },
    /// More than three numbers in a range.
    #[error("`{text}` has more than three numbers")]
    Parts { text: String },
    /// The numbers don't make a range.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
}

/// What a cell may hold, for the mends of faults.
pub(crate) const FORMS: &str = "write 60, a range 40..70, a range with its likeliest value 40..55..70, or one of several 20|70";

/// Reads `60`, `40..70`, `40..55..70` or `20|70`, and multiplies by `unit`.
pub(crate) fn parse_value(text: &str, unit: f64) -> Result<Estimate, ValueError> {
    let choices: Result<Vec<Estimate>, ValueError> = text
        .split('|')
        .map(|choice| parse_range(choice.trim(), unit))
        .collect();
    Ok(Estimate::one_of(choices?)?)
}

fn parse_range(text: &str, unit: f64) -> Result<Estimate, ValueError> {
    let numbers: Result<Vec<f64>, ValueError> = text
        .split("..")
        .map(|number| parse_number(number, unit))
        .collect();
    Ok(match numbers?.as_slice() {
        [value] => Estimate::exact(*value)?,
        [low, high] => Estimate::uniform(*low, *high)?,
        [low, mode, high] => Estimate::triangular(*low, *mode, *high)?,
        _ => {
            return Err(ValueError::Parts {
                text: text.to_owned(),
            });
        }
    })
}

fn parse_number(text: &str, unit: f64) -> Result<f64, ValueError> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number * unit),
        _ => Err(ValueError::Number {
            text: text.trim().to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read() {
        let bounds = |text: &str| parse_value(text, 1.0).map(|estimate| estimate.bounds());
        assert_eq!(bounds("60"), Ok((60.0, 60.0)));
        assert_eq!(bounds(" 40 .. 70 "), Ok((40.0, 70.0)));
        assert_eq!(bounds("40..55..70"), Ok((40.0, 70.0)));
        assert_eq!(bounds("20|60..70"), Ok((20.0, 70.0)));
        assert_eq!(bounds("-5..-1"), Ok((-5.0, -1.0)));
        let share = parse_value("80", 0.01).map(|estimate| estimate.centre());
        assert_eq!(share, Ok(0.8));
    }

    #[test]
    fn what_is_no_value_is_refused_with_its_part() {
        let fault = |text: &str| parse_value(text, 1.0).map_err(|error| error.to_string());
        assert_eq!(fault("NaN"), Err("`NaN` is no number".to_owned()));
        assert_eq!(fault(""), Err("`` is no number".to_owned()));
        assert_eq!(fault("4,5"), Err("`4,5` is no number".to_owned()));
        assert_eq!(
            fault("70..40"),
            Err("70 stands before 40, but is greater".to_owned())
        );
        assert_eq!(
            fault("1..2..3..4"),
            Err("`1..2..3..4` has more than three numbers".to_owned())
        );
    }
}
