//! Struct formats compiled to a list of items.

/// One kind of item, `count` times in a row (for `s` and `p`: a single one of `size` bytes).
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub code: u8,
    pub size: usize,
    pub offset: usize,
    pub count: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub items: Vec<Item>,
    /// Bytes of the whole.
    pub size: usize,
    /// Number of values.
    pub values: usize,
    pub big: bool,
    /// `@`: out-of-range messages and pointers are as in C.
    pub native: bool,
}

/// Size and alignment of a code.
fn measure(code: u8, native: bool) -> Option<(usize, usize)> {
    let size = match code {
        b'x' | b'b' | b'B' | b'c' | b's' | b'p' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => {
            if native {
                8
            } else {
                4
            }
        }
        b'q' | b'Q' | b'd' => 8,
        b'F' => 8,
        b'D' => 16,
        b'n' | b'N' | b'P' if native => 8,
        _ => return None,
    };
    let align = match code {
        _ if !native => 1,
        b'F' => 4,
        b'D' => 8,
        _ => size,
    };
    Some((size, align))
}

impl Layout {
    /// Compiles a format; the error is the text of `struct.error`.
    pub fn parse(format: &[u8]) -> Result<Layout, &'static str> {
        const TOO_LONG: &str = "total struct size too long";
        let mut l = Layout { native: true, big: cfg!(target_endian = "big"), ..Layout::default() };
        let mut rest = format;
        match rest.first() {
            Some(b'@') => rest = &rest[1..],
            Some(c @ (b'=' | b'<' | b'>' | b'!')) => {
                l.native = false;
                match c {
                    b'<' => l.big = false,
                    b'>' | b'!' => l.big = true,
                    _ => {}
                }
                rest = &rest[1..];
            }
            _ => {}
        }
        let mut at = 0;
        while at < rest.len() {
            let mut c = rest[at];
            at += 1;
            if c.is_ascii_whitespace() || c == 11 {
                continue;
            }
            let mut count = 1usize;
            if c.is_ascii_digit() {
                count = (c - b'0') as usize;
                loop {
                    let Some(&d) = rest.get(at) else {
                        return Err("repeat count given without format specifier");
                    };
                    at += 1;
                    if !d.is_ascii_digit() {
                        c = d;
                        break;
                    }
                    count = count.checked_mul(10).and_then(|n| n.checked_add((d - b'0') as usize)).ok_or(TOO_LONG)?;
                    if count > isize::MAX as usize {
                        return Err(TOO_LONG);
                    }
                }
            }
            let Some((size, align)) = measure(c, l.native) else { return Err("bad char in struct format") };
            let offset = l.size.checked_next_multiple_of(align).ok_or(TOO_LONG)?;
            let total = size.checked_mul(count).and_then(|n| n.checked_add(offset)).ok_or(TOO_LONG)?;
            if total > isize::MAX as usize {
                return Err(TOO_LONG);
            }
            l.size = total;
            match c {
                b'x' => {}
                b's' | b'p' => {
                    l.values += 1;
                    l.items.push(Item { code: c, size: count, offset, count: 1 });
                }
                _ if count > 0 => {
                    l.values += count;
                    l.items.push(Item { code: c, size, offset, count });
                }
                _ => {}
            }
        }
        Ok(l)
    }
}
