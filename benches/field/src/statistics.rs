//! What a list of figures comes to.

/// The middle of `figures`, or nothing of nothing.
pub(crate) fn median(figures: &[f64]) -> Option<f64> {
    quantile(figures, 0.5)
}

/// The width of the middle half, as a part of the median: how far two runs of the
/// same thing are apart.
pub(crate) fn spread(figures: &[f64]) -> Option<f64> {
    let middle = median(figures)?;
    (middle > 0.0).then_some((quantile(figures, 0.75)? - quantile(figures, 0.25)?) / middle)
}

/// The geometric mean, the only mean of ratios that does not care which way round
/// they are.
pub(crate) fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    let logs = ratios.iter().map(|ratio| ratio.ln()).sum::<f64>();
    (!ratios.is_empty()).then(|| (logs / as_f64(ratios.len())).exp())
}

/// The figure below which `part` of the figures lie, between two of them in proportion.
fn quantile(figures: &[f64], part: f64) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = part * as_f64(sorted.len().checked_sub(1)?);
    #[expect(clippy::cast_sign_loss, reason = "a part and a count are not negative")]
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    let (lower, upper) = (sorted.get(below)?, sorted.get(above)?);
    Some(lower + (upper - lower) * place.fract())
}

/// A count as a figure: counts here are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub(crate) fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::{geometric_mean, median, spread};

    fn near(a: Option<f64>, b: f64) -> bool {
        a.is_some_and(|a| (a - b).abs() < 1e-9)
    }

    #[test]
    fn the_median_of_an_even_count_lies_between_two() {
        assert!(near(median(&[4.0, 1.0, 3.0, 2.0]), 2.5));
        assert!(near(median(&[7.0]), 7.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn the_spread_is_the_middle_half() {
        assert!(near(spread(&[1.0, 2.0, 3.0, 4.0, 5.0]), 2.0 / 3.0));
    }

    #[test]
    fn a_half_and_a_double_cancel() {
        assert!(near(geometric_mean(&[0.5, 2.0]), 1.0));
    }
}
