//! One line of text, built without allocation and without `core::fmt`.

/// The longest line, in bytes; what goes beyond is cut off.
const LINE_BYTES_MAX: usize = 256;

/// A line under construction, for reports from inside an allocator.
pub struct Line {
    text: [u8; LINE_BYTES_MAX],
    /// Bytes of `text` in use; one is always left for the newline.
    used: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}

impl Line {
    /// An empty line.
    pub const fn new() -> Self {
        Self { text: [0; LINE_BYTES_MAX], used: 0 }
    }

    /// Not inlined, here and below: reports are rare, and their code should be small.
    #[inline(never)]
    fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.used + 1 < LINE_BYTES_MAX {
                self.text[self.used] = byte;
                self.used += 1;
            }
        }
    }

    /// Appends text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.push(text.as_bytes());
        self
    }

    /// Appends bytes of anybody's choice; what is no printable ASCII, as `?`.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        for &byte in bytes {
            self.push(&[if byte == b' ' || byte.is_ascii_graphic() { byte } else { b'?' }]);
        }
        self
    }

    /// Appends a number in decimal.
    #[must_use]
    pub fn number(mut self, number: usize) -> Self {
        self.digits(number, 10);
        self
    }

    /// Appends an address, as `0x…`.
    #[must_use]
    pub fn address(mut self, address: usize) -> Self {
        self.push(b"0x");
        self.digits(address, 16);
        self
    }

    #[inline(never)]
    fn digits(&mut self, mut number: usize, base: usize) {
        let mut digits = [0u8; 20];
        let mut first = digits.len();
        loop {
            first -= 1;
            digits[first] = b"0123456789abcdef"[number % base];
            number /= base;
            if number == 0 {
                break;
            }
        }
        self.push(&digits[first..]);
    }

    /// The line, closed with a newline.
    pub fn finish(&mut self) -> &[u8] {
        self.text[self.used] = b'\n';
        &self.text[..=self.used]
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn numbers_and_addresses_read_as_usual() {
        let mut line = Line::new().text("a ").number(0).text(" ").number(4096);
        assert_eq!(line.finish(), b"a 0 4096\n");
        let mut line = Line::new().address(0xdead_beef).text(" ").number(usize::MAX);
        assert_eq!(line.finish(), b"0xdeadbeef 18446744073709551615\n");
    }

    #[test]
    fn a_line_too_long_is_cut_and_still_ends() {
        let mut line = Line::new();
        for _ in 0..100 {
            line = line.text("0123456789");
        }
        let done = line.finish();
        assert_eq!(done.len(), 256);
        assert_eq!(done.last(), Some(&b'\n'));
    }
}
