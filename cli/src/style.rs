//! Colours and number formats, the same in every report. The colours vanish when
//! the output is no terminal or `NO_COLOR` is set: `anstream` strips them.

use anstyle::{AnsiColor, Style};

/// Headings and step names.
pub(crate) const HEADING: Style = Style::new().bold();
/// Address space, everywhere.
pub(crate) const VSZ: Style = AnsiColor::Blue.on_default();
/// Memory in RAM, everywhere.
pub(crate) const RSS: Style = AnsiColor::Yellow.on_default();
/// What is there for completeness.
pub(crate) const QUIET: Style = Style::new().dimmed();
/// As it comes.
pub(crate) const PLAIN: Style = Style::new();

/// Digits in groups of three: `1,048,576`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whole KiB: `1,024`. Every figure of the kernel's is a multiple of a page.
pub(crate) fn kib(bytes: u64) -> String {
    grouped(bytes / 1024)
}

/// A change in KiB, with its sign: `+16`, `-16`, `0`.
pub(crate) fn kib_change(bytes: i64) -> String {
    let sign = match bytes {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    format!("{sign}{}", kib(bytes.unsigned_abs()))
}

/// A size in the largest unit that leaves it readable: `4 KiB`, `1 GiB`, `1.5 GiB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let step = (bytes.ilog2() / 10) as usize;
    let unit_bytes = 1u64 << (10 * step);
    let tenths = u128::from(bytes) * 10 / u128::from(unit_bytes);
    let whole = grouped((tenths / 10) as u64);
    match tenths % 10 {
        0 => format!("{whole} {}", UNITS[step - 1]),
        tenth => format!("{whole}.{tenth} {}", UNITS[step - 1]),
    }
}

/// `1 page`, `4 pages`.
pub(crate) fn pages(count: usize) -> String {
    counted(count as u64, "page")
}

/// `1 fault`, `4 faults`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// Breaks `text` into lines of at most `width` characters, at spaces.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// A number as a coordinate of a chart.
#[expect(clippy::cast_precision_loss, reason = "a chart has far less than 2^52 points")]
pub(crate) fn approximate(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_048_576, "1,048,576")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn changes_carry_their_sign() {
        for (bytes, text) in [(0, "0"), (16384, "+16"), (-16384, "-16")] {
            assert_eq!(kib_change(bytes), text);
        }
    }

    #[test]
    fn sizes_choose_their_unit() {
        let cases = [
            (512, "512 B"),
            (4096, "4 KiB"),
            (1 << 30, "1 GiB"),
            (3 << 29, "1.5 GiB"),
            (u64::MAX, "15.9 EiB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn text_wraps_at_spaces_and_keeps_long_words() {
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("aaaaaaa b", 5), ["aaaaaaa", "b"]);
    }
}
