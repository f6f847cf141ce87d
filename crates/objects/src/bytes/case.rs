//! Case of ASCII letters in bytes.

pub fn swapcase(b: &mut [u8]) {
    for c in b {
        *c ^= (c.is_ascii_alphabetic() as u8) << 5;
    }
}

pub fn capitalize(b: &mut [u8]) {
    b.make_ascii_lowercase();
    if let Some(c) = b.first_mut() {
        c.make_ascii_uppercase();
    }
}

pub fn title(b: &mut [u8]) {
    let mut inside = false;
    for c in b {
        if inside { c.make_ascii_lowercase() } else { c.make_ascii_uppercase() }
        inside = c.is_ascii_alphabetic();
    }
}

/// Upper case stands only at the beginning of words, lower case only inside, and there is one.
pub fn is_title(b: &[u8]) -> bool {
    let (mut inside, mut seen) = (false, false);
    for c in b {
        if c.is_ascii_alphabetic() {
            if c.is_ascii_uppercase() == inside {
                return false;
            }
            (inside, seen) = (true, true);
        } else {
            inside = false;
        }
    }
    seen
}

/// Some letters, all of this case.
pub fn all_cased(b: &[u8], upper: bool) -> bool {
    let mut seen = false;
    for c in b {
        if c.is_ascii_alphabetic() {
            if c.is_ascii_uppercase() != upper {
                return false;
            }
            seen = true;
        }
    }
    seen
}

/// Whitespace as `bytes` sees it.
#[inline(always)]
pub fn is_space(b: u8) -> bool {
    matches!(b, b' ' | 9..=13)
}
