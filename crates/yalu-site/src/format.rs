//! Figures as text: three significant digits, a true minus, a dash for what is absent.

use yalu_dossier::assessment::EffectKind;

/// Stands where a figure is absent.
pub(crate) const ABSENT: &str = "—";
/// Keeps a figure and its unit on one line.
const NARROW_SPACE: char = '\u{202f}';

/// A figure with three significant digits, thousands apart.
pub(crate) fn figure(value: f64) -> String {
    if !value.is_finite() {
        return ABSENT.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let digits = (2 - magnitude).clamp(0, 6) as usize;
    let text = format!("{:.digits$}", value.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let mut shown = grouped(whole);
    if !rest.is_empty() {
        shown.push('.');
        shown.push_str(rest);
    }
    if value < 0.0 {
        shown.insert(0, '−');
    }
    shown
}

/// A figure, or a dash.
pub(crate) fn maybe(value: Option<f64>) -> String {
    value.map_or_else(|| ABSENT.to_owned(), figure)
}

/// A figure on a scale as the sentences of a structure print it: one digit after the point on a long
/// scale, more on a short one.
pub(crate) fn on_scale(value: f64, range: f64) -> String {
    let steps = match range {
        r if r >= 50.0 => 10.0,
        r if r >= 2.0 => 100.0,
        _ => 1000.0,
    };
    exact((value * steps).round() / steps)
}

/// A figure of a table as it was given: all its digits, but no more than six decimals.
pub(crate) fn exact(value: f64) -> String {
    if !value.is_finite() {
        return ABSENT.to_owned();
    }
    let text = format!("{:.6}", value.abs());
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let sign = if value < 0.0 { "−" } else { "" };
    if rest.is_empty() {
        format!("{sign}{}", grouped(whole))
    } else {
        format!("{sign}{}.{rest}", grouped(whole))
    }
}

/// A whole number, thousands apart.
pub(crate) fn count(value: u64) -> String {
    grouped(&value.to_string())
}

fn grouped(digits: &str) -> String {
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A share in [0, 1] as per cent; what isn't quite none or all doesn't look so.
pub(crate) fn percent(share: f64) -> String {
    if !share.is_finite() {
        return ABSENT.to_owned();
    }
    let percent = share * 100.0;
    let text = if percent > 0.0 && percent < 0.5 {
        "<1".to_owned()
    } else if percent > 99.5 && percent < 100.0 {
        ">99".to_owned()
    } else {
        let text = format!("{:.0}", percent.abs());
        if percent < 0.0 && text != "0" {
            format!("−{text}")
        } else {
            text
        }
    };
    format!("{text}{NARROW_SPACE}%")
}

/// A p-value.
pub(crate) fn p_value(p: f64) -> String {
    if !p.is_finite() {
        ABSENT.to_owned()
    } else if p < 0.001 {
        "<0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

/// An effect: ×1.8 for ratios, +0.4 for differences.
pub(crate) fn effect(value: f64, kind: EffectKind) -> String {
    match kind {
        _ if !value.is_finite() => ABSENT.to_owned(),
        EffectKind::Ratio => format!("×{}", figure(value)),
        EffectKind::Difference if value > 0.0 => format!("+{}", figure(value)),
        EffectKind::Difference => figure(value),
    }
}

/// An interval of effects.
pub(crate) fn effect_interval(interval: [f64; 2], kind: EffectKind) -> String {
    format!(
        "{} to {}",
        effect(interval[0], kind),
        effect(interval[1], kind)
    )
}

/// Two ends, once where they are the same.
pub(crate) fn span(ends: &[String; 2]) -> String {
    if ends[0] == ends[1] {
        ends[0].clone()
    } else {
        format!("{} to {}", ends[0], ends[1])
    }
}

/// `1 row`, `2 rows`.
pub(crate) fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_keep_three_digits() {
        assert_eq!(figure(0.0), "0");
        assert_eq!(figure(3.667_533), "3.67");
        assert_eq!(figure(41.557), "41.6");
        assert_eq!(figure(-0.012_345), "−0.0123");
        assert_eq!(figure(6540.4), "6,540");
        assert_eq!(figure(1_234_567.0), "1,234,567");
    }

    #[test]
    fn what_is_not_a_number_is_a_dash() {
        assert_eq!(figure(f64::NAN), ABSENT);
        assert_eq!(percent(f64::NAN), ABSENT);
        assert_eq!(p_value(f64::INFINITY), ABSENT);
        assert_eq!(effect(f64::NAN, EffectKind::Ratio), ABSENT);
        assert_eq!(exact(f64::NAN), ABSENT);
        assert_eq!(maybe(None), ABSENT);
    }

    #[test]
    fn shares_near_the_ends_do_not_look_certain() {
        assert_eq!(percent(0.0), "0\u{202f}%");
        assert_eq!(percent(0.002), "<1\u{202f}%");
        assert_eq!(percent(0.998), ">99\u{202f}%");
        assert_eq!(percent(1.0), "100\u{202f}%");
        assert_eq!(percent(-0.528), "−53\u{202f}%");
        assert_eq!(percent(-0.001), "0\u{202f}%");
    }

    #[test]
    fn effects_show_their_kind() {
        assert_eq!(effect(3.667, EffectKind::Ratio), "×3.67");
        assert_eq!(effect(0.4, EffectKind::Difference), "+0.400");
        assert_eq!(effect(-0.4, EffectKind::Difference), "−0.400");
        assert_eq!(exact(6540.0), "6,540");
        assert_eq!(exact(-1234.5), "−1,234.5");
    }

    #[test]
    fn figures_on_a_scale_are_as_short_as_it_allows() {
        assert_eq!(on_scale(16.5, 100.0), "16.5");
        assert_eq!(on_scale(5.820_563, 100.0), "5.8");
        assert_eq!(on_scale(25.0, 100.0), "25");
        assert_eq!(on_scale(-0.123_4, 1.0), "−0.123");
    }

    #[test]
    fn p_values_below_a_thousandth_are_bounds() {
        assert_eq!(p_value(0.000_2), "<0.001");
        assert_eq!(p_value(0.249), "0.249");
    }
}
