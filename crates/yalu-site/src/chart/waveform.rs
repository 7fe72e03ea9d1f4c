//! A recording's waveform, stretched to the width of its place.

use std::fmt::Write as _;

/// Peaks as one filled path, from −127 to 127. The drawing is stretched, so it holds no text.
pub(crate) fn waveform(peaks: &[[i8; 2]]) -> String {
    let mut top = String::new();
    for (place, [_, high]) in peaks.iter().enumerate() {
        let verb = if place == 0 { 'M' } else { 'L' };
        let _ = write!(top, "{verb}{place} {}", -i16::from(*high));
    }
    // The lower side runs back from the end.
    let back: String =
        peaks
            .iter()
            .enumerate()
            .rev()
            .fold(String::new(), |mut d, (place, [low, high])| {
                // One unit more keeps silence a line that can be seen.
                let low = (-i16::from(*low)).max(1 - i16::from(*high));
                let _ = write!(d, "L{place} {low}");
                d
            });
    let width = peaks.len().saturating_sub(1).max(1);
    format!(
        r#"<svg class="waveform" aria-hidden="true" focusable="false" preserveAspectRatio="none" viewBox="0 -128 {width} 256"><path class="wave" d="{top}{back}Z"/></svg>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_goes_along_the_tops_and_back_along_the_bottoms() {
        let drawn = waveform(&[[-10, 20], [-127, 127]]);
        assert!(
            drawn.contains(r#"d="M0 -20L1 -127L1 127L0 10Z""#),
            "{drawn}"
        );
    }

    #[test]
    fn silence_is_a_thin_line() {
        assert!(waveform(&[[0, 0], [0, 0]]).contains("M0 0L1 0L1 1L0 1Z"));
    }
}
